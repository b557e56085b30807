//! What is well and what is not: lists of objects in, a report out.
//!
//! | object | `Ready` | health | a problem |
//! |---|---|---|---|
//! | any | none, or of an older generation | not judged | yes |
//! | any | True | ready | no |
//! | any | False | not ready | yes |
//! | any | Unknown | unknown | yes |
//! | room that is not accepted | none, older, True, or False because it is only registered | not expected | no |
//! | room that is not accepted | False with another reason: the object is wrong | not ready | yes |

use std::collections::BTreeMap;

use crds::tenancy::workspace::PlaceState;
use crds::{DataCenter, Department, District, Message, SetDetail, System, Workspace, WorkspaceSet};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, MicroTime};
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use plan::conditions::{READY, find};
use plan::data_center::is_live;
use plan::names::department_of;

use super::super::table::{clean, clean_lines};
use super::super::words::Kind;
use super::narrow::narrow;
use super::report::{
    DataCenterRow, DistrictRow, Health, Place, Problem, Report, SetRow, Tally, WorkspaceRow,
};
use super::{Only, Seen, Unreadable};

/// Version of the report's structure.
const FORMAT: u32 = 1;

/// Judges what was seen, narrowed to what was asked for.
pub(super) fn judge(mut seen: Seen, only: Option<&Only>) -> Result<Report, Message> {
    let names = Names::of(&seen);
    let nothing = seen.is_nothing();
    narrow(&mut seen, only)?;
    let Seen { districts, data_centers, departments, systems, workspaces, sets, unreadable, gaps, contact } =
        seen;
    let mut problems: Vec<Problem> = unreadable.into_iter().map(malformed).collect();
    let districts = rows(districts, |object| district(object, &mut problems));
    let mut data_centers = rows(data_centers, |object| data_center(object, contact.as_ref(), &mut problems));
    if let Some(rows) = &mut data_centers {
        rows.sort_by(|a, b| (!a.site, &a.name).cmp(&(!b.site, &b.name)));
    }
    let departments =
        departments.map(|all| tally(all.iter().map(|object| department(object, &mut problems))));
    let systems = systems.map(|all| tally(all.iter().map(|object| system(object, &mut problems))));
    let workspace_sets = sets.map(|all| tally(all.iter().map(|object| workspace_set(object, &mut problems))));
    let mut workspaces = rows(workspaces, |object| workspace(object, &names, &mut problems));
    if let Some(rows) = &mut workspaces {
        rows.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    }
    problems.sort_by(|a, b| (a.kind, &a.namespace, &a.name).cmp(&(b.kind, &b.namespace, &b.name)));
    let not_seen = gaps.iter().map(ToString::to_string).collect();
    let well = problems.is_empty() && !nothing;
    Ok(Report {
        format: FORMAT,
        well,
        districts,
        data_centers,
        workspaces,
        departments,
        systems,
        workspace_sets,
        problems,
        not_seen,
        one_site: matches!(only, Some(Only::Site { .. })),
    })
}

/// The names that people use, by the names that objects have.
struct Names {
    data_centers: BTreeMap<String, String>,
    departments: BTreeMap<String, String>,
    systems: BTreeMap<(Option<String>, String), String>,
}

impl Names {
    fn of(seen: &Seen) -> Self {
        let data_centers = seen.data_centers.iter().flatten();
        let departments = seen.departments.iter().flatten();
        let systems = seen.systems.iter().flatten();
        Self {
            data_centers: data_centers
                .map(|object| (object.name_any(), clean(&object.spec.display_name)))
                .collect(),
            departments: departments
                .map(|object| (object.name_any(), clean(&object.spec.display_name)))
                .collect(),
            systems: systems
                .map(|object| ((object.namespace(), object.name_any()), clean(&object.spec.display_name)))
                .collect(),
        }
    }
}

