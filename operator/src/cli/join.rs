//! `site join`: gives a data centre the credential with which its agent speaks to the hub.

use crds::labels::{EPOCH, IDENTITY, SITE, SYSTEM_NAMESPACE};
use crds::{DataCenter, Lang, Message, Zone};
use k8s_openapi::ByteString;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec, TokenRequestStatus};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, ServiceAccount};
use kube::ResourceExt;
use kube::api::{Api, ListParams, PostParams};
use kube::config::Cluster;
use plan::admittance::AGENT;
use plan::data_center::is_live;
use plan::names::{SiteName, site_namespace};

use super::failure::{Exit, Failure, sentence, unanswered};
use super::find::find;
use super::reach::{Connect, Connection, reach};
use super::words::Kind;
use super::{observe, output};
use crate::join_file::{Grant, is_epoch, write_join_file};
use crate::runtime::error::api_error;

/// What `site join` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct JoinArgs {
    /// The data centre.
    #[arg(help = "机房短码或中文名 (data centre: short name or Chinese name)")]
    pub(crate) name: String,
    /// Address of the hub as the site reaches it.
    #[arg(long, value_name = "URL", value_parser = https, help = "机房访问中心的地址 (hub address as seen from the site; default: that of the kubeconfig)")]
    pub(crate) server: Option<String>,
    /// How long the first token is good.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(i64).range(600..=604_800), help = "令牌有效秒数 (validity of the token in seconds, 600 to 604800)")]
    pub(crate) valid_seconds: i64,
    /// The site only reports.
    #[arg(long, help = "只观察:机房只上报,不改动任何东西 (the site only reports and changes nothing)")]
    pub(crate) observe: bool,
    // The agent's own `--kubeconfig` hides the plugin's from here, so it is named again; it is read at the top.
    #[command(flatten)]
    pub(crate) connect: Connect,
}

/// Prints the join file on stdout and what to do with it on stderr.
pub(crate) async fn run(args: &JoinArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let Connection { client, cluster, .. } = reach(connect).await?;
    let rooms: Api<DataCenter> = Api::all(client.clone());
    let rooms = rooms.list(&ListParams::default()).await;
    let rooms = rooms.map_err(|error| unanswered(Kind::DataCenter.in_message(), &error))?;
    let room = find(&rooms.items, &args.name)?;
    let site = joinable(room)?;
    let address = address(&cluster, args.server.as_deref(), &site)?;

    let namespace = site_namespace(&site);
    let failed = |kind: &str| {
        let kind = kind.to_owned();
        move |error: kube::Error| unanswered(kind, &error)
    };
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let found = namespaces.get_opt(&namespace).await.map_err(failed("Namespace"))?;
    prepared(&site, found.as_ref())?;
    let identities: Api<ConfigMap> = Api::namespaced(client.clone(), SYSTEM_NAMESPACE);
    let identity =
        identities.get_opt(IDENTITY).await.map_err(failed("ConfigMap zhengyun-system/zhengyun-hub"))?;
    let epoch = epoch(identity.as_ref())?;
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), &namespace);
    if accounts.get_opt(AGENT).await.map_err(failed("ServiceAccount"))?.is_none() {
        return Err(missing(&site, &format!("ServiceAccount {namespace}/{AGENT}")).into());
    }

    // Where the register says so, a forgotten flag changes nothing.
    let observe = args.observe || room.spec.observe;
    if observe && !room.spec.observe {
        observe::begin(&client, room, &site, lang).await?;
    }
    let spec =
        TokenRequestSpec { expiration_seconds: Some(args.valid_seconds), ..TokenRequestSpec::default() };
    let request = TokenRequest { spec: Some(spec), ..TokenRequest::default() };
    let answer = accounts.create_token_request(AGENT, &PostParams::default(), &request).await;
    let refused = |error: String| Message::TokenRefused { site: site.to_string(), error };
    let answer = answer.map_err(|error| refused(api_error(&error)))?;
    let Some(TokenRequestStatus { token: Some(token), expiration_timestamp }) = answer.status else {
        return Err(refused("TokenRequest.status.token: -".into()).into());
    };
    let Address { server, authorities, tls_server_name } = &address;
    let (authorities, tls_server_name) = (authorities.as_deref(), tls_server_name.as_deref());
    let (site_name, epoch, token) = (&site, epoch.as_str(), token.as_str());
    let grant = Grant { site: site_name, epoch, observe, server, authorities, tls_server_name, token };
    let file = write_join_file(&grant).map_err(|error| refused(error.to_string()))?;
    output::yaml(&file)?;
    let until = expiration_timestamp.map(|time| time.0.to_string()).unwrap_or_default();
    output::hint(&sentence(&Message::JoinNext { site: site.to_string(), until }, lang));
    if observe {
        output::hint(&sentence(&Message::JoinObserves { site: site.to_string() }, lang));
    }
    Ok(Exit::Well)
}

