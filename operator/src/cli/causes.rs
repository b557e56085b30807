//! What helps: for every sentence that an object can say of itself, who can do something about it, and the command.
//!
//! In a command, `{kind}`, `{name}` and `{namespace}` are those of the object that says it, `{site}` the data centre that it is about.

use crds::{Lang, Message};
use plan::names::SiteName;
use serde::Serialize;

use super::words::{Kind, Word};

/// Who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Who {
    /// 平台工程师: of the service centre.
    Platform,
    /// 本单位: the department whose object it is.
    Department,
    /// 安全管理员.
    Security,
    /// It passes by itself.
    Nobody,
}

impl Who {
    /// The word for it.
    pub(crate) fn word(self) -> Word {
        match self {
            Self::Platform => Word::new("平台工程师", "platform engineers"),
            Self::Department => Word::new("本单位", "the department"),
            Self::Security => Word::new("安全管理员", "security officers"),
            Self::Nobody => Word::new("自行完成", "nobody"),
        }
    }
}

/// What would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Help {
    /// A command.
    Run(Who, &'static str),
    /// The object is to be written otherwise by whom it belongs to.
    Edit,
    /// Its site is to be looked at, which is not heard.
    AtSite,
    /// Its site is to be looked at as the sentence says.
    LookAtSite,
    /// The agent is to be upgraded.
    Upgrade,
    /// The hub is to run.
    Hub,
    /// It passes by itself.
    Wait,
    /// It needs none: all is well, or it is no state of an object.
    None,
}

/// What a help is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct About<'a> {
    pub(crate) kind: Kind,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) name: &'a str,
    pub(crate) site: Option<&'a str>,
}

