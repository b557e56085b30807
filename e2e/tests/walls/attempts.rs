//! Everything by which a department might leave its namespace, reach into another's or take more than it was given, and the code
//! of the sentence that it gets.

use anyhow::Result;
use serde_json::{Value, json};

use crate::requests::{Try, collection};
use crate::world::{HOST, OTHER, OWN, World, pod_spec};

/// One attempt in all its ways.
pub(crate) struct Attempt {
    pub(crate) code: &'static str,
    pub(crate) tries: Vec<Try>,
}

/// What pods are made from: resource, the standing object, where the pod's specification is in it, and whether that can change.
const TEMPLATES: [(&str, &str, &str, bool); 9] = [
    ("v1/pods", "one", "", false),
    ("apps/v1/deployments", "web", "/spec/template", true),
    ("apps/v1/statefulsets", "db", "/spec/template", true),
    ("apps/v1/daemonsets", "log", "/spec/template", true),
    ("apps/v1/replicasets", "rs", "/spec/template", true),
    ("v1/replicationcontrollers", "rc", "/spec/template", true),
    ("v1/podtemplates", "pt", "/template", true),
    ("batch/v1/jobs", "once", "/spec/template", false),
    ("batch/v1/cronjobs", "nightly", "/spec/jobTemplate/spec/template", true),
];

