//! What a Pod costs an API server: with none of our admission policies, with ours, and with the same rules as one policy each.

use std::time::Instant;

use anyhow::{Context as _, Result};
use k8s_openapi::api::admissionregistration::v1::{
    ValidatingAdmissionPolicy as Policy, ValidatingAdmissionPolicyBinding as Binding,
};
use k8s_openapi::api::core::v1::Pod;
use kube::api::{DeleteParams, ListParams, PostParams};
use kube::{Api, Client, ResourceExt as _};
use serde_json::{Value, json};

use super::figure::{Budget, Figure, Samples, Unit, Words, number};
use super::ground::Ground;
use super::machine::cpu_seconds;
use super::{Name, Sizes};
use crate::story::pod;
use crate::users::Person;
use crate::wait::{DEADLINE, poll};

/// The one policy of ours that judges Pods.
const POLICY: &str = "zhengyun-workloads";
/// What a Pod may cost more than with no policy of ours (DESIGN section 12): CPU of the API server, and the median, in milliseconds.
const CPU_MORE: f64 = 4.0;
const MEDIAN_MORE: f64 = 2.5;
/// The part that ours may cost of what one policy for each rule costs.
const PART_OF_EACH: f64 = 0.25;
/// Requests before those that are measured.
const WARM_UP: usize = 20;

/// What was measured with some policies in force.
struct Cost {
    taken: Samples,
    /// Of the API server, for one request.
    cpu_ms: f64,
}

pub(super) async fn measure(ground: &mut Ground, sizes: &Sizes) -> Result<Figure> {
    ground.stand(1).await?;
    let tenant = Ground::pooled(1);
    let plane = ground.site()?.plane();
    let person = plane.client_of(&Person::of_department("bench", &tenant.name))?;
    let pods: Api<Pod> = Api::namespaced(person, &format!("{}-w1", tenant.name));
    let walls = Walls::read(plane.admin()?).await?;
    let cost = async || {
        let one = |number: usize| pod(&format!("bench-{number}"));
        for number in 0..WARM_UP {
            ask(&pods, &one(number)?).await?;
        }
        let (mut taken, before) = (Samples::default(), cpu_seconds(plane.apiserver())?);
        for number in 0..sizes.admissions {
            let one = one(number)?;
            let begin = Instant::now();
            ask(&pods, &one).await?;
            taken.push(begin.elapsed());
        }
        let cpu = cpu_seconds(plane.apiserver())? - before;
        anyhow::Ok(Cost { taken, cpu_ms: cpu * 1000.0 / number(sizes.admissions) })
    };
    let ours = cost().await?;
    walls.take_down().await?;
    walls.seen(&pods, "none").await?;
    let none = cost().await?;
    walls.put_up_each().await?;
    walls.seen(&pods, "each").await?;
    let each = cost().await?;
    walls.put_back().await?;
    Ok(figure(sizes, walls.policy_count(), [&none, &ours, &each]))
}

/// A Pod asked for and not made, so that only the asking is measured.
async fn ask(pods: &Api<Pod>, pod: &Pod) -> Result<()> {
    let asked = PostParams { dry_run: true, field_manager: None };
    pods.create(&asked, pod).await.map(drop).context("ask for a pod")
}

fn figure(sizes: &Sizes, rules: usize, [none, ours, each]: [&Cost; 3]) -> Figure {
    let mut figure = Figure::new(
        Name::Admission,
        format!("一个容器组的准入,各 {} 次,{rules} 条规则", sizes.admissions),
        format!("asking for a Pod, {} times each, {rules} rules", sizes.admissions),
    );
    for (id, zh, en, cost) in [
        ("none", "无本平台策略", "none of our policies", none),
        ("ours", "本平台策略", "our policies", ours),
        ("each", "同样规则每条一个策略", "the same rules as one policy each", each),
    ] {
        let values = [
            ("least", "最短", "least", cost.taken.least(), none.taken.least(), None),
            ("median", "中位数", "median", cost.taken.median(), none.taken.median(), Some(MEDIAN_MORE)),
            ("p99", "p99", "p99", cost.taken.percentile(99), none.taken.percentile(99), None),
            ("cpu", "API server 的 CPU", "CPU of the API server", cost.cpu_ms, none.cpu_ms, Some(CPU_MORE)),
        ];
        for (what, what_zh, what_en, value, floor, more) in values {
            let words = Words::new(format!("{zh},{what_zh}"), format!("{en}, {what_en}"));
            let row = figure.row(format!("{id}-{what}"), words, Unit::Milliseconds, value).floor(floor);
            if let Some(more) = more.filter(|_| id == "ours") {
                row.budget(Budget::AtMost(floor + more));
            }
        }
    }
    let more = |cost: &Cost| cost.cpu_ms - none.cpu_ms;
    figure
        .row(
            "part-of-each",
            Words::new(
                "增加的 CPU,本平台与每条一个策略之比",
                "CPU that is added, ours beside one policy each",
            ),
            Unit::Number,
            more(ours) / more(each),
        )
        .budget(Budget::AtMost(PART_OF_EACH));
    figure.note(
        "一个客户端,部门用户,试运行请求;下限为无本平台策略;Pod Security 与配额各次都在",
        "one client, a user of the department, dry runs; the floor is none of our policies; Pod Security and quota are there each time",
    );
    figure
}

