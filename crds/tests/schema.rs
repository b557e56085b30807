//! Laws of the generated definitions: bounds, without which the API server refuses the rules, and words for those who read them.

use crds::install::definitions;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path};

/// Fields that hold any Kubernetes object (`RawObject`): no schema bounds them, the agent's list of kinds does.
const ANY_OBJECT: [&str; 2] =
    ["SiteBundle.spec.objects[].object", "AppliedBundle.spec.accepted.objects[].object"];

/// One node of a schema and where it is, as `DataCenter.spec.nodePools[].name`.
struct Node<'a> {
    path: String,
    schema: &'a Value,
}

impl Node<'_> {
    fn has(&self, keyword: &str) -> bool {
        self.schema.get(keyword).is_some()
    }

    fn text(&self, keyword: &str) -> &str {
        self.schema[keyword].as_str().unwrap_or_default()
    }

    fn is_property(&self) -> bool {
        !self.path.ends_with(['}', ']'])
    }
}

/// The node at `path` and all below it.
fn nodes(path: String, schema: &Value) -> Vec<Node<'_>> {
    let children = schema["properties"].as_object().into_iter().flatten();
    let mut below: Vec<_> = children.map(|(name, child)| (format!("{path}.{name}"), child)).collect();
    below.extend(schema.get("items").map(|child| (format!("{path}[]"), child)));
    below.extend(schema.get("additionalProperties").map(|child| (format!("{path}{{}}"), child)));
    let mut found = vec![Node { path, schema }];
    found.extend(below.into_iter().flat_map(|(path, child)| nodes(path, child)));
    found
}

/// Every definition as the API server reads it, with its kind.
fn kinds() -> Vec<(String, Value)> {
    definitions().into_iter().map(|(_, crd)| (crd.spec.names.kind.clone(), json!(crd))).collect()
}

/// Every node below spec and status of every kind that `complaint` has a word about.
fn complaints(complaint: impl Fn(&Node) -> Option<&'static str>) -> Vec<String> {
    let mut found = Vec::new();
    for (kind, crd) in &kinds() {
        for version in crd["spec"]["versions"].as_array().into_iter().flatten() {
            for (name, schema) in
                version["schema"]["openAPIV3Schema"]["properties"].as_object().into_iter().flatten()
            {
                let nodes = nodes(format!("{kind}.{name}"), schema);
                found.extend(nodes.iter().filter_map(|n| Some(format!("{}: {}", n.path, complaint(n)?))));
            }
        }
    }
    found
}

/// What is boundless about a node.
fn boundless(node: &Node) -> Option<&'static str> {
    match node.text("type") {
        "string" if node.has("maxLength") || node.has("enum") || node.text("format") == "date-time" => None,
        "string" => Some("a string needs maxLength, enum or format date-time"),
        "array" if !node.has("maxItems") => Some("an array needs maxItems"),
        "object" if node.has("additionalProperties") && !node.has("maxProperties") => {
            Some("a map needs maxProperties")
        }
        "object" if node.has("properties") || node.has("additionalProperties") => None,
        "object" if ANY_OBJECT.contains(&node.path.as_str()) => None,
        "object" => Some("an object needs properties"),
        "number" => Some("nothing is a float"),
        "array" | "integer" | "boolean" => None,
        _ => Some("a field needs a type"),
    }
}

/// What a reader misses in the words about a field.
fn wordless(node: &Node) -> Option<&'static str> {
    let description = node.text("description").trim_end();
    match () {
        () if !node.is_property() => None,
        () if description.split_whitespace().count() < 2 => {
            Some("a field needs a description of a few words")
        }
        () if !description.ends_with(['.', '。']) => Some("a description needs a full stop"),
        () => None,
    }
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[test]
fn every_string_list_and_map_has_a_maximum() {
    assert_eq!(complaints(boundless), Vec::<String>::new());
}

