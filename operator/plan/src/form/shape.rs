//! What can stand in a column: how a cell is read into a value of the object, and how a value is written into a cell.

use std::collections::BTreeSet;

use crds::Message;
use k8s_openapi::jiff::civil::Date;
use serde_json::{Value, json};

use super::cell::{BETWEEN, fold, items, key, tidy, words};
use super::names::{Names, Register};
use crate::plain::plain;

/// Yes and no.
const FLAG: [Word; 2] = [Word::new("是", "true"), Word::new("否", "false")];

/// What can stand in a column.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Free text of at most so many characters.
    Text(usize),
    /// A short name of at most so many characters.
    Name(usize),
    /// A number or code in capital letters, of at most so many characters.
    Code(usize),
    /// A whole number from the first to the second.
    Number(i64, i64),
    /// A day.
    Day,
    /// Yes or no; nothing is no.
    Flag,
    /// One word of these.
    OneOf(&'static [Word]),
    /// One word of these; nothing is the one named here.
    OneOfOr(&'static [Word], &'static str),
    /// Any of these words.
    AnyOf(&'static [Word]),
    /// At most so many texts of at most so many characters each, none of them twice.
    Texts(usize, usize),
    /// The name of something.
    Reference(Register),
    /// The names of at most so many things.
    References(Register, usize),
    /// Groups of the sign-in service with this role.
    Groups(&'static str),
    /// Posts with what they answer for: `岗位:职责`.
    Posts,
}

/// A word of a column and the value that it stands for.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The word.
    pub zh: &'static str,
    /// The value, which is accepted in the cell too.
    pub value: &'static str,
    /// Other words that are understood.
    pub also: &'static [&'static str],
    /// Whether it is offered. What is not is understood all the same, so that it can be refused for its own reason.
    pub offered: bool,
}

impl Word {
    /// A word.
    #[must_use]
    pub const fn new(zh: &'static str, value: &'static str) -> Self {
        Self { zh, value, also: &[], offered: true }
    }
}

impl Shape {
    /// The words of which one, or any, can stand here.
    #[must_use]
    pub fn words(&self) -> &'static [Word] {
        match self {
            Self::OneOf(words) | Self::OneOfOr(words, _) | Self::AnyOf(words) => words,
            Self::Flag => &FLAG,
            _ => &[],
        }
    }

    /// Whether several items can stand in a cell.
    #[must_use]
    pub fn is_list(&self) -> bool {
        matches!(
            self,
            Self::AnyOf(_) | Self::Texts(..) | Self::References(..) | Self::Groups(_) | Self::Posts
        )
    }

    /// What a cell says, in the one way in which it is compared.
    #[must_use]
    pub fn canonical(&self, text: &str) -> String {
        match self {
            Self::AnyOf(_) | Self::References(..) => words(text).join(BETWEEN),
            Self::Texts(..) | Self::Groups(_) | Self::Posts => items(text).join(BETWEEN),
            Self::Text(_) => tidy(text),
            _ => fold(text),
        }
    }

    /// The value that a cell stands for; nothing where the object has none.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn value(&self, heading: &str, text: &str, names: &Names) -> Result<Option<Value>, Message> {
        let text = self.canonical(text);
        if is_formula_error(&text) {
            return Err(Message::CellError { value: text });
        }
        if text.is_empty() {
            return Ok(match self {
                Self::OneOfOr(_, value) => Some(json!(value)),
                _ => None,
            });
        }
        let resolve = |register, text: &str| names.resolve(register, heading, text);
        let value = match self {
            Self::Text(limit) => json!(within(&text, *limit)?),
            Self::Name(limit) => json!(name(within(&text, *limit)?)?),
            Self::Code(limit) => json!(within(&text.to_uppercase(), *limit)?),
            Self::Number(min, max) => json!(number(&text, *min, *max)?),
            Self::Day => json!(day(&text)?),
            Self::Flag => return Ok((word(&FLAG, &text)? == "true").then_some(Value::Bool(true))),
            Self::OneOf(all) | Self::OneOfOr(all, _) => json!(word(all, &text)?),
            Self::AnyOf(all) => {
                let found = words(&text).iter().map(|item| word(all, item)).collect::<Result<Vec<_>, _>>()?;
                json!(once(found, all.len())?)
            }
            Self::Texts(most, limit) => {
                let all = items(&text);
                let all = all.iter().map(|item| within(item, *limit)).collect::<Result<Vec<_>, _>>()?;
                json!(once(all, *most)?)
            }
            Self::Reference(register) => json!(resolve(*register, &text)?),
            Self::References(register, most) => {
                let all = words(&text);
                let all = all.iter().map(|item| resolve(*register, item)).collect::<Result<Vec<_>, _>>()?;
                json!(once(all, *most)?)
            }
            Self::Groups(role) => {
                let all = items(&text);
                let all =
                    all.iter().map(|item| within(item, 128).map(fold)).collect::<Result<Vec<_>, _>>()?;
                let all = once(all, 16)?;
                all.iter().map(|group| json!({"group": group, "role": role})).collect()
            }
            Self::Posts => {
                let all = items(&text);
                let posts = all.iter().map(|item| post(item)).collect::<Result<Vec<_>, _>>()?;
                json!(at_most(posts, 16)?)
            }
        };
        Ok(Some(value))
    }

    /// How a value is written into a cell.
    #[must_use]
    pub fn shown(&self, value: &Value, names: &Names) -> String {
        let text = |value: &Value| value.as_str().map(plain).unwrap_or_default();
        let list = |shown: &dyn Fn(&Value) -> Option<String>| {
            let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
            all.iter().filter_map(shown).collect::<Vec<_>>().join(BETWEEN)
        };
        match self {
            Self::Text(_) | Self::Name(_) | Self::Code(_) | Self::Day => text(value),
            Self::Number(..) => value.as_i64().map(|number| number.to_string()).unwrap_or_default(),
            Self::Flag => FLAG[usize::from(value != &Value::Bool(true))].zh.to_owned(),
            Self::OneOf(all) => zh(all, &text(value)),
            Self::OneOfOr(all, or) => zh(all, value.as_str().unwrap_or(or)),
            Self::AnyOf(all) => list(&|item| Some(zh(all, &text(item)))),
            Self::Texts(..) => list(&|item| Some(text(item))),
            Self::Reference(register) => {
                value.as_str().map(|name| names.shown(*register, name)).unwrap_or_default()
            }
            Self::References(register, _) => list(&|item| Some(names.shown(*register, &text(item)))),
            Self::Groups(role) => list(&|item| (item["role"] == *role).then(|| text(&item["group"]))),
            Self::Posts => list(&|item| {
                let duty = item["duty"].as_str().map(|duty| format!(":{}", plain(duty)));
                Some(text(&item["title"]) + &duty.unwrap_or_default())
            }),
        }
    }

    /// Whether two values of this column mean the same: what is a set has no order.
    #[must_use]
    pub fn same(&self, one: Option<&Value>, other: Option<&Value>) -> bool {
        let set = |value: Option<&Value>| -> BTreeSet<String> {
            value.and_then(Value::as_array).into_iter().flatten().map(ToString::to_string).collect()
        };
        match self {
            Self::AnyOf(_) | Self::Texts(..) | Self::References(..) | Self::Groups(_) => {
                set(one) == set(other)
            }
            _ => one == other,
        }
    }
}

