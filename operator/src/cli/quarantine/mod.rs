//! `site quarantine`: what waits for a person at a site, what each way out comes to, and the ruling. Reads, lets `plan` look, shows,
//! writes; a ruling is written only about exactly what was shown.

mod read;
mod show;
mod take;
#[cfg(test)]
mod tests;

use crds::{Decision, Lang, Message};
use plan::listed;
use plan::quarantine::HeldSet;
use serde::Serialize;

use self::read::Seen;
use super::confirm::{Command, code, given, reason_word};
use super::failure::{Exit, Failure};
use super::output::{self, Output};
use super::reach::{Connect, reach};

/// What `site quarantine` is asked.
#[derive(clap::Args, Clone, Debug)]
#[command(group(clap::ArgGroup::new("way").args(["take_hub", "take_site"])))]
pub(crate) struct QuarantineArgs {
    /// The data centre.
    #[arg(help = "机房短码或中文名 (data centre: short name or Chinese name)")]
    pub(crate) name: String,
    /// The site is to follow the hub's register.
    #[arg(long, help = "以中心为准 (the site is to follow the hub's register)")]
    pub(crate) take_hub: bool,
    /// The register is brought to what the site has.
    #[arg(long, help = "以机房为准 (the register is brought to what the site has)")]
    pub(crate) take_site: bool,
    /// Only these sets.
    #[arg(
        long = "set",
        value_name = "SET",
        help = "只看该组,可重复;单位短码或中文名 (only this set, repeatable: a department)"
    )]
    pub(crate) sets: Vec<String>,
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = given, help = "理由 (why)")]
    pub(crate) reason: Option<String>,
    /// The code that was shown.
    #[arg(long, value_name = "CODE", requires_all = ["way", "reason"], help = "所示的确认码,执行裁定 (the code that was shown: rules so)")]
    pub(crate) confirm: Option<String>,
    /// Form of the answer.
    #[arg(short, long, value_enum, default_value_t = Output::Text, help = "输出形式 (form of the answer)")]
    pub(crate) output: Output,
    // The agent's own `--kubeconfig` hides the plugin's from here, as in `JoinArgs`.
    #[command(flatten)]
    pub(crate) connect: Connect,
}

impl QuarantineArgs {
    /// The decision that was named.
    fn decision(&self) -> Option<Decision> {
        match (self.take_hub, self.take_site) {
            (true, _) => Some(Decision::TakeHub),
            (_, true) => Some(Decision::TakeSite),
            _ => None,
        }
    }
}

/// A way out of the quarantine, and the command that goes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Way {
    /// What is decided.
    decision: Decision,
    /// The code of what it does now.
    confirm: String,
    /// The command; none while something is to be restored first.
    command: Option<String>,
}

/// The answer of `-o json`. Fields are added, never renamed or given another meaning.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    /// Version of this structure: 1.
    format: u32,
    /// Short name of the data centre.
    site: &'a str,
    /// The sets that wait for a person.
    held: &'a [HeldSet],
    /// Why no ruling helps now.
    obstacle: Option<String>,
    /// The ways out.
    ways: &'a [Way],
}

/// Shows what is held at a site, or rules about it.
pub(crate) async fn run(args: &QuarantineArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let client = reach(connect).await?.client;
    let seen = read::read(&client, &args.name).await?;
    let held = narrow(seen.held()?, &seen, &args.sets)?;
    let ways = ways(args, connect, &seen, &held, lang)?;
    let chosen = ways.iter().find(|way| Some(&way.confirm) == args.confirm.as_ref());
    if let (Some(way), Some(reason), false) = (chosen, &args.reason, held.is_empty()) {
        if let Some(obstacle) = seen.obstacle() {
            return Err(obstacle.into());
        }
        take::take(&client, &seen, &held, way.decision, reason, lang).await?;
        return Ok(Exit::Well);
    }
    match args.output {
        Output::Text => output::text(&show::show(&seen, &held, &ways, lang))?,
        Output::Json => output::json(&Answer {
            format: 1,
            site: seen.site.as_str(),
            held: &held,
            obstacle: seen.obstacle().map(|why| why.to_string()),
            ways: &ways,
        })?,
    }
    match (&args.confirm, held.is_empty()) {
        (Some(_), _) => Err(Message::StateChanged {}.into()),
        (None, true) => Ok(Exit::Well),
        (None, false) => Ok(Exit::NotWell),
    }
}

/// The sets that were named, or all.
fn narrow(held: Vec<HeldSet>, seen: &Seen, wanted: &[String]) -> Result<Vec<HeldSet>, Message> {
    if wanted.is_empty() {
        return Ok(held);
    }
    let names: Vec<String> = wanted.iter().map(|wanted| seen.set_called(wanted)).collect();
    if let Some(strange) = names.iter().find(|name| held.iter().all(|held| held.set != **name)) {
        let allowed = listed(held.iter().map(|held| &held.set));
        return Err(Message::SetNotHeld { set: strange.clone(), allowed });
    }
    Ok(held.into_iter().filter(|held| names.contains(&held.set)).collect())
}

/// The ways that are asked for, both when none is named.
fn ways(
    args: &QuarantineArgs,
    connect: &Connect,
    seen: &Seen,
    held: &[HeldSet],
    lang: Lang,
) -> Result<Vec<Way>, Message> {
    let both = [Decision::TakeHub, Decision::TakeSite];
    let wanted = |decision: &Decision| args.decision().is_none_or(|named| named == *decision);
    let way = |decision: Decision| {
        let confirm = code(&state(seen, held, decision))?;
        let flag = if decision == Decision::TakeHub { "--take-hub" } else { "--take-site" };
        let command = Command::new(connect, ["site", "quarantine", seen.site.as_str()]).flag(flag);
        let command = args.sets.iter().fold(command, |command, set| command.option("--set", set));
        let reason = args.reason.as_deref().unwrap_or(reason_word(lang));
        let open = !held.is_empty() && seen.obstacle().is_none();
        let possible = open && (decision == Decision::TakeHub || !restore_first(held));
        let command = possible.then(|| command.option("--reason", reason).confirm(&confirm));
        Ok(Way { decision, confirm, command })
    };
    both.into_iter().filter(wanted).map(way).collect()
}

/// What a decision is about: what its code stands for.
fn state<'a>(seen: &'a Seen, held: &'a [HeldSet], decision: Decision) -> impl Serialize + 'a {
    let sets: Vec<_> = held
        .iter()
        .map(|held| {
            let (hub, site) = match decision {
                Decision::TakeHub => (Some(&held.take_hub), None),
                _ => (None, Some(&held.take_site)),
            };
            (&held.set, &held.site, &held.hub, hub, site, &held.both)
        })
        .collect();
    (seen.site.as_str(), decision, sets)
}

/// Whether something is to be restored before the sites' word can be taken.
fn restore_first(held: &[HeldSet]) -> bool {
    held.iter().flat_map(|held| &held.take_site.cannot).any(|cannot| cannot.restore_first)
}
