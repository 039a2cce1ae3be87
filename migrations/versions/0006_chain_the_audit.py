"""Chain the audit: a seal for each entry, only ever added, and indexes to find entries by"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'

SQLITE = """
CREATE TRIGGER audit_seals_no_{verb} BEFORE {verb} ON audit_seals {when}
BEGIN SELECT RAISE(ABORT, 'audit_seals is only ever added to'); END
"""
# REPLACE removes a row without telling the DELETE trigger; it has to bring the number of a row that is there.
KNOWN = 'WHEN EXISTS (SELECT 1 FROM audit_seals WHERE position = NEW.position OR entry_id = NEW.entry_id)'
SQLITE_VERBS = (('update', ''), ('delete', ''), ('insert', KNOWN))
# refuse_change() was made with the book.
POSTGRESQL = (
    'CREATE TRIGGER audit_seals_no_change BEFORE UPDATE OR DELETE ON audit_seals'
    ' FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    'CREATE TRIGGER audit_seals_no_truncate BEFORE TRUNCATE ON audit_seals EXECUTE FUNCTION refuse_change()',
)


def upgrade() -> None:
    op.create_table('audit_seals',
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('entry_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seal', sa.LargeBinary(length=32), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['audit_entries.id'], name=op.f('fk_audit_seals_entry_id')),
    sa.PrimaryKeyConstraint('position', name=op.f('pk_audit_seals')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_audit_seals_entry_id'))
    )
    op.create_index(op.f('ix_audit_entries_actor'), 'audit_entries', ['actor'])
    op.create_index(op.f('ix_audit_entries_subject'), 'audit_entries', ['subject'])
    if op.get_bind().dialect.name == 'postgresql':
        for statement in POSTGRESQL:
            op.execute(statement)
    else:
        for verb, when in SQLITE_VERBS:
            op.execute(SQLITE.format(verb=verb, when=when))


def downgrade() -> None:
    # The triggers go with their table.
    op.drop_table('audit_seals')
    op.drop_index(op.f('ix_audit_entries_subject'), table_name='audit_entries')
    op.drop_index(op.f('ix_audit_entries_actor'), table_name='audit_entries')
