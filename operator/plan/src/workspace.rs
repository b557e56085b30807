//! Whether a workspace is right, what it is called on the sites, and what it needs there.

use std::collections::BTreeMap;

use crds::tenancy::department::DepartmentRole;
use crds::{DataCenterSpec, Department, IsolationProfileSpec, Message, System, Workspace, Zone};

use crate::bundle::Entry;
use crate::department::missing;
use crate::flows::{self, AtSite, Flows, Side};
use crate::isolation::stage::staged;
use crate::isolation::{Fence, objects};
use crate::measured::Measured;
use crate::names::{DepartmentName, WorkspaceName, department_of, workspace_namespace};
use crate::{Findings, Readiness, adopt, data_center, hosts, listed};

/// Where shares of the Internet exit are taken: for a namespace, by site.
pub type Exit<'a> = dyn Fn(&str, BTreeMap<String, u32>) -> Result<(), Message> + 'a;

/// What a workspace points to.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The department whose namespace it stands in, and whether it is well.
    pub department: Option<(&'a Department, Readiness)>,
    /// The system that it is for, and whether it is well.
    pub system: Option<(&'a System, Readiness)>,
    /// Names of the department's systems.
    pub systems: &'a [String],
    /// All isolation profiles by name, and whether each is well.
    pub profiles: &'a BTreeMap<String, (&'a IsolationProfileSpec, Readiness)>,
    /// The profile of departments that name none.
    pub default_profile: Option<&'a str>,
    /// All data centres by name, and whether each is registered rightly: what is refused is no place.
    pub data_centers: &'a BTreeMap<String, (&'a DataCenterSpec, Readiness)>,
    /// The namespace that a site says stands there for a workspace of this name: a hub that forgot it finds it again.
    pub known: Option<&'a str>,
    /// Who else holds a namespace on the sites.
    pub taken: &'a dyn Fn(&str) -> Option<String>,
    /// How far an adopted namespace at a site was told to be.
    pub standing: &'a dyn Fn(&str, &str) -> Option<adopt::Standing>,
    /// Which workspace had a host before this one.
    pub host_taken: &'a dyn Fn(&str) -> Option<String>,
    /// What its flows and those of others to it rest on.
    pub flows: flows::Facts<'a>,
    /// Takes its share of the Internet exit, by site, for the namespace that it has, or says why it cannot.
    pub egress: &'a Exit<'a>,
}

/// A workspace that cannot be wrong.
#[derive(Clone, Debug)]
pub struct ValidWorkspace<'a> {
    workspace: &'a Workspace,
    department: &'a Department,
    name: DepartmentName,
    system: &'a System,
    profile: &'a IsolationProfileSpec,
    /// Its namespace on the sites.
    pub namespace: String,
    /// What became of its flows.
    pub flows: Flows,
}

/// What becomes of a workspace.
#[derive(Clone, Debug)]
pub enum Judgement<'a> {
    /// It can be told to its sites.
    Valid(Box<ValidWorkspace<'a>>),
    /// What it points to has not been looked at yet.
    NotYet(Message),
    /// It is wrong.
    Refused(Findings),
}

