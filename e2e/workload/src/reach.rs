//! What can be reached from here.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How long an answer is waited for. A closed port answers at once; a policy that drops packets never does.
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);

/// What happened. The first word of its text says it, for tests to look at.
#[derive(Debug)]
pub(crate) enum Answer {
    Connected(SocketAddr),
    Resolved(Vec<IpAddr>),
    Refused(SocketAddr),
    Silent(String),
    Unresolved(String, Error),
    Failed(String, Error),
}

impl Answer {
    pub(crate) fn is_good(&self) -> bool {
        matches!(self, Self::Connected(_) | Self::Resolved(_))
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::Connected(address) => format!("connected {address}"),
            Self::Resolved(addresses) => {
                let words: Vec<_> = addresses.iter().map(ToString::to_string).collect();
                format!("resolved {}", words.join(" "))
            }
            Self::Refused(address) => format!("refused {address}"),
            Self::Silent(who) => format!("silent {who} (no answer in {} s)", PATIENCE.as_secs()),
            Self::Unresolved(name, error) => format!("unresolved {name} ({error})"),
            Self::Failed(who, error) => format!("failed {who} ({error})"),
        }
    }
}

/// Connects to the first address of `HOST:PORT`.
pub(crate) async fn dial(to: &str) -> Answer {
    let address = match look_up(to).await {
        Ok(addresses) => addresses[0],
        Err(answer) => return answer,
    };
    match timeout(PATIENCE, TcpStream::connect(address)).await {
        Ok(Ok(_)) => Answer::Connected(address),
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => Answer::Refused(address),
        Ok(Err(error)) => Answer::Failed(address.to_string(), error),
        Err(_) => Answer::Silent(address.to_string()),
    }
}

/// The addresses of a name, in order.
pub(crate) async fn resolve(name: &str) -> Answer {
    match look_up(&format!("{name}:0")).await {
        Ok(found) => {
            let mut addresses: Vec<_> = found.iter().map(SocketAddr::ip).collect();
            addresses.sort();
            addresses.dedup();
            Answer::Resolved(addresses)
        }
        Err(answer) => answer,
    }
}

async fn look_up(to: &str) -> Result<Vec<SocketAddr>, Answer> {
    let unresolved = |error| Answer::Unresolved(to.to_owned(), error);
    let found: Vec<_> = match timeout(PATIENCE, lookup_host(to)).await {
        Ok(found) => found.map_err(unresolved)?.collect(),
        Err(_) => return Err(Answer::Silent(format!("DNS for {to}"))),
    };
    if found.is_empty() {
        return Err(unresolved(Error::new(ErrorKind::NotFound, "it has no address")));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn the_first_word_says_whether_somebody_listens() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(dial(&address.to_string()).await.text(), format!("connected {address}"));
        drop(listener);
        let refused = dial(&address.to_string()).await;
        assert_eq!((refused.text(), refused.is_good()), (format!("refused {address}"), false));
    }

    #[tokio::test]
    async fn a_name_is_resolved_or_it_says_why_not() {
        let local = resolve("localhost").await;
        assert!(local.is_good() && local.text().contains("127.0.0.1"), "{}", local.text());
        let none = resolve("no name").await;
        assert!(!none.is_good() && none.text().starts_with("unresolved no name:0 ("), "{}", none.text());
        let none = dial("without-a-port").await;
        assert!(none.text().starts_with("unresolved without-a-port ("), "{}", none.text());
    }
}
