"""Review years that are over: samples drawn, and what was found"""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'year_reviews',
        sa.Column('id', BIG, nullable=False),
        sa.Column('region_code', sa.String(length=12), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('sold', sa.Integer(), nullable=False),
        sa.Column('sample', sa.JSON(), nullable=False),
        sa.Column('gone', sa.JSON(), nullable=False),
        sa.Column('measured', sa.Integer(), nullable=False),
        sa.Column('lapsed', sa.Integer(), nullable=False),
        sa.Column('drawn_by_id', BIG, nullable=False),
        sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('verifier_id', BIG, nullable=True),
        sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('(verifier_id IS NULL) = (confirmed_at IS NULL)', name=op.f('ck_year_reviews_confirmed_by_somebody')),
        sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_year_reviews_region_code')),
        sa.ForeignKeyConstraint(['drawn_by_id'], ['officers.id'], name=op.f('fk_year_reviews_drawn_by_id')),
        sa.ForeignKeyConstraint(['verifier_id'], ['officers.id'], name=op.f('fk_year_reviews_verifier_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_year_reviews')),
    )
    op.create_index(op.f('ix_year_reviews_region_code'), 'year_reviews', ['region_code'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_year_reviews_region_code'), table_name='year_reviews')
    op.drop_table('year_reviews')
