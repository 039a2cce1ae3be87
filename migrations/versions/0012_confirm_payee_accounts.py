"""Confirm payee accounts: by a second officer, one present version for each channel"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'

TABLE = 'household_accounts'
PRESENT = sa.text("state = 'confirmed' AND ended_at IS NULL")
PROPOSED = sa.text("state = 'proposed'")
NOT_ENDED = sa.text('ended_at IS NULL')
#: column -> (type, what the versions from before have in it)
ADDED = {
    'channel': (sa.String(20), "'bank'"),
    'holder_name': (sa.LargeBinary(), '(SELECT head_name FROM households WHERE households.id = household_id)'),
    'holder_name_hash': (
        sa.LargeBinary(length=32),
        '(SELECT head_name_hash FROM households WHERE households.id = household_id)',
    ),
    'origin': (sa.String(20), "'registration'"),
    'state': (sa.String(20), "'confirmed'"),
    'proposed_at': (sa.DateTime(timezone=True), 'started_at'),
}
CHECKS = {
    'account_channel': "channel IN ('bank', 'wechat')",
    'account_origin': "origin IN ('registration', 'edit', 'binding')",
    'account_state': "state IN ('proposed', 'confirmed', 'refused')",
    'two_people': 'confirmer_id IS NULL OR confirmer_id <> editor_id',
    'edited_by_somebody': "origin = 'registration' OR editor_id IS NOT NULL",
    'confirmed_by_a_second': (
        "state <> 'confirmed' OR started_at IS NOT NULL AND (origin = 'registration' OR confirmer_id IS NOT NULL)"
    ),
    'proposed_is_undecided': (
        "state <> 'proposed' OR started_at IS NULL AND ended_at IS NULL AND confirmer_id IS NULL"
    ),
}


def upgrade() -> None:
    op.drop_index('uq_household_accounts_present', table_name=TABLE)
    for name, (kind, _) in ADDED.items():
        op.add_column(TABLE, sa.Column(name, kind, nullable=True))
    op.add_column(TABLE, sa.Column('confirmer_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
    op.add_column(TABLE, sa.Column('reason', sa.String(length=200), nullable=True))
    op.execute(f"UPDATE {TABLE} SET " + ', '.join(f'{name} = {value}' for name, (_, value) in ADDED.items()))
    with op.batch_alter_table(TABLE) as batch:
        for name, (kind, _) in ADDED.items():
            batch.alter_column(name, existing_type=kind, nullable=False)
        batch.alter_column('started_at', existing_type=sa.DateTime(timezone=True), nullable=True)
        batch.create_foreign_key(op.f('fk_household_accounts_confirmer_id'), 'officers', ['confirmer_id'], ['id'])
        for name, condition in CHECKS.items():
            batch.create_check_constraint(op.f(f'ck_household_accounts_{name}'), condition)
    op.create_index('uq_household_accounts_present', TABLE, ['household_id', 'channel'], unique=True, sqlite_where=PRESENT, postgresql_where=PRESENT)
    op.create_index('uq_household_accounts_proposed', TABLE, ['household_id', 'channel'], unique=True, sqlite_where=PROPOSED, postgresql_where=PROPOSED)
    op.create_index('ix_household_accounts_household_id', TABLE, ['household_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_household_accounts_household_id', table_name=TABLE)
    op.drop_index('uq_household_accounts_proposed', table_name=TABLE, sqlite_where=PROPOSED, postgresql_where=PROPOSED)
    op.drop_index('uq_household_accounts_present', table_name=TABLE, sqlite_where=PRESENT, postgresql_where=PRESENT)
    # What was never in force, or is not a bank account, has no place in the older table.
    op.execute(f"DELETE FROM {TABLE} WHERE state <> 'confirmed' OR channel <> 'bank'")
    with op.batch_alter_table(TABLE) as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f'ck_household_accounts_{name}'), type_='check')
        batch.drop_constraint(op.f('fk_household_accounts_confirmer_id'), type_='foreignkey')
        batch.alter_column('started_at', existing_type=sa.DateTime(timezone=True), nullable=False)
        for name in (*ADDED, 'confirmer_id', 'reason'):
            batch.drop_column(name)
    op.create_index('uq_household_accounts_present', TABLE, ['household_id'], unique=True, sqlite_where=NOT_ENDED, postgresql_where=NOT_ENDED)
