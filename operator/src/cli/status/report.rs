//! The answer of `status -o json`. Fields are added, never renamed or given another meaning; `format` grows if that must happen.
//!
//! Every text that others wrote is already without control and direction characters. Messages are as the hub stores them: code,
//! Chinese, English in parentheses, one per line.

use crds::migration::system::{RecoveryClass, SystemKind};
use crds::tenancy::workspace::PlaceState;
use crds::{Amounts, Disposition, Funding, SetCounts, Zone};
use serde::Serialize;

use super::super::causes::Who;
use super::super::seen::health::Health;
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
    /// The departments, each with what it has and what is the matter; those that are seen only by what is theirs have no health.
    pub per_department: Option<Vec<DepartmentRow>>,
    /// The register of systems.
    pub register: Option<Vec<SystemRow>>,
    /// The budgets.
    pub budgets: Option<Vec<BudgetRow>>,
    /// The grants.
    pub grants: Option<Vec<GrantRow>>,
    /// What departments have at data centres.
    pub allotments: Option<Vec<AllotmentRow>>,
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
    /// When it was read.
    pub read_at: String,
    /// What was asked for: it decides what people are shown.
    #[serde(skip)]
    pub view: View,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum View {
    /// The district.
    #[default]
    District,
    /// One data centre.
    Site,
    /// One department.
    Department,
    /// One system.
    System,
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

/// A department (单位) and what it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DepartmentRow {
    /// Short name.
    pub name: String,
    /// Chinese name, else the short name.
    pub display_name: String,
    /// How well it is; null when the person may not see departments.
    pub health: Option<Health>,
    /// What `Ready` says.
    pub message: String,
    /// Its systems.
    pub systems: Option<Tally>,
    /// Its workspaces.
    pub workspaces: Option<Tally>,
    /// What it may use and uses.
    pub means: Means,
    /// How much there is to see to.
    pub problems: usize,
    /// What the first of it says; empty for nothing.
    pub waits: String,
}

/// What a department may use, and how much of it is asked for, lent and charged. What the person may not see is null.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Means {
    /// Its budgets that count today (资源额度).
    pub total: Option<Amounts>,
    /// Its grants in force, at all data centres together (批复数).
    pub granted: Option<Amounts>,
    /// The shares that its workspaces ask for (份额).
    pub asked: Option<Amounts>,
    /// What data centres were told that they have (下达数).
    pub told: Option<Amounts>,
    /// What is charged to the budget (计入数).
    pub counted: Option<Amounts>,
}

/// An entry of the register of systems (信息系统).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SystemRow {
    /// Namespace of the object.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// Chinese name.
    pub display_name: String,
    /// Chinese name of the department, else its short name, else the namespace.
    pub department_name: String,
    /// What it is to the district.
    pub kind: SystemKind,
    /// Network zones.
    pub zones: Vec<Zone>,
    /// Protection level, as `S3A2`.
    pub level: String,
    /// Number of the filing; null for none.
    pub filing: Option<String>,
    /// Recovery class that it needs.
    pub recovery: RecoveryClass,
    /// Who operates it; null when nothing is said.
    pub operator: Option<String>,
    /// How well it is.
    pub health: Health,
    /// What `Ready` says.
    pub message: String,
}

/// A budget (资源额度).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BudgetRow {
    /// Namespace of the object.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// Fiscal year.
    pub year: i16,
    /// What the money is for.
    pub funding: Funding,
    /// How much.
    pub total: Amounts,
    /// How well it is.
    pub health: Health,
    /// What `Ready` says.
    pub message: String,
}

/// A grant (资源批复).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GrantRow {
    /// Namespace of the object.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// What is given where.
    pub sites: Vec<GrantedRow>,
    /// The last day.
    pub until: String,
    /// How well it is.
    pub health: Health,
    /// What `Ready` says.
    pub message: String,
}

/// What a grant gives at one data centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GrantedRow {
    /// Short name of the data centre.
    pub site: String,
    /// Chinese name, else the short name.
    pub site_name: String,
    /// How much.
    pub amounts: Amounts,
}

/// What a department has at one data centre (机房配额).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AllotmentRow {
    /// Short name of the data centre.
    pub site: String,
    /// Chinese name, else the short name.
    pub site_name: String,
    /// Short name of the department.
    pub department: String,
    /// Chinese name of the department, else its short name.
    pub department_name: String,
    /// What grants give there.
    pub granted: Amounts,
    /// What the site was told last; null for nothing.
    pub told: Option<Amounts>,
    /// The most that it may still be enforcing; null before it is known.
    pub counted: Option<Amounts>,
    /// How well it is.
    pub health: Health,
    /// What `Ready` says.
    pub message: String,
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
    /// Who can do something about it.
    pub who: Who,
    /// The command that would help; null where none of the hub's does.
    pub command: Option<String>,
}
