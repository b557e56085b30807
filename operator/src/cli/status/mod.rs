//! `status`: how the district is, as far as the person may see. Reads, narrows, judges, shows; only the reading has a client.

mod judge;
mod narrow;
mod read;
pub(crate) mod report;
#[cfg(test)]
mod set_tests;
mod show;
#[cfg(test)]
mod site_tests;
#[cfg(test)]
mod tests;

use crds::{DataCenter, Department, District, Lang, Message, System, Workspace, WorkspaceSet};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;

use super::failure::{Exit, Failure};
use super::output;
use super::reach::{Connect, reach};
use super::words::Kind;

/// What `status` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct StatusArgs {
    /// Form of the answer.
    #[arg(short, long, global = true, value_enum, default_value_t = Form::Text, help = "输出形式 (form of the answer)")]
    pub(crate) output: Form,
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

/// One department or one data centre.
#[derive(clap::Subcommand, Clone, Debug)]
pub(crate) enum Only {
    /// One department.
    #[command(about = "只看一个单位 (one department)")]
    Department {
        /// Which.
        #[arg(help = "单位短码或中文名 (short name or Chinese name)")]
        name: String,
    },
    /// One data centre.
    #[command(about = "只看一个机房 (one data centre)")]
    Site {
        /// Which.
        #[arg(help = "机房短码或中文名 (short name or Chinese name)")]
        name: String,
    },
}

/// What was read. A list that the person may not see is none, which is not the same as empty.
#[derive(Debug, Default)]
struct Seen {
    districts: Option<Vec<District>>,
    data_centers: Option<Vec<DataCenter>>,
    departments: Option<Vec<Department>>,
    systems: Option<Vec<System>>,
    workspaces: Option<Vec<Workspace>>,
    sets: Option<Vec<WorkspaceSet>>,
    /// Objects that could not be understood.
    unreadable: Vec<Unreadable>,
    /// Why lists are missing.
    gaps: Vec<Message>,
    /// The last sign of life of the data centre that was asked for.
    contact: Option<MicroTime>,
}

/// An object that could not be understood.
#[derive(Debug)]
struct Unreadable {
    kind: Kind,
    namespace: Option<String>,
    name: String,
    error: String,
}

/// Shows how the district is.
pub(crate) async fn run(args: &StatusArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let connection = reach(connect).await?;
    let seen = read::read(&connection, args.namespace.as_deref(), args.only.as_ref()).await?;
    let nothing = seen.is_nothing();
    let report = judge::judge(seen, args.only.as_ref())?;
    match args.output {
        Form::Text => output::text(&show::show(&report, lang))?,
        Form::Json => output::json(&report)?,
    }
    Ok(match (nothing, report.well) {
        (true, _) => Exit::OutOfReach,
        (false, true) => Exit::Well,
        (false, false) => Exit::NotWell,
    })
}

impl Seen {
    /// Whether the person may see nothing at all.
    fn is_nothing(&self) -> bool {
        let Self {
            districts,
            data_centers,
            departments,
            systems,
            workspaces,
            // Who may see these may see more.
            sets: _,
            unreadable: _,
            gaps: _,
            contact: _,
        } = self;
        districts.is_none()
            && data_centers.is_none()
            && departments.is_none()
            && systems.is_none()
            && workspaces.is_none()
    }
}
