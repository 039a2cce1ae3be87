"""Create money: payments, notices, credits, postings, refunds and what needs a person."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = '0002'


def upgrade() -> None:
    op.create_table('notices',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('notice_id', sa.String(length=64), nullable=False),
    sa.Column('event_type', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('notice_id', name=op.f('uq_notices_notice_id'))
    )
    op.create_index(op.f('ix_notices_subject'), 'notices', ['subject'], unique=False)
    op.create_table('transfer_authorizations',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('out_authorization_no', sa.String(length=32), nullable=False),
    sa.Column('appid', sa.String(length=32), nullable=False),
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('scene_id', sa.String(length=36), nullable=False),
    sa.Column('user_display_name', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.Enum('requested', 'wait_user_confirm', 'taking_effect', 'closed', name='authorization_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('package_info', sa.Text(), nullable=True),
    sa.Column('authorization_id', sa.String(length=64), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('authorized_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('close_reason', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer_authorizations')),
    sa.UniqueConstraint('out_authorization_no', name=op.f('uq_transfer_authorizations_out_authorization_no'))
    )
    op.create_index('ix_transfer_authorizations_due', 'transfer_authorizations', ['next_at'], unique=False, sqlite_where=sa.text("state <> 'closed'"), postgresql_where=sa.text("state <> 'closed'"))
    op.create_index('uq_transfer_authorizations_person', 'transfer_authorizations', ['appid', 'openid', 'scene_id'], unique=True, sqlite_where=sa.text("state <> 'closed'"), postgresql_where=sa.text("state <> 'closed'"))
    op.create_table('transfers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('out_bill_no', sa.String(length=32), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('state', sa.Enum('requested', 'accepted', 'processing', 'wait_user_confirm', 'transferring', 'cancelling', 'success', 'fail', 'cancelled', name='transfer_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('appid', sa.String(length=32), nullable=False),
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('remark', sa.String(length=32), nullable=False),
    sa.Column('scene_id', sa.String(length=36), nullable=False),
    sa.Column('report', sa.JSON(), nullable=False),
    sa.Column('user_name', sa.LargeBinary(), nullable=True),
    sa.Column('notify_url', sa.String(length=255), nullable=False),
    sa.Column('authorization_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('package_info', sa.Text(), nullable=True),
    sa.Column('transfer_bill_no', sa.String(length=64), nullable=True),
    sa.Column('fail_reason', sa.String(length=64), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_transfers_positive')),
    sa.ForeignKeyConstraint(['authorization_id'], ['transfer_authorizations.id'], name=op.f('fk_transfers_authorization_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfers')),
    sa.UniqueConstraint('out_bill_no', name=op.f('uq_transfers_out_bill_no'))
    )
    op.create_index('ix_transfers_due', 'transfers', ['next_at'], unique=False, sqlite_where=sa.text("state NOT IN ('success', 'fail', 'cancelled')"), postgresql_where=sa.text("state NOT IN ('success', 'fail', 'cancelled')"))
    op.create_index(op.f('ix_transfers_subject'), 'transfers', ['subject'], unique=False)
    op.create_table('incidents',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolution', sa.String(length=300), nullable=True),
    sa.Column('resolved_by_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('seconded_by_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('seconded_by_id IS NULL OR seconded_by_id <> resolved_by_id', name=op.f('ck_incidents_two_people')),
    sa.ForeignKeyConstraint(['owner_id'], ['officers.id'], name=op.f('fk_incidents_owner_id')),
    sa.ForeignKeyConstraint(['resolved_by_id'], ['officers.id'], name=op.f('fk_incidents_resolved_by_id')),
    sa.ForeignKeyConstraint(['seconded_by_id'], ['officers.id'], name=op.f('fk_incidents_seconded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incidents'))
    )
    op.create_index('uq_incidents_open', 'incidents', ['kind', 'subject'], unique=True, sqlite_where=sa.text('resolved_at IS NULL'), postgresql_where=sa.text('resolved_at IS NULL'))
    op.create_table('payments',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('state', sa.Enum('asked', 'paid', 'closed', name='payment_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('appid', sa.String(length=32), nullable=False),
    sa.Column('openid', sa.String(length=64), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('description', sa.String(length=127), nullable=False),
    sa.Column('notify_url', sa.String(length=255), nullable=False),
    sa.Column('time_expire', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('prepay_id', sa.String(length=64), nullable=True),
    sa.Column('prepay_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_query_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('queries', sa.Integer(), nullable=False),
    sa.Column('transaction_id', sa.String(length=32), nullable=True),
    sa.Column('received_fen', sa.BigInteger(), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_payments_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments')),
    sa.UniqueConstraint('order_id', name=op.f('uq_payments_order_id')),
    sa.UniqueConstraint('transaction_id', name=op.f('uq_payments_transaction_id'))
    )
    op.create_index('ix_payments_asked', 'payments', ['asked_at'], unique=False, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
    op.create_index('ix_payments_paid_at', 'payments', ['paid_at'], unique=False, sqlite_where=sa.text('paid_at IS NOT NULL'), postgresql_where=sa.text('paid_at IS NOT NULL'))
    op.create_table('refunds',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('cause', sa.Enum('buyer', 'late_payment', 'wrong_amount', 'second_payment', 'goodwill', name='refund_cause', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('state', sa.Enum('requested', 'submitted', 'processing', 'succeeded', 'abnormal', 'failed', name='refund_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('transaction_id', sa.String(length=32), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(length=80), nullable=True),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_fen > 0 AND amount_fen <= total_fen', name=op.f('ck_refunds_within_payment')),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_refunds_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refunds'))
    )
    op.create_index('ix_refunds_due', 'refunds', ['next_try_at'], unique=False, sqlite_where=sa.text("state IN ('requested', 'submitted', 'processing', 'abnormal')"), postgresql_where=sa.text("state IN ('requested', 'submitted', 'processing', 'abnormal')"))
    op.create_index(op.f('ix_refunds_order_id'), 'refunds', ['order_id'], unique=False)
    op.create_index('uq_refunds_whole', 'refunds', ['transaction_id'], unique=True, sqlite_where=sa.text("cause <> 'goodwill'"), postgresql_where=sa.text("cause <> 'goodwill'"))
    op.create_table('postings',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('event', sa.Enum('order_paid', 'money_unplaced', 'reallocated', 'refund_accepted', 'refund_paid', 'goodwill', 'fee', 'fee_returned', 'settled', 'sponsor_paid_in', 'batch_released', 'payout_confirmed', 'payout_bounced', 'payout_returned', 'household_moved', 'reversal', name='posting_event', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('destination', sa.String(length=40), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('certificate_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.Column('reference', sa.String(length=64), nullable=True),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_postings_positive')),
    sa.CheckConstraint('source <> destination', name=op.f('ck_postings_two_accounts')),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificates.id'], name=op.f('fk_postings_certificate_id')),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_postings_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postings'))
    )
    op.create_index(op.f('ix_postings_order_id'), 'postings', ['order_id'], unique=False)
    op.create_index('ix_postings_payout_destination', 'postings', ['destination'], unique=False, sqlite_where=sa.text("event IN ('batch_released', 'payout_confirmed', 'payout_bounced', 'payout_returned', 'household_moved')"), postgresql_where=sa.text("event IN ('batch_released', 'payout_confirmed', 'payout_bounced', 'payout_returned', 'household_moved')"))
    op.create_index('ix_postings_payout_source', 'postings', ['source'], unique=False, sqlite_where=sa.text("event IN ('batch_released', 'payout_confirmed', 'payout_bounced', 'payout_returned', 'household_moved')"), postgresql_where=sa.text("event IN ('batch_released', 'payout_confirmed', 'payout_bounced', 'payout_returned', 'household_moved')"))
    op.create_index('ix_postings_sponsor', 'postings', ['id'], unique=False, sqlite_where=sa.text("source = 'sponsor' OR destination = 'sponsor'"), postgresql_where=sa.text("source = 'sponsor' OR destination = 'sponsor'"))
    op.create_index('uq_postings_reference', 'postings', ['event', 'reference'], unique=True, sqlite_where=sa.text("event IN ('fee', 'fee_returned', 'settled', 'sponsor_paid_in')"), postgresql_where=sa.text("event IN ('fee', 'fee_returned', 'settled', 'sponsor_paid_in')"))
    op.create_table('prepay_attempts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=64), nullable=False),
    sa.Column('request_id', sa.String(length=80), nullable=True),
    sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name=op.f('fk_prepay_attempts_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prepay_attempts'))
    )
    op.create_index(op.f('ix_prepay_attempts_payment_id'), 'prepay_attempts', ['payment_id'], unique=False)
    op.create_table('refund_attempts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('refund_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('outcome', sa.Enum('open', 'succeeded', 'failed', name='attempt_outcome', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('transaction_id', sa.String(length=32), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(length=80), nullable=False),
    sa.Column('notify_url', sa.String(length=255), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('wechat_refund_id', sa.String(length=64), nullable=True),
    sa.Column('said', sa.String(length=64), nullable=True),
    sa.Column('request_id', sa.String(length=80), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['refund_id'], ['refunds.id'], name=op.f('fk_refund_attempts_refund_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund_attempts')),
    sa.UniqueConstraint('number', name=op.f('uq_refund_attempts_number'))
    )
    op.create_index(op.f('ix_refund_attempts_refund_id'), 'refund_attempts', ['refund_id'], unique=False)
    op.create_index('uq_refund_attempts_open', 'refund_attempts', ['refund_id'], unique=True, sqlite_where=sa.text("outcome = 'open'"), postgresql_where=sa.text("outcome = 'open'"))
    op.create_table('credits',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('household_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('certificate_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('trees', sa.Integer(), nullable=False),
    sa.Column('sink_g', sa.BigInteger(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('owed', 'reserved', 'paid', 'cancelled', name='credit_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('earned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('matures_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_fen > 0 AND trees > 0', name=op.f('ck_credits_positive')),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificates.id'], name=op.f('fk_credits_certificate_id')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_credits_household_id')),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_credits_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credits')),
    sa.UniqueConstraint('order_id', 'household_id', name=op.f('uq_credits_order_id_household_id'))
    )
    op.create_index('ix_credits_household_id_id', 'credits', ['household_id', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_credits_household_id_id', table_name='credits')
    op.drop_table('credits')
    op.drop_index('uq_refund_attempts_open', table_name='refund_attempts', sqlite_where=sa.text("outcome = 'open'"), postgresql_where=sa.text("outcome = 'open'"))
    op.drop_index(op.f('ix_refund_attempts_refund_id'), table_name='refund_attempts')
    op.drop_table('refund_attempts')
    op.drop_index(op.f('ix_prepay_attempts_payment_id'), table_name='prepay_attempts')
    op.drop_table('prepay_attempts')
    op.drop_index('uq_postings_reference', table_name='postings', sqlite_where=sa.text("event IN ('fee', 'fee_returned', 'settled', 'sponsor_paid_in')"), postgresql_where=sa.text("event IN ('fee', 'fee_returned', 'settled', 'sponsor_paid_in')"))
    op.drop_index('ix_postings_sponsor', table_name='postings', sqlite_where=sa.text("source = 'sponsor' OR destination = 'sponsor'"), postgresql_where=sa.text("source = 'sponsor' OR destination = 'sponsor'"))
    op.drop_index('ix_postings_payout_source', table_name='postings', sqlite_where=sa.text("event IN ('batch_released', 'payout_confirmed', 'payout_bounced', 'payout_returned', 'household_moved')"), postgresql_where=sa.text("event IN ('batch_released', 'payout_confirmed', 'payout_bounced', 'payout_returned', 'household_moved')"))
    op.drop_index('ix_postings_payout_destination', table_name='postings', sqlite_where=sa.text("event IN ('batch_released', 'payout_confirmed', 'payout_bounced', 'payout_returned', 'household_moved')"), postgresql_where=sa.text("event IN ('batch_released', 'payout_confirmed', 'payout_bounced', 'payout_returned', 'household_moved')"))
    op.drop_index(op.f('ix_postings_order_id'), table_name='postings')
    op.drop_table('postings')
    op.drop_index('uq_refunds_whole', table_name='refunds', sqlite_where=sa.text("cause <> 'goodwill'"), postgresql_where=sa.text("cause <> 'goodwill'"))
    op.drop_index(op.f('ix_refunds_order_id'), table_name='refunds')
    op.drop_index('ix_refunds_due', table_name='refunds', sqlite_where=sa.text("state IN ('requested', 'submitted', 'processing', 'abnormal')"), postgresql_where=sa.text("state IN ('requested', 'submitted', 'processing', 'abnormal')"))
    op.drop_table('refunds')
    op.drop_index('ix_payments_paid_at', table_name='payments', sqlite_where=sa.text('paid_at IS NOT NULL'), postgresql_where=sa.text('paid_at IS NOT NULL'))
    op.drop_index('ix_payments_asked', table_name='payments', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
    op.drop_table('payments')
    op.drop_index('uq_incidents_open', table_name='incidents', sqlite_where=sa.text('resolved_at IS NULL'), postgresql_where=sa.text('resolved_at IS NULL'))
    op.drop_table('incidents')
    op.drop_index(op.f('ix_transfers_subject'), table_name='transfers')
    op.drop_index('ix_transfers_due', table_name='transfers', sqlite_where=sa.text("state NOT IN ('success', 'fail', 'cancelled')"), postgresql_where=sa.text("state NOT IN ('success', 'fail', 'cancelled')"))
    op.drop_table('transfers')
    op.drop_index('uq_transfer_authorizations_person', table_name='transfer_authorizations', sqlite_where=sa.text("state <> 'closed'"), postgresql_where=sa.text("state <> 'closed'"))
    op.drop_index('ix_transfer_authorizations_due', table_name='transfer_authorizations', sqlite_where=sa.text("state <> 'closed'"), postgresql_where=sa.text("state <> 'closed'"))
    op.drop_table('transfer_authorizations')
    op.drop_index(op.f('ix_notices_subject'), table_name='notices')
    op.drop_table('notices')
