//! `requests import`: what departments ask for, as a form.

use std::collections::BTreeSet;

use crds::{DataCenter, Department, Lang, Message, ResourceRequest};
use kube::api::{Api, DynamicObject, ListParams};
use kube::core::ApiResource;
use kube::{Client, ResourceExt};
use plan::form::compare::Objects;
use plan::form::request::{FORM, judge};
use plan::form::{Finding, Form, Line, Names, Register, Table};
use plan::names::department_of;

use super::super::failure::{Exit, Failure, unanswered};
use super::super::lookup::{all, department};
use super::super::reach::{Connect, reach};
use super::super::words::Kind;
use super::{Import, ImportArgs, Subject, import, keyed};

/// What `requests import` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct RequestsImportArgs {
    /// The file and what becomes of it.
    #[command(flatten)]
    pub(crate) import: ImportArgs,
    /// Whose requests they are whose row says nothing.
    #[arg(
        short,
        long,
        value_name = "NAMESPACE",
        help = "未填单位的行属于哪个单位:dept-<单位> 或单位中文名 (department of rows that name none; default: the context's)"
    )]
    pub(crate) namespace: Option<String>,
}

/// What rows may name was looked up; there is nothing else to judge them by here.
struct Requests;

/// Imports requests.
pub(in super::super) async fn run(
    args: &RequestsImportArgs,
    connect: &Connect,
    lang: Lang,
) -> Result<Exit, Failure> {
    let namespace = args.namespace.as_deref();
    let home = match namespace {
        // An empty form is written without a cluster.
        _ if args.import.template.is_some() => None,
        Some(wanted) => Some(department(&reach(connect).await?.client, wanted).await?.0),
        None => department_of(&reach(connect).await?.namespace),
    };
    import::run::<Requests>(&Import { args: &args.import, home, namespace }, connect, lang).await
}

impl Subject for Requests {
    const FORM: &'static Form = &FORM;
    const VERB: &'static [&'static str] = &["requests", "import"];

    fn resource() -> ApiResource {
        ApiResource::erase::<ResourceRequest>(&())
    }

    async fn look(client: &Client) -> Result<(Self, Names), Message> {
        let mut names = Names::unseen();
        match all::<Department>(client, &Kind::Department.in_message()).await {
            Ok(found) => {
                let pairs = found.iter().map(|one| (one.name_any(), one.spec.display_name.clone()));
                names = names.with(Register::Department, pairs);
            }
            // People of a department see their own namespace and no register.
            Err(Message::NotPermitted { .. }) => {}
            Err(other) => return Err(other),
        }
        match all::<DataCenter>(client, &Kind::DataCenter.in_message()).await {
            Ok(found) => {
                let pairs = found.iter().map(|one| (one.name_any(), one.spec.display_name.clone()));
                names = names.with(Register::DataCenter, pairs);
            }
            Err(Message::NotPermitted { .. }) => {}
            Err(other) => return Err(other),
        }
        Ok((Self, names))
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
                Err(error) => return Err(unanswered(Kind::ResourceRequest.in_message(), &error)),
            }
        }
        keyed(objects)
    }

    fn judge(&self, _: &Table, lines: &mut [Line]) -> Vec<Finding> {
        judge(lines)
    }

    async fn left_behind(_: &Client, _: &[String]) -> Vec<String> {
        // What was submitted is not taken back: that row says so itself.
        Vec::new()
    }
}
