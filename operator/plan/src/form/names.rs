//! What people call the things that a cell names: short names, and Chinese names where they can be looked up.

use std::collections::BTreeMap;

use crds::Message;

use super::cell::{key, tidy};
use crate::listed;

/// Where a name is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Register {
    /// Departments (单位).
    Department,
    /// Data centres (机房).
    DataCenter,
    /// Isolation profiles (隔离方案).
    Profile,
}

impl Register {
    /// How messages name its kind.
    #[must_use]
    pub fn in_message(self) -> &'static str {
        match self {
            Self::Department => "单位 Department",
            Self::DataCenter => "机房 DataCenter",
            Self::Profile => "隔离方案 IsolationProfile",
        }
    }
}

/// Names and Chinese names, as far as the person may see them.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<Register, BTreeMap<String, String>>);

impl Names {
    /// Nothing that can be looked up.
    #[must_use]
    pub fn unseen() -> Self {
        Self::default()
    }

    /// With all names of a register: name and Chinese name.
    #[must_use]
    pub fn with(mut self, register: Register, names: impl IntoIterator<Item = (String, String)>) -> Self {
        self.0.entry(register).or_default().extend(names);
        self
    }

    /// Whether the person may see a register.
    #[must_use]
    pub fn sees(&self, register: Register) -> bool {
        self.0.contains_key(&register)
    }

    /// The name of what a cell calls so.
    ///
    /// # Errors
    /// What is wrong with it, and what there is.
    pub fn resolve(&self, register: Register, heading: &str, text: &str) -> Result<String, Message> {
        let kind = || register.in_message().to_owned();
        let value = || text.to_owned();
        let Some(names) = self.0.get(&register) else {
            let is_name = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            return if is_name {
                Ok(value())
            } else {
                Err(Message::NamesUnseen { value: value(), kind: kind() })
            };
        };
        if names.contains_key(text) {
            return Ok(value());
        }
        let wanted = key(text);
        let called: Vec<&String> =
            names.iter().filter(|(_, shown)| key(shown) == wanted).map(|(name, _)| name).collect();
        match called[..] {
            [name] => Ok(name.clone()),
            [] => Err(Message::UnknownReference {
                field: heading.to_owned(),
                value: value(),
                kind: kind(),
                allowed: listed(names.iter().map(|(name, shown)| format!("{shown} {name}"))),
            }),
            _ => Err(Message::Ambiguous { kind: kind(), name: value(), names: listed(called) }),
        }
    }

    /// How a name is written in a cell: its Chinese name where that leads back to it.
    #[must_use]
    pub fn shown(&self, register: Register, name: &str) -> String {
        let shown = self.0.get(&register).and_then(|names| names.get(name)).map(|shown| tidy(shown));
        shown
            .filter(|shown| !shown.contains(['、', ';', '\u{ff1b}', ',', '\u{ff0c}']))
            .filter(|shown| self.resolve(register, "", shown).is_ok_and(|back| back == name))
            .unwrap_or_else(|| name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let all = [
            ("jiaoyu", "区教育局"),
            ("kewei", "区科委(信息委)"),
            ("a1", "b1"),
            ("b1", "同名"),
            ("c1", "同名"),
        ];
        Names::unseen().with(Register::Department, all.map(|(name, shown)| (name.into(), shown.into())))
    }

    #[test]
    fn a_name_is_found_by_either_and_never_guessed_at() {
        let found = |text: &str| names().resolve(Register::Department, "上级单位", text);
        assert_eq!(found("jiaoyu"), Ok("jiaoyu".into()));
        assert_eq!(found("区科委（信息委）"), Ok("kewei".into()));
        assert_eq!(found("b1"), Ok("b1".into()), "the short name wins");
        assert!(matches!(found("同名"), Err(Message::Ambiguous { names, .. }) if names == "b1, c1"));
        let said = found("区卫健委").unwrap_err().text(crds::Lang::Zh);
        assert!(
            said.starts_with("上级单位 引用的单位 Department“区卫健委”不存在;可用:b1 a1, 区教育局 jiaoyu"),
            "{said}"
        );
    }

    #[test]
    fn who_sees_no_names_writes_short_ones() {
        let none = Names::unseen();
        assert_eq!(none.resolve(Register::Department, "单位", "jiaoyu"), Ok("jiaoyu".into()));
        let said = none.resolve(Register::Department, "单位", "区教育局").unwrap_err();
        assert_eq!(said.reason(), "NamesUnseen");
    }

    #[test]
    fn a_chinese_name_is_written_where_it_leads_back() {
        let shown = |name| names().shown(Register::Department, name);
        assert_eq!(
            (shown("jiaoyu").as_str(), shown("a1").as_str(), shown("c1").as_str()),
            ("区教育局", "a1", "c1")
        );
        assert_eq!(shown("gone"), "gone");
    }
}
