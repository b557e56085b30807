//! Looking up what a person named: lists of the API server, a site, a department's namespace.

use std::fmt::Debug;

use crds::{DataCenter, Department, Message};
use kube::api::{Api, ListParams};
use kube::{Client, Resource, ResourceExt};
use plan::names::{DepartmentName, SiteName, department_namespace, department_of};
use serde::de::DeserializeOwned;

use super::failure::unanswered;
use super::find::find;
use super::words::Kind;

/// Every object of a kind that an API shows.
pub(crate) async fn list<K>(api: Api<K>, kind: &str) -> Result<Vec<K>, Message>
where
    K: Clone + Debug + DeserializeOwned,
{
    let list = api.list(&ListParams::default()).await;
    Ok(list.map_err(|error| unanswered(kind, &error))?.items)
}

/// Every object of a kind on the hub, wherever it stands.
pub(crate) async fn all<K>(client: &Client, kind: &str) -> Result<Vec<K>, Message>
where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned,
{
    list(Api::all(client.clone()), kind).await
}

/// The data centres.
pub(crate) async fn rooms(client: &Client) -> Result<Vec<DataCenter>, Message> {
    all(client, &Kind::DataCenter.in_message()).await
}

/// A data centre by its short name or Chinese name.
pub(crate) async fn site(client: &Client, wanted: &str) -> Result<(SiteName, DataCenter), Message> {
    let rooms = rooms(client).await?;
    let room = find(&rooms, wanted)?;
    Ok((name_of(room)?, room.clone()))
}

/// The name of a data centre as a site.
pub(crate) fn name_of(room: &DataCenter) -> Result<SiteName, Message> {
    SiteName::parse(&room.name_any()).map_err(|_| Message::DataCenterName {})
}

/// A department's namespace on the hub, which may be named by the department's Chinese name.
pub(crate) async fn department(client: &Client, wanted: &str) -> Result<(DepartmentName, String), Message> {
    if let Some(name) = department_of(wanted) {
        return Ok((name, wanted.to_owned()));
    }
    let not_one = || Message::NotInDepartment { namespace: wanted.to_owned() };
    if DepartmentName::parse(wanted).is_ok() || wanted.is_ascii() {
        return Err(not_one());
    }
    let departments: Vec<Department> = all(client, &Kind::Department.in_message()).await?;
    let name = find(&departments, wanted)?.name_any();
    let name = DepartmentName::parse(&name).map_err(|_| not_one())?;
    let namespace = department_namespace(&name);
    Ok((name, namespace))
}
