//! The secret store (Vault, or OpenBao, which answers the same requests): what the hub asks of it, and in which weather it does not.

mod client;
mod weather;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crds::Message;
use plan::secrets::{Standing, Step, Wanted};
use serde_json::Value;
use tokio::time::Instant;

use self::client::Client;
use self::weather::Weather;
use crate::runtime::metrics::Metrics;

/// How the hub comes to the secret store.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct VaultArgs {
    /// Where the secret store (Vault or OpenBao) answers, https only; left out, departments get none.
    #[arg(long = "vault-address", value_parser = client::address)]
    pub address: Option<String>,
    /// The certificate authority of the secret store, PEM; left out, those of this machine.
    #[arg(long = "vault-ca-file")]
    pub ca_file: Option<PathBuf>,
    /// The hub's own token for the secret store, a JWT; read anew at each login.
    #[arg(long = "vault-token-file", default_value = "/var/run/secrets/zhengyun/vault/token")]
    pub token_file: PathBuf,
    /// The JWT login of the secret store that knows the hub's cluster.
    #[arg(long = "vault-login", default_value = "zhengyun-hub")]
    pub login: String,
    /// The role that the hub logs in as.
    #[arg(long = "vault-role", default_value = "zhengyun-hub")]
    pub role: String,
    /// Seconds after which it is looked again whether everything stands there.
    #[arg(long = "vault-check-seconds", default_value_t = 600)]
    pub check_seconds: u64,
}

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    /// For people.
    pub said: Message,
    /// Whether everybody has it: the store is away, sealed, or does not know the hub.
    pub general: bool,
}

/// What the hub asks of a secret store.
pub(crate) trait Store {
    /// What stands at a path, nothing when nothing does.
    fn read(&self, path: &str) -> impl Future<Output = Result<Option<Value>, Failure>> + Send;
    /// Changes something.
    fn take(&self, step: &Step) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Makes a department have what it is to have: reads what stands, and changes only what differs. Says how much was changed.
async fn bring_about(store: &impl Store, wanted: &Wanted) -> Result<usize, Failure> {
    let mut standing = Standing::new();
    loop {
        let asks = wanted.asks(&standing);
        if asks.is_empty() {
            break;
        }
        for path in asks {
            let stands = store.read(&path).await?;
            standing.insert(path, stands);
        }
    }
    let steps = wanted.steps(&standing).map_err(|said| Failure { said, general: false })?;
    for step in &steps {
        store.take(step).await?;
    }
    Ok(steps.len())
}

/// The secret store as the hub uses it.
pub(crate) struct Vault {
    client: Client,
    weather: Weather,
    check: Duration,
    /// What was found or made to stand last, by department.
    settled: Mutex<BTreeMap<String, (Wanted, Instant)>>,
    metrics: Arc<Metrics>,
}

/// How it went.
#[derive(Debug, PartialEq)]
pub(crate) struct Went {
    /// Why it did not.
    pub failure: Option<Message>,
    /// When to come again.
    pub again: Duration,
    /// Whether the weather has just become better: everybody who waits may come.
    pub cleared: bool,
}

/// How long a department waits that alone was refused something.
const REFUSED_WAIT: Duration = Duration::from_secs(15);

impl Vault {
    /// The secret store of these arguments, if there is to be one.
    pub(crate) fn new(args: &VaultArgs, metrics: Arc<Metrics>) -> Option<Self> {
        let address = args.address.clone()?;
        Some(Self {
            client: Client::new(address, args.clone()),
            weather: Weather::default(),
            check: Duration::from_secs(args.check_seconds),
            settled: Mutex::default(),
            metrics,
        })
    }

