"""Create the registry: places, officers, households, trees, their measurement and verification."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table('audit_entries',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=32), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('address', sa.String(length=45), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries'))
    )
    op.create_index(op.f('ix_audit_entries_action'), 'audit_entries', ['action'], unique=False)
    op.create_table('gates',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_gates'))
    )
    op.create_table('programmes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('price_fen', sa.Integer(), nullable=False),
    sa.Column('flat_sink_g', sa.Integer(), nullable=False),
    sa.Column('max_trees_per_mu', sa.Integer(), nullable=False),
    sa.Column('max_trees_per_household', sa.Integer(), nullable=False),
    sa.Column('min_dbh_mm', sa.Integer(), nullable=False),
    sa.Column('max_dbh_mm', sa.Integer(), nullable=False),
    sa.Column('contract_years', sa.Integer(), nullable=False),
    sa.Column('measurement_valid_years', sa.Integer(), nullable=False),
    sa.Column('buffer_permille', sa.Integer(), nullable=False),
    sa.Column('fair_k', sa.Integer(), nullable=False),
    sa.Column('maturity_days', sa.Integer(), nullable=False),
    sa.Column('sponsor', sa.String(length=128), nullable=False),
    sa.Column('merchant_of_record', sa.String(length=128), nullable=False),
    sa.Column('recognised_as', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('fair_k >= 1', name=op.f('ck_programmes_fair_k')),
    sa.CheckConstraint('flat_sink_g > 0', name=op.f('ck_programmes_sink')),
    sa.CheckConstraint('price_fen > 0', name=op.f('ck_programmes_price')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programmes')),
    sa.UniqueConstraint('effective_on', name=op.f('uq_programmes_effective_on'))
    )
    op.create_table('regions',
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('level', sa.String(length=12), nullable=False),
    sa.Column('parent_code', sa.String(length=12), nullable=True),
    sa.Column('path', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['parent_code'], ['regions.code'], name=op.f('fk_regions_parent_code')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_regions'))
    )
    op.create_index(op.f('ix_regions_parent_code'), 'regions', ['parent_code'], unique=False)
    op.create_table('sign_in_locks',
    sa.Column('name_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('name_hash', name=op.f('pk_sign_in_locks'))
    )
    op.create_index(op.f('ix_sign_in_locks_last_at'), 'sign_in_locks', ['last_at'], unique=False)
    op.create_table('species',
    sa.Column('code', sa.String(length=8), nullable=False),
    sa.Column('name_zh', sa.String(length=32), nullable=False),
    sa.Column('name_en', sa.String(length=64), nullable=False),
    sa.Column('latin', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_species'))
    )
    op.create_table('officers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('username', sa.String(length=32), nullable=False),
    sa.Column('display_name', sa.String(length=32), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('region_code', sa.String(length=12), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_officers_region_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_officers')),
    sa.UniqueConstraint('username', name=op.f('uq_officers_username'))
    )
    op.create_table('imports',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('state', sa.Enum('checking', 'checked', 'refused', 'accepted', 'discarded', name='import_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('problem_count', sa.Integer(), nullable=False),
    sa.Column('warning_count', sa.Integer(), nullable=False),
    sa.Column('officer_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('scope', sa.String(length=12), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_imports_officer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imports'))
    )
    op.create_index(op.f('ix_imports_sha256'), 'imports', ['sha256'], unique=False)
    op.create_table('officer_roles',
    sa.Column('officer_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('role', sa.Enum('surveyor', 'registrar', 'verifier', 'maker', 'approver', 'releaser', 'auditor', 'administrator', name='officer_role', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_officer_roles_officer_id')),
    sa.PrimaryKeyConstraint('officer_id', 'role', name=op.f('pk_officer_roles'))
    )
    op.create_table('verifications',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('region_code', sa.String(length=12), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'approved', 'withdrawn', name='verification_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('verifier_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('verifier_name', sa.String(length=64), nullable=False),
    sa.Column('method_id', sa.String(length=32), nullable=False),
    sa.Column('method_version', sa.String(length=16), nullable=False),
    sa.Column('programme_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('last_measurement_id', sa.BigInteger(), nullable=False),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('buffer_units', sa.Integer(), nullable=False),
    sa.Column('left_out', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['programme_id'], ['programmes.id'], name=op.f('fk_verifications_programme_id')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_verifications_region_code')),
    sa.ForeignKeyConstraint(['verifier_id'], ['officers.id'], name=op.f('fk_verifications_verifier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verifications'))
    )
    op.create_index(op.f('ix_verifications_region_code'), 'verifications', ['region_code'], unique=False)
    op.create_table('households',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('region_code', sa.String(length=12), nullable=False),
    sa.Column('head_name', sa.LargeBinary(), nullable=False),
    sa.Column('head_name_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('identity', sa.LargeBinary(), nullable=False),
    sa.Column('identity_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('phone', sa.LargeBinary(), nullable=True),
    sa.Column('category', sa.LargeBinary(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('income_per_person_yuan', sa.Integer(), nullable=True),
    sa.Column('forest_right', sa.String(length=64), nullable=False),
    sa.Column('sale_consent_on', sa.Date(), nullable=True),
    sa.Column('name_public', sa.Boolean(), nullable=False),
    sa.Column('display_name', sa.String(length=32), nullable=True),
    sa.Column('contract_from', sa.Date(), nullable=True),
    sa.Column('contract_to', sa.Date(), nullable=True),
    sa.Column('row_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_households_import_id')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_households_region_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_households')),
    sa.UniqueConstraint('identity_hash', name=op.f('uq_households_identity_hash')),
    sa.UniqueConstraint('number', name=op.f('uq_households_number')),
    sa.UniqueConstraint('public_id', name=op.f('uq_households_public_id'))
    )
    op.create_index(op.f('ix_households_head_name_hash'), 'households', ['head_name_hash'], unique=False)
    op.create_index(op.f('ix_households_region_code'), 'households', ['region_code'], unique=False)
    op.create_table('import_problems',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('column', sa.String(length=80), nullable=False),
    sa.Column('value', sa.String(length=80), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('blocks', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_import_problems_import_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_problems'))
    )
    op.create_index(op.f('ix_import_problems_import_id'), 'import_problems', ['import_id'], unique=False)
    op.create_table('staged_households',
    sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('row', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=True),
    sa.Column('region_code', sa.String(length=12), nullable=True),
    sa.Column('head_name', sa.LargeBinary(), nullable=True),
    sa.Column('head_name_hash', sa.LargeBinary(length=32), nullable=True),
    sa.Column('identity', sa.LargeBinary(), nullable=True),
    sa.Column('identity_hash', sa.LargeBinary(length=32), nullable=True),
    sa.Column('phone', sa.LargeBinary(), nullable=True),
    sa.Column('category', sa.LargeBinary(), nullable=True),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('income_per_person_yuan', sa.Integer(), nullable=True),
    sa.Column('forest_right', sa.String(length=64), nullable=True),
    sa.Column('sale_consent_on', sa.Date(), nullable=True),
    sa.Column('contract_to', sa.Date(), nullable=True),
    sa.Column('name_public', sa.Boolean(), nullable=True),
    sa.Column('display_name', sa.String(length=32), nullable=True),
    sa.Column('bank', sa.String(length=64), nullable=True),
    sa.Column('account', sa.LargeBinary(), nullable=True),
    sa.Column('account_hash', sa.LargeBinary(length=32), nullable=True),
    sa.Column('row_hash', sa.LargeBinary(length=32), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_staged_households_import_id')),
    sa.PrimaryKeyConstraint('import_id', 'row', name=op.f('pk_staged_households')),
    sqlite_with_rowid=False
    )
    op.create_table('staged_trees',
    sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('row', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('tag', sa.String(length=40), nullable=True),
    sa.Column('household_number', sa.String(length=32), nullable=True),
    sa.Column('species_code', sa.String(length=8), nullable=True),
    sa.Column('dbh_mm', sa.Integer(), nullable=True),
    sa.Column('height_cm', sa.Integer(), nullable=True),
    sa.Column('planted_year', sa.Integer(), nullable=True),
    sa.Column('project', sa.String(length=40), nullable=False),
    sa.Column('position', sa.LargeBinary(), nullable=True),
    sa.Column('longitude_e2', sa.Integer(), nullable=True),
    sa.Column('latitude_e2', sa.Integer(), nullable=True),
    sa.Column('measured_on', sa.Date(), nullable=True),
    sa.Column('surveyor', sa.String(length=32), nullable=True),
    sa.Column('row_hash', sa.LargeBinary(length=32), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_staged_trees_import_id')),
    sa.PrimaryKeyConstraint('import_id', 'row', name=op.f('pk_staged_trees')),
    sqlite_with_rowid=False
    )
    op.create_table('household_accounts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('household_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('bank', sa.String(length=64), nullable=False),
    sa.Column('account', sa.LargeBinary(), nullable=False),
    sa.Column('account_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('editor_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['editor_id'], ['officers.id'], name=op.f('fk_household_accounts_editor_id')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_household_accounts_household_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_household_accounts'))
    )
    op.create_index(op.f('ix_household_accounts_account_hash'), 'household_accounts', ['account_hash'], unique=False)
    op.create_index('uq_household_accounts_present', 'household_accounts', ['household_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('trees',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('tag', sa.String(length=40), nullable=False),
    sa.Column('household_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('region_code', sa.String(length=12), nullable=False),
    sa.Column('species_code', sa.String(length=8), nullable=False),
    sa.Column('planted_year', sa.Integer(), nullable=False),
    sa.Column('project', sa.String(length=40), nullable=False),
    sa.Column('position', sa.LargeBinary(), nullable=False),
    sa.Column('longitude_e2', sa.Integer(), nullable=False),
    sa.Column('latitude_e2', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('growing', 'dead', 'felled', name='tree_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('photo', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_trees_household_id')),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_trees_import_id')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_trees_region_code')),
    sa.ForeignKeyConstraint(['species_code'], ['species.code'], name=op.f('fk_trees_species_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trees')),
    sa.UniqueConstraint('code', name=op.f('uq_trees_code')),
    sa.UniqueConstraint('tag', name=op.f('uq_trees_tag'))
    )
    op.create_index(op.f('ix_trees_household_id'), 'trees', ['household_id'], unique=False)
    op.create_index(op.f('ix_trees_region_code'), 'trees', ['region_code'], unique=False)
    op.create_table('measurements',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('tree_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('measured_on', sa.Date(), nullable=False),
    sa.Column('dbh_mm', sa.Integer(), nullable=False),
    sa.Column('height_cm', sa.Integer(), nullable=False),
    sa.Column('surveyor', sa.String(length=32), nullable=False),
    sa.Column('row_hash', sa.LargeBinary(length=32), nullable=True),
    sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_measurements_import_id')),
    sa.ForeignKeyConstraint(['tree_id'], ['trees.id'], name=op.f('fk_measurements_tree_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measurements')),
    sa.UniqueConstraint('tree_id', 'measured_on', name=op.f('uq_measurements_tree_id_measured_on'))
    )


def downgrade() -> None:
    op.drop_table('measurements')
    op.drop_index(op.f('ix_trees_region_code'), table_name='trees')
    op.drop_index(op.f('ix_trees_household_id'), table_name='trees')
    op.drop_table('trees')
    op.drop_index('uq_household_accounts_present', table_name='household_accounts', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index(op.f('ix_household_accounts_account_hash'), table_name='household_accounts')
    op.drop_table('household_accounts')
    op.drop_table('staged_trees')
    op.drop_table('staged_households')
    op.drop_index(op.f('ix_import_problems_import_id'), table_name='import_problems')
    op.drop_table('import_problems')
    op.drop_index(op.f('ix_households_region_code'), table_name='households')
    op.drop_index(op.f('ix_households_head_name_hash'), table_name='households')
    op.drop_table('households')
    op.drop_index(op.f('ix_verifications_region_code'), table_name='verifications')
    op.drop_table('verifications')
    op.drop_table('officer_roles')
    op.drop_index(op.f('ix_imports_sha256'), table_name='imports')
    op.drop_table('imports')
    op.drop_table('officers')
    op.drop_table('species')
    op.drop_index(op.f('ix_sign_in_locks_last_at'), table_name='sign_in_locks')
    op.drop_table('sign_in_locks')
    op.drop_index(op.f('ix_regions_parent_code'), table_name='regions')
    op.drop_table('regions')
    op.drop_table('programmes')
    op.drop_table('gates')
    op.drop_index(op.f('ix_audit_entries_action'), table_name='audit_entries')
    op.drop_table('audit_entries')
