//! The chain of records: what the next one is, and whether the whole of it is as it was written.
//!
//! | what was done to it | how it shows |
//! |---|---|
//! | a record changed | its digest is of other words |
//! | changed, with its digest | the next one names another before it |
//! | taken out | a number is missing |
//! | put in another's place | its name and its number differ |
//! | the end cut off | a site remembers a later end |
//! | written anew from some record on | a site remembers another digest |

use std::collections::BTreeMap;

use crds::{Message, RecordHead, RecordSpec, RecordedAct};
use k8s_openapi::jiff::Timestamp;

use crate::canonical;

/// Where records stand on the hub.
pub const NAMESPACE: &str = "zhengyun-records";
/// Longest text, in characters: the schema takes as many bytes of the widest.
const LONGEST: usize = 512;

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Act {
    /// Who decided it.
    pub by: String,
    /// What it was.
    pub act: RecordedAct,
    /// Kind, namespace and name of the object.
    pub object: (&'static str, String, String),
    /// Its uid.
    pub uid: String,
    /// What is to be known of it.
    pub text: String,
}

impl Act {
    /// Whether a record is of this act: who carries something out again after a crash does not record it twice.
    #[must_use]
    pub fn is_in(&self, record: &RecordSpec) -> bool {
        (self.act, &self.uid, &self.short()) == (record.act, &record.uid, &record.text)
    }

    fn short(&self) -> String {
        self.text.chars().take(LONGEST).collect()
    }
}

/// Name of the record at a place: two that are written for one place cannot both be.
#[must_use]
pub fn name(sequence: i64) -> String {
    format!("r-{sequence:012}")
}

/// The record that follows.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn next(head: Option<&RecordHead>, act: &Act, now: Timestamp) -> Result<RecordSpec, serde_json::Error> {
    let (kind, namespace, name) = act.object.clone();
    let mut record = RecordSpec {
        sequence: head.map_or(0, |head| head.sequence) + 1,
        at: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        by: act.by.clone(),
        act: act.act,
        kind: kind.to_owned(),
        namespace,
        name,
        uid: act.uid.clone(),
        text: act.short(),
        previous: head.map(|head| head.digest.clone()).unwrap_or_default(),
        digest: String::new(),
    };
    record.digest = canonical::digest(&record)?;
    Ok(record)
}

/// Where the chain ends with a record.
#[must_use]
pub fn head(record: &RecordSpec) -> RecordHead {
    RecordHead { sequence: record.sequence, digest: record.digest.clone() }
}

