//! What a person decides about a request: they read all of it and what it would do, and confirm its approval number.

use std::path::PathBuf;

use crds::{
    Approval, ApprovalSpec, AskedAmounts, AskedSite, Lang, Message, RecordedDecision, ResourceRequest,
    Verdict,
};
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use kube::api::Api;
use plan::canonical::of_bytes;

use super::super::confirm::{Command, code, confirmed, given, reason_word};
use super::super::failure::{Exit, Failure};
use super::super::lookup::list;
use super::super::output;
use super::super::page::Page;
use super::super::reach::{Connect, Connection, reach};
use super::super::words::{self, Kind};
use super::super::write::create;
use super::{one, phase, show};

/// How a request is agreed to.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct DecideArgs {
    /// An opinion.
    #[arg(long, value_name = "TEXT", value_parser = given, help = "审批意见 (an opinion)")]
    pub(crate) reason: Option<String>,
    /// Less than was asked for.
    #[arg(
        long = "give",
        value_name = "SITE:cpu=4,memory=16Gi",
        value_parser = reduced,
        help = "核减为(部分批准),可重复;未写的项不变 (agree to less at a data centre; parts left out stay)"
    )]
    pub(crate) give: Vec<(String, AskedAmounts)>,
    /// Number of the document or minutes that this enters.
    #[arg(long, value_name = "TEXT", value_parser = given, requires_all = ["date", "scan"], help = "录入书面决定:文号或会议纪要号 (enter a decision on paper: its number)")]
    pub(crate) document: Option<String>,
    /// Its date.
    #[arg(long, value_name = "DAY", requires = "document", help = "其日期,如 2026-11-24 (its date)")]
    pub(crate) date: Option<String>,
    /// The scan of it.
    #[arg(
        long,
        value_name = "FILE",
        requires = "document",
        help = "其扫描件,只记摘要 (the scan of it: its digest is recorded)"
    )]
    pub(crate) scan: Option<PathBuf>,
    /// The decision on paper that this confirms.
    #[arg(
        long,
        value_name = "APPROVAL",
        conflicts_with = "document",
        help = "复核他人录入的书面决定 (confirm a decision on paper that another person entered)"
    )]
    pub(crate) confirms: Option<String>,
}

/// How a request is refused.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct RefuseArgs {
    /// The kind.
    #[arg(value_enum, help = "类型 (kind)")]
    pub(crate) what: Refusable,
    /// The request.
    #[arg(help = "名称 (name)")]
    pub(crate) name: String,
    /// Where it stands.
    #[arg(
        short,
        long,
        value_name = "NAMESPACE",
        help = "dept-<单位>,也可用中文名 (its namespace; default: the context's)"
    )]
    pub(crate) namespace: Option<String>,
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = given, help = "理由 (why)")]
    pub(crate) reason: String,
    /// The number that was shown.
    #[arg(long, value_name = "NUMBER", help = "所示的审批编号,完成 (the number that was shown: refuses)")]
    pub(crate) confirm: Option<String>,
}

/// What can be refused.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusable {
    /// A request.
    #[value(help = "资源申请 (ResourceRequest)")]
    Request,
}

/// What a person chose.
#[derive(Clone, Debug)]
pub(crate) struct Choice<'a> {
    /// The request.
    pub(crate) name: &'a str,
    /// Where it stands.
    pub(crate) namespace: Option<&'a str>,
    /// Agreed or refused.
    pub(crate) verdict: Verdict,
    /// The rest.
    pub(crate) args: &'a DecideArgs,
    /// The number that was shown.
    pub(crate) confirm: Option<&'a str>,
}

/// Refuses a request.
pub(crate) async fn refuse(args: &RefuseArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let Refusable::Request = args.what;
    let rest = DecideArgs { reason: Some(args.reason.clone()), ..DecideArgs::default() };
    let choice = Choice {
        name: &args.name,
        namespace: args.namespace.as_deref(),
        verdict: Verdict::Refuse,
        args: &rest,
        confirm: args.confirm.as_deref(),
    };
    decide(&choice, connect, lang).await
}

