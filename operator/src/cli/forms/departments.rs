//! `onboard`: departments from a form.

use std::collections::BTreeSet;

use crds::{DataCenter, Department, IsolationProfile, Lang, Message};
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, DynamicObject};
use kube::core::ApiResource;
use kube::{Client, Resource, ResourceExt};
use plan::form::compare::Objects;
use plan::form::department::{Around, FORM, judge};
use plan::form::{Finding, Form, Line, Names, Register, Table};
use plan::survey::is_ours;
use serde_json::Value;

use super::super::failure::{Exit, Failure};
use super::super::lookup::{all, list};
use super::super::reach::Connect;
use super::super::words::Kind;
use super::{Import, ImportArgs, Subject, import, keyed};

/// What departments are judged by.
struct Departments {
    objects: Objects,
    around: Around,
}

/// Shows what a form would do, or does it.
pub(in super::super) async fn run(args: &ImportArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    import::run::<Departments>(&Import { args, home: None, namespace: None }, connect, lang).await
}

impl Subject for Departments {
    const FORM: &'static Form = &FORM;
    const VERB: &'static [&'static str] = &["onboard"];

    fn resource() -> ApiResource {
        ApiResource::erase::<Department>(&())
    }

    async fn look(client: &Client) -> Result<(Self, Names), Message> {
        let kind = Kind::Department.in_message();
        let objects: Vec<DynamicObject> = list(Api::all_with(client.clone(), &Self::resource()), &kind)
            .await
            .map_err(|said| match said {
                Message::NotPermitted { kind } => Message::RegisterNotYours { kind },
                other => other,
            })?;
        let rooms: Vec<DataCenter> = all(client, &Kind::DataCenter.in_message()).await?;
        let profiles: Vec<IsolationProfile> = all(client, Register::Profile.in_message()).await?;
        let namespaces: Vec<Namespace> = all(client, "Namespace").await?;
        let foreign: BTreeSet<String> =
            namespaces.iter().filter(|one| !is_ours(one)).map(ResourceExt::name_any).collect();
        let objects = keyed(objects)?;
        let departments: Vec<Department> = read(objects.values());
        let pair = |name: String, shown: &str| (name, shown.to_owned());
        let names = Names::unseen()
            .with(
                Register::Department,
                departments.iter().map(|one| pair(one.name_any(), &one.spec.display_name)),
            )
            .with(Register::DataCenter, rooms.iter().map(|one| pair(one.name_any(), &one.spec.display_name)))
            .with(Register::Profile, profiles.iter().map(|one| pair(one.name_any(), &one.spec.display_name)));
        let around = Around {
            departments,
            data_centers: rooms.iter().map(ResourceExt::name_any).collect(),
            profiles: profiles.iter().map(ResourceExt::name_any).collect(),
            foreign,
        };
        Ok((Self { objects, around }, names))
    }

    async fn standing(&self, _: &Client, _: &Table) -> Result<Objects, Message> {
        Ok(self.objects.clone())
    }

    fn judge(&self, table: &Table, lines: &mut [Line]) -> Vec<Finding> {
        judge(table, lines, &self.around)
    }

    async fn left_behind(client: &Client, names: &[String]) -> Vec<String> {
        let namespaces: Api<Namespace> = Api::all(client.clone());
        let mut left = Vec::new();
        for name in names {
            let namespace = format!("dept-{name}");
            // Who may not look is told nothing of it.
            if let Ok(Some(_)) = namespaces.get_opt(&namespace).await {
                left.push(namespace);
            }
        }
        left
    }
}

/// Those that can be read: one that cannot is no concern of a form.
fn read<'a, K: Resource + serde::de::DeserializeOwned>(
    objects: impl IntoIterator<Item = &'a Value>,
) -> Vec<K> {
    objects.into_iter().filter_map(|object| serde_json::from_value(object.clone()).ok()).collect()
}
