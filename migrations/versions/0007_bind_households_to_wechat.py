"""Bind households to WeChat: codes, bindings, tries."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'


def upgrade() -> None:
    op.create_table('binding_tries',
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_binding_tries_user_id')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_binding_tries'))
    )
    op.create_table('binding_codes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('household_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('beginning_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('state', sa.Enum('open', 'used', 'withdrawn', name='binding_code_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('issuer_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('tries BETWEEN 0 AND 5', name=op.f('ck_binding_codes_tries')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_binding_codes_household_id')),
    sa.ForeignKeyConstraint(['issuer_id'], ['officers.id'], name=op.f('fk_binding_codes_issuer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_binding_codes')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_binding_codes_code_hash'))
    )
    op.create_index('ix_binding_codes_beginning', 'binding_codes', ['beginning_hash'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.create_index('uq_binding_codes_open', 'binding_codes', ['household_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.create_table('household_bindings',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('household_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('identity_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('code_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('issuer_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('bound_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmer_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.String(length=32), nullable=True),
    sa.CheckConstraint('(confirmer_id IS NULL) = (confirmed_at IS NULL)', name=op.f('ck_household_bindings_confirmed_by_somebody')),
    sa.CheckConstraint('confirmer_id IS NULL OR confirmer_id <> issuer_id', name=op.f('ck_household_bindings_two_people')),
    sa.ForeignKeyConstraint(['code_id'], ['binding_codes.id'], name=op.f('fk_household_bindings_code_id')),
    sa.ForeignKeyConstraint(['confirmer_id'], ['officers.id'], name=op.f('fk_household_bindings_confirmer_id')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_household_bindings_household_id')),
    sa.ForeignKeyConstraint(['identity_id'], ['wechat_identities.id'], name=op.f('fk_household_bindings_identity_id')),
    sa.ForeignKeyConstraint(['issuer_id'], ['officers.id'], name=op.f('fk_household_bindings_issuer_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_household_bindings_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_household_bindings')),
    sa.UniqueConstraint('code_id', name=op.f('uq_household_bindings_code_id'))
    )
    op.create_index('uq_household_bindings_household', 'household_bindings', ['household_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('uq_household_bindings_user', 'household_bindings', ['user_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))


def downgrade() -> None:
    op.drop_index('uq_household_bindings_user', table_name='household_bindings', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index('uq_household_bindings_household', table_name='household_bindings', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('household_bindings')
    op.drop_index('uq_binding_codes_open', table_name='binding_codes', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.drop_index('ix_binding_codes_beginning', table_name='binding_codes', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.drop_table('binding_codes')
    op.drop_table('binding_tries')