/// Shows a request with what granting it would do, or writes the decision.
pub(crate) async fn decide(choice: &Choice<'_>, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let connection = reach(connect).await?;
    let request = one(&connection, choice.name, choice.namespace).await?;
    let status = request.status.clone().unwrap_or_default();
    let mut page = show::page(&request, lang);
    let (Some(step), Some(stamp)) = (status.step, &request.spec.stamp) else {
        output::text(&page.text())?;
        let phase = words::phase(phase(&request)).of(lang).to_owned();
        return Err(Message::NothingToDecide { request: choice.name.to_owned(), phase }.into());
    };
    let spec = ApprovalSpec {
        request: request.name_any(),
        digest: step.digest.clone(),
        step: step.name.clone(),
        decision: choice.verdict,
        sites: less(&request, &choice.args.give)?,
        reason: choice.args.reason.clone(),
        recorded: recorded(choice.args)?,
        confirms: choice.args.confirms.clone(),
        stamp: None,
    };
    page.gap();
    page.say(&Message::Deciding {
        number: stamp.number.clone(),
        step: step.display_name.clone(),
        decision: words::verdict(choice.verdict).of(lang).to_owned(),
    });
    let number = format!("{}.{}", stamp.number, step.digest.get(..4).unwrap_or_default());
    if !confirmed(page, choice.confirm, &number, command(choice, connect, &request, lang))? {
        return Ok(Exit::Well);
    }
    let approval = Approval::new(&name_of(&request, &spec)?, spec);
    let what = create(&connection.client, &request.namespace().unwrap_or_default(), &approval).await?;
    let mut page = Page::new(lang);
    page.say(&Message::Written { what });
    output::text(&page.text())?;
    Ok(Exit::Well)
}

/// A name for a decision: several are made in one second, each at a step of its own or by another person.
fn name_of(request: &ResourceRequest, spec: &ApprovalSpec) -> Result<String, Message> {
    let own = code(&(Timestamp::now().as_nanosecond().to_string(), &spec.step))?;
    Ok(format!("{}-{own}", request.name_any()))
}

/// The command that does what is shown.
fn command(choice: &Choice<'_>, connect: &Connect, request: &ResourceRequest, lang: Lang) -> Command {
    let verb = if choice.verdict == Verdict::Approve { "approve" } else { "refuse" };
    let namespace = request.namespace().unwrap_or_default();
    let mut command = Command::new(connect, [verb, "request", choice.name, "-n", &namespace]);
    let args = choice.args;
    for (site, amounts) in &args.give {
        command = command.option("--give", &format!("{site}:{}", written(amounts)));
    }
    let scan = args.scan.as_ref().map(|scan| scan.display().to_string());
    let reason =
        args.reason.clone().or((choice.verdict == Verdict::Refuse).then(|| reason_word(lang).to_owned()));
    let options = [
        ("--reason", &reason),
        ("--document", &args.document),
        ("--date", &args.date),
        ("--scan", &scan),
        ("--confirms", &args.confirms),
    ];
    for (name, value) in options {
        if let Some(value) = value {
            command = command.option(name, value);
        }
    }
    command
}

/// The decision on paper, with the digest of its scan.
fn recorded(args: &DecideArgs) -> Result<Option<RecordedDecision>, Message> {
    let (Some(document), Some(date), Some(scan)) = (&args.document, &args.date, &args.scan) else {
        return Ok(None);
    };
    let unreadable = |error: std::io::Error| Message::FileUnreadable {
        path: scan.display().to_string(),
        error: error.to_string(),
    };
    let bytes = std::fs::read(scan).map_err(unreadable)?;
    Ok(Some(RecordedDecision { document: document.clone(), date: date.clone(), scan: of_bytes(&bytes) }))
}

