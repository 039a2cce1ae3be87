"""Calls of buyers, signed in through WeChat; every row they see or move is their own."""
