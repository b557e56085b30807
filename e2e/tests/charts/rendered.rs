//! Without a cluster: lint, schemas, versions, and what is rendered.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use e2e::charts::{chart, helm};
use serde_json::Value;

use super::{CHARTS, beside, objects, of_kind, read, template};

#[tokio::test]
async fn helm_finds_nothing_to_say_against_the_charts() -> Result<()> {
    let home = tempfile::tempdir()?;
    for (name, options) in CHARTS {
        let folder = chart(name).display().to_string();
        let args = ["lint", "--strict", "--namespace", "zhengyun-system", &folder];
        let said = helm(home.path(), None, args.iter().chain(options)).await?;
        assert!(said.contains("1 chart(s) linted, 0 chart(s) failed"), "{said}");
    }
    Ok(())
}

#[test]
fn a_chart_has_the_version_of_the_product() -> Result<()> {
    for (name, _) in CHARTS {
        let text = std::fs::read_to_string(chart(name).join("Chart.yaml"))?;
        let about: Value = serde_yaml::from_str(&text)?;
        assert_eq!(about["appVersion"], env!("CARGO_PKG_VERSION"), "{name}");
        assert_eq!(about["version"], env!("CARGO_PKG_VERSION"), "{name}");
        assert_eq!(about["kubeVersion"], ">=1.36.0-0", "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_wrong_value_is_refused_with_its_place_and_what_is_allowed() -> Result<()> {
    let place = "value must be one of 'hub', 'site'";
    for (name, set, said) in [
        ("zhengyun-crds", "place=nowhere", vec!["/place", place]),
        ("zhengyun-crds", "place=", vec!["/place", place]),
        ("zhengyun-crds", "places=hub", vec!["additional properties 'places' not allowed"]),
        ("zhengyun-hub", "replica=3", vec!["additional properties 'replica' not allowed"]),
        ("zhengyun-hub", "replicas=two", vec!["/replicas", "got string, want integer"]),
        ("zhengyun-hub", "replicas=0", vec!["/replicas", "got 0, want 1"]),
        ("zhengyun-hub", "silenceSeconds=5", vec!["/silenceSeconds", "got 5, want 30"]),
        ("zhengyun-hub", "image.name=x", vec!["/image", "additional properties 'name' not allowed"]),
        ("zhengyun-hub", "image.repository=", vec!["/image/repository", "does not match pattern"]),
        ("zhengyun-hub", "image.digest=latest", vec!["/image/digest", "does not match pattern"]),
        ("zhengyun-hub", "log=loud", vec!["/log", "'error', 'warn', 'info', 'debug', 'trace'"]),
        ("zhengyun-hub", "resources.limits.gpu=1", vec!["/resources/limits", "'gpu' not allowed"]),
        (
            "zhengyun-hub",
            "networkPolicy.apiServer.cidrs={10.0.0.1}",
            vec!["/networkPolicy/apiServer/cidrs/0"],
        ),
        ("zhengyun-site", "joinSecret=", vec!["/joinSecret", "does not match pattern"]),
        ("zhengyun-site", "observe=perhaps", vec!["/observe", "got string, want boolean"]),
        ("zhengyun-site", "silenceSeconds=60", vec!["additional properties 'silenceSeconds' not allowed"]),
        ("zhengyun-site", "antiAffinity=maybe", vec!["/antiAffinity", "'preferred', 'required'"]),
    ] {
        let refused = template(name, &["--set", set]).await.err();
        let refused = format!("{:#}", refused.with_context(|| format!("{name} takes {set}"))?);
        for part in said {
            assert!(refused.contains(part), "{name} with {set}: {part} is not in\n{refused}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn another_namespace_is_refused_with_a_sentence() -> Result<()> {
    for name in ["zhengyun-hub", "zhengyun-site"] {
        let refused = template(name, &["--namespace", "default"]).await.err().context("it is taken")?;
        let said = format!("{refused:#}");
        assert!(said.contains("须装在命名空间 zhengyun-system,不能是 default"), "{said}");
    }
    Ok(())
}

#[tokio::test]
async fn kinds_are_installed_where_they_belong_and_kept_when_the_release_goes() -> Result<()> {
    for (place, folder) in [("hub", "definitions/hub"), ("site", "definitions/site")] {
        let rendered = objects("zhengyun-crds", &["--set", &format!("place={place}")]).await?;
        let files = std::fs::read_dir(chart("zhengyun-crds").join(folder))?;
        let files: Result<Vec<_>, _> = files.map(|file| std::fs::read_to_string(file?.path())).collect();
        let mut expected = files?.iter().map(|text| read(text)).collect::<Result<Vec<_>>>()?.concat();
        expected.sort_by_key(|definition| definition["metadata"]["name"].to_string());
        assert_eq!(rendered.len(), expected.len(), "{place}");
        for (rendered, expected) in rendered.iter().zip(&expected) {
            assert_eq!(rendered, expected);
            assert_eq!(rendered["metadata"]["annotations"]["helm.sh/resource-policy"], "keep");
        }
    }
    Ok(())
}

#[tokio::test]
async fn walls_roles_and_the_credential_of_a_site_outlive_its_agent() -> Result<()> {
    let rendered = objects("zhengyun-site", &[]).await?;
    let outlives = |object: &Value| {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        match object["kind"].as_str().unwrap_or_default() {
            "ValidatingAdmissionPolicy" | "ValidatingAdmissionPolicyBinding" | "Namespace" | "Secret" => true,
            "ClusterRole" => {
                let of_people = ["zhengyun:department-", "zhengyun:access-"];
                name == "zhengyun:executor" || of_people.iter().any(|start| name.starts_with(start))
            }
            _ => false,
        }
    };
    for object in &rendered {
        let kept = object["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep";
        assert_eq!(kept, outlives(object), "{} {}", object["kind"], object["metadata"]["name"]);
    }
    assert!(rendered.iter().filter(|object| outlives(object)).count() > 20);
    Ok(())
}

/// Every leaf of a tree of values by its path; an empty list or map is a leaf.
fn leaves(path: &str, value: &Value, found: &mut BTreeMap<String, Value>) {
    match value.as_object().filter(|map| !map.is_empty()) {
        Some(map) => map.iter().for_each(|(key, value)| leaves(&format!("{path}/{key}"), value, found)),
        None => drop(found.insert(path.to_owned(), value.clone())),
    }
}

/// Switches that are on by default; off, there would be nothing of the rest to see.
const ON: [&str; 2] = ["/networkPolicy/enabled", "/monitoring/dashboard/enabled"];

#[test]
fn the_full_values_set_every_value_to_another_than_its_default() -> Result<()> {
    for name in ["zhengyun-hub", "zhengyun-site"] {
        let file = |path| anyhow::Ok(serde_yaml::from_str::<Value>(&std::fs::read_to_string(path)?)?);
        let mut defaults = BTreeMap::new();
        leaves("", &file(chart(name).join("values.yaml"))?, &mut defaults);
        let full = file(beside(&format!("{name}.yaml")))?;
        for (path, default) in defaults.into_iter().filter(|(path, _)| !ON.contains(&path.as_str())) {
            let set = full.pointer(&path).with_context(|| format!("{name}: {path} is not set"))?;
            assert_ne!(*set, default, "{name}: {path}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn values_get_to_where_they_are_meant() -> Result<()> {
    let full = |name: &str| beside(&format!("{name}.yaml")).display().to_string();
    let hub = objects("zhengyun-hub", &["--values", &full("zhengyun-hub")]).await?;
    let deployment = of_kind(&hub, "Deployment")[0];
    let pod = &deployment["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    assert_eq!(deployment["spec"]["replicas"], 3);
    let digest = format!("registry.qu.gov/zhengyun@sha256:{}", "0".repeat(64));
    assert_eq!(container["image"], digest);
    assert!(container["args"].as_array().is_some_and(|args| args.contains(&"--silence-seconds=90".into())));
    assert_eq!(pod["imagePullSecrets"][0]["name"], "registry");
    assert_eq!(
        pod["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][0]["topologyKey"],
        "kubernetes.io/hostname"
    );
    for kind in ["ServiceMonitor", "PrometheusRule"] {
        assert_eq!(of_kind(&hub, kind).len(), 1, "{kind}");
    }
    let site = objects("zhengyun-site", &["--values", &full("zhengyun-site")]).await?;
    let pod = &of_kind(&site, "Deployment")[0]["spec"]["template"]["spec"];
    assert_eq!(pod["serviceAccountName"], "zhengyun-observer");
    assert_eq!(pod["volumes"][0]["secret"]["secretName"], "kaicheng-join");
    assert!(pod["containers"][0]["args"].as_array().is_some_and(|args| args.contains(&"--observe".into())));
    let egress = &of_kind(&site, "NetworkPolicy")[0]["spec"]["egress"];
    assert_eq!(egress[2]["to"][0]["ipBlock"]["cidr"], "10.9.0.10/32");
    assert_eq!(egress[2]["ports"][0]["port"], 16443);
    Ok(())
}

#[tokio::test]
async fn what_needs_kinds_of_others_is_off_unless_asked_for() -> Result<()> {
    for (name, options) in CHARTS {
        for object in objects(name, options).await? {
            let version = object["apiVersion"].as_str().unwrap_or_default();
            assert!(!version.contains("monitoring.coreos.com"), "{name}: {}", object["kind"]);
        }
    }
    let off = ["--set", "networkPolicy.enabled=false,monitoring.dashboard.enabled=false"];
    let rendered = objects("zhengyun-hub", &off).await?;
    assert!(of_kind(&rendered, "NetworkPolicy").is_empty());
    assert!(of_kind(&rendered, "ConfigMap").is_empty());
    Ok(())
}

/// Files that hub and site have in common: helm shares none between charts.
const SHARED: [&str; 3] =
    ["templates/_helpers.tpl", "templates/workload/disruption.yaml", "templates/workload/metrics.yaml"];

#[test]
fn what_both_charts_have_is_the_same_in_both() -> Result<()> {
    for file in SHARED {
        let [hub, site] = ["zhengyun-hub", "zhengyun-site"].map(|name| chart(name).join(file));
        assert_eq!(std::fs::read_to_string(hub)?, std::fs::read_to_string(site)?, "{file}");
    }
    Ok(())
}

#[test]
fn rights_and_policies_are_plain_objects_that_can_be_read_and_applied_without_helm() -> Result<()> {
    for name in ["zhengyun-hub", "zhengyun-site"] {
        for entry in std::fs::read_dir(chart(name).join("templates"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                assert!(!std::fs::read_to_string(&path)?.contains("{{"), "{}", path.display());
            }
        }
    }
    Ok(())
}
