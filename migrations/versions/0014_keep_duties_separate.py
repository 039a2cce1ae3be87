"""Keep duties separate: who did what for a payout is written once and by different people, on both engines"""

from alembic import op

revision = '0014'
down_revision = '0013'

#: Approvals a batch has, and whether somebody has a duty in it.
APPROVERS = "(SELECT count(*) FROM payout_duties WHERE batch_id = NEW.id AND duty = 'approver')"
HAS = "EXISTS (SELECT 1 FROM payout_duties WHERE batch_id = NEW.id AND duty = '{}')"
STATE = '(SELECT state FROM payout_batches WHERE id = NEW.batch_id)'
LINE = '(SELECT state FROM payout_lines WHERE id = NEW.line_id)'
ACCOUNT = (
    'SELECT 1 FROM household_accounts WHERE id = NEW.account_id AND household_id = NEW.household_id'
    " AND state = 'confirmed' AND editor_id IS NOT DISTINCT FROM NEW.editor_id"
    ' AND confirmer_id IS NOT DISTINCT FROM NEW.confirmer_id AND account_hash = NEW.account_hash'
)
NOTED = "NEW.{0} IS NULL OR EXISTS (SELECT 1 FROM payout_duties WHERE batch_id = NEW.batch_id AND officer_id = NEW.{0} AND duty = 'account')"


def differs(*columns: str) -> str:
    return ' OR '.join(f'OLD.{name} IS DISTINCT FROM NEW.{name}' for name in columns)


