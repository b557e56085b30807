//! Which cluster speaks for a site, and why a site that is silent cannot speak.
//!
//! A site's account on the hub is bound to the first cluster that is heard with it, by a mark that the hub alone writes on the account:
//!
//! | the account | a cluster is heard with it | then |
//! |---|---|---|
//! | was just made | any | nothing: a credential of the account before it may still be taken for some seconds |
//! | is bound to none | any | it is bound to that one |
//! | is bound to a cluster | the same, whichever replica, restored or not | nothing |
//! | is bound to a cluster | another | that one finds it out by itself, speaks through a lease of its own, and is told to people |
//!
//! A person who says that the second is right revokes the credential: the account goes with its mark, and whoever then joins with a
//! new file is the first. So nothing that a credential can write says which cluster it may speak for.

use std::time::Duration;

use crds::Message;
use k8s_openapi::jiff::Timestamp;

use crate::data_center::Heard;
use crate::names::SiteName;

/// Annotation with the uid of a cluster's namespace `kube-system`, which lives as long as the cluster's store: on the sign of life
/// the one that speaks, on the account and on the first shard of the report the one that is bound.
pub const CLUSTER: &str = "zhengyun.io/cluster";
/// Annotation of the sign of life: when the credential that it was sent with ends.
pub const CREDENTIAL_ENDS: &str = "zhengyun.io/credential-ends";
/// Annotation of the sign of life: what the agent lacks.
pub const LACKS: &str = "zhengyun.io/lacks";
/// The condition of a `DataCenter` that says whether one cluster only asks under its name.
pub const SOLE_CLUSTER: &str = "SoleCluster";

/// How long a credential of a deleted account may still be taken: API servers remember answers for ten seconds.
const REMEMBERED: Duration = Duration::from_secs(30);
/// Longest text of a site that is shown.
const MOST_SHOWN: usize = 512;

/// A site's account on the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// When it was made.
    pub made: Timestamp,
    /// The cluster that it is bound to.
    pub cluster: Option<String>,
}

/// A sign of life: whatever it says, a site wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sign {
    /// When it was given, by the site's own clock.
    pub renewed: Option<Timestamp>,
    /// The cluster that gave it.
    pub cluster: Option<String>,
    /// When its credential ends.
    pub ends: Option<Timestamp>,
    /// What the agent lacks.
    pub lacks: Option<String>,
}

impl Sign {
    /// Reads the annotations of a sign of life.
    #[must_use]
    pub fn read(renewed: Option<Timestamp>, annotation: impl Fn(&str) -> Option<String>) -> Self {
        let cluster = annotation(CLUSTER).filter(|cluster| is_uid(cluster));
        let ends = annotation(CREDENTIAL_ENDS).and_then(|ends| ends.parse().ok());
        let lacks = annotation(LACKS).filter(|lacks| !lacks.is_empty());
        Self { renewed, cluster, ends, lacks: lacks.map(|lacks| lacks.chars().take(MOST_SHOWN).collect()) }
    }
}

/// Whether a text can be the uid of an object.
fn is_uid(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The cluster that the account is to be bound to now, when it is bound to none.
#[must_use]
pub fn to_bind<'a>(account: &Account, sign: &'a Sign, heard: Heard, now: Timestamp) -> Option<&'a str> {
    let Heard::Ago(ago) = heard else { return None };
    if account.cluster.is_some() || now.duration_since(account.made).unsigned_abs() < REMEMBERED + ago {
        return None;
    }
    sign.cluster.as_deref()
}

/// Why a site that has reported before and is silent now cannot be heard, as far as the hub's own record and the site's last word say.
#[must_use]
pub fn silence(site: &SiteName, account: Option<&Account>, last: &Sign, now: Timestamp) -> Option<Message> {
    let site = || site.to_string();
    let since =
        |account: &Account| account.cluster.is_none() && last.renewed.is_some_and(|at| at < account.made);
    if account.is_none_or(since) {
        return Some(Message::CredentialRevoked { site: site() });
    }
    let ended = last.ends.filter(|ends| *ends <= now)?;
    Some(Message::CredentialEnded { site: site(), at: ended.to_string() })
}

/// What `SoleCluster` says, or nothing when what it said before still stands.
#[must_use]
pub fn sole(site: &SiteName, other: &Sign, heard: Heard, limit: Duration) -> Option<Option<Message>> {
    match heard {
        Heard::NotYetKnown => None,
        Heard::Ago(ago) if ago < limit => {
            let cluster = other.cluster.clone().unwrap_or_else(|| "-".to_owned());
            Some(Some(Message::OtherCluster { site: site.to_string(), cluster }))
        }
        Heard::Ago(_) => Some(None),
    }
}

