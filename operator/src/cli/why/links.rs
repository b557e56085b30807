//! What stands behind an object that is not ready, kind by kind.
//!
//! | object | waits for |
//! |---|---|
//! | workspace | its department, system, profile and data centres that are not right; its place at each data centre |
//! | place of a workspace | where its share does not fit: the allotment and grants there; else the data centre |
//! | allotment | where it is to grow: the other allotments of the department; its data centre; its grants |
//! | request | the grant that came of it; without room, its department's budgets |
//! | grant | its department's budgets |
//! | budget | its department's grants |
//! | data centre | its sets that are not in force; its owner |
//! | department | the one above it |
//! | system | nothing |
//! | set of workspaces | the lead's workspace and those of its members |
//! | removal, ruling | its data centres |

use std::collections::BTreeSet;

use crds::tenancy::workspace::PlaceState;
use crds::{
    Allotment, Budget, DataCenter, Department, FlowState, Grant, Message, Removal, ResourceRequest, Ruling,
    System, Workspace, WorkspaceSet, WorkspaceSiteStatus,
};
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use plan::names::{department_of, site_of};

use super::super::causes::open_codes;
use super::super::find::Named;
use super::super::seen::health::{Health, health, room_health};
use super::super::seen::{Names, Seen};
use super::super::table::{clean, clean_lines};
use super::super::words::Kind;
use super::chain::Link;

/// Sentences that name another object which is not right.
const REFERENCES: [u16; 3] = [1001, 1002, 1006];
/// Sentences about what a department may use at a data centre.
const MEANS: [u16; 8] = [1412, 1413, 1414, 1415, 1416, 1418, 1421, 2031];
/// As [`MEANS`], of a namespace that waits for others of its department.
const WAITS_FOR_SHARE: u16 = 2032;

/// Makes links; no object is followed twice.
pub(super) struct Links<'a> {
    seen: &'a Seen,
    names: Names,
    visited: BTreeSet<(Kind, Option<String>, String)>,
}

impl<'a> Links<'a> {
    pub(super) fn of(seen: &'a Seen) -> Self {
        Self { seen, names: Names::of(seen), visited: BTreeSet::new() }
    }

    /// An object behind which nothing stands.
    pub(super) fn plain<K: Named>(&mut self, object: &K) -> Link {
        let (health, message) = health(object);
        self.link(object, health, message)
    }

    fn link<K: Named>(&mut self, object: &K, health: Health, message: String) -> Link {
        self.visited.insert((K::KIND, object.namespace(), object.name_any()));
        Link {
            kind: K::KIND,
            namespace: object.namespace(),
            name: clean(&object.name_any()),
            display_name: clean(object.display_name()),
            site: None,
            site_name: String::new(),
            ready: !health.is_problem(),
            message,
            because: Vec::new(),
        }
    }

    /// The links of those objects that are not right and were not followed before.
    fn follow<K: Named + 'a>(
        &mut self,
        all: Option<&'a [K]>,
        wanted: impl Fn(&K) -> bool,
        then: impl Fn(&mut Self, &'a K) -> Link,
    ) -> Vec<Link> {
        let mut links = Vec::new();
        for object in all.unwrap_or_default().iter().filter(|object| wanted(object)) {
            let key = (K::KIND, object.namespace(), object.name_any());
            if !self.visited.contains(&key) {
                let link = then(self, object);
                links.extend((!link.ready).then_some(link));
            }
        }
        links
    }

    fn called(&self, mut link: Link, site: &str) -> Link {
        link.site = Some(clean(site));
        link.site_name = clean(self.names.site(site));
        link
    }

    pub(super) fn department(&mut self, object: &'a Department) -> Link {
        let link = self.plain(object);
        let parent = object.spec.parent.clone();
        let because = if link.ready || !says(&link.message, &REFERENCES) {
            Vec::new()
        } else {
            self.follow(
                self.seen.departments.as_deref(),
                |one| Some(one.name_any()) == parent,
                Self::department,
            )
        };
        Link { because, ..link }
    }

    pub(super) fn system(&mut self, object: &'a System) -> Link {
        self.plain(object)
    }

    pub(super) fn data_center(&mut self, object: &'a DataCenter) -> Link {
        let (health, message) = room_health(object);
        let mut link = self.link(object, health, message);
        if link.ready {
            return link;
        }
        let name = link.name.clone();
        if says(&link.message, &REFERENCES) {
            let owner = &object.spec.owner;
            link.because = self.follow(
                self.seen.departments.as_deref(),
                |one| one.name_any() == *owner,
                Self::department,
            );
        }
        // Where the site is heard, its sets say more than their number.
        let heard = says(&link.message, &[1114]);
        let details = object.status.iter().flat_map(|status| &status.details).filter(|_| heard);
        for detail in details.filter(|detail| !detail.applied && !detail.message.is_empty()) {
            link.because.push(Link {
                display_name: clean(&detail.set),
                message: clean_lines(&detail.message),
                site: Some(name.clone()),
                site_name: clean(self.names.site(&name)),
                because: Vec::new(),
                ..link.clone()
            });
        }
        link
    }

