//! `tree`: a department with all that it has, down to its namespaces on the sites.

use crds::{Amounts, Lang, Message, Share};
use kube::ResourceExt;
use plan::names::{DepartmentName, department_namespace, site_of};
use serde::Serialize;
use termtree::Tree;

use super::failure::{Exit, Failure};
use super::find::{Named, find};
use super::output::{self, Output};
use super::page::one_line;
use super::reach::{Connect, reach};
use super::seen::health::{Health, health};
use super::seen::read::{Ask, read};
use super::seen::{Names, Seen};
use super::table::{clean, clean_lines};
use super::words::{self, Kind, Word};

/// What `tree` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct TreeArgs {
    /// The department.
    #[arg(help = "单位短码或中文名 (department: short name or Chinese name)")]
    pub(crate) department: String,
    /// Form of the answer.
    #[arg(short, long, value_enum, default_value_t = Output::Text, help = "输出形式 (form of the answer)")]
    pub(crate) output: Output,
}

/// The answer of `-o json`, and what people are shown. Fields are added, never renamed or given another meaning.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    /// Its kind; null for a namespace at a data centre.
    kind: Option<Kind>,
    /// Short name.
    name: String,
    /// Chinese name, else empty.
    display_name: String,
    /// What is worth knowing of it, in words.
    #[serde(skip)]
    says: Vec<(Word, String)>,
    /// As `says`, of what is a word itself.
    #[serde(skip)]
    classes: Vec<(Word, Word)>,
    /// How well it is; null where nobody judges it.
    health: Option<Health>,
    /// What `Ready` says, or what the data centre says.
    message: String,
    /// For a namespace at a data centre: its name there.
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    /// For a namespace at a data centre: how far it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<crds::tenancy::workspace::PlaceState>,
    /// What may be used: of a budget, a grant's part, a workspace's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    amounts: Option<Amounts>,
    /// For a grant's part: what the data centre was told that the department has.
    #[serde(skip_serializing_if = "Option::is_none")]
    told: Option<Amounts>,
    /// For a grant's part: what is charged to the budget.
    #[serde(skip_serializing_if = "Option::is_none")]
    counted: Option<Amounts>,
    /// What is below it.
    children: Vec<Node>,
}

/// Shows the tree of a department.
pub(super) async fn run(args: &TreeArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let connection = reach(connect).await?;
    let seen = read(&connection, Ask { namespace: None, department: Some(&args.department) }).await?;
    let tree = tree(&seen, &args.department)?;
    match args.output {
        Output::Text => output::text(&tree.show(lang).to_string())?,
        Output::Json => output::json(&tree)?,
    }
    Ok(if tree.is_well() { Exit::Well } else { Exit::NotWell })
}

fn tree(seen: &Seen, wanted: &str) -> Result<Node, Message> {
    let not_visible = || Message::NotPermitted { kind: Kind::Department.in_message() };
    let (name, found) = match &seen.departments {
        Some(all) => {
            let found = find(all, wanted)?;
            (found.name_any(), Some(found))
        }
        None => (wanted.to_owned(), None),
    };
    let department = DepartmentName::parse(&name).map_err(|_| not_visible())?;
    // Nothing that is theirs can be seen: that is not the same as a department that has nothing.
    if seen.systems.is_none() && seen.workspaces.is_none() && seen.budgets.is_none() {
        return Err(not_visible());
    }
    let of =
        Branches { seen, names: Names::of(seen), namespace: department_namespace(&department), department };
    let root = match found {
        Some(found) => node(found),
        None => Node { name, ..Node::empty(Some(Kind::Department)) },
    };
    Ok(Node { children: of.all(), ..root })
}

/// What hangs below a department.
struct Branches<'a> {
    seen: &'a Seen,
    names: Names,
    namespace: String,
    department: DepartmentName,
}

