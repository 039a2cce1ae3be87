"""The officers' calls: every one is guarded by blueprints/officer/guard.py and stands in domain/permissions.py."""
