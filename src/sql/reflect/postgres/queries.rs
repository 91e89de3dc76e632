//! Queries of PostgreSQL's catalogue. Each covers a whole schema, or the named relations of it.
//!
//! `None` as schema means what the search path shows, without the catalogue itself. Every cell is text, a number or a truth value:
//! arrays are spread over rows, so that any driver can bring them.

use crate::reflect::CatalogQuery;
use crate::reflect::rows::Builder;

/// `nulls not distinct` and column lists of ON DELETE SET came with this version.
const V15: i64 = 15;

/// Relations that have columns: tables, partitioned and foreign ones, views.
const RELATIONS: &str = "c.relkind IN ('r', 'p', 'f', 'v', 'm')";

fn schema_is(b: Builder, schema: Option<&str>, visible: &str) -> Builder {
    match schema {
        None => b.sql(&format!("{visible} AND n.nspname <> 'pg_catalog'")),
        Some(s) => b.sql("n.nspname = ").param(s),
    }
}

/// `WHERE` over `pg_class c` and `pg_namespace n`.
fn scope(b: Builder, schema: Option<&str>, names: Option<&[String]>) -> Builder {
    schema_is(b.sql(&format!(" WHERE {RELATIONS} AND ")), schema, "pg_catalog.pg_table_is_visible(c.oid)")
        .and_names("c.relname", names)
}

const FROM_CLASS: &str = " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace";

/// Name, kind, whether it is temporary, oid, comment, storage options (one a line), one row per parent it inherits from.
pub fn relations(schema: Option<&str>, names: Option<&[String]>) -> CatalogQuery {
    let b = Builder::new(
        "SELECT c.relname::text, c.relkind::text, c.relpersistence = 't', c.oid::bigint, \
         pg_catalog.obj_description(c.oid, 'pg_class'), pg_catalog.array_to_string(c.reloptions, chr(10)), p.relname::text",
    )
    .sql(FROM_CLASS)
    .sql(
        " LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = c.oid LEFT JOIN pg_catalog.pg_class p ON p.oid = h.inhparent \
         AND p.relkind IN ('r', 'p', 'f')",
    );
    scope(b, schema, names).sql(" ORDER BY c.relname, h.inhseqno").done()
}

/// Columns in the order of the table; what [`super::columns`] reads.
pub fn columns(schema: Option<&str>, names: Option<&[String]>) -> CatalogQuery {
    let b = Builder::new(
        "SELECT c.relname::text, a.attname::text, pg_catalog.format_type(coalesce(e.oid, t.oid), a.atttypmod), e.oid IS NOT NULL, \
         coalesce(e.typtype, t.typtype)::text, coalesce(e.oid, t.oid)::bigint, a.attnotnull OR t.typnotnull, \
         CASE WHEN a.attgenerated = '' THEN coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), \
         CASE WHEN t.typtype = 'd' THEN t.typdefault END) ELSE pg_catalog.pg_get_expr(d.adbin, d.adrelid) END, \
         a.attgenerated::text, a.attidentity::text, pg_catalog.col_description(c.oid, a.attnum), \
         co.collname::text, CASE WHEN pg_catalog.pg_collation_is_visible(co.oid) THEN NULL ELSE cn.nspname::text END, \
         s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle",
    )
    .sql(FROM_CLASS)
    .sql(
        " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
         JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
         LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid \
         LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
         LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation \
         LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace \
         LEFT JOIN pg_catalog.pg_depend sd ON a.attidentity <> '' AND sd.refclassid = 'pg_catalog.pg_class'::regclass \
         AND sd.refobjid = c.oid AND sd.refobjsubid = a.attnum AND sd.classid = 'pg_catalog.pg_class'::regclass AND sd.deptype = 'i' \
         LEFT JOIN pg_catalog.pg_sequence s ON s.seqrelid = sd.objid",
    );
    scope(b, schema, names).sql(" ORDER BY c.relname, a.attnum").done()
}

