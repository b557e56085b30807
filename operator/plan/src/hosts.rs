//! Hosts (域名) of workspaces: each belongs to one workspace of the district, and stands below a domain that the profile allows.

use crds::{Message, Workspace};

use crate::{Findings, listed};

/// Checks the hosts of a workspace: their form, the profile's domains, and that nobody else has them.
#[must_use]
pub fn check(hosts: &[String], suffixes: &[String], taken: &dyn Fn(&str) -> Option<String>) -> Findings {
    let mut findings = Findings::new();
    for (at, host) in hosts.iter().enumerate() {
        let field = format!("spec.hosts[{at}]");
        if !well_formed(host) {
            findings.push(Message::HostMalformed { field, value: host.clone() });
        } else if !suffixes.iter().any(|suffix| below(host, suffix)) {
            findings.push(Message::HostNotAllowed { field, value: host.clone(), allowed: listed(suffixes) });
        } else if let Some(other) = taken(host) {
            findings.push(Message::Duplicate { field, value: host.clone(), other });
        }
    }
    findings
}

/// Whether two hosts would be served by one ingress controller as the same: `*.a` is every name one label below `a`.
#[must_use]
pub fn collide(one: &str, other: &str) -> bool {
    let covers = |wide: &str, narrow: &str| {
        wide.strip_prefix("*.")
            .is_some_and(|domain| narrow.split_once('.').is_some_and(|(_, rest)| rest == domain))
    };
    one == other || covers(one, other) || covers(other, one)
}

/// Whether two workspaces name a host that only one of them can have.
#[must_use]
pub fn contend(one: &Workspace, other: &Workspace) -> bool {
    one.spec.hosts.iter().any(|host| other.spec.hosts.iter().any(|theirs| collide(host, theirs)))
}

/// Whether `other` came to the register before `own`, and so keeps what both name. Of two of one second, the lesser name.
#[must_use]
pub fn came_before(other: &Workspace, own: &Workspace) -> bool {
    let age = |workspace: &Workspace| {
        let metadata = &workspace.metadata;
        let created = metadata.creation_timestamp.as_ref().map(|time| time.0);
        // What is not written down yet came last.
        (created.is_none(), created, metadata.namespace.clone(), metadata.name.clone())
    };
    age(other) < age(own)
}

fn below(host: &str, suffix: &str) -> bool {
    let host = host.strip_prefix("*.").unwrap_or(host);
    host == suffix || host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))
}

fn well_formed(host: &str) -> bool {
    let labels = host.strip_prefix("*.").unwrap_or(host);
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    host.len() <= 253
        && labels.contains('.')
        && labels.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(good)
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(host: &str) -> Vec<&'static str> {
        let taken = |host: &str| (host == "taken.edu.gov.cn").then(|| "Workspace dept-a/b".to_owned());
        let findings = check(&[host.to_owned()], &["edu.gov.cn".into()], &taken);
        findings.iter().map(Message::reason).collect()
    }

    #[test]
    fn a_host_is_below_an_allowed_domain_and_nobody_elses() {
        for good in ["a.edu.gov.cn", "a.b.edu.gov.cn", "edu.gov.cn", "*.a.edu.gov.cn"] {
            assert_eq!(said(good), Vec::<&str>::new(), "{good}");
        }
        for foreign in ["a.gov.cn", "badedu.gov.cn", "edu.gov.cn.evil.com", "*.gov.cn"] {
            assert_eq!(said(foreign), ["HostNotAllowed"], "{foreign}");
        }
        for malformed in [
            "A.edu.gov.cn",
            "*",
            "*.*.edu.gov.cn",
            "-a.edu.gov.cn",
            "a..gov.cn",
            "localhost",
            "a.edu.gov.cn\nb.cn",
        ] {
            assert_eq!(said(malformed), ["HostMalformed"], "{malformed}");
        }
        assert_eq!(said("taken.edu.gov.cn"), ["Duplicate"]);
    }

    #[test]
    fn a_wildcard_and_a_host_one_label_below_it_are_the_same_to_an_ingress() {
        assert!(collide("a.x.cn", "a.x.cn") && collide("*.x.cn", "a.x.cn") && collide("a.x.cn", "*.x.cn"));
        assert!(!collide("*.x.cn", "x.cn") && !collide("*.x.cn", "b.a.x.cn") && !collide("a.x.cn", "b.x.cn"));
    }

    #[test]
    fn of_two_the_one_that_came_first_keeps_a_host() {
        let named = |name: &str, second: Option<i64>| {
            let spec =
                serde_json::json!({"displayName": "x", "system": "s", "zone": "extranet", "sites": []});
            let mut workspace = Workspace::new(name, serde_json::from_value(spec).unwrap());
            workspace.metadata.creation_timestamp = second.map(|second| {
                k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(
                    k8s_openapi::jiff::Timestamp::from_second(second).unwrap(),
                )
            });
            workspace
        };
        assert!(came_before(&named("b", Some(1)), &named("a", Some(2))));
        assert!(came_before(&named("a", Some(1)), &named("b", Some(1))));
        assert!(!came_before(&named("a", Some(1)), &named("a", Some(1))));
        assert!(came_before(&named("b", Some(1)), &named("a", None)));
    }
}
