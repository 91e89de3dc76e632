//! [`MapperSpec`]: the arguments of `mapper()`, read once.

use super::placement::Wanted;
use crate::mapper::{EagerDefaults, Mapper, MapperData, PolymorphicLoad, VersionGenerator, WithPolymorphic};
use sql::ast::{ExprRef, FromRef};
use sql::host::HostRef;
use sql::schema::Column;
use std::sync::Arc;

/// What is said about a mapper. Defaults are those of `mapper()`.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct MapperSpec {
    pub local_table: Option<FromRef>,
    /// The mapper of the superclass.
    pub inherits: Option<Arc<Mapper>>,
    pub inherit_condition: Option<ExprRef>,
    /// Which columns of the condition belong to the inheriting table; empty: found out.
    pub inherit_foreign_keys: Vec<Arc<Column>>,
    /// Columns of the identity; empty: found out.
    pub primary_key: Vec<Arc<Column>>,
    /// Which columns are mapped, and the prefix of their names.
    pub wanted: Arc<Wanted>,
    pub concrete: bool,
    pub non_primary: bool,
    pub polymorphic_identity: Option<HostRef>,
    pub polymorphic_abstract: bool,
    pub polymorphic_load: Option<PolymorphicLoad>,
    pub with_polymorphic: Option<WithPolymorphic>,
    pub version_id_col: Option<Arc<Column>>,
    pub version_generator: VersionGenerator,
    pub order_by: Vec<ExprRef>,
    pub batch: bool,
    pub always_refresh: bool,
    pub allow_partial_pks: bool,
    pub confirm_deleted_rows: bool,
    pub eager_defaults: EagerDefaults,
    pub passive_updates: bool,
    pub passive_deletes: bool,
    pub legacy_is_orphan: bool,
}

impl Default for MapperSpec {
    fn default() -> Self {
        Self {
            local_table: None,
            inherits: None,
            inherit_condition: None,
            inherit_foreign_keys: Vec::new(),
            primary_key: Vec::new(),
            wanted: Arc::default(),
            concrete: false,
            non_primary: false,
            polymorphic_identity: None,
            polymorphic_abstract: false,
            polymorphic_load: None,
            with_polymorphic: None,
            version_id_col: None,
            version_generator: VersionGenerator::Counter,
            order_by: Vec::new(),
            batch: true,
            always_refresh: false,
            allow_partial_pks: true,
            confirm_deleted_rows: true,
            eager_defaults: EagerDefaults::Auto,
            passive_updates: true,
            passive_deletes: false,
            legacy_is_orphan: false,
        }
    }
}

impl MapperSpec {
    /// What holds as it was said; the place in a hierarchy adds to it.
    pub(super) fn say(&self, d: &mut MapperData) {
        d.local_table.clone_from(&self.local_table);
        d.wanted = self.wanted.clone();
        d.concrete = self.concrete;
        d.non_primary = self.non_primary;
        d.polymorphic_identity.clone_from(&self.polymorphic_identity);
        d.polymorphic_abstract = self.polymorphic_abstract;
        d.polymorphic_load = self.polymorphic_load;
        d.with_polymorphic.clone_from(&self.with_polymorphic);
        d.version_id_col.clone_from(&self.version_id_col);
        d.version_generator = self.version_generator.clone();
        d.order_by.clone_from(&self.order_by);
        d.batch = self.batch;
        d.always_refresh = self.always_refresh;
        d.allow_partial_pks = self.allow_partial_pks;
        d.confirm_deleted_rows = self.confirm_deleted_rows;
        d.eager_defaults = self.eager_defaults;
        d.passive_updates = self.passive_updates;
        d.passive_deletes = self.passive_deletes;
        d.legacy_is_orphan = self.legacy_is_orphan;
    }
}