#: (table, verb, what must not be, what is said then). REPLACE removes a row without telling the DELETE trigger, so an
#: INSERT that would meet a row is refused before it does.
RULES = (
    ('payout_duties', 'UPDATE', 'TRUE', 'payout_duties is only ever added to'),
    ('payout_duties', 'DELETE', 'TRUE', 'payout_duties is only ever added to'),
    (
        'payout_duties',
        'INSERT',
        'EXISTS (SELECT 1 FROM payout_duties WHERE batch_id = NEW.batch_id AND officer_id = NEW.officer_id)'
        " OR NEW.duty IN ('maker', 'releaser') AND EXISTS"
        ' (SELECT 1 FROM payout_duties WHERE batch_id = NEW.batch_id AND duty = NEW.duty)',
        'a person has one duty in a batch',
    ),
    (
        'payout_duties',
        'INSERT',
        f"{STATE} <> CASE NEW.duty WHEN 'approver' THEN 'submitted' WHEN 'releaser' THEN 'approved' ELSE 'draft' END",
        'a duty is done while the batch is in its state',
    ),
    ('payout_batches', 'DELETE', 'TRUE', 'payout_batches is only ever added to'),
    (
        'payout_batches',
        'INSERT',
        "NEW.state <> 'draft' OR EXISTS (SELECT 1 FROM payout_batches WHERE id = NEW.id)",
        'a batch begins as a draft',
    ),
    (
        'payout_batches',
        'UPDATE',
        "OLD.state <> NEW.state AND NOT (OLD.state = 'draft' AND NEW.state IN ('submitted', 'rejected')"
        " OR OLD.state = 'submitted' AND NEW.state IN ('approved', 'rejected')"
        " OR OLD.state = 'approved' AND NEW.state IN ('released', 'rejected')"
        " OR OLD.state = 'released' AND NEW.state = 'settled')",
        'a batch does not move so',
    ),
    (
        'payout_batches',
        'UPDATE',
        differs('id', 'region_code', 'channel', 'up_to', 'threshold_fen', 'year_end', 'drafted_at'),
        'a batch is what was drafted',
    ),
    (
        'payout_batches',
        'UPDATE',
        f"OLD.state <> 'draft' AND (NEW.amount_fen > OLD.amount_fen OR {differs('approvals_needed', 'objections_until')})",
        'a batch is what was submitted',
    ),
    (
        'payout_batches',
        'UPDATE',
        f"NEW.state = 'submitted' AND NOT {HAS.format('maker')}"
        f" OR NEW.state IN ('approved', 'released', 'settled') AND {APPROVERS} < NEW.approvals_needed"
        f" OR NEW.state IN ('released', 'settled') AND NOT {HAS.format('releaser')}",
        'a batch moves when enough different people have acted',
    ),
    (
        'payout_lines',
        'INSERT',
        f"{STATE} <> 'draft' OR NEW.state <> 'prepared' OR EXISTS (SELECT 1 FROM payout_lines WHERE id = NEW.id"
        ' OR reference = NEW.reference OR batch_id = NEW.batch_id AND household_id = NEW.household_id)',
        'a line is prepared in a draft',
    ),
    (
        'payout_lines',
        'INSERT',
        f'NOT EXISTS ({ACCOUNT})',
        'a line pays a confirmed account of its household',
    ),
    (
        'payout_lines',
        'INSERT',
        f"NOT ({NOTED.format('editor_id')}) OR NOT ({NOTED.format('confirmer_id')})",
        'whoever edited or confirmed an account has a duty in the batch',
    ),
    ('payout_lines', 'DELETE', 'TRUE', 'payout_lines is only ever added to'),
    (
        'payout_lines',
        'UPDATE',
        differs(
            'id', 'batch_id', 'household_id', 'reference', 'amount_fen', 'account_id', 'editor_id', 'confirmer_id',
            'account_hash', 'bank',
        ),
        'a line is what was drafted',
    ),
    (
        'payout_lines',
        'UPDATE',
        "NEW.state NOT IN ('prepared', 'withdrawn')"
        " AND (SELECT state FROM payout_batches WHERE id = NEW.batch_id) NOT IN ('released', 'settled')",
        'a line moves when its batch is released',
    ),
    ('payout_line_credits', 'DELETE', 'TRUE', 'payout_line_credits is only ever added to'),
    (
        'payout_line_credits',
        'INSERT',
        'EXISTS (SELECT 1 FROM payout_line_credits WHERE line_id = NEW.line_id AND credit_id = NEW.credit_id)'
        ' OR NEW.reserved OR NOT EXISTS (SELECT 1 FROM payout_lines l JOIN credits c ON c.id = NEW.credit_id'
        " AND c.household_id = l.household_id WHERE l.id = NEW.line_id AND l.state = 'prepared')",
        'a line names credits of its household',
    ),
    (
        'payout_line_credits',
        'UPDATE',
        f"{differs('line_id', 'credit_id')} OR NEW.reserved AND NOT OLD.reserved AND {LINE} <> 'prepared'"
        f" OR OLD.reserved AND NOT NEW.reserved AND {LINE} NOT IN ('bounced', 'returned', 'withdrawn')",
        'a credit is free again when its line has failed',
    ),
    (
        'household_accounts',
        'INSERT',
        'EXISTS (SELECT 1 FROM household_accounts WHERE id = NEW.id)'
        " OR NEW.origin = 'registration' AND EXISTS (SELECT 1 FROM household_accounts"
        ' WHERE household_id = NEW.household_id AND channel = NEW.channel)'
        " OR NEW.origin <> 'registration' AND NEW.state <> 'proposed'",
        'an account that is not the first is proposed',
    ),
    (
        'household_accounts',
        'UPDATE',
        f"{differs('id', 'household_id', 'channel', 'account_hash', 'holder_name_hash', 'bank', 'origin')}"
        f" OR {differs('editor_id', 'proposed_at')}",
        'an account version is what was entered',
    ),
    (
        'household_accounts',
        'UPDATE',
        f"OLD.state <> 'proposed' AND ({differs('state', 'confirmer_id', 'started_at')})",
        'an account version is decided once',
    ),
)  # fmt: skip

SQLITE = "CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{says}'); END"
POSTGRESQL_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ({condition}) THEN
        RAISE EXCEPTION '{says}' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN {row};
END
$$
"""
POSTGRESQL = 'CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()'


def named() -> list[dict[str, str]]:
    return [
        {
            'name': f'{table}_keeps_{number}',
            'table': table,
            'verb': verb,
            'condition': condition,
            'says': says,
            'row': 'OLD' if verb == 'DELETE' else 'NEW',
        }
        for number, (table, verb, condition, says) in enumerate(RULES, 1)
    ]


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == 'postgresql'
    for rule in named():
        for statement in (POSTGRESQL_FUNCTION, POSTGRESQL) if postgresql else (SQLITE,):
            op.execute(statement.format(**rule))


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == 'postgresql'
    for rule in named():
        if postgresql:
            op.execute('DROP TRIGGER {name} ON {table}'.format(**rule))
            op.execute('DROP FUNCTION {name}()'.format(**rule))
        else:
            op.execute('DROP TRIGGER {name}'.format(**rule))
