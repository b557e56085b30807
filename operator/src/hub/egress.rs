//! The shares of the district's Internet exit: what orders give, and what was decided and is not told yet. Decided under one
//! lock, so that two passes at a time cannot both have the last of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crds::{Message, SiteBundle, labels};
use plan::bundle::text;
use plan::egress::{Claim, admit};

use super::context::Context;
use super::flows;
use crate::runtime::cache::{Change, Key};

/// Mbit/s by site.
type BySite = BTreeMap<String, u32>;

/// All shares.
#[derive(Debug, Default)]
pub(crate) struct Exit(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// What orders give to namespaces, by the object that says so (site namespace and name).
    told: BTreeMap<Key, BTreeMap<String, u32>>,
    /// What was decided for workspaces, with the namespace of each: counted until an order says otherwise.
    decided: BTreeMap<Key, (String, BySite)>,
    /// Workspaces that found too little left.
    waiting: BTreeSet<Key>,
    /// Whether anything became free since they were last told.
    freed: bool,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// The workspace's own pass, while orders with more may be on their way: it never gives back.
    ForItsStatus,
    /// The pass that writes the orders, one at a time for a department: what it asks for is what will be told.
    ForItsOrders,
}

impl Exit {
    /// Takes a share for a workspace, by site, or says why it cannot.
    pub(super) fn take(
        &self,
        who: &Key,
        asks: Asks,
        namespace: &str,
        total: u32,
        asked: BySite,
    ) -> Result<(), Message> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.values().all(|asked| *asked == 0) && !state.decided.contains_key(who) {
            state.waiting.remove(who);
            return Ok(());
        }
        let held = state.held(namespace, state.decided.get(who).map(|(_, decided)| decided));
        let claim = Claim { held, asked };
        if let Err(said) = admit(total, state.others(who, namespace), &claim) {
            state.waiting.insert(who.clone());
            return Err(said);
        }
        let Claim { mut asked, .. } = claim;
        let before = state.decided.remove(who).map(|(_, before)| before).unwrap_or_default();
        for (site, amount) in before {
            let asked = asked.entry(site).or_default();
            match asks {
                Asks::ForItsStatus => *asked = (*asked).max(amount),
                Asks::ForItsOrders => state.freed |= *asked < amount,
            }
        }
        asked.retain(|_, amount| *amount > 0);
        state.waiting.remove(who);
        if !asked.is_empty() {
            state.decided.insert(who.clone(), (namespace.to_owned(), asked));
        }
        Ok(())
    }

    /// What was decided for a workspace that is wrong now, and so is not told, is given back; what orders give it stays.
    pub(super) fn give_back(&self, who: &Key) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.freed |= state.decided.remove(who).is_some();
    }

    /// What was decided for workspaces of a department's namespace that are no longer there is given back.
    pub(super) fn keep_only(&self, namespace: &str, there: &BTreeSet<String>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.decided.len();
        state.decided.retain(|(of, name), _| of != namespace || there.contains(name));
        state.freed |= state.decided.len() < before;
        state.waiting.retain(|(of, name)| of != namespace || there.contains(name));
    }

    /// Takes what a changed order gives.
    pub(super) fn learn(&self, change: &Change<'_, SiteBundle>) {
        let gives = change.new.map(gives).unwrap_or_default();
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = if gives.is_empty() {
            state.told.remove(change.key)
        } else {
            state.told.insert(change.key.clone(), gives.clone())
        };
        let less = |(namespace, amount): (String, u32)| gives.get(&namespace).is_none_or(|now| *now < amount);
        state.freed |= before.unwrap_or_default().into_iter().any(less);
    }

    /// Who found too little and should look again, because something became free since this was last asked.
    pub(super) fn may_look_again(&self) -> BTreeSet<Key> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut state.freed) { state.waiting.clone() } else { BTreeSet::new() }
    }
}

impl State {
    /// What a namespace has at each site: what orders give it, or what was decided, whichever is more.
    fn held(&self, namespace: &str, decided: Option<&BySite>) -> BySite {
        let mut held: BySite = decided.cloned().unwrap_or_default();
        for ((at, _), gives) in &self.told {
            if let Some(amount) = gives.get(namespace) {
                let site = at.strip_prefix("site-").unwrap_or(at);
                let known = held.entry(site.to_owned()).or_default();
                *known = (*known).max(*amount);
            }
        }
        held
    }

    /// What all others have together.
    fn others(&self, who: &Key, own: &str) -> u64 {
        let told = self.told.values().flat_map(BTreeMap::keys).map(String::as_str);
        let mut decided: BTreeMap<&str, &BySite> = BTreeMap::new();
        for (_, (namespace, amounts)) in self.decided.iter().filter(|(key, _)| *key != who) {
            decided.insert(namespace, amounts);
        }
        let all: BTreeSet<&str> = told.chain(decided.keys().copied()).filter(|n| *n != own).collect();
        let held = all.into_iter().flat_map(|namespace| {
            self.held(namespace, decided.get(namespace).copied()).into_values().map(u64::from)
        });
        held.sum()
    }
}