/// Primary keys, unique and check constraints and foreign keys: one row per column.
pub fn constraints(schema: Option<&str>, names: Option<&[String]>, version: i64) -> CatalogQuery {
    let (distinct, set_columns) = if version >= V15 {
        (
            "i.indnullsnotdistinct",
            "(SELECT string_agg(pg_catalog.quote_ident(sa.attname), ', ' ORDER BY x.o) \
             FROM unnest(con.confdelsetcols) WITH ORDINALITY x(num, o) \
             JOIN pg_catalog.pg_attribute sa ON sa.attrelid = con.conrelid AND sa.attnum = x.num)",
        )
    } else {
        ("false", "NULL")
    };
    let b = Builder::new(format!(
        "SELECT c.relname::text, con.conname::text, con.contype::text, a.attname::text, k.included, \
         pg_catalog.obj_description(con.oid, 'pg_constraint'), {distinct}, \
         CASE WHEN con.contype = 'c' THEN pg_catalog.pg_get_expr(con.conbin, con.conrelid, true) END, \
         con.connoinherit, con.convalidated, \
         rn.nspname::text, pg_catalog.pg_table_is_visible(r.oid), r.relname::text, ra.attname::text, \
         con.confupdtype::text, con.confdeltype::text, con.confmatchtype::text, con.condeferrable, con.condeferred, {set_columns}"
    ))
    .sql(FROM_CLASS)
    .sql(
        " JOIN pg_catalog.pg_constraint con ON con.conrelid = c.oid AND con.contype IN ('p', 'u', 'c', 'f') \
         LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = con.conindid AND con.contype IN ('p', 'u') \
         LEFT JOIN LATERAL (\
         SELECT x.num, NULL::int2 AS fnum, x.o, x.o > i.indnkeyatts AS included \
         FROM unnest(i.indkey::int2[]) WITH ORDINALITY x(num, o) \
         UNION ALL \
         SELECT x.num, x.fnum, x.o, false FROM unnest(con.conkey, con.confkey) WITH ORDINALITY x(num, fnum, o) \
         WHERE con.contype = 'f') k ON true \
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num \
         LEFT JOIN pg_catalog.pg_class r ON con.contype = 'f' AND r.oid = con.confrelid \
         LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace \
         LEFT JOIN pg_catalog.pg_attribute ra ON ra.attrelid = r.oid AND ra.attnum = k.fnum",
    );
    scope(b, schema, names).sql(" ORDER BY c.relname, con.conname, con.oid, k.o").done()
}

/// Indexes except those of primary keys: one row per column or expression.
pub fn indexes(schema: Option<&str>, names: Option<&[String]>, version: i64) -> CatalogQuery {
    let distinct = if version >= V15 { "i.indnullsnotdistinct" } else { "false" };
    let b = Builder::new(format!(
        "SELECT c.relname::text, ic.relname::text, i.indisunique, a.attname::text, \
         CASE WHEN k.num = 0 THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.o::int, true) END, k.o > i.indnkeyatts, \
         k.opt, CASE WHEN NOT oc.opcdefault THEN oc.opcname::text END, am.amname::text, \
         pg_catalog.array_to_string(ic.reloptions, chr(10)), pg_catalog.pg_get_expr(i.indpred, i.indrelid), {distinct}, \
         con.conname::text"
    ))
    .sql(FROM_CLASS)
    .sql(
        " JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND NOT i.indisprimary \
         JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid \
         JOIN pg_catalog.pg_am am ON am.oid = ic.relam \
         CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[], i.indoption::int2[]) \
         WITH ORDINALITY k(num, opc, opt, o) \
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num AND k.num <> 0 \
         LEFT JOIN pg_catalog.pg_opclass oc ON oc.oid = k.opc \
         LEFT JOIN pg_catalog.pg_constraint con ON con.conindid = i.indexrelid AND con.conrelid = c.oid \
         AND con.contype IN ('p', 'u', 'x')",
    );
    scope(b, schema, names).sql(" ORDER BY c.relname, ic.relname, k.o").done()
}

fn types_of(b: Builder, schema: Option<&str>) -> Builder {
    match schema {
        Some("*") => b,
        s => schema_is(b.sql(" AND "), s, "pg_catalog.pg_type_is_visible(t.oid)"),
    }
}

