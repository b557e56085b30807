//! The command line: the subcommands of the product and the verbs of the kubectl plugin.

#[macro_use]
mod help;

mod abandon;
mod adopt;
mod approve;
mod args;
mod at_site;
mod audit;
mod causes;
mod completion;
mod confirm;
mod csv;
mod explain;
mod failure;
mod find;
mod forms;
mod join;
mod lookup;
mod new_epoch;
mod observe;
mod output;
mod page;
mod quarantine;
mod reach;
mod records;
mod remove;
mod reports;
mod requests;
mod revoke;
mod run_or;
mod seen;
mod share;
mod status;
mod survey;
mod table;
mod tree;
mod trust;
mod vouch;
mod why;
mod words;
mod write;

use std::process::ExitCode;

use clap::Parser;
use crds::install::{Place, definitions};
use crds::metrics::Component;
use crds::{Decision, Lang, Message};

use args::{Args, CrdsArgs, HubAction, SiteAction, Verb, WorkspaceAction};
use failure::{Exit, Failure, sentence};
use reach::Connect;
use run_or::RunOr;

use crate::runtime::log;

/// Does what the command line says. What went wrong is said once, on stderr.
pub(crate) async fn run() -> ExitCode {
    if let Some(answered) = completion::asked() {
        return if answered.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let args = Args::parse();
    let lang = args.lang();
    match Box::pin(dispatch(args, lang)).await {
        Ok(exit) => exit.into(),
        Err(Failure { said, exit }) => {
            output::hint(&sentence(&said, lang));
            exit.into()
        }
    }
}

async fn dispatch(args: Args, lang: Lang) -> Result<Exit, Failure> {
    let Args { verb, connect, lang: _ } = args;
    match verb {
        Verb::Hub(RunOr::Run(hub)) => {
            log::begin(Component::Hub);
            Ok(ended("hub", Box::pin(crate::hub::run(hub)).await, lang))
        }
        Verb::Hub(RunOr::Act(HubAction::NewEpoch(args))) => new_epoch::run(&args, &connect, lang).await,
        Verb::Hub(RunOr::Act(HubAction::Vouch(args))) => vouch::run(&args, &connect, lang).await,
        Verb::Site(RunOr::Run(agent)) => {
            log::begin(Component::Site);
            Ok(ended("site", Box::pin(crate::site::run(agent)).await, lang))
        }
        Verb::Site(RunOr::Act(action)) => act(action, &connect, lang).await,
        Verb::Crds(wanted) => Ok(print_definitions(&wanted)?),
        Verb::Status(status) => status::run(&status, &connect, lang).await,
        Verb::Onboard(args) => forms::onboard(&args, &connect, lang).await,
        Verb::Systems(action) => forms::systems(&action, &connect, lang).await,
        Verb::Workspace(WorkspaceAction::Remove(args)) => remove::run(&args, &connect, lang).await,
        Verb::Workspace(WorkspaceAction::Adopt(args)) => adopt::adopt(&args, &connect, lang).await,
        Verb::Workspace(WorkspaceAction::Preview(args)) => adopt::preview(&args, &connect, lang).await,
        Verb::Tree(args) => tree::run(&args, &connect, lang).await,
        Verb::Why(args) => why::run(&args, &connect, lang).await,
        Verb::Explain(args) => explain::run(&args, lang),
        Verb::Completion(args) => completion::run(&args),
        Verb::Audit(RunOr::Run(args)) => audit::run(&args, &connect, lang).await,
        Verb::Audit(RunOr::Act(action)) => records::run(&action, &connect, lang).await,
        Verb::Approve(args) => approve::run(&args, &connect, lang).await,
        Verb::Refuse(args) => requests::refuse(&args, &connect, lang).await,
        Verb::Requests(args) => requests::run(&args, &connect, lang).await,
    }
}

async fn act(action: SiteAction, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    match action {
        SiteAction::Join(args) => join::run(&args, connect, lang).await,
        SiteAction::Survey(args) => survey::run(&args, connect, lang).await,
        SiteAction::Activate(args) => observe::activate(&args, connect, lang).await,
        SiteAction::Quarantine(args) => quarantine::run(&args, connect, lang).await,
        SiteAction::Trust(args) => trust::run(&args, connect, lang).await,
        SiteAction::Abandon(args) => abandon::run(&args, Decision::Abandon, connect, lang).await,
        SiteAction::Readmit(args) => abandon::run(&args, Decision::Readmit, connect, lang).await,
        SiteAction::Revoke(args) => revoke::run(&args, connect, lang).await,
    }
}

/// A part that ran has ended. Why is a line of its log, and no sentence beside it.
fn ended(part: &str, result: anyhow::Result<()>, lang: Lang) -> Exit {
    let Err(error) = result else { return Exit::Well };
    let Failure { said, exit } = Failure::stopped(part, &error, lang);
    let code = log::code_of(&said);
    tracing::error!(outcome = "stopped", code, cause = %said, "the process ends");
    exit
}

fn print_definitions(wanted: &CrdsArgs) -> Result<Exit, Message> {
    let wanted = wanted.place.map(Place::from);
    for (_, definition) in
        definitions().into_iter().filter(|(place, _)| wanted.is_none_or(|wanted| wanted == *place))
    {
        output::text("---\n")?;
        output::yaml(&definition)?;
    }
    Ok(Exit::Well)
}
