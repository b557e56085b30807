//! What a department is to have in the secret store, and what is to be done about it.
//!
//! | it has | where |
//! |---|---|
//! | its secrets, a KV store of version 2 | `zhengyun/<department>` |
//! | three policies | `dept-<department>-read`, `-write`, `-admin` |
//! | for each site where it has namespaces, a JWT login with the keys that are believed of that site | `auth/zhengyun/<site>/<department>` |
//! | in it one role: a token for this department at this site, of a ServiceAccount in its namespaces there | `workload` |
//!
//! A login of its own for each department at each site makes two things simple: no key of one site is good at another, although all
//! clusters may call their issuer alike; and all that was given out can be taken back at once.

use std::collections::{BTreeMap, BTreeSet};

use crds::{Message, SecretLogin, SecretStore, TokenIssuer};
use serde_json::{Value, json};

use crate::names::{DepartmentName, SiteName};

/// The condition that says whether a department's secrets are as they should be.
pub const SECRETS_READY: &str = "SecretsReady";
/// The role that pods log in as.
pub const ROLE: &str = "workload";
/// For how long a login is good, in seconds; it is not renewed beyond.
const LOGIN_SECONDS: u32 = 15 * 60;

/// What is known of a department at a site.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AtSite {
    /// Its namespaces there.
    pub namespaces: BTreeSet<String>,
    /// Who is believed to sign tokens there.
    pub issuer: Option<TokenIssuer>,
    /// Whether its pods there could log in before.
    pub had: bool,
}

/// What a department is to have.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    mount: String,
    policies: Vec<(String, String)>,
    logins: Vec<Login>,
    awaited: Vec<String>,
}

/// A site's login: with a role it is to be, without one it is to be taken back.
#[derive(Clone, Debug, PartialEq)]
struct Login {
    told: SecretLogin,
    had: bool,
    role: Option<(TokenIssuer, Value)>,
}

/// What stands in the secret store, by path; nothing for what is not there.
pub type Standing = BTreeMap<String, Option<Value>>;

/// One request that changes something.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Writes something.
    Write(String, Value),
    /// Takes something away.
    Delete(String),
}

impl Step {
    /// What it is about.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Write(path, _) | Self::Delete(path) => path,
        }
    }
}

impl Wanted {
    /// What a department is to have. One that is suspended keeps its secrets, and nobody can log in to them.
    #[must_use]
    pub fn new(department: &DepartmentName, suspended: bool, sites: &BTreeMap<SiteName, AtSite>) -> Self {
        let mount = format!("zhengyun/{department}");
        let login = |(site, at): (&SiteName, &AtSite)| {
            let told = SecretLogin {
                site: site.to_string(),
                login: format!("auth/zhengyun/{site}/{department}"),
                role: ROLE.to_owned(),
                audience: format!("zhengyun:{department}:{site}"),
            };
            // A role that names no namespace would be open to all of them.
            let issuer = at.issuer.as_ref().filter(|_| !suspended && !at.namespaces.is_empty());
            let role =
                issuer.map(|issuer| (issuer.clone(), role(department, &told.audience, &at.namespaces)));
            (role.is_some() || at.had).then_some(Login { told, had: at.had, role })
        };
        let awaited = sites.iter().filter(|(_, at)| at.issuer.is_none() && !at.namespaces.is_empty());
        let awaited = awaited.filter(|_| !suspended).map(|(site, _)| site.to_string()).collect();
        Self {
            policies: policies(department, &mount),
            logins: sites.iter().filter_map(login).collect(),
            awaited,
            mount,
        }
    }

    /// The sites that have not said yet with which keys they sign.
    #[must_use]
    pub fn awaited(&self) -> &[String] {
        &self.awaited
    }

    /// What is still to be read before it can be said what is to be done.
    #[must_use]
    pub fn asks(&self, standing: &Standing) -> Vec<String> {
        let mut asks = vec![format!("sys/mounts/{}", self.mount)];
        asks.extend(self.policies.iter().map(|(name, _)| policy_path(name)));
        for login in &self.logins {
            asks.push(login.role_path());
            if login.role.is_some() {
                asks.push(login.config_path());
                if standing.get(&login.config_path()) == Some(&None) {
                    asks.push(login.mount_path());
                }
            }
        }
        asks.retain(|path| !standing.contains_key(path));
        asks
    }

