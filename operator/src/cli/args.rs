//! What can be written on the command line. Help is Chinese first, then English.

use std::path::Path;

use clap::{Parser, Subcommand, ValueEnum};
use crds::Lang;
use crds::install::Place;

use super::abandon::StandingArgs;
use super::adopt::{AdoptArgs, PreviewArgs};
use super::approve::ApproveArgs;
use super::forms::{ImportArgs, SystemsAction};
use super::join::JoinArgs;
use super::new_epoch::NewEpochArgs;
use super::observe::ActivateArgs;
use super::quarantine::QuarantineArgs;
use super::reach::Connect;
use super::remove::RemoveArgs;
use super::revoke::RevokeArgs;
use super::run_or::RunOr;
use super::status::StatusArgs;
use super::survey::SurveyArgs;
use super::vouch::VouchArgs;
use crate::{hub, site};

pub(super) const EXIT_CODES: &str = "\
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
    #[command(about = "运行中心;更换中心标识 (run the hub; give it another id)", long_about = None)]
    Hub(RunOr<hub::Args, HubAction>),
    /// Runs the agent of a site, or acts on a site.
    #[command(about = "运行机房代理;接入、裁定、放弃机房 (run a site's agent; join a site, rule about it)", long_about = None)]
    Site(RunOr<site::Args, SiteAction>),
    /// Prints the definitions of our kinds.
    #[command(about = "输出 CRD 定义 (print the CRDs as YAML)", long_about = None)]
    Crds(CrdsArgs),
    /// Shows how the district is.
    #[command(about = "查看本区状况 (how the district is)", long_about = None, after_help = EXIT_CODES)]
    Status(StatusArgs),
    /// Registers departments from a form.
    #[command(about = "按表格登记单位 (register departments from a form)", long_about = None, after_help = EXIT_CODES)]
    Onboard(ImportArgs),
    /// Registers systems from a form, or writes the register as one.
    #[command(subcommand, about = "信息系统目录的导入、导出 (import and export the register of systems)", long_about = None)]
    Systems(SystemsAction),
    /// Acts on workspaces.
    #[command(subcommand, about = "业务空间的纳管、预览与清退 (take over, preview, take away)", long_about = None)]
    Workspace(WorkspaceAction),
    /// Agrees to what another person asked for.
    #[command(about = "复核他人提交的裁定或清退 (agree to another person's ruling or removal)", long_about = None, after_help = EXIT_CODES)]
    Approve(ApproveArgs),
}

/// What to do about the hub.
#[derive(Subcommand, Debug)]
pub(crate) enum HubAction {
    /// Gives the hub another id.
    #[command(about = "更换中心标识 (give this hub another id)", long_about = None, after_help = EXIT_CODES)]
    NewEpoch(NewEpochArgs),
    /// Vouch that the hub was not restored.
    #[command(
        about = "为未联系上的机房担保:中心没有恢复过,台账所记即其全部配额 (vouch that the hub was not restored)",
        long_about = None,
        after_help = EXIT_CODES
    )]
    Vouch(VouchArgs),
}

/// What to do about a site.
#[derive(Subcommand, Debug)]
pub(crate) enum SiteAction {
    /// Gives a site its credential.
    #[command(about = "为机房签发接入文件 (give a site its join file)", long_about = None, after_help = EXIT_CODES)]
    Join(JoinArgs),
    /// Shows what stands on a site that is not ours.
    #[command(about = "普查机房现有的命名空间 (what stands on a site that is not ours)", long_about = None, after_help = EXIT_CODES)]
    Survey(SurveyArgs),
    /// Puts a site to use that was only observed.
    #[command(about = "启用只观察的机房 (put a site to use that was only observed)", long_about = None, after_help = EXIT_CODES)]
    Activate(ActivateArgs),
    /// Shows what waits for a person, and rules about it.
    #[command(about = "查看并裁定被隔离的指令 (what waits for a person there, and ruling about it)", long_about = None, after_help = EXIT_CODES)]
    Quarantine(QuarantineArgs),
    /// Asks for a site to be given up.
    #[command(about = "放弃机房,须另一人复核 (give a site up; a second person agrees)", long_about = None, after_help = EXIT_CODES)]
    Abandon(StandingArgs),
    /// Asks for a site to be taken back.
    #[command(about = "恢复已放弃的机房,须另一人复核 (take a site back; a second person agrees)", long_about = None, after_help = EXIT_CODES)]
    Readmit(StandingArgs),
    /// Ends a site's credentials.
    #[command(about = "撤销机房的全部凭证 (end every credential of a site)", long_about = None, after_help = EXIT_CODES)]
    Revoke(RevokeArgs),
}

