"""Bring money to WeChat: what its bills show as brought there from the bank is booked, too"""

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'

EVENTS = "'order_paid', 'money_unplaced', 'reallocated', 'refund_accepted', 'refund_paid', 'goodwill', 'fee', 'fee_returned', 'settled'"
MORE_EVENTS = "'sponsor_paid_in', 'batch_released', 'payout_confirmed', 'payout_bounced', 'payout_returned', 'household_moved', 'reversal'"
MOVEMENTS = "'received', 'fee', 'fee_returned', 'refunded', 'refund_returned', 'settled'"
MORE_MOVEMENTS = "'paid_out', 'payout_returned', 'other'"
#: table -> (column, check, what it allows without and with money that was brought)
CHECKS = {
    'postings': ('event', 'ck_postings_posting_event', f'{EVENTS}, {MORE_EVENTS}', f"{EVENTS}, 'topped_up', {MORE_EVENTS}"),
    'fund_lines': (
        'movement',
        'ck_fund_lines_fund_movement',
        f'{MOVEMENTS}, {MORE_MOVEMENTS}',
        f"{MOVEMENTS}, 'topped_up', {MORE_MOVEMENTS}",
    ),
}
REFERENCED = "event IN ('fee', 'fee_returned', 'settled', {}'sponsor_paid_in')"
INDEX = 'uq_postings_reference'


def upgrade() -> None:
    allow(CHECKS)
    once(REFERENCED.format("'topped_up', "))
    op.execute("UPDATE fund_lines SET movement = 'topped_up' WHERE movement = 'other' AND is_income AND business_type LIKE '%充值%'")


def downgrade() -> None:
    # Postings are never taken out: a book with money that was brought to WeChat cannot go back.
    op.execute("UPDATE fund_lines SET movement = 'other' WHERE movement = 'topped_up'")
    once(REFERENCED.format(''))
    allow({table: (column, check, after, before) for table, (column, check, before, after) in CHECKS.items()})


def once(which: str) -> None:
    op.drop_index(INDEX, table_name='postings')
    op.create_index(
        INDEX, 'postings', ['event', 'reference'], unique=True, sqlite_where=sa.text(which), postgresql_where=sa.text(which)
    )


def allow(checks: dict[str, tuple[str, str, str, str]]) -> None:
    if op.get_bind().dialect.name == 'postgresql':
        for table, (column, check, _, after) in checks.items():
            op.drop_constraint(op.f(check), table, type_='check')
            op.create_check_constraint(op.f(check), table, f'{column} IN ({after})')
        return
    # As 0028 does it: the manual's way for a constraint that does not touch what is stored keeps the triggers.
    version = op.get_bind().exec_driver_sql('PRAGMA schema_version').scalar_one()
    op.execute('PRAGMA writable_schema = ON')
    for table, (_, _, before, after) in checks.items():
        op.get_bind().exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
            (f'({before})', f'({after})', table),
        )
    op.execute(f'PRAGMA schema_version = {version + 1}')
    op.execute('PRAGMA writable_schema = RESET')
