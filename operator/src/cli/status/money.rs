//! The rows of systems, budgets, grants and allotments.

use crds::{Allotment, Budget, Grant, System};
use kube::ResourceExt;
use plan::names::{department_of, site_of};

use super::super::seen::Names;
use super::super::seen::health::health;
use super::super::table::clean;
use super::report::{AllotmentRow, BudgetRow, GrantRow, GrantedRow, SystemRow};

/// The Chinese name of the department whose namespace it is, else its short name, else the namespace.
pub(super) fn department_name(namespace: &str, names: &Names) -> String {
    department_of(namespace)
        .map_or_else(|| namespace.to_owned(), |name| names.department(name.as_str()).to_owned())
}

pub(super) fn system(object: &System, names: &Names) -> SystemRow {
    let (health, message) = health(object);
    let (namespace, spec) = (object.namespace().unwrap_or_default(), &object.spec);
    SystemRow {
        department_name: department_name(&namespace, names),
        namespace,
        name: object.name_any(),
        display_name: clean(&spec.display_name),
        kind: spec.kind,
        zones: spec.zones.clone(),
        level: spec.level.to_string(),
        filing: spec.filing.as_ref().map(|filing| clean(&filing.number)),
        recovery: spec.recovery,
        operator: spec.operator.as_deref().map(clean),
        health,
        message,
    }
}

pub(super) fn budget(object: &Budget) -> BudgetRow {
    let (health, message) = health(object);
    let spec = &object.spec;
    BudgetRow {
        namespace: object.namespace().unwrap_or_default(),
        name: object.name_any(),
        year: spec.year,
        funding: spec.funding,
        total: spec.total.clone(),
        health,
        message,
    }
}

pub(super) fn grant(object: &Grant, names: &Names) -> GrantRow {
    let (health, message) = health(object);
    let sites = object.spec.sites.iter().map(|given| GrantedRow {
        site: clean(&given.site),
        site_name: clean(names.site(&given.site)),
        amounts: given.amounts.clone(),
    });
    GrantRow {
        namespace: object.namespace().unwrap_or_default(),
        name: object.name_any(),
        sites: sites.collect(),
        until: object.spec.until.clone(),
        health,
        message,
    }
}

pub(super) fn allotment(object: &Allotment, names: &Names) -> AllotmentRow {
    let (health, message) = health(object);
    let namespace = object.namespace().unwrap_or_default();
    let site = site_of(&namespace).map_or(namespace, |site| site.to_string());
    let department = object.name_any();
    let status = object.status.as_ref();
    AllotmentRow {
        site_name: names.site(&site).to_owned(),
        site,
        department_name: names.department(&department).to_owned(),
        department,
        granted: object.spec.granted.clone(),
        told: status.and_then(|status| status.told.clone()),
        counted: status.and_then(|status| status.counted.clone()),
        health,
        message,
    }
}
