//! The link between a site and the hub, as a TCP proxy that can be cut, black-holed, delayed and narrowed while it runs.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// The largest piece that is passed on at once.
const CHUNK: usize = 64 * 1024;
/// Pieces on the way in one direction of one connection; 64 MiB, so that a delay does not narrow the link.
const IN_FLIGHT: usize = 1024;

/// How the link behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As if it were not there.
    Pass,
    /// Connections are closed, and new ones closed at once.
    Cut,
    /// Connections stay open and are accepted, but nothing moves: what a firewall that drops packets does.
    BlackHole,
    /// Everything arrives later by this much, in order, at full throughput.
    Delay(Duration),
    /// All connections together carry at most so many bytes per second in each direction.
    Narrow(u64),
}

/// The behaviour now, and how often the link was cut: a cut must not be missed when it is healed at once.
#[derive(Debug, Clone, Copy)]
struct State {
    mode: Mode,
    cuts: u64,
}

/// One direction of the whole link.
#[derive(Debug)]
struct Direction {
    bytes: AtomicU64,
    /// When a narrow link will have carried everything it has taken.
    free_at: Mutex<Instant>,
}

#[derive(Debug)]
struct Link {
    target: SocketAddr,
    state: watch::Receiver<State>,
    up: Direction,
    down: Direction,
}

