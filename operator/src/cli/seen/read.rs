//! The questions to the API server.

use std::fmt::Debug;

use crds::{Message, WorkspaceSet};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, ApiResource, DynamicObject, ListParams};
use kube::{Client, Resource, ResourceExt};
use plan::admittance::AGENT;
use plan::names::{DepartmentName, SiteName, department_namespace, site_namespace};
use serde::de::DeserializeOwned;

use super::super::failure::unanswered;
use super::super::find::find;
use super::super::reach::Connection;
use super::super::words::Kind;
use super::{Only, Seen, Unreadable};

/// Reads what the person may see. Where a list over all namespaces is refused, that of one namespace is asked for: the one that
/// was named, that of the department that was named, or that of the kubeconfig's context.
pub(super) async fn read(
    connection: &Connection,
    namespace: Option<&str>,
    only: Option<&Only>,
) -> Result<Seen, Message> {
    let mut reader = Reader { client: &connection.client, seen: Seen::default() };
    reader.seen.districts = reader.list(Kind::District, Where::Cluster).await?;
    reader.seen.data_centers = reader.list(Kind::DataCenter, Where::Cluster).await?;
    reader.seen.departments = reader.list(Kind::Department, Where::Cluster).await?;
    if let Some(Only::Site { name }) = only {
        reader.seen.contact = contact(&connection.client, &reader.seen, name).await;
    }
    let own = home(only, &reader.seen);
    let place = match namespace {
        Some(named) => Where::Namespace(named),
        None => Where::AllOr(own.as_deref().unwrap_or(&connection.namespace)),
    };
    reader.seen.systems = reader.list(Kind::System, place).await?;
    reader.seen.workspaces = reader.list(Kind::Workspace, place).await?;
    // Of the district and not of a department: that a department may not see them is nothing that it misses.
    reader.seen.sets =
        match ask(Kind::WorkspaceSet, Api::all_with(connection.client.clone(), &sets())).await? {
            Listed::Seen(sets, unreadable) => {
                reader.seen.unreadable.extend(unreadable);
                Some(sets)
            }
            Listed::Gap(_) => None,
        };
    Ok(reader.seen)
}

fn sets() -> ApiResource {
    ApiResource::erase::<WorkspaceSet>(&())
}

/// When the data centre that was named gave its last sign of life. Who may not see it is told the rest all the same.
async fn contact(client: &Client, seen: &Seen, wanted: &str) -> Option<MicroTime> {
    let name = find(seen.data_centers.as_deref()?, wanted).ok()?.name_any();
    let leases: Api<Lease> = Api::namespaced(client.clone(), &site_namespace(&SiteName::parse(&name).ok()?));
    leases.get_opt(AGENT).await.ok()??.spec?.renew_time
}

/// The namespace of the department that was named.
fn home(only: Option<&Only>, seen: &Seen) -> Option<String> {
    let Some(Only::Department { name }) = only else { return None };
    let known = seen.departments.as_deref().and_then(|all| find(all, name).ok()).map(ResourceExt::name_any);
    let department = DepartmentName::parse(known.as_deref().unwrap_or(name)).ok()?;
    Some(department_namespace(&department))
}

/// Where objects are looked for.
#[derive(Clone, Copy)]
enum Where<'a> {
    /// They have no namespace.
    Cluster,
    /// One namespace.
    Namespace(&'a str),
    /// All namespaces, or one if that is refused.
    AllOr(&'a str),
}

struct Reader<'a> {
    client: &'a Client,
    seen: Seen,
}

/// What a list that ended without an error says.
enum Listed<K> {
    Seen(Vec<K>, Vec<Unreadable>),
    Gap(Message),
}

impl Reader<'_> {
    /// A list, or none with a gap that says why.
    async fn list<K>(&mut self, kind: Kind, place: Where<'_>) -> Result<Option<Vec<K>>, Message>
    where
        K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
    {
        let resource = ApiResource::erase::<K>(&());
        let all = || Api::all_with(self.client.clone(), &resource);
        let one = |namespace| Api::namespaced_with(self.client.clone(), namespace, &resource);
        let listed = match place {
            Where::Cluster => ask(kind, all()).await?,
            Where::Namespace(namespace) => ask(kind, one(namespace)).await?,
            Where::AllOr(namespace) => match ask(kind, all()).await? {
                Listed::Gap(Message::NotPermitted { .. }) => ask(kind, one(namespace)).await?,
                listed => listed,
            },
        };
        match listed {
            Listed::Seen(objects, unreadable) => {
                self.seen.unreadable.extend(unreadable);
                Ok(Some(objects))
            }
            Listed::Gap(why) => {
                self.seen.gaps.push(why);
                Ok(None)
            }
        }
    }
}

/// Objects are read one by one: one that is malformed must not hide all others.
async fn ask<K>(kind: Kind, api: Api<DynamicObject>) -> Result<Listed<K>, Message>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
{
    let list = match api.list(&ListParams::default()).await {
        Ok(list) => list,
        Err(kube::Error::Api(status)) if status.code == 404 => {
            return Ok(Listed::Gap(Message::KindMissing { kind: kind.in_message() }));
        }
        Err(error) => {
            return match unanswered(kind.in_message(), &error) {
                refused @ Message::NotPermitted { .. } => Ok(Listed::Gap(refused)),
                lost => Err(lost),
            };
        }
    };
    let (mut objects, mut unreadable) = (Vec::new(), Vec::new());
    for object in list {
        let (namespace, name) = (object.namespace(), object.name_any());
        match object.try_parse::<K>() {
            Ok(object) => objects.push(object),
            Err(error) => unreadable.push(Unreadable { kind, namespace, name, error: error.to_string() }),
        }
    }
    Ok(Listed::Seen(objects, unreadable))
}