/// Help by code; ranges and lists of one help each.
const HELP: &[(&[u16], Help)] = &[
    // Well, over, or said by admission and start-up and never by an object.
    (&[1000, 1112, 1113, 1118, 1119, 1121, 1122, 1123, 1125, 1127, 1214, 1217, 1222, 1224, 1303], Help::None),
    (&[1402, 1405, 1406, 1407, 1408, 1409, 1410, 1417, 1419, 1420, 1472, 1473, 1489, 1491, 1510], Help::None),
    (&[1606, 1609, 1610, 1611], Help::None),
    (&[2009, 2013, 2191, 2192, 2193, 2194, 2196, 2197, 2198, 2199], Help::None),
    (&[1701, 1702, 1703, 1704, 1705, 1706, 1707, 1708, 1718, 1719, 1720, 1721, 1722, 1723, 1724], Help::None),
    (&[1725, 1726, 1727, 1728, 1729, 1730, 1731, 1734, 1735, 1736, 1737, 1738, 1739, 1740, 1741], Help::None),
    (&[1742, 1743, 1744, 1745, 1746, 1750, 1751, 1752, 1753, 1754, 1755, 1756, 1757, 1760, 1761], Help::None),
    (&[1762, 1763, 1774, 1733, 1732, 1776], Help::None),
    (&[1777], Help::Wait),
    (&[1660, 1661, 1662, 1663, 1664, 1665, 1666, 1672, 1673, 1674, 1675, 1676], Help::None),
    // Written wrongly.
    (&[1710, 1765, 1766, 1767, 1768, 1769, 1770, 1771, 1772, 1773], Help::Edit),
    // Requests: whoever asked submits again, whoever decides decides.
    (&[1711, 1712, 1716, 1778], Help::Run(Who::Department, "kubectl zhengyun requests{-n}")),
    (&[1713, 1714, 1715], Help::Run(Who::Platform, "kubectl zhengyun approve request {name}{-n}")),
    (&[1717], Help::Run(Who::Platform, "kubectl get budgets,grants{-n}")),
    (&[1775], Help::Run(Who::Platform, "kubectl get grants{-n} -o yaml")),
    (
        &[1002, 1003, 1004, 1101, 1102, 1103, 1104, 1105, 1201, 1202, 1203, 1204, 1205, 1206, 1207, 1208],
        Help::Edit,
    ),
    (&[1209, 1210, 1211, 1212, 1215, 1216, 1218, 1219, 1220, 1301, 1302, 1400, 1403, 1411, 1412], Help::Edit),
    (&[1450, 1451, 1452, 1470, 1471, 1474, 1475, 1476, 1477, 1478, 1479, 1480, 1482, 1483, 1484], Help::Edit),
    (
        &[1485, 1486, 1487, 1488, 1490, 1492, 1500, 1501, 1502, 1503, 1504, 1505, 1506, 1507, 2042, 2043],
        Help::Edit,
    ),
    (&[1630, 1631, 1632], Help::Edit),
    (&[1667, 1668, 1669, 1670, 1671], Help::Edit),
    (&[1634, 1636, 1638, 1639], Help::None),
    (&[1633], Help::Run(Who::Department, "kubectl zhengyun approve access {name}{-n} --reference NUMBER")),
    (&[1635, 1637], Help::Wait),
    (&[1640], Help::Hub),
    // On their way.
    (
        &[1001, 1116, 1120, 1213, 1223, 1414, 1418, 1481, 2003, 2004, 2008, 2016, 2019, 2022, 2023, 2025],
        Help::Wait,
    ),
    (&[2031, 2032], Help::Wait),
    // Another object says more.
    (&[1005], Help::Run(Who::Platform, "kubectl get {kind} {name}{-n} -o yaml")),
    (&[1006], Help::Run(Who::Platform, "kubectl get zhengyun{-n}")),
    (&[1007], Help::Run(Who::Platform, "kubectl get {kind}")),
    (&[1114, 1117], Help::Run(Who::Platform, "kubectl zhengyun status site {site}")),
    (&[1221, 1225], Help::Run(Who::Platform, "kubectl describe {kind} {name}{-n}")),
    // Sites.
    (&[1111, 2014, 2015, 2195], Help::AtSite),
    (
        &[1110, 1129, 1190, 1191, 1511, 2001],
        Help::Run(Who::Platform, "kubectl zhengyun site join {site} > join.yaml"),
    ),
    (&[1192, 2190], Help::Run(Who::Platform, "kubectl zhengyun site revoke {site}")),
    (&[1512], Help::Run(Who::Platform, "kubectl zhengyun site join {site} --observe > join.yaml")),
    (&[1509, 2040], Help::Run(Who::Platform, "kubectl zhengyun site activate {site}")),
    (&[1115, 1126, 2002, 2018], Help::Run(Who::Platform, "kubectl zhengyun site quarantine {site}")),
    (&[2005, 2011], Help::Upgrade),
    (&[1193, 2006, 2007, 2012, 2017, 2020, 2021, 2024], Help::LookAtSite),
    (
        &[2041],
        Help::Run(
            Who::Platform,
            "kubectl zhengyun workspace adopt {name}{-n} --site {site} --site-kubeconfig SITE.yaml",
        ),
    ),
    // The secret store.
    (&[1600, 1601], Help::Run(Who::Platform, "vault status")),
    (&[1602], Help::Run(Who::Platform, "vault read auth/zhengyun-hub/role/zhengyun-hub")),
    (&[1603, 1604], Help::Run(Who::Platform, "vault policy read zhengyun-hub")),
    (&[1605], Help::Run(Who::Platform, "vault secrets list")),
    (&[1607], Help::AtSite),
    (&[1608], Help::Run(Who::Security, "kubectl zhengyun site trust {site}")),
    // Two persons.
    (&[1124], Help::Run(Who::Platform, "kubectl zhengyun approve {kind} {name}{-n} --reference NUMBER")),
    // Budgets.
    (&[1401], Help::Run(Who::Platform, "kubectl apply{-n} -f budget.yaml")),
    (&[1413], Help::Run(Who::Platform, "kubectl apply{-n} -f grant.yaml")),
    (&[1404], Help::Run(Who::Platform, "kubectl edit grant {name}{-n}")),
    (&[1421], Help::Run(Who::Platform, "kubectl get grants -A")),
    (&[1415], Help::Run(Who::Platform, "kubectl zhengyun hub vouch --reason REASON")),
    (&[1416], Help::Run(Who::Platform, "kubectl get budgets,grants -A")),
    // The command line's own words of an object.
    (&[3015], Help::Hub),
    (&[3057], Help::AtSite),
];

/// What helps against a sentence.
pub(crate) fn help(code: u16) -> Help {
    HELP.iter().find(|(codes, _)| codes.contains(&code)).map_or(Help::None, |(_, help)| *help)
}

/// The code of a stored sentence.
pub(crate) fn code(line: &str) -> Option<u16> {
    line.strip_prefix("ZY-")?.split(' ').next()?.parse().ok()
}

/// The codes of a stored text that need help.
pub(crate) fn open_codes(text: &str) -> impl Iterator<Item = u16> {
    text.lines().filter_map(code).filter(|code| help(*code) != Help::None)
}

