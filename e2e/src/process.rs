//! Components as child processes that cannot outlive the test, whatever kills it.
//!
//! Each component leads a process group in which a small shell waits on a pipe that only this process holds open. When the
//! pipe ends, because a [`Component`] was dropped or because the test process was killed with -9, the shell kills the group.

use std::fs::{File, OpenOptions};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// The component takes the shell's place, so its pid is the child's pid; the watcher keeps the pipe on descriptor 3.
const SUPERVISOR: &str = r#"exec 3<&0; (read -r _ <&3; kill -9 0) & exec "$@" 3<&- </dev/null"#;

/// How a component is started, every time it is.
#[derive(Debug, Clone)]
pub struct Spec {
    /// What errors and logs call it.
    pub name: String,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Environment variables beside those of this process.
    pub env: Vec<(String, String)>,
    /// Where its standard output and error go; appended, so a restart keeps what was said before.
    pub log: PathBuf,
}

/// A component that can be started, stopped, paused and killed; dropping it kills it.
#[derive(Debug)]
pub struct Component {
    spec: Spec,
    /// What the next start runs: the spec's program until another takes its place.
    program: Mutex<PathBuf>,
    child: Mutex<Option<Child>>,
}

impl Component {
    /// Starts a component.
    pub fn spawn(spec: Spec) -> Result<Self> {
        let program = Mutex::new(spec.program.clone());
        let component = Self { spec, program, child: Mutex::new(None) };
        component.start()?;
        Ok(component)
    }

    /// Starts it again after it ended or was killed.
    pub fn start(&self) -> Result<()> {
        let mut slot = self.slot();
        if let Some(child) = slot.as_mut()
            && child.try_wait().context("look at the component")?.is_none()
        {
            bail!("{} already runs as process {}", self.spec.name, child.id());
        }
        let log = open_log(&self.spec.log)?;
        let child = Command::new("sh")
            .args(["-c", SUPERVISOR, "sh"])
            .arg(&*guard(&self.program))
            .args(&self.spec.args)
            .envs(self.spec.env.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::piped())
            .stdout(log.try_clone().context("share the log file")?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .with_context(|| format!("start {}", self.spec.name))?;
        *slot = Some(child);
        Ok(())
    }

    /// Puts another program in the place of this one, as a roll-out does: asks what runs to end, and starts the other with
    /// the same command line. Later starts run the other too.
    pub async fn replace_program(&self, program: &Path, limit: Duration) -> Result<()> {
        if self.alive() {
            self.terminate(limit).await?;
        }
        program.clone_into(&mut guard(&self.program));
        self.start()
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// Its process id, also after its end; `None` before the first start.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.slot().as_ref().map(Child::id)
    }

    /// Whether its process runs (a paused one does).
    #[must_use]
    pub fn alive(&self) -> bool {
        self.slot().as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// An error with the end of its log when its process has ended.
    pub fn check_alive(&self) -> Result<()> {
        if self.alive() {
            return Ok(());
        }
        bail!("{} ended; the end of its log:\n{}", self.spec.name, self.log_tail(30))
    }

    /// Kills it at once (SIGKILL) and waits for its end. Nothing happens when it has ended already.
    pub fn kill(&self) -> Result<()> {
        let mut slot = self.slot();
        if let Some(child) = slot.as_mut() {
            child.kill().with_context(|| format!("kill {}", self.spec.name))?;
            // `wait` closes the pipe as well, so the watcher goes too.
            child.wait().with_context(|| format!("wait for {}", self.spec.name))?;
        }
        Ok(())
    }

    /// Asks it to end (SIGTERM) and waits; an error when it is still there after `limit`.
    pub async fn terminate(&self, limit: Duration) -> Result<()> {
        self.signal(Signal::TERM)?;
        let deadline = Instant::now() + limit;
        while self.alive() {
            if Instant::now() > deadline {
                bail!("{} ignored SIGTERM for {limit:?}; its log:\n{}", self.spec.name, self.log_tail(30));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.kill()
    }

    /// Stops it in its tracks (SIGSTOP): its connections stay open and nothing moves.
    pub fn pause(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets a paused component go on (SIGCONT).
    pub fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    /// The last `lines` lines of its log.
    #[must_use]
    pub fn log_tail(&self, lines: usize) -> String {
        tail(&self.spec.log, lines)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let mut slot = self.slot();
        let child = slot.as_mut().with_context(|| format!("{} was never started", self.spec.name))?;
        // Not yet reaped, so the id cannot be another process's.
        if child.try_wait().context("look at the component")?.is_some() {
            bail!("{} does not run", self.spec.name);
        }
        kill_process(Pid::from_child(child), signal)
            .with_context(|| format!("send {signal:?} to {}", self.spec.name))
    }

    fn slot(&self) -> MutexGuard<'_, Option<Child>> {
        guard(&self.child)
    }
}

/// A panicking test thread leaves what is behind the lock as valid as it was.
fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Component {
    fn drop(&mut self) {
        // Nobody is left to tell; the watcher kills the group in any case once the pipe closes.
        let _ = self.kill();
    }
}

fn open_log(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("open the log {}", path.display()))
}

/// The last `lines` lines of a file, or why they cannot be read.
#[must_use]
pub fn tail(path: &Path, lines: usize) -> String {
    match std::fs::read(path) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            let all: Vec<&str> = text.lines().collect();
            all[all.len().saturating_sub(lines)..].join("\n")
        }
        Err(error) => format!("(no log at {}: {error})", path.display()),
    }
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
