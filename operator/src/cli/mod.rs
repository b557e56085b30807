//! The command line: the subcommands of the product and the verbs of the kubectl plugin.

mod args;
mod failure;
mod find;
mod join;
mod log;
mod output;
mod reach;
mod status;
mod table;
mod words;

use std::process::ExitCode;

use crds::install::{Place, definitions};
use crds::{Lang, Message};

pub(crate) use args::Args;
use args::{CrdsArgs, SiteAction, SiteVerb, Verb};
use failure::{Exit, Failure, sentence};

/// Does what the command line says. What went wrong is said once, on stderr.
pub(crate) async fn run(args: Args) -> ExitCode {
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
        Verb::Hub(hub) => {
            log::begin();
            ended("hub", Box::pin(crate::hub::run(hub)).await, lang)
        }
        Verb::Site(SiteVerb::Agent(agent)) => {
            log::begin();
            ended("site", Box::pin(crate::site::run(agent)).await, lang)
        }
        Verb::Site(SiteVerb::Act(SiteAction::Join(join))) => join::run(&join, &connect, lang).await,
        Verb::Crds(wanted) => Ok(print_definitions(&wanted)?),
        Verb::Status(status) => status::run(&status, &connect, lang).await,
    }
}

fn ended(part: &str, result: anyhow::Result<()>, lang: Lang) -> Result<Exit, Failure> {
    result.map(|()| Exit::Well).map_err(|error| Failure::stopped(part, &error, lang))
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