fn rows<K, R>(objects: Option<Vec<K>>, mut row: impl FnMut(&K) -> R) -> Option<Vec<R>> {
    objects.map(|objects| objects.iter().map(&mut row).collect())
}

fn tally(all: impl Iterator<Item = Health>) -> Tally {
    all.fold(Tally::default(), |Tally { total, ready, not_ready }, health| {
        let (yes, no) = if health == Health::Ready { (1, 0) } else { (0, 1) };
        Tally { total: total + 1, ready: ready + yes, not_ready: not_ready + no }
    })
}

/// What `Ready` says of the object as it is now.
fn health(conditions: Option<&[Condition]>, generation: Option<i64>) -> (Health, String) {
    let ready =
        find(conditions.unwrap_or_default(), READY).filter(|ready| ready.observed_generation == generation);
    let Some(ready) = ready else { return (Health::NotJudged, Message::NotYetJudged {}.to_string()) };
    let health = match ready.status.as_str() {
        "True" => Health::Ready,
        "False" => Health::NotReady,
        _ => Health::Unknown,
    };
    (health, clean_lines(&ready.message))
}

/// The problem that an object is, if it is one.
fn problem(
    kind: Kind,
    object: &impl ResourceExt,
    display_name: &str,
    health: Health,
    message: &str,
) -> Option<Problem> {
    (!matches!(health, Health::Ready | Health::NotExpected)).then(|| Problem {
        kind,
        namespace: object.namespace(),
        name: clean(&object.name_any()),
        display_name: display_name.to_owned(),
        health,
        message: message.to_owned(),
        places: Vec::new(),
    })
}

fn malformed(Unreadable { kind, namespace, name, error }: Unreadable) -> Problem {
    let said = Message::Malformed { kind: kind.in_message(), name: clean(&name), error: clean(&error) };
    Problem {
        kind,
        namespace,
        name: clean(&name),
        display_name: String::new(),
        health: Health::Unknown,
        message: said.to_string(),
        places: Vec::new(),
    }
}

fn district(object: &District, problems: &mut Vec<Problem>) -> DistrictRow {
    let display_name = clean(&object.spec.display_name);
    let conditions = object.status.as_ref().map(|status| &status.conditions[..]);
    let (health, message) = health(conditions, object.metadata.generation);
    problems.extend(problem(Kind::District, object, &display_name, health, &message));
    DistrictRow { name: object.name_any(), display_name, health }
}

fn department(object: &Department, problems: &mut Vec<Problem>) -> Health {
    let conditions = object.status.as_ref().map(|status| &status.conditions[..]);
    let (health, message) = health(conditions, object.metadata.generation);
    problems.extend(problem(Kind::Department, object, &clean(&object.spec.display_name), health, &message));
    health
}

fn system(object: &System, problems: &mut Vec<Problem>) -> Health {
    let conditions = object.status.as_ref().map(|status| &status.conditions[..]);
    let (health, message) = health(conditions, object.metadata.generation);
    problems.extend(problem(Kind::System, object, &clean(&object.spec.display_name), health, &message));
    health
}

fn workspace_set(object: &WorkspaceSet, problems: &mut Vec<Problem>) -> Health {
    let conditions = object.status.as_ref().map(|status| &status.conditions[..]);
    let (health, message) = health(conditions, object.metadata.generation);
    problems.extend(problem(Kind::WorkspaceSet, object, &clean(&object.spec.display_name), health, &message));
    health
}

fn data_center(
    object: &DataCenter,
    contact: Option<&MicroTime>,
    problems: &mut Vec<Problem>,
) -> DataCenterRow {
    let status = object.status.as_ref();
    let conditions = status.map(|status| &status.conditions[..]);
    let (health, message) = room_health(object, conditions);
    let display_name = clean(&object.spec.display_name);
    problems.extend(problem(Kind::DataCenter, object, &display_name, health, &message));
    DataCenterRow {
        name: object.name_any(),
        display_name,
        disposition: object.spec.disposition,
        site: is_live(&object.spec),
        health,
        ready_nodes: status.and_then(|status| status.facts.as_ref()).map(|facts| facts.ready_nodes),
        sets: status.and_then(|status| status.sets),
        details: status.iter().flat_map(|status| &status.details).map(set_row).collect(),
        last_contact: status.and_then(|status| status.last_contact.as_ref()).or(contact).map(time),
        message,
    }
}

