//! `site trust`: a security officer accepts the keys that a site signs ServiceAccount tokens with now.

use crds::{Lang, Message, SiteReport};
use kube::ResourceExt;
use kube::api::Api;
use plan::names::site_namespace;
use plan::report::Said;
use plan::trust::fingerprint;

use super::confirm::{Command, code, confirmed, given};
use super::failure::{Exit, Failure};
use super::lookup::{list, site};
use super::output;
use super::page::Page;
use super::reach::{Connect, reach};
use super::reports::shards;
use super::write::trust;

/// What `site trust` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct TrustArgs {
    /// The data centre.
    #[arg(help = "机房短码或中文名 (data centre: short name or Chinese name)")]
    pub(crate) name: String,
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = given, help = "理由 (why)")]
    pub(crate) reason: String,
    /// The code that was shown.
    #[arg(
        long,
        value_name = "CODE",
        help = "所示的确认码,认可公钥 (the code that was shown: accepts the keys)"
    )]
    pub(crate) confirm: Option<String>,
    // The agent's own `--kubeconfig` hides the plugin's from here, as in `JoinArgs`.
    #[command(flatten)]
    pub(crate) connect: Connect,
}

/// Shows which keys take the place of which, or accepts them.
pub(crate) async fn run(args: &TrustArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let client = reach(connect).await?.client;
    let (site, room) = site(&client, &args.name).await?;
    let namespace = site_namespace(&site);
    let reports: Vec<SiteReport> = list(Api::namespaced(client.clone(), &namespace), "SiteReport").await?;
    let shards = shards(reports);
    let said = Said::new(&shards);
    let now = said.head().and_then(|head| head.issuer.as_ref());
    let before = room.status.as_ref().and_then(|status| status.issuer.as_ref());
    let (Some(before), Some(now)) = (before, now.filter(|now| before != Some(*now))) else {
        return Err(Message::NothingToTrust { site: site.to_string() }.into());
    };
    let (before, now) = (fingerprint(before), fingerprint(now));
    let mut page = Page::new(lang);
    let called = format!("{} ({site})", room.spec.display_name);
    page.say(&Message::TrustingKeys { site: called, before: before.clone(), now: now.clone() });
    let code = code(&(site.as_str(), &before, &now))?;
    let command = Command::new(connect, ["site", "trust", site.as_str()]).option("--reason", &args.reason);
    if !confirmed(page, args.confirm.as_deref(), &code, command)? {
        return Ok(Exit::Well);
    }
    let ruling = trust(&client, &site, &now, &args.reason).await?;
    let mut page = Page::new(lang);
    page.say(&Message::Written { what: format!("Ruling {namespace}/{}", ruling.name_any()) });
    output::text(&page.text())?;
    Ok(Exit::Well)
}
