//! What one data centre's sets and workspaces show of what was not simply put in force.

use crds::{DataCenter, Lang, Message};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use serde_json::{Value, json};

use super::super::seen::Seen;
use super::Only;
use super::judge::judge;
use super::report::Report;
use super::show::show;
use super::tests::{all_well, ready, room, workspace};

const HEARD: &str = "2026-01-01T00:00:00.500000Z";

fn drift() -> String {
    let (kind, name, by) = ("ResourceQuota".into(), "zhengyun".into(), "kubectl\u{1b}[2J".into());
    Message::DriftUndone { kind, name, by }.to_string()
}

fn silent(last_contact: &Value) -> DataCenter {
    let said = Message::NotHeard { site: "kaicheng".into(), seconds: "60".into() };
    let pending = Message::QuotaPending { namespace: "kewei-ku".into() };
    let status = json!({
        "conditions": ready("Unknown", 2, &said), "lastContact": last_contact,
        "sets": {"told": 3, "accepted": 2, "applied": 2, "blocked": 1},
        "details": [
            {"set": "kewei", "told": 9, "accepted": 8, "applied": false, "message": pending.to_string()},
            {"set": "jiaoyu", "told": 4, "accepted": 4, "applied": true, "drift": drift()}
        ]
    });
    room("kaicheng", "凯城机房", true, &status)
}

fn of_site(room: DataCenter, contact: Option<&str>) -> Report {
    let contact = contact.map(|at| MicroTime(at.parse().unwrap()));
    let seen = Seen { data_centers: Some(vec![room]), ..all_well() };
    judge(seen, contact.as_ref(), Some(&Only::Site { name: "凯城机房".into() })).unwrap()
}

#[test]
fn the_sets_of_the_data_centre_that_was_asked_for_stand_below_it() {
    let text = show(&of_site(silent(&json!(HEARD)), None), Lang::Zh);
    let wanted = "
指令组
已下发  已接受  已生效  受阻  隔离  争用  中心无记录
3       2       2       1     0     0     0

指令组  已下发  已接受  已生效  说明                                      漂移
kewei   9       8       否      ZY-2008 等待命名空间 kewei-ku 的配额生效  -
jiaoyu  4       4       是      -                                         ZY-2016 ResourceQuota zhengyun 被改动(最后写入者:kubectl[2J),已恢复

最后联系 2026-01-01T00:00:00Z(机房时钟)
";
    assert!(text.contains(wanted), "{text}");
    let whole =
        judge(Seen { data_centers: Some(vec![silent(&json!(HEARD))]), ..all_well() }, None, None).unwrap();
    assert!(!show(&whole, Lang::Zh).contains("最后联系"), "a district is not told set by set");
}

#[test]
fn programs_are_told_the_same() {
    let report = serde_json::to_value(of_site(silent(&json!(HEARD)), None)).unwrap();
    let row = &report["dataCenters"][0];
    assert_eq!((&row["lastContact"], &row["sets"]["accepted"]), (&json!("2026-01-01T00:00:00Z"), &json!(2)));
    let details = json!({
        "set": "jiaoyu", "told": 4, "accepted": 4, "applied": true, "message": "", "drift": drift().replace('\u{1b}', "")
    });
    assert_eq!(row["details"][1], details);
}

#[test]
fn a_site_that_is_heard_shows_its_lease_to_who_may_read_it() {
    let contact = |report: Report| report.data_centers.unwrap()[0].last_contact.clone();
    let lease = Some("2026-02-02T00:00:00Z");
    assert_eq!(contact(of_site(silent(&Value::Null), lease)).as_deref(), lease);
    assert_eq!(contact(of_site(silent(&Value::Null), None)), None);
    assert_eq!(contact(of_site(silent(&json!(HEARD)), lease)).as_deref(), Some("2026-01-01T00:00:00Z"));
}

#[test]
fn a_workspace_says_where_it_was_disturbed_and_since_when_nothing_is_heard() {
    let status = json!({
        "conditions": ready("True", 2, &Message::WorkspaceWell { sites: "2".into() }),
        "sites": [
            {"site": "kaicheng", "state": "Applied", "drift": drift(), "lastContact": HEARD},
            {"site": "wujiaochang", "state": "Applied"}
        ]
    });
    let workspace = workspace("dept-kewei", "ku", "人口库空间", &["kaicheng", "wujiaochang"], &status);
    let report = judge(Seen { workspaces: Some(vec![workspace]), ..all_well() }, None, None).unwrap();
    let text = show(&report, Lang::En);
    let wanted = "凯城机房: in force (ZY-2016 ResourceQuota zhengyun was changed (last written by kubectl[2J) and has been put back; last contact 2026-01-01T00:00:00Z (by the site's clock)); 五角场机房: in force  ";
    assert!(text.contains(wanted), "{text}");
}
