//! What is well and what is not: lists of objects in, a report out. How well one object is: [`super::super::seen::health`].

use std::collections::BTreeSet;

use crds::tenancy::workspace::PlaceState;
use crds::{DataCenter, District, Message, SetDetail, Workspace};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use plan::data_center::is_live;
use plan::names::{DepartmentName, department_of};

use super::super::find::Named;
use super::super::seen::health::{Health, health, room_health};
use super::super::seen::{Names, Seen};
use super::super::table::{clean, clean_lines};
use super::super::words::Kind;
use super::means::means;
use super::narrow::narrow;
use super::problems::{self, malformed, problem, with_places};
use super::report::{
    DataCenterRow, DepartmentRow, DistrictRow, Means, Place, Problem, Report, SetRow, Tally, View,
    WorkspaceRow,
};
use super::{Only, money};

/// Version of the report's structure.
const FORMAT: u32 = 1;

/// Judges what was seen, narrowed to what was asked for.
pub(super) fn judge(
    mut seen: Seen,
    contact: Option<&MicroTime>,
    only: Option<&Only>,
) -> Result<Report, Message> {
    let names = Names::of(&seen);
    let nothing = seen.is_nothing();
    let whole = means_of(&seen);
    narrow(&mut seen, only)?;
    let mut problems: Vec<Problem> = seen.unreadable.iter().cloned().map(malformed).collect();
    problems.extend(seen.districts.iter().flatten().filter_map(plain));
    problems.extend(seen.data_centers.iter().flatten().filter_map(room_problem));
    problems.extend(seen.departments.iter().flatten().filter_map(plain));
    problems.extend(seen.systems.iter().flatten().filter_map(plain));
    problems.extend(seen.workspaces.iter().flatten().filter_map(|object| workspace_problem(object, &names)));
    problems.extend(seen.sets.iter().flatten().filter_map(plain));
    problems.extend(seen.profiles.iter().flatten().filter_map(plain));
    problems.extend(seen.budgets.iter().flatten().filter_map(plain));
    problems.extend(seen.grants.iter().flatten().filter_map(plain));
    problems.extend(seen.allotments.iter().flatten().filter_map(problems::allotment));
    problems.extend(seen.removals.iter().flatten().filter_map(problems::removal));
    problems.extend(seen.rulings.iter().flatten().filter_map(problems::ruling));
    problems.sort_by(|a, b| (a.kind, &a.namespace, &a.name).cmp(&(b.kind, &b.namespace, &b.name)));
    let per_department = department_rows(&seen, &names, &whole, &problems);
    let well = problems.is_empty() && !nothing;
    let mut data_centers = rows(seen.data_centers.as_deref(), |object| data_center(object, contact));
    if let Some(rows) = &mut data_centers {
        rows.sort_by(|a, b| (!a.site, &a.name).cmp(&(!b.site, &b.name)));
    }
    let mut workspaces = rows(seen.workspaces.as_deref(), |object| workspace(object, &names));
    if let Some(rows) = &mut workspaces {
        rows.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    }
    Ok(Report {
        format: FORMAT,
        well,
        districts: rows(seen.districts.as_deref(), district),
        data_centers,
        workspaces,
        per_department,
        register: rows(seen.systems.as_deref(), |object| money::system(object, &names)),
        budgets: rows(seen.budgets.as_deref(), money::budget),
        grants: rows(seen.grants.as_deref(), |object| money::grant(object, &names)),
        allotments: rows(seen.allotments.as_deref(), |object| money::allotment(object, &names)),
        departments: seen.departments.as_deref().map(tally),
        systems: seen.systems.as_deref().map(tally),
        workspace_sets: seen.sets.as_deref().map(tally),
        problems,
        not_seen: seen.gaps.iter().map(ToString::to_string).collect(),
        read_at: second(seen.at),
        view: match only {
            None | Some(Only::District) => View::District,
            Some(Only::Site { .. }) => View::Site,
            Some(Only::Department { .. }) => View::Department,
            Some(Only::System { .. }) => View::System,
        },
    })
}

/// Each department with what it has in all, before anything was narrowed away.
fn means_of(seen: &Seen) -> Vec<(DepartmentName, Means)> {
    let listed =
        seen.departments.iter().flatten().filter_map(|object| DepartmentName::parse(&object.name_any()).ok());
    let homes = seen.systems.iter().flatten().filter_map(ResourceExt::namespace);
    let homes = homes.chain(seen.workspaces.iter().flatten().filter_map(ResourceExt::namespace));
    let homes = homes.chain(seen.budgets.iter().flatten().filter_map(ResourceExt::namespace));
    let all: BTreeSet<DepartmentName> = listed.chain(homes.filter_map(|home| department_of(&home))).collect();
    all.into_iter().map(|name| (name.clone(), means(seen, &name))).collect()
}

