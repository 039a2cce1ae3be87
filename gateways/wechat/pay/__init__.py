"""WeChat Pay APIv3: signing, believing answers and callbacks, orders, refunds, bills, transfers and
complaints.

Values in, values or typed errors out; whether an amount or a merchant is the right one is for the services
to judge.
"""
