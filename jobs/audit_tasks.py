"""What the worker does for the audit: it seals what was written down, and says where the chain has got to."""

import logging

from flows.running import running
from models import database, transaction
from services import audit_seals

log = logging.getLogger("danzhu.audit")


def seal_audit(*, whole: bool = False) -> int:
    """Seal entries in short transactions until none is left, and log the head: out of the database's reach."""
    total = 0
    while True:
        with transaction() as session:
            sealed = audit_seals.seal(session, running().clock(), whole=whole)
        total += sealed
        if sealed < audit_seals.MOST:
            break
    if total:
        head = audit_seals.head(database())
        log.info("audit sealed", extra={"position": head.position, "seal": head.seal.hex()})
    return total