/// What a pod may not say.
fn wrong_pods() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let foreign = json!({"name": "x", "image": "docker.io/library/nginx", "imagePullPolicy": "Always",
        "resources": {"limits": {"memory": "16Mi"}}});
    let volume = |source: Value| {
        let mut volume = json!({"name": "v"});
        volume
            .as_object_mut()
            .into_iter()
            .for_each(|map| map.extend(source.as_object().cloned().unwrap_or_default()));
        json!([volume])
    };
    let mut container = pod_spec()["containers"][0].clone();
    container["image"] = "registry.local.evil.com/app:1".into();
    let mut never = pod_spec()["containers"][0].clone();
    never["imagePullPolicy"] = "Never".into();
    vec![
        ("an image of another registry", "ZY-4230", "/spec/containers", json!([container])),
        ("a foreign image in an init container", "ZY-4230", "/spec/initContainers", json!([foreign])),
        (
            "a foreign image volume",
            "ZY-4230",
            "/spec/volumes",
            volume(json!({"image": {"reference": "evil.com/x:1", "pullPolicy": "Always"}})),
        ),
        ("a pull policy", "ZY-4231", "/spec/containers", json!([never])),
        ("a node", "ZY-4232", "/spec/nodeName", "node-1".into()),
        (
            "a foreign taint",
            "ZY-4233",
            "/spec/tolerations",
            json!([{"key": "other", "operator": "Exists", "effect": "NoSchedule"}]),
        ),
        ("every taint", "ZY-4233", "/spec/tolerations", json!([{"operator": "Exists"}])),
        (
            "a cordoned node",
            "ZY-4233",
            "/spec/tolerations",
            json!([{"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}]),
        ),
        ("a higher priority", "ZY-4234", "/spec/priorityClassName", "higher".into()),
        (
            "the cluster's own priority",
            "ZY-4234",
            "/spec/priorityClassName",
            "system-cluster-critical".into(),
        ),
        ("another runtime", "ZY-4235", "/spec/runtimeClassName", "other".into()),
        ("another scheduler", "ZY-4236", "/spec/schedulerName", "own".into()),
        ("other nodes", "ZY-4237", "/spec/nodeSelector", json!({"kubernetes.io/os": "other"})),
        (
            "a volume of another's file server",
            "ZY-4238",
            "/spec/volumes",
            volume(json!({"nfs": {"server": "10.0.0.1", "path": "/"}})),
        ),
        (
            "a block device of the network",
            "ZY-4238",
            "/spec/volumes",
            volume(
                json!({"iscsi": {"targetPortal": "10.0.0.1", "iqn": "iqn.2001-04.com.example:s", "lun": 0}}),
            ),
        ),
        ("no required label", "ZY-4239", "/metadata/labels/team", Value::Null),
        ("a forbidden label", "ZY-4240", "/metadata/labels/billing~1who", "x".into()),
        ("a label of the platform", "ZY-4240", "/metadata/labels/zhengyun.io~1department", "weisheng".into()),
        ("a forbidden annotation", "ZY-4241", "/metadata/annotations/vendor~1what", "x".into()),
    ]
}

/// Every attempt.
pub(crate) async fn all(world: &World) -> Result<Vec<Attempt>> {
    let mut all = workloads(world).await?;
    all.extend(pods_own(world).await?);
    all.extend(network(world).await?);
    all.extend(storage(world).await?);
    all.extend(access(world).await?);
    all.extend(platform(world).await?);
    all.extend(namespaces(world).await?);
    Ok(all)
}

/// A new object like a standing one, under another name.
fn another(live: &Value) -> Value {
    let mut object =
        json!({"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": {"name": "another"}});
    for part in ["spec", "template", "data", "rules", "roleRef", "subjects"] {
        if let Some(value) = live.get(part) {
            object[part] = value.clone();
        }
    }
    object["metadata"]["labels"] = live["metadata"]["labels"].clone();
    for allocated in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "nodeName", "volumeName"] {
        object
            .get_mut("spec")
            .and_then(Value::as_object_mut)
            .into_iter()
            .for_each(|spec| drop(spec.remove(allocated)));
    }
    object
}

async fn workloads(world: &World) -> Result<Vec<Attempt>> {
    let mut all = Vec::new();
    for (resource, name, template, mutable) in TEMPLATES {
        let at = collection(OWN, resource);
        let path = format!("{at}/{name}");
        let live = world.live(&path).await?;
        for (what, code, pointer, value) in wrong_pods() {
            let what = format!("{what} in {resource}");
            let pointer = format!("{template}{pointer}");
            let mut object = fresh(&live, template);
            put(&mut object, &pointer, &value);
            let mut tries = Try::make(&what, &at, &object);
            if mutable {
                tries.extend(Try::change(&what, &path, &live, &[(&pointer, value)])?);
            }
            all.push(Attempt { code, tries });
        }
    }
    Ok(all)
}

/// Something new that makes pods, with a right one inside; selectors of jobs are made by the API server.
fn fresh(live: &Value, template: &str) -> Value {
    let mut object = another(live);
    let restart = live.pointer(&format!("{template}/spec/restartPolicy")).cloned().unwrap_or_default();
    let labels = live.pointer(&format!("{template}/metadata/labels")).cloned().unwrap_or_default();
    let kind = live["kind"].as_str().unwrap_or_default();
    let mut spec = pod_spec();
    spec["restartPolicy"] = restart;
    if kind == "Pod" {
        object["spec"] = spec;
        return object;
    }
    let labels = if kind == "Job" { json!({"team": "a"}) } else { labels };
    let made = json!({"metadata": {"labels": labels}, "spec": spec});
    if kind == "Job" {
        object["spec"] = json!({});
    }
    put(&mut object, template, &made);
    object["metadata"]["labels"] = json!({"team": "a"});
    object
}

fn put(object: &mut Value, pointer: &str, value: &Value) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    let key = key.replace("~1", "/");
    if object.pointer(parent).is_none_or(Value::is_null) && !parent.is_empty() {
        put(object, parent, &json!({}));
    }
    if let Some(Value::Object(map)) = object.pointer_mut(parent) {
        if value.is_null() {
            map.remove(&key);
        } else {
            map.insert(key, value.clone());
        }
    }
}

