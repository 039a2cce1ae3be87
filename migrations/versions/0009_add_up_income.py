"""Add up income: what a posting is the price of, and the sums made from postings"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'

SQLITE_KEEP = """
CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings
BEGIN SELECT RAISE(ABORT, 'postings is only ever added to'); END
"""
# Sales and their refunds booked before are the price of the trees their credit names.
FILL = """
UPDATE postings SET
    trees = (SELECT c.trees FROM credits c WHERE c.order_id = postings.order_id AND {account} = 'household:' || c.household_id),
    sink_g = (SELECT c.sink_g FROM credits c WHERE c.order_id = postings.order_id AND {account} = 'household:' || c.household_id)
WHERE event IN ({events})
"""
FILLED = (('destination', "'order_paid', 'reallocated'"), ('source', "'refund_accepted'"))


def upgrade() -> None:
    op.add_column('postings', sa.Column('trees', sa.Integer(), nullable=True))
    op.add_column('postings', sa.Column('sink_g', sa.BigInteger(), nullable=True))
    _fill()
    op.create_index('ix_postings_posted_at', 'postings', ['posted_at'], unique=False, postgresql_using='brin')
    op.create_table('income_sums',
    sa.Column('period', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('household_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
    sa.Column('trees', sa.Integer(), nullable=False),
    sa.Column('sink_g', sa.BigInteger(), nullable=False),
    sa.Column('earned_fen', sa.BigInteger(), nullable=False),
    sa.Column('released_fen', sa.BigInteger(), nullable=False),
    sa.Column('paid_fen', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_income_sums_household_id')),
    sa.PrimaryKeyConstraint('period', 'household_id', name=op.f('pk_income_sums'))
    )
    op.create_index('ix_income_sums_household_id_period', 'income_sums', ['household_id', 'period'], unique=False)
    op.create_table('income_marks',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('folded_to', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_income_marks_one_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_income_marks'))
    )


def _fill() -> None:
    """The book refuses changes, so its guard steps aside for these two statements."""
    postgresql = op.get_bind().dialect.name == 'postgresql'
    op.execute('ALTER TABLE postings DISABLE TRIGGER postings_no_change' if postgresql else 'DROP TRIGGER postings_no_update')
    for account, events in FILLED:
        op.execute(FILL.format(account=account, events=events))
    op.execute('ALTER TABLE postings ENABLE TRIGGER postings_no_change' if postgresql else SQLITE_KEEP)


def downgrade() -> None:
    op.drop_table('income_marks')
    op.drop_index('ix_income_sums_household_id_period', table_name='income_sums')
    op.drop_table('income_sums')
    op.drop_index('ix_postings_posted_at', table_name='postings')
    for column in ('sink_g', 'trees'):
        op.drop_column('postings', column)
