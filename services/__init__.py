"""Rules that need rows: one verb a function, typed, refusing by raising.

Services never commit, never import Flask and never call the outside world.
"""
