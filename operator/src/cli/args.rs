//! What can be written on the command line. Help is Chinese first, then English.

use std::path::Path;

use clap::{Parser, Subcommand, ValueEnum};
use crds::Lang;
use crds::install::Place;

use super::abandon::StandingArgs;
use super::adopt::{AdoptArgs, PreviewArgs};
use super::approve::ApproveArgs;
use super::audit::AuditArgs;
use super::completion::CompletionArgs;
use super::explain::ExplainArgs;
use super::forms::{ImportArgs, SystemsAction};
use super::join::JoinArgs;
use super::new_epoch::NewEpochArgs;
use super::observe::ActivateArgs;
use super::quarantine::QuarantineArgs;
use super::reach::Connect;
use super::records::AuditAction;
use super::remove::RemoveArgs;
use super::requests::{ListArgs, RefuseArgs, RequestsAction};
use super::revoke::RevokeArgs;
use super::run_or::RunOr;
use super::status::StatusArgs;
use super::survey::SurveyArgs;
use super::tree::TreeArgs;
use super::trust::TrustArgs;
use super::vouch::VouchArgs;
use super::why::WhyArgs;
use crate::{hub, site};

/// How completion is put to use.
const COMPLETION: &str = concat!(
    "\
启用 (to use it):
  bash: source <(zhengyun completion bash)
  zsh:  source <(zhengyun completion zsh)
  kubectl zhengyun:将本程序以 kubectl_complete-zhengyun 为名放入 PATH (put this program into PATH under that name too):
        ln -s \"$(command -v kubectl-zhengyun)\" ~/bin/kubectl_complete-zhengyun

",
    below!("completion bash", "completion zsh")
);

/// The command line.
#[derive(Parser, Debug)]
#[command(
    name = "zhengyun",
    bin_name = shown_name(std::env::args_os().next().as_deref().map(Path::new)),
    version,
    about = "政云:区级政务云控制平面 (Zhengyun: control plane of a district's government cloud)",
    long_about = None,
    after_help = exit_codes!()
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
    #[command(about = "输出 CRD 定义 (print the CRDs as YAML)", long_about = None, after_help = below!("crds --place hub"))]
    Crds(CrdsArgs),
    /// Shows how the district is.
    #[command(about = "查看本区状况 (how the district is)", long_about = None, after_help = below!("status", "status site 凯城机房", "status department 区教育局", "status system 教育平台 -n 区教育局", "status -o html > 现状.html"))]
    Status(StatusArgs),
    /// Shows a department with all that it has.
    #[command(about = "一个单位的全部:额度、批复、信息系统、业务空间、各机房命名空间 (a department with all that it has)", long_about = None, after_help = below!("tree 区教育局", "tree jiaoyu -o json"))]
    Tree(TreeArgs),
    /// Shows why something is not ready.
    #[command(about = "为何未就绪:逐层找到原因和可用的命令 (why something is not ready, and what would help)", long_about = None, after_help = below!("why 业务空间/教育平台空间 -n 区教育局", "why dc/kaicheng", "why grant/jichu -n dept-jiaoyu -o json"))]
    Why(WhyArgs),
    /// Explains a term.
    #[command(about = "解释术语 (explain a term)", long_about = None, after_help = below!("explain", "explain 机房配额", "explain drift --lang en"))]
    Explain(ExplainArgs),
    /// Prints a script that completes what is typed.
    #[command(about = "输出命令补全脚本 (print a completion script)", long_about = None, after_help = COMPLETION)]
    Completion(CompletionArgs),
    /// Registers departments from a form.
    #[command(about = "按表格登记单位 (register departments from a form)", long_about = None, after_help = below!("onboard --template 单位.xlsx", "onboard -f 单位.xlsx"))]
    Onboard(ImportArgs),
    /// Registers systems from a form, or writes the register as one.
    #[command(subcommand, about = "信息系统目录的导入、导出 (import and export the register of systems)", long_about = None)]
    Systems(SystemsAction),
    /// Acts on workspaces.
    #[command(subcommand, about = "业务空间的纳管、预览与清退 (take over, preview, take away)", long_about = None)]
    Workspace(WorkspaceAction),
    /// Agrees to what another person asked for.
    #[command(about = "审批资源申请;复核他人提交的裁定或清退 (agree to a request, or to another person's ruling or removal)", long_about = None, after_help = below!("approve request kaixue -n 区教育局", "approve request kaixue -n 区教育局 --give kaicheng:cpu=4,memory=16Gi", "approve request kaixue -n 区教育局 --document 会议纪要〔2026〕7号 --date 2026-11-20 --scan 纪要.pdf", "approve removal jichu-1795505126 -n dept-jiaoyu --reference 审2026-18"))]
    Approve(Box<ApproveArgs>),
    /// Lists what others did in a department's namespaces, or verifies the records.
    #[command(about = "云服务商和平台人员在本单位命名空间中的操作,取自审计日志;核验留痕 (what provider and platform did in a department's namespaces; verify the records)", long_about = None, after_help = below!("audit --department 区教育局 --log hub-audit.log kaicheng-audit.log", "audit --department jiaoyu --log audit.log -o json > acts.json"))]
    Audit(RunOr<AuditArgs, AuditAction>),
    /// Refuses what another person asked for.
    #[command(about = "不批准资源申请 (refuse a request)", long_about = None, after_help = below!("refuse request kaixue -n 区教育局 --reason 可用现有资源"))]
    Refuse(RefuseArgs),
    /// Lists requests, shows one, prints its form.
    #[command(about = "资源申请:列出、查看、打印审批表 (requests: list, show, print)", long_about = None, after_help = below!("requests", "requests -n 区教育局 --all", "requests show kaixue -n 区教育局", "requests print kaixue -n 区教育局 > 审批表.html"))]
    Requests(RunOr<ListArgs, RequestsAction>),
}

