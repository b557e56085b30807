//! People who ask for resources and people who decide about it, each signed in as themselves.

use anyhow::{Context as _, Result};
use crds::{Approval, Grant, ResourceRequest};
use kube::Api;
use kube::api::{ObjectMeta, PostParams};
use serde_json::{Value, json};

use crate::district::District;
use crate::product;
use crate::users::Person;

/// The department that the stories are about.
pub const DEPARTMENT: &str = "jiaoyu";
/// The policy that comes with the product.
pub const POLICY: &str = "resources";
/// Its namespace on the hub.
pub const NAMESPACE: &str = "dept-jiaoyu";

/// The approval policy that comes with the product.
pub fn shipped_policy() -> Result<String> {
    let path = product::workspace().join("charts/zhengyun-hub/files/approvals.yaml");
    std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))
}

/// The department's administrator, who asks.
#[must_use]
pub fn li() -> Person {
    Person::of_department("li", DEPARTMENT)
}

/// The department's head.
#[must_use]
pub fn wang() -> Person {
    Person::head_of_department("wang", DEPARTMENT)
}

/// Of the service centre: technical review.
#[must_use]
pub fn zhao() -> Person {
    Person::new("zhao", &["zhengyun-technical-review"])
}

/// Of the e-government section.
#[must_use]
pub fn qian() -> Person {
    Person::new("qian", &["zhengyun-egov-section"])
}

/// Of the conference's office.
#[must_use]
pub fn sun() -> Person {
    Person::new("sun", &["zhengyun-conference-office"])
}

/// Of the conference's office too.
#[must_use]
pub fn zhou() -> Person {
    Person::new("zhou", &["zhengyun-conference-office"])
}

/// Of the finance bureau.
#[must_use]
pub fn wu() -> Person {
    Person::new("wu", &["zhengyun-finance"])
}

/// The steps of the shipped policy that every request goes through, and who decides there.
#[must_use]
pub fn chain() -> [(&'static str, Person); 4] {
    [("head", wang()), ("technical-review", zhao()), ("egov-section", qian()), ("funds", wu())]
}

/// What a request for cores (with 4 GiB of memory, ten pods and a namespace each) at a site says.
#[must_use]
pub fn asking(site: &str, cpu: u32) -> Value {
    json!({
        "change": "new", "system": "one", "until": "2199-12-31", "funding": "application", "reason": "开学选课",
        "sharing": {"supported": true}, "securityTest": "测评〔2026〕5 号", "submitted": true,
        "sites": [{"site": site, "amounts": amounts(cpu)}]
    })
}

/// Amounts of so many cores.
#[must_use]
pub fn amounts(cpu: u32) -> Value {
    json!({
        "cpu": cpu.to_string(), "memory": format!("{}Gi", cpu * 4), "storage": format!("{}Gi", cpu * 10),
        "pods": cpu * 10, "volumes": cpu, "services": cpu, "namespaces": cpu
    })
}

/// A person at work on the hub.
#[derive(Debug, Clone)]
pub struct Desk {
    requests: Api<ResourceRequest>,
    approvals: Api<Approval>,
    grants: Api<Grant>,
}

impl Desk {
    /// Sits somebody down at the papers of the stories' department.
    pub fn of(district: &District, person: &Person) -> Result<Self> {
        Self::at(district, person, DEPARTMENT)
    }

    /// Sits somebody down at the papers of a department.
    pub fn at(district: &District, person: &Person, department: &str) -> Result<Self> {
        Ok(Self::with(district.hub().plane().client_of(person)?, &format!("dept-{department}")))
    }

    /// Sits whoever has this client down at the papers in a namespace.
    #[must_use]
    pub fn with(client: kube::Client, namespace: &str) -> Self {
        Self {
            requests: Api::namespaced(client.clone(), namespace),
            approvals: Api::namespaced(client.clone(), namespace),
            grants: Api::namespaced(client, namespace),
        }
    }

    /// Requests, as this person sees them.
    #[must_use]
    pub fn requests(&self) -> Api<ResourceRequest> {
        self.requests.clone()
    }

    /// Decisions, as this person sees them.
    #[must_use]
    pub fn approvals(&self) -> Api<Approval> {
        self.approvals.clone()
    }

    /// Grants, as this person sees them.
    #[must_use]
    pub fn grants(&self) -> Api<Grant> {
        self.grants.clone()
    }

    /// Files a request.
    pub async fn ask(&self, name: &str, spec: Value) -> Result<ResourceRequest> {
        let request = ResourceRequest::new(name, serde_json::from_value(spec)?);
        Ok(self.requests.create(&PostParams::default(), &request).await?)
    }

    /// What a decision on a request says, as things stand.
    pub async fn opinion(&self, request: &str, step: &str) -> Result<Value> {
        let digest = self.requests.get(request).await?;
        let digest = digest.status.and_then(|status| status.step).context("it waits at no step")?.digest;
        Ok(json!({"request": request, "digest": digest, "step": step, "decision": "approve"}))
    }

    /// Writes a decision.
    pub async fn decide(&self, name: &str, spec: Value) -> Result<Approval> {
        let approval = Approval {
            metadata: ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() },
            spec: serde_json::from_value(spec)?,
            status: None,
        };
        Ok(self.approvals.create(&PostParams::default(), &approval).await?)
    }
}

impl District {
    /// Waits until a request of the stories' department waits at a step.
    pub async fn waits_at(&self, request: &str, step: &str) -> Result<ResourceRequest> {
        self.waits_in(DEPARTMENT, request, step).await
    }

    /// Waits until a request of a department waits at a step.
    pub async fn waits_in(&self, department: &str, request: &str, step: &str) -> Result<ResourceRequest> {
        let namespace = format!("dept-{department}");
        let api: Api<ResourceRequest> = Api::namespaced(self.hub().client()?, &namespace);
        let what = format!("request {request} waits at {step}");
        let there = |found: Option<&ResourceRequest>| {
            let step_of = found.and_then(|found| found.status.as_ref()?.step.as_ref());
            step_of.is_some_and(|at| at.name == step)
        };
        self.eventually_object(api, request, &what, there).await?.context("it was there a moment ago")
    }

    /// Lets everybody of the chain agree to a request, one after the other.
    pub async fn agreed_by_all(&self, request: &str, chain: &[(&str, Person)]) -> Result<()> {
        for (step, person) in chain {
            self.decided_at(DEPARTMENT, request, step, person).await?;
        }
        Ok(())
    }

    /// Lets somebody agree to a request once it waits at their step.
    pub async fn decided_at(
        &self,
        department: &str,
        request: &str,
        step: &str,
        person: &Person,
    ) -> Result<()> {
        self.waits_in(department, request, step).await?;
        let desk = Desk::at(self, person, department)?;
        let opinion = desk.opinion(request, step).await?;
        desk.decide(&format!("{request}-{step}"), opinion).await?;
        Ok(())
    }

    /// The sentence with which somebody was refused.
    pub fn refusal<T>(answer: Result<T>) -> Result<String> {
        match answer {
            Ok(_) => anyhow::bail!("it was not refused"),
            Err(error) => Ok(format!("{error:#}")),
        }
    }
}
