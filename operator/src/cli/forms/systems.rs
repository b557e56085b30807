//! `systems import` and `systems export`: the register of information systems as a form.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crds::{Department, Lang, Message, System};
use kube::api::{Api, DynamicObject, ListParams};
use kube::core::ApiResource;
use kube::{Client, ResourceExt};
use plan::form::compare::Objects;
use plan::form::system::{FORM, judge};
use plan::form::{Finding, Form, Line, Names, Register, Table};
use plan::names::department_of;

use super::super::failure::{Exit, Failure, unanswered};
use super::super::lookup::{all, department};
use super::super::reach::{Connect, reach};
use super::super::words::Kind;
use super::{Import, ImportArgs, Subject, export, import, keyed};

/// What to do about systems.
#[derive(clap::Subcommand, Clone, Debug)]
pub(crate) enum SystemsAction {
    /// Registers those of a form.
    #[command(
        about = "按表格登记信息系统 (register systems from a form)",
        long_about = None,
        after_help = below!("systems import --template 信息系统.xlsx", "systems import -f 信息系统.xlsx -n 区教育局")
    )]
    Import(SystemsImportArgs),
    /// Writes the register as a form.
    #[command(
        about = "导出信息系统目录 (write the register of systems as a form)",
        long_about = None,
        after_help = below!("systems export -n 区教育局 -f 信息系统.xlsx", "systems export -o json")
    )]
    Export(ExportArgs),
}

/// What `systems import` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct SystemsImportArgs {
    /// The file and what becomes of it.
    #[command(flatten)]
    pub(crate) import: ImportArgs,
    /// Whose systems they are whose row says nothing.
    #[arg(
        short,
        long,
        value_name = "NAMESPACE",
        help = "未填单位的行属于哪个单位:dept-<单位> 或单位中文名 (department of rows that name none; default: the context's)"
    )]
    pub(crate) namespace: Option<String>,
}

/// What `systems export` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ExportArgs {
    /// Whose systems.
    #[arg(
        short,
        long,
        value_name = "NAMESPACE",
        help = "只导出一个单位:dept-<单位> 或单位中文名;缺省为全区 (one department; default: the district)"
    )]
    pub(crate) namespace: Option<String>,
    /// In which form.
    #[arg(
        short,
        long,
        value_enum,
        help = "形式,缺省按文件名 (form; default: by the name of the file, else CSV)"
    )]
    pub(crate) output: Option<ExportForm>,
    /// Where to.
    #[arg(
        short = 'f',
        long,
        value_name = "FILE",
        required_if_eq("output", "xlsx"),
        help = "写入的文件;缺省为标准输出 (the file; default: standard output)"
    )]
    pub(crate) file: Option<PathBuf>,
}

/// In which form a register is written.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExportForm {
    /// A file for office programs.
    #[value(help = "CSV 文件,可直接用 Excel 打开 (a file for office programs)")]
    Csv,
    /// A workbook.
    #[value(help = "带填写说明和下拉选项的工作簿 (a workbook)")]
    Xlsx,
    /// For programs.
    #[value(help = "JSON")]
    Json,
}

/// What systems are judged by: nothing when the person may not see departments.
struct Systems {
    departments: Option<Vec<Department>>,
}

/// Imports or exports.
pub(in super::super) async fn run(
    action: &SystemsAction,
    connect: &Connect,
    lang: Lang,
) -> Result<Exit, Failure> {
    let connection = reach(connect).await;
    match action {
        SystemsAction::Import(args) => {
            let namespace = args.namespace.as_deref();
            let home = match (namespace, connection) {
                // An empty form is written without a cluster.
                _ if args.import.template.is_some() => None,
                (Some(wanted), connection) => Some(department(&connection?.client, wanted).await?.0),
                (None, connection) => department_of(&connection?.namespace),
            };
            import::run::<Systems>(&Import { args: &args.import, home, namespace }, connect, lang).await
        }
        SystemsAction::Export(args) => {
            let client = connection?.client;
            let namespace = match &args.namespace {
                Some(wanted) => Some(department(&client, wanted).await?.1),
                None => None,
            };
            let (_, names) = Systems::look(&client).await?;
            let api = match &namespace {
                Some(namespace) => Api::namespaced_with(client.clone(), namespace, &Systems::resource()),
                None => Api::all_with(client.clone(), &Systems::resource()),
            };
            let found = super::super::lookup::list(api, &Kind::System.in_message()).await?;
            export::register(&FORM, &keyed(found)?, &names, args, lang)
        }
    }
}

impl Subject for Systems {
    const FORM: &'static Form = &FORM;
    const VERB: &'static [&'static str] = &["systems", "import"];

    fn resource() -> ApiResource {
        ApiResource::erase::<System>(&())
    }

    async fn look(client: &Client) -> Result<(Self, Names), Message> {
        match all::<Department>(client, &Kind::Department.in_message()).await {
            Ok(departments) => {
                let pairs = departments.iter().map(|one| (one.name_any(), one.spec.display_name.clone()));
                let names = Names::unseen().with(Register::Department, pairs);
                Ok((Self { departments: Some(departments) }, names))
            }
            // People of a department see their own namespace and no register of departments.
            Err(Message::NotPermitted { .. }) => Ok((Self { departments: None }, Names::unseen())),
            Err(other) => Err(other),
        }
    }

    async fn standing(&self, client: &Client, table: &Table) -> Result<Objects, Message> {
        let mut objects = Vec::new();
        let places: BTreeSet<&String> =
            table.entries.iter().filter_map(|entry| entry.namespace.as_ref()).collect();
        for place in places {
            let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), place, &Self::resource());
            match api.list(&ListParams::default()).await {
                Ok(found) => objects.extend(found.items),
                // Whoever may not look there is told so by row, when the API server is asked whether they may write.
                Err(kube::Error::Api(status)) if status.is_forbidden() => {}
                Err(error) => return Err(unanswered(Kind::System.in_message(), &error)),
            }
        }
        keyed(objects)
    }

    fn judge(&self, table: &Table, lines: &mut [Line]) -> Vec<Finding> {
        judge(table, lines, self.departments.as_deref())
    }

    async fn left_behind(_: &Client, _: &[String]) -> Vec<String> {
        Vec::new()
    }
}
