//! A request as people read it.

use crds::{Amounts, AskedSite, Lang, RequestPhase, ResourceRequest, WhatIf};
use kube::ResourceExt;
use plan::conditions::{READY, find};
use plan::request::measured;
use serde::Serialize;

use super::super::page::{Page, one_line};
use super::super::table::Table;
use super::super::words::{self, Kind, Word};

/// One line of the list.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub(super) number: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) system: String,
    pub(super) phase: RequestPhase,
    pub(super) step: String,
    pub(super) due: String,
    pub(super) overdue: bool,
    pub(super) by: String,
    pub(super) message: String,
}

/// What the list says of a request.
pub(super) fn row(request: &ResourceRequest) -> Row {
    let stamp = request.spec.stamp.as_ref();
    let status = request.status.clone().unwrap_or_default();
    let step = status.step.unwrap_or_default();
    Row {
        number: stamp.map(|stamp| stamp.number.clone()).unwrap_or_default(),
        namespace: request.namespace().unwrap_or_default(),
        name: request.name_any(),
        system: request.spec.system.clone(),
        phase: status.phase,
        step: step.display_name,
        due: step.due,
        overdue: step.overdue,
        by: stamp.map(|stamp| stamp.by.clone()).unwrap_or_default(),
        message: find(&status.conditions, READY).map(|ready| ready.message.clone()).unwrap_or_default(),
    }
}

/// All of a request: what is asked for, what granting it would do, what happened, what is in force.
pub(super) fn page(request: &ResourceRequest, lang: Lang) -> Page {
    let mut page = Page::new(lang);
    page.table(&facts(request, lang));
    page.gap();
    let mut asked = page.headed(AMOUNTS);
    for site in &request.spec.sites {
        asked.row(site_cells(site));
    }
    page.table(&asked);
    let status = request.status.clone().unwrap_or_default();
    if !status.what_if.is_empty() {
        page.gap();
        page.line_under(0, words::WHAT_IF.of(lang));
        page.table(&what_if(&page, &status.what_if, lang));
    }
    if !status.enforced.is_empty() {
        page.gap();
        let mut table = page.headed([Kind::DataCenter.word(), words::ENFORCED]);
        for site in &status.enforced {
            let amounts = site.allotment.as_ref().map(in_short).unwrap_or_default();
            table.row([site.site.clone(), amounts]);
        }
        page.table(&table);
    }
    if !status.history.is_empty() {
        page.gap();
        let mut table = page.headed([words::WHEN, words::WHO, words::WHAT]);
        for entry in &status.history {
            table.row([in_china(&entry.at), entry.by.clone(), one_line(&entry.message, lang)]);
        }
        page.table(&table);
    }
    page
}

/// Headings of amounts.
const AMOUNTS: [Word; 8] = [
    words::SITE,
    words::CPU,
    words::MEMORY,
    words::STORAGE,
    words::PODS,
    words::VOLUMES,
    words::SERVICES,
    words::NAMESPACES,
];

fn site_cells(site: &AskedSite) -> [String; 8] {
    let amounts = measured(&site.amounts).amounts();
    let Amounts { cpu, memory, storage, pods, volumes, services, namespaces } = amounts;
    let counts = [pods, volumes, services, namespaces].map(|count| count.to_string());
    let [pods, volumes, services, namespaces] = counts;
    [site.site.clone(), cpu, memory, storage, pods, volumes, services, namespaces]
}

/// What granting would do, a line for each site.
pub(super) fn what_if(page: &Page, all: &[WhatIf], lang: Lang) -> Table {
    let mut table = page.headed([Kind::DataCenter.word(), words::HELD_NOW, words::HELD_THEN, words::MESSAGE]);
    for one in all {
        let message = one.message.as_deref().map(|said| one_line(said, lang)).unwrap_or_default();
        table.row([one.site.clone(), in_short(&one.now), in_short(&one.then), message]);
    }
    table
}

