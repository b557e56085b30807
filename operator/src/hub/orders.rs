//! Orders: what each site is told for each department. Written with a resourceVersion precondition, never forced.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crds::{Message, Order, OrderId, SiteBundle, SiteBundleSpec, labels};
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, PostParams, Preconditions};
use plan::access;
use plan::admission::{Place, refused};
use plan::admittance::Standing as SiteStanding;
use plan::budget::until_tomorrow;
use plan::bundle::{Content, Entry, SHARD_BYTES, TERM_SET, Taken, department_content, shard_name};
use plan::flows;
use plan::isolation::executor;
use plan::measured::Measured;
use plan::names::{DepartmentName, SiteName, department_namespace, site_namespace, site_of};
use plan::order::{Line, Next, Standing as Stands, Tell, Word, superseded, tell};
use plan::report::held as held_order;
use plan::ruling;
use plan::until::left;
use tracing::warn;

use super::context::{Context, Leadership, Standing, persons, said};
use super::egress::{self, Asks};
use super::lending::lend_to_sites;
use super::workspace::{Decision, dereference};
use super::{access_grant, budget, removal};
use crate::runtime::cache::{Key, key_of};
use crate::runtime::drive::{Outcome, Pass};
use crate::runtime::error::Error;
use crate::runtime::log::code_of;

