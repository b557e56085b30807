use super::*;

fn set() -> WorkspaceSet {
    let system = json!({
        "displayName": "{member}网格信息系统", "kind": "new", "zones": ["extranet"],
        "level": {"information": 2, "service": 2}
    });
    let share = json!({"cpu": "2", "memory": "4Gi"});
    let spec = json!({
        "displayName": "城市网格化", "basis": {"document": "文件"},
        "lead": {"department": "chengzong", "workspace": "wanggehua"}, "members": ["yinhang", "daqiao"],
        "template": {"system": system, "zone": "extranet", "sites": [{"site": "kaicheng", "share": share}]},
        "flows": {"toLead": [{"port": 8443}], "until": "2027-06-30"}
    });
    WorkspaceSet::new("wangge", serde_json::from_value(spec).unwrap())
}

fn departments() -> Departments<'static> {
    BTreeMap::from([
        ("chengzong".to_owned(), ("区城市综合管理中心", Readiness::Ready)),
        ("yinhang".to_owned(), ("殷行街道", Readiness::Ready)),
        ("wrong".to_owned(), ("错", Readiness::Refused)),
        ("fresh".to_owned(), ("新", Readiness::NotJudged)),
    ])
}

fn workspace(set: Option<&str>) -> Workspace {
    let Step::Make(objects) = step(&super::tests::set(), "yinhang", &departments(), Existing::default())
    else {
        panic!("not made")
    };
    let mut workspace: Workspace = serde_json::from_value(objects[1].clone()).unwrap();
    workspace.metadata.labels = set.map(|set| [(labels::WORKSPACE_SET.to_owned(), set.to_owned())].into());
    workspace
}

#[test]
fn a_member_gets_a_system_and_a_workspace_with_its_name_in_them() {
    insta::assert_yaml_snapshot!(match step(&set(), "yinhang", &departments(), Existing::default()) {
        Step::Make(objects) => objects,
        other => panic!("{other:?}"),
    });
}

fn step_where(system: Option<&System>, workspace: Option<&Workspace>) -> Step {
    step(&set(), "yinhang", &departments(), Existing { system, workspace })
}

#[test]
fn a_system_that_the_member_registered_is_left_and_a_workspace_that_is_not_the_sets_is_not_taken_over() {
    let own = System::new("wangge", set().spec.template.system);
    let Step::Make(objects) = step_where(Some(&own), None) else { panic!("not made") };
    assert_eq!(objects.iter().map(|o| o["kind"].as_str().unwrap()).collect::<Vec<_>>(), ["Workspace"]);
    for other in [None, Some("another")] {
        let refused = step_where(None, Some(&workspace(other)));
        assert!(matches!(refused, Step::Refuse(Message::InstanceForeign { .. })), "{refused:?}");
    }
    assert!(matches!(step_where(None, Some(&workspace(Some("wangge")))), Step::Make(_)));
}

#[test]
fn a_member_that_is_unknown_wrong_or_new_says_so_for_itself() {
    let step = |member: &str| super::step(&set(), member, &departments(), Existing::default());
    assert!(matches!(step("nobody"), Step::Refuse(Message::UnknownReference { .. })));
    assert!(matches!(step("wrong"), Step::Refuse(Message::NotReadyReference { .. })));
    assert!(matches!(step("fresh"), Step::Wait(Message::WaitingFor { .. })));
}

#[test]
fn a_name_that_becomes_too_long_is_refused() {
    let mut set = set();
    set.spec.template.system.display_name = format!("{{member}}{}", "长".repeat(61));
    let refused = step(&set, "yinhang", &departments(), Existing::default());
    assert!(matches!(refused, Step::Refuse(Message::TemplateName { .. })), "{refused:?}");
}

#[test]
fn the_set_as_a_whole_needs_its_lead_and_an_end() {
    let now = "2027-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(check(&set(), &departments(), now), []);
    let mut wrong = set();
    wrong.spec.lead.department = "nobody".into();
    wrong.spec.flows.as_mut().unwrap().until = "2029-01-01".into();
    let reasons: Vec<_> = check(&wrong, &departments(), now).iter().map(Message::reason).collect();
    assert_eq!(reasons, ["UnknownReference", "FlowEndTooFar"]);
}

#[test]
fn one_refused_member_leaves_the_others_in_force_and_is_counted() {
    let mut there = workspace(Some("wangge"));
    there.metadata.generation = Some(1);
    let mut of = |holds, message: Message| {
        let mut conditions = Vec::new();
        let now = k8s_openapi::jiff::Timestamp::UNIX_EPOCH;
        conditions::set(&mut conditions, READY, holds, &[message], Some(1), now);
        there.status = Some(crds::WorkspaceStatus { conditions, ..crds::WorkspaceStatus::default() });
        instance("x", Existing { system: None, workspace: Some(&there) }).state
    };
    assert_eq!(of(Holds::True, Message::Settled {}), InstanceState::InForce);
    assert_eq!(of(Holds::False, Message::WorkspacePending { sites: "a".into() }), InstanceState::Pending);
    assert_eq!(of(Holds::False, Message::NoProfile {}), InstanceState::Refused);
    let place = |state, message: Option<&str>| crds::WorkspaceSiteStatus {
        site: "a".into(),
        state,
        message: message.map(str::to_owned),
        drift: None,
        last_contact: None,
    };
    let sites = vec![place(PlaceState::Blocked, Some("ZY-1 x")), place(PlaceState::Told, None)];
    let status = crds::WorkspaceStatus { sites, ..crds::WorkspaceStatus::default() };
    let hindered = Workspace { status: Some(status), ..workspace(Some("wangge")) };
    assert_eq!(pending(&hindered, "y"), (InstanceState::Refused, Some("ZY-1 x".into())));
    assert_eq!(instance("x", Existing::default()).state, InstanceState::Pending);

    let one = |department: &str, state| Instance {
        department: department.into(),
        state,
        namespace: None,
        message: None,
    };
    let all =
        [one("a", InstanceState::InForce), one("b", InstanceState::Refused), one("c", InstanceState::Left)];
    let (holds, said) = ready(&all);
    let behind =
        Message::SetBehind { ready: "1".into(), total: "2".into(), pending: "-".into(), refused: "b".into() };
    assert_eq!((holds, said), (Holds::False, vec![behind, Message::SetLeft { members: "c".into() }]));
    assert_eq!(ready(&all[..1]).0, Holds::True);
}

#[test]
fn the_flows_of_a_set_lead_between_the_lead_and_the_member_only() {
    let set = set();
    let decreed = decreed(&set, "yinhang");
    assert_eq!(decreed.len(), 1, "no port leads from the lead");
    assert_eq!(decreed[0].from, ("yinhang".to_owned(), "wangge".to_owned()));
    assert_eq!(decreed[0].to, ("chengzong".to_owned(), "wanggehua".to_owned()));
}
