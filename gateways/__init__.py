"""Wrappers of what is not ours: WeChat login, WeChat Pay, message and content APIs, keys, QR codes, PDF,
spreadsheets, each with a twin.

A gateway knows no table, service or web request: it takes values, calls the outside, and returns values or
raises its own errors.
"""