/// The name of a data centre that may be joined, or the fields that stand against it.
fn joinable(room: &DataCenter) -> Result<SiteName, Message> {
    let name = room.name_any();
    let site = SiteName::parse(&name).map_err(|_| Message::DataCenterName {})?;
    if is_live(&room.spec) {
        return Ok(site);
    }
    let spec = &room.spec;
    let json = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let mut fields = vec![
        format!("accepted: {}", spec.accepted),
        format!("disposition: {}", json(serde_json::to_value(spec.disposition))),
        format!("provider: {}", json(serde_json::to_value(spec.provider))),
    ];
    fields.push(spec.level.map_or_else(|| "level: -".into(), |level| format!("level: {level}")));
    let zones: Vec<&str> = spec.zones.iter().copied().map(Zone::id).collect();
    fields.push(format!("zones: [{}]", zones.join(", ")));
    Err(Message::SiteNotInUse { site: name, fields: fields.join(", ") })
}

fn missing(site: &SiteName, what: &str) -> Message {
    Message::SiteNotPrepared { site: site.to_string(), missing: what.to_owned() }
}

/// Whether the hub's namespace of the site is there and is the hub's own: its accounts are the site's.
fn prepared(site: &SiteName, namespace: Option<&Namespace>) -> Result<(), Message> {
    let name = site_namespace(site);
    let Some(namespace) = namespace else { return Err(missing(site, &format!("Namespace {name}"))) };
    if namespace.labels().get(SITE).map(String::as_str) == Some(site.as_str()) {
        return Ok(());
    }
    Err(Message::ForeignNamespace { namespace: name, place: "中心 hub".into() })
}

fn epoch(identity: Option<&ConfigMap>) -> Result<String, Message> {
    let data = identity.and_then(|map| map.data.as_ref());
    data.and_then(|data| data.get(EPOCH)).filter(|epoch| is_epoch(epoch)).cloned().ok_or(Message::NoEpoch {})
}

/// How a site reaches the hub.
#[derive(Debug, PartialEq, Eq)]
struct Address {
    server: String,
    authorities: Option<String>,
    tls_server_name: Option<String>,
}

/// The address of the person's own kubeconfig, or the one that was named, with the same authorities.
fn address(cluster: &Cluster, named: Option<&str>, site: &SiteName) -> Result<Address, Message> {
    let refused = |reason: String| Message::NotJoinable { site: site.to_string(), reason };
    // An agent that does not check the hub's certificate would hand its token to whoever answers.
    if cluster.insecure_skip_tls_verify == Some(true) {
        return Err(refused("kubeconfig: insecure-skip-tls-verify: true".into()));
    }
    let server = named.or(cluster.server.as_deref()).unwrap_or_default();
    let server = https(server).map_err(|_| refused(format!("kubeconfig: server: {server:?}")))?;
    let authorities = match (&cluster.certificate_authority_data, &cluster.certificate_authority) {
        (Some(data), _) => Some(data.clone()),
        (None, Some(file)) => {
            let pem = std::fs::read(file).map_err(|error| refused(format!("{file}: {error}")))?;
            Some(base64(pem))
        }
        (None, None) => None,
    };
    let tls_server_name = if named.is_some() { None } else { cluster.tls_server_name.clone() };
    Ok(Address { server, authorities, tls_server_name })
}