/// The policy as it stands, and how it is bound.
struct Walls {
    client: Client,
    policy: Policy,
    bindings: Vec<Binding>,
}

impl Walls {
    async fn read(client: Client) -> Result<Self> {
        let policy = Api::<Policy>::all(client.clone()).get(POLICY).await.context("read the policy")?;
        let bindings = Api::<Binding>::all(client.clone()).list(&ListParams::default()).await?;
        let binds = |binding: &Binding| binding.spec.policy_name == POLICY;
        Ok(Self { client, policy, bindings: bindings.into_iter().filter(binds).collect() })
    }

    fn rules(&self) -> impl Iterator<Item = Value> + '_ {
        let spec = self.policy.spec.as_ref();
        let rules = spec.into_iter().flat_map(|spec| spec.validations.iter().flatten());
        rules.map(|rule| serde_json::to_value(rule).unwrap_or_default())
    }

    fn policy_count(&self) -> usize {
        self.rules().count()
    }

    async fn take_down(&self) -> Result<()> {
        for binding in &self.bindings {
            let api = Api::<Binding>::all(self.client.clone());
            api.delete(&binding.name_any(), &DeleteParams::default()).await?;
        }
        Ok(())
    }

    /// One policy for each rule, bound like the one that they are taken from; variables that a rule does not name cost nothing.
    async fn put_up_each(&self) -> Result<()> {
        let policy = serde_json::to_value(&self.policy)?;
        let rules: Vec<Value> = self.rules().collect();
        for (number, rule) in rules.iter().enumerate() {
            let mut one = policy.clone();
            one["metadata"] = json!({"name": format!("bench-{number}")});
            one["spec"]["validations"] = json!([rule]);
            self.create::<Policy>(one).await?;
        }
        for (number, _) in rules.iter().enumerate() {
            for binding in &self.bindings {
                let mut one = serde_json::to_value(binding)?;
                one["metadata"] = json!({"name": format!("bench-{number}-{}", binding.name_any())});
                one["spec"]["policyName"] = format!("bench-{number}").into();
                self.create::<Binding>(one).await?;
            }
        }
        Ok(())
    }

    /// Takes away what was made here and binds the policy again.
    async fn put_back(&self) -> Result<()> {
        async fn sweep<K>(api: Api<K>) -> Result<()>
        where
            K: kube::Resource + Clone + std::fmt::Debug + serde::de::DeserializeOwned,
        {
            for one in api.list_metadata(&ListParams::default()).await? {
                if one.name_any().starts_with("bench-") {
                    api.delete(&one.name_any(), &DeleteParams::default()).await?;
                }
            }
            Ok(())
        }
        sweep(Api::<Binding>::all(self.client.clone())).await?;
        sweep(Api::<Policy>::all(self.client.clone())).await?;
        for binding in &self.bindings {
            let mut one = serde_json::to_value(binding)?;
            one["metadata"] = json!({"name": binding.name_any()});
            self.create::<Binding>(one).await?;
        }
        Ok(())
    }

    /// Waits until the API server has seen everything that was changed before: until it obeys a policy that was made after it and
    /// is about one Pod alone.
    async fn seen(&self, pods: &Api<Pod>, name: &str) -> Result<()> {
        let last = format!("bench-last-{name}");
        self.create::<Policy>(json!({
            "metadata": {"name": last},
            "spec": {
                "failurePolicy": "Fail",
                "matchConstraints": {
                    "objectSelector": {"matchLabels": {"bench": last}},
                    "resourceRules": [
                        {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
                    ]
                },
                "validations": [{"expression": "false"}]
            }
        }))
        .await?;
        self.create::<Binding>(json!({
            "metadata": {"name": last}, "spec": {"policyName": last, "validationActions": ["Deny"]}
        }))
        .await?;
        let mut probe = pod(&last)?;
        probe.labels_mut().insert("bench".into(), last.clone());
        let refused = async || Ok(ask(pods, &probe).await.is_err().then_some(()));
        poll(DEADLINE, &format!("{last} is obeyed"), refused).await
    }

    async fn create<K>(&self, object: Value) -> Result<()>
    where
        K: kube::Resource<DynamicType = (), Scope = kube::core::ClusterResourceScope>
            + Clone
            + std::fmt::Debug
            + serde::Serialize
            + serde::de::DeserializeOwned,
    {
        let object: K = serde_json::from_value(object).context("an object of the benchmark")?;
        let api: Api<K> = Api::all(self.client.clone());
        api.create(&PostParams::default(), &object).await.map(drop).context("create a policy")
    }
}
