//! What hub and agent hold in memory with more and more placements.

use std::time::Duration;

use anyhow::{Context as _, Result};
use crds::AppliedBundle;
use kube::Api;
use kube::api::ListParams;

use super::figure::{Budget, Figure, Unit, Words, number};
use super::ground::Ground;
use super::machine::{kibibytes, value_of};
use super::{Name, Sizes};
use crate::process::Component;

/// What a process of the product may take, and what more for each placement or object (DESIGN section 12).
const HUB_MIB: f64 = 100.0;
const HUB_KIB_EACH: f64 = 20.0;
const AGENT_MIB: f64 = 60.0;
const AGENT_KIB_EACH: f64 = 4.0;
/// How long nothing may have been written before memory is read.
const QUIET: Duration = Duration::from_secs(1);

/// Resident memory of a process in KiB.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resident {
    pub now: f64,
    /// The most since it began.
    pub peak: f64,
}

impl Resident {
    pub(super) fn of(component: &Component) -> Result<Self> {
        let name = component.name();
        let pid = component.pid().with_context(|| format!("{name} was never started"))?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))
            .with_context(|| format!("read the memory of {name}"))?;
        let read = |field: &str| {
            let value = value_of(&status, field).and_then(kibibytes);
            value.map(number).with_context(|| format!("{field} of {name}"))
        };
        Ok(Self { now: read("VmRSS")?, peak: read("VmHWM")? })
    }
}

/// One look at both processes.
struct Look {
    /// How many placements were asked for; others may stand beside them.
    asked: usize,
    placements: f64,
    /// Objects that the agent keeps.
    objects: f64,
    hub: Resident,
    agent: Resident,
}

impl Look {
    async fn take(ground: &Ground, asked: usize) -> Result<Self> {
        ground.settle(QUIET).await?;
        let memory: Api<AppliedBundle> = Api::namespaced(ground.site()?.client()?, "zhengyun-system");
        let memory = memory.list(&ListParams::default()).await.context("read the agent's memory")?;
        let objects = memory.iter().filter_map(|one| one.status.as_ref()).map(|status| status.objects.len());
        Ok(Self {
            asked,
            placements: number(ground.placements().await?),
            objects: number(objects.sum::<usize>()),
            hub: Resident::of(ground.district.hub().product()?)?,
            agent: Resident::of(ground.site()?.agent()?)?,
        })
    }
}

pub(super) async fn measure(ground: &mut Ground, sizes: &Sizes) -> Result<Figure> {
    let mut looks = Vec::new();
    for count in &sizes.memory {
        ground.stand(*count).await?;
        looks.push(Look::take(ground, *count).await?);
    }
    let mut figure = Figure::new(Name::Memory, "中心与代理的常驻内存", "resident memory of hub and agent");
    for look in &looks {
        rows(&mut figure, look);
    }
    if let (Some(first), Some(last)) = (looks.first(), looks.last()) {
        slopes(&mut figure, first, last);
    }
    Ok(figure)
}

fn rows(figure: &mut Figure, look: &Look) {
    let Look { asked, placements, objects, hub, agent } = look;
    let hub_limit = Budget::AtMost(HUB_MIB + HUB_KIB_EACH * placements / 1024.0);
    let agent_limit = Budget::AtMost(AGENT_MIB + AGENT_KIB_EACH * objects / 1024.0);
    for (who, zh, en, resident, limit) in [
        ("hub", "中心".to_owned(), "hub".to_owned(), hub, hub_limit),
        ("agent", format!("代理,{objects} 个对象"), format!("agent, {objects} objects"), agent, agent_limit),
    ] {
        for (which, value, what_zh, what_en) in
            [("now", resident.now, "现在", "now"), ("peak", resident.peak, "峰值", "peak")]
        {
            let what = Words::new(
                format!("{placements} 个落点,{zh},{what_zh}"),
                format!("{placements} placements, {en}, {what_en}"),
            );
            figure.row(format!("{who}-{which}-{asked}"), what, Unit::Mebibytes, value / 1024.0).budget(limit);
        }
    }
}

/// What each placement added between the first look and the last.
fn slopes(figure: &mut Figure, first: &Look, last: &Look) {
    let (placements, objects) = (last.placements - first.placements, last.objects - first.objects);
    if placements <= 0.0 || objects <= 0.0 {
        return;
    }
    let hub = last.hub.now - first.hub.now;
    let agent = last.agent.now - first.agent.now;
    let each = |zh: &str, en: &str| Words::new(format!("{zh},每增一个"), format!("{en}, for each more"));
    figure
        .row("hub-per-placement", each("中心与落点", "hub and placements"), Unit::Kibibytes, hub / placements)
        .budget(Budget::AtMost(HUB_KIB_EACH));
    figure.row(
        "agent-per-placement",
        each("代理与落点", "agent and placements"),
        Unit::Kibibytes,
        agent / placements,
    );
    figure
        .row("agent-per-object", each("代理与对象", "agent and objects"), Unit::Kibibytes, agent / objects)
        .budget(Budget::AtMost(AGENT_KIB_EACH));
    figure.note("增量含分配器尚未归还的内存", "the increments include what the allocator has not given back");
}