/// What can be changed of a pod that runs, and where a pod is put.
async fn pods_own(world: &World) -> Result<Vec<Attempt>> {
    let path = format!("{}/one", collection(OWN, "v1/pods"));
    let live = world.live(&path).await?;
    let changed = |what: &str, code, set: &[(&str, Value)]| {
        Ok::<_, anyhow::Error>(Attempt { code, tries: Try::change(what, &path, &live, set)? })
    };
    let mut tolerations = live["spec"]["tolerations"].clone();
    tolerations
        .as_array_mut()
        .into_iter()
        .for_each(|all| all.push(json!({"key": "other", "operator": "Exists"})));
    let mut containers = live["spec"]["containers"].clone();
    containers[0]["image"] = "evil.com/app:1".into();
    let debug = json!([{"name": "debug", "image": "evil.com/debug:1", "imagePullPolicy": "Always"}]);
    let waiting = format!("{}/waiting", collection(OWN, "v1/pods"));
    let binding = |kind: &str| json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "waiting"}, "target": {"apiVersion": "v1", "kind": "Node", "name": "node-1"}});
    let mut all = vec![
        changed("a running pod's image", "ZY-4230", &[("/spec/containers", containers)])?,
        changed("a running pod's tolerations", "ZY-4233", &[("/spec/tolerations", tolerations)])?,
        changed("a running pod's labels", "ZY-4239", &[("/metadata/labels/team", Value::Null)])?,
        Attempt {
            code: "ZY-4230",
            tries: Try::change(
                "an ephemeral container",
                &format!("{path}/ephemeralcontainers"),
                &live,
                &[("/spec/ephemeralContainers", debug)],
            )?,
        },
        Attempt {
            code: "ZY-4222",
            tries: vec![
                Try::post("pods/binding", &format!("{waiting}/binding"), binding("Binding")),
                Try::post("bindings", &collection(OWN, "v1/bindings"), binding("Binding")),
            ],
        },
    ];
    // Where a service would send its traffic.
    let status = format!("{path}/status");
    all.push(Attempt {
        code: "ZY-4220",
        tries: Try::change("a pod's address", &status, &live, &[("/status/podIP", "10.9.9.9".into())])?,
    });
    Ok(all)
}

