"""HTTP: one folder per audience, each with one guard; views open a transaction, call one verb and answer.

No `if` about the business lives here, and no SQL.
"""