/// What to do about the hub.
#[derive(Subcommand, Debug)]
pub(crate) enum HubAction {
    /// Gives the hub another id.
    #[command(about = "更换中心标识 (give this hub another id)", long_about = None, after_help = below!("hub new-epoch --reason 演练副本"))]
    NewEpoch(NewEpochArgs),
    /// Vouch that the hub was not restored.
    #[command(
        about = "为未联系上的机房担保:中心没有恢复过,台账所记即其全部配额 (vouch that the hub was not restored)",
        long_about = None,
        after_help = below!("hub vouch --reason 中心未恢复过")
    )]
    Vouch(VouchArgs),
}

/// What to do about a site.
#[derive(Subcommand, Debug)]
pub(crate) enum SiteAction {
    /// Gives a site its credential.
    #[command(about = "为机房签发接入文件 (give a site its join file)", long_about = None, after_help = below!("site join 凯城机房 > join.yaml", "site join kaicheng --observe > join.yaml"))]
    Join(JoinArgs),
    /// Shows what stands on a site that is not ours.
    #[command(about = "普查机房现有的命名空间 (what stands on a site that is not ours)", long_about = None, after_help = below!("site survey 凯城机房 --site-kubeconfig site.yaml", "site survey kaicheng --site-kubeconfig site.yaml -o csv > survey.csv"))]
    Survey(SurveyArgs),
    /// Puts a site to use that was only observed.
    #[command(about = "启用只观察的机房 (put a site to use that was only observed)", long_about = None, after_help = below!("site activate 凯城机房"))]
    Activate(ActivateArgs),
    /// Shows what waits for a person, and rules about it.
    #[command(about = "查看并裁定被隔离的指令 (what waits for a person there, and ruling about it)", long_about = None, after_help = below!("site quarantine 凯城机房", "site quarantine kaicheng --take-hub --reason 中心由备份恢复 --confirm 0123abcd"))]
    Quarantine(QuarantineArgs),
    /// Accepts the keys that a site signs tokens with.
    #[command(about = "认可机房更换后的令牌签名公钥 (accept the keys that a site signs tokens with now)", long_about = None, after_help = below!("site trust 凯城机房 --reason 证书轮换"))]
    Trust(TrustArgs),
    /// Asks for a site to be given up.
    #[command(about = "放弃机房,须另一人复核 (give a site up; a second person agrees)", long_about = None, after_help = below!("site abandon 凯城机房 --reason 拆除"))]
    Abandon(StandingArgs),
    /// Asks for a site to be taken back.
    #[command(about = "恢复已放弃的机房,须另一人复核 (take a site back; a second person agrees)", long_about = None, after_help = below!("site readmit 凯城机房 --reason 恢复供电"))]
    Readmit(StandingArgs),
    /// Ends a site's credentials.
    #[command(about = "撤销机房的全部凭证 (end every credential of a site)", long_about = None, after_help = below!("site revoke 凯城机房"))]
    Revoke(RevokeArgs),
}

/// What to do about a workspace.
#[derive(Subcommand, Debug)]
pub(crate) enum WorkspaceAction {
    /// Asks for what it left to be taken away.
    #[command(about = "清退业务空间在机房的命名空间,须另一人复核 (take away what a workspace left; a second person agrees)", long_about = None, after_help = below!("workspace remove jichu -n 区教育局 --then keep --reason 下线"))]
    Remove(RemoveArgs),
    /// Lets it take over a namespace that stands on a site.
    #[command(about = "允许业务空间纳管机房现有的命名空间 (let a workspace take over a namespace of a site)", long_about = None, after_help = below!("workspace adopt guahao -n dept-weijian --site laoji --site-kubeconfig site.yaml"))]
    Adopt(AdoptArgs),
    /// Shows what a step of enforcement would do.
    #[command(about = "预览生效阶段前进一步的影响 (what a step of enforcement would refuse or cut)", long_about = None, after_help = below!("workspace preview guahao -n dept-weijian --site laoji --site-kubeconfig site.yaml"))]
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
#[path = "args_tests.rs"]
mod tests;
