//! What is shown of a quarantine, what its codes stand for, and what is written.

use clap::Parser;
use crds::{Decision, Lang, Message};
use kube::Resource;
use plan::names::SiteName;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::confirm::code;
use super::super::reach::Connect;
use super::super::reports::shards;
use super::read::Seen;
use super::show::show;
use super::take::{is_looked_at, objection, sites, workspace};
use super::{QuarantineArgs, narrow, state, ways};

fn object<K: Resource<DynamicType = ()> + DeserializeOwned>(
    namespace: Option<&str>,
    name: &str,
    spec: &Value,
    status: &Value,
) -> K {
    serde_json::from_value(json!({
        "apiVersion": K::api_version(&()), "kind": K::kind(&()),
        "metadata": {"name": name, "namespace": namespace, "generation": 1}, "spec": spec, "status": status,
    }))
    .unwrap()
}

fn share(cpu: &str) -> Value {
    json!({"cpu": cpu, "memory": "1Gi"})
}

fn fact(name: &str, cpu: &str) -> Value {
    json!({
        "name": name, "uid": "u", "workspace": name.trim_start_matches("jiaoyu-"), "system": "jiaoyu",
        "zone": "extranet", "displayName": "教育空间", "share": share(cpu)
    })
}

fn bundle(set: &str, epoch: &str, revision: i64, after: i64) -> crds::SiteBundle {
    let order = json!({
        "epoch": epoch, "term": {"number": 3, "id": "t"}, "revision": revision, "digest": "a".repeat(64),
        "after": [{"revision": after, "digest": "b".repeat(64)}]
    });
    let spec = json!({"formatVersion": 1, "set": set, "order": order, "shard": {"index": 0, "count": 1}});
    object(Some("site-kaicheng"), set, &spec, &Value::Null)
}

fn held_workspace(name: &str, cpu: &str, site: &str) -> crds::Workspace {
    let sites = json!([{"site": site, "share": share(cpu)}]);
    let spec = json!({"displayName": name, "system": "jiaoyu", "zone": "extranet", "sites": sites});
    object(Some("dept-jiaoyu"), name, &spec, &json!({"namespace": format!("jiaoyu-{name}")}))
}

/// A hub that was restored: the site holds revision 9 of one set, and a second that the hub forgot.
fn seen() -> Seen {
    let room = json!({
        "displayName": "凯城机房", "owner": "zhongxin", "building": "b", "disposition": "cloud",
        "zones": ["extranet"], "level": {"information": 3, "service": 3}, "accepted": true
    });
    let report = json!({"epoch": "e", "sets": [
        {
            "set": "jiaoyu", "phase": "Quarantined", "revision": 9, "accepted": "c".repeat(64),
            "message": Message::Forked { set: "jiaoyu".into(), applied: "cccccccccccc".into() }.to_string(),
            "namespaces": [fact("jiaoyu-a", "16"), fact("jiaoyu-b", "2")]
        },
        {"set": "kewei", "phase": "Applied", "revision": 2, "accepted": "d".repeat(64), "message": "x\u{1b}[2J"},
        {"set": "weijian", "phase": "Applied", "revision": 4, "accepted": "a".repeat(64)}
    ]});
    let department = |name: &str, display: &str| {
        object(None, name, &json!({"displayName": display, "kind": "office"}), &Value::Null)
    };
    let system = json!({
        "displayName": "教育平台", "kind": "new", "zones": ["extranet"], "level": {"information": 1, "service": 1}
    });
    Seen {
        site: SiteName::parse("kaicheng").unwrap(),
        room: object(None, "kaicheng", &room, &Value::Null),
        reports: shards(vec![object(Some("site-kaicheng"), "report-0", &json!({"shard": 0}), &report)]),
        bundles: vec![bundle("term", "e", 1, 0), bundle("jiaoyu", "e", 5, 4), bundle("weijian", "e", 4, 3)],
        rulings: vec![],
        departments: vec![department("jiaoyu", "区教育局"), department("kewei", "区科委")],
        systems: vec![object(Some("dept-jiaoyu"), "jiaoyu", &system, &Value::Null)],
        workspaces: vec![held_workspace("a", "8", "kaicheng"), held_workspace("d", "1", "kaicheng")],
        removals: vec![],
    }
}

fn parse(line: &str) -> Result<QuarantineArgs, clap::Error> {
    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: QuarantineArgs,
    }
    Line::try_parse_from(format!("q {line}").split(' ')).map(|line| line.args)
}

fn args(line: &str) -> QuarantineArgs {
    parse(line).unwrap()
}

fn shown(line: &str, seen: &Seen, lang: Lang) -> String {
    let args = args(line);
    let held = narrow(seen.held().unwrap(), seen, &args.sets).unwrap();
    let ways = ways(&args, &Connect::default(), seen, &held, lang).unwrap();
    show(seen, &held, &ways, lang)
}

