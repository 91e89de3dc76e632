"""Copies of tables, and of expressions from one table to another."""

from ... import _rs, exc, util
from .items import BLANK_SCHEMA, RETAIN_SCHEMA, by_number, table_key


def copied_expression(expression, source, target):
    """``expression`` with the columns of table ``source`` replaced by those of ``target``."""
    if source is None or target is None:
        return expression
    pairs = [(c, target.c[c.key]) for c in source.c if c.key in target.c]
    return _rs.replace_columns(expression, pairs)


def copied_part(part, source, target):
    """The same for a part of an index or constraint: a name, a column or an expression."""
    if target is None or isinstance(part, str):
        return part
    if isinstance(part, _rs.Column):
        return target.c[part.key] if part.key in target.c else part.key
    return copied_expression(part, source, target)


def table_in(source, metadata, schema, referred_schema_fn, name):
    """What ``Table.to_metadata()`` gives."""
    name = source.name if name is None else name
    if schema is RETAIN_SCHEMA:
        schema = source.schema
    elif schema is None:
        schema = metadata.schema
    elif schema is BLANK_SCHEMA:
        schema = None
    key = table_key(name, schema)
    if key in metadata.tables:
        util.warn(f"Table '{source.description}' already exists within the given MetaData - not copying.")
        return metadata.tables[key]
    table = type(source)(
        name,
        metadata,
        *[column.copy(schema=schema, _to_metadata=metadata) for column in source.c],
        schema=BLANK_SCHEMA if schema is None else schema,
        comment=source.comment,
        prefixes=list(source._prefixes),
        implicit_returning=source.implicit_returning,
        **dict(source.dialect_kwargs),
    )
    for constraint in by_number(source.constraints):
        if not constraint._type_bound:
            _copy_constraint(constraint, source, table, schema, referred_schema_fn)
    for index in by_number(source.indexes):
        if not index._from_column:
            index.copy(target_table=table)
    if source.is_view:
        table._become_view()
    for slot in ("_creator_ddl", "_dropper_ddl"):
        ddl = getattr(source, slot)
        if ddl is not None:
            ddl = ddl.against(table)
            ddl.element = ddl.table = table
            ddl.metadata = metadata
            setattr(table, slot, ddl)
    return source._hand_down(table)


def _copy_constraint(constraint, source, table, schema, referred_schema_fn):
    if hasattr(type(constraint), "referred_table"):
        elements = constraint.elements
        referred = elements[0].target_tokens.schema if elements else None
        if referred_schema_fn is not None:
            schema = referred_schema_fn(source, schema, constraint, referred)
        elif referred != source.schema:
            # it refers to a table that does not move
            schema = None
        table.append_constraint(constraint.copy(schema=schema, target_table=table))
    elif not constraint._from_column:
        twin = constraint.copy(schema=schema, target_table=table)
        if twin._owner() is None:
            table.append_constraint(twin)


def fill(column, other, omit_defaults=False):
    """Give ``other`` what ``column`` has and it lacks: mixins, and types that bring a column of their own."""
    other.primary_key = other.primary_key or column.primary_key
    other.system = other.system or column.system
    if other.autoincrement == "auto":
        other.autoincrement = column.autoincrement
    other.info.update(column.info)
    if other.type._isnull:
        other._set_type(column.type)
    for slot in () if omit_defaults else ("default", "onupdate", "server_default", "server_onupdate"):
        generator = getattr(column, slot)
        if generator is not None and getattr(other, slot) is None:
            generator.copy()._enter(other)
    if column._nullability_given and not other._nullability_given:
        other.nullable, other._nullability_given = column.nullable, True
    for attr in ("index", "unique", "doc", "comment"):
        if getattr(other, attr) is None:
            setattr(other, attr, getattr(column, attr))
    if not other.name:
        other.name = column.name
    for part in [c for c in column.constraints if not c._type_bound] + [k for k in column.foreign_keys if not k.constraint]:
        part.copy()._enter(other)


def copied_key_target(key, schema, table_name=None):
    """The target of a ForeignKey for its copy in ``schema`` (a name, ``BLANK_SCHEMA``, or ``None``: as it is)."""
    stays = schema is None or schema is RETAIN_SCHEMA
    if stays and table_name is None:
        if key._by_name():
            return key._spelled()
        if getattr(key.target_column, "table", None) is None:
            raise exc.InvalidRequestError(
                f"Can't copy ForeignKey object which refers to non-table bound Column {key.target_column!r}"
            )
    if stays:
        text, parts = key._moved("keep", None, table_name)
    elif schema is BLANK_SCHEMA:
        text, parts = key._moved("blank", None, table_name)
    else:
        text, parts = key._moved("to", schema, table_name)
    return parts if text is None else text
