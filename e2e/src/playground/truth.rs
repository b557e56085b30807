//! What is not true yet, object by object, and waiting until nothing is left.

use std::time::{Duration, Instant};

use anyhow::Result;
use crds::{DataCenter, Message};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, ObjectMeta};
use plan::conditions::READY;
use plan::data_center::is_live;

use super::facts::{Field, Register};
use super::progress::Progress;
use crate::district::District;
use crate::wait::DEADLINE;

/// How often the register is read; a settled district takes a few seconds.
const LOOK: Duration = Duration::from_millis(250);

/// An object that is not as it should be, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Untrue {
    /// Kind, with its Chinese word.
    pub(super) kind: &'static str,
    /// Chinese name and short name.
    pub(super) name: String,
    /// What its condition says, or what is missing.
    pub(super) why: String,
}

/// Reads the register until everything in it is true; past the deadline, with what is not.
pub(super) async fn wait(district: &District, progress: &Progress) -> Result<(Register, Vec<Untrue>)> {
    let started = Instant::now();
    let mut said = usize::MAX;
    loop {
        let register = Register::read(district).await?;
        let left = untrue(&register);
        if left.is_empty() || started.elapsed() > DEADLINE {
            return Ok((register, left));
        }
        if left.len() != said {
            said = left.len();
            let first = left.first().map_or_else(String::new, |one| format!("{} {}", one.kind, one.name));
            progress.say(
                format!("等待就绪,还有 {said} 个,如 {first} …"),
                format!("not ready yet: {said}, such as {first} …"),
            );
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Every object on the hub that does not say that it is ready, about its present generation.
pub(super) fn untrue(register: &Register) -> Vec<Untrue> {
    let Register { districts, data_centers, departments, profiles, systems, workspaces, sets } = register;
    let mut found = Vec::new();
    if workspaces.is_empty() {
        let why = "示例尚未载入 (the sample is not loaded)".to_owned();
        found.push(Untrue { kind: "业务空间 Workspace", name: "-".into(), why });
    }
    macro_rules! judge {
        ($objects:expr, $kind:literal) => {
            for object in $objects {
                let conditions = object.status.as_ref().map(|status| status.conditions.as_slice());
                let why = why_not(&object.metadata, conditions.unwrap_or_default());
                let name = || named(&object.spec.display_name, &object.metadata);
                found.extend(why.map(|why| Untrue { kind: $kind, name: name(), why }));
            }
        };
    }
    judge!(districts, "区 District");
    judge!(data_centers, "机房 DataCenter");
    judge!(departments, "单位 Department");
    judge!(profiles, "隔离方案 IsolationProfile");
    judge!(systems, "信息系统 System");
    judge!(workspaces, "业务空间 Workspace");
    judge!(sets, "批量业务空间 WorkspaceSet");
    found.extend(data_centers.iter().filter_map(wrong_reason));
    found
}

/// Every place where the hub says that all is well and the site's own API server shows otherwise.
pub(super) fn untrue_on_sites(register: &Register, field: &Field) -> Vec<Untrue> {
    let judged = register.places().map(|(workspace, namespace, site)| {
        let inside = field.inside(site, namespace);
        let lacks = match inside {
            None => "命名空间 (the namespace)",
            Some(inside) if inside.usage("requests.cpu").is_none() => "生效的配额 (a quota in force)",
            Some(inside) if inside.role_bindings == 0 => "角色绑定 (role bindings)",
            Some(inside) if inside.network_policies == 0 => "网络策略 (network policies)",
            Some(_) => return None,
        };
        let name = format!("{} · {site}/{namespace}", workspace.spec.display_name);
        Some(Untrue {
            kind: "业务空间 Workspace", name, why: format!("机房现场缺 (the site lacks) {lacks}")
        })
    });
    judged.flatten().collect()
}

/// Why an object is not ready, `None` when it is.
fn why_not(metadata: &ObjectMeta, conditions: &[Condition]) -> Option<String> {
    let Some(ready) = conditions.iter().find(|condition| condition.type_ == READY) else {
        return Some("尚无 Ready 结论 (nothing says Ready yet)".into());
    };
    if ready.observed_generation != metadata.generation {
        return Some("Ready 结论针对旧内容 (Ready speaks of an older generation)".into());
    }
    (ready.status != "True").then(|| format!("Ready={} {}", ready.status, ready.message))
}

/// A room that says it is ready for another reason than its place in the register has.
fn wrong_reason(room: &DataCenter) -> Option<Untrue> {
    let conditions = &room.status.as_ref()?.conditions;
    let ready = conditions.iter().find(|condition| condition.type_ == READY)?;
    let registered_only = ready.reason == Message::InventoryOnly {}.reason();
    let wrong = ready.status == "True" && registered_only == is_live(&room.spec);
    wrong.then(|| Untrue {
        kind: "机房 DataCenter",
        name: named(&room.spec.display_name, &room.metadata),
        why: format!("处置与结论不符 (ready for the wrong reason): {}", ready.message),
    })
}

fn named(display_name: &str, metadata: &ObjectMeta) -> String {
    let name = metadata.name.as_deref().unwrap_or_default();
    match metadata.namespace.as_deref() {
        Some(namespace) => format!("{display_name} ({namespace}/{name})"),
        None => format!("{display_name} ({name})"),
    }
}

#[cfg(test)]
#[path = "truth_tests.rs"]
mod tests;