impl Branches<'_> {
    fn all(&self) -> Vec<Node> {
        let budgets = self.own(self.seen.budgets.as_deref()).map(|budget| Node {
            says: vec![(words::YEAR, budget.spec.year.to_string())],
            classes: vec![(words::FUNDING, words::funding(budget.spec.funding))],
            amounts: Some(budget.spec.total.clone()),
            ..node(budget)
        });
        let grants = self.own(self.seen.grants.as_deref()).map(|grant| Node {
            says: vec![(words::UNTIL, grant.spec.until.clone())],
            children: grant
                .spec
                .sites
                .iter()
                .map(|given| self.granted(&given.site, &given.amounts))
                .collect(),
            ..node(grant)
        });
        let known: Vec<String> = self.own(self.seen.systems.as_deref()).map(ResourceExt::name_any).collect();
        let systems = self.own(self.seen.systems.as_deref()).map(|system| Node {
            says: vec![(words::LEVEL, system.spec.level.to_string())],
            children: self.workspaces(|of| of == system.name_any()),
            ..node(system)
        });
        // A workspace of a system that is not registered hangs below the department itself.
        let lost = self.workspaces(|of| !known.iter().any(|name| name == of));
        budgets.chain(grants).chain(systems).chain(lost).collect()
    }

    fn own<'b, K: Named>(&'b self, all: Option<&'b [K]>) -> impl Iterator<Item = &'b K> {
        let own = move |object: &&K| object.namespace().as_deref() == Some(self.namespace.as_str());
        all.unwrap_or_default().iter().filter(own)
    }

    /// What a grant gives at a data centre, and what came of it there.
    fn granted(&self, site: &str, amounts: &Amounts) -> Node {
        let record = self.seen.allotments.iter().flatten().find(|record| {
            record.name_any() == self.department.as_str()
                && record.namespace().as_deref().and_then(site_of).is_some_and(|at| at.as_str() == site)
        });
        let status = record.and_then(|record| record.status.clone()).unwrap_or_default();
        let judged = record.map(health);
        Node {
            name: clean(site),
            display_name: self.called(site),
            health: judged.as_ref().map(|(health, _)| *health),
            message: judged.map(|(_, message)| message).unwrap_or_default(),
            amounts: Some(amounts.clone()),
            told: status.told,
            counted: status.counted,
            ..Node::empty(None)
        }
    }

    fn workspaces(&self, of_system: impl Fn(&str) -> bool) -> Vec<Node> {
        let wanted = self.own(self.seen.workspaces.as_deref());
        let wanted = wanted.filter(|workspace| of_system(&workspace.spec.system));
        wanted
            .map(|workspace| Node {
                classes: vec![(words::ZONES, words::zone(workspace.spec.zone))],
                children: self.places(workspace),
                ..node(workspace)
            })
            .collect()
    }

    /// The namespaces of a workspace: where it is wanted, then where it still stands.
    fn places(&self, workspace: &crds::Workspace) -> Vec<Node> {
        let status = workspace.status.clone().unwrap_or_default();
        let wanted = workspace.spec.sites.iter().map(|place| (place.site.as_str(), Some(&place.share)));
        let is_wanted = |site: &str| workspace.spec.sites.iter().any(|place| place.site == site);
        let left = status.sites.iter().filter(|place| !is_wanted(&place.site));
        let all = wanted.chain(left.map(|place| (place.site.as_str(), None)));
        all.map(|(site, share)| {
            let known = status.sites.iter().find(|known| known.site == site);
            Node {
                name: clean(site),
                display_name: self.called(site),
                message: clean_lines(known.and_then(|known| known.message.as_deref()).unwrap_or_default()),
                namespace: status.namespace.as_deref().map(clean),
                state: known.map(|known| known.state),
                amounts: share.map(amounts),
                ..Node::empty(None)
            }
        })
        .collect()
    }

    fn called(&self, site: &str) -> String {
        clean(self.names.site(site))
    }
}

