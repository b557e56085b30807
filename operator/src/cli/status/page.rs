//! The report as one page for a leader: Chinese, without anything from elsewhere, to look at offline and to print.

use askama::Template;
use crds::message::localize;
use crds::tenancy::workspace::PlaceState;
use crds::{Amounts, Lang, Message};
use k8s_openapi::jiff::Timestamp;
use k8s_openapi::jiff::tz::{TimeZone, offset};
use plan::quantity::{Mebibytes, MilliCpu};

use super::super::page::one_line;
use super::super::seen::health::Health;
use super::super::words;
use super::report::{DataCenterRow, DepartmentRow, Place, Problem, Report, Tally, View, WorkspaceRow};

const ZH: Lang = Lang::Zh;

/// The page. Every value is escaped where it is written, by the template.
#[derive(Template)]
#[template(path = "status.html")]
struct Page {
    title: String,
    at: String,
    well: bool,
    verdict: String,
    tiles: Vec<Tile>,
    problems: Vec<Trouble>,
    sites: Vec<SiteLine>,
    registered: String,
    departments: Vec<DepartmentLine>,
    others: usize,
    workspaces: Vec<WorkspaceLine>,
    /// How many are in force and not listed, because a leader of a district looks for what is not.
    in_force: usize,
    unseen: Vec<String>,
    partly_seen: String,
}

/// A number that a leader looks at first.
struct Tile {
    name: &'static str,
    value: String,
    note: String,
    well: bool,
}

struct Trouble {
    kind: &'static str,
    name: String,
    said: Vec<String>,
    who: &'static str,
    command: String,
}

struct SiteLine {
    name: String,
    state: &'static str,
    well: bool,
    nodes: String,
    orders: String,
    said: String,
}

struct DepartmentLine {
    name: String,
    systems: String,
    workspaces: String,
    /// CPU, memory and storage; none where there is no budget or it is out of sight.
    used: [Option<Used>; 3],
    problems: usize,
}

/// How much of a budget is charged.
struct Used {
    counted: String,
    total: String,
    percent: u64,
}

struct WorkspaceLine {
    name: String,
    department: String,
    system: String,
    places: String,
    state: &'static str,
    well: bool,
    said: String,
}

/// Writes the page.
pub(super) fn page(report: &Report) -> Result<String, Message> {
    let page = of(report);
    page.render().map_err(|error| Message::PageFailed { error: error.to_string() })
}

fn of(report: &Report) -> Page {
    let verdict = if report.well {
        Message::AllWell {}
    } else if report.problems.is_empty() {
        Message::PartlySeen {}
    } else {
        Message::SomeToSeeTo { count: report.problems.len().to_string() }
    };
    let rooms = report.data_centers.as_deref().unwrap_or_default();
    let registered: Vec<&str> = rooms
        .iter()
        .filter(|row| !row.site && row.health == Health::NotExpected)
        .map(|row| row.display_name.as_str())
        .collect();
    let departments = report.per_department.as_deref().unwrap_or_default();
    let (shown, others): (Vec<_>, Vec<_>) = departments.iter().partition(|row| is_active(row));
    let workspaces = report.workspaces.as_deref().unwrap_or_default();
    let is_listed = |row: &&WorkspaceRow| report.view != View::District || row.health != Health::Ready;
    let listed: Vec<WorkspaceLine> = workspaces.iter().filter(is_listed).map(workspace).collect();
    Page {
        title: title(report),
        at: Message::PageTime { at: beijing(&report.read_at) }.text(ZH),
        well: report.well,
        verdict: verdict.text(ZH),
        tiles: tiles(report),
        problems: report.problems.iter().map(trouble).collect(),
        sites: rooms.iter().filter(|row| row.site || row.health != Health::NotExpected).map(site).collect(),
        registered: registered.join("、"),
        departments: shown.into_iter().map(department).collect(),
        others: others.len(),
        in_force: workspaces.len() - listed.len(),
        workspaces: listed,
        unseen: report.not_seen.iter().map(|why| one_line(why, ZH)).collect(),
        partly_seen: Message::PartlySeen {}.text(ZH),
    }
}

/// What the page is about.
fn title(report: &Report) -> String {
    let about = match report.view {
        View::District => None,
        View::Site => {
            report.data_centers.as_deref().and_then(|rows| Some(rows.first()?.display_name.clone()))
        }
        View::Department => {
            report.per_department.as_deref().and_then(|rows| Some(rows.first()?.display_name.clone()))
        }
        View::System => report.register.as_deref().and_then(|rows| Some(rows.first()?.display_name.clone())),
    };
    let district = report.districts.as_deref().and_then(|rows| Some(rows.first()?.display_name.clone()));
    match (about, district) {
        (Some(about), _) => format!("{about}现状"),
        (None, Some(district)) => format!("{district}政务云全区现状"),
        (None, None) => "政务云现状".to_owned(),
    }
}

fn beijing(at: &str) -> String {
    let Ok(at) = at.parse::<Timestamp>() else { return at.to_owned() };
    at.to_zoned(TimeZone::fixed(offset(8))).strftime("%Y-%m-%d %H:%M").to_string()
}