#[test]
fn what_waits_for_a_person_is_shown_with_what_each_way_out_comes_to() {
    let text = shown("kaicheng", &seen(), Lang::Zh);
    let codes: Vec<&str> = text.lines().filter_map(|line| line.split("--confirm ").nth(1)).collect();
    let [hub, site] = codes[..] else { panic!("{text}") };
    assert_eq!(
        text,
        format!(
            "\
机房 凯城机房 (kaicheng) 有 2 组指令等待人工裁定

指令组  中心的指令               机房的指令      说明
jiaoyu  5 aaaaaaaaaaaa (任期 3)  9 cccccccccccc  ZY-2002 指令组 jiaoyu 与现场已执行的指令(cccccccccccc)不衔接,不予执行,等待人工裁定(中心:kubectl zhengyun site quarantine);ZY-1115 机房 kaicheng 持有中心不认识的指令(组 jiaoyu),可能中心数据曾被恢复;在人工裁定前不再下发。请运行 kubectl zhengyun site quarantine kaicheng
kewei   -                        2 dddddddddddd  ZY-1115 机房 kaicheng 持有中心不认识的指令(组 kewei),可能中心数据曾被恢复;在人工裁定前不再下发。请运行 kubectl zhengyun site quarantine kaicheng

以中心为准(take-hub):现场转而执行中心登记的内容;裁定本身不删除任何东西
  jiaoyu
    留在现场,不再由指令保持:jiaoyu-b
    jiaoyu-a 的份额:cpu 16 → cpu 8
    现场将新建:jiaoyu-d
  kewei
    指令重新衔接,此外没有变化
  确认无误后运行:kubectl zhengyun site quarantine kaicheng --take-hub --reason '<理由>' --confirm {hub}

以机房为准(take-site):先把登记改成现场的样子,现场由此继续;裁定本身不删除任何东西
  jiaoyu
    将登记业务空间 b(命名空间 jiaoyu-b,信息系统 jiaoyu,份额 cpu 2, memory 1Gi, storage 0Gi, pods 50, volumes 20, services 20)
    登记中业务空间 a 在此机房的份额:cpu 8 → cpu 16
    现场将新建:jiaoyu-d
  kewei
    指令重新衔接,此外没有变化
  确认无误后运行:kubectl zhengyun site quarantine kaicheng --take-site --reason '<理由>' --confirm {site}
"
        )
    );
}

#[test]
fn a_site_where_nothing_waits_says_so() {
    let seen = Seen { reports: vec![], ..seen() };
    let text = shown("kaicheng", &seen, Lang::En);
    assert!(
        text.starts_with("no set of orders at 凯城机房 (kaicheng) waits for a person\nZY-1110 "),
        "{text}"
    );
}

#[test]
fn one_way_and_one_set_can_be_asked_for_by_its_chinese_name() {
    let text = shown("kaicheng --take-hub --set 区科委 --reason r", &seen(), Lang::En);
    assert!(!text.contains("take-site") && !text.contains("jiaoyu"), "{text}");
    assert!(text.contains("--take-hub --set 区科委 --reason r --confirm "), "{text}");
    let seen = seen();
    let strange = narrow(seen.held().unwrap(), &seen, &["weijian".to_owned()]);
    let allowed = "jiaoyu, kewei".to_owned();
    assert_eq!(strange, Err(Message::SetNotHeld { set: "weijian".into(), allowed }));
}

#[test]
fn a_code_changes_with_everything_that_it_stands_for() {
    let codes = |seen: &Seen| {
        let held = seen.held().unwrap();
        [Decision::TakeHub, Decision::TakeSite].map(|decision| code(&state(seen, &held, decision)).unwrap())
    };
    let [hub, site] = codes(&seen());
    assert_eq!([hub.clone(), site.clone()], codes(&seen()));
    assert_ne!(hub, site);
    let mut told = seen();
    told.bundles[1].spec.order.revision = 6;
    let mut reported = seen();
    reported.reports[0].sets[0].revision = 10;
    let registered = Seen { workspaces: vec![held_workspace("a", "4", "kaicheng")], ..seen() };
    for changed in [told, reported, registered] {
        let [other_hub, other_site] = codes(&changed);
        assert!(other_hub != hub && other_site != site);
    }
}

#[test]
fn while_no_ruling_helps_none_is_offered() {
    let joined_elsewhere = Seen { bundles: vec![bundle("term", "other", 1, 0)], ..seen() };
    let text = shown("kaicheng", &joined_elsewhere, Lang::En);
    assert!(text.contains("ZY-1129 ") && !text.contains("--confirm"), "{text}");
    let ruling = json!({
        "decision": "abandon", "by": "lin", "reason": "r", "approval": {"by": "wang", "reference": "1"}
    });
    let rulings = vec![object(Some("site-kaicheng"), "r", &ruling, &Value::Null)];
    let abandoned = Seen { rulings, ..seen() };
    assert_eq!(abandoned.obstacle(), Some(Message::SiteAbandoned { site: "kaicheng".into() }));
    assert_eq!(seen().obstacle(), None);
}