async fn network(world: &World) -> Result<Vec<Attempt>> {
    let mut all = Vec::new();
    let services = collection(OWN, "v1/services");
    let service = world.live(&format!("{services}/web")).await?;
    let kinds: [(&str, &str, Vec<(&str, Value)>); 4] = [
        ("NodePort", "ZY-4250", vec![("/spec/type", "NodePort".into())]),
        ("LoadBalancer", "ZY-4250", vec![("/spec/type", "LoadBalancer".into())]),
        (
            "ExternalName",
            "ZY-4250",
            vec![
                ("/spec/type", "ExternalName".into()),
                ("/spec/externalName", "web.weisheng-yiliao.svc".into()),
            ],
        ),
        ("external addresses", "ZY-4251", vec![("/spec/externalIPs", json!(["10.9.9.9"]))]),
    ];
    for (what, code, set) in kinds {
        let mut object = another(&service);
        set.iter().for_each(|(pointer, value)| put(&mut object, pointer, value));
        let mut tries = Try::make(what, &services, &object);
        tries.extend(Try::change(what, &format!("{services}/web"), &service, &set)?);
        all.push(Attempt { code, tries });
    }
    let label = [("/metadata/labels/billing~1who", "x".into())];
    all.push(Attempt {
        code: "ZY-4240",
        tries: Try::change("a forbidden label", &format!("{services}/web"), &service, &label)?,
    });
    let annotation = [("/metadata/annotations/vendor~1what", "x".into())];
    all.push(Attempt {
        code: "ZY-4241",
        tries: Try::change("a forbidden annotation", &format!("{services}/web"), &service, &annotation)?,
    });

    let ingresses = collection(OWN, "networking.k8s.io/v1/ingresses");
    let ingress = world.live(&format!("{ingresses}/web")).await?;
    let rule = |host: Value| {
        let mut rule = ingress["spec"]["rules"][0].clone();
        rule["host"] = host;
        json!([rule])
    };
    let mut everywhere = ingress["spec"]["rules"][0].clone();
    everywhere.as_object_mut().into_iter().for_each(|rule| drop(rule.remove("host")));
    let backend = json!({"service": {"name": "web", "port": {"number": 80}}});
    for (what, code, pointer, value) in [
        ("another's host", "ZY-4252", "/spec/rules", rule("yiliao.edu.yp.gov.cn".into())),
        ("a wildcard host", "ZY-4252", "/spec/rules", rule("*.edu.yp.gov.cn".into())),
        ("every host", "ZY-4252", "/spec/rules", json!([everywhere])),
        (
            "another's certificate",
            "ZY-4252",
            "/spec/tls",
            json!([{"hosts": [HOST, "yiliao.edu.yp.gov.cn"], "secretName": "x"}]),
        ),
        ("every other host", "ZY-4253", "/spec/defaultBackend", backend),
        ("another class", "ZY-4254", "/spec/ingressClassName", "public".into()),
        (
            "a snippet",
            "ZY-4255",
            "/metadata/annotations/nginx.ingress.kubernetes.io~1configuration-snippet",
            "x".into(),
        ),
        (
            "a server alias",
            "ZY-4255",
            "/metadata/annotations/nginx.ingress.kubernetes.io~1server-alias",
            "x".into(),
        ),
    ] {
        let mut object = another(&ingress);
        put(&mut object, pointer, &value);
        let mut tries = Try::make(what, &ingresses, &object);
        tries.extend(Try::change(what, &format!("{ingresses}/web"), &ingress, &[(pointer, value)])?);
        all.push(Attempt { code, tries });
    }
    // The annotation from before there was a field cannot stand beside it.
    let mut old = another(&ingress);
    put(&mut old, "/spec/ingressClassName", &Value::Null);
    put(&mut old, "/metadata/annotations/kubernetes.io~1ingress.class", &"public".into());
    all.push(Attempt { code: "ZY-4254", tries: Try::make("another class by annotation", &ingresses, &old) });

    all.extend(network_policies(world).await?);
    let slices = "discovery.k8s.io/v1/endpointslices";
    let slice = json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "metadata": {"name": "another", "labels": {"kubernetes.io/service-name": "web"}}, "endpoints": [{"addresses": ["10.9.9.9"]}], "ports": []});
    let endpoints = json!({"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "another"}, "subsets": [{"addresses": [{"ip": "10.9.9.9"}]}]});
    for (resource, object, pointer, value) in [
        (slices, &slice, "/endpoints", json!([{"addresses": ["10.9.9.9"]}])),
        ("v1/endpoints", &endpoints, "/subsets", json!([{"addresses": [{"ip": "10.9.9.9"}]}])),
    ] {
        let mut tries = Try::make(resource, &collection(OWN, resource), object);
        if let Some(path) = world.first(resource).await? {
            let live = world.live(&path).await?;
            tries.extend(Try::change(resource, &path, &live, &[(pointer, value)])?);
        }
        all.push(Attempt { code: "ZY-4221", tries });
    }
    Ok(all)
}

async fn network_policies(world: &World) -> Result<Vec<Attempt>> {
    let at = collection(OWN, "networking.k8s.io/v1/networkpolicies");
    let live = world.live(&format!("{at}/inside")).await?;
    let mut all = Vec::new();
    let by = |selector: Value| json!({"namespaceSelector": selector});
    let peers = [
        ("every namespace", "ZY-4257", by(json!({}))),
        ("namespaces by a label of anybody's", "ZY-4257", by(json!({"matchLabels": {"team": "a"}}))),
        (
            "another's namespace by name",
            "ZY-4257",
            by(json!({"matchLabels": {"kubernetes.io/metadata.name": OTHER}})),
        ),
        ("another department", "ZY-4257", by(json!({"matchLabels": {"zhengyun.io/department": "weisheng"}}))),
        (
            "two departments",
            "ZY-4257",
            by(
                json!({"matchExpressions": [{"key": "zhengyun.io/department", "operator": "In", "values": ["jiaoyu", "weisheng"]}]}),
            ),
        ),
        (
            "every department",
            "ZY-4257",
            by(json!({"matchExpressions": [{"key": "zhengyun.io/department", "operator": "Exists"}]})),
        ),
        (
            "pods of another's namespace",
            "ZY-4257",
            json!({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": OTHER}}, "podSelector": {}}),
        ),
        ("all addresses", "ZY-4258", json!({"ipBlock": {"cidr": "0.0.0.0/0"}})),
        ("all addresses of version 6", "ZY-4258", json!({"ipBlock": {"cidr": "::/0"}})),
        ("a range around the allowed one", "ZY-4258", json!({"ipBlock": {"cidr": "10.0.0.0/8"}})),
        ("a neighbouring range", "ZY-4258", json!({"ipBlock": {"cidr": "10.21.0.0/16"}})),
    ];
    let mut rules: Vec<(String, &str, Value, Value)> = peers
        .into_iter()
        .map(|(what, code, peer)| {
            // Behind a right one, where it is easily overlooked.
            (
                what.to_owned(),
                code,
                json!([{"from": [{"podSelector": {}}, peer]}]),
                json!([{"to": [{"podSelector": {}}, peer]}]),
            )
        })
        .collect();
    rules.push(("no peers".into(), "ZY-4256", json!([{}]), json!([{}])));
    rules.push((
        "ports to all".into(),
        "ZY-4256",
        json!([{"ports": [{"port": 80}]}]),
        json!([{"ports": [{"port": 80}]}]),
    ));
    for (what, code, ingress, egress) in rules {
        for (pointer, rule) in [("/spec/ingress", ingress), ("/spec/egress", egress)] {
            let what = format!("{what} in {pointer}");
            let mut object = another(&live);
            put(&mut object, pointer, &rule);
            let mut tries = Try::make(&what, &at, &object);
            tries.extend(Try::change(&what, &format!("{at}/inside"), &live, &[(pointer, rule)])?);
            all.push(Attempt { code, tries });
        }
    }
    let mut named = another(&live);
    named["metadata"]["name"] = "zhengyun-flow-own".into();
    all.push(Attempt { code: "ZY-4259", tries: Try::make("a name of the platform", &at, &named) });
    Ok(all)
}

async fn storage(world: &World) -> Result<Vec<Attempt>> {
    let at = collection(OWN, "v1/persistentvolumeclaims");
    let live = world.live(&format!("{at}/data")).await?;
    let mut all = Vec::new();
    for (what, code, pointer, value) in [
        ("another's volume", "ZY-4261", "/spec/volumeName", json!("pv-of-another")),
        ("a selector of volumes", "ZY-4262", "/spec/selector", json!({"matchLabels": {"a": "b"}})),
        (
            "a foreign source",
            "ZY-4263",
            "/spec/dataSourceRef",
            json!({"apiGroup": "evil.io", "kind": "Copy", "name": "x"}),
        ),
        ("another class", "ZY-4260", "/spec/storageClassName", "other".into()),
        ("no class", "ZY-4260", "/spec/storageClassName", "".into()),
        (
            "another class by annotation",
            "ZY-4260",
            "/metadata/annotations/volume.beta.kubernetes.io~1storage-class",
            "other".into(),
        ),
        ("a forbidden label", "ZY-4240", "/metadata/labels/billing~1who", "x".into()),
    ] {
        let mut object = another(&live);
        put(&mut object, pointer, &value);
        all.push(Attempt { code, tries: Try::make(what, &at, &object) });
    }
    for (what, code, pointer, value) in [
        ("another's volume", "ZY-4261", "/spec/volumeName", json!("pv-of-another")),
        ("a forbidden label", "ZY-4240", "/metadata/labels/billing~1who", "x".into()),
    ] {
        all.push(Attempt {
            code,
            tries: Try::change(what, &format!("{at}/data"), &live, &[(pointer, value)])?,
        });
    }
    let one = json!({"name": "card", "exactly": {"deviceClassName": "other"}});
    let first = json!({"name": "card", "firstAvailable": [{"name": "a", "deviceClassName": "gpu"}, {"name": "b", "deviceClassName": "other"}]});
    for (kind, resource, pointer) in [
        ("ResourceClaim", "resource.k8s.io/v1/resourceclaims", "/spec/devices/requests"),
        ("ResourceClaimTemplate", "resource.k8s.io/v1/resourceclaimtemplates", "/spec/spec/devices/requests"),
    ] {
        for request in [&one, &first] {
            let mut object =
                json!({"apiVersion": "resource.k8s.io/v1", "kind": kind, "metadata": {"name": "another"}});
            put(&mut object, pointer, &json!([request]));
            all.push(Attempt {
                code: "ZY-4264",
                tries: Try::make(kind, &collection(OWN, resource), &object),
            });
        }
    }
    Ok(all)
}

async fn access(world: &World) -> Result<Vec<Attempt>> {
    let bindings = collection(OWN, "rbac.authorization.k8s.io/v1/rolebindings");
    let binding = world.live(&format!("{bindings}/reader")).await?;
    let group = |name: &str| json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": name});
    let mut all = Vec::new();
    for (what, subject) in [
        ("another department's group", group("oidc:weisheng-admin")),
        ("everybody", group("system:authenticated")),
        ("every account of another", group("system:serviceaccounts:weisheng-yiliao")),
        ("a person", json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "oidc:qian"})),
        ("another's account", json!({"kind": "ServiceAccount", "name": "default", "namespace": OTHER})),
    ] {
        let mut object = another(&binding);
        let subjects = json!([group("oidc:jiaoyu-admin"), subject]);
        object["subjects"] = subjects.clone();
        let mut tries = Try::make(what, &bindings, &object);
        tries.extend(Try::change(what, &format!("{bindings}/reader"), &binding, &[("/subjects", subjects)])?);
        all.push(Attempt { code: "ZY-4270", tries });
    }
    for role in ["cluster-admin", "zhengyun:site", "zhengyun:executor"] {
        let mut object = another(&binding);
        object["roleRef"] =
            json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role});
        all.push(Attempt { code: "ZY-4271", tries: Try::make(role, &bindings, &object) });
    }
    let mut named = another(&binding);
    named["metadata"]["name"] = "zhengyun-department-admin-2".into();
    all.push(Attempt { code: "ZY-4259", tries: Try::make("a name of the platform", &bindings, &named) });

    let roles = collection(OWN, "rbac.authorization.k8s.io/v1/roles");
    let role = world.live(&format!("{roles}/reader")).await?;
    for (what, groups, resources, verbs) in [
        ("every verb", "", "pods", "*"),
        ("every resource", "", "*", "get"),
        ("every subresource", "", "*/status", "get"),
        ("every group", "*", "pods", "get"),
        ("escalation", "rbac.authorization.k8s.io", "roles", "escalate"),
        ("binding", "rbac.authorization.k8s.io", "roles", "bind"),
        ("impersonation", "", "serviceaccounts", "impersonate"),
        ("tokens", "", "serviceaccounts/token", "create"),
    ] {
        let rules = json!([{"apiGroups": [groups], "resources": [resources], "verbs": [verbs]}]);
        let mut object = another(&role);
        object["rules"] = rules.clone();
        let mut tries = Try::make(what, &roles, &object);
        tries.extend(Try::change(what, &format!("{roles}/reader"), &role, &[("/rules", rules)])?);
        all.push(Attempt { code: "ZY-4272", tries });
    }

    let token = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 86_400}});
    let path = format!("{}/app/token", collection(OWN, "v1/serviceaccounts"));
    all.push(Attempt { code: "ZY-4223", tries: vec![Try::post("a token", &path, token)] });
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
        "metadata": {"name": "another", "annotations": {"kubernetes.io/service-account.name": "app"}}});
    all.push(Attempt {
        code: "ZY-4224",
        tries: Try::make("a token for ever", &collection(OWN, "v1/secrets"), &secret),
    });
    Ok(all)
}

