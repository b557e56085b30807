//! `hub new-epoch`: gives the hub another id, so that a copy of it that still lives and this one are two hubs.

use crds::labels::{EPOCH, IDENTITY, SYSTEM_NAMESPACE};
use crds::{DataCenter, Lang, Message};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;
use kube::api::{Api, PostParams};
use plan::data_center::is_live;

use super::confirm::{Command, code, confirmed, given};
use super::failure::{Exit, Failure, unanswered};
use super::lookup::rooms;
use super::output;
use super::page::Page;
use super::reach::{Connect, reach};
use super::words;
use super::write::{refused, whoami};

/// Who gave the hub its id.
const BY: &str = "zhengyun.io/new-epoch-by";
/// Why.
const REASON: &str = "zhengyun.io/new-epoch-reason";
/// The id that it had before.
const BEFORE: &str = "zhengyun.io/new-epoch-before";

/// What `hub new-epoch` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct NewEpochArgs {
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = given, help = "理由 (why)")]
    pub(crate) reason: String,
    /// The code that was shown.
    #[arg(long, value_name = "CODE", help = "所示的确认码,执行更换 (the code that was shown: does it)")]
    pub(crate) confirm: Option<String>,
    // The hub's own `--kubeconfig` hides the plugin's from here, as in `JoinArgs`.
    #[command(flatten)]
    pub(crate) connect: Connect,
}

/// Shows what it would do, or does it.
pub(crate) async fn run(args: &NewEpochArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let client = reach(connect).await?.client;
    let what = format!("ConfigMap {SYSTEM_NAMESPACE}/{IDENTITY}");
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), SYSTEM_NAMESPACE);
    let map = maps.get_opt(IDENTITY).await.map_err(|error| unanswered(&what, &error))?;
    let Some(map) = map else { return Err(Message::NoEpoch {}.into()) };
    let rooms: Vec<DataCenter> =
        rooms(&client).await?.into_iter().filter(|room| is_live(&room.spec)).collect();

    let names: Vec<String> = rooms.iter().map(ResourceExt::name_any).collect();
    let epoch = map.data.as_ref().and_then(|data| data.get(EPOCH)).cloned().unwrap_or_default();
    let code = code(&(&epoch, &names))?;
    let command = Command::new(connect, ["hub", "new-epoch"]).option("--reason", &args.reason);
    if !confirmed(page(&rooms, lang), args.confirm.as_deref(), &code, command)? {
        return Ok(Exit::Well);
    }
    let map = renewed(map, &random_id(), &whoami(&client).await?, &args.reason);
    let written = maps.replace(IDENTITY, &PostParams::default(), &map).await;
    written.map_err(|error| refused(&what, &error))?;
    let mut page = Page::new(lang);
    page.say(&Message::NewEpochDone {});
    output::text(&page.text())?;
    Ok(Exit::Well)
}

fn page(rooms: &[DataCenter], lang: Lang) -> Page {
    let called = |room: &DataCenter| format!("{} {}", room.spec.display_name, room.name_any());
    let sites: Vec<String> = rooms.iter().map(called).collect();
    let sites = if sites.is_empty() { words::NONE.of(lang).to_owned() } else { sites.join(", ") };
    let mut page = Page::new(lang);
    page.say(&Message::NewEpoch { sites });
    page.say(&Message::NewEpochWhen {});
    page
}

/// The identity as it was read, with another id. It carries the version that was read: if it is another by now, nothing is changed.
fn renewed(mut map: ConfigMap, id: &str, by: &str, reason: &str) -> ConfigMap {
    let before = map.data.get_or_insert_default().insert(EPOCH.into(), id.to_owned());
    let annotations = map.annotations_mut();
    annotations.insert(BY.into(), by.to_owned());
    annotations.insert(REASON.into(), reason.to_owned());
    annotations.insert(BEFORE.into(), before.unwrap_or_default());
    map
}

/// 128 random bits in hexadecimal, as the hub's own first id.
fn random_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join_file::is_epoch;
    use serde_json::json;

    #[test]
    fn only_the_id_changes_and_who_and_why_stand_beside_it() {
        let map = json!({
            "metadata": {"name": IDENTITY, "resourceVersion": "7", "annotations": {"a": "b"}},
            "data": {"epoch": "old", "other": "stays"}
        });
        let map = renewed(serde_json::from_value(map).unwrap(), "new", "lin", "演练中心");
        let wanted = json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": IDENTITY, "resourceVersion": "7", "annotations": {
                "a": "b", BY: "lin", REASON: "演练中心", BEFORE: "old"
            }},
            "data": {"epoch": "new", "other": "stays"}
        });
        assert_eq!(serde_json::to_value(&map).unwrap(), wanted);
    }

    #[test]
    fn an_id_is_one_that_sites_take_and_no_two_are_the_same() {
        let (one, other) = (random_id(), random_id());
        assert!(is_epoch(&one) && one.len() == 32 && one != other);
    }

    #[test]
    fn every_site_that_must_be_joined_again_is_named() {
        let room = |name: &str, called: &str| {
            let spec = json!({
                "displayName": called, "owner": "z", "building": "b", "disposition": "cloud", "zones": ["extranet"]
            });
            DataCenter::new(name, serde_json::from_value(spec).unwrap())
        };
        let rooms = [room("kaicheng", "凯城机房"), room("cdc", "CDC机房\u{202e}")];
        let text = page(&rooms, Lang::Zh).text();
        assert!(text.contains("(凯城机房 kaicheng, CDC机房 cdc)此后拒绝本中心的指令"), "{text}");
        assert!(text.contains("仅用于:本中心是另一个仍在运行的中心的副本"), "{text}");
        assert!(page(&[], Lang::En).text().contains("every site ((none))"));
    }
}
