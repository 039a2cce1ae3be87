"""PostgreSQL databases for the processes that run tests."""

import sqlalchemy as sa


def own_database(url: str, process: str) -> str:
    """`url` itself for a single process; for one of several the URL of a database named after it, made if need be."""
    if not (url and process):
        return url
    given = sa.make_url(url)
    mine = given.set(database=f"{given.database}_{process}")
    engine = sa.create_engine(given, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        known = connection.scalar(
            sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": mine.database}
        )
        if not known:
            name = connection.dialect.identifier_preparer.quote(str(mine.database))
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
    return mine.render_as_string(hide_password=False)


def fresh_database(url: str, name: str, template: str = "template1") -> str:
    """The URL of a database beside that of `url`: thrown away if it is there, and made as a copy of the template."""
    given = sa.make_url(url)
    engine = sa.create_engine(given, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        quote = connection.dialect.identifier_preparer.quote
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {quote(name)} WITH (FORCE)"))
        connection.execute(sa.text(f"CREATE DATABASE {quote(name)} TEMPLATE {quote(template)}"))
    return given.set(database=name).render_as_string(hide_password=False)
