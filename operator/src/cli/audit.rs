//! `audit`: what people of the provider and the platform did in a department's namespaces, out of the audit logs of API servers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use crds::{AccessGrant, Lang, Message, Workspace};
use kube::{Api, Client, ResourceExt};
use plan::audit::{Act, Acts, Facts, Under, Who};
use plan::names::{DepartmentName, department_namespace};
use serde::Serialize;

use super::failure::{Exit, Failure};
use super::lookup::{department, list};
use super::output::{self, Output};
use super::page::Page;
use super::reach::{Connect, reach};
use super::table::Table;
use super::words::{self, Kind, Word};

/// No event of an API server is longer; what is, is no event.
const LONGEST_LINE: u64 = 4 * 1024 * 1024;

/// What `audit` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct AuditArgs {
    /// The department.
    #[arg(long, value_name = "NAME", help = "单位短码或中文名 (department: short name or Chinese name)")]
    pub(crate) department: String,
    /// The logs.
    #[arg(
        long,
        value_name = "FILE",
        num_args = 1..,
        required = true,
        help = "中心和各机房 API server 的审计日志(每行一个 JSON),- 为标准输入 (audit logs of hub and sites, JSON lines; - is stdin)"
    )]
    pub(crate) log: Vec<PathBuf>,
    /// Form of the answer.
    #[arg(short, long, value_enum, default_value_t = Output::Text, help = "输出形式 (form of the answer)")]
    pub(crate) output: Output,
}

/// The answer of `-o json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    department: String,
    acts: Vec<Act>,
    /// Acts in its workspaces that the department had not agreed to.
    without_grant: usize,
    unreadable_lines: usize,
}

/// Reads the logs and shows what was done.
pub(super) async fn run(args: &AuditArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let client = reach(connect).await?.client;
    let home = match DepartmentName::parse(&args.department) {
        Ok(name) => department_namespace(&name),
        Err(_) => department(&client, &args.department).await?.1,
    };
    let grants = access_grants(&client, &home).await?;
    let workspaces: Vec<Workspace> =
        list(Api::namespaced(client.clone(), &home), &Kind::Workspace.in_message()).await?;
    let facts = Facts { home: &home, namespaces: &namespaces(&workspaces), grants: &grants };
    let mut acts = Acts::new(&facts);
    for path in &args.log {
        let failed = |error: std::io::Error| Message::FileUnreadable {
            path: path.display().to_string(),
            error: error.to_string(),
        };
        if path == Path::new("-") {
            read(std::io::stdin().lock(), &mut acts).map_err(failed)?;
        } else {
            read(BufReader::new(File::open(path).map_err(failed)?), &mut acts).map_err(failed)?;
        }
    }
    let unreadable_lines = acts.unreadable;
    let acts = acts.all();
    let without_grant = acts.iter().filter(|act| act.under == Under::Nothing).count();
    let answer = Answer { department: args.department.clone(), acts, without_grant, unreadable_lines };
    match args.output {
        Output::Json => output::json(&answer)?,
        Output::Text => output::text(&shown(&answer, lang))?,
    }
    Ok(if without_grant == 0 && unreadable_lines == 0 { Exit::Well } else { Exit::NotWell })
}

/// The access grants of a department.
async fn access_grants(client: &Client, home: &str) -> Result<Vec<AccessGrant>, Message> {
    list(Api::namespaced(client.clone(), home), "临时运维授权 AccessGrant").await
}

/// The namespaces of each workspace on the sites.
fn namespaces(workspaces: &[Workspace]) -> BTreeMap<String, BTreeSet<String>> {
    let named = workspaces.iter().map(|workspace| {
        let status = workspace.status.as_ref();
        (workspace.name_any(), status.and_then(|status| status.namespace.clone()).into_iter().collect())
    });
    named.collect()
}

/// Reads lines of any length, of which those that are too long are no events.
fn read(mut log: impl BufRead, acts: &mut Acts<'_>) -> std::io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        log.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(());
        }
        acts.line(&line);
        while line.last() != Some(&b'\n') {
            // The rest of a line that is too long; at the end of the file there is none.
            line.clear();
            if log.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
        }
    }
}

const COLUMNS: [Word; 7] = [
    Word::new("时间", "TIME"),
    Word::new("用户", "USER"),
    Word::new("身份", "WHO"),
    words::NAMESPACE,
    Word::new("操作", "ACT"),
    Word::new("结果", "ANSWER"),
    Word::new("依据", "UNDER"),
];