/// What is wrong with the records, by their names, and with the ends that sites remember; nothing when they are whole.
#[must_use]
pub fn verify(records: &BTreeMap<String, RecordSpec>, remembered: &[(String, RecordHead)]) -> Vec<Message> {
    let mut findings = Vec::new();
    let mut before: Option<RecordHead> = None;
    for (called, record) in records {
        if *called != name(record.sequence) {
            let sequence = record.sequence.to_string();
            findings.push(Message::RecordMisplaced { name: called.clone(), sequence });
        }
        let bare = RecordSpec { digest: String::new(), ..record.clone() };
        if canonical::digest(&bare).ok().as_ref() != Some(&record.digest) {
            findings.push(Message::RecordChanged { name: called.clone() });
        }
        // By its name: what stands in it may be of another.
        let place = called.strip_prefix("r-").and_then(|digits| digits.parse().ok());
        let sequence: i64 = place.unwrap_or(record.sequence);
        let (last, digest) =
            before.as_ref().map_or((0, String::new()), |head| (head.sequence, head.digest.clone()));
        if sequence > last + 1 {
            let (from, to) = ((last + 1).to_string(), (sequence - 1).to_string());
            findings.push(Message::RecordsMissing { from, to });
        } else if record.previous != digest {
            findings.push(Message::RecordUnlinked { name: called.clone() });
        }
        before = Some(RecordHead { sequence, digest: record.digest.clone() });
    }
    let last = before.map_or(0, |head| head.sequence);
    for (site, head) in remembered {
        let (site, sequence) = (site.clone(), head.sequence.to_string());
        match records.get(&name(head.sequence)) {
            Some(record) if record.digest == head.digest => {}
            Some(_) => findings.push(Message::RecordDiffers { site, sequence }),
            None if head.sequence > last => {
                findings.push(Message::RecordsCut { site, sequence, last: last.to_string() });
            }
            // Missing in the middle: said already.
            None => {}
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(count: i64) -> BTreeMap<String, RecordSpec> {
        let (mut records, mut end) = (BTreeMap::new(), None);
        for place in 1..=count {
            let act = Act {
                by: "oidc:li".into(),
                act: RecordedAct::RemovalDone,
                object: ("Removal", "dept-aa".into(), format!("one-{place}")),
                uid: place.to_string(),
                text: "清退完成".into(),
            };
            let now = Timestamp::from_second(1_790_000_000 + place).unwrap();
            let record = next(end.as_ref(), &act, now).unwrap();
            assert!(act.is_in(&record));
            end = Some(head(&record));
            records.insert(name(place), record);
        }
        records
    }

    fn codes(records: &BTreeMap<String, RecordSpec>, remembered: &[(String, RecordHead)]) -> Vec<u16> {
        verify(records, remembered).iter().map(Message::code).collect()
    }

    #[test]
    fn a_chain_as_it_was_written_is_whole_and_so_is_none() {
        let records = chain(12);
        let known = [("a".to_owned(), head(&records[&name(12)])), ("b".to_owned(), head(&records[&name(3)]))];
        assert_eq!(codes(&records, &known), [0; 0]);
        assert_eq!(codes(&BTreeMap::new(), &[]), [0; 0]);
    }

    #[test]
    fn a_changed_a_missing_a_moved_and_a_cut_record_are_found() {
        let whole = chain(6);
        let remembered = [("kaicheng".to_owned(), head(&whole[&name(6)]))];
        let broken = |change: &dyn Fn(&mut BTreeMap<String, RecordSpec>)| {
            let mut records = whole.clone();
            change(&mut records);
            codes(&records, &remembered)
        };
        let text = |records: &mut BTreeMap<String, RecordSpec>, place: i64| {
            records.get_mut(&name(place)).unwrap().text = "没有这回事".into();
        };
        assert_eq!(broken(&|records| text(records, 3)), [3171]);
        let with_digest = |records: &mut BTreeMap<String, RecordSpec>| {
            text(records, 3);
            let record = records.get_mut(&name(3)).unwrap();
            record.digest = String::new();
            record.digest = canonical::digest(record).unwrap();
        };
        assert_eq!(broken(&with_digest), [3173], "the next one names another");
        assert_eq!(broken(&|records| drop(records.remove(&name(3)))), [3172]);
        assert_eq!(broken(&|records| drop(records.remove(&name(1)))), [3172]);
        let swapped = |records: &mut BTreeMap<String, RecordSpec>| {
            let (two, three) = (records[&name(2)].clone(), records[&name(3)].clone());
            records.insert(name(2), three);
            records.insert(name(3), two);
        };
        assert_eq!(broken(&swapped), [3174, 3173, 3174, 3173, 3173]);
        assert_eq!(broken(&|records| drop(records.remove(&name(6)))), [3175], "a site remembers the end");
        assert_eq!(broken(&BTreeMap::clear), [3175]);
        // All of it written anew, whole in itself: the site remembers another end.
        let anew = |records: &mut BTreeMap<String, RecordSpec>| {
            let mut end = None;
            for record in records.values_mut() {
                record.by = "oidc:wang".into();
                record.previous = end.take().unwrap_or_default();
                record.digest = String::new();
                record.digest = canonical::digest(record).unwrap();
                end = Some(record.digest.clone());
            }
        };
        assert_eq!(broken(&anew), [3176]);
    }
}
