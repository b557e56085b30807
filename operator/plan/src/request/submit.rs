//! What may be submitted, and what is stamped then.

use std::collections::BTreeMap;

use crds::migration::system::SystemKind;
use crds::tenancy::department::DepartmentRole;
use crds::{
    ApprovalPolicy, DepartmentSpec, Grant, Message, ProtectionLevel, RequestChange, RequestStamp,
    ResourceRequest, ResourceRequestSpec, SystemSpec,
};
use k8s_openapi::jiff::Timestamp;
use k8s_openapi::jiff::civil::Date;

use super::policy::applicable;
use super::{POLICY, digest, measured, moment, whole};
use crate::Findings;
use crate::budget::day;
use crate::department::missing;
use crate::measured::Measured;

/// Who writes something, as the API server knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// Name.
    pub name: String,
    /// Uid, empty where the sign-in service has none.
    pub uid: String,
    /// Groups.
    pub groups: Vec<String>,
}

/// What a request is judged by when it is submitted.
pub struct Facts<'a> {
    /// The department's short code.
    pub department_name: &'a str,
    /// The department, nothing when it is not registered.
    pub department: Option<&'a DepartmentSpec>,
    /// The policies, by name, those that are well.
    pub policies: &'a BTreeMap<String, &'a ApprovalPolicy>,
    /// The department's systems, by name.
    pub systems: &'a BTreeMap<String, &'a SystemSpec>,
    /// Its grants, by name.
    pub grants: &'a BTreeMap<String, &'a Grant>,
    /// Names of the data centres in use.
    pub data_centers: &'a [String],
    /// Who submits.
    pub user: &'a User,
    /// The time.
    pub now: Timestamp,
}

/// What is stamped on a request that may be submitted, without its seal.
///
/// # Errors
/// Everything that a person must write otherwise.
pub fn submit(request: &ResourceRequest, facts: &Facts<'_>) -> Result<RequestStamp, Findings> {
    let spec = &request.spec;
    let mut findings = Vec::new();
    findings.extend(stranger(spec, facts));
    let system = facts.systems.get(&spec.system).copied();
    if system.is_none() {
        let known: Vec<String> = facts.systems.keys().cloned().collect();
        findings.extend(missing("spec.system", &spec.system, "信息系统 System", &known));
    }
    for (at, site) in spec.sites.iter().enumerate() {
        let field = format!("spec.sites[{at}].site");
        findings.extend(missing(&field, &site.site, "机房 DataCenter", facts.data_centers));
        let allowed =
            facts.department.map(|department| department.allowed_sites.as_slice()).unwrap_or_default();
        if !allowed.is_empty() && !allowed.contains(&site.site) {
            let allowed = crate::listed(allowed);
            findings.push(Message::SiteNotAllowed { field, value: site.site.clone(), allowed });
        }
    }
    findings.extend(until(spec, facts.now));
    match &spec.grant {
        None => findings.extend(new_system(spec, system)),
        Some(name) => {
            if let Some(grant) = facts.grants.get(name) {
                findings.extend(change(spec, grant, system));
            } else {
                let known: Vec<String> = facts.grants.keys().cloned().collect();
                findings.extend(missing("spec.grant", name, "资源批复 Grant", &known));
            }
        }
    }
    let policy = spec.policy.as_deref().unwrap_or(POLICY);
    let steps = match facts.policies.get(policy) {
        Some(policy) => applicable(&policy.spec, spec, &heads(facts.department)),
        None => Err(Message::UnknownReference {
            field: "spec.policy".into(),
            value: policy.into(),
            kind: "审批规则 ApprovalPolicy".into(),
            allowed: crate::listed(facts.policies.keys()),
        }),
    };
    let steps = steps.map_err(|finding| findings.push(finding)).unwrap_or_default();
    if !findings.is_empty() {
        return Err(findings);
    }
    let digest = digest(spec, &spec.sites);
    let number = number(facts.department_name, day(facts.now), request.metadata.name.as_deref(), &digest);
    Ok(RequestStamp {
        by: facts.user.name.clone(),
        uid: facts.user.uid.clone(),
        at: moment(facts.now),
        number,
        policy: policy.to_owned(),
        steps,
        automatic: facts.policies.get(policy).and_then(|policy| policy.spec.automatic.clone()),
        digest,
        key: String::new(),
        mac: String::new(),
    })
}

/// The number that people confirm: whose, from which day, and enough of the digest to tell two apart.
fn number(department: &str, day: Date, name: Option<&str>, digest: &str) -> String {
    let own = crate::canonical::digest(&(name, digest)).unwrap_or_default();
    format!("{department}-{}-{}", day.strftime("%Y%m%d"), own.get(..6).unwrap_or_default())
}

