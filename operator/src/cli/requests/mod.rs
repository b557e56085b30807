//! `requests`: what departments ask for, how far each request is, its form on paper, and what a person decides about one.

mod decide;
mod print;
mod show;

use clap::Subcommand;
use crds::{Lang, Message, RequestPhase, ResourceRequest};
use kube::ResourceExt;
use kube::api::Api;

pub(crate) use self::decide::{Choice, DecideArgs, RefuseArgs, decide, refuse};

use super::failure::{Exit, Failure, unanswered};
use super::forms::{self, RequestsImportArgs};
use super::lookup::{all, department, list};
use super::output::{self, Output};
use super::page::{Page, one_line};
use super::reach::{Connect, Connection, reach};
use super::run_or::RunOr;
use super::table::Table;
use super::words::{self, Kind};

/// How requests are listed.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ListArgs {
    /// Only those of one department.
    #[arg(
        short,
        long,
        value_name = "NAMESPACE",
        help = "dept-<单位>,也可用中文名;不填则为全部 (only of this department; default: all)"
    )]
    pub(super) namespace: Option<String>,
    /// Those that are over too.
    #[arg(long, help = "也列出已办结的 (those that are over too)")]
    pub(super) all: bool,
    /// The form of the answer.
    #[arg(short, long, value_enum, default_value = "text", help = "输出格式 (form of the answer)")]
    pub(super) output: Output,
}

/// What to do about one.
#[derive(Subcommand, Clone, Debug)]
pub(crate) enum RequestsAction {
    /// Shows one, whole.
    #[command(about = "一份申请的全部:内容、影响、办理经过、生效情况 (a request with its history and what granting it would do)", long_about = None, after_help = below!("requests show kaixue -n 区教育局"))]
    Show(OneArgs),
    /// Files those of a form.
    #[command(about = "按表格提交申请 (file requests from a form)", long_about = None, after_help = below!("requests import --template 申请.xlsx", "requests import -f 申请.xlsx -n 区教育局"))]
    Import(RequestsImportArgs),
    /// Prints one as a form.
    #[command(about = "打印审批表(A4,HTML):申请内容、各环节意见、签字盖章处 (the approval form on A4)", long_about = None, after_help = below!("requests print kaixue -n 区教育局 > 审批表.html"))]
    Print(OneArgs),
}

/// Which request.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct OneArgs {
    /// The request.
    #[arg(help = "申请名称 (name of the request)")]
    pub(super) name: String,
    /// Where it stands.
    #[arg(
        short,
        long,
        value_name = "NAMESPACE",
        help = "dept-<单位>,也可用中文名 (its namespace; default: the context's)"
    )]
    pub(super) namespace: Option<String>,
}

/// Lists requests, or does something about one.
pub(crate) async fn run(
    args: &RunOr<ListArgs, RequestsAction>,
    connect: &Connect,
    lang: Lang,
) -> Result<Exit, Failure> {
    match args {
        RunOr::Run(args) => listed(args, &reach(connect).await?, lang).await,
        RunOr::Act(RequestsAction::Import(args)) => forms::requests(args, connect, lang).await,
        RunOr::Act(RequestsAction::Show(args)) => {
            let connection = reach(connect).await?;
            let request = one(&connection, &args.name, args.namespace.as_deref()).await?;
            output::text(&show::page(&request, lang).text())?;
            Ok(Exit::Well)
        }
        RunOr::Act(RequestsAction::Print(args)) => {
            let connection = reach(connect).await?;
            let request = one(&connection, &args.name, args.namespace.as_deref()).await?;
            let approvals = decide::approvals(&connection, &request).await?;
            let name = print::department_name(&connection, &request).await?;
            output::text(&print::form(&request, &approvals, &name)?)?;
            Ok(Exit::Well)
        }
    }
}

/// One request by its name.
pub(super) async fn one(
    connection: &Connection,
    name: &str,
    namespace: Option<&str>,
) -> Result<ResourceRequest, Message> {
    let wanted = namespace.unwrap_or(&connection.namespace);
    let (_, namespace) = department(&connection.client, wanted).await?;
    let api: Api<ResourceRequest> = Api::namespaced(connection.client.clone(), &namespace);
    let found = api.get_opt(name).await;
    let kind = Kind::ResourceRequest.in_message();
    let missing = || Message::NotFound { kind: kind.clone(), name: format!("{namespace}/{name}") };
    found.map_err(|error| unanswered(&kind, &error))?.ok_or_else(missing)
}

async fn listed(args: &ListArgs, connection: &Connection, lang: Lang) -> Result<Exit, Failure> {
    let kind = Kind::ResourceRequest.in_message();
    let client = &connection.client;
    let mut requests: Vec<ResourceRequest> = match &args.namespace {
        Some(wanted) => {
            let (_, namespace) = department(client, wanted).await?;
            list(Api::namespaced(client.clone(), &namespace), &kind).await?
        }
        None => match all(client, &kind).await {
            Ok(all) => all,
            // Who may not see all sees those of the department of their context.
            Err(Message::NotPermitted { .. }) if connection.namespace.starts_with("dept-") => {
                list(Api::namespaced(client.clone(), &connection.namespace), &kind).await?
            }
            Err(why) => return Err(why.into()),
        },
    };
    requests.retain(|request| args.all || is_open(phase(request)));
    requests.sort_by_key(|request| {
        (request.spec.stamp.as_ref().map(|stamp| stamp.at.clone()), request.namespace(), request.name_any())
    });
    if args.output == Output::Json {
        output::json(&requests.iter().map(show::row).collect::<Vec<_>>())?;
        return Ok(Exit::Well);
    }
    let mut page = Page::new(lang);
    if requests.is_empty() {
        page.say(&Message::NoOpenRequests {});
    } else {
        page.table(&table(&page, &requests, lang));
    }
    output::text(&page.text())?;
    Ok(Exit::Well)
}

fn table(page: &Page, requests: &[ResourceRequest], lang: Lang) -> Table {
    let mut table = page.headed([
        words::NUMBER,
        words::NAMESPACE,
        words::NAME,
        words::CHANGE,
        Kind::System.word(),
        words::PHASE,
        words::STEP,
        words::DUE,
        words::MESSAGE,
    ]);
    for request in requests {
        let row = show::row(request);
        table.row([
            row.number,
            row.namespace,
            row.name,
            words::change(request.spec.change).of(lang).to_owned(),
            row.system,
            words::phase(row.phase).of(lang).to_owned(),
            row.step,
            if row.overdue { format!("{} {}", row.due, words::OVERDUE.of(lang)) } else { row.due },
            one_line(&row.message, lang),
        ]);
    }
    table
}

/// How far a request is; one that the hub has not looked at is a draft, or about to be decided.
pub(super) fn phase(request: &ResourceRequest) -> RequestPhase {
    request.status.as_ref().map_or_else(RequestPhase::default, |status| status.phase)
}

fn is_open(phase: RequestPhase) -> bool {
    matches!(
        phase,
        RequestPhase::Draft | RequestPhase::Deciding | RequestPhase::Approved | RequestPhase::Invalid
    )
}
