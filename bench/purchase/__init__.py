"""The case `purchase`: an order of one tree and the notice that it was paid, each over HTTP, each durable."""
