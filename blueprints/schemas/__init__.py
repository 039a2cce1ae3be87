"""What goes in and out over HTTP, one noun a file, written by hand: the contract is not the table."""
