//! Services, ingresses, network policies, and where traffic goes.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Attempt, Set, another, put};
use crate::requests::{Try, collection};
use crate::world::{HOST, OTHER, OWN, World};

pub(super) async fn network(world: &World) -> Result<Vec<Attempt>> {
    let mut all = Vec::new();
    let services = collection(OWN, "v1/services");
    let service = world.live(&format!("{services}/web")).await?;
    let kinds: [(&str, &str, Set); 4] = [
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
        for (pointer, value) in &set {
            put(&mut object, pointer, value);
        }
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
