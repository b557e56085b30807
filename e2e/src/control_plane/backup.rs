//! Backup and restore of a control plane: its database is copied while it is down, and the copy put in its place later.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use anyhow::{Context as _, Result};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use kube::api::{DeleteParams, ListParams};

use super::{ControlPlane, READY_WITHIN, answering, flags, listening};
use crate::process::Component;
use crate::wait::poll;

/// A copy of a control plane's database, in the folder of that control plane. It can be restored any number of times.
#[derive(Debug, Clone)]
pub struct Snapshot {
    path: PathBuf,
}

impl ControlPlane {
    /// Copies the database as a power failure would leave it, and waits until the API server answers again.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        self.etcd.kill()?;
        let path = tempfile::Builder::new()
            .prefix("snapshot-")
            .tempdir_in(&self.dir)
            .context("make a folder for a snapshot")?
            .keep();
        copied(self.database(), path.clone()).await?;
        self.start_etcd().await?;
        self.serving().await?;
        Ok(Snapshot { path })
    }

    /// Puts a snapshot in the place of the database. Everything of Kubernetes is killed and started again with it: a watch
    /// from before would wait for revisions that the restored database reaches much later, or never. Whatever else
    /// watches this control plane is left alone, for that is what a restore is to it.
    pub async fn restore(&self, snapshot: &Snapshot) -> Result<()> {
        self.controllers(Component::kill)?;
        self.apiserver.kill()?;
        self.etcd.kill()?;
        let database = self.database();
        std::fs::remove_dir_all(&database).with_context(|| format!("remove {}", database.display()))?;
        copied(snapshot.path.clone(), database).await?;
        self.start_etcd().await?;
        self.apiserver.start()?;
        self.serving().await?;
        self.release_nodes().await?;
        self.controllers(Component::start)
    }

    /// Removes the nodes' leases. To kwok, its own from before a restart are another's: it would leave the nodes and their
    /// pods alone until they end, which takes 40 s, where a kubelet goes on at once.
    async fn release_nodes(&self) -> Result<()> {
        let leases: Api<Lease> = Api::namespaced(self.admin()?, "kube-node-lease");
        leases
            .delete_collection(&DeleteParams::default(), &ListParams::default())
            .await
            .context("remove the nodes' leases")?;
        Ok(())
    }

    fn database(&self) -> PathBuf {
        flags::Files::new(&self.dir).database()
    }

    /// Does something to everything that works through the API server.
    fn controllers(&self, act: impl Fn(&Component) -> Result<()>) -> Result<()> {
        let kwok = self.kwok.lock().unwrap_or_else(PoisonError::into_inner);
        [Some(&self.controller_manager), self.scheduler.as_ref(), kwok.as_ref()]
            .into_iter()
            .flatten()
            .try_for_each(act)
    }

    async fn start_etcd(&self) -> Result<()> {
        self.etcd.start()?;
        listening(&self.etcd, SocketAddr::from((self.address, flags::ETCD_PORT))).await
    }

    /// Waits until the API server reads the database; that it is ready it may say of a connection that it has yet to renew.
    async fn serving(&self) -> Result<()> {
        let client = self.admin()?;
        answering(&self.apiserver, &client).await?;
        let namespaces: Api<Namespace> = Api::all(client);
        poll(READY_WITHIN, "the API server reads the database", async || {
            self.apiserver.check_alive()?;
            self.etcd.check_alive()?;
            Ok(namespaces.get("default").await.ok())
        })
        .await?;
        Ok(())
    }
}

/// Copies a folder on a thread of its own: it has etcd's preallocated log in it, 64 MiB at a time.
async fn copied(from: PathBuf, to: PathBuf) -> Result<()> {
    let what = format!("copy {} to {}", from.display(), to.display());
    tokio::task::spawn_blocking(move || copy_folder(&from, &to)).await.context("copy a folder")?.context(what)
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    // etcd warns of a folder that others may read.
    std::fs::set_permissions(to, std::fs::metadata(from)?.permissions())?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
