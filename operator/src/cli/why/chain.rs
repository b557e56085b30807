//! The chain itself: links over what was read, without a client.

use std::collections::BTreeSet;

use crds::{Lang, Message};
use kube::ResourceExt;
use serde::Serialize;

use super::super::causes::{About, Who, code, help, open_codes};
use super::super::find::{Named, find};
use super::super::seen::Seen;
use super::super::words::{self, Kind};
use super::links::Links;

/// The object that somebody asks about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) namespace: Option<&'a str>,
}

/// An object, or its place at a data centre, with what it says and what it waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Link {
    /// Kind of the object.
    pub(super) kind: Kind,
    /// Its namespace; null for kinds without.
    pub(super) namespace: Option<String>,
    /// Its name.
    pub(super) name: String,
    /// Its Chinese name; empty for kinds without.
    pub(super) display_name: String,
    /// Short name of the data centre that it is about; null for none.
    pub(super) site: Option<String>,
    /// Chinese name of that data centre.
    #[serde(skip)]
    pub(super) site_name: String,
    /// Whether it is as it should be.
    pub(super) ready: bool,
    /// What it says.
    pub(super) message: String,
    /// What it waits for.
    pub(super) because: Vec<Link>,
}

/// Where a chain ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cause {
    /// Kind of the object.
    kind: Kind,
    /// Its namespace; null for kinds without.
    namespace: Option<String>,
    /// Its name.
    name: String,
    #[serde(skip)]
    called: (String, String),
    /// Short name of the data centre that it is about; null for none.
    site: Option<String>,
    /// The code of the sentence; null when it has none.
    pub(super) code: Option<u16>,
    /// The sentence.
    pub(super) message: String,
    /// Who can do something about it.
    who: Who,
    /// The command that would help; null where none of the hub's does.
    pub(super) command: Option<String>,
}

/// The chain of an object.
pub(super) fn chain(seen: &Seen, target: &Target<'_>) -> Result<Link, Message> {
    let mut links = Links::of(seen);
    let name = target.name;
    match target.kind {
        Kind::District => Ok(links.plain(one(seen.districts.as_deref(), target)?)),
        Kind::DataCenter => Ok(links.data_center(one(seen.data_centers.as_deref(), target)?)),
        Kind::Department => Ok(links.department(one(seen.departments.as_deref(), target)?)),
        Kind::System => Ok(links.system(one(seen.systems.as_deref(), target)?)),
        Kind::Workspace => Ok(links.workspace(one(seen.workspaces.as_deref(), target)?)),
        Kind::WorkspaceSet => Ok(links.workspace_set(one(seen.sets.as_deref(), target)?)),
        Kind::IsolationProfile => Ok(links.plain(one(seen.profiles.as_deref(), target)?)),
        Kind::WorkCalendar => Ok(links.plain(one(seen.calendars.as_deref(), target)?)),
        Kind::ApprovalPolicy => Ok(links.plain(one(seen.policies.as_deref(), target)?)),
        Kind::ResourceRequest => Ok(links.request(one(seen.requests.as_deref(), target)?)),
        Kind::Approval => Ok(links.plain(one(seen.approvals.as_deref(), target)?)),
        Kind::Budget => Ok(links.budget(one(seen.budgets.as_deref(), target)?)),
        Kind::Grant => Ok(links.grant(one(seen.grants.as_deref(), target)?)),
        Kind::Allotment => {
            // People call it by its department.
            let department = seen.departments.as_deref().and_then(|all| find(all, name).ok());
            let short = department.map_or(name.to_owned(), ResourceExt::name_any);
            Ok(links.allotment(one(seen.allotments.as_deref(), &Target { name: &short, ..*target })?))
        }
        Kind::Removal => Ok(links.removal(one(seen.removals.as_deref(), target)?)),
        Kind::Ruling => Ok(links.ruling(one(seen.rulings.as_deref(), target)?)),
    }
}

