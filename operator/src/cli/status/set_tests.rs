//! What is said of sets of workspaces.

use crds::{Lang, Message, WorkspaceSet};
use serde_json::json;

use super::super::seen::Seen;
use super::super::words::Kind;
use super::Only;
use super::judge::judge;
use super::report::Report;
use super::show::show;
use super::tests::{all_well, object, ready};

#[test]
fn a_set_with_a_member_that_is_refused_is_a_problem_of_its_members_and_its_sites() {
    let template = json!({
        "system": {"displayName": "{member}网格", "kind": "new", "zones": ["extranet"], "level": {"information": 2, "service": 2}},
        "zone": "extranet", "sites": [{"site": "kaicheng", "share": {"cpu": "1", "memory": "1Gi"}}]
    });
    let spec = json!({
        "displayName": "网格", "basis": {"document": "文件"}, "lead": {"department": "chengzong", "workspace": "w"},
        "members": ["jiaoyu"], "template": template
    });
    let behind = Message::SetBehind {
        ready: "0".into(),
        total: "1".into(),
        pending: "-".into(),
        refused: "jiaoyu".into(),
    };
    let ask = |only: Option<Only>| {
        let status = json!({"conditions": ready("False", 2, &behind)});
        let sets = Some(vec![object::<WorkspaceSet>(None, "wangge", &spec, &status)]);
        judge(Seen { sets, ..all_well() }, None, only.as_ref()).unwrap()
    };
    let problems = |report: &Report| report.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>();
    let all = ask(None);
    assert_eq!((all.well, problems(&all)), (false, vec![Kind::WorkspaceSet]));
    let shown = show(&all, Lang::Zh);
    assert!(shown.contains("批量业务空间 网格 (wangge)"), "{shown}");
    for (only, expected) in [
        (Only::Department { name: "jiaoyu".into() }, 1),
        (Only::Department { name: "kewei".into() }, 0),
        (Only::Site { name: "kaicheng".into() }, 1),
        (Only::Site { name: "wujiaochang".into() }, 0),
    ] {
        assert_eq!(problems(&ask(Some(only.clone()))).len(), expected, "{only:?}");
    }
}
