"""Make lost trees good: reports of loss, and the buffer tree-years that stand in for what was sold"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
STANDS = sa.text('undone_at IS NULL')


def upgrade() -> None:
    op.create_table(
        'tree_losses',
        sa.Column('id', BIG, nullable=False),
        sa.Column('tree_id', BIG, nullable=False),
        sa.Column('cause', sa.Enum('dead', 'felled', 'lost', name='tree_loss_cause', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('happened_on', sa.Date(), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('reporter_id', BIG, nullable=False),
        sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('confirmer_id', BIG, nullable=True),
        sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undoer_id', BIG, nullable=True),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('confirmer_id IS NULL OR confirmer_id <> reporter_id', name=op.f('ck_tree_losses_two_people')),
        sa.CheckConstraint('confirmed_at IS NULL OR undone_at IS NULL', name=op.f('ck_tree_losses_one_end')),
        sa.ForeignKeyConstraint(['tree_id'], ['trees.id'], name=op.f('fk_tree_losses_tree_id')),
        sa.ForeignKeyConstraint(['reporter_id'], ['officers.id'], name=op.f('fk_tree_losses_reporter_id')),
        sa.ForeignKeyConstraint(['confirmer_id'], ['officers.id'], name=op.f('fk_tree_losses_confirmer_id')),
        sa.ForeignKeyConstraint(['undoer_id'], ['officers.id'], name=op.f('fk_tree_losses_undoer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_tree_losses')),
    )
    op.create_index(
        'uq_tree_losses_standing', 'tree_losses', ['tree_id'], unique=True, sqlite_where=STANDS, postgresql_where=STANDS
    )
    op.create_table(
        'make_goods',
        sa.Column('unit_id', BIG, autoincrement=False, nullable=False),
        sa.Column('substitute_id', BIG, nullable=False),
        sa.Column('order_id', BIG, nullable=False),
        sa.Column('made_good_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_make_goods_unit_id')),
        sa.ForeignKeyConstraint(['substitute_id'], ['units.id'], name=op.f('fk_make_goods_substitute_id')),
        sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_make_goods_order_id')),
        sa.PrimaryKeyConstraint('unit_id', name=op.f('pk_make_goods')),
        sa.UniqueConstraint('substitute_id', name=op.f('uq_make_goods_substitute_id')),
    )
    op.create_index(op.f('ix_make_goods_order_id'), 'make_goods', ['order_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_make_goods_order_id'), table_name='make_goods')
    op.drop_table('make_goods')
    op.drop_index('uq_tree_losses_standing', table_name='tree_losses', sqlite_where=STANDS, postgresql_where=STANDS)
    op.drop_table('tree_losses')
