"""The main job of the classic example on each database, on a Chinook that was moved there by reflection."""

import pathlib
import runpy

import oxalchemy as sa
from oxalchemy import orm

ROOT = pathlib.Path(__file__).resolve().parents[2]


def move(source, target):
    """Reflect one database, create its tables in another, and copy every row."""
    meta = sa.MetaData()

    # The documented recipe: types that the other database has as well.
    @sa.event.listens_for(meta, "column_reflect")
    def generic(inspector, table, column):
        column["type"] = column["type"].as_generic()

    meta.reflect(source)
    meta.create_all(target)
    with source.connect() as read, target.begin() as write:
        for table in meta.sorted_tables:
            rows = [row._asdict() for row in read.execute(sa.select(table))]
            if table.name == "Employee":  # whoever reports to somebody comes after him
                rows.sort(key=lambda row: row["EmployeeId"])
            for start in range(0, len(rows), 500):
                write.execute(table.insert(), rows[start : start + 500])
    return meta


def test_the_job_prints_what_it_prints_on_sqlite(any_database, any_engine, tmp_path, capsys):
    source = sa.create_engine(f"sqlite:///{ROOT / 'data' / 'chinook.sqlite'}")
    meta = move(source, any_engine)
    with source.connect() as a, any_engine.connect() as b:
        for table in meta.tables.values():
            count = sa.select(sa.func.count()).select_from(table)
            assert a.scalar(count) == b.scalar(count)
    if any_database.kind == "postgresql":
        # The rows brought their keys: the sequences do not know of them.
        with any_engine.begin() as conn:
            for table in meta.tables.values():
                (key, *more) = table.primary_key.columns
                if not more:
                    quoted = any_engine.dialect.identifier_preparer.quote(table.name)
                    top = conn.scalar(sa.select(sa.func.max(key)))
                    conn.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(quoted, key.name), top)))
    example = runpy.run_path(str(ROOT / "examples" / "chinook_classic.py"))
    try:
        example["job"](any_engine)
    finally:
        orm.clear_mappers()
    here = capsys.readouterr().out.splitlines()
    example = runpy.run_path(str(ROOT / "examples" / "chinook_classic.py"))
    try:
        example["main"](str(ROOT / "data" / "chinook.sqlite"))
    finally:
        orm.clear_mappers()
    reference = capsys.readouterr().out.splitlines()
    assert len(reference) > 12
    assert here == reference
