//! `approve`: a second person reads what somebody asked for, and agrees under an approval number (审批编号).

use crds::{AccessGrant, Decision, Lang, Message, Removal, Ruling, Signature, Verdict, Workspace};
use kube::api::Api;
use kube::{Client, ResourceExt};
use plan::conditions::{READY, find};
use plan::names::{site_namespace, site_of};
use serde::Serialize;
use serde_json::json;

use super::confirm::{Command, code, confirmed, given};
use super::failure::{Exit, Failure, unanswered};
use super::lookup::{department, site};
use super::output;
use super::page::{Page, one_line};
use super::reach::{Connect, reach};
use super::remove::{means, wants};
use super::requests::{Choice, DecideArgs, decide};
use super::table::Table;
use super::words::{self, Kind, Word};
use super::write::{Kept, change, whoami};

/// What `approve` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ApproveArgs {
    /// The kind.
    #[arg(value_enum, help = "类型 (kind)")]
    pub(crate) what: What,
    /// The object.
    #[arg(help = "名称 (name)")]
    pub(crate) name: String,
    /// Where it stands.
    #[arg(
        short,
        long,
        value_name = "NAMESPACE",
        help = "site-<机房> 或 dept-<单位>,也可用中文名 (its namespace; default: the context's)"
    )]
    pub(crate) namespace: Option<String>,
    /// The number under which it was approved.
    #[arg(long, value_name = "TEXT", value_parser = given, required_if_eq_any = [("what", "ruling"), ("what", "removal")], help = "裁定、清退的审批编号 (of a ruling or removal: number under which it was approved)")]
    pub(crate) reference: Option<String>,
    /// How a request is decided.
    #[command(flatten)]
    pub(crate) decide: DecideArgs,
    /// The code that was shown.
    #[arg(long, value_name = "CODE", help = "所示的确认码,完成复核 (the code that was shown: agrees)")]
    pub(crate) confirm: Option<String>,
}

/// What is agreed to.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A request for resources.
    #[value(help = "资源申请 (ResourceRequest)")]
    Request,
    /// A ruling about a site.
    #[value(help = "人工裁定 (Ruling)")]
    Ruling,
    /// A removal of a workspace.
    #[value(help = "清退 (Removal)")]
    Removal,
    /// Somebody of the provider is let in.
    #[value(help = "临时运维授权 (AccessGrant)")]
    Access,
}

impl What {
    /// How it is written on the command line.
    fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Ruling => "ruling",
            Self::Removal => "removal",
            Self::Access => "access",
        }
    }
}

/// The command that a second person runs.
pub(crate) fn approve_command(
    connect: &Connect,
    what: What,
    namespace: &str,
    name: &str,
    lang: Lang,
) -> String {
    let reference = match lang {
        Lang::Zh => "<审批编号>",
        Lang::En => "<reference>",
    };
    let command = Command::new(connect, ["approve", what.word(), name, "-n", namespace]);
    command.option("--reference", reference).text()
}

/// What is asked for, as it is shown.
struct Asked {
    page: Page,
    /// What the code stands for.
    code: String,
    by: String,
    approval: Option<Signature>,
    /// Why there is nothing to agree to.
    settled: Option<Message>,
}

/// Shows what is asked for, or agrees to it.
pub(crate) async fn run(args: &ApproveArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    match args.what {
        What::Request => {
            let choice = Choice {
                name: &args.name,
                namespace: args.namespace.as_deref(),
                verdict: Verdict::Approve,
                args: &args.decide,
                confirm: args.confirm.as_deref(),
            };
            decide(&choice, connect, lang).await
        }
        What::Ruling => {
            let connection = reach(connect).await?;
            let wanted = args.namespace.as_deref().unwrap_or(&connection.namespace);
            let namespace = match site_of(wanted) {
                Some(_) => wanted.to_owned(),
                None => site_namespace(&site(&connection.client, wanted).await?.0),
            };
            let ruling: Ruling = get(&connection.client, &namespace, &args.name, "人工裁定 Ruling").await?;
            let asked = ruling_asked(&ruling, lang)?;
            agree(args, connect, &connection.client, asked, &ruling, lang).await
        }
        What::Access => {
            let connection = reach(connect).await?;
            let client = &connection.client;
            let wanted = args.namespace.as_deref().unwrap_or(&connection.namespace);
            let (_, namespace) = department(client, wanted).await?;
            let grant: AccessGrant = get(client, &namespace, &args.name, "临时运维授权 AccessGrant").await?;
            agree(args, connect, client, access_asked(&grant, lang)?, &grant, lang).await
        }
        What::Removal => {
            let connection = reach(connect).await?;
            let client = &connection.client;
            let wanted = args.namespace.as_deref().unwrap_or(&connection.namespace);
            let (_, namespace) = department(client, wanted).await?;
            let removal: Removal = get(client, &namespace, &args.name, "清退 Removal").await?;
            let workspaces: Api<Workspace> = Api::namespaced(client.clone(), &namespace);
            let workspace = workspaces.get_opt(&removal.spec.workspace).await;
            let workspace = workspace.map_err(|error| unanswered(Kind::Workspace.in_message(), &error))?;
            let asked = removal_asked(&removal, workspace.as_ref(), lang)?;
            agree(args, connect, client, asked, &removal, lang).await
        }
    }
}