/// Checks a workspace against what it points to.
#[must_use]
pub fn validate<'a>(workspace: &'a Workspace, facts: &Facts<'a>) -> Judgement<'a> {
    let spec = &workspace.spec;
    let namespace = workspace.metadata.namespace.as_deref().unwrap_or_default();
    let own = workspace.metadata.name.as_deref().unwrap_or_default();
    let (Some(name), Some((department, department_ready))) = (department_of(namespace), facts.department)
    else {
        return Judgement::Refused(vec![Message::NotInDepartment { namespace: namespace.to_owned() }]);
    };
    let waiting = |what: &str| Judgement::NotYet(Message::WaitingFor { what: what.to_owned() });
    if department_ready == Readiness::NotJudged {
        return waiting(&format!("Department {name}"));
    }
    if facts.system.is_some_and(|(_, ready)| ready == Readiness::NotJudged) {
        return waiting(&format!("System {}", spec.system));
    }
    let unjudged = |site: &&String| {
        facts.data_centers.get(*site).is_some_and(|(_, ready)| *ready == Readiness::NotJudged)
    };
    if let Some(site) = spec.sites.iter().map(|place| &place.site).find(unjudged) {
        return waiting(&format!("DataCenter {site}"));
    }

    let mut findings = Findings::new();
    if department_ready == Readiness::Refused {
        findings.push(not_ready("metadata.namespace", name.as_str(), "单位 Department"));
    }
    match facts.system {
        None => findings.extend(missing("spec.system", &spec.system, "信息系统 System", facts.systems)),
        Some((_, Readiness::Refused)) => {
            findings.push(not_ready("spec.system", &spec.system, "信息系统 System"));
        }
        Some((system, _)) => findings.extend(check_system_zone(spec.zone, system)),
    }
    if spec.zone == Zone::Intranet {
        findings.push(Message::IntranetZone {});
    }
    let profile = profile_of(workspace, department, facts).map_err(|said| findings.push(said)).ok();
    if let Some(profile) = profile {
        findings.extend(hosts::check(&spec.hosts, &profile.ingress.host_suffixes, facts.host_taken));
    }
    for (at, place) in spec.sites.iter().enumerate() {
        let system = facts.system.map(|(system, _)| system);
        findings.extend(check_place(at, place, workspace, department, system, facts));
    }
    findings.extend(adopt::check(workspace, facts.standing));
    findings.extend(flows::check((name.as_str(), own), spec, facts.flows.now));
    let assigned = assign(workspace, &name, own, facts).map_err(|said| findings.push(said)).ok();
    // Last: what is taken of the exit is not there for others, so only who is right in all else takes any.
    if let (Some(namespace), true) = (&assigned, findings.is_empty()) {
        let asked = spec.sites.iter().map(|place| (place.site.clone(), place.egress_mbit)).collect();
        findings.extend((facts.egress)(namespace, asked).err());
    }
    match (facts.system, profile, assigned) {
        (Some((system, _)), Some(profile), Some(namespace)) if findings.is_empty() => {
            let id = (name.to_string(), own.to_owned());
            let side = Side { spec, namespace: Some(&namespace) };
            Judgement::Valid(Box::new(ValidWorkspace {
                flows: flows::decide(&id, side, &facts.flows),
                workspace,
                department,
                name,
                system,
                profile,
                namespace,
            }))
        }
        _ => Judgement::Refused(findings),
    }
}

fn not_ready(field: &str, value: &str, kind: &str) -> Message {
    Message::NotReadyReference { field: field.to_owned(), value: value.to_owned(), kind: kind.to_owned() }
}

fn check_system_zone(zone: Zone, system: &System) -> Option<Message> {
    (!system.spec.zones.contains(&zone)).then(|| Message::ZoneMissing {
        field: "spec.zone".into(),
        value: zone.to_string(),
        place: format!("System {}", system.spec.display_name),
        allowed: listed(system.spec.zones.iter().map(ToString::to_string)),
    })
}

fn profile_of<'a>(
    workspace: &Workspace,
    department: &Department,
    facts: &Facts<'a>,
) -> Result<&'a IsolationProfileSpec, Message> {
    let named = workspace.spec.profile.as_deref().map(|name| ("spec.profile", name));
    let (field, name) = named
        .or(department
            .spec
            .isolation_profile
            .as_deref()
            .map(|name| ("Department.spec.isolationProfile", name)))
        .or(facts.default_profile.map(|name| ("District.spec.defaultProfile", name)))
        .ok_or(Message::NoProfile {})?;
    match facts.profiles.get(name) {
        Some((_, Readiness::Refused)) => Err(not_ready(field, name, "隔离方案 IsolationProfile")),
        Some((profile, _)) => Ok(profile),
        None => Err(Message::UnknownReference {
            field: field.to_owned(),
            value: name.to_owned(),
            kind: "隔离方案 IsolationProfile".into(),
            allowed: listed(facts.profiles.keys()),
        }),
    }
}

fn check_place(
    at: usize,
    place: &crds::WorkspaceSite,
    workspace: &Workspace,
    department: &Department,
    system: Option<&System>,
    facts: &Facts<'_>,
) -> Findings {
    let field = format!("spec.sites[{at}].site");
    let live = || {
        facts.data_centers.iter().filter(|(_, (spec, _))| data_center::is_live(spec)).map(|(name, _)| name)
    };
    let Some((site, right)) = facts.data_centers.get(&place.site) else {
        return vec![Message::UnknownReference {
            field,
            value: place.site.clone(),
            kind: "机房 DataCenter".into(),
            allowed: listed(live()),
        }];
    };
    if !data_center::is_live(site) {
        return vec![Message::SiteNotLive { field, value: place.site.clone(), allowed: listed(live()) }];
    }
    if *right == Readiness::Refused {
        return vec![not_ready(&field, &place.site, "机房 DataCenter")];
    }
    let mut findings = Findings::new();
    let allowed = &department.spec.allowed_sites;
    if !allowed.is_empty() && !allowed.contains(&place.site) {
        findings.push(Message::SiteNotAllowed { field, value: place.site.clone(), allowed: listed(allowed) });
    }
    let zone = workspace.spec.zone;
    if zone != Zone::Intranet && !site.zones.contains(&zone) {
        findings.push(Message::ZoneMissing {
            field: "spec.zone".into(),
            value: zone.to_string(),
            place: format!("DataCenter {}", place.site),
            allowed: listed(site.zones.iter().map(ToString::to_string)),
        });
    }
    if let (Some(system), Some(level)) = (system, site.level)
        && !level.carries(system.spec.level)
    {
        findings.push(Message::LevelTooHigh {
            system: system.spec.display_name.clone(),
            level: system.spec.level.to_string(),
            site: place.site.clone(),
            allowed: level.to_string(),
        });
    }
    if !Measured::of_share(&place.share).is_ok_and(|share| share.can_run()) {
        findings.push(Message::ShareEmpty {});
    }
    findings
}

