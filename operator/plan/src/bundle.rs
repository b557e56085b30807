//! The content of a set of orders: what it holds, its digest, and its shards.

use std::collections::{BTreeMap, BTreeSet};

use crds::{
    BundleObject, Lot, NamespaceShare, Order, Shard, Share, Shares, SiteBundleSpec, Tombstone, labels,
};
use serde::Serialize;
use serde_json::Value;

use crate::isolation::stage::annotation;
use crate::measured::Measured;
use crate::{access, canonical};

/// The format of orders that this version writes and understands. Since 2 the digest is over the whole order.
pub const FORMAT: u32 = 2;
/// Largest shard in bytes of JSON: well under what etcd takes (1.5 MiB).
pub const SHARD_BYTES: usize = 512 * 1024;
/// The set that tells the term and nothing else.
pub const TERM_SET: &str = "term";
/// Abilities that an agent of this version has. What an order says beyond the format comes with one: an agent of another version
/// that lacks it leaves the whole set alone instead of taking the order for a forged one.
pub const FEATURES: [&str; 7] =
    [ACCESS, ADOPTION, "allotment", ESCROW, "impersonation", "shards", TOMBSTONES];
/// The ability to end access for hours by its own clock.
pub const ACCESS: &str = "access";
/// The ability to lend an allotment to namespaces by a ledger of its own.
pub const ESCROW: &str = "escrow";
/// The ability to take over a namespace by two keys, and to write what has no effect only over what stands.
pub const ADOPTION: &str = "adoption";
/// The ability to delete by order.
pub const TOMBSTONES: &str = "tombstones";

/// What a set says, without what makes it the order that follows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// Name of the set.
    pub set: String,
    /// Format of the order.
    pub format_version: u32,
    /// Abilities that the agent needs.
    pub requires: Vec<String>,
    /// Rendered objects.
    pub objects: Vec<BundleObject>,
    /// Shares per namespace.
    pub allotment: Vec<NamespaceShare>,
    /// Deletions.
    pub tombstones: Vec<Tombstone>,
    /// What may be used of the department's budget.
    #[serde(flatten)]
    pub allotted: Allotted,
}

/// What a department may use of its budget at a site.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Allotted {
    /// How much, nothing from a hub that knows no budgets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<Lot>,
    /// Whether the grants behind it have ended.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub growth_stopped: bool,
    /// Whether idle share may move between namespaces.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub elastic: bool,
}

/// What one namespace of a department needs on a site.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its objects, the namespace itself included.
    pub objects: Vec<BundleObject>,
    /// Its share.
    pub share: Share,
}

impl Content {
    /// The order that says this content: its digest is over all that it says, so that no two tellings have the same one.
    ///
    /// # Errors
    /// When an object cannot be written as JSON.
    pub fn seal(&self, order: Order) -> Result<Order, serde_json::Error> {
        let unsealed = Order { digest: String::new(), ..order };
        let digest = canonical::digest(&(&unsealed, self))?;
        Ok(Order { digest, ..unsealed })
    }

    /// Puts the shards of one set together again. The first shard says which order it is; the others belong to it by digest.
    ///
    /// # Errors
    /// (have, want) when they are not all there.
    pub fn assemble(shards: &[&SiteBundleSpec]) -> Result<Self, (u32, u32)> {
        let Some(first) = shards.iter().find(|shard| shard.shard.index == 0) else { return Err((0, 1)) };
        let want = first.shard.count;
        let parts: BTreeMap<u32, &&SiteBundleSpec> = shards
            .iter()
            .filter(|shard| shard.order.digest == first.order.digest && shard.shard.count == want)
            .map(|shard| (shard.shard.index, shard))
            .collect();
        let have = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        if have != want || !parts.keys().copied().eq(0..want) {
            return Err((have, want));
        }
        let mut content =
            Self { set: first.set.clone(), format_version: first.format_version, ..Self::default() };
        for part in parts.values() {
            content.requires.extend(part.requires.iter().cloned());
            content.objects.extend(part.objects.iter().cloned());
            if let Some(Shares { lot, growth_stopped, elastic, namespaces }) = part.allotment.clone() {
                content.allotment.extend(namespaces);
                content.allotted = Allotted { lot, growth_stopped, elastic };
            }
            content.tombstones.extend(part.tombstones.iter().cloned());
        }
        Ok(content)
    }

    /// Says what may be used of the department's budget; an agent that does not know what that is leaves the order alone.
    pub fn allot(&mut self, allotted: Allotted) {
        if allotted != Allotted::default() && !self.requires.iter().any(|needed| needed == ESCROW) {
            self.requires.push(ESCROW.to_owned());
            self.requires.sort();
        }
        self.allotted = allotted;
    }

