"""Lock payouts by consent: a household that took back its consent to the use of its account is left out"""

from alembic import op

revision = '0028'
down_revision = '0027'

BEFORE = "'no_account', 'unconfirmed_account', 'account_changed', 'account_shared', 'name_differs', 'attempt_pending', 'maker_involved'"
AFTER = f"{BEFORE}, 'consent_withdrawn'"
#: table -> (column, check)
CHECKS = {
    'payout_omissions': ('reason', 'ck_payout_omissions_soft_lock'),
    'payout_lines': ('withdrawn_for', 'ck_payout_lines_withdrawn_for'),
}


def upgrade() -> None:
    allow(BEFORE, AFTER)


def downgrade() -> None:
    # What these households lacked was an account that might be used.
    op.execute("UPDATE payout_omissions SET reason = 'no_account' WHERE reason = 'consent_withdrawn'")
    op.execute("UPDATE payout_lines SET withdrawn_for = 'no_account' WHERE withdrawn_for = 'consent_withdrawn'")
    allow(AFTER, BEFORE)


def allow(before: str, after: str) -> None:
    if op.get_bind().dialect.name == 'postgresql':
        for table, (column, check) in CHECKS.items():
            op.drop_constraint(op.f(check), table, type_='check')
            op.create_check_constraint(op.f(check), table, f'{column} IN ({after})')
        return
    # Building a table anew would lose its triggers and what refers to its rows; SQLite's manual ("Making Other Kinds Of
    # Table Schema Changes") gives this way for a constraint that does not touch what is stored.
    version = op.get_bind().exec_driver_sql('PRAGMA schema_version').scalar_one()
    op.execute('PRAGMA writable_schema = ON')
    for table in CHECKS:
        op.get_bind().exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
            (f'({before})', f'({after})', table),
        )
    op.execute(f'PRAGMA schema_version = {version + 1}')
    op.execute('PRAGMA writable_schema = RESET')
