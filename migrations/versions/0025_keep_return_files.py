"""Keep return files: what a bank says became of a batch's payments, row by row"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: (table, verb, what must not be)
RULES = (
    ('payout_returns', 'UPDATE', 'TRUE'),
    ('payout_returns', 'DELETE', 'TRUE'),
    ('payout_returns', 'INSERT', 'EXISTS (SELECT 1 FROM payout_returns WHERE id = NEW.id)'),
    ('payout_return_rows', 'UPDATE', 'TRUE'),
    ('payout_return_rows', 'DELETE', 'TRUE'),
    ('payout_return_rows', 'INSERT', 'EXISTS (SELECT 1 FROM payout_return_rows WHERE id = NEW.id)'),
)

SQLITE = """
CREATE TRIGGER {table}_is_kept_{verb} BEFORE {verb} ON {table} WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{table} is kept as it was'); END
"""
FUNCTION = """
CREATE FUNCTION {table}_is_kept_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ({condition}) THEN
        RAISE EXCEPTION '{table} is kept as it was' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN {row};
END
$$
"""
POSTGRESQL = """
CREATE TRIGGER {table}_is_kept_{verb} BEFORE {verb} ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_is_kept_{verb}()
"""


def upgrade() -> None:
    op.create_table('payout_returns',
    sa.Column('id', BIG, nullable=False),
    sa.Column('batch_id', BIG, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('brought_by', sa.String(length=32), nullable=False),
    sa.Column('brought_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid', sa.Integer(), nullable=False),
    sa.Column('bounced', sa.Integer(), nullable=False),
    sa.Column('returned', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['payout_batches.id'], name=op.f('fk_payout_returns_batch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_returns')),
    sa.UniqueConstraint('batch_id', 'sha256', name=op.f('uq_payout_returns_batch_id_sha256'))
    )
    op.create_table('payout_return_rows',
    sa.Column('id', BIG, nullable=False),
    sa.Column('return_id', BIG, nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Enum('paid', 'bounced', 'returned', 'unchanged', 'refused', 'remark', name='return_row_outcome', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('reference', sa.String(length=32), nullable=True),
    sa.Column('bounce_reason', sa.String(length=20), nullable=True),
    sa.Column('column', sa.String(length=20), nullable=True),
    sa.Column('value', sa.String(length=80), nullable=True),
    sa.Column('code', sa.String(length=40), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.CheckConstraint("(outcome IN ('refused', 'remark')) = (code IS NOT NULL)", name=op.f('ck_payout_return_rows_reason')),
    sa.ForeignKeyConstraint(['return_id'], ['payout_returns.id'], name=op.f('fk_payout_return_rows_return_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_return_rows'))
    )
    op.create_index('ix_payout_return_rows_return_id_id', 'payout_return_rows', ['return_id', 'id'], unique=False)
    postgresql = op.get_bind().dialect.name == 'postgresql'
    for table, verb, condition in RULES:
        row = 'OLD' if verb == 'DELETE' else 'NEW'
        for statement in (FUNCTION, POSTGRESQL) if postgresql else (SQLITE,):
            op.execute(statement.format(table=table, verb=verb, condition=condition, row=row))


def downgrade() -> None:
    for table in ('payout_return_rows', 'payout_returns'):
        op.drop_table(table)
    if op.get_bind().dialect.name == 'postgresql':
        for table, verb, _ in RULES:
            op.execute(f'DROP FUNCTION {table}_is_kept_{verb}()')
