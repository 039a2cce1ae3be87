"""Keep consents: what each household agreed to, in which words, on which day, and what it took back"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'

# What the households registered so far agreed to on paper.
AGREED = """
INSERT INTO consents (household_id, kind, text_version, given_on, recorded_at, import_id)
SELECT id, '{kind}', 'survey', sale_consent_on, created_at, import_id FROM households WHERE {agreed} ORDER BY id
"""


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.create_table('consents',
    sa.Column('id', big, nullable=False),
    sa.Column('household_id', big, nullable=False),
    sa.Column('kind', sa.Enum('sale', 'public_name', 'payee_data', 'credit_platform', name='consent_kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('text_version', sa.String(length=16), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('witness', sa.LargeBinary(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('officer_id', big, nullable=True),
    sa.Column('import_id', big, nullable=True),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.Column('withdrawal_recorded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawal_officer_id', big, nullable=True),
    sa.CheckConstraint('withdrawn_on IS NULL OR withdrawn_on >= given_on', name=op.f('ck_consents_in_order')),
    sa.CheckConstraint('(withdrawn_on IS NULL) = (withdrawal_recorded_at IS NULL)', name=op.f('ck_consents_withdrawn_once')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_consents_household_id')),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_consents_import_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_consents_officer_id')),
    sa.ForeignKeyConstraint(['withdrawal_officer_id'], ['officers.id'], name=op.f('fk_consents_withdrawal_officer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents'))
    )
    op.create_index(op.f('ix_consents_household_id'), 'consents', ['household_id'])
    op.create_index('uq_consents_standing', 'consents', ['household_id', 'kind'], unique=True,
        sqlite_where=sa.text('withdrawn_on IS NULL'), postgresql_where=sa.text('withdrawn_on IS NULL'))
    op.execute(AGREED.format(kind='sale', agreed='sale_consent_on IS NOT NULL'))
    op.execute(AGREED.format(kind='public_name', agreed='sale_consent_on IS NOT NULL AND name_public'))


def downgrade() -> None:
    op.drop_table('consents')
