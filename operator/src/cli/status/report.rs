//! The answer of `status -o json`. Fields are added, never renamed or given another meaning; `format` grows if that must happen.
//!
//! Every text that others wrote is already without control and direction characters. Messages are as the hub stores them: code,
//! Chinese, English in parentheses, one per line.

use crds::tenancy::workspace::PlaceState;
use crds::{Disposition, SetCounts};
use serde::Serialize;

use super::super::words::Kind;

/// How the district is, as far as the person may see. A list that they may not see is null, and `notSeen` says why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// Version of this structure: 1.
    pub format: u32,
    /// Whether something was seen and all of it that is expected to be ready is ready.
    pub well: bool,
    /// The districts; there should be one.
    pub districts: Option<Vec<DistrictRow>>,
    /// The data centres: sites first, then those that are only registered.
    pub data_centers: Option<Vec<DataCenterRow>>,
    /// The workspaces, by department and name.
    pub workspaces: Option<Vec<WorkspaceRow>>,
    /// How many departments there are.
    pub departments: Option<Tally>,
    /// How many systems there are.
    pub systems: Option<Tally>,
    /// How many workspace sets there are.
    pub workspace_sets: Option<Tally>,
    /// Everything that is not ready although it should be.
    pub problems: Vec<Problem>,
    /// Why lists are missing.
    pub not_seen: Vec<String>,
    /// Whether one data centre was asked for: people are then shown its sets.
    #[serde(skip)]
    pub one_site: bool,
}

/// How well an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Health {
    /// `Ready` is True for the object as it is now.
    Ready,
    /// `Ready` is False.
    NotReady,
    /// `Ready` is Unknown: a site is not heard.
    Unknown,
    /// The hub has not looked at the object as it is now.
    NotJudged,
    /// Nothing is expected of it: a room that is only registered.
    NotExpected,
}

/// The district.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DistrictRow {
    /// Name of the object.
    pub name: String,
    /// Chinese name.
    pub display_name: String,
    /// How well it is.
    pub health: Health,
}

/// A data centre (机房).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DataCenterRow {
    /// Short name.
    pub name: String,
    /// Chinese name.
    pub display_name: String,
    /// What becomes of the room (处置).
    pub disposition: Disposition,
    /// Whether workspaces may stand there.
    pub site: bool,
    /// How well it is.
    pub health: Health,
    /// Nodes that the site says are ready; null while it says nothing.
    pub ready_nodes: Option<u32>,
    /// How many sets of orders it was told and has in force; null while nothing is known.
    pub sets: Option<SetCounts>,
    /// The sets that are not simply in force or were disturbed, at most 32.
    pub details: Vec<SetRow>,
    /// Its last sign of life by its own clock, while it is not heard, or when it was asked for and the person may see it.
    pub last_contact: Option<String>,
    /// What `Ready` says.
    pub message: String,
}

/// A set of orders at a data centre (指令组).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetRow {
    /// Name of the set.
    pub set: String,
    /// Revision that was told, 0 for none.
    pub told: i64,
    /// Revision that the site accepted, 0 for none.
    pub accepted: i64,
    /// Whether what was told is in force.
    pub applied: bool,
    /// What the site made of it, or why nothing is told; empty when there is nothing to say.
    pub message: String,
    /// The last change by others that was undone; empty for none.
    pub drift: String,
}

/// A workspace (业务空间).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkspaceRow {
    /// Namespace of the object on the hub.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// Chinese name.
    pub display_name: String,
    /// Short name of the department; null when the namespace is not a department's.
    pub department: Option<String>,
    /// Chinese name of the department, else its short name, else the namespace.
    pub department_name: String,
    /// Name of the system.
    pub system: String,
    /// Chinese name of the system, else its name.
    pub system_name: String,
    /// Its namespace on the sites; null until one is assigned.
    pub site_namespace: Option<String>,
    /// How far it is at each data centre.
    pub places: Vec<Place>,
    /// How well it is.
    pub health: Health,
    /// What `Ready` says.
    pub message: String,
}

/// How far a workspace is at one data centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Place {
    /// Short name of the data centre.
    pub site: String,
    /// Chinese name, else the short name.
    pub site_name: String,
    /// How far.
    pub state: PlaceState,
    /// Why not further; empty when there is nothing to say.
    pub message: String,
    /// The last change by others in its namespace that was undone; empty for none.
    pub drift: String,
    /// The last sign of life of a data centre that is not heard, by its own clock.
    pub last_contact: Option<String>,
}

/// How many objects of a kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tally {
    /// All.
    pub total: usize,
    /// Those that are ready.
    pub ready: usize,
    /// Those that are not.
    pub not_ready: usize,
}

/// Something to see to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Problem {
    /// Kind of the object.
    pub kind: Kind,
    /// Its namespace; null for kinds without.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Its Chinese name; empty when it cannot be read.
    pub display_name: String,
    /// How well it is.
    pub health: Health,
    /// What is the matter.
    pub message: String,
    /// What data centres say about it, where they cannot go on.
    pub places: Vec<Place>,
}
