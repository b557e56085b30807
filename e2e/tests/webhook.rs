//! The hub's admission webhook: who serves it, with which certificate and keys, and what it makes of what is no question.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use crds::{ResourceRequest, WorkCalendar};
use e2e::district::District;
use e2e::logs;
use e2e::story::{department, ready};
use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::MutatingWebhookConfiguration;
use k8s_openapi::api::core::v1::{Namespace, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, Stream};
use serde_json::{Value, json};

const KEYS: &str = "zhengyun-admission";

/// The keys and certificates as the Secret has them.
#[derive(Clone, Debug, PartialEq)]
struct Ring {
    authorities: Value,
    serving: Value,
    seals: Value,
}

fn secrets(district: &District) -> Result<Api<Secret>> {
    Ok(Api::namespaced(district.hub().client()?, "zhengyun-system"))
}

async fn ring(district: &District) -> Result<Option<Ring>> {
    let Some(secret) = secrets(district)?.get_opt(KEYS).await? else { return Ok(None) };
    let data = secret.data.unwrap_or_default();
    let part = |key: &str| serde_json::from_slice(&data.get(key).context("a part")?.0).context("JSON");
    Ok(Some(Ring {
        authorities: part("authorities.json")?,
        serving: part("serving.json")?,
        seals: part("seals.json")?,
    }))
}

/// What a server answers to a request as it is written here, and the certificate that it shows.
struct Answer {
    status: u16,
    body: String,
    certificate: CertificateDer<'static>,
}

/// Sends bytes over TLS to a server that the hub's authorities vouch for, as nothing but this test would write them.
async fn send(to: SocketAddr, ring: &Ring, request: Vec<u8>) -> Result<Answer> {
    let authority = ring.authorities[0]["certificate"].as_str().context("an authority")?.to_owned();
    tokio::task::spawn_blocking(move || {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.as_bytes())?)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        let mut tls = ClientConnection::new(Arc::new(config), ServerName::IpAddress(to.ip().into()))?;
        let mut tcp = TcpStream::connect(to)?;
        tcp.set_read_timeout(Some(Duration::from_secs(10)))?;
        let mut stream = Stream::new(&mut tls, &mut tcp);
        stream.write_all(&request)?;
        let mut text = Vec::new();
        // The connection is closed without ceremony; what was said before counts.
        let _ = stream.read_to_end(&mut text);
        let certificate = tls.peer_certificates().context("a certificate")?[0].clone().into_owned();
        let text = String::from_utf8_lossy(&text).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").with_context(|| format!("no answer: {text}"))?;
        let status = head.split(' ').nth(1).context("a status")?.parse()?;
        Ok(Answer { status, body: body.to_owned(), certificate })
    })
    .await?
}

fn http(method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn review(resource: &str) -> Vec<u8> {
    let named = |name: &str, value: &str| json!({"group": "zhengyun.io", "version": "v1alpha1", name: value});
    let review = json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "7",
            "kind": named("kind", "ResourceRequest"),
            "resource": named("resource", resource),
            "namespace": "dept-aa",
            "operation": "CREATE",
            "userInfo": {"username": "li"},
            "object": request("stamped"),
        }
    });
    review.to_string().into_bytes()
}

/// A draft with a stamp that its writer made up.
fn request(name: &str) -> Value {
    let stamp = json!({
        "by": "wang", "at": "2026-11-24T00:00:00Z", "digest": "0".repeat(64), "number": "1", "policy": "resources",
        "steps": [], "key": "0", "mac": "0"
    });
    json!({
        "apiVersion": "zhengyun.io/v1alpha1",
        "kind": "ResourceRequest",
        "metadata": {"name": name, "namespace": "dept-aa"},
        "spec": {
            "change": "new", "system": "one", "sites": [{"site": "kaicheng", "amounts": {"cpu": "1"}}],
            "until": "2027-12-31", "funding": "infrastructure", "reason": "x", "submitted": false, "stamp": stamp
        }
    })
}