/// The one object that is meant.
fn one<'a, K: Named + Clone>(all: Option<&'a [K]>, target: &Target<'_>) -> Result<&'a K, Message> {
    let kind = || K::KIND.in_message();
    let all = all.ok_or_else(|| Message::NotVisible { kind: kind() })?;
    let Some(namespace) = target.namespace else { return find(all, target.name) };
    let home = |object: &K| object.namespace().is_none_or(|home| home == namespace);
    let there: Vec<K> = all.iter().filter(|object| home(object)).cloned().collect();
    let found = find(&there, target.name)?;
    all.iter()
        .find(|object| object.name_any() == found.name_any() && object.namespace() == found.namespace())
        .ok_or_else(|| Message::NotFound { kind: kind(), name: target.name.to_owned() })
}

impl Link {
    /// Whether it is as it should be.
    pub(super) fn is_well(&self) -> bool {
        self.ready
    }

    /// How people call it: kind, Chinese name, short name, data centre.
    pub(super) fn called(&self, lang: Lang) -> String {
        let path = match &self.namespace {
            Some(namespace) => format!("{namespace}/{}", self.name),
            None => self.name.clone(),
        };
        let kind = self.kind.word().of(lang);
        let name =
            if self.display_name.is_empty() { path } else { format!("{} ({path})", self.display_name) };
        match (&self.site, lang) {
            (None, _) => format!("{kind} {name}"),
            // A set of orders has no kind of its own: its data centre says what became of it.
            (Some(_), Lang::Zh) if self.kind == Kind::DataCenter => {
                format!("{}的{} {}", self.site_name, words::SETS.of(lang), self.display_name)
            }
            (Some(_), Lang::En) if self.kind == Kind::DataCenter => {
                format!("Set of orders {} at {}", self.display_name, self.site_name)
            }
            (Some(_), Lang::Zh) => format!("{}的{kind} {name}", self.site_name),
            (Some(_), Lang::En) => format!("{kind} {name} at {}", self.site_name),
        }
    }
}

/// Where the chain ends: links that are not as they should be and behind which nothing more was found. Each once.
pub(super) fn causes(link: &Link) -> Vec<Cause> {
    let (mut found, mut known) = (Vec::new(), BTreeSet::new());
    gather(link, &mut found);
    // What somebody can do something about comes first.
    found.sort_by_key(|cause: &Cause| cause.who == Who::Nobody);
    found.retain(|cause| {
        known.insert((cause.kind, cause.namespace.clone(), cause.name.clone(), cause.message.clone()))
    });
    found
}

fn gather(link: &Link, found: &mut Vec<Cause>) {
    let deeper: Vec<&Link> = link.because.iter().filter(|link| !link.ready).collect();
    for link in &deeper {
        gather(link, found);
    }
    if deeper.is_empty() && !link.ready {
        found.extend(of(link));
    }
}

/// A cause for each sentence of a link that somebody can do something about, else for the first.
fn of(link: &Link) -> Vec<Cause> {
    let helped: Vec<&str> = link.message.lines().filter(|line| open_codes(line).next().is_some()).collect();
    let lines = if helped.is_empty() { link.message.lines().take(1).collect() } else { helped };
    lines
        .into_iter()
        .map(|line| {
            let code = code(line);
            let help = code.map(help);
            let about = about(link.kind, link.namespace.as_deref(), &link.name, link.site.as_deref());
            Cause {
                kind: link.kind,
                namespace: link.namespace.clone(),
                name: link.name.clone(),
                called: (link.called(Lang::Zh), link.called(Lang::En)),
                site: link.site.clone(),
                code,
                message: line.to_owned(),
                who: help.map_or(Who::Platform, |help| help.who(link.kind)),
                command: help.and_then(|help| help.command(&about)),
            }
        })
        .collect()
}

fn about<'a>(kind: Kind, namespace: Option<&'a str>, name: &'a str, site: Option<&'a str>) -> About<'a> {
    About { kind, namespace, name, site }
}

impl Cause {
    /// How people call the object.
    pub(super) fn called(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.called.0.clone(),
            Lang::En => self.called.1.clone(),
        }
    }

    /// What would help, as a sentence.
    pub(super) fn sentence(&self, lang: Lang) -> Option<Message> {
        let about = about(self.kind, self.namespace.as_deref(), &self.name, self.site.as_deref());
        help(self.code?).sentence(&about, lang)
    }
}
