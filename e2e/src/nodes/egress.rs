//! The way of an API server to kubelets and pods: the proxy of its egress selector, in the network of the nodes.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::namespace;

/// More than the head of any CONNECT that an API server writes.
const LONGEST_HEAD: usize = 4096;
/// Nodes that are down do not answer.
const CONNECTED_WITHIN: Duration = Duration::from_secs(10);

/// A running proxy, on a thread of its own that lives in the network of the nodes; it ends when dropped.
#[derive(Debug)]
pub(super) struct Egress {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Egress {
    /// Listens on a socket file and connects in the network namespace of a process.
    pub(super) fn start(process: u32, socket: &Path) -> Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        let socket = socket.to_owned();
        let work = move || {
            let begun = begin(process, &socket);
            let (runtime, listener) = match begun {
                Ok(begun) => begun,
                Err(error) => return tell.send(Err(error)).unwrap_or_default(),
            };
            let _ = tell.send(Ok(()));
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener) => {}
                    _ = stopped => {}
                }
            });
        };
        let thread =
            std::thread::Builder::new().name("egress".to_owned()).spawn(work).context("start a thread")?;
        told.recv().context("the egress proxy's thread ended")??;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Egress {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn begin(process: u32, socket: &Path) -> Result<(tokio::runtime::Runtime, UnixListener)> {
    namespace::enter(process)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("start a runtime")?;
    let entered = runtime.enter();
    let listener = UnixListener::bind(socket).with_context(|| format!("listen on {}", socket.display()))?;
    drop(entered);
    Ok((runtime, listener))
}

async fn serve(listener: UnixListener) {
    loop {
        match listener.accept().await {
            Ok((client, _)) => {
                // How a connection ends is between its two ends.
                tokio::spawn(async move { drop(carry(client).await) });
            }
            // Out of descriptors, most likely; without a pause this would spin until some are free.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn carry(mut client: UnixStream) -> Result<()> {
    let head = head(&mut client).await?;
    let Some(target) = target(&head) else {
        client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await?;
        bail!("not a CONNECT to an address: {head}");
    };
    let Ok(Ok(mut server)) = timeout(CONNECTED_WITHIN, TcpStream::connect(target)).await else {
        client.write_all(b"HTTP/1.1 504 Gateway Timeout\r\n\r\n").await?;
        bail!("{target} does not answer");
    };
    server.set_nodelay(true)?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

/// Reads the head of a request and nothing behind it.
async fn head(client: &mut UnixStream) -> Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == LONGEST_HEAD {
            bail!("a head that does not end");
        }
        head.push(client.read_u8().await?);
    }
    String::from_utf8(head).context("a head that is no text")
}

/// Where a CONNECT wants to go.
fn target(head: &str) -> Option<SocketAddr> {
    let mut words = head.lines().next()?.split_whitespace();
    (words.next() == Some("CONNECT")).then(|| words.next()?.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_connect_to_an_address_has_a_target() {
        let target = |head: &str| target(head).map(|target| target.to_string());
        assert_eq!(
            target("CONNECT 10.99.0.11:10250 HTTP/1.1\r\nHost: x\r\n\r\n").unwrap(),
            "10.99.0.11:10250"
        );
        for wrong in
            ["", "\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "CONNECT name:1 HTTP/1.1\r\n\r\n", "CONNECT\r\n\r\n"]
        {
            assert_eq!(target(wrong), None, "{wrong}");
        }
    }
}
