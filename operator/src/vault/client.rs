//! Requests to the secret store, as the hub's own ServiceAccount: it logs in with its JWT, and again before the login ends.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use crds::Message;
use plan::secrets::Step;
use rustify::endpoint::Endpoint;
use rustify::enums::{RequestMethod, RequestType, ResponseType};
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;
use vaultrs::api::{exec_with_empty, exec_with_result};
use vaultrs::auth::oidc;
use vaultrs::client::{Client as _, VaultClient, VaultClientSettingsBuilder};
use vaultrs::error::ClientError;

use super::{Failure, Store, VaultArgs};

/// Longest wait for an answer: what the hub asks for takes the store milliseconds.
const ANSWER: Duration = Duration::from_secs(5);

/// An address that secrets may be asked of.
pub(super) fn address(text: &str) -> Result<String, String> {
    let address: http::Uri = text.parse().map_err(|error| format!("{error}"))?;
    match (address.scheme_str(), address.host()) {
        (Some("https"), Some(_)) => Ok(text.to_owned()),
        _ => Err("须为 https:// 地址 (it must be an https:// address)".into()),
    }
}

/// A client that logs in by itself.
pub(super) struct Client {
    address: String,
    args: VaultArgs,
    session: Mutex<Option<Arc<Session>>>,
}

/// A login.
struct Session {
    client: VaultClient,
    /// When it is time for another.
    until: Instant,
}

impl Client {
    pub(super) fn new(address: String, args: VaultArgs) -> Self {
        Self { address, args, session: Mutex::default() }
    }

    /// The login that stands, or another one in place of `refused`.
    async fn session(&self, refused: Option<&Arc<Session>>) -> Result<Arc<Session>, Failure> {
        let mut known = self.session.lock().await;
        let usable = |session: &&Arc<Session>| {
            session.until > Instant::now() && !refused.is_some_and(|refused| Arc::ptr_eq(refused, session))
        };
        if let Some(session) = known.as_ref().filter(usable) {
            return Ok(Arc::clone(session));
        }
        *known = None;
        let session = Arc::new(self.log_in().await?);
        *known = Some(Arc::clone(&session));
        Ok(session)
    }

    async fn log_in(&self) -> Result<Session, Failure> {
        let VaultArgs { ca_file, token_file, login, role, .. } = &self.args;
        let cannot = |error: String| Failure { said: Message::VaultLogin { error }, general: true };
        let jwt = tokio::fs::read_to_string(token_file).await;
        let jwt = jwt.map_err(|error| cannot(format!("{}: {error}", token_file.display())))?;
        let ca_certs = ca_file.iter().map(|file| file.display().to_string()).collect();
        // All of it is said here: what is left out would be taken from the environment.
        let settings = VaultClientSettingsBuilder::default()
            .address(&self.address)
            .ca_certs(ca_certs)
            .identity(None)
            .timeout(Some(ANSWER))
            .token("")
            .verify(true)
            .build()
            .map_err(|error| cannot(error.to_string()))?;
        let mut client = VaultClient::new(settings).map_err(|error| cannot(root(&error)))?;
        let granted = oidc::login(&client, login, jwt.trim(), Some(role.clone())).await;
        let granted = granted.map_err(|error| match judge(&error, login) {
            // What it does not know the hub by is no matter of one department.
            Failure { said: Message::VaultForbidden { .. } | Message::VaultRefused { .. }, .. } => {
                cannot(answer(&error))
            }
            failure => failure,
        })?;
        client.set_token(&granted.client_token);
        // A login anew is as good as a renewal, and works also for one that may not be renewed.
        let until = Instant::now() + Duration::from_secs(granted.lease_duration) * 2 / 3;
        Ok(Session { client, until })
    }

    /// Asks with the login that stands; one that is refused may have ended early, so it is asked once more with another.
    async fn ask(&self, request: Request<'_>) -> Result<Option<Value>, Failure> {
        let session = self.session(None).await?;
        match request.send(&session.client).await {
            Err(ClientError::APIError { code: 403, .. }) => {}
            answered => return answered.map_err(|error| judge(&error, request.path)),
        }
        let session = self.session(Some(&session)).await?;
        request.send(&session.client).await.map_err(|error| judge(&error, request.path))
    }
}

impl Store for Client {
    async fn read(&self, path: &str) -> Result<Option<Value>, Failure> {
        self.ask(Request { asks: Asks::Read, path, body: None }).await
    }

