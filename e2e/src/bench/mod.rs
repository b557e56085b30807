//! The benchmarks: what a district with the product does, measured beside what the same machine does without it in the same run.
//!
//! | figure | what | district |
//! |---|---|---|
//! | `latency-1` | a changed share, to the quota in force and to `Ready` | first |
//! | `drift` | a change on a site, to its being undone | first |
//! | `at-rest` | bytes and requests of a site that has nothing to do | first |
//! | `roll-out` | objects per second and requests for a department | first |
//! | `usable` | from a department filed to a namespace that it may use | first |
//! | `admission` | a Pod with none, ours, and each rule as a policy of its own | first |
//! | `race` | exact limits under 32 clients | first |
//! | `memory` | of hub and agent, with more and more placements | second |
//! | `latency-1000` | as `latency-1`, beside a thousand placements | second |
//! | `roll-out-two-sites` | as `roll-out`, each workspace on two sites | third |
//! | `hundred-sites` | simulated sites, until every workspace is ready | fourth, without sites |
//!
//! Nothing here judges: a budget that is not kept is shown as such.

mod admission;
mod at_rest;
mod before;
mod drift;
mod figure;
mod floor;
mod ground;
mod hundred_sites;
mod latency;
mod load;
mod machine;
mod memory;
mod race;
mod requests;
mod roll_out;
mod show;
mod simulated;
mod sizes;
mod usable;
mod watched;

use std::fmt;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use crds::Lang;
use serde::{Serialize, Serializer};

pub use self::before::Before;
pub use self::figure::{Budget, Figure, Row, Unit, Words};
pub use self::machine::Machine;
pub use self::show::report as table;
pub use self::sizes::Sizes;

use self::ground::{Ground, SECOND_SITE, SITE};
use crate::playground::progress::Progress;
use crate::product;

/// The figures, by their stable names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// A changed share, with nothing else on the site.
    #[value(name = "latency-1")]
    Latency1,
    /// A change on a site undone.
    Drift,
    /// A site that has nothing to do.
    AtRest,
    /// Many departments at once.
    RollOut,
    /// A department filed, until its people may act on a site.
    Usable,
    /// What a Pod costs an API server.
    Admission,
    /// Exact limits under many clients.
    Race,
    /// Memory of hub and agent.
    Memory,
    /// A changed share beside a thousand placements.
    #[value(name = "latency-1000")]
    Latency1000,
    /// Many departments at once, on two sites each.
    RollOutTwoSites,
    /// A hundred simulated sites.
    HundredSites,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No variant is skipped, so each has a value.
        f.write_str(self.to_possible_value().as_ref().map_or("-", |value| value.get_name()))
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A run: the machine, the sizes, and what came out.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Where and with what it was made.
    pub machine: Machine,
    /// How much was done.
    pub sizes: Sizes,
    /// What was measured.
    pub figures: Vec<Figure>,
}

impl Report {
    /// Begins a run.
    pub async fn begin(sizes: Sizes) -> Result<Self> {
        // Before the machine is looked at, and long before anything is measured: the compiler takes all of it.
        product::binary().await?;
        Ok(Self { machine: Machine::read()?, sizes, figures: Vec::new() })
    }

    /// Measures the figures that are asked for, all when none is named; what was measured before an error stays.
    pub async fn run(&mut self, only: &[Name]) -> Result<()> {
        let progress = Progress::new(Lang::Zh);
        for names in self.sizes.grounds() {
            let asked = |name: &&Name| only.is_empty() || only.contains(name);
            let names: Vec<Name> = names.iter().filter(asked).copied().collect();
            if names.is_empty() {
                continue;
            }
            let sites = sites_of(&names);
            progress.say(
                format!("启动中心和 {} 个机房 …", sites.len()),
                format!("starting the hub and {} sites …", sites.len()),
            );
            let mut ground = Box::pin(Ground::start(sites)).await?;
            for name in names {
                progress.say(format!("测量 {name} …"), format!("measuring {name} …"));
                let figure = Box::pin(measure(name, &mut ground, &self.sizes)).await;
                self.figures.push(figure.with_context(|| format!("cannot measure {name}"))?);
            }
        }
        Ok(())
    }
}

/// The sites of a district in which these figures are measured.
fn sites_of(names: &[Name]) -> &'static [&'static str] {
    match names {
        [Name::HundredSites] => &[],
        names if names.contains(&Name::RollOutTwoSites) => &[SITE, SECOND_SITE],
        _ => &[SITE],
    }
}

async fn measure(name: Name, ground: &mut Ground, sizes: &Sizes) -> Result<Figure> {
    match name {
        Name::Latency1 => latency::alone(ground, sizes).await,
        Name::Drift => drift::measure(ground, sizes).await,
        Name::AtRest => at_rest::measure(ground, sizes).await,
        Name::RollOut => roll_out::on_one_site(ground, sizes).await,
        Name::Usable => usable::measure(ground, sizes).await,
        Name::Admission => admission::measure(ground, sizes).await,
        Name::Race => race::measure(ground, sizes).await,
        Name::Memory => memory::measure(ground, sizes).await,
        Name::Latency1000 => latency::beside_many(ground, sizes).await,
        Name::RollOutTwoSites => roll_out::on_two_sites(ground, sizes).await,
        Name::HundredSites => hundred_sites::measure(ground, sizes).await,
    }
}
