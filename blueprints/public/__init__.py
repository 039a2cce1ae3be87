"""Calls that anybody may make, signed in or not; nothing here names a household."""