fn is_formula_error(text: &str) -> bool {
    matches!(
        text,
        "#REF!" | "#N/A" | "#NAME?" | "#VALUE!" | "#DIV/0!" | "#NULL!" | "#NUM!" | "#SPILL!" | "#CALC!"
    )
}

fn within(text: &str, limit: usize) -> Result<&str, Message> {
    let length = text.chars().count();
    if length <= limit {
        return Ok(text);
    }
    Err(Message::CellTooLong { length: length.to_string(), limit: limit.to_string() })
}

fn name(text: &str) -> Result<&str, Message> {
    let ends = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let good = text.starts_with(ends)
        && text.ends_with(ends)
        && text.chars().all(|c| ends(c) || c == '-' || c == '.');
    if good { Ok(text) } else { Err(Message::CellName { value: text.to_owned() }) }
}

/// A spreadsheet may write 3 as `3.0`.
fn number(text: &str, min: i64, max: i64) -> Result<i64, Message> {
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    };
    whole.parse().ok().filter(|number| (min..=max).contains(number)).ok_or_else(|| Message::CellNumber {
        value: text.to_owned(),
        min: min.to_string(),
        max: max.to_string(),
    })
}

/// `2026-03-01`, `2026/3/1`, `2026.3.1`, `2026年3月1日` or `20260301`, and whatever time stands behind it.
fn day(text: &str) -> Result<String, Message> {
    let wrong = || Message::CellDay { value: text.to_owned() };
    let date = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = if date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()) {
        vec![&date[..4], &date[4..6], &date[6..]]
    } else {
        date.trim_end_matches('日').split(['-', '/', '.', '年', '月']).collect()
    };
    let [year, month, day] = parts[..] else { return Err(wrong()) };
    let number = |text: &str| text.parse::<i16>().map_err(|_| wrong());
    let narrow = |text: &str| text.parse::<i8>().map_err(|_| wrong());
    let year = number(year).ok().filter(|year| (1900..=2199).contains(year)).ok_or_else(wrong)?;
    Date::new(year, narrow(month)?, narrow(day)?).map(|date| date.to_string()).map_err(|_| wrong())
}

fn word(all: &[Word], text: &str) -> Result<&'static str, Message> {
    let wanted = key(text);
    let is = |word: &&Word| {
        key(word.zh) == wanted
            || key(word.value) == wanted
            || word.also.iter().any(|also| key(also) == wanted)
    };
    all.iter().find(is).map(|word| word.value).ok_or_else(|| {
        let offered: Vec<&str> = all.iter().filter(|word| word.offered).map(|word| word.zh).collect();
        Message::CellWord { value: text.to_owned(), allowed: offered.join(BETWEEN) }
    })
}

fn zh(all: &[Word], value: &str) -> String {
    all.iter().find(|word| word.value == value).map_or(value, |word| word.zh).to_owned()
}

fn at_most<T>(all: Vec<T>, most: usize) -> Result<Vec<T>, Message> {
    if all.len() <= most {
        return Ok(all);
    }
    Err(Message::CellTooMany { count: all.len().to_string(), limit: most.to_string() })
}

fn once<T: AsRef<str>>(all: Vec<T>, most: usize) -> Result<Vec<T>, Message> {
    let mut seen = BTreeSet::new();
    for item in &all {
        if !seen.insert(item.as_ref()) {
            return Err(Message::CellTwice { value: item.as_ref().to_owned() });
        }
    }
    at_most(all, most)
}

fn post(text: &str) -> Result<Value, Message> {
    match text.split_once([':', '\u{ff1a}']) {
        None => Ok(json!({"title": within(text, 64)?})),
        Some((title, duty)) => {
            let (title, duty) = (title.trim(), duty.trim());
            if title.is_empty() {
                return Err(Message::CellEmpty {});
            }
            let title = within(title, 64)?;
            Ok(if duty.is_empty() {
                json!({"title": title})
            } else {
                json!({"title": title, "duty": within(duty, 200)?})
            })
        }
    }
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
