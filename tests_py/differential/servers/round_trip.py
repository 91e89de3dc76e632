"""One value through one column: written, read, compared with itself, read without a type."""

import warnings

import oxalchemy as sa

warnings.simplefilter("ignore")


def attempt(label, run):
    """Print what `run()` gives, or its error."""
    try:
        print(label, "->", run())
    except Exception as error:
        text = str(getattr(error, "orig", None) or error).split("\n")[0]
        # Drivers word the same complaint differently.
        print(label, "->", type(error).__name__, "" if isinstance(error, sa.exc.DBAPIError) else text)


def shown(value):
    if isinstance(value, memoryview):
        value = bytes(value)
    if isinstance(value, (set, frozenset)):
        return f"{type(value).__name__} {sorted(value, key=str)}"
    return f"{type(value).__name__} {value!r}"


def round_trip(engine, label, type_, values, *, raw=False, compare=True):
    """Print what becomes of values in a column of a type.

    raw: also what the driver makes of the column without a type. compare: also `WHERE column = value`.
    """
    metadata = sa.MetaData()
    table = sa.Table("round_trip", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", type_))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS round_trip")
    try:
        metadata.create_all(engine, checkfirst=False)
    except Exception as error:
        print(label, "create ->", type(error).__name__)
        return
    for n, value in enumerate(values, 1):
        name = f"{label} {value!r}"

        def write(n=n, value=value):
            with engine.begin() as connection:
                connection.execute(table.insert(), {"id": n, "x": value})
            with engine.connect() as connection:
                return shown(connection.execute(sa.select(table.c.x).where(table.c.id == n)).scalar())

        attempt(name, write)
        if raw:

            def untyped(n=n):
                with engine.connect() as connection:
                    return shown(connection.execute(sa.text(f"SELECT x FROM round_trip WHERE id = {n}")).scalar())

            attempt(f"{name} raw", untyped)
        if compare:

            def found(value=value):
                with engine.connect() as connection:
                    return connection.execute(sa.select(sa.func.count()).where(table.c.x == value)).scalar()

            attempt(f"{name} found", found)

    def many():
        with engine.begin() as connection:
            connection.execute(table.delete())
            connection.execute(table.insert(), [{"id": n, "x": value} for n, value in enumerate([*values, None], 1)])
        with engine.connect() as connection:
            return [shown(x) for x in connection.execute(sa.select(table.c.x).order_by(table.c.id)).scalars()]

    attempt(f"{label} many", many)
    metadata.drop_all(engine, checkfirst=False)
