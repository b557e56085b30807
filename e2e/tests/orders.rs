//! Orders written by hand, as a hub would: whose rights they are applied with, large ones, and ones that are left alone whole.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use crds::{Authority, BundleObject, Order, OrderId, RawObject, Share, SiteBundle, SiteReport};
use e2e::district::District;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::Api;
use kube::api::PostParams;
use plan::bundle::{Content, Entry, SHARD_BYTES, Taken, department_content, shard_name};
use plan::isolation::{Fence, executor, objects};
use plan::names::DepartmentName;
use serde_json::json;

const SITE: &str = "kaicheng";

/// The content of a department with one namespace and, in it, objects of the department's own.
fn content(set: &str, own: Vec<serde_json::Value>) -> Result<Content> {
    let department = DepartmentName::parse(set)?;
    let namespace = format!("{set}-one");
    let profile = serde_json::from_value(json!({"displayName": "标准"}))?;
    let fence = Fence {
        namespace: &namespace,
        department: &department,
        workspace: ("one", "uid-1"),
        display_name: "一",
        system: "one",
        level: crds::ProtectionLevel { information: 2, service: 2 },
        zone: crds::Zone::Extranet,
        profile: &profile,
        groups: &[],
        hosts: &[],
        frozen: false,
        flows: &plan::flows::AtSite::default(),
        egress_mbit: 0,
    };
    let mut rendered = objects(&fence);
    let own = own
        .into_iter()
        .map(|object| BundleObject { authority: Authority::Department, object: RawObject::new(object) });
    rendered.extend(own);
    let share = Share {
        cpu: "1".into(),
        memory: "1Gi".into(),
        storage: "0Gi".into(),
        pods: 5,
        volumes: 0,
        services: 0,
    };
    let entry = Entry { objects: rendered, share };
    Ok(department_content(
        set,
        None,
        vec![executor(&department)],
        BTreeMap::from([(namespace, entry)]),
        Taken::default(),
    ))
}

fn config_map(set: &str, name: &str, size: usize) -> serde_json::Value {
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name,
            "namespace": format!("{set}-one"),
            "labels": {"app.kubernetes.io/managed-by": "zhengyun", "zhengyun.io/set": set}
        },
        "data": {"text": "x".repeat(size)}
    })
}

/// Tells a content to the site as the first order of its set; the number of shards it took.
async fn tell(district: &District, content: &Content) -> Result<usize> {
    let bundles: Api<SiteBundle> = Api::namespaced(district.hub().client()?, &format!("site-{SITE}"));
    let term = bundles.get("term").await?.spec.order;
    let order = Order {
        epoch: term.epoch,
        term: term.term,
        revision: 1,
        digest: String::new(),
        after: vec![OrderId::default()],
    };
    let order = content.seal(order)?;
    let shards = content.shards(&order, SHARD_BYTES);
    for spec in shards.iter().rev() {
        let name = shard_name(&spec.set, &order.digest, spec.shard.index);
        bundles.create(&PostParams::default(), &SiteBundle::new(&name, spec.clone())).await?;
    }
    Ok(shards.len())
}

/// Waits for what the site says of a set.
async fn reported(district: &District, set: &str, said: &str) -> Result<()> {
    let reports: Api<SiteReport> = Api::namespaced(district.hub().client()?, &format!("site-{SITE}"));
    let says = |report: Option<&SiteReport>| {
        let sets = report.and_then(|report| report.status.as_ref()).map(|status| &status.sets);
        sets.into_iter().flatten().any(|reported| {
            let phase = format!("{:?}", reported.phase);
            reported.set == set && (phase == said || reported.message.contains(said))
        })
    };
    district.eventually_object(reports, "report-0", &format!("{set} is {said}"), says).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_applied_with_their_own_rights_in_any_size_or_left_alone_whole() -> Result<()> {
    let district = District::start([SITE]).await?;
    let site = district.site(SITE)?;
    // The hub itself would tell these departments what it knows of them: nothing.
    district.hub().kill()?;

    // The department's own content is applied as the department's executor and as nobody else.
    let mark = site.plane().audit_mark().await?;
    tell(&district, &content("aa", vec![config_map("aa", "own", 10)])?).await?;
    reported(&district, "aa", "Applied").await?;
    site.plane().audit_mark().await?;
    let entries = site.plane().audit().since(mark)?.writes();
    let writer = entries.all().iter().find(|entry| entry.resource == "configmaps" && entry.name == "own");
    let writer = writer.context("the config map was written")?;
    assert_eq!(writer.impersonated.as_deref(), Some("system:serviceaccount:zhengyun-executors:aa"));

    // What its executor may not do is refused, and said.
    let mut quota = config_map("bb", "more", 0);
    quota["kind"] = "LimitRange".into();
    quota["spec"] = json!({"limits": []});
    quota.as_object_mut().context("an object")?.remove("data");
    tell(&district, &content("bb", vec![quota])?).await?;
    reported(&district, "bb", "ZY-2007").await?;

    // Nor does it write what its own walls are told by.
    tell(&district, &content("ff", vec![config_map("ff", "zhengyun", 1)])?).await?;
    reported(&district, "ff", "ZY-4201").await?;

    // An order larger than one object may be comes in shards.
    let large = (0..8).map(|n| config_map("cc", &format!("large-{n}"), 100 * 1024)).collect();
    assert!(tell(&district, &content("cc", large)?).await? > 1);
    reported(&district, "cc", "Applied").await?;
    let maps: Api<ConfigMap> = Api::namespaced(site.client()?, "cc-one");
    for n in 0..8 {
        maps.get(&format!("large-{n}")).await?;
    }

    // One object that is not understood leaves all of the order alone: not even the namespace is made.
    let mut secret = config_map("dd", "secret", 1);
    secret["kind"] = "Secret".into();
    tell(&district, &content("dd", vec![secret])?).await?;
    reported(&district, "dd", "ZY-2006").await?;
    let mut newer = content("ee", Vec::new())?;
    newer.requires.push("teleport".into());
    tell(&district, &newer).await?;
    reported(&district, "ee", "ZY-2005").await?;
    let namespaces: Api<Namespace> = Api::all(site.client()?);
    for name in ["dd-one", "ee-one"] {
        assert!(namespaces.get_opt(name).await?.is_none(), "{name} was made");
    }
    Ok(())
}