/// Kubernetes writes bytes as base64.
fn base64(bytes: Vec<u8>) -> String {
    let text = serde_json::to_value(ByteString(bytes)).ok();
    text.and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Takes an address that a token may be sent to.
fn https(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").unwrap_or_default();
    if rest.is_empty() || rest.contains(char::is_whitespace) {
        return Err("须以 https:// 开头 (must start with https://)".into());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn room(changes: &Value) -> DataCenter {
        let mut spec = json!({
            "displayName": "凯城机房", "owner": "zhongxin", "building": "b", "disposition": "cloud",
            "zones": ["extranet"], "level": {"information": 3, "service": 3}, "accepted": true
        });
        spec.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        DataCenter::new("kaicheng", serde_json::from_value(spec).unwrap())
    }

    fn site() -> SiteName {
        SiteName::parse("kaicheng").unwrap()
    }

    fn namespace(labels: &Value) -> Namespace {
        serde_json::from_value(json!({"metadata": {"name": "site-kaicheng", "labels": labels}})).unwrap()
    }

    #[test]
    fn only_a_site_in_use_is_joined_and_else_the_fields_are_named() {
        assert_eq!(joinable(&room(&json!({}))), Ok(site()));
        let inventory =
            joinable(&room(&json!({"disposition": "toVacate", "accepted": false, "level": null})));
        let fields =
            "accepted: false, disposition: toVacate, provider: district, level: -, zones: [extranet]";
        assert_eq!(inventory, Err(Message::SiteNotInUse { site: "kaicheng".into(), fields: fields.into() }));
        assert!(joinable(&room(&json!({"zones": ["intranet"]}))).is_err());
    }

    #[test]
    fn no_token_is_asked_in_a_namespace_that_is_not_the_hubs() {
        let ours = namespace(&json!({"zhengyun.io/site": "kaicheng"}));
        assert_eq!(prepared(&site(), Some(&ours)), Ok(()));
        assert!(matches!(prepared(&site(), None), Err(Message::SiteNotPrepared { .. })));
        for labels in [json!({}), json!({"zhengyun.io/site": "other"})] {
            let foreign = prepared(&site(), Some(&namespace(&labels)));
            assert!(matches!(foreign, Err(Message::ForeignNamespace { .. })), "{foreign:?}");
        }
    }

    #[test]
    fn a_hub_without_an_id_gives_no_join_file() {
        let map = |data: Value| serde_json::from_value::<ConfigMap>(json!({"data": data})).unwrap();
        assert_eq!(epoch(Some(&map(json!({"epoch": "0a"})))), Ok("0a".into()));
        for without in [None, Some(map(json!({}))), Some(map(json!({"epoch": ""})))] {
            assert_eq!(epoch(without.as_ref()), Err(Message::NoEpoch {}));
        }
    }

    #[test]
    fn the_address_is_the_kubeconfigs_unless_another_is_named() {
        let cluster = Cluster {
            server: Some("https://a:6443".into()),
            certificate_authority_data: Some("Q0E=".into()),
            tls_server_name: Some("hub".into()),
            ..Cluster::default()
        };
        let own = address(&cluster, None, &site()).unwrap();
        assert_eq!((own.server.as_str(), own.tls_server_name.as_deref()), ("https://a:6443", Some("hub")));
        let named = address(&cluster, Some("https://hub.gov:443"), &site()).unwrap();
        assert_eq!((named.server.as_str(), named.tls_server_name), ("https://hub.gov:443", None));
        assert_eq!(named.authorities.as_deref(), Some("Q0E="));
    }

    #[test]
    fn a_token_never_goes_to_an_unchecked_or_unencrypted_server() {
        let unchecked = Cluster {
            server: Some("https://a".into()),
            insecure_skip_tls_verify: Some(true),
            ..Cluster::default()
        };
        let plain = Cluster { server: Some("http://a".into()), ..Cluster::default() };
        for cluster in [unchecked, plain, Cluster::default()] {
            assert!(matches!(address(&cluster, None, &site()), Err(Message::NotJoinable { .. })));
        }
        assert!(https("http://a").is_err() && https("https://").is_err() && https("https://a b").is_err());
    }

    #[test]
    fn authorities_in_a_file_go_into_the_join_file_itself() {
        assert_eq!(base64(b"CA".to_vec()), "Q0E=");
    }
}