fn access_asked(grant: &AccessGrant, lang: Lang) -> Result<Asked, Message> {
    let spec = &grant.spec;
    let what: Vec<&str> = spec.verbs.iter().map(|verb| words::access(*verb).of(lang)).collect();
    let secrets = spec.secrets.then(|| words::WITH_SECRETS.of(lang));
    let rows = [
        (words::LET_IN, spec.user.clone()),
        (Kind::Workspace.word(), spec.workspaces.join(", ")),
        (Kind::DataCenter.word(), spec.sites.join(", ")),
        (words::MAY, what.into_iter().chain(secrets).collect::<Vec<_>>().join(", ")),
        (words::HOURS, spec.hours.to_string()),
        (words::TICKET, spec.ticket.clone()),
        (words::ASKED_BY, spec.by.clone()),
        (words::REASON, spec.reason.clone()),
    ];
    let ready = grant.status.as_ref().and_then(|status| find(&status.conditions, READY));
    let (approval, ready) = (spec.approval.as_ref(), ready.map(|ready| &*ready.message));
    let mut page = Page::new(lang);
    page.table(&facts("临时运维授权 AccessGrant", grant, &rows, approval, ready, lang));
    Ok(Asked {
        page,
        code: code_of(grant, spec)?,
        by: spec.by.clone(),
        approval: spec.approval.clone(),
        settled: spec.ended.then_some(Message::AccessDeclined {}),
    })
}

async fn get<K: Kept>(client: &Client, namespace: &str, name: &str, kind: &str) -> Result<K, Message> {
    let api: Api<K> = Api::namespaced(client.clone(), namespace);
    let object = api.get_opt(name).await.map_err(|error| unanswered(kind, &error))?;
    object.ok_or_else(|| Message::NotFound { kind: kind.to_owned(), name: format!("{namespace}/{name}") })
}

async fn agree<K: Kept>(
    args: &ApproveArgs,
    connect: &Connect,
    client: &Client,
    asked: Asked,
    object: &K,
    lang: Lang,
) -> Result<Exit, Failure> {
    let me = whoami(client).await?;
    if let Some(refusal) = refusal(&asked, &me) {
        output::text(&asked.page.text())?;
        return Err(refusal.into());
    }
    let (namespace, name) = (object.namespace().unwrap_or_default(), object.name_any());
    let command = Command::new(connect, ["approve", args.what.word(), &name, "-n", &namespace]);
    let reference = args.reference.clone().unwrap_or_default();
    let command = command.option("--reference", &reference);
    if !confirmed(asked.page, args.confirm.as_deref(), &asked.code, command)? {
        return Ok(Exit::Well);
    }
    let signature = Signature { by: me, reference };
    change(client, object, json!({"approval": signature})).await?;
    let mut page = Page::new(lang);
    page.say(&Message::Written { what: format!("{} {namespace}/{name}: approval", K::kind(&())) });
    output::text(&page.text())?;
    Ok(Exit::Well)
}

/// Why this person cannot agree to it now.
fn refusal(asked: &Asked, me: &str) -> Option<Message> {
    if let Some(Signature { by, reference }) = &asked.approval {
        return Some(Message::AlreadyApproved { by: by.clone(), reference: reference.clone() });
    }
    let own = (asked.by == me).then_some(Message::OwnApproval {});
    asked.settled.clone().or(own)
}