    /// What is to be done about what stands, in this order; nothing when all is as it should be.
    ///
    /// # Errors
    /// Something of others stands in the way.
    pub fn steps(&self, standing: &Standing) -> Result<Vec<Step>, Message> {
        let stands = |path: &str| standing.get(path).and_then(Option::as_ref);
        let mut steps = Vec::new();
        let mount = format!("sys/mounts/{}", self.mount);
        match stands(&mount) {
            None => {
                let store =
                    json!({"type": "kv", "options": {"version": "2"}, "description": "政云 (Zhengyun)"});
                steps.push(Step::Write(mount, store));
            }
            Some(there) if there["type"] == "kv" && there["options"]["version"] == "2" => {}
            Some(_) => return Err(Message::VaultForeign { path: self.mount.clone() }),
        }
        for (name, text) in &self.policies {
            let path = policy_path(name);
            if stands(&path).is_none_or(|there| there["policy"] != text.as_str()) {
                steps.push(Step::Write(path, json!({"policy": text})));
            }
        }
        for login in &self.logins {
            steps.extend(login.steps(&stands));
        }
        Ok(steps)
    }

    /// What the department is told of it.
    #[must_use]
    pub fn told(&self) -> SecretStore {
        let open = self.logins.iter().filter(|login| login.role.is_some());
        SecretStore { mount: self.mount.clone(), sites: open.map(|login| login.told.clone()).collect() }
    }
}

impl Login {
    fn role_path(&self) -> String {
        format!("{}/role/{ROLE}", self.told.login)
    }

    fn config_path(&self) -> String {
        format!("{}/config", self.told.login)
    }

    fn mount_path(&self) -> String {
        format!("sys/{}", self.told.login)
    }

    fn steps<'a>(&self, stands: &impl Fn(&str) -> Option<&'a Value>) -> Vec<Step> {
        let (role_path, config_path) = (self.role_path(), self.config_path());
        let revoke = || Step::Write(format!("sys/leases/revoke-prefix/{}", self.told.login), json!({}));
        let Some((issuer, role)) = &self.role else {
            let there = stands(&role_path).is_some();
            let delete = there.then_some(Step::Delete(role_path));
            // Also when only the first of the two came about the last time.
            return delete.into_iter().chain((there || self.had).then(revoke)).collect();
        };
        let mut steps = Vec::new();
        let wanted = json!({"jwt_validation_pubkeys": issuer.keys, "bound_issuer": issuer.issuer});
        match stands(&config_path) {
            Some(there) if holds(there, &wanted) => {}
            there => {
                if there.is_none() && stands(&self.mount_path()).is_none() {
                    steps.push(Step::Write(self.mount_path(), json!({"type": "jwt"})));
                }
                steps.push(Step::Write(config_path, wanted));
                // What was given out upon keys that are believed no longer.
                steps.extend(there.map(|_| revoke()));
            }
        }
        if !stands(&role_path).is_some_and(|there| holds(there, role)) {
            steps.push(Step::Write(role_path, role.clone()));
        }
        steps
    }
}

/// Whether everything that is wanted stands there; the store adds fields of its own.
fn holds(there: &Value, wanted: &Value) -> bool {
    wanted.as_object().is_some_and(|wanted| wanted.iter().all(|(key, value)| there.get(key) == Some(value)))
}

fn policy_path(name: &str) -> String {
    format!("sys/policies/acl/{name}")
}

fn role(department: &DepartmentName, audience: &str, namespaces: &BTreeSet<String>) -> Value {
    json!({
        "role_type": "jwt",
        "user_claim": "sub",
        "bound_audiences": [audience],
        "bound_claims_type": "string",
        "bound_claims": {"/kubernetes.io/namespace": namespaces},
        "token_policies": [format!("dept-{department}-read")],
        "token_no_default_policy": true,
        "token_type": "service",
        "token_ttl": LOGIN_SECONDS,
        "token_max_ttl": LOGIN_SECONDS,
        "token_explicit_max_ttl": LOGIN_SECONDS
    })
}