fn amounts(share: &Share) -> Amounts {
    let Share { cpu, memory, storage, pods, volumes, services } = share.clone();
    Amounts { cpu, memory, storage, pods, volumes, services, namespaces: 1 }
}

fn node<K: Named>(object: &K) -> Node {
    let (health, message) = health(object);
    Node {
        name: object.name_any(),
        display_name: clean(object.display_name()),
        health: Some(health),
        message,
        ..Node::empty(Some(K::KIND))
    }
}

impl Node {
    fn empty(kind: Option<Kind>) -> Self {
        Self {
            kind,
            name: String::new(),
            display_name: String::new(),
            says: Vec::new(),
            classes: Vec::new(),
            health: None,
            message: String::new(),
            namespace: None,
            state: None,
            amounts: None,
            told: None,
            counted: None,
            children: Vec::new(),
        }
    }

    fn is_well(&self) -> bool {
        !self.health.is_some_and(Health::is_problem) && self.children.iter().all(Self::is_well)
    }

    fn show(&self, lang: Lang) -> Tree<String> {
        Tree::new(self.line(lang)).with_leaves(self.children.iter().map(|child| child.show(lang)))
    }

    /// Kind, Chinese name, short name, what is worth knowing, and what it waits for unless it is well.
    fn line(&self, lang: Lang) -> String {
        let kind = self.kind.map(|kind| kind.word().of(lang).to_owned());
        let name = match (&self.display_name, &self.name) {
            (called, name) if called.is_empty() || called == name => name.clone(),
            (called, name) => format!("{called} ({name})"),
        };
        let known = self.says.iter().map(|(word, text)| format!("{} {text}", word.of(lang)));
        let classes =
            self.classes.iter().map(|(word, class)| format!("{} {}", word.of(lang), class.of(lang)));
        let much = self.amounts.iter().flat_map(|amounts| {
            [(words::CPU, &amounts.cpu), (words::MEMORY, &amounts.memory), (words::STORAGE, &amounts.storage)]
                .map(|(word, amount)| format!("{} {amount}", word.of(lang)))
        });
        let lent = [(words::TOLD_AMOUNT, &self.told), (words::COUNTED, &self.counted)];
        let lent = lent.into_iter().filter_map(|(word, amounts)| {
            Some(format!("{} {} {}", word.of(lang), words::CPU.of(lang), amounts.as_ref()?.cpu))
        });
        let state = self.state.map(|state| words::state(state).of(lang).to_owned());
        let waits = !self.message.is_empty() && self.health != Some(Health::Ready);
        let waits = waits.then(|| one_line(&self.message, lang));
        let parts = kind
            .into_iter()
            .chain([name])
            .chain(self.namespace.clone())
            .chain(known)
            .chain(classes)
            .chain(much);
        parts.chain(lent).chain(state).chain(waits).collect::<Vec<_>>().join("  ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::status::means_tests::short;
    use super::*;

    #[test]
    fn a_department_is_shown_down_to_its_namespaces() {
        insta::assert_snapshot!(tree(&short(), "区教育局").unwrap().show(Lang::Zh).to_string());
        insta::assert_snapshot!(serde_json::to_string_pretty(&tree(&short(), "jiaoyu").unwrap()).unwrap());
    }

    #[test]
    fn a_tree_with_something_that_is_not_well_is_not_well() {
        assert!(!tree(&short(), "jiaoyu").unwrap().is_well());
        assert!(tree(&short(), "kewei").unwrap().is_well());
    }

    #[test]
    fn who_may_see_nothing_of_a_department_is_not_shown_an_empty_one() {
        let seen = Seen { departments: None, systems: None, workspaces: None, budgets: None, ..short() };
        assert!(matches!(tree(&seen, "jiaoyu"), Err(Message::NotPermitted { .. })));
        let own = Seen { departments: None, ..short() };
        assert_eq!(tree(&own, "jiaoyu").unwrap().children.len(), 3);
    }
}
