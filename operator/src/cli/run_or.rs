//! A word of the command line that runs a part of the product by itself, and acts on it with a verb behind it:
//! `site --hub-kubeconfig FILE`, `site join NAME`.

use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};

/// A part that runs, or a verb about it.
#[derive(Debug)]
pub(crate) enum RunOr<R, A> {
    /// Runs it.
    Run(R),
    /// Acts on it.
    Act(A),
}

// By hand, because clap's own `Option` of the agent's arguments is there as soon as POD_NAME is, which then fails `site join`.
impl<R: FromArgMatches, A: Subcommand> FromArgMatches for RunOr<R, A> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        match matches.subcommand_name() {
            Some(_) => A::from_arg_matches(matches).map(Self::Act),
            None => R::from_arg_matches(matches).map(Self::Run),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<R: Args, A: Subcommand> Args for RunOr<R, A> {
    fn augment_args(command: Command) -> Command {
        let command = A::augment_subcommands(R::augment_args(command));
        command.subcommand_required(false).args_conflicts_with_subcommands(true).subcommand_negates_reqs(true)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