/// Whoever found too little of the Internet exit looks again when some is free, the oldest first.
pub(super) fn freed(context: &Context) {
    let mut waiting: Vec<Key> = context.exit.may_look_again().into_iter().collect();
    waiting.sort_by_key(|(namespace, name)| {
        let workspace = context.caches.workspaces.get(namespace, name);
        workspace.and_then(|workspace| workspace.metadata.creation_timestamp.as_ref().map(|time| time.0))
    });
    flows::look_again(context, waiting);
}

/// What an order gives of the exit, by namespace.
fn gives(order: &SiteBundle) -> BTreeMap<String, u32> {
    let nothing = format!("\"{}\":\"0\"", labels::EGRESS_MBIT);
    let pointer = format!("/metadata/annotations/{}", labels::EGRESS_MBIT.replace('/', "~1"));
    let some = order.spec.objects.iter().map(|bundled| &bundled.object);
    let some = some.filter(|raw| raw.mentions(labels::EGRESS_MBIT) && !raw.mentions(&nothing));
    let read = some.filter_map(|raw| {
        let object = raw.value();
        let amount: u32 = text(&object, &pointer).parse().ok()?;
        (text(&object, "/kind") == "Namespace").then(|| (text(&object, "/metadata/name").to_owned(), amount))
    });
    read.filter(|(_, amount)| *amount > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crds::{Authority, BundleObject, RawObject, SiteBundleSpec};
    use serde_json::json;

    fn who(name: &str) -> Key {
        ("dept-aa".into(), name.into())
    }

    fn at(site: &str, amount: u32) -> BySite {
        BTreeMap::from([(site.to_owned(), amount)])
    }

    fn take(exit: &Exit, name: &str, asks: Asks, amount: u32) -> bool {
        exit.take(&who(name), asks, &format!("aa-{name}"), 300, at("a", amount)).is_ok()
    }

    /// The hub's order to site `a`, with these shares.
    fn tell(exit: &Exit, old: &[(&str, u32)], new: &[(&str, u32)]) {
        let order = |shares: &[(&str, u32)]| {
            let objects = shares.iter().map(|(name, amount)| {
                let annotations = json!({labels::EGRESS_MBIT: amount.to_string()});
                let metadata = json!({"name": format!("aa-{name}"), "annotations": annotations});
                let object = RawObject::new(json!({"kind": "Namespace", "metadata": metadata}));
                BundleObject { authority: Authority::Platform, object }
            });
            let spec = json!({
                "formatVersion": 2, "set": "aa", "shard": {"index": 0, "count": 1},
                "order": {"epoch": "e", "term": {"number": 1, "id": "t"}, "revision": 1, "digest": "d"}
            });
            let mut spec: SiteBundleSpec = serde_json::from_value(spec).unwrap();
            spec.objects = objects.collect();
            SiteBundle::new("aa", spec)
        };
        let key = ("site-a".to_owned(), "aa".to_owned());
        exit.learn(&Change { key: &key, old: Some(&order(old)), new: Some(&order(new)) });
    }

    #[test]
    fn the_last_of_the_exit_goes_to_one_of_many_that_ask_at_once() {
        let exit = Exit::default();
        let taken = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for n in 0..32 {
                let (exit, taken) = (&exit, &taken);
                scope.spawn(move || {
                    if take(exit, &format!("w{n}"), Asks::ForItsStatus, 20) {
                        taken.fetch_add(20, std::sync::atomic::Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(taken.into_inner(), 300);
        assert_eq!(exit.0.lock().unwrap().waiting.len(), 17);
    }

    #[test]
    fn what_orders_give_is_counted_after_a_restart_and_when_its_workspace_is_gone() {
        let exit = Exit::default();
        tell(&exit, &[], &[("old", 200), ("none", 0)]);
        assert!(!take(&exit, "new", Asks::ForItsStatus, 101));
        assert!(take(&exit, "new", Asks::ForItsStatus, 100));
        exit.keep_only("dept-aa", &BTreeSet::new());
        assert!(take(&exit, "other", Asks::ForItsStatus, 100), "what was only decided is given back");
        assert!(!take(&exit, "more", Asks::ForItsStatus, 1), "what is told is not");
    }

    #[test]
    fn a_smaller_share_is_free_for_others_only_when_the_order_says_so() {
        let exit = Exit::default();
        assert!(take(&exit, "big", Asks::ForItsOrders, 300));
        tell(&exit, &[], &[("big", 300)]);
        assert!(take(&exit, "big", Asks::ForItsStatus, 100), "less is always had");
        assert!(!take(&exit, "small", Asks::ForItsStatus, 50));
        assert!(take(&exit, "big", Asks::ForItsOrders, 100));
        assert!(!take(&exit, "small", Asks::ForItsStatus, 50), "the old order still stands");
        exit.may_look_again();
        tell(&exit, &[("big", 300)], &[("big", 100)]);
        assert_eq!(exit.may_look_again(), BTreeSet::from([who("small")]));
        assert_eq!(exit.may_look_again(), BTreeSet::new(), "said once");
        assert!(take(&exit, "small", Asks::ForItsStatus, 50));
    }
}
