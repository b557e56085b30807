//! Taking over a namespace that stands on a site already: only by two keys, the department's wish and a platform engineer's mark on
//! the site, and one step of enforcement at a time.
//!
//! | the order | what stands on the site | then |
//! |---|---|---|
//! | makes a namespace | nothing, or the department's own | applied |
//! | makes a namespace | somebody else's, or one marked for adoption | refused |
//! | adopts | nothing | refused: adopting makes none |
//! | adopts | without the very mark, or another department's | refused |
//! | adopts | with the mark | applied |

use crds::{Adoption, Enforcement, Message, Workspace, labels};
use serde_json::Value;

use crate::bundle::{Content, text};
use crate::isolation::stage::{annotation, stage_of};
use crate::{Findings, listed};

/// What a site must say of a namespace that a workspace takes over.
#[must_use]
pub fn mark(department: &str, workspace: &str) -> String {
    format!("{department}/{workspace}")
}

/// The set that a mark speaks of.
#[must_use]
pub fn set_of(mark: &str) -> Option<&str> {
    mark.split_once('/').map(|(set, _)| set).filter(|set| !set.is_empty())
}

/// Whether a namespace belongs to the cluster itself or to the platform.
#[must_use]
pub fn is_reserved(namespace: &str) -> bool {
    namespace == "default" || ["kube-", "zhengyun-"].iter().any(|prefix| namespace.starts_with(prefix))
}

/// How far an adopted namespace was told to be, and for which workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The stage.
    pub stage: Enforcement,
    /// The uid of the workspace.
    pub workspace_uid: String,
}

/// How far the rules are to be in force in a workspace's adopted namespaces; none when it adopts nothing.
#[must_use]
pub fn stage(workspace: &Workspace) -> Option<Enforcement> {
    let spec = &workspace.spec;
    (!spec.adopt.is_empty()).then(|| spec.enforcement.unwrap_or(Enforcement::Observe))
}

/// Whether a workspace adopts its namespace at a site.
#[must_use]
pub fn adopts<'a>(workspace: &'a Workspace, site: &str) -> Option<&'a Adoption> {
    workspace.spec.adopt.iter().find(|adoption| adoption.site == site)
}

/// How far a content says that an adopted namespace is to be.
#[must_use]
pub fn told(content: &Content, namespace: &str) -> Option<Standing> {
    let objects = content.objects.iter().map(|object| object.object.value());
    let mut namespaces = objects.filter(|object| text(object, "/kind") == "Namespace");
    let found = namespaces.find(|object| text(object, "/metadata/name") == namespace)?;
    let uid = found.pointer("/metadata/labels")?.get(labels::WORKSPACE_UID).and_then(Value::as_str);
    let adopted = !annotation(&found, labels::ADOPT).is_empty();
    adopted.then(|| Standing { stage: stage_of(&found), workspace_uid: uid.unwrap_or_default().to_owned() })
}