#[test]
fn a_boundless_field_is_found_at_any_depth() {
    let schema = json!({"type": "object", "properties": {
        "good": {"type": "string", "maxLength": 8},
        "lines": {"type": "array", "maxItems": 2, "items": {"type": "string"}},
        "list": {"type": "array", "items": {"type": "integer"}},
        "map": {"type": "object", "additionalProperties": {"type": "string", "enum": ["a"]}},
        "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
        "share": {"type": "number"},
    }});
    let nodes = nodes("spec".into(), &schema);
    let found: Vec<_> =
        nodes.iter().filter(|node| boundless(node).is_some()).map(|node| node.path.as_str()).collect();
    assert_eq!(found, ["spec.any", "spec.lines[]", "spec.list", "spec.map", "spec.share"]);
}

/// What is sealed when it is submitted reads the same for ever: a default that is added later would change its digest.
#[test]
fn nothing_that_is_sealed_has_a_default() {
    let sealed = ["ResourceRequest.spec", "Approval.spec"];
    let defaults = complaints(|node| {
        let is_sealed = sealed.iter().any(|spec| node.path.starts_with(spec));
        (is_sealed && node.has("default")).then_some("a default")
    });
    assert_eq!(defaults, Vec::<String>::new());
    let elsewhere = complaints(|node| node.has("default").then_some("a default"));
    assert!(
        elsewhere.iter().any(|found| found.starts_with("Grant.spec")),
        "defaults are found where they are"
    );
}

#[test]
fn the_exceptions_are_those_that_exist() {
    let open = complaints(|node| node.has("x-kubernetes-preserve-unknown-fields").then_some("open"));
    assert_eq!(open, ANY_OBJECT.map(|path| format!("{path}: open")));
}

#[test]
fn every_field_says_in_a_sentence_what_it_is() {
    assert_eq!(complaints(wordless), Vec::<String>::new());
}

#[test]
fn a_field_without_a_sentence_is_found() {
    let schema = json!({"type": "object", "description": "What is wanted.", "properties": {
        "bare": {"type": "integer"},
        "open": {"type": "integer", "description": "Number of rooms"},
        "word": {"type": "integer", "description": "Rooms."},
    }});
    let nodes = nodes("spec".into(), &schema);
    let found: Vec<_> =
        nodes.iter().filter(|node| wordless(node).is_some()).map(|node| node.path.as_str()).collect();
    assert_eq!(found, ["spec.bare", "spec.open", "spec.word"]);
}

#[test]
fn every_kind_and_its_spec_carry_the_chinese_term() {
    for (kind, crd) in kinds() {
        let schema = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
        for said in [&schema["description"], &schema["properties"]["spec"]["description"]] {
            let said = said.as_str().unwrap_or_default();
            assert!(said.contains(is_chinese), "{kind} is described without its Chinese term: {said:?}");
        }
    }
}

#[test]
fn every_kind_is_listed_with_the_others_and_shows_whether_it_is_well() {
    for (kind, crd) in kinds() {
        assert_eq!(crd["spec"]["names"]["categories"], json!(["zhengyun"]), "{kind}");
        let version = &crd["spec"]["versions"][0];
        let status = &version["schema"]["openAPIV3Schema"]["properties"]["status"];
        let columns = version["additionalPrinterColumns"].as_array().into_iter().flatten();
        let shows_ready = columns.into_iter().any(|column| {
            column["name"] == "Ready"
                && column["jsonPath"] == ".status.conditions[?(@.type==\"Ready\")].status"
        });
        assert_eq!(shows_ready, status["properties"].get("conditions").is_some(), "{kind}");
    }
}

#[test]
fn the_definitions_in_the_chart_are_what_the_types_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts/zhengyun-crds/definitions");
    let mut expected = BTreeSet::new();
    for (place, definition) in definitions() {
        let path = root.join(place.folder()).join(format!("{}.yaml", definition.spec.names.plural));
        let text = fs::read_to_string(&path).unwrap();
        let (header, body) = text.split_once('\n').unwrap();
        assert!(header.starts_with("# Generated by `cargo crdgen`"), "{}: {header}", path.display());
        let fresh = body == serde_yaml::to_string(&definition).unwrap();
        assert!(fresh, "stale: {}; run `cargo crdgen`", path.display());
        expected.insert(path);
    }
    let folders = ["hub", "site"].into_iter().flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let found: BTreeSet<_> = folders.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(found, expected);
}
