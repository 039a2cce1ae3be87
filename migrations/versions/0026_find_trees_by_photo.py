"""Find trees by photo: whether any tree names a file that is to be deleted"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'

HAS_PHOTO = sa.text('photo IS NOT NULL')


def upgrade() -> None:
    op.create_index(
        'ix_trees_photo', 'trees', ['photo'], unique=False, sqlite_where=HAS_PHOTO, postgresql_where=HAS_PHOTO
    )


def downgrade() -> None:
    op.drop_index('ix_trees_photo', table_name='trees', sqlite_where=HAS_PHOTO, postgresql_where=HAS_PHOTO)
