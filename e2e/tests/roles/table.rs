//! The tables as they are read and tried.

use anyhow::{Context as _, Result, bail, ensure};
use e2e::control_plane::ControlPlane;
use http::Request;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

use crate::objects;

/// Where the names before the colons in a table lead to.
#[derive(Debug)]
pub(crate) struct Places(pub(crate) &'static [(&'static str, &'static str)]);

/// One line: a verb, what it is tried on, and for whom it is to work.
#[derive(Debug)]
struct Row<'a> {
    verb: &'a str,
    what: &'a str,
    cells: Vec<bool>,
}

fn rows(table: &str, people: usize) -> Result<Vec<Row<'_>>> {
    let lines = table.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            ensure!(words.len() == people + 2, "{line:?} has not one cell for each of {people} people");
            let cells = words[2..].iter().map(|cell| match *cell {
                "yes" => Ok(true),
                "-" => Ok(false),
                other => bail!("{other:?} in {line:?}"),
            });
            Ok(Row { verb: words[0], what: words[1], cells: cells.collect::<Result<_>>()? })
        })
        .collect()
}

/// Tries every cell, and says which are otherwise than the table has them.
pub(crate) async fn wrong_cells(
    plane: &ControlPlane,
    table: &str,
    places: &Places,
    people: &[(&str, String, Client)],
) -> Result<Vec<String>> {
    let admin = plane.admin()?;
    let mut wrong = Vec::new();
    for row in rows(table, people.len())? {
        for ((who, name, client), expected) in people.iter().zip(&row.cells) {
            let attempt = Attempt::new(&row, places, name, &admin).await?;
            let answer = attempt.by(client).await?;
            let allowed = match answer.allowed(&attempt) {
                Ok(allowed) => allowed,
                Err(error) => {
                    wrong.push(format!("{who}: {} {} proves nothing: {error}", row.verb, row.what));
                    continue;
                }
            };
            if allowed != *expected {
                let said = if allowed { "is let through" } else { "is refused" };
                wrong.push(format!(
                    "{who}: {} {} {said}: {} {}",
                    row.verb, row.what, answer.code, answer.said
                ));
            }
        }
    }
    Ok(wrong)
}

/// One request.
#[derive(Debug)]
struct Attempt {
    method: &'static str,
    path: String,
    media: &'static str,
    body: Option<Value>,
    headers: Vec<(&'static str, String)>,
    /// Whether it opens a connection, which nothing on the other side answers here.
    connects: bool,
}

const JSON: &str = "application/json";
const MERGE: &str = "application/merge-patch+json";

impl Attempt {
    async fn new(row: &Row<'_>, places: &Places, by: &str, admin: &Client) -> Result<Self> {
        if row.verb == "impersonate" {
            return Self::impersonation(row.what);
        }
        let (place, rest) = row.what.split_once(':').map_or((None, row.what), |(place, rest)| {
            places
                .0
                .iter()
                .find(|(name, _)| *name == place)
                .map_or((None, row.what), |(_, namespace)| (Some(*namespace), rest))
        });
        let (resource, name) =
            rest.split_once('/').map_or((rest, None), |(resource, name)| (resource, Some(name)));
        let path = objects::path(resource, place, name);
        let dry = |path: &str| format!("{path}?dryRun=All");
        let plain = |method, path: String, media, body| Self {
            method,
            path,
            media,
            body,
            headers: Vec::new(),
            connects: false,
        };
        let connect =
            |method, sub: &str| Self { connects: true, ..plain(method, format!("{path}/{sub}"), JSON, None) };
        let touched = json!({"metadata": {"annotations": {"tried": "yes"}}});
        Ok(match row.verb {
            "list" | "get" => plain("GET", path, JSON, None),
            "create" => plain("POST", dry(&path), JSON, Some(objects::new(resource, by)?)),
            "letin" => plain("POST", dry(&path), JSON, Some(objects::let_provider_in())),
            "update" => plain("PUT", dry(&path), JSON, Some(live(admin, &path).await?)),
            "patch" => plain("PATCH", dry(&path), MERGE, Some(touched)),
            "agree" => plain("PATCH", dry(&path), MERGE, Some(objects::agreement(by))),
            "freeze" => plain("PATCH", dry(&path), MERGE, Some(json!({"spec": {"frozen": true}}))),
            "delete" | "deleteall" => plain("DELETE", dry(&path), JSON, None),
            "status" => plain("PATCH", dry(&format!("{path}/status")), MERGE, Some(touched)),
            "scale" => {
                plain("PATCH", dry(&format!("{path}/scale")), MERGE, Some(json!({"spec": {"replicas": 1}})))
            }
            "finalize" => {
                plain("PUT", dry(&format!("{path}/finalize")), JSON, Some(live(admin, &path).await?))
            }
            "ephemeral" => plain(
                "PATCH",
                dry(&format!("{path}/ephemeralcontainers")),
                "application/strategic-merge-patch+json",
                Some(objects::ephemeral()),
            ),
            "evict" => plain("POST", dry(&format!("{path}/eviction")), JSON, Some(objects::eviction(name))),
            "bind" => plain("POST", dry(&format!("{path}/binding")), JSON, Some(objects::binding(name))),
            "token" => plain("POST", dry(&format!("{path}/token")), JSON, Some(objects::token())),
            "log" => connect("GET", "log"),
            "exec" => connect("POST", "exec?command=ls&stdout=true"),
            "attach" => connect("POST", "attach?stdout=true"),
            "portforward" => connect("POST", "portforward?ports=80"),
            "proxy" => connect("GET", "proxy/"),
            other => bail!("no such verb: {other}"),
        })
    }