/// Enumerations, one row per label. Schema `*`: all of them.
pub fn enums(schema: Option<&str>) -> CatalogQuery {
    let b = Builder::new(
        "SELECT t.oid::bigint, t.typname::text, n.nspname::text, pg_catalog.pg_type_is_visible(t.oid), e.enumlabel::text \
         FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
         LEFT JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid WHERE t.typtype = 'e'",
    );
    types_of(b, schema).sql(" ORDER BY n.nspname, t.typname, e.enumsortorder").done()
}

/// Domains, one row per check constraint. Schema `*`: all of them.
pub fn domains(schema: Option<&str>) -> CatalogQuery {
    let b = Builder::new(
        "SELECT t.oid::bigint, t.typname::text, n.nspname::text, pg_catalog.pg_type_is_visible(t.oid), \
         pg_catalog.format_type(t.typbasetype, t.typtypmod), \
         pg_catalog.format_type(coalesce(e.oid, b.oid), t.typtypmod), e.oid IS NOT NULL, coalesce(e.typtype, b.typtype)::text, \
         coalesce(e.oid, b.oid)::bigint, t.typnotnull, t.typdefault, co.collname::text, \
         CASE WHEN pg_catalog.pg_collation_is_visible(co.oid) THEN NULL ELSE cn.nspname::text END, \
         con.conname::text, pg_catalog.pg_get_expr(con.conbin, 0, true) \
         FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
         JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype \
         LEFT JOIN pg_catalog.pg_type e ON e.oid = b.typelem AND e.typarray = b.oid \
         LEFT JOIN pg_catalog.pg_collation co ON co.oid = t.typcollation \
         LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace \
         LEFT JOIN pg_catalog.pg_constraint con ON con.contypid = t.oid AND con.contype = 'c' WHERE t.typtype = 'd'",
    );
    types_of(b, schema).sql(" ORDER BY n.nspname, t.typname, con.conname").done()
}

/// Whether a type of this name exists: one row if so. Schema `*`: in any schema.
pub fn has_type(schema: Option<&str>, name: &str) -> CatalogQuery {
    let b = Builder::new(
        "SELECT t.oid::bigint FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = ",
    )
    .param(name);
    types_of(b, schema).done()
}

/// Sequences.
pub fn sequences(schema: Option<&str>, names: Option<&[String]>) -> CatalogQuery {
    let b = Builder::new("SELECT c.relname::text").sql(FROM_CLASS).sql(" WHERE c.relkind = 'S' AND ");
    schema_is(b, schema, "pg_catalog.pg_table_is_visible(c.oid)").and_names("c.relname", names).sql(" ORDER BY c.relname").done()
}

/// Which of the names are relations.
pub fn has_tables(schema: Option<&str>, names: &[String]) -> CatalogQuery {
    let b = Builder::new("SELECT c.relname::text").sql(FROM_CLASS);
    scope(b, schema, Some(names)).done()
}

/// Definition of a view.
pub fn view_definition(schema: Option<&str>, name: &str) -> CatalogQuery {
    let b = Builder::new("SELECT pg_catalog.pg_get_viewdef(c.oid)").sql(FROM_CLASS).sql(" WHERE c.relkind IN ('v', 'm') AND ");
    schema_is(b, schema, "pg_catalog.pg_table_is_visible(c.oid)").sql(" AND c.relname = ").param(name).done()
}

/// Schemas of the user's.
pub fn schemas() -> CatalogQuery {
    Builder::new("SELECT nspname::text FROM pg_catalog.pg_namespace WHERE left(nspname, 3) <> 'pg_' ORDER BY nspname").done()
}

/// Whether a schema exists: one row if so.
pub fn has_schema(name: &str) -> CatalogQuery {
    Builder::new("SELECT nspname::text FROM pg_catalog.pg_namespace WHERE nspname = ").param(name).done()
}

/// Version of the server as `PPmmmm`.
pub fn version() -> CatalogQuery {
    Builder::new("SELECT pg_catalog.current_setting('server_version_num')::int").done()
}
