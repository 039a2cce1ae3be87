"""Create dealings with WeChat: bills, reconciliations, errands, tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = '0003'


def upgrade() -> None:
    op.create_table('access_tokens',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('token', sa.LargeBinary(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_access_tokens'))
    )
    op.create_table('bank_statements',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('row_count', sa.Integer(), nullable=False),
    sa.Column('brought_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('brought_by', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_statements')),
    sa.UniqueConstraint('sha256', name=op.f('uq_bank_statements_sha256'))
    )
    op.create_table('bill_files',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind', sa.Enum('trade', 'basic', 'operation', 'fees', name='bill_kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('state', sa.Enum('due', 'fetched', name='bill_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('problem', sa.String(length=64), nullable=True),
    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sha1', sa.String(length=40), nullable=True),
    sa.Column('row_count', sa.Integer(), nullable=True),
    sa.Column('summary', sa.JSON(none_as_null=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bill_files')),
    sa.UniqueConstraint('day', 'kind', name=op.f('uq_bill_files_day_kind'))
    )
    op.create_index('ix_bill_files_due', 'bill_files', ['next_try_at'], unique=False, sqlite_where=sa.text("state = 'due'"), postgresql_where=sa.text("state = 'due'"))
    op.create_table('differences',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('source', sa.Enum('trade', 'fund', 'bank', name='difference_source', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('verdict', sa.Enum('both', 'settled', 'unplaced', 'theirs_only', 'ours_only', 'amount_differs', 'refund_differs', 'duplicate', 'fee_differs', 'total_differs', name='difference_verdict', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('incident', sa.String(length=40), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_differences')),
    sa.UniqueConstraint('day', 'source', 'verdict', 'subject', name=op.f('uq_differences_day_source_verdict_subject'))
    )
    op.create_index(op.f('ix_differences_day'), 'differences', ['day'], unique=False)
    op.create_table('reconciliations',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'balanced', 'differs', name='day_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('look_again_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reconciled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('runs', sa.Integer(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('fee_fen', sa.BigInteger(), nullable=True),
    sa.Column('fee_returned_fen', sa.BigInteger(), nullable=True),
    sa.Column('fee_booked_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_reconciliations'))
    )
    op.create_index('ix_reconciliations_again', 'reconciliations', ['look_again_at'], unique=False, sqlite_where=sa.text('look_again_at IS NOT NULL'), postgresql_where=sa.text('look_again_at IS NOT NULL'))
    op.create_table('used_sign_in_states',
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_used_sign_in_states'))
    )
    op.create_index(op.f('ix_used_sign_in_states_expires_at'), 'used_sign_in_states', ['expires_at'], unique=False)
    op.create_table('fund_lines',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('file_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('flow_number', sa.String(length=64), nullable=False),
    sa.Column('voucher', sa.String(length=64), nullable=False),
    sa.Column('movement', sa.Enum('received', 'fee', 'fee_returned', 'refunded', 'refund_returned', 'settled', 'paid_out', 'payout_returned', 'other', name='fund_movement', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('business_type', sa.String(length=64), nullable=False),
    sa.Column('is_income', sa.Boolean(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('balance_fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('amount_fen >= 0', name=op.f('ck_fund_lines_not_negative')),
    sa.ForeignKeyConstraint(['file_id'], ['bill_files.id'], name=op.f('fk_fund_lines_file_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fund_lines')),
    sa.UniqueConstraint('file_id', 'line', name=op.f('uq_fund_lines_file_id_line'))
    )
    op.create_index(op.f('ix_fund_lines_number'), 'fund_lines', ['number'], unique=False)
    op.create_table('trade_lines',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('file_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('payment', 'refund', name='trade_kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('transaction_id', sa.String(length=64), nullable=False),
    sa.Column('refund_number', sa.String(length=64), nullable=True),
    sa.Column('refund_id', sa.String(length=64), nullable=True),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('settlement_fen', sa.BigInteger(), nullable=False),
    sa.Column('fee_yuan', sa.String(length=24), nullable=False),
    sa.Column('merchant_id', sa.String(length=32), nullable=False),
    sa.Column('appid', sa.String(length=32), nullable=False),
    sa.Column('openid', sa.String(length=128), nullable=False),
    sa.Column('currency', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('verdict', sa.Enum('both', 'settled', 'unplaced', 'theirs_only', 'ours_only', 'amount_differs', 'refund_differs', 'duplicate', 'fee_differs', 'total_differs', name='trade_verdict', native_enum=False, create_constraint=True, length=20), nullable=True),
    sa.CheckConstraint('amount_fen >= 0 AND settlement_fen >= 0', name=op.f('ck_trade_lines_not_negative')),
    sa.ForeignKeyConstraint(['file_id'], ['bill_files.id'], name=op.f('fk_trade_lines_file_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trade_lines')),
    sa.UniqueConstraint('file_id', 'line', name=op.f('uq_trade_lines_file_id_line'))
    )
    op.create_index(op.f('ix_trade_lines_number'), 'trade_lines', ['number'], unique=False)
    op.create_index(op.f('ix_trade_lines_refund_id'), 'trade_lines', ['refund_id'], unique=False)
    op.create_index(op.f('ix_trade_lines_refund_number'), 'trade_lines', ['refund_number'], unique=False)
    op.create_index(op.f('ix_trade_lines_transaction_id'), 'trade_lines', ['transaction_id'], unique=False)
    op.create_table('errands',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('certificate_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('kind', sa.Enum('shipping_info', 'certificate_message', name='errand_kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('state', sa.Enum('due', 'done', 'dropped', name='errand_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=40), nullable=True),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificates.id'], name=op.f('fk_errands_certificate_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_errands')),
    sa.UniqueConstraint('certificate_id', 'kind', name=op.f('uq_errands_certificate_id_kind'))
    )
    op.create_index('ix_errands_due', 'errands', ['next_try_at'], unique=False, sqlite_where=sa.text("state = 'due'"), postgresql_where=sa.text("state = 'due'"))
    op.create_table('bank_lines',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('statement_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('serial', sa.String(length=64), nullable=False),
    sa.Column('reference', sa.String(length=64), nullable=True),
    sa.Column('is_income', sa.Boolean(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('verdict', sa.Enum('both', 'settled', 'unplaced', 'theirs_only', 'ours_only', 'amount_differs', 'refund_differs', 'duplicate', 'fee_differs', 'total_differs', name='bank_verdict', native_enum=False, create_constraint=True, length=20), nullable=True),
    sa.Column('posting_id', sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_bank_lines_positive')),
    sa.ForeignKeyConstraint(['posting_id'], ['postings.id'], name=op.f('fk_bank_lines_posting_id')),
    sa.ForeignKeyConstraint(['statement_id'], ['bank_statements.id'], name=op.f('fk_bank_lines_statement_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_lines')),
    sa.UniqueConstraint('posting_id', name=op.f('uq_bank_lines_posting_id')),
    sa.UniqueConstraint('serial', name=op.f('uq_bank_lines_serial'))
    )
    op.create_index(op.f('ix_bank_lines_day'), 'bank_lines', ['day'], unique=False)
    op.create_index(op.f('ix_bank_lines_reference'), 'bank_lines', ['reference'], unique=False)
    op.create_index(op.f('ix_bank_lines_statement_id'), 'bank_lines', ['statement_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_bank_lines_statement_id'), table_name='bank_lines')
    op.drop_index(op.f('ix_bank_lines_reference'), table_name='bank_lines')
    op.drop_index(op.f('ix_bank_lines_day'), table_name='bank_lines')
    op.drop_table('bank_lines')
    op.drop_index('ix_errands_due', table_name='errands', sqlite_where=sa.text("state = 'due'"), postgresql_where=sa.text("state = 'due'"))
    op.drop_table('errands')
    op.drop_index(op.f('ix_trade_lines_transaction_id'), table_name='trade_lines')
    op.drop_index(op.f('ix_trade_lines_refund_number'), table_name='trade_lines')
    op.drop_index(op.f('ix_trade_lines_refund_id'), table_name='trade_lines')
    op.drop_index(op.f('ix_trade_lines_number'), table_name='trade_lines')
    op.drop_table('trade_lines')
    op.drop_index(op.f('ix_fund_lines_number'), table_name='fund_lines')
    op.drop_table('fund_lines')
    op.drop_index(op.f('ix_used_sign_in_states_expires_at'), table_name='used_sign_in_states')
    op.drop_table('used_sign_in_states')
    op.drop_index('ix_reconciliations_again', table_name='reconciliations', sqlite_where=sa.text('look_again_at IS NOT NULL'), postgresql_where=sa.text('look_again_at IS NOT NULL'))
    op.drop_table('reconciliations')
    op.drop_index(op.f('ix_differences_day'), table_name='differences')
    op.drop_table('differences')
    op.drop_index('ix_bill_files_due', table_name='bill_files', sqlite_where=sa.text("state = 'due'"), postgresql_where=sa.text("state = 'due'"))
    op.drop_table('bill_files')
    op.drop_table('bank_statements')
    op.drop_table('access_tokens')