/// The departments that are left, or of whom something is left where departments themselves are out of sight.
fn department_rows(
    seen: &Seen,
    names: &Names,
    whole: &[(DepartmentName, Means)],
    problems: &[Problem],
) -> Option<Vec<DepartmentRow>> {
    if seen.departments.is_none() && seen.systems.is_none() && seen.workspaces.is_none() {
        return None;
    }
    let row = |(name, means): &(DepartmentName, Means)| {
        let object = seen.departments.iter().flatten().find(|object| object.name_any() == name.as_str());
        let home =
            |namespace: Option<String>| namespace.as_deref().and_then(department_of).as_ref() == Some(name);
        let systems =
            seen.systems.as_deref().map(|all| tally(all.iter().filter(|one| home(one.namespace()))));
        let workspaces =
            seen.workspaces.as_deref().map(|all| tally(all.iter().filter(|one| home(one.namespace()))));
        let has = |tally: Option<Tally>| tally.is_some_and(|tally| tally.total > 0);
        let seen_of_it = object.is_some()
            || (seen.departments.is_none() && (has(systems) || has(workspaces) || means.total.is_some()));
        seen_of_it.then(|| {
            let judged = object.map(health);
            let of_it = |problem: &&Problem| match problem.kind {
                Kind::Department | Kind::Allotment => problem.name == name.as_str(),
                _ => home(problem.namespace.clone()),
            };
            let of_it: Vec<&Problem> = problems.iter().filter(of_it).collect();
            DepartmentRow {
                name: name.to_string(),
                display_name: names.department(name.as_str()).to_owned(),
                health: judged.as_ref().map(|(health, _)| *health),
                message: judged.map(|(_, message)| message).unwrap_or_default(),
                systems,
                workspaces,
                means: means.clone(),
                problems: of_it.len(),
                waits: of_it.first().map(|problem| nearest(problem)).unwrap_or_default(),
            }
        })
    };
    Some(whole.iter().filter_map(row).collect())
}

/// The sentence that is nearest to the cause: what a data centre says, else what the object says.
fn nearest(problem: &Problem) -> String {
    let place = problem.places.iter().map(|place| &place.message).find(|message| !message.is_empty());
    place.unwrap_or(&problem.message).clone()
}

fn rows<K, R>(objects: Option<&[K]>, row: impl FnMut(&K) -> R) -> Option<Vec<R>> {
    objects.map(|objects| objects.iter().map(row).collect())
}

fn tally<'a, K: Named + 'a>(all: impl IntoIterator<Item = &'a K>) -> Tally {
    all.into_iter().fold(Tally::default(), |Tally { total, ready, not_ready }, object| {
        let (yes, no) = if health(object).0 == Health::Ready { (1, 0) } else { (0, 1) };
        Tally { total: total + 1, ready: ready + yes, not_ready: not_ready + no }
    })
}

fn plain(object: &impl Named) -> Option<Problem> {
    problems::at_site(object, None)
}

fn room_problem(object: &DataCenter) -> Option<Problem> {
    let (health, message) = room_health(object);
    problem(object, (health, &message))
}

fn district(object: &District) -> DistrictRow {
    let display_name = clean(&object.spec.display_name);
    DistrictRow { name: object.name_any(), display_name, health: health(object).0 }
}

fn data_center(object: &DataCenter, contact: Option<&MicroTime>) -> DataCenterRow {
    let status = object.status.as_ref();
    let (health, message) = room_health(object);
    DataCenterRow {
        name: object.name_any(),
        display_name: clean(&object.spec.display_name),
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
    second(time.0)
}

fn second(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).map(|second| second.to_string()).unwrap_or_default()
}

fn workspace_problem(object: &Workspace, names: &Names) -> Option<Problem> {
    let (health, message) = health(object);
    let mut waiting = places(object, names);
    waiting.retain(|place| {
        !matches!(place.state, PlaceState::Applied | PlaceState::Left)
            && (!place.message.is_empty() || place.last_contact.is_some())
    });
    problem(object, (health, &message)).map(|found| with_places(found, waiting))
}

fn workspace(object: &Workspace, names: &Names) -> WorkspaceRow {
    let status = object.status.as_ref();
    let (health, message) = health(object);
    let namespace = object.namespace().unwrap_or_default();
    let system = clean(&object.spec.system);
    WorkspaceRow {
        name: object.name_any(),
        display_name: clean(&object.spec.display_name),
        department: department_of(&namespace).map(|name| name.to_string()),
        department_name: money::department_name(&namespace, names),
        system_name: clean(names.system(object.namespace(), &object.spec.system)),
        system,
        site_namespace: status.and_then(|status| status.namespace.as_deref()).map(clean),
        places: places(object, names),
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
            site_name: names.site(&site).to_owned(),
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
