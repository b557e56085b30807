//! `why`: from an object that is not ready down to the cause, and the command that would help.

mod chain;
mod links;
#[cfg(test)]
mod tests;

use crds::message::localize;
use crds::{Lang, Message};
use plan::names::department_of;
use serde::Serialize;

use self::chain::{Cause, Link, Target, causes, chain};
use super::failure::{Exit, Failure};
use super::output::{self, Output};
use super::page::Page;
use super::reach::{Connect, reach};
use super::seen::Seen;
use super::seen::read::{Ask, namespace, read};
use super::words::Kind;

/// What `why` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct WhyArgs {
    /// The object.
    #[arg(
        value_name = "KIND/NAME",
        help = "类型/名称,中文或英文均可,例如 业务空间/基础数据、dc/kaicheng (kind and name, such as ws/jichu)"
    )]
    pub(crate) object: String,
    /// Its namespace.
    #[arg(
        short,
        long,
        value_name = "NAMESPACE",
        help = "对象所在命名空间,或单位中文名 (its namespace, or the Chinese name of the department)"
    )]
    pub(crate) namespace: Option<String>,
    /// Form of the answer.
    #[arg(short, long, value_enum, default_value_t = Output::Text, help = "输出形式 (form of the answer)")]
    pub(crate) output: Output,
}

/// The answer of `-o json`. Fields are added, never renamed or given another meaning.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    /// Version of this structure: 1.
    format: u32,
    /// Whether the object is as it should be.
    well: bool,
    /// The object, and below it what it waits for.
    chain: &'a Link,
    /// Where the chain ends, with the command that would help.
    causes: &'a [Cause],
}

/// Shows why an object is not ready.
pub(super) async fn run(args: &WhyArgs, connect: &Connect, lang: Lang) -> Result<Exit, Failure> {
    let (kind, name) = object(&args.object)?;
    let connection = reach(connect).await?;
    // All that may be behind it is read, wherever it stands; the namespace only says which object is meant.
    let department = args.namespace.as_deref().map(|named| match department_of(named) {
        Some(name) => name.to_string(),
        None => named.to_owned(),
    });
    let seen = read(&connection, Ask { namespace: None, department: department.as_deref() }).await?;
    let home = args.namespace.as_deref().map(|named| namespace(named, &seen)).transpose()?;
    let target = Target { kind, name, namespace: home.as_deref() };
    let link = chain(&seen, &target)?;
    let causes = causes(&link);
    match args.output {
        Output::Text => output::text(&show(&link, &causes, &seen, lang))?,
        Output::Json => {
            output::json(&Answer { format: 1, well: link.is_well(), chain: &link, causes: &causes })?;
        }
    }
    Ok(if link.is_well() { Exit::Well } else { Exit::NotWell })
}

/// The kind and the name of `业务空间/基础数据`.
fn object(given: &str) -> Result<(Kind, &str), Message> {
    let parsed = given.split_once('/').and_then(|(kind, name)| Some((Kind::called(kind)?, name)));
    parsed.filter(|(_, name)| !name.is_empty()).ok_or_else(|| {
        let called = |kind: Kind| format!("{} {}", kind.term().zh, kind.term().also.first().unwrap_or(&""));
        let kinds = Kind::ALL.map(called).join(", ");
        Message::WhichObject { given: given.to_owned(), kinds }
    })
}

fn show(link: &Link, causes: &[Cause], seen: &Seen, lang: Lang) -> String {
    let mut page = Page::new(lang);
    if link.is_well() {
        page.say(&Message::NothingWrong { object: link.called(lang) });
        return page.text();
    }
    links(&mut page, link, 0, lang);
    for cause in causes {
        page.gap();
        page.say(&Message::CauseIs { object: cause.called(lang) });
        page.line_under(1, &localize(&cause.message, lang));
        if let Some(help) = cause.sentence(lang) {
            page.under(1, &help);
        }
    }
    // What is behind it may be among what the person may not see.
    if seen.data_centers.is_none() {
        page.gap();
        page.say(&Message::LeadsOutOfSight { kind: Kind::DataCenter.in_message() });
    }
    page.text()
}

/// A link, and below it what it waits for.
fn links(page: &mut Page, link: &Link, depth: usize, lang: Lang) {
    page.under(depth, &Message::NotReadyBecause { object: link.called(lang) });
    for line in localize(&link.message, lang).lines() {
        page.line_under(depth + 1, line);
    }
    for because in &link.because {
        links(page, because, depth + 1, lang);
    }
}
