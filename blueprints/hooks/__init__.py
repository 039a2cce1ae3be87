"""Calls from WeChat Pay; its signature is the guard, checked on the raw bytes before anything is read."""
