//! What can be written on the command line. Help is Chinese first, then English.

use std::path::Path;

use clap::{ArgMatches, Command, FromArgMatches, Parser, Subcommand, ValueEnum};
use crds::Lang;
use crds::install::Place;

use super::join::JoinArgs;
use super::reach::Connect;
use super::status::StatusArgs;
use crate::{hub, site};

const EXIT_CODES: &str = "\
退出码 (exit codes):
  0  一切正常 (all is well)
  1  有需要处理的问题 (something is not well)
  2  用法错误,或没有所指的对象 (wrong use, or nothing of that name)
  3  无法连接集群,或无权限 (the cluster cannot be reached, or does not permit it)";

/// The command line.
#[derive(Parser, Debug)]
#[command(
    name = "zhengyun",
    bin_name = shown_name(std::env::args_os().next().as_deref().map(Path::new)),
    version,
    about = "政云:区级政务云控制平面 (Zhengyun: control plane of a district's government cloud)",
    long_about = None,
    after_help = EXIT_CODES
)]
pub(crate) struct Args {
    /// Language of messages.
    #[arg(
        long,
        global = true,
        value_enum,
        help = "消息语言,默认取自 LANG (language of messages; default: from LANG)"
    )]
    pub(super) lang: Option<Language>,
    /// Which cluster the plugin's verbs speak to.
    #[command(flatten)]
    pub(super) connect: Connect,
    /// What to do.
    #[command(subcommand)]
    pub(super) verb: Verb,
}

impl Args {
    /// The reader's language.
    pub(super) fn lang(&self) -> Lang {
        match self.lang {
            Some(Language::Zh) => Lang::Zh,
            Some(Language::En) => Lang::En,
            None => Lang::from_locale(&std::env::var("LANG").unwrap_or_default()),
        }
    }
}

/// A language to choose.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// Chinese.
    #[value(help = "中文 (Chinese)")]
    Zh,
    /// English.
    #[value(help = "英文 (English)")]
    En,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Runs the hub.
    #[command(about = "运行中心 (run the hub)", long_about = None)]
    Hub(hub::Args),
    /// Runs the agent of a site, or acts on a site.
    #[command(about = "运行机房代理;接入机房 (run a site's agent; join a site)", long_about = None)]
    Site(SiteVerb),
    /// Prints the definitions of our kinds.
    #[command(about = "输出 CRD 定义 (print the CRDs as YAML)", long_about = None)]
    Crds(CrdsArgs),
    /// Shows how the district is.
    #[command(about = "查看本区状况 (how the district is)", long_about = None, after_help = EXIT_CODES)]
    Status(StatusArgs),
}

/// The agent, or a verb about a site: `site --hub-kubeconfig FILE`, `site join NAME`.
#[derive(Debug)]
pub(crate) enum SiteVerb {
    /// Runs the agent.
    Agent(site::Args),
    /// Acts on a site.
    Act(SiteAction),
}

