//! What is known of one kind: fed by one watch, read by every slice, and told of our own writes at once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use kube::ResourceExt;
use tokio::sync::watch;

use super::trigger::telling;

/// Namespace and name; the namespace is empty for what has none.
pub(crate) type Key = (String, String);

/// An object with the version that the API server gave it.
pub(crate) trait Versioned {
    /// The resourceVersion as a number: newer is higher (Kubernetes 1.35 and later promise it).
    fn version(&self) -> u64;
}

impl<K: kube::Resource> Versioned for K {
    fn version(&self) -> u64 {
        self.resource_version().and_then(|version| version.parse().ok()).unwrap_or(0)
    }
}

/// One change of one object.
#[derive(Debug)]
pub(crate) struct Change<'a, V> {
    /// Which object.
    pub key: &'a Key,
    /// What it was, nothing for a new one.
    pub old: Option<&'a V>,
    /// What it is, nothing for a deleted one.
    pub new: Option<&'a V>,
}

/// How many deletions are remembered: answers are late by milliseconds, so this is ample.
const REMEMBERED: usize = 256;

type Subscriber<V> = Box<dyn Fn(&Change<'_, V>) + Send + Sync>;

/// An object, and the version that is compared with what comes later.
struct Entry<V> {
    object: Arc<V>,
    /// The object's own, or 0 for one of a history that is no more: anything is newer.
    version: u64,
}

/// Everything known of one kind.
pub(crate) struct Cache<V> {
    /// What its kind is called, once it is fed.
    kind: OnceLock<String>,
    objects: RwLock<BTreeMap<Key, Entry<V>>>,
    /// Versions at which keys were last seen to be deleted, newest last: a late answer to a write of ours must not bring one back.
    gone: Mutex<VecDeque<(Key, u64)>>,
    subscribers: OnceLock<Vec<Subscriber<V>>>,
    ready: watch::Sender<bool>,
}

impl<V> Default for Cache<V> {
    fn default() -> Self {
        Self {
            kind: OnceLock::new(),
            objects: RwLock::default(),
            gone: Mutex::default(),
            subscribers: OnceLock::new(),
            ready: watch::channel(false).0,
        }
    }
}

impl<V: Versioned> Cache<V> {
    /// Says what its kind is called in logs.
    pub(crate) fn call(&self, kind: &str) {
        // Fed once in its life, and always as the same kind.
        let _ = self.kind.set(kind.to_owned());
    }

    /// The newest version that is known.
    pub(crate) fn newest(&self) -> u64 {
        self.read().values().map(|entry| entry.version).max().unwrap_or(0)
    }

    /// The version that is known of a key, 0 for none.
    pub(crate) fn version_of(&self, key: &Key) -> u64 {
        self.read().get(key).map_or(0, |entry| entry.version)
    }

    /// The cluster's store went back: what is known stands until it is read anew, and whatever is read then is newer.
    pub(crate) fn begin_anew(&self) {
        self.write().values_mut().for_each(|entry| entry.version = 0);
        self.gone.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Who is to be told of changes. Said once, before the watch starts; calls are short and hold no lock of the cache.
    pub(crate) fn subscribe(&self, subscribers: Vec<Subscriber<V>>) {
        // A second call would be a mistake of ours that drops subscribers: it is refused by leaving the first.
        let first = self.subscribers.set(subscribers).is_ok();
        debug_assert!(first, "subscribed twice");
    }

    /// One object.
    pub(crate) fn get(&self, namespace: &str, name: &str) -> Option<Arc<V>> {
        self.read().get(&(namespace.to_owned(), name.to_owned())).map(|entry| Arc::clone(&entry.object))
    }

    /// The objects of one namespace, by name.
    pub(crate) fn in_namespace(&self, namespace: &str) -> Vec<(String, Arc<V>)> {
        let from = (namespace.to_owned(), String::new());
        let objects = self.read();
        let range = objects.range(from..).take_while(|((found, _), _)| found == namespace);
        range.map(|((_, name), entry)| (name.clone(), Arc::clone(&entry.object))).collect()
    }

    /// All objects.
    pub(crate) fn all(&self) -> Vec<(Key, Arc<V>)> {
        self.read().iter().map(|(key, entry)| (key.clone(), Arc::clone(&entry.object))).collect()
    }

    /// Whether the first list was read, to be waited for.
    pub(crate) fn readiness(&self) -> watch::Receiver<bool> {
        self.ready.subscribe()
    }

    /// Whether the first list was read.
    pub(crate) fn is_ready(&self) -> bool {
        *self.ready.borrow()
    }

    /// Waits for the first list.
    pub(crate) async fn wait_until_ready(&self) {
        // The sender lives as long as the cache, so waiting cannot fail.
        let _ = self.readiness().wait_for(|ready| *ready).await;
    }

    /// Takes an object that was read or that our own write returned. An older version than the known one is left.
    pub(crate) fn put(&self, key: Key, object: V) -> Arc<V> {
        let object = Arc::new(object);
        let gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        if gone.iter().any(|(deleted, version)| *deleted == key && *version >= object.version()) {
            return object;
        }
        drop(gone);
        let old = {
            let mut objects = self.write();
            let version = object.version();
            match objects.get(&key) {
                Some(known) if known.version > version => return Arc::clone(&known.object),
                Some(known) if known.version == version && version != 0 => return Arc::clone(&known.object),
                _ => objects.insert(key.clone(), Entry { object: Arc::clone(&object), version }),
            }
        };
        self.tell(&Change { key: &key, old: old.as_ref().map(|entry| &*entry.object), new: Some(&object) });
        object
    }

    /// Takes a deletion that happened at a version. A newer object of the key, which our own write made, stays.
    pub(crate) fn remove(&self, key: &Key, version: u64) {
        let old = {
            let mut objects = self.write();
            match objects.get(key) {
                Some(known) if known.version > version => return,
                _ => objects.remove(key),
            }
        };
        let mut gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        gone.push_back((key.clone(), version));
        while gone.len() > REMEMBERED {
            gone.pop_front();
        }
        drop(gone);
        if let Some(old) = old {
            self.tell(&Change { key, old: Some(&old.object), new: None });
        }
    }

    /// After a whole list: what was not in it is gone, but for what is newer than the list began.
    pub(crate) fn keep_only(&self, listed: &BTreeSet<Key>, newest_before: u64) {
        let gone: Vec<Key> = self.read().keys().filter(|key| !listed.contains(*key)).cloned().collect();
        for key in &gone {
            self.remove(key, newest_before);
        }
        self.ready.send_replace(true);
    }

    fn tell(&self, change: &Change<'_, V>) {
        let Some(subscribers) = self.subscribers.get() else { return };
        let kind = self.kind.get().map_or("-", String::as_str);
        telling(kind, change.key, || subscribers.iter().for_each(|subscriber| subscriber(change)));
    }

    // Nothing that holds the lock can panic, so a poisoned lock cannot hold a half-written map.
    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<Key, Entry<V>>> {
        self.objects.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<Key, Entry<V>>> {
        self.objects.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The key of an object.
pub(crate) fn key_of<K: kube::Resource>(object: &K) -> Key {
    (object.namespace().unwrap_or_default(), object.name_any())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    struct Versionless(u64);
    impl Versioned for Versionless {
        fn version(&self) -> u64 {
            self.0
        }
    }

    fn key(name: &str) -> Key {
        ("n".into(), name.into())
    }

    #[test]
    fn a_late_event_does_not_undo_what_our_own_write_returned() {
        let cache = Cache::default();
        cache.put(key("a"), Versionless(5));
        assert_eq!(cache.put(key("a"), Versionless(4)).0, 5);
        assert_eq!(cache.put(key("a"), Versionless(6)).0, 6);
    }

    #[test]
    fn a_late_answer_does_not_bring_back_what_was_deleted_since() {
        let cache = Cache::default();
        cache.put(key("a"), Versionless(5));
        cache.remove(&key("a"), 7);
        cache.put(key("a"), Versionless(6));
        assert!(cache.get("n", "a").is_none());
        cache.put(key("a"), Versionless(8));
        cache.remove(&key("a"), 7);
        assert_eq!(cache.get("n", "a").map(|v| v.0), Some(8));
    }

    #[test]
    fn after_the_store_went_back_lower_versions_are_the_newer_ones() {
        let cache = Cache::default();
        cache.put(key("a"), Versionless(9));
        cache.put(key("b"), Versionless(8));
        cache.remove(&key("b"), 9);
        cache.begin_anew();
        assert_eq!(cache.get("n", "a").map(|v| v.0), Some(9), "it stands until it is read anew");
        cache.put(key("a"), Versionless(3));
        cache.put(key("b"), Versionless(4));
        assert_eq!((cache.version_of(&key("a")), cache.version_of(&key("b"))), (3, 4));
    }

    #[test]
    fn changes_are_told_with_what_was_before_and_an_echo_is_not_told() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let cache = Cache::default();
        let into = Arc::clone(&told);
        cache.subscribe(vec![Box::new(move |change: &Change<'_, Versionless>| {
            into.lock().unwrap().push((change.old.map(|v| v.0), change.new.map(|v| v.0)));
        })]);
        cache.put(key("a"), Versionless(1));
        cache.put(key("a"), Versionless(1));
        cache.put(key("a"), Versionless(2));
        cache.keep_only(&BTreeSet::new(), 2);
        assert_eq!(*told.lock().unwrap(), [(None, Some(1)), (Some(1), Some(2)), (Some(2), None)]);
        assert!(cache.is_ready());
    }

    #[test]
    fn a_namespace_is_read_without_its_neighbours() {
        let cache = Cache::default();
        for (namespace, name) in [("a", "1"), ("b", "1"), ("b", "2"), ("b-c", "1")] {
            cache.put((namespace.into(), name.into()), Versionless(1));
        }
        let names: Vec<String> = cache.in_namespace("b").into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["1", "2"]);
    }
}
