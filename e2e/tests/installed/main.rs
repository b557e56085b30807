//! The product installed by its charts, in pods on real nodes.

use std::time::Instant;

use anyhow::Result;
use e2e::district::District;

#[tokio::test(flavor = "multi_thread")]
async fn installed() -> Result<()> {
    let started = Instant::now();
    let district =
        District::builder().sites(["kaicheng", "siping"]).real_nodes(["hub"], 2).installed().start().await?;
    eprintln!("started in {:?}", started.elapsed());
    let site = district.site("kaicheng")?;
    eprintln!("{}", site.kubectl(["get", "nodes,pods", "-A", "-o", "wide"]).await?);
    eprintln!("{}", district.hub().kubectl(["get", "nodes,pods", "-A", "-o", "wide"]).await?);
    eprintln!(
        "{}",
        district.hub().kubectl(["logs", "-n", "zhengyun-system", "deployment/zhengyun-hub"]).await?
    );
    eprintln!("{}", district.hub().kubectl(["get", "dc", "-o", "wide"]).await?);
    Ok(())
}
