"""Correct bounces: a payment that came back and had arrived after all is paid, once two people have settled so"""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'

PAYOUT_BEFORE = "event IN ('batch_released', 'payout_confirmed', 'payout_bounced', 'payout_returned', 'household_moved')"
PAYOUT_AFTER = f"{PAYOUT_BEFORE[:-1]}, 'reversal')"
LINES_BEFORE = "event IN ('batch_released', 'payout_confirmed', 'payout_bounced', 'payout_returned')"
LINES_AFTER = f"{LINES_BEFORE[:-1]}, 'reversal')"

#: How the fact is read that an incident says what the bank told.
SAID = {'sqlite': "json_extract(facts, '$.said')", 'postgresql': "facts ->> 'said'"}
FOUND = (
    "SELECT 1 FROM incidents WHERE subject = 'payout_line:' || NEW.reference"
    " AND kind IN ('payout_news_differs', 'payout_paid_twice') AND resolved_at IS NOT NULL"
    " AND resolved_by_id IS NOT NULL AND seconded_by_id IS NOT NULL AND {said} = 'paid'"
)
MADE = "SELECT 1 FROM payout_duties d WHERE d.batch_id = NEW.batch_id AND d.duty = 'maker'"
#: (trigger, table, verb, what must not be, what is said then)
RULES = (
    (
        'payout_lines_keeps_end',
        'payout_lines',
        'UPDATE',
        "OLD.state IN ('withdrawn', 'returned') AND NEW.state <> OLD.state"
        " OR OLD.state = 'bounced' AND NEW.state NOT IN ('bounced', 'paid')"
        " OR OLD.state = 'paid' AND NEW.state NOT IN ('paid', 'returned')",
        'a line that has ended does not move so',
    ),
    (
        'payout_lines_keeps_bounce',
        'payout_lines',
        'UPDATE',
        f"OLD.state = 'bounced' AND NEW.state = 'paid' AND NOT EXISTS ({FOUND})",
        'a bounce is corrected once two people have settled that the money arrived',
    ),
    (
        'payout_returns_keeps_duties',
        'payout_returns',
        'INSERT',
        f"EXISTS ({MADE} AND 'officer:' || CAST(d.officer_id AS TEXT) = NEW.brought_by)",
        'whoever made a batch does not say what became of it',
    ),
    (
        'incidents_keep_4',
        'incidents',
        'UPDATE',
        "NEW.kind IN ('payout_news_differs', 'payout_amount_differs', 'payout_paid_twice') AND EXISTS (SELECT 1"
        ' FROM payout_lines l JOIN payout_duties d ON d.batch_id = l.batch_id'
        " WHERE 'payout_line:' || l.reference = NEW.subject AND d.duty = 'maker'"
        ' AND d.officer_id IN (NEW.resolved_by_id, NEW.seconded_by_id))',
        'whoever made a batch does not settle what became of it',
    ),
)
#: As 0014 has it, save for the states of the line that may take credits up.
CREDITS = (
    'OLD.line_id IS DISTINCT FROM NEW.line_id OR OLD.credit_id IS DISTINCT FROM NEW.credit_id'
    ' OR NEW.reserved AND NOT OLD.reserved AND (SELECT state FROM payout_lines WHERE id = NEW.line_id) NOT IN ({})'
    ' OR OLD.reserved AND NOT NEW.reserved'
    " AND (SELECT state FROM payout_lines WHERE id = NEW.line_id) NOT IN ('bounced', 'returned', 'withdrawn')"
)
CREDITS_RULE = ('payout_line_credits_keeps_19', 'payout_line_credits', 'UPDATE')
CREDITS_SAYS = 'a credit is free again when its line has failed'

SQLITE = "CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{says}'); END"
FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ({condition}) THEN
        RAISE EXCEPTION '{says}' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
"""
POSTGRESQL = 'CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()'


def upgrade() -> None:
    index(PAYOUT_AFTER, LINES_AFTER)
    drop(CREDITS_RULE[0], CREDITS_RULE[1])
    keep(*CREDITS_RULE, CREDITS.format("'prepared', 'paid'"), CREDITS_SAYS)
    for rule in RULES:
        keep(*rule)


def downgrade() -> None:
    for name, table, *_ in RULES:
        drop(name, table)
    drop(CREDITS_RULE[0], CREDITS_RULE[1])
    keep(*CREDITS_RULE, CREDITS.format("'prepared'"), CREDITS_SAYS)
    index(PAYOUT_BEFORE, LINES_BEFORE)


def index(payout: str, lines: str) -> None:
    for name, columns, unique, where in (
        ('ix_postings_payout_source', ['source'], False, payout),
        ('ix_postings_payout_destination', ['destination'], False, payout),
        ('uq_postings_payout_line', ['event', 'reference'], True, lines),
    ):
        op.drop_index(name, table_name='postings')
        op.create_index(
            name, 'postings', columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )


def keep(name: str, table: str, verb: str, condition: str, says: str) -> None:
    dialect = op.get_bind().dialect.name
    what = condition.replace('{said}', SAID[dialect])
    for statement in (FUNCTION, POSTGRESQL) if dialect == 'postgresql' else (SQLITE,):
        op.execute(statement.format(name=name, table=table, verb=verb, condition=what, says=says))


def drop(name: str, table: str) -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(f'DROP TRIGGER {name} ON {table}')
        op.execute(f'DROP FUNCTION {name}()')
    else:
        op.execute(f'DROP TRIGGER {name}')