/// What is wrong with what a workspace adopts, and with the step that it takes.
#[must_use]
pub fn check(workspace: &Workspace, standing: &dyn Fn(&str, &str) -> Option<Standing>) -> Findings {
    let spec = &workspace.spec;
    let Some(stage) = stage(workspace) else {
        let below = spec.enforcement.filter(|stage| *stage != Enforcement::Enforce);
        return below.map(|_| Message::StageWithout {}).into_iter().collect();
    };
    let mut findings = Findings::new();
    let mut names: Vec<&str> = spec.adopt.iter().map(|adoption| adoption.namespace.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() > 1 {
        findings.push(Message::AdoptNames { names: names.join(", ") });
    }
    let reserved = names.iter().filter(|name| is_reserved(name));
    findings.extend(reserved.map(|name| Message::AdoptReserved { namespace: (*name).to_owned() }));
    // A site that the workspace left stays in `adopt`, which cannot be changed.
    let left =
        |site: &str| workspace.status.iter().flat_map(|status| &status.sites).any(|place| place.site == site);
    let places = || spec.sites.iter().map(|place| place.site.as_str());
    for Adoption { site, namespace } in &spec.adopt {
        if places().any(|place| place == site) {
            let uid = workspace.metadata.uid.as_deref().unwrap_or_default();
            findings.extend(step(site, namespace, standing(site, namespace).as_ref(), stage, uid).err());
        } else if !left(site) {
            findings.push(Message::AdoptSite { site: site.clone(), allowed: listed(places()) });
        }
    }
    findings
}

/// Whether a workspace may go to a stage: forward one at a time, back as it likes (who may is said at the hub's admission), and a
/// workspace that was filed anew goes on where the one before it was.
fn step(
    site: &str,
    namespace: &str,
    standing: Option<&Standing>,
    to: Enforcement,
    uid: &str,
) -> Result<(), Message> {
    let allowed = match standing {
        None => Enforcement::Observe,
        Some(standing) if standing.workspace_uid != uid && to < standing.stage => {
            let stage = standing.stage.id().to_owned();
            return Err(Message::StepKept { site: site.into(), namespace: namespace.into(), stage });
        }
        Some(standing) => standing.stage.next().unwrap_or(Enforcement::Enforce),
    };
    if to <= allowed {
        return Ok(());
    }
    let from = standing.map_or("-", |standing| standing.stage.id()).to_owned();
    let (to, allowed) = (to.id().to_owned(), allowed.id().to_owned());
    Err(Message::StepTooFar { site: site.into(), from, to, allowed })
}

/// Whether a namespace that an order names may be what stands on the site under its name.
///
/// # Errors
/// The sentence that a person is told: nothing of it is touched.
pub fn may_take(wanted: &Value, live: Option<&Value>, was_ours: bool, place: &str) -> Result<(), Message> {
    let (namespace, place) = (|| text(wanted, "/metadata/name").to_owned(), || place.to_owned());
    let mark = annotation(wanted, labels::ADOPT);
    let Some(live) = live else {
        return if mark.is_empty() {
            Ok(())
        } else {
            Err(Message::AdoptMissing { namespace: namespace(), place: place() })
        };
    };
    let label = |object: &Value, key: &str| {
        text(object, &format!("/metadata/labels/{}", key.replace('/', "~1"))).to_owned()
    };
    let ours = label(live, labels::MANAGED_BY) == labels::MANAGER;
    let same_owner = ours && label(live, labels::DEPARTMENT) == label(wanted, labels::DEPARTMENT);
    let marked = annotation(live, labels::ADOPT);
    if mark.is_empty() {
        return match (same_owner || was_ours, marked) {
            (true, "") => Ok(()),
            (true, marked) => Err(Message::AdoptedOtherwise {
                namespace: namespace(),
                place: place(),
                mark: marked.to_owned(),
            }),
            (false, _) => Err(Message::ForeignNamespace { namespace: namespace(), place: place() }),
        };
    }
    if is_reserved(&namespace()) || (ours && !same_owner && !was_ours) {
        return Err(Message::ForeignNamespace { namespace: namespace(), place: place() });
    }
    // Also once it was taken over: who takes the mark away keeps the platform's hands off.
    if marked != mark {
        let mark = mark.to_owned();
        return Err(Message::AdoptUnmarked { namespace: namespace(), place: place(), mark });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    fn workspace(adopt: &Value, enforcement: Option<&str>) -> Workspace {
        let share = json!({"cpu": "1", "memory": "1Gi"});
        let mut spec = json!({
            "displayName": "x", "system": "s", "zone": "extranet", "adopt": adopt,
            "sites": [{"site": "a", "share": share}, {"site": "b", "share": share}]
        });
        if let Some(enforcement) = enforcement {
            spec["enforcement"] = enforcement.into();
        }
        let mut workspace = Workspace::new("w", serde_json::from_value(spec).unwrap());
        workspace.metadata.uid = Some("uid-1".into());
        workspace
    }

    fn reasons(workspace: &Workspace, standing: Option<(Enforcement, &str)>) -> Vec<&'static str> {
        let standing = standing.map(|(stage, uid)| Standing { stage, workspace_uid: uid.into() });
        check(workspace, &|_, _| standing.clone()).iter().map(Message::reason).collect()
    }

    #[rstest]
    #[case::right(json!([{"site": "a", "namespace": "his"}, {"site": "b", "namespace": "his"}]), &[])]
    #[case::two_names(json!([{"site": "a", "namespace": "his"}, {"site": "b", "namespace": "lis"}]), &["AdoptNames"])]
    #[case::the_clusters(json!([{"site": "a", "namespace": "kube-system"}]), &["AdoptReserved"])]
    #[case::the_platforms(json!([{"site": "a", "namespace": "zhengyun-system"}]), &["AdoptReserved"])]
    #[case::default(json!([{"site": "a", "namespace": "default"}]), &["AdoptReserved"])]
    #[case::elsewhere(json!([{"site": "c", "namespace": "his"}]), &["AdoptSite"])]
    fn what_cannot_be_adopted_is_refused_with_a_sentence(#[case] adopt: Value, #[case] expected: &[&str]) {
        assert_eq!(reasons(&workspace(&adopt, None), None), expected);
    }

    #[test]
    fn a_site_that_the_workspace_left_is_no_mistake() {
        let mut left = workspace(&json!([{"site": "c", "namespace": "his"}]), None);
        let status = json!({"namespace": "his", "sites": [{"site": "c", "state": "Left"}]});
        left.status = Some(serde_json::from_value(status).unwrap());
        assert_eq!(reasons(&left, None), Vec::<&str>::new());
    }

    #[test]
    fn a_stage_is_for_adopted_namespaces_only() {
        assert_eq!(reasons(&workspace(&json!([]), Some("observe")), None), ["StageWithout"]);
        assert_eq!(reasons(&workspace(&json!([]), Some("enforce")), None), Vec::<&str>::new());
        assert_eq!(stage(&workspace(&json!([]), None)), None);
    }

    #[test]
    fn the_stage_goes_forward_one_step_at_a_time_and_back_as_it_likes() {
        use Enforcement::{Enforce, Observe, Warn};
        let adopt = json!([{"site": "a", "namespace": "his"}]);
        let said = |standing: Option<Enforcement>, to: Enforcement, uid: &str| {
            let workspace = workspace(&adopt, Some(to.id()));
            reasons(&workspace, standing.map(|stage| (stage, uid))).pop().unwrap_or("-")
        };
        let table = [
            (None, ["-", "StepTooFar", "StepTooFar"]),
            (Some(Observe), ["-", "-", "StepTooFar"]),
            (Some(Warn), ["-", "-", "-"]),
            (Some(Enforce), ["-", "-", "-"]),
        ];
        for (standing, row) in table {
            assert_eq!([Observe, Warn, Enforce].map(|to| said(standing, to, "uid-1")), row, "{standing:?}");
        }
        // Deleting a workspace and filing it anew is no way back.
        let anew = [Observe, Warn, Enforce].map(|to| said(Some(Enforce), to, "uid-0"));
        assert_eq!(anew, ["StepKept", "StepKept", "-"]);
    }

    fn namespace(labels: Value, annotations: Value) -> Value {
        json!({"metadata": {"name": "his", "labels": labels, "annotations": annotations}})
    }

    fn adopting() -> Value {
        namespace(
            json!({"zhengyun.io/department": "weijian"}),
            json!({"zhengyun.io/adopt": "weijian/guahao"}),
        )
    }

    fn ours(department: &str, mark: Option<&str>) -> Value {
        let labels =
            json!({"app.kubernetes.io/managed-by": "zhengyun", "zhengyun.io/department": department});
        namespace(labels, mark.map_or_else(|| json!({}), |mark| json!({"zhengyun.io/adopt": mark})))
    }

    #[test]
    fn nothing_is_taken_over_by_one_key() {
        let said = |live: Option<&Value>, was_ours| {
            may_take(&adopting(), live, was_ours, "机房 a").map_or_else(|said| said.reason(), |()| "taken")
        };
        let marked = |mark: &str| namespace(json!({}), json!({"zhengyun.io/adopt": mark}));
        assert_eq!(said(None, false), "AdoptMissing");
        assert_eq!(said(Some(&namespace(json!({}), json!({}))), false), "AdoptUnmarked");
        assert_eq!(said(Some(&marked("jiaoyu/guahao")), false), "AdoptUnmarked");
        assert_eq!(said(Some(&marked("weijian/guahao")), false), "taken");
        assert_eq!(said(Some(&ours("weijian", Some("weijian/guahao"))), true), "taken");
        assert_eq!(said(Some(&ours("weijian", None)), true), "AdoptUnmarked", "the mark was taken away");
        assert_eq!(said(Some(&ours("jiaoyu", Some("weijian/guahao"))), false), "ForeignNamespace");
        let mut system = adopting();
        system["metadata"]["name"] = "kube-system".into();
        let refused = may_take(&system, Some(&marked("weijian/guahao")), false, "a");
        assert!(matches!(refused, Err(Message::ForeignNamespace { .. })));
    }

    #[test]
    fn what_the_platform_makes_is_made_or_found_again_and_never_somebody_elses() {
        let plain = namespace(json!({"zhengyun.io/department": "weijian"}), json!({}));
        let said = |live: Option<&Value>, was_ours| {
            may_take(&plain, live, was_ours, "机房 a").map_or_else(|said| said.reason(), |()| "taken")
        };
        assert_eq!(said(None, false), "taken");
        assert_eq!(said(Some(&ours("weijian", None)), false), "taken");
        assert_eq!(said(Some(&namespace(json!({}), json!({}))), true), "taken", "drift of its labels");
        assert_eq!(said(Some(&namespace(json!({}), json!({}))), false), "ForeignNamespace");
        assert_eq!(said(Some(&ours("jiaoyu", None)), false), "ForeignNamespace");
        assert_eq!(said(Some(&ours("weijian", Some("weijian/guahao"))), true), "AdoptedOtherwise");
    }

    #[test]
    fn a_mark_names_the_set() {
        assert_eq!(set_of(&mark("weijian", "guahao")), Some("weijian"));
        assert_eq!((set_of("weijian"), set_of("/x")), (None, None));
    }
}