    pub(super) fn workspace(&mut self, object: &'a Workspace) -> Link {
        let mut link = self.plain(object);
        if link.ready {
            return link;
        }
        let home = object.namespace();
        if says(&link.message, &REFERENCES) {
            link.because = self.references(object, home.as_deref());
        }
        let places: Vec<&WorkspaceSiteStatus> =
            object.status.iter().flat_map(|status| &status.sites).collect();
        for wanted in &object.spec.sites {
            let known = places.iter().find(|place| place.site == wanted.site).copied();
            let waits = known.is_some_and(|place| place.state != PlaceState::Applied);
            if let (true, Some(known)) = (waits, known) {
                let place = self.place(&link, known, home.as_deref());
                link.because.push(place);
            }
        }
        // Nothing was told anywhere, because what it asks for cannot be: its grants say why.
        if says(&link.message, &MEANS) && link.because.is_empty() {
            let sites: Vec<&str> = object.spec.sites.iter().map(|place| place.site.as_str()).collect();
            link.because = sites.iter().flat_map(|site| self.means(site, home.as_deref())).collect();
        }
        let flows = object.status.iter().flat_map(|status| &status.flows);
        for flow in flows.filter(|_| says(&link.message, &[1482])) {
            let open = matches!(flow.state, FlowState::Open | FlowState::Ended);
            link.because.extend((!open).then(|| Link {
                message: clean_lines(&flow.message),
                because: Vec::new(),
                ..link.clone()
            }));
        }
        link
    }

    /// What a workspace names and is not right.
    fn references(&mut self, object: &'a Workspace, home: Option<&str>) -> Vec<Link> {
        let department = home.and_then(department_of).map(|name| name.to_string());
        let (system, profile) = (&object.spec.system, &object.spec.profile);
        let sites: Vec<&str> = object.spec.sites.iter().map(|place| place.site.as_str()).collect();
        let seen = self.seen;
        let mut found = self.follow(
            seen.departments.as_deref(),
            |one| Some(one.name_any()) == department,
            Self::department,
        );
        found.extend(self.follow(
            seen.systems.as_deref(),
            |one| one.namespace().as_deref() == home && one.name_any() == *system,
            Self::system,
        ));
        found.extend(self.follow(
            seen.profiles.as_deref(),
            |one| profile.as_ref().is_none_or(|profile| one.name_any() == *profile),
            Self::plain,
        ));
        found.extend(self.follow(
            seen.data_centers.as_deref(),
            |one| sites.contains(&one.name_any().as_str()),
            Self::data_center,
        ));
        found
    }

    /// A workspace at one data centre where it is not in force.
    fn place(&mut self, workspace: &Link, place: &WorkspaceSiteStatus, home: Option<&str>) -> Link {
        let said = clean_lines(place.message.as_deref().unwrap_or_default());
        let silent = place.last_contact.as_ref().map(|at| {
            let second = Timestamp::from_second(at.0.as_second()).unwrap_or_default();
            Message::LastContact { at: second.to_string() }.to_string()
        });
        let state = Message::WaitingFor { what: format!("{} ({:?})", place.state.zh(), place.state) };
        let message: Vec<String> =
            Some(said.clone()).filter(|said| !said.is_empty()).into_iter().chain(silent).collect();
        let message = if message.is_empty() { state.to_string() } else { message.join("\n") };
        let mut because = Vec::new();
        if says(&said, &MEANS) || says(&said, &[WAITS_FOR_SHARE]) {
            because = self.means(&place.site, home);
        }
        if because.is_empty() {
            let site = &place.site;
            because = self.follow(
                self.seen.data_centers.as_deref(),
                |one| one.name_any() == *site,
                Self::data_center,
            );
        }
        self.called(Link { ready: false, message, because, ..workspace.clone() }, &place.site)
    }

    /// What a department has at a data centre, where it is not as it should be: the record of it, and the grants.
    fn means(&mut self, site: &str, home: Option<&str>) -> Vec<Link> {
        let department = home.and_then(department_of).map(|name| name.to_string());
        let seen = self.seen;
        let mut found = self.follow(
            seen.allotments.as_deref(),
            |one| Some(one.name_any()) == department && stands_at(one, site),
            Self::allotment,
        );
        found.extend(self.follow(
            seen.grants.as_deref(),
            |one| one.namespace().as_deref() == home && one.spec.sites.iter().any(|given| given.site == site),
            Self::grant,
        ));
        found
    }

