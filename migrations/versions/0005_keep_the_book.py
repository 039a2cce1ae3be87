"""Keep the book: postings and audit entries are only ever added"""

from alembic import op

revision = '0005'
down_revision = '0004'

KEPT = ('postings', 'audit_entries')

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END
"""
# REPLACE removes a row without telling the DELETE trigger; it has to bring the number of a row that is there.
KNOWN = 'WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)'
SQLITE_VERBS = (('update', ''), ('delete', ''), ('insert', KNOWN))

POSTGRESQL_FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
"""
POSTGRESQL = (
    'CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()',
)


def upgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(POSTGRESQL_FUNCTION)
        for table in KEPT:
            for statement in POSTGRESQL:
                op.execute(statement.format(table=table))
    else:
        for table in KEPT:
            for verb, when in SQLITE_VERBS:
                op.execute(SQLITE.format(table=table, verb=verb, when=when.format(table=table)))


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        for table in KEPT:
            for trigger in ('change', 'truncate'):
                op.execute(f'DROP TRIGGER {table}_no_{trigger} ON {table}')
        op.execute('DROP FUNCTION refuse_change()')
    else:
        for table in KEPT:
            for verb, _ in SQLITE_VERBS:
                op.execute(f'DROP TRIGGER {table}_no_{verb}')
