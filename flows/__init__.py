"""The few stories that alternate a call to the outside with a transaction, used by views and jobs alike.

A flow commits what we intend, calls outside, commits what we learnt; it holds no rule of its own.
"""
