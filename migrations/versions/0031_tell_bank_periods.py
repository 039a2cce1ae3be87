"""Tell bank periods: what days each bank statement tells wholly of"""

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'


def upgrade() -> None:
    op.create_table(
        'bank_periods',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('statement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('last_day', sa.Date(), nullable=False),
        sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('told_by', sa.String(length=32), nullable=False),
        sa.CheckConstraint('first_day <= last_day', name=op.f('ck_bank_periods_in_order')),
        sa.ForeignKeyConstraint(['statement_id'], ['bank_statements.id'], name=op.f('fk_bank_periods_statement_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_periods')),
    )
    op.create_index(op.f('ix_bank_periods_statement_id'), 'bank_periods', ['statement_id'])
    op.create_index(op.f('ix_bank_periods_last_day'), 'bank_periods', ['last_day'])


def downgrade() -> None:
    op.drop_table('bank_periods')