/// The namespace that was assigned once, or the first free one.
fn assign(
    workspace: &Workspace,
    department: &DepartmentName,
    own: &str,
    facts: &Facts<'_>,
) -> Result<String, Message> {
    let adopted = workspace.spec.adopt.first().map(|adoption| &adoption.namespace);
    if let Some(assigned) = workspace.status.as_ref().and_then(|status| status.namespace.clone()) {
        if let Some(adopted) = adopted.filter(|adopted| **adopted != assigned) {
            return Err(Message::AdoptLate { namespace: adopted.clone(), assigned });
        }
        // Two objects with one namespace cannot come from us: one was written by hand or restored.
        return match (facts.taken)(&assigned) {
            Some(other) => Err(Message::NamespaceTaken { namespace: assigned, other }),
            None => Ok(assigned),
        };
    }
    let name = WorkspaceName::parse(own).map_err(|_| Message::WorkspaceName {})?;
    if let Some(adopted) = adopted {
        return match (facts.taken)(adopted) {
            Some(other) => Err(Message::NamespaceTaken { namespace: adopted.clone(), other }),
            None => Ok(adopted.clone()),
        };
    }
    // A site's word is only believed for a name that this workspace could have been given.
    let could_be = |known: &&str| {
        let rest = known.strip_prefix(format!("{department}-{name}").as_str());
        let numbered = |n: &str| n.parse::<u8>().is_ok_and(|n| (2..100).contains(&n));
        rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('-').is_some_and(numbered))
    };
    if let Some(known) = facts.known.filter(could_be).filter(|known| (facts.taken)(known).is_none()) {
        return Ok(known.to_owned());
    }
    workspace_namespace(department, &name, |namespace| (facts.taken)(namespace).is_some())
        .ok_or(Message::WorkspaceName {})
}

impl ValidWorkspace<'_> {
    /// What the workspace needs at each of its sites.
    #[must_use]
    pub fn entries(&self) -> BTreeMap<String, Entry> {
        let nothing = AtSite::default();
        let groups = self.department.spec.acting_groups(DepartmentRole::ON_SITES);
        let fence = |place: &crds::WorkspaceSite| Fence {
            namespace: &self.namespace,
            department: &self.name,
            workspace: (
                self.workspace.metadata.name.as_deref().unwrap_or_default(),
                self.workspace.metadata.uid.as_deref().unwrap_or_default(),
            ),
            display_name: &self.workspace.spec.display_name,
            system: self.system.metadata.name.as_deref().unwrap_or_default(),
            level: self.system.spec.level,
            zone: self.workspace.spec.zone,
            profile: self.profile,
            groups: &groups,
            hosts: &self.workspace.spec.hosts,
            frozen: self.workspace.spec.frozen,
            flows: self.flows.sites.get(&place.site).unwrap_or(&nothing),
            egress_mbit: place.egress_mbit,
        };
        let places = self.workspace.spec.sites.iter();
        places
            .map(|place| {
                let rendered = objects(&fence(place));
                let objects = match (adopt::adopts(self.workspace, &place.site), adopt::stage(self.workspace))
                {
                    (Some(_), Some(stage)) => {
                        let own = self.workspace.metadata.name.as_deref().unwrap_or_default();
                        staged(rendered, stage, &adopt::mark(self.name.as_str(), own))
                    }
                    _ => rendered,
                };
                (place.site.clone(), Entry { objects, share: place.share.clone() })
            })
            .collect()
    }
}

#[cfg(test)]
#[path = "workspace_tests.rs"]
mod tests;
