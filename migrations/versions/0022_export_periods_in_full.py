"""Export periods in full: an auditor's requests, granted by a second person and taken once"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('period_exports',
    sa.Column('id', big, nullable=False),
    sa.Column('region_code', sa.String(length=12), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('state', sa.Enum('requested', 'granted', 'refused', 'taken', name='period_export_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('requester_id', big, nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decider_id', big, nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'taken') = (taken_at IS NOT NULL)", name=op.f('ck_period_exports_taken_once')),
    sa.CheckConstraint("state = 'requested' OR decider_id IS NOT NULL", name=op.f('ck_period_exports_decided_by_somebody')),
    sa.CheckConstraint('decider_id IS NULL OR decider_id <> requester_id', name=op.f('ck_period_exports_two_people')),
    sa.CheckConstraint('first_day <= last_day', name=op.f('ck_period_exports_in_order')),
    sa.ForeignKeyConstraint(['decider_id'], ['officers.id'], name=op.f('fk_period_exports_decider_id')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_period_exports_region_code')),
    sa.ForeignKeyConstraint(['requester_id'], ['officers.id'], name=op.f('fk_period_exports_requester_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_period_exports'))
    )
    op.create_index(op.f('ix_period_exports_region_code'), 'period_exports', ['region_code'])


def downgrade() -> None:
    op.drop_table('period_exports')
