"""Close months: statements of the book that are only ever added"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'

SQLITE = """
CREATE TRIGGER month_closes_no_{verb} BEFORE {verb} ON month_closes {when}
BEGIN SELECT RAISE(ABORT, 'month_closes is only ever added to'); END
"""
# REPLACE removes a row without telling the DELETE trigger; it has to bring the month of a row that is there.
KNOWN = 'WHEN EXISTS (SELECT 1 FROM month_closes WHERE month = NEW.month)'
SQLITE_VERBS = (('update', ''), ('delete', ''), ('insert', KNOWN))
# refuse_change() was made with the book.
POSTGRESQL = (
    'CREATE TRIGGER month_closes_no_change BEFORE UPDATE OR DELETE ON month_closes'
    ' FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    'CREATE TRIGGER month_closes_no_truncate BEFORE TRUNCATE ON month_closes EXECUTE FUNCTION refuse_change()',
)


def upgrade() -> None:
    op.create_table('month_closes',
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('sha256', sa.LargeBinary(length=32), nullable=False),
    sa.Column('next_posting_id', sa.BigInteger(), nullable=False),
    sa.Column('audit_position', sa.BigInteger(), nullable=False),
    sa.Column('audit_seal', sa.LargeBinary(length=32), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('month', name=op.f('pk_month_closes'))
    )
    if op.get_bind().dialect.name == 'postgresql':
        for statement in POSTGRESQL:
            op.execute(statement)
    else:
        for verb, when in SQLITE_VERBS:
            op.execute(SQLITE.format(verb=verb, when=when))


def downgrade() -> None:
    # The triggers go with their table.
    op.drop_table('month_closes')