impl Help {
    /// Who can do something.
    pub(crate) fn who(self, kind: Kind) -> Who {
        match self {
            Self::Run(who, _) => who,
            Self::Edit if matches!(kind, Kind::Workspace | Kind::System | Kind::Removal) => Who::Department,
            Self::Wait | Self::None => Who::Nobody,
            Self::Edit | Self::AtSite | Self::LookAtSite | Self::Upgrade | Self::Hub => Who::Platform,
        }
    }

    /// The command, for what it is about.
    pub(crate) fn command(self, about: &About<'_>) -> Option<String> {
        let template = match self {
            Self::Run(_, template) => template,
            Self::Edit => "kubectl edit {kind} {name}{-n}",
            _ => return None,
        };
        // A site's own objects are named by their site, whatever the sentence is about.
        let site = about.site.unwrap_or(if about.kind == Kind::DataCenter { about.name } else { "" });
        // A department may write anything as a site's name, and somebody else pastes the command.
        let site = SiteName::parse(site).map_or_else(|_| "SITE".to_owned(), |site| site.to_string());
        let namespace = about.namespace.map(|namespace| format!(" -n {namespace}")).unwrap_or_default();
        let kind = format!("{:?}", about.kind).to_lowercase();
        let filled = template.replace("{kind}", &kind).replace("{-n}", &namespace).replace("{site}", &site);
        Some(filled.replace("{name}", about.name))
    }

    /// The sentence for people.
    pub(crate) fn sentence(self, about: &About<'_>, lang: Lang) -> Option<Message> {
        let site = || about.site.unwrap_or(about.name).to_owned();
        match self {
            Self::Run(..) | Self::Edit => Some(Message::HelpRun {
                who: self.who(about.kind).word().of(lang).to_owned(),
                command: self.command(about)?,
            }),
            Self::AtSite => Some(Message::HelpAtSite { site: site() }),
            Self::LookAtSite => Some(Message::HelpLookAtSite { site: site() }),
            Self::Upgrade => Some(Message::HelpUpgrade { site: site() }),
            Self::Hub => Some(Message::HelpHub {}),
            Self::Wait => Some(Message::HelpWait {}),
            Self::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_sentence_that_an_object_can_say_has_its_help_or_is_listed_as_needing_none() {
        let mut listed = BTreeSet::new();
        for code in HELP.iter().flat_map(|(codes, _)| *codes) {
            assert!(listed.insert(*code), "{code} is listed twice");
        }
        let known: BTreeSet<u16> = Message::CATALOGUE.iter().map(|(code, ..)| *code).collect();
        assert_eq!(listed.difference(&known).collect::<Vec<_>>(), [&0; 0], "no such sentence");
        let said: BTreeSet<u16> = known.into_iter().filter(|code| *code < 3000).collect();
        assert_eq!(said.difference(&listed).collect::<Vec<_>>(), [&0; 0], "sentences without help");
    }

    #[test]
    fn a_command_names_the_object_and_its_site() {
        let about =
            About { kind: Kind::Workspace, namespace: Some("dept-aa"), name: "one", site: Some("kaicheng") };
        assert_eq!(help(1412).command(&about).unwrap(), "kubectl edit workspace one -n dept-aa");
        assert_eq!(
            help(2041).command(&about).unwrap(),
            "kubectl zhengyun workspace adopt one -n dept-aa --site kaicheng --site-kubeconfig SITE.yaml"
        );
        let room = About { kind: Kind::DataCenter, namespace: None, name: "kaicheng", site: None };
        assert_eq!(help(1110).command(&room).unwrap(), "kubectl zhengyun site join kaicheng > join.yaml");
        assert_eq!(help(1112).sentence(&room, Lang::Zh), None);
        let odd = About { site: Some("x; rm -rf /"), ..about };
        assert!(help(1509).command(&odd).unwrap().ends_with("activate SITE"));
    }

    #[test]
    fn who_can_do_something_follows_from_whose_object_it_is() {
        assert_eq!(help(1412).who(Kind::Workspace), Who::Department);
        assert_eq!(help(1403).who(Kind::Grant), Who::Platform);
        assert_eq!(help(1418).who(Kind::Allotment), Who::Nobody);
    }

    #[test]
    fn the_code_of_a_stored_sentence_is_read_and_a_foreign_text_has_none() {
        assert_eq!(code(&Message::NoBudget {}.to_string()), Some(1401));
        assert_eq!(code("connection refused"), None);
        let both = crds::message::join(&[Message::Settled {}, Message::NoBudget {}]);
        assert_eq!(open_codes(&both).collect::<Vec<_>>(), [1401]);
    }
}