/// Whether a cluster may speak for the site whose report is marked like this: one that is marked for nobody is for whoever comes.
#[must_use]
pub fn is_bound_to(marked: Option<&str>, cluster: &str) -> bool {
    marked.is_none_or(|marked| marked == cluster)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE: i64 = 1_000_000;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(MADE + seconds).unwrap()
    }

    fn account(cluster: Option<&str>) -> Account {
        Account { made: at(0), cluster: cluster.map(str::to_owned) }
    }

    fn sign(annotations: &[(&str, &str)], renewed: i64) -> Sign {
        let find = |key: &str| {
            annotations.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
        };
        Sign::read(Some(at(renewed)), find)
    }

    fn ago(seconds: u64) -> Heard {
        Heard::Ago(Duration::from_secs(seconds))
    }

    #[test]
    fn the_first_cluster_that_is_heard_keeps_the_account() {
        let first = sign(&[(CLUSTER, "one")], 100);
        assert_eq!(to_bind(&account(None), &first, ago(1), at(100)), Some("one"));
        assert_eq!(to_bind(&account(Some("one")), &sign(&[(CLUSTER, "two")], 100), ago(1), at(100)), None);
        assert_eq!(to_bind(&account(None), &first, Heard::NotYetKnown, at(100)), None);
        assert_eq!(
            to_bind(&account(None), &sign(&[], 100), ago(1), at(100)),
            None,
            "an agent of before says none"
        );
        assert_eq!(to_bind(&account(None), &sign(&[(CLUSTER, "a b\n")], 100), ago(1), at(100)), None);
    }

    #[test]
    fn what_was_heard_while_a_revoked_credential_may_still_be_taken_binds_nothing() {
        let thief = sign(&[(CLUSTER, "thief")], 5);
        assert_eq!(to_bind(&account(None), &thief, ago(1), at(6)), None);
        assert_eq!(to_bind(&account(None), &thief, ago(55), at(60)), None, "heard at 5");
        assert_eq!(to_bind(&account(None), &thief, ago(29), at(60)), Some("thief"), "heard at 31");
    }

    #[test]
    fn silence_is_explained_by_what_the_hub_knows_of_the_credential() {
        let site = SiteName::parse("kaicheng").unwrap();
        let last = |ends: &str| sign(&[(CLUSTER, "one"), (CREDENTIAL_ENDS, ends)], -10);
        let late = at(90).to_string();
        let why = |account: Option<&Account>, last: &Sign, now| {
            silence(&site, account, last, now).map(|said| said.code())
        };
        assert_eq!(
            why(Some(&account(Some("one"))), &last(&late), at(80)),
            None,
            "it has its credential still"
        );
        assert_eq!(why(Some(&account(Some("one"))), &last(&late), at(90)), Some(1191));
        assert_eq!(
            why(Some(&account(None)), &last(&late), at(80)),
            Some(1190),
            "made anew since it was heard"
        );
        assert_eq!(why(None, &last(&late), at(80)), Some(1190));
        let of_before = sign(&[], 10);
        assert_eq!(
            why(Some(&account(None)), &of_before, at(80)),
            None,
            "an agent that binds nothing was heard since"
        );
        assert_eq!(why(Some(&account(Some("one"))), &last("never"), at(80)), None);
    }

    #[test]
    fn another_cluster_is_told_as_long_as_it_asks() {
        let site = SiteName::parse("kaicheng").unwrap();
        let limit = Duration::from_mins(1);
        let other = sign(&[(CLUSTER, "two")], 0);
        let said = |heard| sole(&site, &other, heard, limit).map(|said| said.map(|said| said.code()));
        assert_eq!(
            (said(ago(1)), said(ago(60)), said(Heard::NotYetKnown)),
            (Some(Some(1192)), Some(None), None)
        );
        assert!(
            is_bound_to(None, "two") && is_bound_to(Some("two"), "two") && !is_bound_to(Some("one"), "two")
        );
    }

    #[test]
    fn what_a_site_says_that_it_lacks_is_shown_within_bounds() {
        let long = "x".repeat(10_000);
        assert_eq!(sign(&[(LACKS, &long)], 0).lacks.map(|lacks| lacks.len()), Some(MOST_SHOWN));
        assert_eq!(sign(&[(LACKS, "")], 0).lacks, None);
    }
}
