//! `explain`: the words of the platform, out of the one glossary.

use crds::message::glossary::{GLOSSARY, Term, term};
use crds::{Lang, Message};
use serde::Serialize;

use super::failure::{Exit, Failure};
use super::output::{self, Output};
use super::page::Page;
use super::words::{self, Kind};

/// How alike a word must be to be offered instead, from 0 to 1.
const NEAR: f64 = 0.6;
/// How many are offered.
const OFFERED: usize = 3;

/// What `explain` is asked.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ExplainArgs {
    /// The term.
    #[arg(help = "术语,中文或英文;不写则列出全部 (term in Chinese or English; left out: all of them)")]
    pub(crate) term: Option<String>,
    /// Form of the answer.
    #[arg(short, long, value_enum, default_value_t = Output::Text, help = "输出形式 (form of the answer)")]
    pub(crate) output: Output,
}

/// A term in the answer of `-o json`. Fields are added, never renamed or given another meaning.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    /// English term; of a kind of object, its kind.
    name: &'static str,
    /// Chinese term.
    chinese: &'static str,
    /// What else it is called.
    also: &'static [&'static str],
    /// What it means, in Chinese.
    meaning: &'static str,
    /// What it means, in English.
    meaning_english: &'static str,
    /// Terms to read next.
    see_also: &'static [&'static str],
}

/// Explains a term, or lists all.
pub(super) fn run(args: &ExplainArgs, lang: Lang) -> Result<Exit, Failure> {
    let wanted = match args.term.as_deref() {
        None => GLOSSARY.iter().collect(),
        Some(name) => match term(name) {
            Some(term) => vec![term],
            None => return unknown(name, lang),
        },
    };
    match (args.output, &wanted[..]) {
        (Output::Json, terms) => output::json(&terms.iter().map(|term| entry(term)).collect::<Vec<_>>())?,
        (Output::Text, [term]) => output::text(&one(term, lang))?,
        (Output::Text, terms) => output::text(&all(terms, lang))?,
    }
    Ok(Exit::Well)
}

fn unknown(name: &str, lang: Lang) -> Result<Exit, Failure> {
    let near = near(name);
    if !near.is_empty() {
        let terms = near.iter().map(|term| called(term)).collect::<Vec<_>>().join(", ");
        output::hint(&Message::TermsNear { terms }.text(lang));
    }
    Err(Message::NoTerm { term: name.to_owned() }.into())
}

/// The terms that are called nearly so, or whose name has it in it.
fn near(name: &str) -> Vec<&'static Term> {
    let name = name.to_lowercase();
    let alike = |term: &Term| {
        let of = |known: &str| {
            let known = known.to_lowercase();
            if !name.is_empty() && (known.contains(&name) || name.contains(&known)) {
                1.0
            } else {
                strsim::jaro_winkler(&known, &name)
            }
        };
        term.names().map(of).fold(0.0, f64::max)
    };
    let mut found: Vec<(f64, &Term)> = GLOSSARY.iter().map(|term| (alike(term), term)).collect();
    found.retain(|(alike, _)| *alike >= NEAR);
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    found.into_iter().take(OFFERED).map(|(_, term)| term).collect()
}

fn entry(term: &Term) -> Entry {
    let Term { name, zh, also, means_zh, means_en, see } = *term;
    Entry { name, chinese: zh, also, meaning: means_zh, meaning_english: means_en, see_also: see }
}

fn called(term: &Term) -> String {
    format!("{} {}", term.zh, term.name)
}

fn one(found: &Term, lang: Lang) -> String {
    let mut page = Page::new(lang);
    let also = if found.also.is_empty() { String::new() } else { format!(" ({})", found.also.join(", ")) };
    page.line_under(0, &format!("{}{also}", called(found)));
    page.line_under(1, found.means(lang));
    if !found.see.is_empty() {
        let terms = found.see.iter().filter_map(|name| term(name)).map(called).collect::<Vec<_>>().join(", ");
        page.under(1, &Message::SeeAlso { terms });
    }
    if Kind::called(found.name).is_some() {
        page.under(1, &Message::ExplainFields { kind: found.name.to_lowercase() });
    }
    page.text()
}

fn all(terms: &[&Term], lang: Lang) -> String {
    let mut page = Page::new(lang);
    let mut table = page.headed([words::CHINESE, words::ENGLISH, words::MEANING]);
    for term in terms {
        table.row([term.zh.to_owned(), term.name.to_owned(), term.means(lang).to_owned()]);
    }
    page.table(&table);
    page.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_explained_with_what_to_read_next() {
        let wanted = "资源额度 Budget (budgets)\n  单位在一个财政年度内、全部机房合计可用的资源总量\n  参见:资源批复 Grant, 机房配额 Allotment\n  各字段:kubectl explain budget.spec\n";
        assert_eq!(one(term("资源额度").unwrap(), Lang::Zh), wanted);
        assert!(
            one(term("drift").unwrap(), Lang::En).starts_with("漂移 Drift\n  what the platform keeps was")
        );
    }

    #[test]
    fn a_misspelt_term_is_offered_the_right_one_and_nonsense_nothing() {
        assert_eq!(near("额度")[0].name, "Budget");
        assert_eq!(near("Bugdet")[0].name, "Budget");
        assert!(near("zzzz").is_empty());
    }

    #[test]
    fn every_term_has_its_line() {
        let text = all(&GLOSSARY.iter().collect::<Vec<_>>(), Lang::Zh);
        assert_eq!(text.lines().count(), GLOSSARY.len() + 1);
    }
}
