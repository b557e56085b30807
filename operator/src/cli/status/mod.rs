//! `status`: how the district is, as far as the person may see. Reads, narrows, judges, shows; only the reading has a client.

mod judge;
mod means;
#[cfg(test)]
pub(crate) mod means_tests;
mod money;
mod narrow;
mod page;
mod problems;
pub(crate) mod report;
#[cfg(test)]
mod set_tests;
mod show;
#[cfg(test)]
mod site_tests;
mod tables;
#[cfg(test)]
pub(crate) mod tests;

use crds::{DataCenter, Lang};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::Api;
use kube::{Client, ResourceExt};
use plan::admittance::AGENT;
use plan::names::{SiteName, site_namespace};

use super::failure::{Exit, Failure};
use super::find::find;
use super::output;
use super::reach::{Connect, reach};
use super::seen::read::{Ask, read};

/// What `status` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct StatusArgs {
    /// Form of the answer.
    #[arg(
        short,
        long,
        visible_alias = "format",
        global = true,
        value_enum,
        default_value_t = StatusForm::Text,
        help = "输出形式 (form of the answer)"
    )]
    pub(crate) output: StatusForm,
    /// Only what stands in this namespace, of systems and workspaces.
    #[arg(
        short,
        long,
        global = true,
        value_name = "NAMESPACE",
        help = "只看该命名空间的信息系统和业务空间 (systems and workspaces of this namespace only)"
    )]
    pub(crate) namespace: Option<String>,
    /// What it is narrowed to.
    #[command(subcommand)]
    pub(crate) only: Option<Only>,
}

/// Form of an answer.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Tables for people.
    #[value(help = "表格 (tables)")]
    Text,
    /// [`report::Report`].
    #[value(help = "供程序读取 (for programs)")]
    Json,
}

/// Form of what `status` answers.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusForm {
    /// Tables for people.
    #[value(help = "表格 (tables)")]
    Text,
    /// [`report::Report`].
    #[value(help = "供程序读取 (for programs)")]
    Json,
    /// One page for a leader.
    #[value(help = "一页中文网页,离线可看、可打印 (one Chinese page, to look at offline and to print)")]
    Html,
}

/// The district, or one part of it.
#[derive(clap::Subcommand, Clone, Debug)]
pub(crate) enum Only {
    /// The district.
    #[command(about = "全区,与不写相同 (the district, as without a word)", after_help = below!("status district"))]
    District,
    /// One system.
    #[command(about = "只看一个信息系统:登记、业务空间、各机房状态 (one system: its entry, its workspaces, where they are)", after_help = below!("status system 教育平台", "status system dept-jiaoyu/jiaoyu -o json"))]
    System {
        /// Which.
        #[arg(
            help = "信息系统短码或中文名,重名时写 命名空间/短码 (short name or Chinese name; NAMESPACE/NAME where two have it)"
        )]
        name: String,
    },
    /// One department.
    #[command(about = "只看一个单位:额度、批复、信息系统、业务空间 (one department)", after_help = below!("status department 区教育局"))]
    Department {
        /// Which.
        #[arg(help = "单位短码或中文名 (short name or Chinese name)")]
        name: String,
    },
    /// One data centre.
    #[command(about = "只看一个机房:指令组、各单位配额、业务空间 (one data centre)", after_help = below!("status site 凯城机房"))]
    Site {
        /// Which.
        #[arg(help = "机房短码或中文名 (short name or Chinese name)")]
        name: String,
    },
}

/// Shows how the district is.
pub(crate) async fn run(args: &StatusArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let connection = reach(connect).await?;
    let department = match &args.only {
        Some(Only::Department { name }) => Some(name.as_str()),
        _ => None,
    };
    let seen = read(&connection, Ask { namespace: args.namespace.as_deref(), department }).await?;
    let contact = match &args.only {
        Some(Only::Site { name }) => contact(&connection.client, seen.data_centers.as_deref(), name).await,
        _ => None,
    };
    let nothing = seen.is_nothing();
    let report = judge::judge(seen, contact.as_ref(), args.only.as_ref())?;
    match args.output {
        StatusForm::Text => output::text(&show::show(&report, lang))?,
        StatusForm::Json => output::json(&report)?,
        StatusForm::Html => output::text(&page::page(&report)?)?,
    }
    Ok(match (nothing, report.well) {
        (true, _) => Exit::OutOfReach,
        (false, true) => Exit::Well,
        (false, false) => Exit::NotWell,
    })
}

/// When the data centre that was named gave its last sign of life. Who may not see it is told the rest all the same.
async fn contact(client: &Client, rooms: Option<&[DataCenter]>, wanted: &str) -> Option<MicroTime> {
    let name = find(rooms?, wanted).ok()?.name_any();
    let leases: Api<Lease> = Api::namespaced(client.clone(), &site_namespace(&SiteName::parse(&name).ok()?));
    leases.get_opt(AGENT).await.ok()??.spec?.renew_time
}
