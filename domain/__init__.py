"""Rules and words that a forester, an accountant or an auditor could check by hand, on whole numbers and plain values.

Nothing here knows Flask, SQL, marshmallow or the network; whatever needs a row or a clock tick is given it.
"""