    async fn take(&self, step: &Step) -> Result<(), Failure> {
        let request = match step {
            Step::Write(path, body) => Request { asks: Asks::Write, path, body: Some(body) },
            Step::Delete(path) => Request { asks: Asks::Delete, path, body: None },
        };
        self.ask(request).await.map(drop)
    }
}

/// Any request: the store's own paths are all that differs between them.
#[derive(Clone, Copy)]
struct Request<'a> {
    asks: Asks,
    path: &'a str,
    body: Option<&'a Value>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Read,
    Write,
    Delete,
}

impl Request<'_> {
    /// Sends it; what is read and is not there is nothing.
    async fn send(self, client: &VaultClient) -> Result<Option<Value>, ClientError> {
        if self.asks != Asks::Read {
            return exec_with_empty(client, self).await.map(|()| None);
        }
        match exec_with_result(client, self).await {
            Err(error) if is_nothing(&error) => Ok(None),
            read => read.map(Some),
        }
    }
}

impl Endpoint for Request<'_> {
    type Response = Value;
    const REQUEST_BODY_TYPE: RequestType = RequestType::JSON;
    const RESPONSE_BODY_TYPE: ResponseType = ResponseType::JSON;

    fn path(&self) -> String {
        self.path.to_owned()
    }

    fn method(&self) -> RequestMethod {
        match self.asks {
            Asks::Read => RequestMethod::GET,
            Asks::Write => RequestMethod::POST,
            Asks::Delete => RequestMethod::DELETE,
        }
    }

    fn body(&self) -> Result<Option<Vec<u8>>, rustify::errors::ClientError> {
        Ok(self.body.map(|body| body.to_string().into_bytes()))
    }
}

/// Whether the answer means that nothing stands there. Mounts are missed with a 400 and a sentence, all else with a 404.
fn is_nothing(error: &ClientError) -> bool {
    match error {
        ClientError::APIError { code: 404, .. } | ClientError::ResponseDataEmptyError => true,
        ClientError::APIError { code: 400, errors } => errors.iter().any(|said| {
            said.starts_with("No secret engine mount at ") || said.starts_with("No auth engine at ")
        }),
        _ => false,
    }
}

/// What an answer means for who asked.
fn judge(error: &ClientError, path: &str) -> Failure {
    let status = match error {
        ClientError::APIError { code, .. }
        | ClientError::RestClientError {
            source: rustify::errors::ClientError::ServerResponseError { code, .. },
        } => Some(*code),
        _ => None,
    };
    let path = path.to_owned();
    match status {
        Some(503) if answer(error).contains("sealed") => {
            Failure { said: Message::VaultSealed {}, general: true }
        }
        Some(403) => Failure { said: Message::VaultForbidden { path }, general: false },
        Some(400..=499) => {
            Failure { said: Message::VaultRefused { path, error: answer(error) }, general: false }
        }
        _ => Failure { said: Message::VaultAway { error: answer(error) }, general: true },
    }
}

/// What the store said, or why nothing came from it.
fn answer(error: &ClientError) -> String {
    match error {
        ClientError::APIError { code, errors } if errors.is_empty() => code.to_string(),
        ClientError::APIError { errors, .. } => {
            errors.iter().map(|said| said.trim()).collect::<Vec<_>>().join("; ")
        }
        _ => root(error),
    }
}

/// The last of an error's causes: those before it repeat the address.
fn root(error: &ClientError) -> String {
    let mut cause: &dyn Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: u16, said: &str) -> ClientError {
        ClientError::APIError { code, errors: vec![said.to_owned()] }
    }

    #[test]
    fn what_is_not_there_is_told_from_what_is_forbidden_and_from_foul_weather() {
        assert!(is_nothing(&said(400, "No secret engine mount at zhengyun/jiaoyu/")));
        assert!(is_nothing(&said(404, "no handler for route")));
        assert!(!is_nothing(&said(400, "path is already in use at x")));
        let code = |error| judge(&error, "p").said.code();
        assert_eq!(code(said(503, "Vault is sealed")), 1601);
        assert_eq!(code(said(503, "no active node")), 1600);
        assert_eq!(code(said(403, "permission denied")), 1603);
        assert_eq!(code(said(400, "missing client token")), 1604);
        assert_eq!(code(said(500, "internal error")), 1600);
    }

    #[test]
    fn secrets_are_asked_for_over_tls_only() {
        assert!(address("https://vault.zhengyun:8200").is_ok());
        assert!(address("http://vault:8200").is_err() && address("vault:8200").is_err());
    }
}
