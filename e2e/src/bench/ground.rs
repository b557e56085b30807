//! What figures are measured on: a district that they share, and the departments that stand on it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use crds::SiteBundle;
use kube::api::ListParams;
use kube::{Api, ResourceExt as _};
use plan::bundle::TERM_SET;
use plan::names::site_of;

use super::load::{Tenant, load};
use crate::audit::{Entry, Mark};
use crate::control_plane::ControlPlane;
use crate::district::District;
use crate::site::Site;
use crate::wait::DEADLINE;

/// The site of a district that has one.
pub(super) const SITE: &str = "kaicheng";
/// The other one of a district that has two.
pub(super) const SECOND_SITE: &str = "wujiaochang";

/// A district for some figures.
pub(super) struct Ground {
    pub district: District,
    /// How many departments of the pool stand.
    pool: usize,
}

impl Ground {
    pub(super) async fn start(sites: &[&str]) -> Result<Self> {
        Ok(Self { district: District::start(sites.iter().copied()).await?, pool: 0 })
    }

    pub(super) fn site(&self) -> Result<&Site> {
        self.district.site(SITE)
    }

    pub(super) fn hub(&self) -> &ControlPlane {
        self.district.hub().plane()
    }

    /// A department of the pool by its number, from 1.
    pub(super) fn pooled(number: usize) -> Tenant {
        Tenant { name: format!("pool{number:04}"), workspaces: 1, sites: vec![SITE.to_owned()] }
    }

    /// Sees to it that so many departments of the pool stand, each with one workspace.
    pub(super) async fn stand(&mut self, count: usize) -> Result<()> {
        let missing: Vec<Tenant> = (self.pool + 1..=count).map(Self::pooled).collect();
        if !missing.is_empty() {
            load(self.hub(), &missing).await.context("fill the district")?;
            self.pool = count;
        }
        Ok(())
    }

    /// How many sets of orders the sites were told: one for each department on each site.
    pub(super) async fn placements(&self) -> Result<usize> {
        let bundles: Api<SiteBundle> = Api::all(self.hub().admin()?);
        let told = bundles.list(&ListParams::default()).await.context("count the orders")?;
        let placement = |bundle: &&SiteBundle| {
            let at_a_site = bundle.namespace().is_some_and(|namespace| site_of(&namespace).is_some());
            at_a_site && bundle.spec.set != TERM_SET && bundle.spec.shard.index == 0
        };
        Ok(told.iter().filter(placement).count())
    }

    /// Waits until nothing of ours has written anything for so long.
    pub(super) async fn settle(&self, quiet: Duration) -> Result<()> {
        let deadline = Instant::now() + DEADLINE + quiet;
        loop {
            let marks = self.district.marks().await?;
            // A window in which something may be written: that it is not cannot be watched for.
            tokio::time::sleep(quiet).await;
            let written = self.district.writes_since(&marks).await?;
            let Some(last) = written.last() else { return Ok(()) };
            if Instant::now() > deadline {
                bail!(
                    "the district does not come to rest: {} writes in {quiet:?}, at last {last}",
                    written.len()
                );
            }
        }
    }

    /// Every request of ours since the marks, on all control planes.
    pub(super) async fn requests_since(&self, marks: &[Mark]) -> Result<Vec<(String, Entry)>> {
        // Not kept: once they stand, everything that was answered before is in the logs.
        self.district.marks().await?;
        let mut requests = Vec::new();
        for (plane, mark) in self.district.planes().zip(marks) {
            let entries = plane.audit().since(*mark)?.ours();
            requests.extend(entries.into_iter().map(|entry| (plane.name().to_owned(), entry)));
        }
        Ok(requests)
    }

    /// Does something with hub and agents killed, and starts them again.
    pub(super) async fn without_product<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.district.hub().kill()?;
        for site in self.district.sites() {
            site.kill_agent()?;
        }
        let done = work.await?;
        self.district.hub().start().await?;
        for site in self.district.sites() {
            site.start_agent()?;
            site.agent_ready().await?;
        }
        Ok(done)
    }
}