    /// What the shares of all its namespaces come to.
    #[must_use]
    pub fn shared(&self) -> Measured {
        let each = self.allotment.iter().map(|one| Measured::of_share(&one.share).unwrap_or_default());
        Measured::sum(&each.collect::<Vec<_>>())
    }

    /// What the order says of shares.
    #[must_use]
    pub fn shares(&self) -> Option<Shares> {
        let Allotted { lot, growth_stopped, elastic } = self.allotted.clone();
        let any = !self.allotment.is_empty() || self.allotted != Allotted::default();
        any.then(|| Shares { lot, growth_stopped, elastic, namespaces: self.allotment.clone() })
    }

    /// Cuts the content into orders of at most `limit` bytes each. One object larger than that stands alone.
    #[must_use]
    pub fn shards(&self, order: &Order, limit: usize) -> Vec<SiteBundleSpec> {
        let mut parts = vec![SiteBundleSpec {
            format_version: self.format_version,
            set: self.set.clone(),
            order: order.clone(),
            shard: Shard { index: 0, count: 1 },
            requires: self.requires.clone(),
            objects: Vec::new(),
            allotment: self.shares(),
            tombstones: self.tombstones.clone(),
            records: None,
        }];
        let mut size = json_size(&parts[0]);
        for object in &self.objects {
            let more = json_size(object);
            if size + more > limit && parts.last().is_some_and(|part| !part.objects.is_empty()) {
                parts.push(SiteBundleSpec {
                    requires: Vec::new(),
                    objects: Vec::new(),
                    allotment: None,
                    tombstones: Vec::new(),
                    ..parts[0].clone()
                });
                size = 0;
            }
            size += more;
            if let Some(part) = parts.last_mut() {
                part.objects.push(object.clone());
            }
        }
        let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        for (index, part) in (0..).zip(&mut parts) {
            part.shard = Shard { index, count };
        }
        parts
    }
}

fn json_size<T: Serialize>(value: &T) -> usize {
    serde_json::to_vec(value).map_or(0, |bytes| bytes.len())
}

/// Name of the object that holds a shard: the set for the first; the others carry the digest too, so that writing a new order
/// leaves the old one whole until its first shard is replaced.
#[must_use]
pub fn shard_name(set: &str, digest: &str, index: u32) -> String {
    let digest = digest.get(..12).unwrap_or(digest);
    if index == 0 { set.to_owned() } else { format!("{set}.{digest}.{index}") }
}

/// The content of a department's set at a site.
///
/// What stood in the last order and is not `wanted` now stays as it was: neither a missing nor a wrong object takes anything
/// away (invariant 2), only what was approved to be `taken`. `department` are the objects that are not of one namespace.
#[must_use]
pub fn department_content(
    set: &str,
    previous: Option<&Content>,
    department: Vec<BundleObject>,
    wanted: BTreeMap<String, Entry>,
    taken: Taken,
) -> Content {
    let mut entries: BTreeMap<String, (Vec<BundleObject>, Option<Share>)> = BTreeMap::new();
    for (namespace, entry) in previous.map(entries_of).unwrap_or_default() {
        if !taken.namespaces.contains(&namespace) {
            entries.insert(namespace, entry);
        }
    }
    for (namespace, Entry { objects, share }) in wanted {
        entries.insert(namespace, (objects, Some(share)));
    }
    let mut objects = department;
    let mut allotment = Vec::new();
    for (namespace, (mine, share)) in entries {
        objects.extend(mine);
        allotment.extend(share.map(|share| NamespaceShare { namespace, share }));
    }
    let adopts = objects.iter().any(|object| !annotation(&object.object.value(), labels::ADOPT).is_empty());
    let needs = [
        (ADOPTION, adopts),
        ("allotment", !allotment.is_empty()),
        (TOMBSTONES, !taken.tombstones.is_empty()),
    ];
    let requires = needs.iter().filter(|(_, needed)| *needed).map(|(name, _)| (*name).to_owned()).collect();
    Content {
        set: set.to_owned(),
        format_version: FORMAT,
        requires,
        objects,
        allotment,
        tombstones: taken.tombstones,
        allotted: Allotted::default(),
    }
}

/// What approved removals take away at one site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taken {
    /// Namespaces that the orders no longer have.
    pub namespaces: BTreeSet<String>,
    /// Those of them that are to be deleted.
    pub tombstones: Vec<Tombstone>,
}

/// The namespaces that a content makes.
#[must_use]
pub fn namespaces_of(content: &Content) -> BTreeSet<String> {
    let objects = content.objects.iter().map(|object| object.object.value());
    let namespaces = objects.filter(|object| text(object, "/kind") == "Namespace");
    namespaces.map(|object| text(&object, "/metadata/name").to_owned()).collect()
}