fn set_row(detail: &SetDetail) -> SetRow {
    let SetDetail { set, told, accepted, applied, message, drift } = detail;
    SetRow {
        set: clean(set),
        told: *told,
        accepted: *accepted,
        applied: *applied,
        message: clean_lines(message),
        drift: clean_lines(drift),
    }
}

/// A time to the second.
fn time(time: &MicroTime) -> String {
    let second = Timestamp::from_second(time.0.as_second());
    second.map(|second| second.to_string()).unwrap_or_default()
}

/// As [`health`], but nothing is expected of a room that is only registered.
fn room_health(object: &DataCenter, conditions: Option<&[Condition]>) -> (Health, String) {
    let (health, message) = health(conditions, object.metadata.generation);
    if object.spec.accepted {
        return (health, message);
    }
    let only_registered = Message::InventoryOnly {};
    let reason = find(conditions.unwrap_or_default(), READY).map(|ready| ready.reason.as_str());
    match health {
        Health::NotReady | Health::Unknown if reason != Some(only_registered.reason()) => (health, message),
        Health::NotJudged => (Health::NotExpected, only_registered.to_string()),
        _ => (Health::NotExpected, message),
    }
}

fn workspace(object: &Workspace, names: &Names, problems: &mut Vec<Problem>) -> WorkspaceRow {
    let status = object.status.as_ref();
    let (health, message) = health(status.map(|status| &status.conditions[..]), object.metadata.generation);
    let display_name = clean(&object.spec.display_name);
    let places = places(object, names);
    let blocked = places.iter().filter(|place| place.state == PlaceState::Blocked).cloned().collect();
    let found = problem(Kind::Workspace, object, &display_name, health, &message);
    problems.extend(found.map(|found| Problem { places: blocked, ..found }));

    let namespace = object.namespace().unwrap_or_default();
    let department = department_of(&namespace).map(|name| name.to_string());
    let department_name = match &department {
        Some(name) => names.departments.get(name).unwrap_or(name).clone(),
        None => namespace.clone(),
    };
    let system = clean(&object.spec.system);
    let called = names.systems.get(&(object.namespace(), object.spec.system.clone()));
    WorkspaceRow {
        name: object.name_any(),
        display_name,
        department,
        department_name,
        system_name: called.unwrap_or(&system).clone(),
        system,
        site_namespace: status.and_then(|status| status.namespace.as_deref()).map(clean),
        places,
        health,
        message,
        namespace,
    }
}

/// Where a workspace is wanted, in its own order, then where it still stands.
fn places(object: &Workspace, names: &Names) -> Vec<Place> {
    let known = object.status.as_ref().map_or(&[][..], |status| &status.sites[..]);
    let place = |site: &str| {
        let status = known.iter().find(|known| known.site == site);
        let site = clean(site);
        Place {
            site_name: names.data_centers.get(&site).unwrap_or(&site).clone(),
            state: status.map_or(PlaceState::Pending, |status| status.state),
            message: clean_lines(status.and_then(|status| status.message.as_deref()).unwrap_or_default()),
            drift: clean_lines(status.and_then(|status| status.drift.as_deref()).unwrap_or_default()),
            last_contact: status.and_then(|status| status.last_contact.as_ref()).map(time),
            site,
        }
    };
    let wanted = |site: &str| object.spec.sites.iter().any(|wanted| wanted.site == site);
    let others = known.iter().filter(|known| !wanted(&known.site)).map(|known| place(&known.site));
    object.spec.sites.iter().map(|wanted| place(&wanted.site)).chain(others).collect()
}
