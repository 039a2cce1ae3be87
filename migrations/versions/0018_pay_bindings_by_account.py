"""Pay bindings by account: whose WeChat it is, and who confirmed it, stands in an account version alone"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'

TABLE = 'household_bindings'
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PRESENT = sa.text('ended_at IS NULL')
INDEXES = {'uq_household_bindings_household': 'household_id', 'uq_household_bindings_user': 'user_id'}


def drop_indexes() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name=TABLE, sqlite_where=PRESENT, postgresql_where=PRESENT)


def create_indexes() -> None:
    for name, column in INDEXES.items():
        op.create_index(name, TABLE, [column], unique=True, sqlite_where=PRESENT, postgresql_where=PRESENT)


def end_present(by: str) -> None:
    # An account is sealed with a key that no migration has: who is bound without one binds anew.
    op.execute(f"UPDATE {TABLE} SET ended_at = bound_at, ended_by = '{by}' WHERE ended_at IS NULL")


def upgrade() -> None:
    drop_indexes()
    end_present('upgrade')
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f('ck_household_bindings_two_people'), type_='check')
        batch.drop_constraint(op.f('ck_household_bindings_confirmed_by_somebody'), type_='check')
        batch.drop_constraint(op.f('fk_household_bindings_issuer_id'), type_='foreignkey')
        batch.drop_constraint(op.f('fk_household_bindings_confirmer_id'), type_='foreignkey')
        for name in ('issuer_id', 'confirmer_id', 'confirmed_at'):
            batch.drop_column(name)
        batch.add_column(sa.Column('account_id', ID, nullable=True))
        batch.create_foreign_key(op.f('fk_household_bindings_account_id'), 'household_accounts', ['account_id'], ['id'])
        batch.create_unique_constraint(op.f('uq_household_bindings_account_id'), ['account_id'])
        batch.create_check_constraint(op.f('ck_household_bindings_has_an_account'), 'ended_at IS NOT NULL OR account_id IS NOT NULL')
    create_indexes()


def downgrade() -> None:
    drop_indexes()
    end_present('downgrade')
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f('ck_household_bindings_has_an_account'), type_='check')
        batch.drop_constraint(op.f('uq_household_bindings_account_id'), type_='unique')
        batch.drop_constraint(op.f('fk_household_bindings_account_id'), type_='foreignkey')
        batch.drop_column('account_id')
        batch.add_column(sa.Column('issuer_id', ID, nullable=True))
        batch.add_column(sa.Column('confirmer_id', ID, nullable=True))
        batch.add_column(sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(f'UPDATE {TABLE} SET issuer_id = (SELECT issuer_id FROM binding_codes WHERE binding_codes.id = code_id)')
    with op.batch_alter_table(TABLE) as batch:
        batch.alter_column('issuer_id', existing_type=ID, nullable=False)
        batch.create_foreign_key(op.f('fk_household_bindings_issuer_id'), 'officers', ['issuer_id'], ['id'])
        batch.create_foreign_key(op.f('fk_household_bindings_confirmer_id'), 'officers', ['confirmer_id'], ['id'])
        batch.create_check_constraint(op.f('ck_household_bindings_two_people'), 'confirmer_id IS NULL OR confirmer_id <> issuer_id')
        batch.create_check_constraint(op.f('ck_household_bindings_confirmed_by_somebody'), '(confirmer_id IS NULL) = (confirmed_at IS NULL)')
    create_indexes()