/// Whether a content has one namespace just as it is wanted.
#[must_use]
pub fn holds(content: &Content, namespace: &str, wanted: &Entry) -> bool {
    entries_of(content)
        .get(namespace)
        .is_some_and(|(objects, share)| *objects == wanted.objects && share.as_ref() == Some(&wanted.share))
}

fn entries_of(content: &Content) -> BTreeMap<String, (Vec<BundleObject>, Option<Share>)> {
    let created = namespaces_of(content);
    let mut entries: BTreeMap<String, (Vec<BundleObject>, Option<Share>)> = BTreeMap::new();
    // Who is let in for hours is said anew each time, from what was agreed to.
    for object in content.objects.iter().filter(|bundled| !access::is_access(&bundled.object)) {
        let value = object.object.value();
        let of = match text(&value, "/metadata/namespace") {
            "" => text(&value, "/metadata/name"),
            namespace => namespace,
        };
        // Objects outside the department's own namespaces are rendered anew each time.
        if created.contains(of) {
            entries.entry(of.to_owned()).or_default().0.push(object.clone());
        }
    }
    for share in &content.allotment {
        entries.entry(share.namespace.clone()).or_default().1 = Some(share.share.clone());
    }
    entries
}

/// A text inside an object, empty when it is not there.
#[must_use]
pub fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crds::{Authority, RawObject};
    use serde_json::json;

    fn object(kind: &str, namespace: Option<&str>, name: &str, size: usize) -> BundleObject {
        let mut object = json!({"kind": kind, "metadata": {"name": name}, "data": {"x": "x".repeat(size)}});
        if let Some(namespace) = namespace {
            object["metadata"]["namespace"] = namespace.into();
        }
        BundleObject { authority: Authority::Platform, object: RawObject::new(object) }
    }

    fn entry(namespace: &str, cpu: &str) -> (String, Entry) {
        let objects =
            vec![object("Namespace", None, namespace, 1), object("LimitRange", Some(namespace), "l", 1)];
        let share = Share { cpu: cpu.into(), memory: "1Gi".into(), ..Share::default() };
        (namespace.to_owned(), Entry { objects, share })
    }

    #[test]
    fn a_set_comes_apart_into_shards_and_together_again_as_the_same_order() {
        let content = Content {
            set: "jiaoyu".into(),
            format_version: FORMAT,
            objects: (0..10).map(|n| object("ConfigMap", Some("n"), &format!("c{n}"), 100)).collect(),
            ..Content::default()
        };
        let order = content.seal(Order { revision: 3, ..Order::default() }).unwrap();
        let shards = content.shards(&order, 500);
        assert!(shards.len() > 2, "{}", shards.len());
        let mut parts: Vec<&SiteBundleSpec> = shards.iter().collect();
        parts.reverse();
        let again = Content::assemble(&parts).unwrap();
        assert_eq!(again.seal(order.clone()).unwrap(), order);
        let later = content.seal(Order { revision: 4, ..order.clone() }).unwrap();
        assert_ne!(later.digest, order.digest, "the same content told again is another order");
        let want = u32::try_from(parts.len()).unwrap();
        assert_eq!(Content::assemble(&parts[1..]), Err((want - 1, want)));
    }

    #[test]
    fn a_workspace_that_is_no_longer_wanted_stays_as_it_was() {
        let before = department_content(
            "d",
            None,
            Vec::new(),
            BTreeMap::from([entry("d-a", "1"), entry("d-b", "2")]),
            Taken::default(),
        );
        let after = department_content(
            "d",
            Some(&before),
            Vec::new(),
            BTreeMap::from([entry("d-b", "3")]),
            Taken::default(),
        );
        assert_eq!(namespaces_of(&after), BTreeSet::from(["d-a".to_owned(), "d-b".to_owned()]));
        assert_eq!(after.allotment.iter().map(|a| a.share.cpu.as_str()).collect::<Vec<_>>(), ["1", "3"]);

        let taken = Taken { namespaces: BTreeSet::from(["d-a".to_owned()]), tombstones: Vec::new() };
        let released = department_content("d", Some(&after), Vec::new(), BTreeMap::new(), taken);
        assert_eq!(namespaces_of(&released), BTreeSet::from(["d-b".to_owned()]));
    }

    #[test]
    fn the_same_wish_gives_the_same_content() {
        let sa = || vec![object("ServiceAccount", Some("zhengyun-executors"), "d", 1)];
        let wish = || BTreeMap::from([entry("d-b", "2"), entry("d-a", "1")]);
        let first = department_content("d", None, sa(), wish(), Taken::default());
        assert_eq!(department_content("d", Some(&first), sa(), wish(), Taken::default()), first);
    }
}