    pub(super) fn allotment(&mut self, object: &'a Allotment) -> Link {
        let link = self.plain(object);
        let site = object.namespace().as_deref().and_then(site_of).map(|site| site.to_string());
        let site = site.unwrap_or_default();
        let mut link = self.called(link, &site);
        link.display_name = clean(self.names.department(&link.name));
        if link.ready {
            return link;
        }
        let (seen, name) = (self.seen, object.name_any());
        let of_others = says(&link.message, &[1414, 1415]);
        if of_others {
            link.because = self.follow(
                seen.allotments.as_deref(),
                |one| one.name_any() == name && !stands_at(one, &site),
                Self::allotment,
            );
        }
        if link.because.is_empty() {
            // Whoever was not heard holds up a raise elsewhere; else the site itself has not confirmed.
            let held_by = |one: &DataCenter| {
                if of_others { one.spec.accepted && one.name_any() != site } else { one.name_any() == site }
            };
            link.because = self.follow(seen.data_centers.as_deref(), held_by, Self::data_center);
        }
        link
    }

    pub(super) fn request(&mut self, object: &'a ResourceRequest) -> Link {
        let mut link = self.plain(object);
        let home = object.namespace();
        if says(&link.message, &[1717]) {
            link.because =
                self.follow(self.seen.budgets.as_deref(), |one| one.namespace() == home, Self::budget);
        }
        let grant = object.status.as_ref().and_then(|status| status.grant.clone());
        if let Some(grant) = grant {
            let its = |one: &Grant| one.namespace() == home && one.name_any() == grant;
            link.because = self.follow(self.seen.grants.as_deref(), its, Self::grant);
        }
        link
    }

    pub(super) fn grant(&mut self, object: &'a Grant) -> Link {
        let mut link = self.plain(object);
        if says(&link.message, &[1401, 1403]) {
            let home = object.namespace();
            link.because =
                self.follow(self.seen.budgets.as_deref(), |one| one.namespace() == home, Self::budget);
        }
        link
    }

    pub(super) fn budget(&mut self, object: &'a Budget) -> Link {
        let mut link = self.plain(object);
        if !link.ready {
            let home = object.namespace();
            link.because =
                self.follow(self.seen.grants.as_deref(), |one| one.namespace() == home, Self::grant);
        }
        link
    }

    pub(super) fn workspace_set(&mut self, object: &'a WorkspaceSet) -> Link {
        let mut link = self.plain(object);
        if link.ready {
            return link;
        }
        let (lead, members) = (&object.spec.lead, &object.spec.members);
        let made = object.spec.template.name.clone().unwrap_or_else(|| object.name_any());
        let is_of_it = |one: &Workspace| {
            let department = one.namespace().as_deref().and_then(department_of).map(|name| name.to_string());
            let department = department.unwrap_or_default();
            (department == lead.department && one.name_any() == lead.workspace)
                || (members.contains(&department) && one.name_any() == made)
        };
        link.because = self.follow(self.seen.workspaces.as_deref(), is_of_it, Self::workspace);
        // What was refused before there was a workspace is said by the set alone.
        let said: Vec<Link> = object
            .status
            .iter()
            .flat_map(|status| &status.instances)
            .filter(|one| !link.because.iter().any(|known| is_home_of(known, &one.department)))
            .filter_map(|one| {
                let message = one.message.as_deref().filter(|_| members.contains(&one.department))?;
                let display_name = clean(self.names.department(&one.department));
                let message = clean_lines(message);
                Some(Link { display_name, message, because: Vec::new(), ..link.clone() })
            })
            .collect();
        link.because.extend(said);
        link
    }

    pub(super) fn removal(&mut self, object: &'a Removal) -> Link {
        let mut link = self.plain(object);
        if link.ready {
            return link;
        }
        let said = object.status.iter().flat_map(|status| &status.places);
        for place in said.filter(|place| place.message.is_some()) {
            let message = clean_lines(place.message.as_deref().unwrap_or_default());
            let site = &place.site;
            let because = self.follow(
                self.seen.data_centers.as_deref(),
                |one| one.name_any() == *site,
                Self::data_center,
            );
            let at = self.called(Link { message, because, ..link.clone() }, site);
            link.because.push(at);
        }
        link
    }

    pub(super) fn ruling(&mut self, object: &'a Ruling) -> Link {
        let link = self.plain(object);
        let Some(site) = object.namespace().as_deref().and_then(site_of) else { return link };
        let mut link = self.called(link, site.as_str());
        // While a second person is asked for, nothing else is waited for.
        if !link.ready && !says(&link.message, &[1124]) {
            let is_site = |one: &DataCenter| one.name_any() == site.as_str();
            link.because = self.follow(self.seen.data_centers.as_deref(), is_site, Self::data_center);
        }
        link
    }
}

fn says(message: &str, codes: &[u16]) -> bool {
    open_codes(message).any(|code| codes.contains(&code))
}

fn stands_at(allotment: &Allotment, site: &str) -> bool {
    allotment.namespace().as_deref().and_then(site_of).is_some_and(|at| at.as_str() == site)
}

fn is_home_of(link: &Link, department: &str) -> bool {
    link.namespace.as_deref().and_then(department_of).is_some_and(|name| name.as_str() == department)
}
