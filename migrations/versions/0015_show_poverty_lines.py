"""Show poverty lines"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'


def upgrade() -> None:
    op.create_table('poverty_lines',
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('national_yuan', sa.Integer(), nullable=True),
    sa.Column('province_yuan', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('national_yuan > 0 AND province_yuan > 0', name=op.f('ck_poverty_lines_positive')),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_poverty_lines'))
    )


def downgrade() -> None:
    op.drop_table('poverty_lines')
