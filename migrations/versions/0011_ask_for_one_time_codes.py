"""Ask officers for one-time codes, and count failed sign-ins by address too."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'


def upgrade() -> None:
    op.create_table('one_time_secrets',
    sa.Column('officer_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
    sa.Column('secret', sa.LargeBinary(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_step', sa.BigInteger(), nullable=True),
    sa.Column('pending', sa.LargeBinary(), nullable=True),
    sa.Column('pending_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(secret IS NULL) = (confirmed_at IS NULL)', name=op.f('ck_one_time_secrets_confirmed')),
    sa.CheckConstraint('secret IS NULL OR last_step IS NOT NULL', name=op.f('ck_one_time_secrets_used_once')),
    sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_one_time_secrets_officer_id')),
    sa.PrimaryKeyConstraint('officer_id', name=op.f('pk_one_time_secrets'))
    )
    op.create_table('recovery_codes',
    sa.Column('officer_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
    sa.Column('code_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_recovery_codes_officer_id')),
    sa.PrimaryKeyConstraint('officer_id', 'code_hash', name=op.f('pk_recovery_codes'))
    )
    op.add_column('sign_in_sessions', sa.Column('second_factor_at', sa.DateTime(timezone=True), nullable=True))
    op.execute('ALTER TABLE sign_in_locks RENAME COLUMN name_hash TO subject_hash')


def downgrade() -> None:
    op.execute('ALTER TABLE sign_in_locks RENAME COLUMN subject_hash TO name_hash')
    op.drop_column('sign_in_sessions', 'second_factor_at')
    op.drop_table('recovery_codes')
    op.drop_table('one_time_secrets')
