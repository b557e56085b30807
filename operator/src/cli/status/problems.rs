//! What somebody is to see to: who, and the command that would help.

use crds::{Allotment, Message, Removal, Ruling};
use kube::ResourceExt;
use plan::names::site_of;

use super::super::causes::{About, Help, Who, help, open_codes};
use super::super::find::Named;
use super::super::seen::Unreadable;
use super::super::seen::health::{Health, health};
use super::super::table::clean;
use super::report::{Place, Problem};

/// The problem that an object is, if it is one.
pub(super) fn problem<K: Named>(object: &K, (health, message): (Health, &str)) -> Option<Problem> {
    health.is_problem().then(|| {
        let found = Problem {
            kind: K::KIND,
            namespace: object.namespace(),
            name: clean(&object.name_any()),
            display_name: clean(object.display_name()),
            health,
            message: message.to_owned(),
            places: Vec::new(),
            who: Who::Platform,
            command: None,
        };
        helped(found, None)
    })
}

/// As [`problem`], of something that a data centre has a part in.
pub(super) fn at_site<K: Named>(object: &K, site: Option<&str>) -> Option<Problem> {
    let (health, message) = health(object);
    problem(object, (health, &message)).map(|found| helped(found, site))
}

/// The data centre whose namespace an object stands in.
pub(super) fn allotment(object: &Allotment) -> Option<Problem> {
    at_site(object, home(object).as_deref())
}

pub(super) fn ruling(object: &Ruling) -> Option<Problem> {
    at_site(object, home(object).as_deref())
}

pub(super) fn removal(object: &Removal) -> Option<Problem> {
    at_site(object, object.spec.places.first().map(|place| place.site.as_str()))
}

fn home(object: &impl ResourceExt) -> Option<String> {
    Some(site_of(&object.namespace()?)?.to_string())
}

/// With what data centres say, which is nearer to the cause.
pub(super) fn with_places(found: Problem, places: Vec<Place>) -> Problem {
    let said = places.iter().find_map(|place| Some((place.site.clone(), first(&place.message)?)));
    let found = Problem { places, ..found };
    match said {
        Some((site, code)) => with_help(found, help(code), Some(&site)),
        None => found,
    }
}

/// An object that cannot be understood.
pub(super) fn malformed(Unreadable { kind, namespace, name, error }: Unreadable) -> Problem {
    let said = Message::Malformed { kind: kind.in_message(), name: clean(&name), error: clean(&error) };
    let found = Problem {
        kind,
        namespace,
        name: clean(&name),
        display_name: String::new(),
        health: Health::Unknown,
        message: said.to_string(),
        places: Vec::new(),
        who: Who::Platform,
        command: None,
    };
    helped(found, None)
}

fn helped(found: Problem, site: Option<&str>) -> Problem {
    match first(&found.message) {
        Some(code) => with_help(found, help(code), site),
        None => found,
    }
}

fn with_help(found: Problem, help: Help, site: Option<&str>) -> Problem {
    let about = About { kind: found.kind, namespace: found.namespace.as_deref(), name: &found.name, site };
    let (who, command) = (help.who(found.kind), help.command(&about));
    Problem { who, command, ..found }
}

/// The sentence that somebody can do something about, else the first.
fn first(message: &str) -> Option<u16> {
    let codes: Vec<u16> = open_codes(message).collect();
    codes.iter().find(|code| help(**code) != Help::Wait).or(codes.first()).copied()
}
