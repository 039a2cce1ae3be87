"""Change households: new heads, splits, merges, contract dates, whose a tree was, and who earned a credit that moved"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
PROPOSED = sa.text("state = 'proposed'")


def upgrade() -> None:
    op.create_table(
        'household_changes',
        sa.Column('id', BIG, nullable=False),
        sa.Column('household_id', BIG, nullable=False),
        sa.Column('other_id', BIG, nullable=True),
        sa.Column('kind', sa.Enum('succession', 'split', 'merge', 'contract', name='household_change_kind', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('state', sa.Enum('proposed', 'confirmed', 'rejected', name='household_change_state', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('effective_on', sa.Date(), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('head_name', sa.LargeBinary(), nullable=True),
        sa.Column('identity', sa.LargeBinary(), nullable=True),
        sa.Column('phone', sa.LargeBinary(), nullable=True),
        sa.Column('sale_consent_on', sa.Date(), nullable=True),
        sa.Column('contract_from', sa.Date(), nullable=True),
        sa.Column('contract_to', sa.Date(), nullable=True),
        sa.Column('trees', sa.JSON(), nullable=False),
        sa.Column('previous_head_name', sa.LargeBinary(), nullable=True),
        sa.Column('previous_identity', sa.LargeBinary(), nullable=True),
        sa.Column('outcome', sa.JSON(), nullable=False),
        sa.Column('proposer_id', BIG, nullable=False),
        sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('decider_id', BIG, nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('decider_id IS NULL OR decider_id <> proposer_id', name=op.f('ck_household_changes_two_people')),
        sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f('ck_household_changes_decided')),
        sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_household_changes_household_id')),
        sa.ForeignKeyConstraint(['other_id'], ['households.id'], name=op.f('fk_household_changes_other_id')),
        sa.ForeignKeyConstraint(['proposer_id'], ['officers.id'], name=op.f('fk_household_changes_proposer_id')),
        sa.ForeignKeyConstraint(['decider_id'], ['officers.id'], name=op.f('fk_household_changes_decider_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_household_changes')),
    )
    op.create_index(
        'uq_household_changes_proposed', 'household_changes', ['household_id'], unique=True, sqlite_where=PROPOSED, postgresql_where=PROPOSED
    )
    op.create_index('ix_household_changes_household_id_id', 'household_changes', ['household_id', 'id'], unique=False)
    op.create_table(
        'past_owners',
        sa.Column('tree_id', BIG, nullable=False),
        sa.Column('change_id', BIG, nullable=False),
        sa.Column('household_id', BIG, nullable=False),
        sa.Column('until_on', sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(['tree_id'], ['trees.id'], name=op.f('fk_past_owners_tree_id')),
        sa.ForeignKeyConstraint(['change_id'], ['household_changes.id'], name=op.f('fk_past_owners_change_id')),
        sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_past_owners_household_id')),
        sa.PrimaryKeyConstraint('tree_id', 'change_id', name=op.f('pk_past_owners')),
    )
    op.create_index(op.f('ix_past_owners_household_id'), 'past_owners', ['household_id'], unique=False)
    # No foreign key: SQLite could not take it back without making the table anew, and payouts refer to it.
    op.add_column('credits', sa.Column('earned_by_id', sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column('credits', 'earned_by_id')
    op.drop_index(op.f('ix_past_owners_household_id'), table_name='past_owners')
    op.drop_table('past_owners')
    op.drop_index('ix_household_changes_household_id_id', table_name='household_changes')
    op.drop_index('uq_household_changes_proposed', table_name='household_changes', sqlite_where=PROPOSED, postgresql_where=PROPOSED)
    op.drop_table('household_changes')
