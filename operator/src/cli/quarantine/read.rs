//! The questions to the API server, and what they come to for `plan`.

use crds::{
    DataCenter, Department, Message, Order, Removal, Ruling, SiteBundle, SiteReport, SiteReportStatus,
    System, Workspace,
};
use kube::api::Api;
use kube::{Client, ResourceExt};
use plan::admittance::Standing;
use plan::bundle::{Content, TERM_SET};
use plan::conditions::find as find_condition;
use plan::names::{SiteName, site_namespace};
use plan::quarantine::{Facts, HeldSet, Register, look};
use plan::report::Said;
use plan::ruling;

use super::super::find::find;
use super::super::lookup::{all, list, site};
use super::super::reports::shards;
use super::super::table::clean_lines;
use super::super::words::Kind;

/// What was read about one site.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) site: SiteName,
    pub(super) room: DataCenter,
    /// The site's report.
    pub(super) reports: Vec<SiteReportStatus>,
    pub(super) bundles: Vec<SiteBundle>,
    pub(super) rulings: Vec<Ruling>,
    pub(super) departments: Vec<Department>,
    pub(super) systems: Vec<System>,
    pub(super) workspaces: Vec<Workspace>,
    pub(super) removals: Vec<Removal>,
}

/// Reads what a ruling about a site rests on.
pub(super) async fn read(client: &Client, wanted: &str) -> Result<Seen, Message> {
    let (site, room) = site(client, wanted).await?;
    let namespace = site_namespace(&site);
    let reports: Api<SiteReport> = Api::namespaced(client.clone(), &namespace);
    let reports = shards(list(reports, "SiteReport").await?);
    Ok(Seen {
        site,
        room,
        reports,
        bundles: list(Api::namespaced(client.clone(), &namespace), "SiteBundle").await?,
        rulings: list(Api::namespaced(client.clone(), &namespace), "人工裁定 Ruling").await?,
        departments: all(client, &Kind::Department.in_message()).await?,
        systems: all(client, &Kind::System.in_message()).await?,
        workspaces: all(client, &Kind::Workspace.in_message()).await?,
        removals: all(client, "清退 Removal").await?,
    })
}

impl Seen {
    /// The sets that wait for a person, by name.
    pub(super) fn held(&self) -> Result<Vec<HeldSet>, Message> {
        let said = Said::new(&self.reports);
        let mut held = Vec::new();
        for (set, reported) in said.sets() {
            let told = self.told(set)?;
            let register = self.register(set);
            let told = told.as_ref().map(|(order, content)| (order, content));
            let facts = Facts { site: self.site.as_str(), reported, told, register: &register };
            held.extend(look(&facts));
        }
        Ok(held)
    }

    /// Why no ruling helps now.
    pub(super) fn obstacle(&self) -> Option<Message> {
        let site = || self.site.to_string();
        let Some(head) = Said::new(&self.reports).head() else {
            return Some(Message::NotJoined { site: site() });
        };
        let rulings: Vec<&Ruling> = self.rulings.iter().collect();
        if ruling::standing(&rulings) == Standing::Abandoned {
            return Some(Message::SiteAbandoned { site: site() });
        }
        // Each leader writes the term anew, with the hub's id.
        let term = self.bundles.iter().find(|bundle| bundle.spec.set == TERM_SET);
        let other = term.is_some_and(|term| term.spec.order.epoch != head.epoch);
        other.then(|| Message::SiteOtherEpoch { site: site() })
    }

    /// What the hub says of a site that it does not hear: then all that is shown is what was said last.
    pub(super) fn silence(&self) -> Option<String> {
        let conditions = &self.room.status.as_ref()?.conditions;
        let connected = find_condition(conditions, "Connected")?;
        (connected.status == "Unknown").then(|| clean_lines(&connected.message))
    }

    /// The ruling that is about exactly what the site holds of a set.
    pub(super) fn ruled(&self, held: &HeldSet) -> Option<String> {
        let about = |ruling: &&Ruling| ruling::follows(&[ruling], &held.set, &held.site);
        self.rulings.iter().find(about).map(ResourceExt::name_any)
    }

    /// The set that a person calls so.
    pub(super) fn set_called(&self, wanted: &str) -> String {
        find(&self.departments, wanted).map_or_else(|_| wanted.to_owned(), ResourceExt::name_any)
    }

    /// The workspaces of a department.
    pub(super) fn workspaces_of(&self, set: &str) -> impl Iterator<Item = &Workspace> {
        let namespace = format!("dept-{set}");
        self.workspaces.iter().filter(move |one| one.metadata.namespace.as_ref() == Some(&namespace))
    }

    fn told(&self, set: &str) -> Result<Option<(Order, Content)>, Message> {
        let shards: Vec<_> =
            self.bundles.iter().map(|bundle| &bundle.spec).filter(|spec| spec.set == set).collect();
        let Some(first) = shards.iter().find(|spec| spec.shard.index == 0) else { return Ok(None) };
        let content = Content::assemble(&shards).map_err(|(have, want)| Message::ShardsMissing {
            set: set.to_owned(),
            have: have.to_string(),
            want: want.to_string(),
        })?;
        Ok(Some((first.order.clone(), content)))
    }

    fn register(&self, set: &str) -> Register<'_> {
        let namespace = format!("dept-{set}");
        let here = |of: Option<String>| of.as_deref() == Some(namespace.as_str());
        Register {
            department: self.departments.iter().any(|department| department.name_any() == set),
            systems: self
                .systems
                .iter()
                .filter(|system| here(system.namespace()))
                .map(ResourceExt::name_any)
                .collect(),
            workspaces: self.workspaces_of(set).collect(),
            removals: self.removals.iter().filter(|removal| here(removal.namespace())).collect(),
        }
    }
}
