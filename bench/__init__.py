"""Measures the application as it runs in production; run by bin/bench, imported by nothing of the application.

A case prepares nothing and starts nothing: it is given a `Stage` with a server, a database and buyers, measures, and
says in numbers what it found.
"""
