//! Real nodes.

use std::time::Instant;

use anyhow::Result;
use e2e::district::District;

#[tokio::test(flavor = "multi_thread")]
async fn pods_run_on_real_nodes() -> Result<()> {
    let started = Instant::now();
    let district = District::builder()
        .sites(["kaicheng", "siping"])
        .real_nodes(["hub", "kaicheng", "siping"], 1)
        .without_product()
        .start()
        .await?;
    eprintln!("started in {:?}", started.elapsed());
    let site = district.site("kaicheng")?;
    eprintln!("{}", site.kubectl(["get", "nodes,pods", "-A", "-o", "wide"]).await?);
    eprintln!("{}", site.kubectl(["logs", "-n", "kube-system", "deployment/coredns"]).await?);
    Ok(())
}
