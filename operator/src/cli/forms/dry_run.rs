//! What the API server says before anything is written: every row, with the person's own rights, and nothing is stored.

use crds::{Lang, Message};
use futures::{StreamExt as _, TryStreamExt as _};
use kube::Client;
use kube::api::{Api, DynamicObject, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, Status};
use plan::form::{Action, Change, Finding, Line, Table, Target};
use serde_json::{Value, json};

use super::super::failure::unanswered;
use super::super::page::one_line;

/// Requests at a time: a form of some hundred rows is answered in a second or two.
const AT_A_TIME: usize = 8;

/// Asks about every row that would be written.
pub(super) async fn ask(
    client: &Client,
    resource: &ApiResource,
    table: &Table,
    lines: &[Line],
    lang: Lang,
) -> Result<Vec<Finding>, Message> {
    let written = lines.iter().filter(|line| line.action != Action::Same);
    let answers = futures::stream::iter(written.map(|line| async move {
        match dry(client, resource, line).await {
            Ok(()) => Ok(Vec::new()),
            Err(kube::Error::Api(status)) => Ok(findings(table, line, &status, lang)),
            Err(error) => Err(unanswered(&resource.kind, &error)),
        }
    }));
    Ok(answers.buffered(AT_A_TIME).try_collect::<Vec<_>>().await?.concat())
}

async fn dry(client: &Client, resource: &ApiResource, line: &Line) -> kube::Result<()> {
    let api = api(client, resource, line.namespace.as_deref());
    match &line.action {
        Action::Same => {}
        Action::Create => {
            let params = PostParams { dry_run: true, ..PostParams::default() };
            api.create(&params, &new(resource, line)).await?;
        }
        Action::Change(change) => {
            let params = PatchParams { dry_run: true, ..PatchParams::default() };
            let patch = patch(change, &change.version, &change.patch);
            api.patch(&line.name, &params, &Patch::Merge(patch)).await?;
        }
    }
    Ok(())
}

/// The objects of a namespace, or of a kind that stands in none.
pub(super) fn api(client: &Client, resource: &ApiResource, namespace: Option<&str>) -> Api<DynamicObject> {
    match namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, resource),
        None => Api::all_with(client.clone(), resource),
    }
}

/// The object of a new row.
pub(super) fn new(resource: &ApiResource, line: &Line) -> DynamicObject {
    DynamicObject::new(&line.name, resource).data(json!({"spec": line.spec}))
}

/// A patch of this object's spec, as it stands in this version and no other.
pub(super) fn patch(change: &Change, version: &str, spec: &Value) -> Value {
    json!({"metadata": {"uid": change.uid, "resourceVersion": version}, "spec": spec})
}

/// What the API server refused, in the words of the platform's own rules where it is one of them.
pub(super) fn refusal(text: &str, lang: Lang) -> String {
    let own = text.find("ZY-").map_or(text, |at| &text[at..]);
    one_line(own, lang)
}

/// What an answer says about a row, with its columns where it names fields.
fn findings(table: &Table, line: &Line, status: &Status, lang: Lang) -> Vec<Finding> {
    if status.code == 403 && !status.message.contains("ZY-") {
        let place = line.namespace.clone().unwrap_or_else(|| line.name.clone());
        let said = Message::RowForbidden { kind: table.form.kind.to_owned(), place };
        return vec![table.about(line.line, Target::Home, said)];
    }
    let refused = |text: &str| Message::RowRefused { error: refusal(text, lang) };
    let causes = status.details.as_ref().map(|details| details.causes.as_slice()).unwrap_or_default();
    let mut findings: Vec<Finding> = causes
        .iter()
        .filter(|cause| !cause.message.is_empty())
        .map(|cause| Finding {
            line: Some(line.line),
            column: table.heading_of(&cause.field, &line.spec),
            said: refused(&cause.message),
        })
        .collect();
    if findings.is_empty() {
        let said = refused(&status.message);
        findings.push(Finding { line: Some(line.line), column: None, said });
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use plan::form::{Names, Sheet, SheetRow, department, read};

    fn said(status: Value) -> Vec<(Option<String>, String)> {
        let cells = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
        let rows = vec![
            SheetRow {
                line: 1, cells: cells(&["短码", "单位名称", "单位类别", "管理员用户组"])
            },
            SheetRow { line: 2, cells: cells(&["jiaoyu", "区教育局", "委办局", "masters"]) },
        ];
        let table = read(&department::FORM, &Sheet { rows }, Names::unseen(), None).unwrap();
        let (lines, _) = plan::form::compare(&table, &plan::form::compare::Objects::new());
        let status: Status = serde_json::from_value(status).unwrap();
        let all = findings(&table, &lines[0], &status, Lang::Zh);
        all.into_iter().map(|one| (one.column, one.said.text(Lang::Zh))).collect()
    }

    #[test]
    fn an_answer_is_said_at_the_column_that_it_is_about() {
        let rule =
            "Invalid value: \"masters\": ZY-1205 groups[].group 须以 oidc: 开头 (must start with oidc:)";
        let causes = json!([
            {"reason": "FieldValueInvalid", "message": rule, "field": "spec.groups[0].group"},
            {"reason": "FieldValueTooLong", "message": "Too long: may not be more than 64 bytes", "field": "spec.displayName"},
        ]);
        let status = json!({"code": 422, "message": "Department \"jiaoyu\" is invalid", "details": {"causes": causes}});
        assert_eq!(
            said(status),
            [
                (Some("管理员用户组".into()), "中心不接受:ZY-1205 groups[].group 须以 oidc: 开头".into()),
                (Some("单位名称".into()), "中心不接受:Too long: may not be more than 64 bytes".into()),
            ]
        );
    }

    #[test]
    fn a_policy_that_refuses_is_not_a_missing_right() {
        let forbidden =
            json!({"code": 403, "message": "departments is forbidden: User \"oidc:li\" cannot create"});
        assert_eq!(said(forbidden), [(None, "您无权登记单位 Department:jiaoyu".into())]);
        let policy = json!({"code": 403, "message": "denied request: ZY-4999 不可以 (no)"});
        assert_eq!(said(policy), [(None, "中心不接受:ZY-4999 不可以".into())]);
    }
}