    /// Makes a department have what it is to have. In foul weather only one asks at a time, later and later.
    pub(crate) async fn settle(&self, department: &str, wanted: &Wanted) -> Went {
        if let Some(again) = self.left(department, wanted) {
            return Went { failure: None, again, cleared: false };
        }
        let asked = match self.weather.may_ask(Instant::now()) {
            Ok(asked) => asked,
            Err((said, again)) => return Went { failure: Some(said), again, cleared: false },
        };
        match bring_about(&self.client, wanted).await {
            Ok(changed) => {
                for _ in 0..changed {
                    self.metrics.wrote("Vault");
                }
                self.known().insert(department.to_owned(), (wanted.clone(), Instant::now()));
                Went { failure: None, again: self.check, cleared: self.weather.fair() }
            }
            Err(Failure { said, general }) => {
                self.known().remove(department);
                let (again, cleared) = if general {
                    (self.weather.foul(asked, said.clone(), Instant::now()), false)
                } else {
                    (REFUSED_WAIT, self.weather.fair())
                };
                Went { failure: Some(said), again, cleared }
            }
        }
    }

    /// How long what was found to stand is still believed to.
    fn left(&self, department: &str, wanted: &Wanted) -> Option<Duration> {
        let known = self.known();
        let (_, at) = known.get(department).filter(|(settled, _)| settled == wanted)?;
        self.check.checked_sub(at.elapsed()).filter(|left| !left.is_zero())
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, (Wanted, Instant)>> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plan::names::{DepartmentName, SiteName};
    use plan::secrets::AtSite;
    use serde_json::json;

    /// A store in memory that counts, and may lack a right.
    #[derive(Default)]
    struct Memory {
        stands: Mutex<BTreeMap<String, Value>>,
        asked: Mutex<Vec<String>>,
        forbidden: Option<&'static str>,
    }

    impl Memory {
        fn hear(&self, path: &str) -> Result<(), Failure> {
            self.asked.lock().unwrap().push(path.to_owned());
            match self.forbidden.filter(|forbidden| path.contains(forbidden)) {
                Some(_) => {
                    Err(Failure { said: Message::VaultForbidden { path: path.into() }, general: false })
                }
                None => Ok(()),
            }
        }
    }

    impl Store for Memory {
        async fn read(&self, path: &str) -> Result<Option<Value>, Failure> {
            self.hear(path)?;
            Ok(self.stands.lock().unwrap().get(path).cloned())
        }
        async fn take(&self, step: &Step) -> Result<(), Failure> {
            self.hear(step.path())?;
            let mut stands = self.stands.lock().unwrap();
            match step {
                Step::Write(path, body) => drop(stands.insert(path.clone(), body.clone())),
                Step::Delete(path) => drop(stands.remove(path)),
            }
            Ok(())
        }
    }

    fn wanted() -> Wanted {
        let issuer = crds::TokenIssuer { issuer: "i".into(), keys: vec!["k".into()] };
        let at = AtSite { namespaces: ["jiaoyu-a".to_owned()].into(), issuer: Some(issuer), had: false };
        let sites = BTreeMap::from([(SiteName::parse("kaicheng").unwrap(), at)]);
        Wanted::new(&DepartmentName::parse("jiaoyu").unwrap(), false, &sites)
    }

    #[tokio::test]
    async fn what_stands_is_read_and_not_written_again() {
        let store = Memory::default();
        assert_eq!(bring_about(&store, &wanted()).await, Ok(7));
        store.asked.lock().unwrap().clear();
        assert_eq!(bring_about(&store, &wanted()).await, Ok(0));
        assert_eq!(store.asked.lock().unwrap().len(), 6, "one read for each thing that is to stand");
        // Somebody opened the role: it is written again, and nothing else.
        let role = "auth/zhengyun/kaicheng/jiaoyu/role/workload";
        store.stands.lock().unwrap().insert(role.into(), json!({"role_type": "jwt"}));
        assert_eq!(bring_about(&store, &wanted()).await, Ok(1));
    }

    #[tokio::test]
    async fn a_right_that_is_lacking_is_named_by_its_path() {
        let store = Memory { forbidden: Some("sys/policies"), ..Memory::default() };
        let failure = bring_about(&store, &wanted()).await.unwrap_err();
        assert!(failure.said.to_string().contains("sys/policies/acl/dept-jiaoyu-read"), "{}", failure.said);
    }
}