fn shown(answer: &Answer, lang: Lang) -> String {
    let mut page = Page::new(lang);
    let Answer { acts, without_grant, unreadable_lines, .. } = answer;
    page.say(&Message::AuditActs { acts: acts.len().to_string() });
    if *without_grant > 0 {
        page.warn(&Message::AuditWithoutGrant { acts: without_grant.to_string() });
    }
    if *unreadable_lines > 0 {
        page.warn(&Message::AuditUnreadable { lines: unreadable_lines.to_string() });
    }
    if !acts.is_empty() {
        page.gap();
        let mut table: Table = page.headed(COLUMNS);
        for act in acts {
            table.row(row(act, lang));
        }
        page.table(&table);
    }
    page.text()
}

fn row(act: &Act, lang: Lang) -> [String; 7] {
    let user = match &act.acting_as {
        Some(other) => format!("{} → {other}", act.user),
        None => act.user.clone(),
    };
    let who = match act.who {
        Who::Provider => Word::new("云服务商", "provider"),
        Who::Engineer => Word::new("平台工程师", "platform engineer"),
        Who::Officer => Word::new("安全、审计管理员", "officer"),
        Who::Superuser => Word::new("超级管理员", "superuser"),
        Who::LetIn => Word::new("被授权人", "let in"),
    };
    let under = match &act.under {
        Under::Refused => Word::new("(被拒绝)", "(refused)").of(lang).to_owned(),
        Under::Role => Word::new("中心的岗位权限", "role on the hub").of(lang).to_owned(),
        Under::Nothing => Word::new("!无授权", "!NO GRANT").of(lang).to_owned(),
        Under::Grant(name) => name.clone(),
    };
    let what = format!("{} {} {}", act.verb, act.resource, act.name);
    let code = if act.code == 0 { String::new() } else { act.code.to_string() };
    [
        act.at.clone(),
        user,
        who.of(lang).to_owned(),
        act.namespace.clone(),
        what.trim_end().to_owned(),
        code,
        under,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(user: &str, namespace: &str) -> String {
        format!(
            r#"{{"auditID":"{user}{namespace}","stage":"ResponseComplete","verb":"get","user":{{"username":"{user}","groups":["oidc:zhengyun-providers"]}},"objectRef":{{"namespace":"{namespace}","resource":"pods","name":"a"}},"responseStatus":{{"code":200}},"requestReceivedTimestamp":"2026-11-24T12:00:00.000000Z"}}"#
        )
    }

    fn acts_of(log: &[u8]) -> (usize, usize) {
        let namespaces = BTreeMap::from([("one".to_owned(), BTreeSet::from(["jiaoyu-one".to_owned()]))]);
        let facts = Facts { home: "dept-jiaoyu", namespaces: &namespaces, grants: &[] };
        let mut acts = Acts::new(&facts);
        read(log, &mut acts).unwrap();
        let unreadable = acts.unreadable;
        (acts.all().len(), unreadable)
    }

    #[test]
    fn a_line_without_an_end_and_one_that_is_too_long_do_not_hide_the_others() {
        let mut log = line("a", "jiaoyu-one").into_bytes();
        log.push(b'\n');
        log.extend(vec![b'x'; usize::try_from(LONGEST_LINE).unwrap() * 2 + 7]);
        log.push(b'\n');
        log.extend(line("b", "jiaoyu-one").into_bytes());
        assert_eq!(acts_of(&log), (2, 1));
    }

    #[test]
    fn what_a_log_says_cannot_move_the_cursor_and_an_act_without_a_grant_stands_out() {
        let act = Act {
            at: "2026-11-24T12:00:00Z".into(),
            user: "oidc:wu\u{1b}[2J".into(),
            acting_as: Some("oidc:li".into()),
            who: Who::Provider,
            namespace: "jiaoyu-one".into(),
            verb: "create".into(),
            resource: "pods/exec".into(),
            name: "a".into(),
            code: 101,
            under: Under::Nothing,
        };
        let answer =
            Answer { department: "jiaoyu".into(), acts: vec![act], without_grant: 1, unreadable_lines: 0 };
        let expected = "\
本单位的命名空间中有云服务商和平台人员的操作 1 次
ZY-3151 其中 1 次没有本单位同意的临时运维授权

时间                  用户                  身份      命名空间    操作                结果  依据
2026-11-24T12:00:00Z  oidc:wu[2J → oidc:li  云服务商  jiaoyu-one  create pods/exec a  101   !无授权
";
        assert_eq!(shown(&answer, Lang::Zh), expected);
    }
}