/// What to do about a workspace.
#[derive(Subcommand, Debug)]
pub(crate) enum WorkspaceAction {
    /// Asks for what it left to be taken away.
    #[command(about = "清退业务空间在机房的命名空间,须另一人复核 (take away what a workspace left; a second person agrees)", long_about = None, after_help = EXIT_CODES)]
    Remove(RemoveArgs),
    /// Lets it take over a namespace that stands on a site.
    #[command(about = "允许业务空间纳管机房现有的命名空间 (let a workspace take over a namespace of a site)", long_about = None, after_help = EXIT_CODES)]
    Adopt(AdoptArgs),
    /// Shows what a step of enforcement would do.
    #[command(about = "预览生效阶段前进一步的影响 (what a step of enforcement would refuse or cut)", long_about = None, after_help = EXIT_CODES)]
    Preview(PreviewArgs),
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
    use clap::error::ErrorKind;
    use clap::{Command, CommandFactory, FromArgMatches};

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
        assert!(matches!(agent.verb, Verb::Site(RunOr::Run(_))));
        let join = parse("zhengyun site join 凯城机房 --valid-seconds 600").unwrap();
        let Verb::Site(RunOr::Act(SiteAction::Join(join))) = join.verb else { panic!() };
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
        assert!(matches!(join.verb, Verb::Site(RunOr::Act(SiteAction::Join(_)))));
    }

    #[test]
    fn the_cluster_may_be_named_before_and_after_a_verb() {
        for line in [
            "zhengyun --kubeconfig /k --context c status",
            "zhengyun status --kubeconfig /k --context c",
            "zhengyun status site a --kubeconfig /k --context c",
            "zhengyun --kubeconfig /k --context c site join a",
            "zhengyun site join a --kubeconfig /k --context c",
            "zhengyun site quarantine a --kubeconfig /k --context c",
            "zhengyun site join a --observe --kubeconfig /k --context c",
            "zhengyun site activate a --kubeconfig /k --context c",
            "zhengyun site survey a --site-kubeconfig /s --site-context sc --kubeconfig /k --context c",
            "zhengyun workspace adopt a --site s --site-kubeconfig /s --kubeconfig /k --context c",
            "zhengyun workspace preview a --site s --site-kubeconfig /s --to warn --kubeconfig /k --context c",
            "zhengyun site abandon a --reason r --kubeconfig /k --context c",
            "zhengyun site revoke --kubeconfig /k --context c a",
            "zhengyun hub new-epoch --reason r --kubeconfig /k --context c",
            "zhengyun workspace remove a --then keep --reason r --kubeconfig /k --context c",
            "zhengyun approve ruling a --reference 1 --kubeconfig /k --context c",
            "zhengyun onboard -f a.csv --confirm 1 --kubeconfig /k --context c",
            "zhengyun systems import -f a.xlsx -n dept-a --kubeconfig /k --context c",
            "zhengyun systems export -o json --kubeconfig /k --context c",
        ] {
            let Connect { kubeconfig, context } = parse(line).unwrap().connect;
            assert_eq!(kubeconfig.as_deref(), Some(Path::new("/k")), "{line}");
            assert_eq!(context.as_deref(), Some("c"), "{line}");
        }
    }

    #[test]
    fn the_hub_and_its_new_id_share_the_word_hub() {
        let hub = parse("zhengyun hub --identity a --kubeconfig /own").unwrap();
        let Verb::Hub(RunOr::Run(hub)) = hub.verb else { panic!() };
        assert_eq!(hub.kubeconfig.as_deref(), Some(Path::new("/own")));
        let new = parse("zhengyun hub new-epoch --reason 演练").unwrap();
        assert!(matches!(new.verb, Verb::Hub(RunOr::Act(HubAction::NewEpoch(_)))));
        assert_eq!(parse("zhengyun hub").unwrap_err().kind(), ErrorKind::MissingRequiredArgument);
    }

    #[test]
    fn a_removal_names_sites_and_what_becomes_of_them() {
        let line =
            parse("zhengyun workspace remove a -n 区教育局 --site x,凯城机房 --then delete --reason r")
                .unwrap();
        let Verb::Workspace(WorkspaceAction::Remove(args)) = line.verb else { panic!() };
        assert_eq!(
            (args.sites, args.namespace.as_deref()),
            (vec!["x".into(), "凯城机房".into()], Some("区教育局"))
        );
        for wrong in [
            "zhengyun workspace remove a --reason r",
            "zhengyun site survey a",
            "zhengyun workspace adopt a --site s",
            "zhengyun workspace remove a --then keep",
            "zhengyun site abandon a",
            "zhengyun approve ruling a",
            "zhengyun approve workspace a --reference 1",
            "zhengyun onboard",
            "zhengyun onboard --template a.xlsx -f b.xlsx",
            "zhengyun systems import --template a.xlsx --confirm 1",
            "zhengyun systems export -o xlsx",
        ] {
            assert_eq!(parse(wrong).unwrap_err().exit_code(), 2, "{wrong}");
        }
    }

    #[test]
    fn the_agents_own_kubeconfig_is_its_sites() {
        let agent = parse("zhengyun site --hub-kubeconfig /f --identity a --kubeconfig /own").unwrap();
        let Verb::Site(RunOr::Run(agent)) = agent.verb else { panic!() };
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
        for about in [
            "运行中心;更换中心标识 (run the hub; give it another id)",
            "查看本区状况 (how the district is)",
            "3  无法连接集群",
        ] {
            assert!(text.contains(about), "{about} is missing in\n{text}");
        }
    }
}
