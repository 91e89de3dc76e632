//! `selectin_polymorphic` and `polymorphic_load="selectin"`: columns of subclasses by second statements.

use super::selectin::in_keys;
use crate::attr::CompileHost;
use crate::columns::column_expr;
use crate::compile::{Settings, polymorphic_mappers};
use crate::entity::Entity;
use crate::mapper::{Mapper, MapperData, PolymorphicLoad};
use crate::options::{LoaderCriteria, OptionNode};
use crate::property::Property;
use sql::ast::{LabelStyle, Select, SelectItem};
use std::sync::Arc;

/// One second statement: attributes of one subclass.
#[derive(Clone, Debug)]
pub struct SubclassLoad {
    /// The subclass.
    pub mapper: Arc<Mapper>,
    /// Whose instances it is for, when not for all of the subclass.
    serves: Serves,
    /// Attributes.
    pub only: Vec<Arc<str>>,
    /// Options of the entity, which may speak of the subclass.
    pub node: Arc<OptionNode>,
    /// Mappers on the way here, the entity's not included.
    pub path: Vec<u64>,
}

#[derive(Clone, Debug)]
enum Serves {
    /// Instances of these mappers and their subclasses.
    Of(Vec<Arc<Mapper>>),
    /// Instances whose nearest mapper that says `polymorphic_load="selectin"` is the subclass.
    Nearest,
}

/// The loads that follow rows of `entity`.
pub fn loads(entity: &Entity, node: &Arc<OptionNode>, path: &[u64]) -> Vec<Arc<SubclassLoad>> {
    let base = &entity.mapper;
    let mut out: Vec<Arc<SubclassLoad>> = Vec::new();
    let mut add = |mapper: &Arc<Mapper>, serves: Serves, known: &[Arc<Mapper>]| {
        let only = own_attributes(mapper, known);
        out.push(Arc::new(SubclassLoad { mapper: mapper.clone(), serves, only, node: node.clone(), path: path.to_vec() }));
    };
    let mut listed: Vec<Arc<Mapper>> = Vec::new();
    for m in node.selectin_polymorphic.iter().filter_map(Entity::of).map(|e| &e.mapper) {
        if m.isa(base) && m.id != base.id && !listed.iter().any(|x| x.id == m.id) {
            listed.push(m.clone());
        }
    }
    for m in &listed {
        add(m, Serves::Of(vec![m.clone()]), &parents(m));
    }
    let mut between: Vec<Arc<Mapper>> = Vec::new();
    for m in listed.iter().flat_map(parents) {
        if m.isa(base) && m.id != base.id && !listed.iter().chain(&between).any(|x| x.id == m.id) {
            between.push(m);
        }
    }
    for m in &between {
        add(m, Serves::Of(listed.iter().filter(|l| l.isa(m)).cloned().collect()), &parents(m));
    }
    let known = polymorphic_mappers(entity);
    for m in base.self_and_descendants() {
        if m.id != base.id && says_selectin(&m.data()) && !known.iter().any(|k| k.id == m.id) && listed.is_empty() {
            add(&m, Serves::Nearest, &known);
        }
    }
    out
}

fn says_selectin(data: &MapperData) -> bool {
    data.polymorphic_load == Some(PolymorphicLoad::Selectin)
}

fn parents(m: &Arc<Mapper>) -> Vec<Arc<Mapper>> {
    m.iterate_to_root().into_iter().skip(1).collect()
}

/// Attributes of a mapper that `known` have not, with those that tell which row it is.
fn own_attributes(mapper: &Arc<Mapper>, known: &[Arc<Mapper>]) -> Vec<Arc<str>> {
    let data = mapper.data();
    let known: Vec<_> = known.iter().map(|m| m.data()).collect();
    let mut keys: Vec<Arc<str>> = data.primary_key_keys();
    keys.extend(data.polymorphic_key.clone());
    for (key, p) in &data.props {
        let loaded = matches!(p, Property::Column(_) | Property::Relationship(_));
        if loaded && !keys.contains(key) && !known.iter().any(|k| k.props.contains_key(key)) {
            keys.push(key.clone());
        }
    }
    keys
}

impl SubclassLoad {
    /// How its statement is compiled.
    pub fn settings<'h>(&self, criteria: &[Arc<LoaderCriteria>], host: &'h dyn CompileHost) -> Settings<'h> {
        Settings {
            path: self.path.clone(),
            criteria: criteria.to_vec(),
            dedupe: true,
            only: Some(self.only.clone()),
            node: Some(self.node.clone()),
            ..Settings::top(host)
        }
    }
    /// Is it for instances of this mapper?
    pub fn serves(&self, mapper: &Arc<Mapper>) -> bool {
        match &self.serves {
            Serves::Of(list) => list.iter().any(|m| mapper.isa(m)),
            Serves::Nearest => {
                mapper.iterate_to_root().iter().find(|m| says_selectin(&m.data())).is_some_and(|m| m.id == self.mapper.id)
            }
        }
    }

    /// The statement; its list of keys is to be filled in.
    pub fn select(&self) -> Select {
        let keys: Vec<_> = self.mapper.data().primary_key.iter().map(column_expr).collect();
        Select {
            columns: vec![SelectItem::Entity(Entity::plain(&self.mapper))],
            where_: vec![in_keys(&keys)],
            label_style: LabelStyle::TablenamePlusCol,
            orm: true,
            ..Select::default()
        }
    }
}
