"""Freeze bank files: what went to the bank for a batch stays as it was"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'

#: The content may be sealed anew with another key; its hash says that it is the same.
FROZEN = ('batch_id', 'encoding', 'sha256', 'line_count', 'amount_fen', 'rare_names', 'made_at')
CHANGED = ' OR '.join(f'CAST(OLD.{name} AS TEXT) IS DISTINCT FROM CAST(NEW.{name} AS TEXT)' for name in FROZEN)
#: (table, verb, what must not be)
RULES = (
    ('payout_files', 'UPDATE', f'{CHANGED} OR NEW.downloads < OLD.downloads'),
    ('payout_files', 'DELETE', 'TRUE'),
    ('payout_files', 'INSERT', 'EXISTS (SELECT 1 FROM payout_files WHERE batch_id = NEW.batch_id)'),
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
    op.create_table('payout_files',
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
    sa.Column('encoding', sa.Enum('gb18030', 'utf-8', name='bank_file_encoding', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('line_count', sa.Integer(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('rare_names', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('downloads', sa.Integer(), nullable=False),
    sa.Column('first_taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('line_count > 0 AND amount_fen > 0', name=op.f('ck_payout_files_something')),
    sa.CheckConstraint('downloads >= 0', name=op.f('ck_payout_files_downloads')),
    sa.ForeignKeyConstraint(['batch_id'], ['payout_batches.id'], name=op.f('fk_payout_files_batch_id')),
    sa.PrimaryKeyConstraint('batch_id', name=op.f('pk_payout_files'))
    )
    postgresql = op.get_bind().dialect.name == 'postgresql'
    for table, verb, condition in RULES:
        row = 'OLD' if verb == 'DELETE' else 'NEW'
        for statement in (FUNCTION, POSTGRESQL) if postgresql else (SQLITE,):
            op.execute(statement.format(table=table, verb=verb, condition=condition, row=row))


def downgrade() -> None:
    op.drop_table('payout_files')
    if op.get_bind().dialect.name == 'postgresql':
        for table, verb, _ in RULES:
            op.execute(f'DROP FUNCTION {table}_is_kept_{verb}()')
