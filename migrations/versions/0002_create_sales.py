"""Create sales: buyers, orders, tree-years, certificates and gifts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = '0001'


def upgrade() -> None:
    op.create_table('idempotency_keys',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('actor', sa.String(length=32), nullable=False),
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('request_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('answer', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_idempotency_keys')),
    sa.UniqueConstraint('actor', 'key', name=op.f('uq_idempotency_keys_actor_key'))
    )
    op.create_index(op.f('ix_idempotency_keys_created_at'), 'idempotency_keys', ['created_at'], unique=False)
    op.create_table('users',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('nickname', sa.String(length=32), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('name_public', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users'))
    )
    op.create_table('orders',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('state', sa.Enum('pending', 'paid', 'closed', 'refunding', 'refunded', name='order_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('purpose', sa.Enum('personal', 'gift', name='order_purpose', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('holder_name', sa.String(length=60), nullable=False),
    sa.Column('holder_public', sa.Boolean(), nullable=False),
    sa.Column('message', sa.String(length=200), nullable=True),
    sa.Column('words_state', sa.Enum('unchecked', 'passed', 'review', 'refused', name='order_words_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('sink_g', sa.BigInteger(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('selection', sa.JSON(), nullable=False),
    sa.Column('draw', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('maturity_days', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('count > 0 AND amount_fen > 0 AND sink_g > 0', name=op.f('ck_orders_positive')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_orders_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orders')),
    sa.UniqueConstraint('number', name=op.f('uq_orders_number'))
    )
    op.create_index('ix_orders_pending', 'orders', ['expires_at'], unique=False, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
    op.create_index('ix_orders_user_id_id', 'orders', ['user_id', 'id'], unique=False)
    op.create_index('ix_orders_words', 'orders', ['id'], unique=False, sqlite_where=sa.text("words_state = 'review'"), postgresql_where=sa.text("words_state = 'review'"))
    op.create_table('wechat_identities',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('appid', sa.String(length=32), nullable=False),
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('unionid', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_wechat_identities_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wechat_identities')),
    sa.UniqueConstraint('appid', 'openid', name=op.f('uq_wechat_identities_appid_openid'))
    )
    op.create_index(op.f('ix_wechat_identities_unionid'), 'wechat_identities', ['unionid'], unique=False)
    op.create_index(op.f('ix_wechat_identities_user_id'), 'wechat_identities', ['user_id'], unique=False)
    op.create_table('certificates',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('serial', sa.String(length=24), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('state', sa.Enum('reserved', 'issued', 'revoked', name='certificate_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('holder_name', sa.String(length=60), nullable=False),
    sa.Column('holder_masked', sa.String(length=60), nullable=False),
    sa.Column('holder_public', sa.Boolean(), nullable=False),
    sa.Column('words_state', sa.Enum('unchecked', 'passed', 'review', 'refused', name='certificate_words_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('purpose', sa.Enum('personal', 'gift', name='certificate_purpose', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('sink_g', sa.BigInteger(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('basis', sa.Enum('expected', 'measured', name='certificate_basis', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('token', sa.Text(), nullable=True),
    sa.Column('kid', sa.String(length=32), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_reason', sa.String(length=40), nullable=True),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_certificates_order_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_certificates_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificates')),
    sa.UniqueConstraint('order_id', name=op.f('uq_certificates_order_id')),
    sa.UniqueConstraint('serial', name=op.f('uq_certificates_serial'))
    )
    op.create_index(op.f('ix_certificates_user_id'), 'certificates', ['user_id'], unique=False)
    op.create_index('ix_certificates_words', 'certificates', ['id'], unique=False, sqlite_where=sa.text("words_state IN ('unchecked', 'review')"), postgresql_where=sa.text("words_state IN ('unchecked', 'review')"))
    op.create_table('gifts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('code', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.Enum('offered', 'claimed', 'withdrawn', 'lapsed', name='gift_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_by', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['claimed_by'], ['users.id'], name=op.f('fk_gifts_claimed_by')),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_gifts_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gifts')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_gifts_code_hash')),
    sa.UniqueConstraint('order_id', name=op.f('uq_gifts_order_id'))
    )
    op.create_index(op.f('ix_gifts_claimed_by'), 'gifts', ['claimed_by'], unique=False)
    op.create_index(op.f('ix_gifts_expires_at'), 'gifts', ['expires_at'], unique=False)
    op.create_table('sign_in_sessions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('audience', sa.Enum('buyer', 'officer', name='session_audience', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('identity_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('officer_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(audience = 'buyer' AND user_id IS NOT NULL AND identity_id IS NOT NULL AND officer_id IS NULL) OR (audience = 'officer' AND officer_id IS NOT NULL AND user_id IS NULL)", name=op.f('ck_sign_in_sessions_one_person')),
    sa.ForeignKeyConstraint(['identity_id'], ['wechat_identities.id'], name=op.f('fk_sign_in_sessions_identity_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_sign_in_sessions_officer_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_sign_in_sessions_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_sessions')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_in_sessions_token_hash'))
    )
    op.create_index(op.f('ix_sign_in_sessions_officer_id'), 'sign_in_sessions', ['officer_id'], unique=False)
    op.create_index(op.f('ix_sign_in_sessions_user_id'), 'sign_in_sessions', ['user_id'], unique=False)
    op.create_table('lanes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('region_code', sa.String(length=12), nullable=False),
    sa.Column('free', sa.Integer(), nullable=False),
    sa.Column('income_fen', sa.Integer(), nullable=False),
    sa.CheckConstraint('free >= 0 AND income_fen >= 0', name=op.f('ck_lanes_not_negative')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_lanes_household_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lanes')),
    sa.UniqueConstraint('household_id', 'year', name=op.f('uq_lanes_household_id_year')),
    sa.UniqueConstraint('year', 'number', name=op.f('uq_lanes_year_number'))
    )
    op.create_table('units',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('tree_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('region_code', sa.String(length=12), nullable=False),
    sa.Column('species_code', sa.String(length=8), nullable=False),
    sa.Column('measurement_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('earlier_measurement_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('verification_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('price_fen', sa.Integer(), nullable=False),
    sa.Column('sink_g', sa.Integer(), nullable=False),
    sa.Column('basis', sa.Enum('expected', 'measured', name='unit_basis', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('state', sa.Enum('free', 'taken', 'buffer', 'withdrawn', name='unit_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.CheckConstraint("(state = 'taken') = (order_id IS NOT NULL)", name=op.f('ck_units_taken_has_order')),
    sa.CheckConstraint('price_fen > 0 AND sink_g > 0', name=op.f('ck_units_positive')),
    sa.ForeignKeyConstraint(['earlier_measurement_id'], ['measurements.id'], name=op.f('fk_units_earlier_measurement_id')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_units_household_id')),
    sa.ForeignKeyConstraint(['measurement_id'], ['measurements.id'], name=op.f('fk_units_measurement_id')),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_units_order_id')),
    sa.ForeignKeyConstraint(['tree_id'], ['trees.id'], name=op.f('fk_units_tree_id')),
    sa.ForeignKeyConstraint(['verification_id'], ['verifications.id'], name=op.f('fk_units_verification_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_units')),
    sa.UniqueConstraint('tree_id', 'year', name=op.f('uq_units_tree_id_year'))
    )
    op.create_index('ix_units_free', 'units', ['household_id', 'year', 'id'], unique=False, sqlite_where=sa.text("state = 'free'"), postgresql_where=sa.text("state = 'free'"))
    op.create_index('ix_units_listing', 'units', ['year', 'region_code', 'id', 'species_code'], unique=False)
    op.create_index('ix_units_on_sale', 'units', ['year', 'region_code', 'id'], unique=False, sqlite_where=sa.text("state = 'free'"), postgresql_where=sa.text("state = 'free'"))
    op.create_index('ix_units_on_sale_species', 'units', ['year', 'species_code', 'region_code', 'id'], unique=False, sqlite_where=sa.text("state = 'free'"), postgresql_where=sa.text("state = 'free'"))
    op.create_index('ix_units_order_id', 'units', ['order_id'], unique=False, sqlite_where=sa.text('order_id IS NOT NULL'), postgresql_where=sa.text('order_id IS NOT NULL'))
    op.create_table('unit_releases',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('unit_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_unit_releases_order_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_unit_releases_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_releases'))
    )
    op.create_index(op.f('ix_unit_releases_order_id'), 'unit_releases', ['order_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_unit_releases_order_id'), table_name='unit_releases')
    op.drop_table('unit_releases')
    op.drop_index('ix_units_order_id', table_name='units', sqlite_where=sa.text('order_id IS NOT NULL'), postgresql_where=sa.text('order_id IS NOT NULL'))
    op.drop_index('ix_units_on_sale_species', table_name='units', sqlite_where=sa.text("state = 'free'"), postgresql_where=sa.text("state = 'free'"))
    op.drop_index('ix_units_on_sale', table_name='units', sqlite_where=sa.text("state = 'free'"), postgresql_where=sa.text("state = 'free'"))
    op.drop_index('ix_units_listing', table_name='units')
    op.drop_index('ix_units_free', table_name='units', sqlite_where=sa.text("state = 'free'"), postgresql_where=sa.text("state = 'free'"))
    op.drop_table('units')
    op.drop_table('lanes')
    op.drop_index(op.f('ix_sign_in_sessions_user_id'), table_name='sign_in_sessions')
    op.drop_index(op.f('ix_sign_in_sessions_officer_id'), table_name='sign_in_sessions')
    op.drop_table('sign_in_sessions')
    op.drop_index(op.f('ix_gifts_expires_at'), table_name='gifts')
    op.drop_index(op.f('ix_gifts_claimed_by'), table_name='gifts')
    op.drop_table('gifts')
    op.drop_index('ix_certificates_words', table_name='certificates', sqlite_where=sa.text("words_state IN ('unchecked', 'review')"), postgresql_where=sa.text("words_state IN ('unchecked', 'review')"))
    op.drop_index(op.f('ix_certificates_user_id'), table_name='certificates')
    op.drop_table('certificates')
    op.drop_index(op.f('ix_wechat_identities_user_id'), table_name='wechat_identities')
    op.drop_index(op.f('ix_wechat_identities_unionid'), table_name='wechat_identities')
    op.drop_table('wechat_identities')
    op.drop_index('ix_orders_words', table_name='orders', sqlite_where=sa.text("words_state = 'review'"), postgresql_where=sa.text("words_state = 'review'"))
    op.drop_index('ix_orders_user_id_id', table_name='orders')
    op.drop_index('ix_orders_pending', table_name='orders', sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
    op.drop_table('orders')
    op.drop_table('users')
    op.drop_index(op.f('ix_idempotency_keys_created_at'), table_name='idempotency_keys')
    op.drop_table('idempotency_keys')