    /// Asks who one is, as somebody else.
    fn impersonation(who: &str) -> Result<Self> {
        let (kind, name) = who.split_once(':').context("user: or group:")?;
        let user = if kind == "user" { name } else { "oidc:nobody" };
        let mut headers = vec![("Impersonate-User", user.to_owned())];
        if kind == "group" {
            headers.push(("Impersonate-Group", name.to_owned()));
        }
        Ok(Self {
            method: "POST",
            path: "/apis/authentication.k8s.io/v1/selfsubjectreviews".to_owned(),
            media: JSON,
            body: Some(json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"})),
            headers,
            connects: false,
        })
    }

    async fn by(&self, client: &Client) -> Result<Answer> {
        let mut request = Request::builder()
            .method(self.method)
            .uri(&self.path)
            .header(http::header::CONTENT_TYPE, self.media);
        for (key, value) in &self.headers {
            request = request.header(*key, value);
        }
        let body = self.body.as_ref().map(Value::to_string).unwrap_or_default().into_bytes();
        let response = client.send(request.body(Body::from(body))?).await.context("ask the API server")?;
        let code = response.status().as_u16();
        let text = response.into_body().collect_bytes().await.unwrap_or_default();
        let said = serde_json::from_slice::<Value>(&text).unwrap_or_default();
        Ok(Answer { code, said: said["message"].as_str().unwrap_or_default().to_owned() })
    }
}

/// What the API server said.
struct Answer {
    code: u16,
    said: String,
}

impl Answer {
    /// Whether it was let through. What is neither that nor a refusal says that the attempt is wrong, and proves nothing.
    fn allowed(&self, attempt: &Attempt) -> Result<bool> {
        match self.code {
            200..300 => Ok(true),
            403 => Ok(false),
            422 if self.said.contains("ZY-4") => Ok(false),
            // Authorized: nothing upgrades the connection, or no kubelet answers.
            400 | 500 | 502 | 503 if attempt.connects => Ok(true),
            code => bail!("{code} {}", self.said),
        }
    }
}

/// What stands at a path, as somebody would edit it.
async fn live(admin: &Client, path: &str) -> Result<Value> {
    let request = Request::get(path).body(Vec::new())?;
    let mut live: Value = admin.request(request).await.with_context(|| format!("read {path}"))?;
    if let Some(metadata) = live["metadata"].as_object_mut() {
        metadata.remove("managedFields");
    }
    Ok(live)
}
