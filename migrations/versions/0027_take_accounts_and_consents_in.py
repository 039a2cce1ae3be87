"""Take sheets of accounts and of consents in: rows that wait, and the sheet an account came with"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'

TRIGGER = 'household_accounts_keeps_sheet'
CONDITION = 'OLD.import_id IS DISTINCT FROM NEW.import_id'
SAYS = 'an account version is what was entered'
SQLITE = f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON household_accounts WHEN {CONDITION} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
POSTGRESQL = (
    f"""
CREATE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ({CONDITION}) THEN
        RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
""",
    f'CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON household_accounts FOR EACH ROW EXECUTE FUNCTION {TRIGGER}()',
)


def waiting() -> tuple[sa.Column, ...]:
    """What every table of rows that wait begins with."""
    return (
        sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('row', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('outcome', sa.String(length=40), nullable=False),
        sa.Column('household_number', sa.String(length=32), nullable=True),
    )


def upgrade() -> None:
    op.create_table(
        'staged_accounts',
        *waiting(),
        sa.Column('identity', sa.LargeBinary(), nullable=True),
        sa.Column('identity_hash', sa.LargeBinary(length=32), nullable=True),
        sa.Column('bank', sa.String(length=64), nullable=True),
        sa.Column('holder_name', sa.LargeBinary(), nullable=True),
        sa.Column('holder_name_hash', sa.LargeBinary(length=32), nullable=True),
        sa.Column('account', sa.LargeBinary(), nullable=True),
        sa.Column('account_hash', sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name='fk_staged_accounts_import_id'),
        sa.PrimaryKeyConstraint('import_id', 'row', name='pk_staged_accounts'),
        sqlite_with_rowid=False,
    )
    op.create_table(
        'staged_consents',
        *waiting(),
        sa.Column('kind', sa.String(length=20), nullable=True),
        sa.Column('text_version', sa.String(length=16), nullable=True),
        sa.Column('given_on', sa.Date(), nullable=True),
        sa.Column('contract_to', sa.Date(), nullable=True),
        sa.Column('witness', sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name='fk_staged_consents_import_id'),
        sa.PrimaryKeyConstraint('import_id', 'row', name='pk_staged_consents'),
        sqlite_with_rowid=False,
    )
    postgresql = op.get_bind().dialect.name == 'postgresql'
    # In plain SQL, because building the table anew on SQLite would lose its triggers.
    op.execute(
        f"ALTER TABLE household_accounts ADD COLUMN import_id {'BIGINT' if postgresql else 'INTEGER'}"
        ' CONSTRAINT fk_household_accounts_import_id REFERENCES imports (id)'
    )
    op.create_index('ix_household_accounts_import_id', 'household_accounts', ['import_id'], unique=False)
    for statement in POSTGRESQL if postgresql else (SQLITE,):
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(f'DROP TRIGGER {TRIGGER} ON household_accounts')
        op.execute(f'DROP FUNCTION {TRIGGER}()')
    else:
        op.execute(f'DROP TRIGGER {TRIGGER}')
    op.drop_index('ix_household_accounts_import_id', table_name='household_accounts')
    op.execute('ALTER TABLE household_accounts DROP COLUMN import_id')
    op.drop_table('staged_consents')
    op.drop_table('staged_accounts')
