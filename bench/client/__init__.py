"""The case `client`: the buyer's home in a real browser, on a weak line and a slow phone."""
