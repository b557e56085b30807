//! What is held and what each way out comes to, as people read it.

use crds::{Decision, Lang, Message, OrderId};
use plan::order::short;
use plan::quarantine::{Both, HeldSet, TakeHub, TakeSite};

use super::super::page::{Page, one_line};
use super::super::share::{amount, change as amounts};
use super::super::words;
use super::read::Seen;
use super::{Way, restore_first};

/// Writes it in one language.
pub(super) fn show(seen: &Seen, held: &[HeldSet], ways: &[Way], lang: Lang) -> String {
    let mut page = Page::new(lang);
    let site = format!("{} ({})", seen.room.spec.display_name, seen.site);
    if let Some(silence) = seen.silence() {
        page.line_under(0, &one_line(&silence, lang));
    }
    if held.is_empty() {
        page.say(&Message::NothingHeld { site });
        if let Some(obstacle) = seen.obstacle() {
            page.warn(&obstacle);
        }
        return page.text();
    }
    page.say(&Message::SomeHeld { site, count: held.len().to_string() });
    page.gap();
    let mut table = page.headed([words::SET, words::HUBS_ORDER, words::SITES_ORDER, words::MESSAGE]);
    for held in held {
        let ruled = seen.ruled(held).map(|ruling| Message::AlreadyRuled { ruling }.to_string());
        let why: Vec<String> = std::iter::once(held.why.clone()).chain(ruled).collect();
        let why = one_line(&why.join("\n"), lang);
        table.row([held.set.clone(), hubs_order(held, lang), order(&held.site), why]);
    }
    page.table(&table);
    for way in ways {
        page.gap();
        one_way(&mut page, held, way);
    }
    if let Some(obstacle) = seen.obstacle() {
        page.gap();
        page.warn(&obstacle);
    }
    page.text()
}

/// One way, what it comes to for each set, and the command.
fn one_way(page: &mut Page, held: &[HeldSet], way: &Way) {
    let take_hub = way.decision == Decision::TakeHub;
    page.say(&if take_hub { Message::TakingHub {} } else { Message::TakingSite {} });
    for held in held {
        page.line_under(1, &held.set);
        let mut lines = if take_hub { hub_lines(&held.take_hub) } else { site_lines(held) };
        lines.extend(lines_of_both(&held.both, page.lang()));
        if lines.is_empty() {
            lines.push(Line::Said(Message::NothingElseChanges {}));
        }
        for line in lines {
            match line {
                Line::Said(message) => page.under(2, &message),
                Line::Stored(text) => page.line_under(2, &one_line(&text, page.lang())),
            }
        }
    }
    match &way.command {
        Some(command) => page.under(1, &Message::ConfirmWith { command: command.clone() }),
        None if !take_hub && restore_first(held) => page.under(1, &Message::RestoreNeeded {}),
        None => {}
    }
}

/// A line of what becomes of a set.
enum Line {
    Said(Message),
    Stored(String),
}

fn hub_lines(effects: &TakeHub) -> Vec<Line> {
    let TakeHub { stay, shares } = effects;
    let mut lines = Vec::new();
    if !stay.is_empty() {
        lines.push(Line::Said(Message::StayUnkept { namespaces: stay.join(", ") }));
    }
    lines.extend(shares.iter().map(|change| {
        let (from, to) = amounts(change.from.as_ref(), &change.to);
        Line::Said(Message::ShareChanges { namespace: change.namespace.clone(), from, to })
    }));
    lines
}

fn site_lines(held: &HeldSet) -> Vec<Line> {
    let TakeSite { create, shares, cannot } = &held.take_site;
    let mut lines: Vec<Line> = create
        .iter()
        .map(|new| {
            Line::Said(Message::WillRegister {
                workspace: new.name.clone(),
                namespace: new.namespace.clone(),
                system: new.system.clone(),
                share: amount(&new.share),
            })
        })
        .collect();
    lines.extend(shares.iter().map(|change| {
        let (from, to) = amounts(change.from.as_ref(), &change.to);
        Line::Said(Message::RegisterShare { workspace: change.workspace.clone(), from, to })
    }));
    lines.extend(cannot.iter().map(|cannot| Line::Stored(cannot.why.clone())));
    lines
}

fn lines_of_both(both: &Both, lang: Lang) -> Vec<Line> {
    let Both { made, taken, wrong } = both;
    let mut lines = Vec::new();
    if !made.is_empty() {
        lines.push(Line::Said(Message::WillBeMade { namespaces: made.join(", ") }));
    }
    if !wrong.is_empty() {
        lines.push(Line::Said(Message::WrongWorkspaces { workspaces: wrong.join(", ") }));
    }
    lines.extend(taken.iter().map(|taken| {
        Line::Said(Message::RemovalGoesOn {
            removal: taken.removal.clone(),
            namespace: taken.namespace.clone(),
            then: words::then(taken.then).of(lang).to_owned(),
        })
    }));
    lines
}

fn hubs_order(held: &HeldSet, lang: Lang) -> String {
    match held.term {
        Some(term) => format!("{} ({} {term})", order(&held.hub), words::TERM.of(lang)),
        None => String::new(),
    }
}

/// `5 0123456789ab`, or nothing for none.
fn order(id: &OrderId) -> String {
    if *id == OrderId::default() { String::new() } else { format!("{} {}", id.revision, short(&id.digest)) }
}