/// What the platform keeps in the namespace.
async fn platform(world: &World) -> Result<Vec<Attempt>> {
    let mut all = Vec::new();
    let kept: [(&str, &str, Vec<(&str, Value)>); 6] = [
        (
            "v1/resourcequotas",
            "zhengyun",
            vec![("/spec/hard/count~1secrets", "9".into()), ("/spec/hard/pods", "99".into())],
        ),
        ("v1/limitranges", "zhengyun", vec![("/spec/limits", json!([]))]),
        ("v1/configmaps", "zhengyun", vec![("/data/registries", "*".into())]),
        ("networking.k8s.io/v1/networkpolicies", "zhengyun-deny", vec![("/spec/ingress", json!([{}]))]),
        (
            "rbac.authorization.k8s.io/v1/rolebindings",
            "zhengyun-department-admin",
            vec![(
                "/subjects",
                json!([{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "oidc:weisheng-admin"}]),
            )],
        ),
        (
            "rbac.authorization.k8s.io/v1/rolebindings",
            "zhengyun-executor",
            vec![(
                "/subjects",
                json!([{"kind": "ServiceAccount", "name": "weisheng", "namespace": "zhengyun-executors"}]),
            )],
        ),
    ];
    for (resource, name, set) in kept {
        let at = collection(OWN, resource);
        let path = format!("{at}/{name}");
        let live = world.live(&path).await?;
        let mut tries = Try::change(resource, &path, &live, &set)?;
        tries.extend(Try::change(resource, &path, &live, &[("/metadata/labels/own", "x".into())])?);
        tries.push(Try::delete(resource, &path));
        all.push(Attempt { code: "ZY-4201", tries });
        // Once it does not say so any more, or among others, another rule may be the first to speak.
        let unmarked = [("/metadata/labels/app.kubernetes.io~1managed-by", Value::Null)];
        let mut tries = Try::change(resource, &path, &live, &unmarked)?;
        tries.push(Try::delete(&format!("all {resource}"), &at));
        all.push(Attempt { code: "ZY-42", tries });
    }
    let quota = json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "another"}, "spec": {"hard": {"count/secrets": "9"}}});
    let limits = json!({"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "another"},
        "spec": {"limits": [{"type": "Container", "default": {"memory": "1Mi"}}]}});
    for (resource, object) in [("v1/resourcequotas", quota), ("v1/limitranges", limits)] {
        all.push(Attempt {
            code: "ZY-4225",
            tries: Try::make(resource, &collection(OWN, resource), &object),
        });
    }
    let path = format!("{}/zhengyun/status", collection(OWN, "v1/resourcequotas"));
    let live = world.live(&path).await?;
    all.push(Attempt {
        code: "ZY-4201",
        tries: Try::change("a quota that nothing uses", &path, &live, &[("/status/used/pods", "0".into())])?,
    });
    let capacity = json!({"apiVersion": "storage.k8s.io/v1", "kind": "CSIStorageCapacity", "metadata": {"name": "another"}, "storageClassName": "fast", "capacity": "0"});
    all.push(Attempt {
        code: "ZY-4226",
        tries: Try::make(
            "a full store",
            &collection(OWN, "storage.k8s.io/v1/csistoragecapacities"),
            &capacity,
        ),
    });
    // A template that would make what the rules pass over.
    let at = format!("{}/web", collection(OWN, "apps/v1/deployments"));
    let live = world.live(&at).await?;
    let label = [("/spec/template/metadata/labels/app.kubernetes.io~1managed-by", "zhengyun".into())];
    all.push(Attempt {
        code: "ZY-4240",
        tries: Try::change("pods that say they are the platform's", &at, &live, &label)?,
    });
    Ok(all)
}