/// What may be done with the secrets: read by pods, written by members, and administered.
fn policies(department: &DepartmentName, mount: &str) -> Vec<(String, String)> {
    let own = "path \"auth/token/lookup-self\" { capabilities = [\"read\"] }\n\
               path \"auth/token/revoke-self\" { capabilities = [\"update\"] }\n";
    let on = |part: &str, capabilities: &[&str]| {
        let listed: Vec<String> = capabilities.iter().map(|capability| format!("\"{capability}\"")).collect();
        format!("path \"{mount}/{part}/*\" {{ capabilities = [{}] }}\n", listed.join(", "))
    };
    let read = || own.to_owned();
    let all = ["create", "read", "update", "patch", "delete"];
    vec![
        (
            format!("dept-{department}-read"),
            read() + &on("data", &["read"]) + &on("metadata", &["read", "list"]),
        ),
        (
            format!("dept-{department}-write"),
            read() + &on("data", &all) + &on("metadata", &["read", "list"]) + &on("undelete", &["update"]),
        ),
        (
            format!("dept-{department}-admin"),
            read()
                + &on("data", &all)
                + &on("metadata", &["create", "read", "update", "patch", "delete", "list"])
                + &on("undelete", &["update"])
                + &on("delete", &["update"])
                + &on("destroy", &["update"]),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issuer(key: &str) -> TokenIssuer {
        TokenIssuer { issuer: "https://kubernetes.default.svc".into(), keys: vec![key.into()] }
    }

    fn at(namespaces: &[&str], issuer: Option<TokenIssuer>, had: bool) -> AtSite {
        AtSite { namespaces: namespaces.iter().map(|name| (*name).to_owned()).collect(), issuer, had }
    }

    fn wanted(suspended: bool, at: AtSite) -> Wanted {
        let sites = BTreeMap::from([(SiteName::parse("kaicheng").unwrap(), at)]);
        Wanted::new(&DepartmentName::parse("jiaoyu").unwrap(), suspended, &sites)
    }

    /// Takes steps as the store does.
    fn take(wanted: &Wanted, standing: &mut Standing) -> Vec<Step> {
        loop {
            let asks = wanted.asks(standing);
            if asks.is_empty() {
                break;
            }
            standing.extend(asks.into_iter().map(|path| (path, None)));
        }
        let steps = wanted.steps(standing).unwrap();
        for step in &steps {
            match step {
                Step::Write(path, body) => drop(standing.insert(path.clone(), Some(body.clone()))),
                Step::Delete(path) => drop(standing.insert(path.clone(), None)),
            }
        }
        steps
    }

    #[test]
    fn a_department_gets_its_store_policies_and_logins_and_then_nothing_is_left_to_do() {
        let (wanted, mut standing) =
            (wanted(false, at(&["jiaoyu-a", "jiaoyu-b"], Some(issuer("k")), false)), Standing::new());
        let steps: Vec<String> = take(&wanted, &mut standing)
            .iter()
            .map(|step| match step {
                Step::Write(path, body) => format!("write {path} {body:#}"),
                Step::Delete(path) => format!("delete {path}"),
            })
            .collect();
        insta::assert_snapshot!(steps.join("\n"));
        assert_eq!(take(&wanted, &mut standing), []);
        assert_eq!(wanted.told().sites[0].audience, "zhengyun:jiaoyu:kaicheng");
    }

    #[test]
    fn no_role_is_open_to_every_namespace() {
        let wanted = wanted(false, at(&[], Some(issuer("k")), false));
        assert!(
            take(&wanted, &mut Standing::new()).iter().all(|step| !step.path().contains("auth/zhengyun"))
        );
        assert_eq!(wanted.told().sites, []);
    }

    #[test]
    fn suspended_means_no_role_and_all_logins_taken_back_also_after_a_crash_between_the_two() {
        let mut standing = Standing::new();
        take(&wanted(false, at(&["n"], Some(issuer("k")), false)), &mut standing);
        let suspended = wanted(true, at(&["n"], Some(issuer("k")), true));
        let revoke = Step::Write("sys/leases/revoke-prefix/auth/zhengyun/kaicheng/jiaoyu".into(), json!({}));
        let delete = Step::Delete("auth/zhengyun/kaicheng/jiaoyu/role/workload".into());
        assert_eq!(take(&suspended, &mut standing), [delete, revoke.clone()]);
        assert_eq!(take(&suspended, &mut standing), [revoke], "its status still says that it had one");
        assert_eq!(take(&wanted(true, at(&["n"], Some(issuer("k")), false)), &mut standing), []);
        assert!(take(&wanted(false, at(&["n"], Some(issuer("k")), false)), &mut standing).len() == 1);
    }

    #[test]
    fn other_keys_take_back_what_was_given_out_upon_the_old_ones() {
        let mut standing = Standing::new();
        take(&wanted(false, at(&["n"], Some(issuer("old")), false)), &mut standing);
        let steps = take(&wanted(false, at(&["n"], Some(issuer("new")), true)), &mut standing);
        let paths: Vec<&str> = steps.iter().map(Step::path).collect();
        assert_eq!(
            paths,
            [
                "auth/zhengyun/kaicheng/jiaoyu/config",
                "sys/leases/revoke-prefix/auth/zhengyun/kaicheng/jiaoyu"
            ]
        );
    }

    #[test]
    fn a_store_of_others_is_not_touched_and_a_site_without_keys_is_named() {
        let wanted = wanted(false, at(&["n"], None, false));
        assert_eq!(wanted.awaited(), ["kaicheng"]);
        let other = Some(json!({"type": "kv", "options": {"version": "1"}}));
        let standing = Standing::from([("sys/mounts/zhengyun/jiaoyu".to_owned(), other)]);
        assert_eq!(wanted.steps(&standing), Err(Message::VaultForeign { path: "zhengyun/jiaoyu".into() }));
    }
}
