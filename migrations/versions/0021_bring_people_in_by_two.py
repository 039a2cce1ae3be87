"""Bring people in by two: links, proposals, deputies, and who gave and confirmed a role"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROLE = ('surveyor', 'registrar', 'verifier', 'maker', 'approver', 'releaser', 'auditor', 'administrator')


def roles(which: str = '') -> list[dict[str, object]]:
    rows = op.get_bind().execute(sa.text(f'SELECT officer_id, role FROM officer_roles {which}')).all()
    op.drop_table('officer_roles')
    return [{'officer_id': row.officer_id, 'role': row.role} for row in rows]


def role_columns() -> list[sa.Column]:
    return [
        sa.Column('officer_id', BIG, nullable=False),
        sa.Column('role', sa.Enum(*ROLE, name='officer_role', native_enum=False, create_constraint=True, length=20), nullable=False),
    ]


def role_keys() -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_officer_roles_officer_id')),
        sa.PrimaryKeyConstraint('officer_id', 'role', name=op.f('pk_officer_roles')),
    ]


def upgrade() -> None:
    op.add_column('officers', sa.Column('person_hash', sa.LargeBinary(length=32), nullable=True))
    op.add_column('officers', sa.Column('payouts_held_until', sa.DateTime(timezone=True), nullable=True))
    here = sa.text('ended_at IS NULL')
    op.create_index('uq_officers_person', 'officers', ['person_hash'], unique=True, sqlite_where=here, postgresql_where=here)
    # SQLite adds no constraint to a table that is there, and nothing refers to this one: it is made anew.
    kept = roles()
    table = op.create_table('officer_roles',
    *role_columns(),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('granted_by_id', BIG, nullable=True),
    sa.Column('confirmed_by_id', BIG, nullable=True),
    sa.CheckConstraint('granted_by_id <> officer_id', name=op.f('ck_officer_roles_not_oneself')),
    sa.CheckConstraint('confirmed_by_id <> officer_id AND confirmed_by_id <> granted_by_id', name=op.f('ck_officer_roles_second_person')),
    sa.CheckConstraint("role NOT IN ('maker', 'approver', 'releaser', 'administrator') OR granted_by_id IS NULL OR confirmed_by_id IS NOT NULL", name=op.f('ck_officer_roles_confirmed')),
    sa.CheckConstraint('ends_at IS NULL OR (starts_at IS NOT NULL AND starts_at < ends_at)', name=op.f('ck_officer_roles_deputy')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['officers.id'], name=op.f('fk_officer_roles_granted_by_id')),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['officers.id'], name=op.f('fk_officer_roles_confirmed_by_id')),
    *role_keys(),
    )
    op.bulk_insert(table, kept)
    op.create_table('invitations',
    sa.Column('id', BIG, nullable=False),
    sa.Column('officer_id', BIG, nullable=False),
    sa.Column('kind', sa.Enum('invite', 'reset', name='link_kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('created_by_id', BIG, nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('created_by_id <> officer_id', name=op.f('ck_invitations_not_oneself')),
    sa.ForeignKeyConstraint(['created_by_id'], ['officers.id'], name=op.f('fk_invitations_created_by_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_invitations_officer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitations_token_hash'))
    )
    op.create_index(op.f('ix_invitations_officer_id'), 'invitations', ['officer_id'], unique=False)
    op.create_table('proposals',
    sa.Column('id', BIG, nullable=False),
    sa.Column('kind', sa.Enum('invite', 'roles', 'deputy', 'reset', name='proposal_kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('officer_id', BIG, nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('open', 'confirmed', 'refused', name='proposal_state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('proposed_by_id', BIG, nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', BIG, nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('proposed_by_id <> officer_id', name=op.f('ck_proposals_not_oneself')),
    sa.CheckConstraint('decided_by_id <> officer_id', name=op.f('ck_proposals_not_for_oneself')),
    sa.CheckConstraint("state <> 'confirmed' OR (decided_by_id IS NOT NULL AND decided_by_id <> proposed_by_id)", name=op.f('ck_proposals_two_people')),
    sa.ForeignKeyConstraint(['officer_id'], ['officers.id'], name=op.f('fk_proposals_officer_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['officers.id'], name=op.f('fk_proposals_proposed_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['officers.id'], name=op.f('fk_proposals_decided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposals'))
    )
    waiting = sa.text("state = 'open'")
    op.create_index('uq_proposals_open', 'proposals', ['officer_id'], unique=True, sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    op.drop_table('proposals')
    op.drop_table('invitations')
    # Without an end a deputy's role would hold for ever.
    kept = roles('WHERE ends_at IS NULL')
    op.bulk_insert(op.create_table('officer_roles', *role_columns(), *role_keys()), kept)
    op.drop_index('uq_officers_person', table_name='officers')
    op.drop_column('officers', 'payouts_held_until')
    op.drop_column('officers', 'person_hash')