/// The namespace itself: leaving it, taking another's, marking one as one's own, emptying it.
async fn namespaces(world: &World) -> Result<Vec<Attempt>> {
    let mut all = Vec::new();
    for name in [OWN, OTHER] {
        let path = format!("/api/v1/namespaces/{name}");
        let live = world.live(&path).await?;
        let uid = live["metadata"]["uid"].clone();
        let owner = if name == OWN { "weisheng" } else { "jiaoyu" };
        for (what, code, pointer, value) in [
            ("another owner", "ZY-4104", "/metadata/labels/zhengyun.io~1department", json!(owner)),
            ("no owner", "ZY-4104", "/metadata/labels/zhengyun.io~1department", Value::Null),
            ("not the platform's", "ZY-4104", "/metadata/labels/app.kubernetes.io~1managed-by", Value::Null),
            ("another set", "ZY-4104", "/metadata/labels/zhengyun.io~1set", json!(owner)),
            ("no walls", "ZY-4210", "/metadata/labels/zhengyun.io~1enforcement", Value::Null),
            ("lower walls", "ZY-4210", "/metadata/labels/zhengyun.io~1enforcement", "warn".into()),
            ("another zone", "ZY-4210", "/metadata/labels/zhengyun.io~1zone", "internet".into()),
            (
                "privileged pods",
                "ZY-4210",
                "/metadata/labels/pod-security.kubernetes.io~1enforce",
                "privileged".into(),
            ),
            (
                "devices of all",
                "ZY-4210",
                "/metadata/labels/resource.kubernetes.io~1admin-access",
                "true".into(),
            ),
            (
                "nodes of others",
                "ZY-4210",
                "/metadata/annotations/scheduler.alpha.kubernetes.io~1node-selector",
                "a=b".into(),
            ),
            ("a tombstone", "ZY-4210", "/metadata/annotations/zhengyun.io~1tombstone", uid),
            ("a label of one's own", "ZY-4211", "/metadata/labels/team", "a".into()),
        ] {
            let what = format!("{what} of {name}");
            let mut tries = Try::change(&what, &path, &live, &[(pointer, value.clone())])?;
            tries.extend(Try::change(&what, &format!("{path}/status"), &live, &[(pointer, value.clone())])?);
            let mut finalized = live.clone();
            put(&mut finalized, pointer, &value);
            tries.push(Try::put(&what, &format!("{path}/finalize"), finalized));
            all.push(Attempt { code, tries });
        }
        all.push(Attempt { code: "ZY-4213", tries: vec![Try::delete(name, &path)] });
        let mut finalized = live.clone();
        finalized["spec"]["finalizers"] = json!(["example.com/mine"]);
        all.push(Attempt {
            code: "ZY-4212",
            tries: vec![Try::put("finalizers", &format!("{path}/finalize"), finalized)],
        });
    }
    let namespace = |labels: Value| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "another", "labels": labels}});
    for labels in [
        json!({"zhengyun.io/department": "weisheng"}),
        json!({"zhengyun.io/department": "jiaoyu"}),
        json!({"app.kubernetes.io/managed-by": "zhengyun"}),
    ] {
        all.push(Attempt {
            code: "ZY-4210",
            tries: Try::make("a namespace that says whose it is", "/api/v1/namespaces", &namespace(labels)),
        });
    }
    let default = world.live("/api/v1/namespaces/default").await?;
    let label = [("/metadata/labels/zhengyun.io~1department", "weisheng".into())];
    all.push(Attempt {
        code: "ZY-4210",
        tries: Try::change("a found namespace", "/api/v1/namespaces/default", &default, &label)?,
    });
    Ok(all)
}