/// Whether the API server, asked by a client, is answered by the webhook: the stamp that came along is gone.
async fn answers(district: &District, name: &str) -> Result<bool> {
    let requests: Api<ResourceRequest> = Api::namespaced(district.hub().client()?, "dept-aa");
    let params = PostParams { dry_run: true, ..PostParams::default() };
    match requests.create(&params, &serde_json::from_value(request(name))?).await {
        Ok(made) => {
            ensure!(made.spec.stamp.is_none(), "the stamp of a client stands");
            Ok(true)
        }
        Err(kube::Error::Api(status)) if status.message.contains("failed calling webhook") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn readyz(district: &District, status: u16, code: &str) -> Result<()> {
    let url = format!("http://{}/readyz", district.hub().listen());
    district
        .eventually(&format!("/readyz answers {status} {code}"), async || {
            let answer = reqwest::get(&url).await?;
            anyhow::Ok(answer.status() == status && answer.text().await?.contains(code))
        })
        .await
}

fn told(district: &District, code: &str) -> Result<usize> {
    Ok(logs::lines(&logs::of_hub(district))?.iter().filter(|line| line["code"] == code).count())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_webhook_outlives_its_leader_its_certificate_and_its_keys() -> Result<()> {
    let district = District::builder().start().await?;
    let hub = district.hub();
    hub.plane().apply(&department("aa")).await?;
    let namespaces: Api<Namespace> = Api::all(hub.client()?);
    district
        .eventually_object(namespaces, "dept-aa", "the department has a namespace", |n| n.is_some())
        .await?;
    ensure!(answers(&district, "first").await?);
    a_published_calendar_is_amended_and_not_changed(&district).await?;
    what_is_no_question_is_refused(&district).await?;
    the_certificate_changes_while_it_is_used(&district).await?;
    what_is_taken_out_of_the_registration_is_put_back(&district).await?;
    keys_that_were_lost_are_put_back_while_anybody_has_them(&district).await?;
    either_replica_answers_and_the_next_leader_is_asked(&district).await
}

async fn a_published_calendar_is_amended_and_not_changed(district: &District) -> Result<()> {
    let hub = district.hub();
    let sample = e2e::product::workspace().join("e2e/districts/yangpu/45-work-calendars.yaml");
    hub.plane().apply_file(&sample).await?;
    let calendars: Api<WorkCalendar> = Api::all(hub.client()?);
    let says = async |name: &str, code: &str| {
        let said = |calendar: Option<&WorkCalendar>| {
            calendar.and_then(|calendar| ready(calendar)).is_some_and(|(_, said)| said.starts_with(code))
        };
        district.eventually_object(calendars.clone(), name, &format!("{name} says {code}"), said).await
    };
    let first = says("china-2026-1", "ZY-1672 ").await?.context("a calendar")?;
    says("shanghai-2026-1", "ZY-1672 ").await?;
    let mut changed = first.clone();
    changed.spec.workdays.clear();
    let refused = calendars.replace("china-2026-1", &PostParams::default(), &changed).await.err();
    let refused = refused.context("a published calendar was changed")?;
    ensure!(refused.to_string().contains("ZY-1675"), "{refused}");
    changed.spec.version = 2;
    changed.metadata = ObjectMeta { name: Some("china-2026-2".into()), ..ObjectMeta::default() };
    calendars.create(&PostParams::default(), &changed).await?;
    says("china-2026-2", "ZY-1672 ").await?;
    says("china-2026-1", "ZY-1673 ").await?;
    Ok(())
}

async fn what_is_no_question_is_refused(district: &District) -> Result<()> {
    let ring = ring(district).await?.context("keys")?;
    let to = district.hub().admission_listen(0);
    let post = |body: &[u8]| http("POST", "/admit", body);
    let other = json!({"apiVersion": "v1", "kind": "Pod"}).to_string();
    let empty = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"}).to_string();
    let huge = b"POST /admit HTTP/1.1\r\nhost: hub\r\ncontent-length: 99999999\r\n\r\n".to_vec();
    let endless = b"POST /admit HTTP/1.1\r\nhost: hub\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let refused = [
        (post(b"\xff\xfe"), 400),
        (post(other.as_bytes()), 400),
        (post(empty.as_bytes()), 400),
        (huge, 413),
        (endless, 411),
        (http("GET", "/admit", b""), 405),
        (http("POST", "/", b""), 404),
    ];
    for (request, status) in &refused {
        let answer = send(to, &ring, request.clone()).await?;
        ensure!(answer.status == *status, "{status}: {} {}", answer.status, answer.body);
        ensure!(answer.body.starts_with("ZY-1666 "), "{}", answer.body);
    }
    ensure!(told(district, "ZY-1666")? == refused.len(), "a line each");
    let answer = send(to, &ring, post(&review("pods"))).await?;
    let review: Value = serde_json::from_str(&answer.body)?;
    ensure!(review["response"]["allowed"] == false, "{review}");
    let said = review["response"]["status"]["message"].as_str().unwrap_or_default();
    ensure!(said.starts_with("ZY-1665 "), "{review}");
    Ok(())
}

async fn the_certificate_changes_while_it_is_used(district: &District) -> Result<()> {
    let before = ring(district).await?.context("keys")?;
    let to = district.hub().admission_listen(0);
    let shown = async |ring: &Ring| {
        let answer = send(to, ring, http("POST", "/admit", &review("resourcerequests"))).await?;
        ensure!(answer.status == 200, "{}", answer.body);
        Ok(answer.certificate)
    };
    let first = shown(&before).await?;
    // It is about to end: the leader makes another, and nobody who asks notices.
    let mut serving = before.serving.clone();
    serving["until"] = json!(k8s_openapi::jiff::Timestamp::now().as_second() + 24 * 3600);
    let serving = ByteString(serving.to_string().into_bytes());
    let patch = json!({"data": {"serving.json": serving}});
    secrets(district)?.patch(KEYS, &PatchParams::default(), &Patch::Merge(&patch)).await?;
    district
        .eventually("another certificate is served", async || {
            ensure!(answers(district, "meanwhile").await?, "nobody answered while the certificate changed");
            Ok(shown(&before).await? != first)
        })
        .await?;
    let after = ring(district).await?.context("keys")?;
    ensure!(after.authorities == before.authorities && after.seals == before.seals, "only the certificate");
    Ok(())
}

async fn what_is_taken_out_of_the_registration_is_put_back(district: &District) -> Result<()> {
    let api: Api<MutatingWebhookConfiguration> = Api::all(district.hub().client()?);
    let bundle = |found: Option<&MutatingWebhookConfiguration>| {
        let webhooks = found.and_then(|found| found.webhooks.as_ref());
        webhooks.is_some_and(|all| all.iter().all(|webhook| webhook.client_config.ca_bundle.is_some()))
    };
    let path = "/webhooks/0/clientConfig/caBundle";
    let out = serde_json::from_value(json!([{"op": "remove", "path": path}]))?;
    api.patch("zhengyun", &PatchParams::default(), &Patch::Json::<()>(out)).await?;
    district.eventually_object(api.clone(), "zhengyun", "the authority is put back", bundle).await?;
    district.eventually("it is asked again", async || answers(district, "again").await).await?;
    // The configuration itself belongs to the chart, and so does putting it back.
    api.delete("zhengyun", &DeleteParams::default()).await?;
    readyz(district, 503, "ZY-2199").await?;
    let chart = e2e::charts::chart("zhengyun-hub").join("templates/webhook.yaml");
    district.hub().plane().apply_file(&chart).await?;
    readyz(district, 200, "ok").await?;
    district.eventually_object(api, "zhengyun", "it is registered again", bundle).await?;
    district.eventually("it is asked again", async || answers(district, "again").await).await
}

async fn keys_that_were_lost_are_put_back_while_anybody_has_them(district: &District) -> Result<()> {
    let before = ring(district).await?.context("keys")?;
    let there = async || ring(district).await;
    secrets(district)?.delete(KEYS, &DeleteParams::default()).await?;
    let back = district.eventually("the keys are there again", there).await?;
    ensure!(back == before, "another ring");
    ensure!(told(district, "ZY-1662")? > 0, "it says so");
    // Nobody has them any more: new ones, and it is said what that means.
    district.hub().kill()?;
    secrets(district)?.delete(KEYS, &DeleteParams::default()).await?;
    district.hub().start().await?;
    let new = district.eventually("there are new keys", there).await?;
    ensure!(new.seals != before.seals && new.authorities != before.authorities);
    let lines = logs::lines(&logs::of_hub(district))?;
    ensure!(lines.iter().any(|line| line["level"] == "ERROR" && line["code"] == "ZY-1662"), "it says so");
    district.eventually("it is asked again", async || answers(district, "anew").await).await
}

async fn either_replica_answers_and_the_next_leader_is_asked(district: &District) -> Result<()> {
    let hub = district.hub();
    let _second = hub.start_replica(1).await?;
    let ring = ring(district).await?.context("keys")?;
    for replica in [0, 1] {
        let answer =
            send(hub.admission_listen(replica), &ring, http("POST", "/admit", &review("resourcerequests")))
                .await?;
        let review: Value = serde_json::from_str(&answer.body)?;
        ensure!(review["response"]["allowed"] == true && review["response"]["uid"] == "7", "{review}");
        ensure!(
            review["response"]["patch"].is_string() || review["response"]["patch"].is_array(),
            "{review}"
        );
    }
    hub.kill()?;
    ensure!(!answers(district, "nobody").await?, "what nobody vouches for is not taken");
    district.eventually("the next leader is asked", async || answers(district, "next").await).await
}
