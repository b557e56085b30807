//! The questions to the API server.

use std::fmt::Debug;

use crds::Message;
use kube::api::{Api, ApiResource, DynamicObject, ListParams};
use kube::{Client, Resource, ResourceExt};
use plan::names::{DepartmentName, department_namespace, department_of};
use serde::de::DeserializeOwned;

use super::super::failure::unanswered;
use super::super::find::{Named, find};
use super::super::reach::Connection;
use super::super::words::Kind;
use super::{Seen, Unreadable};
use crate::runtime::clock::Clock;

/// What is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ask<'a> {
    /// Only this namespace, or that of the department that is called so.
    pub(crate) namespace: Option<&'a str>,
    /// The department whose namespace is looked at where the person may not see all.
    pub(crate) department: Option<&'a str>,
}

/// Reads what the person may see. Where a list over all namespaces is refused, that of one namespace is asked for: the one that
/// was named, that of the department that was named, or that of the kubeconfig's context.
pub(crate) async fn read(connection: &Connection, ask: Ask<'_>) -> Result<Seen, Message> {
    let seen = Seen { at: Clock::system().now(), ..Seen::default() };
    let mut reader = Reader { client: &connection.client, seen };
    reader.seen.districts = reader.list(Where::Cluster).await?;
    reader.seen.data_centers = reader.list(Where::Cluster).await?;
    reader.seen.departments = reader.list(Where::Cluster).await?;
    let named = ask.namespace.map(|named| namespace(named, &reader.seen)).transpose()?;
    let own = ask.department.and_then(|name| home(name, &reader.seen));
    let place = match named.as_deref() {
        Some(named) => Where::Namespace(named),
        None => Where::AllOr(own.as_deref().unwrap_or(&connection.namespace)),
    };
    reader.seen.systems = reader.list(place).await?;
    reader.seen.workspaces = reader.list(place).await?;
    reader.seen.budgets = reader.list(place).await?;
    reader.seen.grants = reader.list(place).await?;
    reader.seen.requests = reader.list(place).await?;
    reader.seen.approvals = reader.list(place).await?;
    reader.seen.removals = reader.list(place).await?;
    reader.seen.allotments = reader.list(Where::Cluster).await?;
    if let (Some(allotments), Some(named)) = (&mut reader.seen.allotments, &named) {
        let department = department_of(named);
        allotments.retain(|one| Some(one.name_any()) == department.as_ref().map(ToString::to_string));
    }
    reader.seen.sets = reader.quietly().await?;
    reader.seen.rulings = reader.quietly().await?;
    reader.seen.profiles = reader.quietly().await?;
    reader.seen.policies = reader.quietly().await?;
    reader.seen.calendars = reader.quietly().await?;
    Ok(reader.seen)
}

/// A namespace, which may be named by the Chinese name of its department.
pub(crate) fn namespace(named: &str, seen: &Seen) -> Result<String, Message> {
    if named.is_ascii() {
        return Ok(named.to_owned());
    }
    let hidden = || Message::NotPermitted { kind: Kind::Department.in_message() };
    let name = find(seen.departments.as_deref().ok_or_else(hidden)?, named)?.name_any();
    home(&name, seen).ok_or(Message::NotInDepartment { namespace: named.to_owned() })
}

/// The namespace of a department.
fn home(name: &str, seen: &Seen) -> Option<String> {
    let known = seen.departments.as_deref().and_then(|all| find(all, name).ok()).map(ResourceExt::name_any);
    let department = DepartmentName::parse(known.as_deref().unwrap_or(name)).ok()?;
    Some(department_namespace(&department))
}

/// Where objects are looked for.
#[derive(Clone, Copy)]
enum Where<'a> {
    /// Over the whole hub or not at all.
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
    async fn list<K>(&mut self, place: Where<'_>) -> Result<Option<Vec<K>>, Message>
    where
        K: Named + Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
    {
        let resource = ApiResource::erase::<K>(&());
        let all = || Api::all_with(self.client.clone(), &resource);
        let one = |namespace| Api::namespaced_with(self.client.clone(), namespace, &resource);
        let listed = match place {
            // Nothing of a department's own: there is no narrower place to ask at.
            Where::Cluster => match ask::<K>(all()).await? {
                Listed::Gap(Message::NotPermitted { kind }) => Listed::Gap(Message::NotVisible { kind }),
                listed => listed,
            },
            Where::Namespace(namespace) => match ask::<K>(one(namespace)).await? {
                Listed::Gap(Message::NotPermitted { kind }) => {
                    Listed::Gap(Message::NotVisibleThere { kind, namespace: namespace.to_owned() })
                }
                listed => listed,
            },
            Where::AllOr(namespace) => match ask::<K>(all()).await? {
                Listed::Gap(Message::NotPermitted { .. }) => ask::<K>(one(namespace)).await?,
                listed => listed,
            },
        };
        Ok(match listed {
            Listed::Seen(objects, unreadable) => {
                self.seen.unreadable.extend(unreadable);
                Some(objects)
            }
            Listed::Gap(why) => {
                self.seen.gaps.push(why);
                None
            }
        })
    }

    /// A list of what is the district's and no department's: that a department may not see it is nothing that it misses.
    async fn quietly<K>(&mut self) -> Result<Option<Vec<K>>, Message>
    where
        K: Named + Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
    {
        let listed = ask::<K>(Api::all_with(self.client.clone(), &ApiResource::erase::<K>(&()))).await?;
        Ok(match listed {
            Listed::Seen(objects, unreadable) => {
                self.seen.unreadable.extend(unreadable);
                Some(objects)
            }
            Listed::Gap(_) => None,
        })
    }
}

/// Objects are read one by one: one that is malformed must not hide all others.
async fn ask<K>(api: Api<DynamicObject>) -> Result<Listed<K>, Message>
where
    K: Named + Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
{
    let list = match api.list(&ListParams::default()).await {
        Ok(list) => list,
        Err(kube::Error::Api(status)) if status.code == 404 => {
            return Ok(Listed::Gap(Message::KindMissing { kind: K::KIND.in_message() }));
        }
        Err(error) => {
            return match unanswered(K::KIND.in_message(), &error) {
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
            Err(error) => {
                unreadable.push(Unreadable { kind: K::KIND, namespace, name, error: error.to_string() });
            }
        }
    }
    Ok(Listed::Seen(objects, unreadable))
}
