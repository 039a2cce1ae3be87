"""Calls of a household that is bound to WeChat; it sees itself and nobody else."""
