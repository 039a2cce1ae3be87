"""Keep what households say of their payments, and who may not settle it, on both engines"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: (trigger, table, verb, what must not be, what is said then)
RULES = (
    ('payout_answers_keep_1', 'payout_answers', 'UPDATE', 'TRUE', 'payout_answers is only ever added to'),
    ('payout_answers_keep_2', 'payout_answers', 'DELETE', 'TRUE', 'payout_answers is only ever added to'),
    (
        'payout_answers_keep_3',
        'payout_answers',
        'INSERT',
        'EXISTS (SELECT 1 FROM payout_answers WHERE id = NEW.id)'
        ' OR NOT EXISTS (SELECT 1 FROM payout_lines l JOIN household_bindings b ON b.household_id = l.household_id'
        ' WHERE l.id = NEW.line_id AND b.id = NEW.binding_id AND b.ended_at IS NULL'
        " AND l.state IN ('requested', 'sent', 'paid'))",
        'a household speaks of its own payment',
    ),
    (
        'incidents_keep_1',
        'incidents',
        'UPDATE',
        "NEW.kind = 'payout_contested' AND EXISTS (SELECT 1 FROM payout_lines l"
        ' JOIN payout_duties d ON d.batch_id = l.batch_id'
        " WHERE 'payout:' || l.reference = NEW.subject AND d.officer_id IN (NEW.resolved_by_id, NEW.seconded_by_id))",
        'a contest is settled by somebody who had no part in the payment',
    ),
    (
        'incidents_keep_2',
        'incidents',
        'UPDATE',
        "OLD.kind = 'payout_contested' AND (NEW.kind <> OLD.kind OR NEW.subject <> OLD.subject"
        ' OR NEW.resolved_at IS NOT NULL AND NEW.resolved_by_id IS NULL)',
        'a contest is settled by somebody',
    ),
    (
        'incidents_keep_3',
        'incidents',
        'DELETE',
        "OLD.kind = 'payout_contested'",
        'a contest is settled by somebody',
    ),
)  # fmt: skip
SQLITE = "CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{says}'); END"
POSTGRESQL_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ({condition}) THEN
        RAISE EXCEPTION '{says}' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN {row};
END
$$
"""
POSTGRESQL = 'CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()'


def upgrade() -> None:
    op.create_table('payout_answers',
    sa.Column('id', ID, nullable=False),
    sa.Column('line_id', ID, nullable=False),
    sa.Column('binding_id', ID, nullable=False),
    sa.Column('kind', sa.Enum('confirmed', 'contested', name='payout_answer_kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('reason', sa.LargeBinary(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'contested') = (reason IS NOT NULL)", name=op.f('ck_payout_answers_contested_for_a_reason')),
    sa.ForeignKeyConstraint(['binding_id'], ['household_bindings.id'], name=op.f('fk_payout_answers_binding_id')),
    sa.ForeignKeyConstraint(['line_id'], ['payout_lines.id'], name=op.f('fk_payout_answers_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_answers')),
    sa.UniqueConstraint('line_id', 'kind', name=op.f('uq_payout_answers_line_id_kind'))
    )
    postgresql = op.get_bind().dialect.name == 'postgresql'
    for name, table, verb, condition, says in RULES:
        row = 'OLD' if verb == 'DELETE' else 'NEW'
        for statement in (POSTGRESQL_FUNCTION, POSTGRESQL) if postgresql else (SQLITE,):
            op.execute(statement.format(name=name, table=table, verb=verb, condition=condition, says=says, row=row))


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == 'postgresql'
    for name, table, *_ in RULES:
        if postgresql:
            op.execute(f'DROP TRIGGER {name} ON {table}')
            op.execute(f'DROP FUNCTION {name}()')
        else:
            op.execute(f'DROP TRIGGER {name}')
    op.drop_table('payout_answers')