/// The groups of a department that decide as its head.
fn heads(department: Option<&DepartmentSpec>) -> Vec<String> {
    let groups = department.iter().flat_map(|department| &department.groups);
    groups.filter(|group| group.role == DepartmentRole::Head).map(|group| group.group.clone()).collect()
}

/// Somebody else who types it says whose it is.
fn stranger(spec: &ResourceRequestSpec, facts: &Facts<'_>) -> Option<Message> {
    let own = facts.department.iter().flat_map(|department| &department.groups).any(|group| {
        matches!(group.role, DepartmentRole::Head | DepartmentRole::Admin)
            && facts.user.groups.contains(&group.group)
    });
    let by = || facts.user.name.clone();
    (!own && spec.on_behalf_of.is_none()).then(|| Message::RequestByStranger { by: by() })
}

fn until(spec: &ResourceRequestSpec, now: Timestamp) -> Option<Message> {
    let Ok(until) = spec.until.parse::<Date>() else {
        return Some(Message::DayMalformed { field: "spec.until".into() });
    };
    (until < day(now))
        .then(|| Message::RequestPast { until: spec.until.clone(), today: day(now).to_string() })
}

/// A new system shares its data, or is exempt from it, and names its security test (002 第七条; DESIGN section 7).
fn new_system(spec: &ResourceRequestSpec, system: Option<&SystemSpec>) -> Findings {
    let is_new = system.is_some_and(|system| system.kind == SystemKind::New);
    let system = || spec.system.clone();
    let sharing = (is_new && spec.sharing.is_none()).then(|| Message::NewNeedsSharing { system: system() });
    let test = (is_new && spec.security_test.is_none()).then(|| Message::NewNeedsTest { system: system() });
    sharing.into_iter().chain(test).collect()
}

/// Whether what is asked for is what it says it is, against the grant that it replaces.
fn change(spec: &ResourceRequestSpec, grant: &Grant, system: Option<&SystemSpec>) -> Findings {
    let mut findings = Vec::new();
    if grant.spec.taken_back {
        findings.push(Message::GrantTakenBack {});
    }
    let level = grant.spec.request.as_ref().and_then(|origin| origin.level);
    let rises = |now: ProtectionLevel| level.is_some_and(|was| !was.carries(now));
    if let Some(now) = system.map(|system| system.level).filter(|now| rises(*now))
        && spec.level_rise.is_none()
    {
        let (system, now) = (spec.system.clone(), now.to_string());
        findings.push(Message::LevelRises {
            system,
            was: level.map_or_else(String::new, |l| l.to_string()),
            now,
        });
    }
    let (had, wants) = (held(grant), asked(spec));
    let at = |sites: &BTreeMap<&str, Measured>, site: &str| sites.get(site).copied().unwrap_or_default();
    let every = |holds: &dyn Fn(Measured, Measured) -> bool| {
        had.keys().chain(wants.keys()).all(|site| holds(at(&had, site), at(&wants, site)))
    };
    let (all_had, all_wants) = (Measured::sum(had.values()), whole(&spec.sites));
    // As ISO days they compare as they are written.
    let (later, same_day) = (spec.until > grant.spec.until, spec.until == grant.spec.until);
    let as_said = match spec.change {
        RequestChange::New => true,
        RequestChange::More => every(&|had, wants| had.fits(&wants)) && all_had != all_wants,
        RequestChange::Less => every(&|had, wants| wants.fits(&had)) && all_had != all_wants && !later,
        RequestChange::Move => all_had == all_wants && had != wants && same_day,
        RequestChange::Renew => had == wants && later,
    };
    if !as_said {
        findings.push(Message::ChangeMismatch { change: spec.change.zh().into(), grant: grant_name(grant) });
    }
    findings
}

fn grant_name(grant: &Grant) -> String {
    grant.metadata.name.clone().unwrap_or_default()
}

/// What a grant gives at each site.
#[must_use]
pub fn held(grant: &Grant) -> BTreeMap<&str, Measured> {
    let one = |site: &'_ crds::GrantedSite| Measured::parse(&site.amounts).unwrap_or_default();
    let all = grant.spec.sites.iter().map(|site| (site.site.as_str(), one(site)));
    all.filter(|(_, amounts)| !amounts.is_zero()).collect()
}

/// What is asked for at each site.
#[must_use]
pub fn asked(spec: &ResourceRequestSpec) -> BTreeMap<&str, Measured> {
    let all = spec.sites.iter().map(|site| (site.site.as_str(), measured(&site.amounts)));
    all.filter(|(_, amounts)| !amounts.is_zero()).collect()
}
