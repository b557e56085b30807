use super::*;
use crate::playground::facts::OnSite;
use serde_json::{Value, json};

fn object<K: serde::de::DeserializeOwned>(kind: &str, metadata: Value, spec: Value, status: Value) -> K {
    let object = json!({
        "apiVersion": "zhengyun.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec, "status": status
    });
    serde_json::from_value(object).unwrap()
}

fn said(message: crds::Message) -> Value {
    json!([{
        "type": "Ready", "status": "True", "reason": message.reason(), "message": message.to_string(),
        "lastTransitionTime": "2026-01-01T00:00:00Z"
    }])
}

fn register() -> Register {
    let room = |name: &str, display: &str, disposition: &str, accepted: bool, message| {
        let spec = json!({
            "displayName": display, "owner": "dianzheng", "building": display, "disposition": disposition,
            "zones": ["extranet"], "level": {"information": 3, "service": 3}, "accepted": accepted
        });
        object("DataCenter", json!({"name": name}), spec, json!({"conditions": said(message)}))
    };
    let well = crds::Message::SiteWell { sets: "1".into(), nodes: "2".into() };
    let metadata = json!({"name": "jiaoyu", "namespace": "dept-jiaoyu"});
    let place = json!({"site": "kaicheng", "share": {"cpu": "4", "memory": "8Gi"}});
    let spec = json!({"displayName": "教育平台", "system": "jiaoyu", "zone": "extranet", "sites": [place]});
    let in_force = said(crds::Message::WorkspaceWell { sites: "1".into() });
    let status = json!({"namespace": "jiaoyu-jiaoyu", "conditions": in_force});
    Register {
        data_centers: vec![
            room("cdc", "CDC机房", "vertical", false, crds::Message::InventoryOnly {}),
            room("kaicheng", "凯城机房", "cloud", true, well),
        ],
        workspaces: vec![object("Workspace", metadata, spec, status)],
        ..Register::default()
    }
}

fn field() -> Field {
    let amounts = |cpu: &str, memory: &str| json!({"requests.cpu": cpu, "requests.memory": memory});
    let quota = json!({"status": {"hard": amounts("4", "8Gi"), "used": amounts("500m", "0")}});
    let inside =
        Inside { quota: serde_json::from_value(quota).unwrap(), role_bindings: 2, network_policies: 3 };
    let namespaces = [("jiaoyu-jiaoyu".to_owned(), inside)].into();
    Field([("kaicheng".to_owned(), OnSite { nodes: 2, ready_nodes: 2, namespaces })].into())
}

#[test]
fn the_tables_say_what_stands_where() {
    let text = district(&register(), &field(), Lang::Zh);
    let expected = "机房 2 个 (投入使用 1 个),单位 0 个,信息系统 0 个,隔离方案 0 个,业务空间 1 个

机房 (节点:就绪/全部)
  机房      短码      处置  就绪  节点  说明
  凯城机房  kaicheng  上云  是    2/2   ZY-1113 已接入,1 组指令已生效,2 个节点就绪
  CDC机房   cdc       条线  -     -     ZY-1112 仅登记,不作为部署地点

业务空间 (中心所登记)
  业务空间  单位    信息系统  命名空间       就绪  说明
  教育平台  jiaoyu  jiaoyu    jiaoyu-jiaoyu  是    ZY-1214 已在 1 个机房生效

机房现场 (读自各机房自己的 API server;配额为 已用/上限)
  机房      命名空间       CPU     内存   存储  容器组  角色绑定  网络策略
  凯城机房  jiaoyu-jiaoyu  500m/4  0/8Gi  -     -       2         3
";
    assert_eq!(text, expected);
}

#[test]
fn a_place_of_which_the_site_shows_nothing_has_dashes() {
    let text = places(&register(), &Field::default(), Lang::En);
    assert!(
        text.ends_with("  凯城机房     jiaoyu-jiaoyu  -    -       -        -     -              -\n"),
        "{text}"
    );
}

#[test]
fn the_last_word_names_every_object_that_is_not_true() {
    assert_eq!(verdict(&[], Lang::Zh), "全部就绪\n");
    let one = Untrue { kind: "单位 Department", name: "区教育局 (jiaoyu)".into(), why: "a\nb".into() };
    assert_eq!(verdict(&[one], Lang::Zh), "未就绪 1 个\n  单位 Department 区教育局 (jiaoyu): a; b\n");
}