#[test]
fn what_is_to_be_restored_first_closes_the_sites_way_only() {
    let text = shown("kaicheng", &Seen { systems: vec![], ..seen() }, Lang::Zh);
    assert!(
        text.contains("    ZY-3022 命名空间 jiaoyu-b 不能登记:信息系统 System“jiaoyu”不在登记中"),
        "{text}"
    );
    assert!(text.contains("--take-hub --reason") && !text.contains("--take-site --reason"), "{text}");
}

#[test]
fn a_ruling_about_the_same_is_named() {
    let sets = json!([{"set": "kewei", "site": {"revision": 2, "digest": "d".repeat(64)}}]);
    let ruling = json!({"decision": "takeHub", "sets": sets, "by": "lin", "reason": "r"});
    let rulings = vec![object(Some("site-kaicheng"), "take-hub-1", &ruling, &Value::Null)];
    let text = shown("kaicheng", &Seen { rulings, ..seen() }, Lang::En);
    assert_eq!(text.matches("ruling take-hub-1 is about the same").count(), 1, "{text}");
}

#[test]
fn a_silent_sites_word_is_marked_as_its_last() {
    let said = Message::NotHeard { site: "kaicheng".into(), seconds: "60".into() };
    let mut silent = seen();
    silent.room.status = serde_json::from_value(json!({"conditions": [{
        "type": "Connected", "status": "Unknown", "reason": "NotHeard", "message": said.to_string(),
        "lastTransitionTime": "2026-01-01T00:00:00Z"
    }]}))
    .unwrap();
    assert!(shown("kaicheng", &silent, Lang::Zh).starts_with("ZY-1111 已 60 秒没有机房"));
}

#[test]
fn the_register_becomes_what_the_site_has_and_nothing_else_in_it_changes() {
    let held = seen().held().unwrap();
    let new = workspace(&held[0].take_site.create[0], "kaicheng");
    let spec = json!({
        "displayName": "教育空间", "system": "jiaoyu", "zone": "extranet",
        "sites": [{"site": "kaicheng", "share": {
            "cpu": "2", "memory": "1Gi", "storage": "0Gi", "pods": 50, "volumes": 20, "services": 20
        }}]
    });
    assert_eq!(serde_json::to_value(&new.spec).unwrap(), spec);

    let change = &held[0].take_site.shares[0];
    let places = |known| {
        let sites = sites(&known, "kaicheng", change).into_iter();
        sites.map(|place| (place.site, place.share.cpu)).collect::<Vec<_>>()
    };
    assert_eq!(places(held_workspace("a", "8", "kaicheng")), [("kaicheng".into(), "16".into())]);
    let elsewhere = places(held_workspace("a", "8", "wujiaochang"));
    assert_eq!(elsewhere, [("wujiaochang".into(), "8".into()), ("kaicheng".into(), "16".into())]);
}

#[test]
fn no_ruling_is_written_before_the_hub_has_taken_the_register() {
    let judged = |generation: i64, status: &str, said: Message, namespace: &str| {
        let mut workspace = held_workspace("a", "8", "kaicheng");
        let status = json!({"namespace": namespace, "conditions": [{
            "type": "Ready", "status": status, "observedGeneration": generation, "reason": said.reason(),
            "message": said.to_string(), "lastTransitionTime": "2026-01-01T00:00:00Z"
        }]});
        workspace.status = serde_json::from_value(status).unwrap();
        workspace
    };
    let pending = Message::WorkspacePending { sites: "kaicheng".into() };
    let taken = judged(1, "False", pending.clone(), "jiaoyu-a");
    assert!(is_looked_at(&taken, Some(1)) && !is_looked_at(&taken, Some(2)));
    assert_eq!(objection(&taken, "jiaoyu-a"), None);
    let wrong = judged(1, "False", Message::ShareEmpty {}, "jiaoyu-a");
    assert!(objection(&wrong, "jiaoyu-a").unwrap().starts_with("ZY-1219"));
    let other = judged(1, "False", pending, "jiaoyu-a-2");
    assert!(objection(&other, "jiaoyu-a").unwrap().starts_with("ZY-3023"));
}

#[test]
fn a_ruling_needs_one_way_and_a_reason() {
    assert_eq!(args("a --take-site --reason r --confirm 12345678").decision(), Some(Decision::TakeSite));
    for wrong in [
        "a --take-hub --take-site",
        "a --take-hub --confirm 12345678",
        "a --reason r --confirm 12345678",
        "a --take-hub --reason <理由> --confirm 12345678",
    ] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn orders_that_only_follow_again_say_so() {
    let mut same = seen();
    same.reports[0].sets.truncate(1);
    same.reports[0].sets[0].namespaces.clear();
    let text = shown("kaicheng", &Seen { workspaces: vec![], ..same }, Lang::En);
    assert_eq!(text.matches("    its orders follow again, nothing else changes\n").count(), 2, "{text}");
}
