"""The smallest application there is: what gunicorn and Flask cost before any of our code runs."""

from flask import Flask, Response, jsonify

app = Flask("hello")


@app.post("/hello")
def post_hello() -> Response:
    """A few bytes of JSON."""
    return jsonify(hello="world")


@app.get("/healthz")
def get_health() -> Response:
    """Says that it runs."""
    return jsonify(status="ok")