fn ruling_asked(ruling: &Ruling, lang: Lang) -> Result<Asked, Message> {
    let spec = &ruling.spec;
    let namespace = ruling.namespace().unwrap_or_default();
    let site = site_of(&namespace).map_or(namespace, |site| site.to_string());
    let decision = words::decision(spec.decision).of(lang).to_owned();
    let rows = [
        (words::DECISION, decision),
        (words::ASKED_BY, spec.by.clone()),
        (words::REASON, spec.reason.clone()),
    ];
    let ready = ruling.status.as_ref().and_then(|status| find(&status.conditions, READY));
    let mut page = Page::new(lang);
    page.table(&facts(
        "人工裁定 Ruling",
        ruling,
        &rows,
        spec.approval.as_ref(),
        ready.map(|ready| &*ready.message),
        lang,
    ));
    page.gap();
    page.say(&match spec.decision {
        Decision::TakeHub => Message::TakingHub {},
        Decision::TakeSite => Message::TakingSite {},
        Decision::Abandon => Message::Abandoning { site },
        Decision::Readmit => Message::Readmitting { site },
        Decision::Vouch => Message::Vouching { sites: site },
        Decision::TrustKeys => Message::TrustingKeys {
            site,
            before: "-".to_owned(),
            now: spec.fingerprint.clone().unwrap_or_default(),
        },
    });
    let needs_none = !matches!(spec.decision, Decision::Abandon | Decision::Readmit);
    Ok(Asked {
        page,
        code: code_of(ruling, spec)?,
        by: spec.by.clone(),
        approval: spec.approval.clone(),
        settled: needs_none.then_some(Message::NeedsNoApproval {}),
    })
}

fn removal_asked(removal: &Removal, workspace: Option<&Workspace>, lang: Lang) -> Result<Asked, Message> {
    let spec = &removal.spec;
    let rows = [
        (Kind::Workspace.word(), spec.workspace.clone()),
        (words::BECOMES, words::then(spec.then).of(lang).to_owned()),
        (words::ASKED_BY, spec.by.clone()),
        (words::REASON, spec.reason.clone()),
    ];
    let ready = removal.status.as_ref().and_then(|status| find(&status.conditions, READY));
    let mut page = Page::new(lang);
    page.table(&facts(
        "清退 Removal",
        removal,
        &rows,
        spec.approval.as_ref(),
        ready.map(|ready| &*ready.message),
        lang,
    ));
    page.gap();
    page.say(&means(spec.then));
    let mut table = page.headed([Kind::DataCenter.word(), words::NAMESPACE, words::UID]);
    for place in &spec.places {
        table.row([place.site.clone(), place.namespace.clone(), place.uid.clone()]);
    }
    page.table(&table);
    let wanted = |place: &&crds::RemovalPlace| {
        workspace.is_some_and(|workspace| wants(workspace, &place.site, &place.namespace))
    };
    for place in spec.places.iter().filter(wanted) {
        page.warn(&Message::StillWanted { workspace: spec.workspace.clone(), site: place.site.clone() });
    }
    Ok(Asked {
        page,
        code: code_of(removal, spec)?,
        by: spec.by.clone(),
        approval: spec.approval.clone(),
        settled: spec.withdrawn.then_some(Message::RemovalWithdrawn {}),
    })
}

/// What a person agrees to: this object and none that took its name since, as it says now.
fn code_of(object: &impl ResourceExt, spec: &impl Serialize) -> Result<String, Message> {
    code(&(object.uid(), object.namespace(), object.name_any(), spec))
}