/// A running proxy. It has a thread and a runtime of its own, so it outlives the runtime of the test that made it; it ends
/// when dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    state: Option<watch::Sender<State>>,
    link: Arc<Link>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Listens on an address (port 0 picks one) and forwards to a target.
    pub fn start(listen: SocketAddr, target: SocketAddr) -> Result<Self> {
        let listener =
            std::net::TcpListener::bind(listen).with_context(|| format!("listen on {listen} for a proxy"))?;
        Self::on(listener, target)
    }

    /// Forwards from a socket that listens already, perhaps in another network, to a target in this one.
    pub fn on(listener: std::net::TcpListener, target: SocketAddr) -> Result<Self> {
        listener.set_nonblocking(true).context("prepare the proxy's socket")?;
        let address = listener.local_addr().context("the proxy's address")?;
        let (sender, state) = watch::channel(State { mode: Mode::Pass, cuts: 0 });
        let link = Arc::new(Link { target, state, up: Direction::new(), down: Direction::new() });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("start the proxy's runtime")?;
        let served = Arc::clone(&link);
        let thread = std::thread::Builder::new()
            .name(format!("proxy-{address}"))
            .spawn(move || runtime.block_on(served.serve(listener)))
            .context("start the proxy's thread")?;
        Ok(Self { address, state: Some(sender), link, thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes its behaviour, for connections that exist as for new ones.
    pub fn set(&self, mode: Mode) {
        if let Some(state) = &self.state {
            state.send_modify(|state| {
                state.mode = mode;
                state.cuts += u64::from(mode == Mode::Cut);
            });
        }
    }

    /// Bytes passed on to the target so far.
    #[must_use]
    pub fn bytes_up(&self) -> u64 {
        self.link.up.bytes.load(Ordering::Relaxed)
    }

    /// Bytes passed back from the target so far.
    #[must_use]
    pub fn bytes_down(&self) -> u64 {
        self.link.down.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Without a sender the serving future ends, and its runtime drops every connection.
        self.state = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Direction {
    fn new() -> Self {
        Self { bytes: AtomicU64::new(0), free_at: Mutex::new(Instant::now()) }
    }

    /// Takes a place on a narrow link for a piece and says when the piece will have passed.
    fn book(&self, bytes: usize, per_second: u64) -> Instant {
        let nanos = u128::try_from(bytes).unwrap_or(u128::MAX).saturating_mul(1_000_000_000)
            / u128::from(per_second.max(1));
        let takes = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        *free_at = Instant::now().max(*free_at) + takes;
        *free_at
    }
}

impl Link {
    async fn serve(self: Arc<Self>, listener: std::net::TcpListener) {
        let Ok(listener) = TcpListener::from_std(listener) else { return };
        let mut state = self.state.clone();
        loop {
            tokio::select! {
                changed = state.changed() => if changed.is_err() { return },
                accepted = listener.accept() => match accepted {
                    Ok((client, _)) => { tokio::spawn(Arc::clone(&self).connection(client)); }
                    // Out of descriptors, most likely; without a pause this would spin until some are free.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                },
            }
        }
    }

    async fn connection(self: Arc<Self>, client: TcpStream) {
        let mut state = self.state.clone();
        let State { mode, cuts } = *state.borrow_and_update();
        if mode == Mode::Cut {
            return;
        }
        let cut = async {
            let _ = state.wait_for(|now| now.cuts != cuts).await;
        };
        // Dropping a relay closes both its sockets. How a connection ends is between its two ends.
        tokio::select! {
            () = cut => {}
            _ = self.relay(client) => {}
        }
    }

    async fn relay(&self, client: TcpStream) -> std::io::Result<()> {
        self.open().await;
        let server = TcpStream::connect(self.target).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (client_read, client_write) = client.into_split();
        let (server_read, server_write) = server.into_split();
        tokio::try_join!(
            self.pump(client_read, server_write, &self.up),
            self.pump(server_read, client_write, &self.down),
        )?;
        Ok(())
    }

    async fn pump(
        &self,
        from: OwnedReadHalf,
        to: OwnedWriteHalf,
        direction: &Direction,
    ) -> std::io::Result<()> {
        let (sender, receiver) = mpsc::channel(IN_FLIGHT);
        tokio::try_join!(self.take(from, sender, direction), self.deliver(receiver, to, direction))?;
        Ok(())
    }

    /// Reads pieces and says when each is due.
    async fn take(
        &self,
        mut from: OwnedReadHalf,
        pieces: mpsc::Sender<(Instant, Vec<u8>)>,
        direction: &Direction,
    ) -> std::io::Result<()> {
        loop {
            self.open().await;
            let limit = match self.mode() {
                // Twenty pieces a second, so that a narrow link flows instead of jerking.
                Mode::Narrow(per_second) => usize::try_from(per_second / 20).unwrap_or(CHUNK).clamp(1, CHUNK),
                _ => CHUNK,
            };
            let mut piece = vec![0; limit];
            let length = from.read(&mut piece).await?;
            if length == 0 {
                return Ok(());
            }
            piece.truncate(length);
            let due = match self.mode() {
                Mode::Delay(delay) => Instant::now() + delay,
                Mode::Narrow(per_second) => {
                    let due = direction.book(length, per_second);
                    // Not read further before it has passed: the sender must feel that the link is narrow.
                    self.until(due).await;
                    due
                }
                Mode::Pass | Mode::Cut | Mode::BlackHole => Instant::now(),
            };
            if pieces.send((due, piece)).await.is_err() {
                return Ok(());
            }
        }
    }

    /// Passes pieces on when they are due.
    async fn deliver(
        &self,
        mut pieces: mpsc::Receiver<(Instant, Vec<u8>)>,
        mut to: OwnedWriteHalf,
        direction: &Direction,
    ) -> std::io::Result<()> {
        while let Some((due, piece)) = pieces.recv().await {
            self.until(due).await;
            self.open().await;
            to.write_all(&piece).await?;
            direction.bytes.fetch_add(u64::try_from(piece.len()).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
        // The end of a stream gets no further through a black hole than its bytes.
        self.open().await;
        to.shutdown().await
    }

    fn mode(&self) -> Mode {
        self.state.borrow().mode
    }

    /// Waits while the link is a black hole.
    async fn open(&self) {
        let mut state = self.state.clone();
        let _ = state.wait_for(|now| now.mode != Mode::BlackHole).await;
    }

    /// Waits until a piece is due, or until the link passes everything again.
    async fn until(&self, due: Instant) {
        let mut state = self.state.clone();
        tokio::select! {
            () = tokio::time::sleep_until(due) => {}
            _ = state.wait_for(|now| now.mode == Mode::Pass) => {}
        }
    }
}

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
