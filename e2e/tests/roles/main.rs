//! Who may do what, on the hub and on a site: two tables that people can read, and every cell of them tried on live API servers by
//! people who signed in, as far as a dry run goes. What a policy refuses counts as what a role does not give. Then the story of
//! somebody who has nothing by these tables and is let in for hours.

mod access;
mod objects;
mod table;

use anyhow::Result;
use crds::AccessGrant;
use e2e::control_plane::ControlPlane;
use e2e::district::District;
use e2e::story::{department, system, workspace};
use e2e::users::Person;
use kube::api::PostParams;
use kube::{Api, Client};

use objects::{HOME, OWN};
use table::{Places, wrong_cells};

const SITE: &str = "kaicheng";
const HUB_PLACES: Places = Places(&[("jiaoyu", HOME), ("site", "site-kaicheng"), ("hub", "zhengyun-system")]);
const SITE_PLACES: Places =
    Places(&[("own", OWN), ("hub", "zhengyun-system"), ("executors", "zhengyun-executors")]);

/// In the order of the columns.
fn people() -> [(&'static str, Person); 9] {
    [
        ("engineer", Person::platform_engineer("lin")),
        ("head", Person::head_of_department("qian", "jiaoyu")),
        ("admin", Person::of_department("li", "jiaoyu")),
        ("member", Person::new("wang", &["jiaoyu-member"])),
        ("auditor", Person::new("zhou", &["jiaoyu-auditor"])),
        ("provider", Person::of_provider("wu")),
        ("security", Person::security_officer("zheng")),
        ("audit", Person::audit_officer("feng")),
        ("other", Person::of_department("chen", "weisheng")),
    ]
}

fn clients(plane: &ControlPlane) -> Result<Vec<(&'static str, String, Client)>> {
    people()
        .into_iter()
        .map(|(column, person)| Ok((column, person.name().to_owned(), plane.client_of(&person)?)))
        .collect()
}

#[tokio::test]
async fn everybody_may_do_what_the_tables_say_and_nothing_else() -> Result<()> {
    let district = District::start([SITE]).await?;
    let hub = district.hub().plane();
    let mut yaml = department("weisheng");
    yaml += &department("jiaoyu")
        .replace("  groups:\n", "  groups:\n    - {group: 'oidc:jiaoyu-head', role: head}\n");
    yaml += &system("jiaoyu", "one");
    yaml += &workspace("jiaoyu", "one", "one", &[SITE], "4");
    hub.apply(&yaml).await?;
    district.in_force("jiaoyu", "one").await?;
    let site = district.site(SITE)?.plane();
    let admin = site.client_of(&Person::of_department("li", "jiaoyu"))?;
    site.apply_as(&admin, &standing()?).await?;

    let lin: Api<AccessGrant> = Api::namespaced(hub.client_of(&Person::platform_engineer("lin"))?, HOME);
    let mut ask: AccessGrant = serde_json::from_value(objects::new("accessgrants", "oidc:lin")?)?;
    ask.metadata.name = Some("ask".into());
    lin.create(&PostParams::default(), &ask).await?;

    let mut wrong = wrong_cells(hub, include_str!("hub.txt"), &HUB_PLACES, &clients(hub)?).await?;
    wrong.extend(wrong_cells(site, include_str!("site.txt"), &SITE_PLACES, &clients(site)?).await?);
    assert!(wrong.is_empty(), "otherwise than the tables say:\n{}", wrong.join("\n"));
    Box::pin(access::story(&district)).await
}

/// What the department runs.
fn standing() -> Result<String> {
    let in_own = |mut object: serde_json::Value| {
        object["metadata"]["namespace"] = OWN.into();
        object.to_string()
    };
    let mut pod = objects::new("pods", "")?;
    pod["metadata"]["name"] = "one".into();
    let mut secret = objects::new("secrets", "")?;
    secret["metadata"]["name"] = "key".into();
    let service = serde_json::json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}});
    let all = [pod, secret, service, objects::deployment("web")?].map(in_own);
    Ok(all.join("\n---\n"))
}
