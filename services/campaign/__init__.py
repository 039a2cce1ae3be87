"""The whole campaign written in statements over sets, as the services would have left it, for measuring and trying out.

PostgreSQL only. Never in production, and never beside other households.
"""