fn facts(
    kind: &str,
    object: &impl ResourceExt,
    rows: &[(Word, String)],
    approval: Option<&Signature>,
    ready: Option<&str>,
    lang: Lang,
) -> Table {
    let kind = match lang {
        Lang::Zh => kind.split(' ').next(),
        Lang::En => kind.split(' ').nth(1),
    };
    let mut table = Table::default();
    let name = format!("{}/{}", object.namespace().unwrap_or_default(), object.name_any());
    table.row([kind.unwrap_or_default().to_owned(), name]);
    for (word, value) in rows {
        table.row([word.of(lang).to_owned(), value.clone()]);
    }
    if let Some(Signature { by, reference }) = approval {
        table.row([words::AGREED_BY.of(lang).to_owned(), format!("{by} ({reference})")]);
    }
    if let Some(ready) = ready {
        table.row([words::READY.of(lang).to_owned(), one_line(ready, lang)]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn ruling(decision: &str, approval: Value) -> Ruling {
        let sets = if decision == "takeHub" { json!([{"set": "a", "site": {}}]) } else { json!([]) };
        let spec = json!({
            "decision": decision, "sets": sets, "by": "lin", "reason": "机房\u{1b}[2J拆除", "approval": approval
        });
        let mut ruling = Ruling::new("abandon-1", serde_json::from_value(spec).unwrap());
        ruling.metadata.namespace = Some("site-kaicheng".into());
        ruling.metadata.uid = Some("u1".into());
        ruling
    }

    fn removal(then: &str, withdrawn: bool) -> Removal {
        let spec = json!({
            "workspace": "jichu", "places": [{"site": "kaicheng", "namespace": "jiaoyu-jichu", "uid": "u9"}],
            "then": then, "by": "lin", "reason": "系统下线", "withdrawn": withdrawn
        });
        let mut removal = Removal::new("jichu-1", serde_json::from_value(spec).unwrap());
        removal.metadata.namespace = Some("dept-jiaoyu".into());
        removal
    }

    #[test]
    fn who_agrees_reads_what_is_asked_by_whom_why_and_what_it_does() {
        let text = ruling_asked(&ruling("abandon", Value::Null), Lang::Zh).unwrap().page.text();
        assert_eq!(
            text,
            "\
人工裁定  site-kaicheng/abandon-1
裁定      放弃机房
提交者    lin
理由      机房[2J拆除

放弃机房 kaicheng:不再向其下发,其凭证不再有任何权限;现场一切保持原状继续运行,其份额仍计入;须另一人复核后生效
"
        );
        let text = removal_asked(&removal("delete", false), None, Lang::En).unwrap().page.text();
        assert_eq!(
            text,
            "\
Removal    dept-jiaoyu/jichu-1
Workspace  jichu
Then       delete
Asked by   lin
Reason     系统下线

delete: the namespaces and everything in them are deleted for good
Data centre  NAMESPACE     UID
kaicheng     jiaoyu-jichu  u9
"
        );
    }

    #[test]
    fn nobody_agrees_with_themselves_twice_or_to_what_is_past() {
        let may = |asked: &Asked, me: &str| refusal(asked, me);
        let open = ruling_asked(&ruling("readmit", Value::Null), Lang::Zh).unwrap();
        assert_eq!(may(&open, "wang"), None);
        assert_eq!(may(&open, "lin"), Some(Message::OwnApproval {}));
        let approval = json!({"by": "wang", "reference": "审1"});
        let done = ruling_asked(&ruling("abandon", approval), Lang::Zh).unwrap();
        assert!(matches!(may(&done, "zhao"), Some(Message::AlreadyApproved { .. })));
        let alone = ruling_asked(&ruling("takeHub", Value::Null), Lang::Zh).unwrap();
        assert_eq!(may(&alone, "wang"), Some(Message::NeedsNoApproval {}));
        let withdrawn = removal_asked(&removal("keep", true), None, Lang::Zh).unwrap();
        assert_eq!(may(&withdrawn, "wang"), Some(Message::RemovalWithdrawn {}));
    }

    #[test]
    fn a_code_is_of_this_object_as_it_says_now() {
        let code_of = |ruling: &Ruling| ruling_asked(ruling, Lang::Zh).unwrap().code;
        let one = ruling("abandon", Value::Null);
        let mut again = one.clone();
        again.metadata.uid = Some("u2".into());
        assert_eq!(code_of(&one), code_of(&one.clone()));
        assert_ne!(code_of(&one), code_of(&again));
        assert_ne!(code_of(&one), code_of(&ruling("readmit", Value::Null)));
    }

    #[test]
    fn what_is_still_wanted_is_said_to_who_agrees() {
        let sites = json!([{"site": "kaicheng", "share": {"cpu": "1", "memory": "1Gi"}}]);
        let spec = json!({"displayName": "n", "system": "s", "zone": "extranet", "sites": sites});
        let workspace = Workspace::new("jichu", serde_json::from_value(spec).unwrap());
        let warned = |workspace: Option<&Workspace>| {
            let page = removal_asked(&removal("delete", false), workspace, Lang::Zh).unwrap().page;
            page.text().contains("ZY-1220 ")
        };
        assert!(warned(Some(&workspace)) && !warned(None));
    }

    #[test]
    fn the_second_persons_command_has_a_place_for_the_number() {
        let command = approve_command(&Connect::default(), What::Removal, "dept-a", "r-1", Lang::Zh);
        assert_eq!(command, "kubectl zhengyun approve removal r-1 -n dept-a --reference '<审批编号>'");
        assert!(given("<审批编号>").is_err());
    }
}
