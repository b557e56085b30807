//! `site revoke`: ends every credential of a site at once, by deleting the account that they are of. The hub makes a new one.

use crds::{Lang, Message};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, Preconditions};
use plan::admittance::AGENT;
use plan::names::site_namespace;

use super::confirm::{Command, code, confirmed};
use super::failure::{Exit, Failure, unanswered};
use super::lookup::site;
use super::output;
use super::page::Page;
use super::reach::{Connect, reach};
use super::write::refused;

/// What `site revoke` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct RevokeArgs {
    /// The data centre.
    #[arg(help = "机房短码或中文名 (data centre: short name or Chinese name)")]
    pub(crate) name: String,
    /// The code that was shown.
    #[arg(long, value_name = "CODE", help = "所示的确认码,执行撤销 (the code that was shown: revokes)")]
    pub(crate) confirm: Option<String>,
    // The agent's own `--kubeconfig` hides the plugin's from here, as in `JoinArgs`.
    #[command(flatten)]
    pub(crate) connect: Connect,
}

/// Shows what it would do, or does it.
pub(crate) async fn run(args: &RevokeArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let client = reach(connect).await?.client;
    let (site, room) = site(&client, &args.name).await?;
    let namespace = site_namespace(&site);
    let what = format!("ServiceAccount {namespace}/{AGENT}");
    let accounts: Api<ServiceAccount> = Api::namespaced(client, &namespace);
    let account = accounts.get_opt(AGENT).await.map_err(|error| unanswered("ServiceAccount", &error))?;
    let Some(uid) = account.and_then(|account| account.uid()) else {
        return Err(Message::SiteNotPrepared { site: site.to_string(), missing: what }.into());
    };
    let mut page = Page::new(lang);
    page.say(&Message::Revoking { site: format!("{} ({site})", room.spec.display_name) });
    // Of one account: the command of before does not revoke what was joined since.
    let code = code(&(site.as_str(), &uid))?;
    let command = Command::new(connect, ["site", "revoke", site.as_str()]);
    if !confirmed(page, args.confirm.as_deref(), &code, command)? {
        return Ok(Exit::Well);
    }
    let preconditions = Preconditions { uid: Some(uid), resource_version: None };
    let parameters = DeleteParams::default().preconditions(preconditions);
    accounts.delete(AGENT, &parameters).await.map_err(|error| refused(&what, &error))?;
    let mut page = Page::new(lang);
    page.say(&Message::Revoked { site: site.to_string() });
    output::text(&page.text())?;
    Ok(Exit::Well)
}
