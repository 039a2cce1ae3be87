"""What the worker does for sheets that officers upload."""

from flows import uploads
from flows.running import running


def check_uploads() -> int:
    """Check the uploaded sheets that wait for it."""
    return uploads.check_waiting(running())
