//! What a person may see of the hub: lists as they were read, how well their objects are, and the names in them.

pub(crate) mod health;
pub(crate) mod read;

use std::collections::BTreeMap;

use crds::{
    Allotment, Approval, ApprovalPolicy, Budget, DataCenter, Department, District, Grant, IsolationProfile,
    Message, Removal, ResourceRequest, Ruling, System, WorkCalendar, Workspace, WorkspaceSet,
};
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;

use super::find::Named;
use super::table::clean;
use super::words::Kind;

/// What was read. A list that the person may not see is none, which is not the same as empty.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) districts: Option<Vec<District>>,
    pub(crate) data_centers: Option<Vec<DataCenter>>,
    pub(crate) departments: Option<Vec<Department>>,
    pub(crate) systems: Option<Vec<System>>,
    pub(crate) workspaces: Option<Vec<Workspace>>,
    pub(crate) sets: Option<Vec<WorkspaceSet>>,
    pub(crate) budgets: Option<Vec<Budget>>,
    pub(crate) requests: Option<Vec<ResourceRequest>>,
    pub(crate) approvals: Option<Vec<Approval>>,
    pub(crate) policies: Option<Vec<ApprovalPolicy>>,
    pub(crate) calendars: Option<Vec<WorkCalendar>>,
    pub(crate) grants: Option<Vec<Grant>>,
    pub(crate) allotments: Option<Vec<Allotment>>,
    pub(crate) removals: Option<Vec<Removal>>,
    pub(crate) rulings: Option<Vec<Ruling>>,
    pub(crate) profiles: Option<Vec<IsolationProfile>>,
    /// Objects that could not be understood.
    pub(crate) unreadable: Vec<Unreadable>,
    /// Why lists are missing.
    pub(crate) gaps: Vec<Message>,
    /// When it was read.
    pub(crate) at: Timestamp,
}

/// An object that could not be understood.
#[derive(Clone, Debug)]
pub(crate) struct Unreadable {
    pub(crate) kind: Kind,
    pub(crate) namespace: Option<String>,
    pub(crate) name: String,
    pub(crate) error: String,
}

impl Seen {
    /// Whether the person may see nothing at all.
    pub(crate) fn is_nothing(&self) -> bool {
        self.districts.is_none()
            && self.data_centers.is_none()
            && self.departments.is_none()
            && self.systems.is_none()
            && self.workspaces.is_none()
    }
}

/// The names that people use, by the names that objects have.
#[derive(Debug, Default)]
pub(crate) struct Names {
    data_centers: BTreeMap<String, String>,
    departments: BTreeMap<String, String>,
    systems: BTreeMap<(Option<String>, String), String>,
}

impl Names {
    /// Those of what was seen.
    pub(crate) fn of(seen: &Seen) -> Self {
        let systems = seen.systems.iter().flatten();
        Self {
            data_centers: short(seen.data_centers.as_deref()),
            departments: short(seen.departments.as_deref()),
            systems: systems
                .map(|object| ((object.namespace(), object.name_any()), clean(object.display_name())))
                .collect(),
        }
    }

    /// A data centre's Chinese name, else its short name.
    pub(crate) fn site<'a>(&'a self, name: &'a str) -> &'a str {
        self.data_centers.get(name).map_or(name, String::as_str)
    }

    /// A department's Chinese name, else its short name.
    pub(crate) fn department<'a>(&'a self, name: &'a str) -> &'a str {
        self.departments.get(name).map_or(name, String::as_str)
    }

    /// A system's Chinese name, else its short name.
    pub(crate) fn system<'a>(&'a self, namespace: Option<String>, name: &'a str) -> &'a str {
        self.systems.get(&(namespace, name.to_owned())).map_or(name, String::as_str)
    }
}

fn short<K: Named>(objects: Option<&[K]>) -> BTreeMap<String, String> {
    let called = |object: &K| (object.name_any(), clean(object.display_name()));
    objects.unwrap_or_default().iter().map(called).collect()
}
