"""Take sheets in through calls: sealed uploads, how far their check is, and their villages"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'


def upgrade() -> None:
    op.create_table(
        'uploads',
        sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
        sa.Column('size_bytes', sa.Integer(), nullable=False),
        sa.Column('rows_read', sa.Integer(), nullable=False),
        sa.Column('rows_expected', sa.Integer(), nullable=True),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('size_bytes >= 0 AND tries >= 0', name=op.f('ck_uploads_sizes')),
        sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name='fk_uploads_import_id'),
        sa.PrimaryKeyConstraint('import_id', name='pk_uploads'),
    )
    op.create_table(
        'upload_pieces',
        sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['import_id'], ['uploads.import_id'], name='fk_upload_pieces_import_id'),
        sa.PrimaryKeyConstraint('import_id', 'number', name='pk_upload_pieces'),
    )
    op.create_table(
        'import_villages',
        sa.Column('import_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('region_code', sa.String(length=12), nullable=False),
        sa.Column('rows', sa.Integer(), nullable=False),
        sa.Column('added', sa.Integer(), nullable=False),
        sa.Column('unchanged', sa.Integer(), nullable=False),
        sa.Column('blocked', sa.Boolean(), nullable=False),
        sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name='fk_import_villages_import_id'),
        sa.PrimaryKeyConstraint('import_id', 'region_code', name='pk_import_villages'),
    )


def downgrade() -> None:
    op.drop_table('import_villages')
    op.drop_table('upload_pieces')
    op.drop_table('uploads')