/// What was asked for, with what is given instead.
fn less(request: &ResourceRequest, give: &[(String, AskedAmounts)]) -> Result<Vec<AskedSite>, Message> {
    if give.is_empty() {
        return Ok(Vec::new());
    }
    let mut sites = request.spec.sites.clone();
    for (name, amounts) in give {
        let known: Vec<String> = request.spec.sites.iter().map(|site| site.site.clone()).collect();
        let unknown = || Message::UnknownReference {
            field: "--give".into(),
            value: name.clone(),
            kind: Kind::DataCenter.in_message(),
            allowed: plan::listed(&known),
        };
        let site = sites.iter_mut().find(|site| site.site == *name).ok_or_else(unknown)?;
        let AskedAmounts { cpu, memory, storage, pods, volumes, services, namespaces } = amounts.clone();
        let was = site.amounts.clone();
        site.amounts = AskedAmounts {
            cpu: cpu.or(was.cpu),
            memory: memory.or(was.memory),
            storage: storage.or(was.storage),
            pods: pods.or(was.pods),
            volumes: volumes.or(was.volumes),
            services: services.or(was.services),
            namespaces: namespaces.or(was.namespaces),
        };
    }
    Ok(sites)
}

/// Reads `kaicheng:cpu=4,memory=16Gi`.
fn reduced(text: &str) -> Result<(String, AskedAmounts), String> {
    let form =
        || "形如 kaicheng:cpu=4,memory=16Gi,pods=20 (as in kaicheng:cpu=4,memory=16Gi,pods=20)".to_owned();
    let (site, parts) = text.split_once(':').ok_or_else(form)?;
    let mut amounts = AskedAmounts::default();
    for part in parts.split(',') {
        let (name, value) = part.split_once('=').ok_or_else(form)?;
        let count = || value.parse::<u32>().map(Some).map_err(|_| form());
        let text = || Some(value.to_owned());
        match name {
            "cpu" => amounts.cpu = text(),
            "memory" => amounts.memory = text(),
            "storage" => amounts.storage = text(),
            "pods" => amounts.pods = count()?,
            "volumes" => amounts.volumes = count()?,
            "services" => amounts.services = count()?,
            "namespaces" => amounts.namespaces = count()?,
            _ => return Err(form()),
        }
    }
    Ok((site.to_owned(), amounts))
}

/// As [`reduced`] reads it.
fn written(amounts: &AskedAmounts) -> String {
    let AskedAmounts { cpu, memory, storage, pods, volumes, services, namespaces } = amounts;
    let texts = [("cpu", cpu), ("memory", memory), ("storage", storage)];
    let texts = texts.into_iter().filter_map(|(name, text)| Some(format!("{name}={}", text.as_ref()?)));
    let counts = [("pods", pods), ("volumes", volumes), ("services", services), ("namespaces", namespaces)];
    let counts = counts.into_iter().filter_map(|(name, count)| Some(format!("{name}={}", (*count)?)));
    texts.chain(counts).collect::<Vec<_>>().join(",")
}

/// The decisions on a request, those that count, by when they were made.
pub(super) async fn approvals(
    connection: &Connection,
    request: &ResourceRequest,
) -> Result<Vec<Approval>, Message> {
    let api: Api<Approval> =
        Api::namespaced(connection.client.clone(), &request.namespace().unwrap_or_default());
    let mut all = list(api, &Kind::Approval.in_message()).await?;
    all.retain(|approval| approval.spec.request == request.name_any() && counts(approval));
    all.sort_by_key(|approval| approval.spec.stamp.as_ref().map(|stamp| stamp.at.clone()));
    Ok(all)
}

fn counts(approval: &Approval) -> bool {
    let conditions = approval.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    plan::conditions::is_true(conditions, plan::conditions::READY, approval.metadata.generation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_instead_is_read_as_it_is_written() {
        let (site, amounts) = reduced("kaicheng:cpu=500m,memory=16Gi,pods=20").unwrap();
        assert_eq!(
            (site.as_str(), amounts.cpu.as_deref(), amounts.pods),
            ("kaicheng", Some("500m"), Some(20))
        );
        assert_eq!(written(&amounts), "cpu=500m,memory=16Gi,pods=20");
        for wrong in ["kaicheng", "kaicheng:cpu", "kaicheng:gpu=1", "kaicheng:pods=x", ":"] {
            assert!(reduced(wrong).is_err(), "{wrong}");
        }
    }
}