/// Amounts on one line, without what there is none of.
pub(super) fn in_short(amounts: &Amounts) -> String {
    let Amounts { cpu, memory, storage, pods, volumes, services, namespaces } = amounts;
    let counts = [("pods", pods), ("volumes", volumes), ("services", services), ("namespaces", namespaces)];
    let texts = [("cpu", cpu), ("memory", memory), ("storage", storage)];
    let texts = texts.into_iter().filter(|(_, text)| !text.starts_with('0'));
    let counts = counts.into_iter().filter(|(_, count)| **count > 0);
    let all = texts.map(|(name, text)| format!("{name} {text}"));
    let all: Vec<String> = all.chain(counts.map(|(name, count)| format!("{name} {count}"))).collect();
    all.join(", ")
}

/// The facts of a request, a row each.
pub(super) fn facts(request: &ResourceRequest, lang: Lang) -> Table {
    let spec = &request.spec;
    let mut table = Table::default();
    let path = format!("{}/{}", request.namespace().unwrap_or_default(), request.name_any());
    table.row([Kind::ResourceRequest.word().of(lang).to_owned(), path]);
    for (word, value) in rows(request, lang) {
        table.row([word.of(lang).to_owned(), value]);
    }
    let status = request.status.clone().unwrap_or_default();
    table.row([words::PHASE.of(lang).to_owned(), words::phase(status.phase).of(lang).to_owned()]);
    if let Some(step) = status.step {
        table.row([words::STEP.of(lang).to_owned(), step.display_name]);
        table.row([words::DUE.of(lang).to_owned(), step.due]);
    }
    if let Some(ready) = find(&status.conditions, READY) {
        table.row([words::MESSAGE.of(lang).to_owned(), one_line(&ready.message, lang)]);
    }
    debug_assert!(!spec.sites.is_empty(), "the schema wants one");
    table
}

/// What was asked for, without its amounts, as words and values.
pub(super) fn rows(request: &ResourceRequest, lang: Lang) -> Vec<(Word, String)> {
    let spec = &request.spec;
    let yes_no = |new: bool| if new { words::NEW_PROJECT.of(lang) } else { "" };
    let stamp = spec.stamp.as_ref();
    let rows = [
        (words::NUMBER, stamp.map(|stamp| stamp.number.clone())),
        (words::CHANGE, Some(words::change(spec.change).of(lang).to_owned())),
        (words::REPLACES, spec.grant.clone()),
        (Kind::System.word(), Some(spec.system.clone())),
        (words::UNTIL, Some(spec.until.clone())),
        (words::FUNDING, Some(words::funding(spec.funding).of(lang).to_owned())),
        (
            words::PROJECT,
            spec.project
                .as_ref()
                .map(|project| format!("{} {}", project.name, yes_no(project.new == Some(true)))),
        ),
        (words::REASON, Some(spec.reason.clone())),
        (words::URGENCY, spec.urgency.map(|urgency| words::urgency(urgency).of(lang).to_owned())),
        (
            words::SHARING,
            spec.sharing.as_ref().map(|sharing| match &sharing.exemption {
                Some(exemption) if sharing.supported != Some(true) => exemption.clone(),
                _ => words::SHARED.of(lang).to_owned(),
            }),
        ),
        (words::SECURITY_TEST, spec.security_test.clone()),
        (
            words::LEVEL_RISE,
            spec.level_rise
                .as_ref()
                .map(|rise| format!("{}; {}; {}", rise.review, rise.approval, rise.filing)),
        ),
        (words::SIGNED_BY, spec.on_behalf_of.as_ref().map(|on| on.signed_by.clone())),
        (words::ASKED_BY, stamp.map(|stamp| format!("{} {}", stamp.by, in_china(&stamp.at)))),
    ];
    rows.into_iter().filter_map(|(word, value)| Some((word, value?.trim().to_owned()))).collect()
}

/// A moment as people in China read it.
pub(super) fn in_china(at: &str) -> String {
    at.parse()
        .map_or_else(|_| at.to_owned(), |at| plan::until::shown(at).trim_end_matches(" +08:00").to_owned())
}