/// One pass over all orders of one department.
pub(crate) async fn pass(
    context: Arc<Context>,
    leadership: Arc<Leadership>,
    _: String,
    name: String,
) -> Result<Pass, Error> {
    let Ok(department) = DepartmentName::parse(&name) else { return Ok(Outcome::Skipped.into()) };
    let (filed, mut next) = match filed(&context, &department) {
        Ok(filed) => filed,
        // A set is told whole: half of a department's workspaces now and the rest a moment later would be two orders.
        Err(what) => return Ok(Pass::waiting(what)),
    };
    let judged = budget::judged(&context, &department);
    let active = judged.active.clone();
    let lending = match lend_to_sites(&context, &leadership, &department, judged).await? {
        Ok(lending) => lending,
        Err(what) => return Ok(Pass::waiting(what)),
    };
    // Looked up and not searched for: a site can make the hub look at any name.
    let rooms = context.caches.data_centers.all().into_iter().map(|((_, site), _)| site);
    let told = rooms.filter(|site| {
        let at = SiteName::parse(site).map(|site| site_namespace(&site)).unwrap_or_default();
        context.caches.bundles.get(&at, &name).is_some()
    });
    let taken = removal::sites(&context, &department);
    let ruled = ruled(&context, &name);
    let named = filed.iter().flat_map(|filed| filed.entries.keys().cloned());
    let sites: BTreeSet<String> = named.chain(told).chain(taken).chain(ruled).collect();
    let (mut waiting, mut failure) = (Vec::new(), None);
    let now = context.clock.now();
    for site in sites {
        let Ok(site_name) = SiteName::parse(&site) else { continue };
        let standing = context.caches.standing(&site_namespace(&site_name), &name);
        let previous = standing.as_ref().and_then(|standing| standing.content.as_ref());
        if standing.is_some() && previous.is_none() {
            // Built upon nothing, the next order would forget what is no longer registered but still stands.
            waiting.push(Message::WaitingFor { what: format!("SiteBundle {name} ({site})") }.to_string());
            continue;
        }
        let taken = removal::taken(&context, &department, &site_name, previous);
        let entries = granted(&context, &site_name, &filed, previous, &taken, active.get(&site));
        let mut content = department_content(&name, previous, vec![executor(&department)], entries, taken);
        // Also in what stays as it was, for a workspace that is wrong now or no longer registered: an end is an end.
        next = [next, flows::end_in(&mut content, now)].into_iter().flatten().min();
        let ((), ends) = access_grant::opened(&context, &department, &site_name, |open| {
            access::put(&mut content, previous, &department, open);
        });
        next = [next, ends].into_iter().flatten().min();
        lending.allot(&mut content, &site_name);
        match tell_site(&context, &leadership, &site_name, &content).await {
            Ok(why) => waiting.extend(why.map(|why| why.to_string())),
            // One site that cannot be told does not keep the others from it.
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    if let Some(failure) = failure {
        return Err(failure);
    }
    egress::freed(&context);
    let outcome = if waiting.is_empty() { Outcome::Applied } else { Outcome::Waiting(waiting.join("; ")) };
    // With the day, grants end and years begin; flows end at their own time.
    let tomorrow = until_tomorrow(now);
    Ok(Pass { outcome, again: Some(next.map_or(tomorrow, |next| left(next, now).min(tomorrow))) })
}

/// The entries at one site whose shares are granted; of the others it is remembered why not, and what they had before stays.
fn granted(
    context: &Context,
    site: &SiteName,
    filed: &[Filed],
    previous: Option<&Content>,
    taken: &Taken,
    active: Option<&Measured>,
) -> BTreeMap<String, Entry> {
    let mut has: BTreeMap<&str, Measured> = previous
        .iter()
        .flat_map(|content| &content.allotment)
        .filter(|share| !taken.namespaces.contains(&share.namespace))
        .map(|share| (share.namespace.as_str(), Measured::of_share(&share.share).unwrap_or_default()))
        .collect();
    let here = || {
        let entry = |filed: &'_ Filed| {
            filed.entries.get(site.as_str()).map(|entry| (filed.namespace.clone(), entry.clone()))
        };
        filed.iter().filter_map(entry)
    };
    let places: Vec<Place> = here()
        .map(|(namespace, entry)| {
            let share = Measured::of_share(&entry.share).unwrap_or_default();
            Place { has: has.remove(namespace.as_str()), namespace, share }
        })
        .collect();
    let kept = Measured::sum(has.values());
    let mut refused = refused(site.as_str(), &places, &kept, active);
    let at = site_namespace(site);
    let mut entries = BTreeMap::new();
    for ((namespace, entry), filed) in
        here().zip(filed.iter().filter(|filed| filed.entries.contains_key(site.as_str())))
    {
        let why = refused.remove(&namespace);
        if why.is_none() {
            entries.insert(namespace.clone(), entry);
        }
        if context.refused.set((at.clone(), namespace), why) {
            context.queues.workspaces.add(filed.key.clone());
        }
    }
    entries
}

/// The sites about whose orders of a set persons ruled: also where the hub itself has nothing to tell.
fn ruled(context: &Context, set: &str) -> Vec<String> {
    let rulings = context.caches.rulings.all().into_iter();
    let about = rulings.filter(|(_, ruling)| ruling.spec.sets.iter().any(|ruled| ruled.set == set));
    about.filter_map(|((namespace, _), _)| site_of(&namespace).map(|site| site.to_string())).collect()
}

/// A workspace that is right and has a name, and what every site should have of it.
struct Filed {
    key: Key,
    created: Option<Timestamp>,
    namespace: String,
    entries: BTreeMap<String, Entry>,
}

/// The workspaces of a department that are right and have a name, the oldest first, and when their flows next change by themselves.
fn filed(context: &Context, department: &DepartmentName) -> Result<(Vec<Filed>, Option<Timestamp>), Message> {
    let namespace = department_namespace(department);
    let (mut filed, mut next) = (Vec::new(), None);
    let workspaces = context.caches.workspaces.in_namespace(&namespace);
    context.exit.keep_only(&namespace, &workspaces.iter().map(|(name, _)| name.clone()).collect());
    for (name, workspace) in workspaces {
        let key = (namespace.clone(), name);
        let decision =
            dereference(context, &workspace, &key)
                .judge(&workspace, context, Asks::ForItsOrders, |judged| Decision::of(&judged));
        let assigned = workspace.status.as_ref().and_then(|status| status.namespace.clone());
        match (decision, assigned) {
            (Decision::Valid { namespace, entries, flows }, Some(assigned)) if namespace == assigned => {
                next = [next, flows.next].into_iter().flatten().min();
                let created = workspace.metadata.creation_timestamp.as_ref().map(|at| at.0);
                filed.push(Filed { key, created, namespace, entries });
            }
            (Decision::Valid { .. }, _) => {
                return Err(Message::WaitingFor { what: format!("Workspace {}/{}", key.0, key.1) });
            }
            (Decision::NotYet(what), _) => return Err(what),
            // A wrong workspace changes nothing: what was told of it before stands.
            (Decision::Refused(_), _) => context.exit.give_back(&key),
        }
    }
    filed.sort_by(|one, other| (one.created, &one.key).cmp(&(other.created, &other.key)));
    Ok((filed, next))
}

/// Tells a site the term of this leadership: one small object, written once by each leader.
pub(super) async fn tell_term(
    context: &Context,
    leadership: &Leadership,
    site: &SiteName,
    content: &Content,
) -> Result<(), Error> {
    let namespace = site_namespace(site);
    let standing = context.caches.standing(&namespace, TERM_SET);
    let told = standing.as_ref().map(|standing| &standing.order.term);
    // Told already; or another leader began after us, and this process is about to end.
    if told.is_some_and(|told| *told == leadership.term || superseded(told, &leadership.term)) {
        return Ok(());
    }
    let next = Next {
        revision: standing.as_ref().map_or(1, |standing| standing.order.revision + 1),
        after: Vec::new(),
        because: None,
    };
    let order = seal(leadership, next, content)?;
    write(context, &namespace, content, &order, standing.as_ref()).await
}

/// Tells a site the content of a set, or says why it is not told.
async fn tell_site(
    context: &Context,
    leadership: &Leadership,
    site: &SiteName,
    content: &Content,
) -> Result<Option<Message>, Error> {
    let namespace = site_namespace(site);
    let set = content.set.as_str();
    let standing = context.caches.standing(&namespace, set);
    let next = decide(context, leadership, site, content, standing.as_ref());
    let held = match &next {
        Tell::Hold(why) => Some(why.clone()),
        _ => None,
    };
    hold(context, &namespace, set, held.clone());
    if let Tell::Write(next) = next {
        if let Some(because) = &next.because {
            let (site, code) = (site.as_str(), code_of(because));
            warn!(outcome = "told again", slice = "orders", site, name = set, code, cause = %because, "told again");
        }
        let order = seal(leadership, next, content)?;
        write(context, &namespace, content, &order, standing.as_ref()).await?;
    }
    Ok(held)
}

/// What is told next, from what stands, what the site says, and what persons ruled.
fn decide(
    context: &Context,
    leadership: &Leadership,
    site: &SiteName,
    content: &Content,
    standing: Option<&Standing>,
) -> Tell {
    let Leadership { epoch, term } = leadership;
    let namespace = site_namespace(site);
    let rulings = context.caches.rulings(&namespace);
    let rulings = persons(&rulings);
    if ruling::standing(&rulings) == SiteStanding::Abandoned {
        return Tell::Hold(Message::SiteAbandoned { site: site.to_string() });
    }
    if context.caches.data_centers.get("", site.as_str()).is_some_and(|room| room.spec.observe) {
        return Tell::Hold(Message::SiteObserved { site: site.to_string() });
    }
    let reports = context.caches.reports(&namespace);
    let said = said(&reports);
    let heard = said.head().filter(|head| head.epoch == *epoch).and_then(|head| head.term.as_ref());
    if let Some(newer) = heard.filter(|heard| superseded(heard, term)) {
        return Tell::Hold(Message::SiteNewerTerm {
            site: site.to_string(),
            number: newer.number.to_string(),
        });
    }
    let set = content.set.as_str();
    let holds: Option<OrderId> = said.set(set).map(|reported| held_order(Some(reported)));
    let word = Word {
        holds: holds.as_ref(),
        echoed: heard == Some(term),
        ruled: holds.as_ref().is_some_and(|holds| ruling::follows(&rulings, set, holds)),
    };
    let stands = standing.map(|standing| Stands {
        order: &standing.order,
        wanted: standing.content.as_ref() == Some(content),
    });
    tell(stands, word, Line { epoch, term, site: site.as_str(), set })
}

fn seal(leadership: &Leadership, next: Next, content: &Content) -> Result<Order, Error> {
    let Leadership { epoch, term } = leadership.clone();
    let Next { revision, after, because: _ } = next;
    let order = Order { epoch, term, revision, after, digest: String::new() };
    content.seal(order).map_err(|source| Error::Convert { what: format!("the set {}", content.set), source })
}

/// Remembers why a set is not told, and has its workspaces and its site say so when that is new.
fn hold(context: &Context, namespace: &str, set: &str, why: Option<Message>) {
    if context.held.set((namespace.to_owned(), set.to_owned()), why) {
        if let Some(site) = site_of(namespace) {
            context.queues.data_centers.add((String::new(), site.to_string()));
        }
        let department = format!("dept-{set}");
        for (name, _) in context.caches.workspaces.in_namespace(&department) {
            context.queues.workspaces.add((department.clone(), name));
        }
    }
}

/// Writes all shards of an order, the first one last: it names digest and count of the others, which carry the digest in their
/// names, so an interrupted write leaves the order before it whole.
async fn write(
    context: &Context,
    namespace: &str,
    content: &Content,
    order: &Order,
    standing: Option<&Standing>,
) -> Result<(), Error> {
    let api: Api<SiteBundle> = Api::namespaced(context.client.clone(), namespace);
    let shards = content.shards(order, SHARD_BYTES);
    let mut written = BTreeSet::new();
    for spec in shards.into_iter().rev() {
        let name = shard_name(&spec.set, &order.digest, spec.shard.index);
        let version = match spec.shard.index {
            // What the decision rests on is what may be replaced.
            0 => standing.and_then(|standing| standing.version.clone()),
            _ => context.caches.bundles.get(namespace, &name).and_then(|bundle| bundle.resource_version()),
        };
        write_shard(context, &api, namespace, spec, version).await?;
        written.insert(name);
    }
    let stale = context.caches.bundles.in_namespace(namespace).into_iter();
    let stale = stale.filter(|(name, bundle)| bundle.spec.set == content.set && !written.contains(name));
    for (name, bundle) in stale {
        // Left over from a longer order of the same set: an order, not what it ordered.
        let preconditions = Preconditions { uid: bundle.uid(), resource_version: bundle.resource_version() };
        let parameters = DeleteParams::default().preconditions(preconditions);
        api.delete(&name, &parameters).await.map_err(|source| failed(namespace, &name, source))?;
    }
    Ok(())
}

async fn write_shard(
    context: &Context,
    api: &Api<SiteBundle>,
    namespace: &str,
    spec: SiteBundleSpec,
    version: Option<String>,
) -> Result<(), Error> {
    let name = shard_name(&spec.set, &spec.order.digest, spec.shard.index);
    let records = context.records.head().filter(|_| spec.shard.index == 0);
    let spec = SiteBundleSpec { records, ..spec };
    let mut bundle = SiteBundle::new(&name, spec);
    bundle.metadata.namespace = Some(namespace.to_owned());
    bundle.labels_mut().insert(labels::MANAGED_BY.into(), labels::MANAGER.into());
    let written = match version {
        Some(version) => {
            bundle.metadata.resource_version = Some(version);
            api.replace(&name, &PostParams::default(), &bundle).await
        }
        None => api.create(&PostParams::default(), &bundle).await,
    };
    let mut written = written.map_err(|source| failed(namespace, &name, source))?;
    context.metrics.wrote("SiteBundle");
    written.managed_fields_mut().clear();
    context.caches.bundles.put(key_of(&written), written);
    Ok(())
}

fn failed(namespace: &str, name: &str, source: kube::Error) -> Error {
    Error::Order { namespace: namespace.to_owned(), name: name.to_owned(), source: Box::new(source) }
}
