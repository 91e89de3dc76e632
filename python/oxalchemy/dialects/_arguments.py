"""Keyword options that the built-in dialects accept, by class."""


def by_class(dialect):
    """``{class: {option: default}}`` for a dialect of ours."""
    from ..sql import schema

    names = {
        "Table": schema.Table,
        "Index": schema.Index,
        "Column": schema.Column,
        "PrimaryKeyConstraint": schema.PrimaryKeyConstraint,
        "UniqueConstraint": schema.UniqueConstraint,
        "CheckConstraint": schema.CheckConstraint,
        "ForeignKeyConstraint": schema.ForeignKeyConstraint,
        "Sequence": schema.Sequence,
        "Identity": schema.Identity,
    }
    out = {}
    for name, options in KNOWN[dialect].items():
        if name in names:
            out[names[name]] = dict(options)
            continue
        from ..sql import expression

        cls = getattr(expression, name, None)
        if cls is not None:
            out[cls] = dict(options)
    return out


_MYSQL = {
    "Table": {"*": None},
    "Update": {"limit": None},
    "Delete": {"limit": None},
    "PrimaryKeyConstraint": {"using": None},
    "Index": {"using": None, "length": None, "prefix": None, "with_parser": None},
}

KNOWN = {
    "sqlite": {
        "Table": {"autoincrement": False, "with_rowid": True, "strict": False},
        "Index": {"where": None},
        "Column": {"on_conflict_primary_key": None, "on_conflict_not_null": None, "on_conflict_unique": None},
        "PrimaryKeyConstraint": {"on_conflict": None},
        "UniqueConstraint": {"on_conflict": None},
        "CheckConstraint": {"on_conflict": None},
        "ForeignKeyConstraint": {"on_conflict": None},
    },
    "postgresql": {
        "Index": {
            "using": False,
            "include": None,
            "where": None,
            "ops": {},
            "concurrently": False,
            "with": {},
            "tablespace": None,
            "nulls_not_distinct": None,
        },
        "Table": {
            "ignore_search_path": False,
            "tablespace": None,
            "partition_by": None,
            "with_oids": None,
            "with": None,
            "on_commit": None,
            "inherits": None,
            "using": None,
        },
        "PrimaryKeyConstraint": {"include": None},
        "UniqueConstraint": {"include": None, "nulls_not_distinct": None},
        "CheckConstraint": {"not_valid": False},
        "ForeignKeyConstraint": {"not_valid": False},
    },
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "oracle": {
        "Table": {"resolve_synonyms": False, "on_commit": None, "compress": False, "tablespace": None},
        "Index": {"bitmap": False, "compress": False, "vector": False},
        "Sequence": {"order": None},
        "Identity": {"order": None, "on_null": None},
        "Select": {"fetch_approximate": False},
        "CompoundSelect": {"fetch_approximate": False},
    },
    # Not a dialect of ours; its options are common in portable schemas.
    "mssql": {
        "PrimaryKeyConstraint": {"clustered": None},
        "UniqueConstraint": {"clustered": None},
        "Index": {"clustered": None, "include": None, "where": None, "columnstore": None},
        "Column": {"identity_start": None, "identity_increment": None},
    },
}