// By hand, because clap's own `Option` of the agent's arguments is there as soon as POD_NAME is, which then fails `site join`.
impl FromArgMatches for SiteVerb {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        match matches.subcommand_name() {
            Some(_) => SiteAction::from_arg_matches(matches).map(Self::Act),
            None => site::Args::from_arg_matches(matches).map(Self::Agent),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Args for SiteVerb {
    fn augment_args(command: Command) -> Command {
        let command = SiteAction::augment_subcommands(site::Args::augment_args(command));
        command.subcommand_required(false).args_conflicts_with_subcommands(true).subcommand_negates_reqs(true)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// What to do about a site.
#[derive(Subcommand, Debug)]
pub(crate) enum SiteAction {
    /// Gives a site its credential.
    #[command(about = "为机房签发接入文件 (give a site its join file)", long_about = None, after_help = EXIT_CODES)]
    Join(JoinArgs),
}

/// Which definitions.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct CrdsArgs {
    /// Where they are installed.
    #[arg(long, value_enum, help = "只输出中心或机房的定义 (only those of the hub or of a site)")]
    pub(super) place: Option<PlaceName>,
}

/// Where definitions are installed.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlaceName {
    /// The hub.
    #[value(help = "中心 (hub)")]
    Hub,
    /// A site.
    #[value(help = "机房 (site)")]
    Site,
}

impl From<PlaceName> for Place {
    fn from(name: PlaceName) -> Self {
        match name {
            PlaceName::Hub => Self::Hub,
            PlaceName::Site => Self::Site,
        }
    }
}

/// How the program is called in its own help: kubectl runs it under a name that nobody types.
fn shown_name(program: Option<&Path>) -> &'static str {
    let file = program.and_then(Path::file_name).and_then(|file| file.to_str()).unwrap_or_default();
    if file.starts_with("kubectl-") { "kubectl zhengyun" } else { "zhengyun" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use clap::error::ErrorKind;

    fn parse(line: &str) -> Result<Args, clap::Error> {
        Args::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn the_agent_and_the_join_verb_share_the_word_site() {
        let agent = parse("zhengyun site --hub-kubeconfig /f --identity a").unwrap();
        assert!(matches!(agent.verb, Verb::Site(SiteVerb::Agent(_))));
        let join = parse("zhengyun site join 凯城机房 --valid-seconds 600").unwrap();
        let Verb::Site(SiteVerb::Act(SiteAction::Join(join))) = join.verb else { panic!() };
        assert_eq!((join.name.as_str(), join.valid_seconds, join.server), ("凯城机房", 600, None));
        assert_eq!(parse("zhengyun site").unwrap_err().kind(), ErrorKind::MissingRequiredArgument);
        let both = parse("zhengyun site --hub-kubeconfig /f --identity a join x");
        assert_eq!(both.unwrap_err().kind(), ErrorKind::ArgumentConflict);
    }

    #[test]
    fn a_join_from_a_pod_is_not_taken_for_an_agent() {
        // PATH stands for POD_NAME: a test cannot set a variable without touching other tests.
        let in_a_pod = |site: Command| site.mut_arg("identity", |identity| identity.env("PATH"));
        let command = Args::command().mut_subcommand("site", in_a_pod);
        let matches = command.try_get_matches_from(["zhengyun", "site", "join", "a"]).unwrap();
        let join = Args::from_arg_matches(&matches).unwrap();
        assert!(matches!(join.verb, Verb::Site(SiteVerb::Act(SiteAction::Join(_)))));
    }

    #[test]
    fn the_cluster_may_be_named_before_and_after_a_verb() {
        for line in [
            "zhengyun --kubeconfig /k --context c status",
            "zhengyun status --kubeconfig /k --context c",
            "zhengyun status site a --kubeconfig /k --context c",
            "zhengyun --kubeconfig /k --context c site join a",
            "zhengyun site join a --kubeconfig /k --context c",
        ] {
            let Connect { kubeconfig, context } = parse(line).unwrap().connect;
            assert_eq!(kubeconfig.as_deref(), Some(Path::new("/k")), "{line}");
            assert_eq!(context.as_deref(), Some("c"), "{line}");
        }
    }

    #[test]
    fn the_agents_own_kubeconfig_is_its_sites() {
        let agent = parse("zhengyun site --hub-kubeconfig /f --identity a --kubeconfig /own").unwrap();
        let Verb::Site(SiteVerb::Agent(agent)) = agent.verb else { panic!() };
        assert_eq!(agent.kubeconfig.as_deref(), Some(Path::new("/own")));
    }

    #[test]
    fn the_form_may_be_named_behind_what_is_asked_for() {
        let line = parse("zhengyun status department 区教育局 -o json -n dept-jiaoyu --lang en").unwrap();
        assert_eq!(line.lang(), Lang::En);
        let Verb::Status(status) = line.verb else { panic!() };
        assert_eq!(
            (status.output, status.namespace.as_deref()),
            (super::super::status::Form::Json, Some("dept-jiaoyu"))
        );
    }

    #[test]
    fn a_token_that_is_too_short_or_goes_in_the_clear_is_wrong_use() {
        for line in
            ["zhengyun site join a --valid-seconds 1", "zhengyun site join a --server http://x", "zhengyun x"]
        {
            assert_eq!(parse(line).unwrap_err().exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn the_plugin_is_called_as_people_type_it() {
        assert_eq!(shown_name(Some(Path::new("/usr/bin/kubectl-zhengyun"))), "kubectl zhengyun");
        assert_eq!(shown_name(Some(Path::new("/usr/bin/zhengyun"))), "zhengyun");
        assert_eq!(shown_name(None), "zhengyun");
    }

    #[test]
    fn every_help_speaks_chinese_first_and_states_the_exit_codes() {
        let mut command = Args::command();
        let text = command.render_long_help().to_string();
        assert!(text.starts_with("政云"), "{text}");
        for about in ["运行中心 (run the hub)", "查看本区状况 (how the district is)", "3  无法连接集群"]
        {
            assert!(text.contains(about), "{about} is missing in\n{text}");
        }
    }
}