fn tiles(report: &Report) -> Vec<Tile> {
    let sites = report.data_centers.as_deref().map(|rows| {
        let used = rows.iter().filter(|row| row.site);
        let ready = used.clone().filter(|row| row.health == Health::Ready).count();
        Tally { total: used.clone().count(), ready, not_ready: used.count() - ready }
    });
    let in_force = report.workspaces.as_deref().map(|rows| {
        let ready = rows.iter().filter(|row| row.health == Health::Ready).count();
        Tally { total: rows.len(), ready, not_ready: rows.len() - ready }
    });
    let all = [
        ("在用机房", "正常", sites),
        ("业务空间", "已生效", in_force),
        ("信息系统", "登记无误", report.systems),
        ("单位", "登记无误", report.departments),
    ];
    let tile = |(name, word, tally): (_, _, Option<Tally>)| {
        tally.map(|tally| Tile {
            name,
            value: tally.total.to_string(),
            note: format!("{word} {}", tally.ready),
            well: tally.not_ready == 0,
        })
    };
    all.into_iter().filter_map(tile).collect()
}

fn trouble(problem: &Problem) -> Trouble {
    let said = localize(&problem.message, ZH);
    let places = problem.places.iter().map(place_said);
    Trouble {
        kind: problem.kind.word().of(ZH),
        name: if problem.display_name.is_empty() {
            path(problem)
        } else {
            format!("{} ({})", problem.display_name, path(problem))
        },
        said: said.lines().map(str::to_owned).chain(places).collect(),
        who: problem.who.word().of(ZH),
        command: problem.command.clone().unwrap_or_default(),
    }
}

fn path(problem: &Problem) -> String {
    match &problem.namespace {
        Some(namespace) => format!("{namespace}/{}", problem.name),
        None => problem.name.clone(),
    }
}

fn place_said(place: &Place) -> String {
    let contact = place.last_contact.clone().map(|at| Message::LastContact { at: beijing(&at) }.text(ZH));
    let said = Some(one_line(&place.message, ZH)).filter(|said| !said.is_empty());
    let both: Vec<String> = said.into_iter().chain(contact).collect();
    format!("{}:{}", place.site_name, both.join(";"))
}

fn site(row: &DataCenterRow) -> SiteLine {
    SiteLine {
        name: row.display_name.clone(),
        state: state(row.health),
        well: row.health == Health::Ready,
        nodes: row.ready_nodes.map(|nodes| nodes.to_string()).unwrap_or_default(),
        orders: row.sets.map(|sets| format!("{}/{}", sets.applied, sets.told)).unwrap_or_default(),
        said: one_line(&row.message, ZH),
    }
}

/// How well something is, for people who do not read columns of yes and no.
fn state(health: Health) -> &'static str {
    match health {
        Health::Ready => "正常",
        Health::NotReady => "异常",
        Health::Unknown => "失联",
        Health::NotJudged => "待处理",
        Health::NotExpected => "仅登记",
    }
}

/// How far a workspace is.
fn progress(row: &WorkspaceRow) -> &'static str {
    let any = |wanted: &[PlaceState]| row.places.iter().any(|place| wanted.contains(&place.state));
    match row.health {
        Health::Ready => "已生效",
        Health::NotReady if any(&[PlaceState::Blocked]) => "受阻",
        Health::NotReady if any(&[PlaceState::Pending, PlaceState::Told, PlaceState::Accepted]) => "办理中",
        other => state(other),
    }
}

/// Whether a department has anything that a page would show.
fn is_active(row: &DepartmentRow) -> bool {
    let any = |tally: Option<Tally>| tally.is_some_and(|tally| tally.total > 0);
    any(row.workspaces)
        || row.problems > 0
        || row.means.total.as_ref().is_some_and(|total| *total != Amounts::default())
}

fn department(row: &DepartmentRow) -> DepartmentLine {
    let ready = |tally: Option<Tally>| {
        tally.map(|tally| format!("{}/{}", tally.ready, tally.total)).unwrap_or_default()
    };
    let (counted, total) = (row.means.counted.as_ref(), row.means.total.as_ref());
    let cpu = |amounts: &Amounts| (amounts.cpu.clone(), MilliCpu::parse(&amounts.cpu).map_or(0, |cpu| cpu.0));
    let mebibytes = |text: &str| Mebibytes::parse(text).map_or(0, |amount| amount.0);
    let memory = |amounts: &Amounts| (amounts.memory.clone(), mebibytes(&amounts.memory));
    let storage = |amounts: &Amounts| (amounts.storage.clone(), mebibytes(&amounts.storage));
    let used = [
        used(counted.map(cpu), total.map(cpu)),
        used(counted.map(memory), total.map(memory)),
        used(counted.map(storage), total.map(storage)),
    ];
    DepartmentLine {
        name: row.display_name.clone(),
        systems: ready(row.systems),
        workspaces: ready(row.workspaces),
        used,
        problems: row.problems,
    }
}

fn used(counted: Option<(String, u64)>, total: Option<(String, u64)>) -> Option<Used> {
    let ((counted, part), (total, whole)) = (counted?, total?);
    let percent = part.saturating_mul(100).checked_div(whole)?.min(100);
    Some(Used { counted, total, percent })
}

fn workspace(row: &WorkspaceRow) -> WorkspaceLine {
    let places =
        row.places.iter().map(|place| format!("{}:{}", place.site_name, words::state(place.state).of(ZH)));
    WorkspaceLine {
        name: row.display_name.clone(),
        department: row.department_name.clone(),
        system: row.system_name.clone(),
        places: places.collect::<Vec<_>>().join(";"),
        state: progress(row),
        well: row.health == Health::Ready,
        said: if row.health == Health::Ready { String::new() } else { one_line(&row.message, ZH) },
    }
}
