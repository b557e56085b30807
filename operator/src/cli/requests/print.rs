//! A request as a form on A4: what was asked for, the chain with each opinion, and fields for signatures and seals.

use askama::Template;
use crds::{Approval, Department, Lang, Message, ResourceRequest, Verdict};
use kube::ResourceExt;
use kube::api::Api;
use plan::names::department_of;
use plan::request::measured;

use super::super::failure::unanswered;
use super::super::reach::Connection;
use super::super::words::Kind;
use super::show;

const ZH: Lang = Lang::Zh;

/// The form. Every value is escaped where it is written, by the template.
#[derive(Template)]
#[template(path = "request.html")]
struct Form {
    number: String,
    department: String,
    rows: Vec<Line>,
    sites: Vec<Site>,
    steps: Vec<Step>,
    digest: String,
}

struct Line {
    name: &'static str,
    value: String,
}

struct Site {
    name: String,
    cpu: String,
    memory: String,
    storage: String,
    others: String,
}

/// A step of the chain: what was decided in it, or an empty field for it.
struct Step {
    name: String,
    opinions: Vec<Opinion>,
}

struct Opinion {
    decision: &'static str,
    text: String,
    by: String,
    at: String,
}

/// How people call the department of a request; its short code for who may not see the register.
pub(super) async fn department_name(
    connection: &Connection,
    request: &ResourceRequest,
) -> Result<String, Message> {
    let namespace = request.namespace().unwrap_or_default();
    let Some(code) = department_of(&namespace) else { return Ok(namespace) };
    let api: Api<Department> = Api::all(connection.client.clone());
    match api.get_opt(code.as_str()).await {
        Ok(department) => Ok(department.map_or(code.to_string(), |department| department.spec.display_name)),
        Err(kube::Error::Api(status)) if status.code == 403 => Ok(code.to_string()),
        Err(error) => Err(unanswered(Kind::Department.in_message(), &error)),
    }
}

/// The form as one HTML page.
pub(super) fn form(
    request: &ResourceRequest,
    approvals: &[Approval],
    department: &str,
) -> Result<String, Message> {
    let stamp = request.spec.stamp.as_ref();
    let rows = show::rows(request, ZH).into_iter().skip(usize::from(stamp.is_some()));
    let form = Form {
        number: stamp.map_or_else(|| "(未提交)".into(), |stamp| stamp.number.clone()),
        department: department.to_owned(),
        rows: rows.map(|(word, value)| Line { name: word.of(ZH), value }).collect(),
        sites: request.spec.sites.iter().map(site).collect(),
        steps: stamp
            .iter()
            .flat_map(|stamp| &stamp.steps)
            .map(|step| Step {
                name: step.display_name.clone(),
                opinions: approvals.iter().filter(|one| one.spec.step == step.name).map(opinion).collect(),
            })
            .collect(),
        digest: stamp.map(|stamp| stamp.digest.clone()).unwrap_or_default(),
    };
    form.render().map_err(|error| Message::CannotPrint { error: error.to_string() })
}

fn site(asked: &crds::AskedSite) -> Site {
    let amounts = measured(&asked.amounts).amounts();
    let counts = [
        ("容器组", amounts.pods),
        ("数据卷", amounts.volumes),
        ("服务", amounts.services),
        ("命名空间", amounts.namespaces),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let others = counts.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(",");
    Site {
        name: asked.site.clone(),
        cpu: amounts.cpu,
        memory: amounts.memory,
        storage: amounts.storage,
        others,
    }
}

fn opinion(approval: &Approval) -> Opinion {
    let spec = &approval.spec;
    let decision = match (&spec.recorded, &spec.confirms, spec.decision) {
        (_, Some(_), _) => "复核无误",
        (_, None, Verdict::Approve) => "同意",
        (_, None, Verdict::Refuse) => "不同意",
    };
    let paper = spec.recorded.as_ref().map(|paper| format!("依据 {}({})", paper.document, paper.date));
    let less = (!spec.sites.is_empty()).then(|| {
        let site = |site: &crds::AskedSite| {
            format!("{} {}", site.site, show::in_short(&measured(&site.amounts).amounts()))
        };
        format!("核减为 {}", spec.sites.iter().map(site).collect::<Vec<_>>().join(";"))
    });
    let text = [spec.reason.clone(), paper, less].into_iter().flatten().collect::<Vec<_>>().join(";");
    let stamp = spec.stamp.as_ref();
    Opinion {
        decision,
        text,
        by: stamp.map(|stamp| stamp.by.clone()).unwrap_or_default(),
        at: stamp.map(|stamp| show::in_china(&stamp.at)).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_form_has_every_step_with_its_opinion_or_a_field_for_it_and_escapes_what_others_wrote() {
        let step = |name: &str, shown: &str| json!({"name": name, "displayName": shown, "groups": ["oidc:g"], "workingDays": 3});
        let stamp = json!({
            "by": "oidc:li", "at": "2026-11-24T08:00:00Z", "digest": "d".repeat(64), "number": "jiaoyu-20261124-0123ab",
            "policy": "resources", "steps": [step("head", "部门主要领导"), step("funds", "资金确认")], "key": "k", "mac": "m"
        });
        let spec = json!({
            "change": "new", "system": "xuanke", "until": "2027-12-31", "funding": "application", "submitted": true,
            "reason": "<script>alert(1)</script>", "stamp": stamp,
            "sites": [{"site": "kaicheng", "amounts": {"cpu": "8", "memory": "32Gi", "pods": 40}}]
        });
        let request = ResourceRequest::new("kaixue", serde_json::from_value(spec).unwrap());
        let said = json!({
            "request": "kaixue", "digest": "d".repeat(64), "step": "head", "decision": "approve", "reason": "同意,请抓紧",
            "stamp": {"by": "oidc:wang", "group": "g", "at": "2026-11-24T09:00:00Z", "requestUid": "u", "due": "2026-11-30T16:00:00Z", "key": "k", "mac": "m"}
        });
        let approval = Approval::new("a", serde_json::from_value(said).unwrap());
        let html = form(&request, &[approval], "区教育局").unwrap();
        assert!(
            !html.contains("<script>") && html.contains("&#60;script&#62;")
                || html.contains("&lt;script&gt;")
        );
        for wanted in [
            "区教育局",
            "jiaoyu-20261124-0123ab",
            "部门主要领导",
            "同意,请抓紧",
            "资金确认",
            "签字",
            "盖章",
            "2026-11-24 17:00:00",
        ] {
            assert!(html.contains(wanted), "{wanted}");
        }
    }
}
