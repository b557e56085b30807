//! Importing a form: read, compare, judge, ask; then show it, or write what was shown.

use crds::{Lang, Message};
use plan::form::{Action, Finding, Line, Sheet, read};
use serde::Serialize;

use super::super::confirm::{Command, code, confirmed};
use super::super::failure::{Exit, Failure};
use super::super::output;
use super::super::page::Page;
use super::super::reach::{Connect, reach};
use super::show::{Outcome, Report, failed_page, findings_page, lines_page, one};
use super::write::{Failed, write};
use super::{Import, Output, Subject, dry_run, export, file};

/// What people confirm: what is in the file, and what it would do to what stands now.
#[derive(Serialize)]
struct Shown<'a> {
    cells: Vec<&'a [String]>,
    lines: &'a [Line],
}

/// How many rows become what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) made: usize,
    pub(super) changed: usize,
    pub(super) same: usize,
}

impl Tally {
    pub(super) fn of(lines: &[Line]) -> Self {
        let mut tally = Self::default();
        for line in lines {
            match line.action {
                Action::Create => tally.made += 1,
                Action::Change(_) => tally.changed += 1,
                Action::Same => tally.same += 1,
            }
        }
        tally
    }
}

/// Shows what a form would do, or does it.
pub(super) async fn run<S: Subject>(
    import: &Import<'_>,
    connect: &Connect,
    lang: Lang,
) -> Result<Exit, Failure> {
    if let Some(path) = &import.args.template {
        return export::template(S::FORM, S::VERB, path, lang);
    }
    let path = import.args.file.clone().unwrap_or_default();
    let sheet = file::read(&path).map_err(|said| Failure { said, exit: Exit::WrongUse })?;
    let client = reach(connect).await?.client;
    let answer = Answer { path: path.display().to_string(), output: import.args.output, lang };

    let (subject, names) = S::look(&client).await?;
    let table = match read(S::FORM, &sheet, names, import.home.as_ref()) {
        Ok(table) => table,
        Err(findings) => return answer.wrong(&[], &findings),
    };
    let standing = subject.standing(&client, &table).await?;
    let (mut lines, mut findings) = plan::form::compare(&table, &standing);
    if findings.is_empty() {
        findings = subject.judge(&table, &mut lines);
        let wrong: Vec<Option<usize>> = findings.iter().map(|finding| finding.line).collect();
        let right = lines.iter().filter(|line| !wrong.contains(&Some(line.line))).cloned();
        let right: Vec<Line> = right.collect();
        findings.extend(dry_run::ask(&client, &S::resource(), &table, &right, lang).await?);
    }
    if !findings.is_empty() {
        findings.sort_by_key(|finding| finding.line);
        return answer.wrong(&lines, &findings);
    }
    let tally = Tally::of(&lines);
    if tally.made + tally.changed == 0 {
        return answer.say(&lines, Outcome::Same, &Message::FormSame { count: tally.same.to_string() });
    }

    let code = code(&shown(&sheet, &lines))?;
    let page = lines_page(&answer.path, &lines, &table.names, lang);
    let command = command::<S>(import, connect, &answer.path);
    if !answer.confirmed(page, &lines, import.args.confirm.as_deref(), &code, command)? {
        return Ok(Exit::Well);
    }
    match write(&client, &S::resource(), &lines, lang).await {
        Ok(()) => {
            let (made, changed) = (tally.made.to_string(), tally.changed.to_string());
            answer.say(&lines, Outcome::Written, &Message::FormWritten { made, changed })
        }
        Err(mut failed) => {
            failed.left_behind = S::left_behind(&client, &failed.unmade).await;
            answer.failed(&lines, &failed)
        }
    }
}

fn shown<'a>(sheet: &'a Sheet, lines: &'a [Line]) -> Shown<'a> {
    Shown { cells: sheet.rows.iter().map(|row| row.cells.as_slice()).collect(), lines }
}

fn command<S: Subject>(import: &Import<'_>, connect: &Connect, path: &str) -> Command {
    let command = Command::new(connect, S::VERB.iter().copied()).option("-f", path);
    match import.namespace {
        Some(namespace) => command.option("-n", namespace),
        None => command,
    }
}

/// How a file is answered.
struct Answer {
    path: String,
    output: Output,
    lang: Lang,
}

impl Answer {
    fn wrong(&self, lines: &[Line], findings: &[Finding]) -> Result<Exit, Failure> {
        match self.output {
            Output::Text => output::text(&findings_page(&self.path, findings, self.lang).text())?,
            Output::Json => output::json(&Report::new(&self.path, Outcome::Wrong, lines).with(findings))?,
        }
        Ok(Exit::NotWell)
    }

    fn say(&self, lines: &[Line], outcome: Outcome, said: &Message) -> Result<Exit, Failure> {
        match self.output {
            Output::Text => output::text(&one(said, self.lang).text())?,
            Output::Json => output::json(&Report::new(&self.path, outcome, lines))?,
        }
        Ok(Exit::Well)
    }

    fn confirmed(
        &self,
        page: Page,
        lines: &[Line],
        given: Option<&str>,
        code: &str,
        command: Command,
    ) -> Result<bool, Failure> {
        match self.output {
            Output::Text => Ok(confirmed(page, given, code, command)?),
            Output::Json if given == Some(code) => Ok(true),
            Output::Json => {
                let mut report = Report::new(&self.path, Outcome::Shown, lines);
                report.confirm = Some(code.to_owned());
                output::json(&report)?;
                match given {
                    None => Ok(false),
                    Some(_) => Err(Message::StateChanged {}.into()),
                }
            }
        }
    }

    fn failed(&self, lines: &[Line], failed: &Failed) -> Result<Exit, Failure> {
        match self.output {
            Output::Text => output::text(&failed_page(failed, self.lang).text())?,
            Output::Json => {
                let outcome = if failed.stays.is_empty() { Outcome::Undone } else { Outcome::HalfUndone };
                output::json(&Report::new(&self.path, outcome, lines).failed(failed))?;
            }
        }
        Ok(Exit::NotWell)
    }
}
