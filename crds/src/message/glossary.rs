//! The one glossary: every term of the API, the command line and the forms, with what it means in one sentence.

use super::Lang;

/// A term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The English term; of a kind of object, its kind.
    pub name: &'static str,
    /// The Chinese term (中文名称).
    pub zh: &'static str,
    /// What else people and `kubectl` call it.
    pub also: &'static [&'static str],
    /// What it means, in Chinese.
    pub means_zh: &'static str,
    /// What it means, in English.
    pub means_en: &'static str,
    /// The names of terms to read next.
    pub see: &'static [&'static str],
}

impl Term {
    /// What it means, in one language.
    #[must_use]
    pub fn means(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.means_zh,
            Lang::En => self.means_en,
        }
    }

    /// Everything that it is called.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.name, self.zh].into_iter().chain(self.also.iter().copied())
    }

    /// Whether it is called so, in capitals or not.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.names().any(|known| known.to_lowercase() == name.to_lowercase())
    }
}

/// The term that is called so.
#[must_use]
pub fn term(name: &str) -> Option<&'static Term> {
    GLOSSARY.iter().find(|term| term.is_called(name))
}

macro_rules! glossary {
    ($( $id:ident = $name:literal, $zh:literal, $also:expr, $means_zh:literal, $means_en:literal, $see:expr; )*) => {
        $(
            #[doc = concat!($name, " (", $zh, "): ", $means_en, ".")]
            pub const $id: Term = Term {
                name: $name, zh: $zh, also: &$also, means_zh: $means_zh, means_en: $means_en, see: &$see,
            };
        )*

        /// Every term, kinds first, in the order in which a reader meets them.
        pub const GLOSSARY: &[Term] = &[$($id),*];
    };
}

glossary! {
    DISTRICT = "District", "区", ["districts"],
        "本平台服务的行政区,只有一个;互联网集中出口的带宽在此登记", "the district that the platform serves; there is one, and it says what the central Internet exit carries", ["Egress"];
    DATA_CENTER = "DataCenter", "机房", ["dc", "datacenters", "data centre"],
        "一处机房;处置为上云且已验收的机房成为业务空间的部署地点", "a machine room; one whose disposition is cloud and that is accepted becomes a site", ["Site", "Disposition"];
    DEPARTMENT = "Department", "单位", ["dept", "departments", "委办局", "街道"],
        "使用平台的委办局、街道、镇或事业单位;其对象都在命名空间 dept-<短码> 中", "an office, street or town that uses the platform; its objects stand in the namespace dept-<short name>", ["Workspace", "Budget"];
    ISOLATION_PROFILE = "IsolationProfile", "隔离方案", ["isoprof", "isolationprofiles"],
        "业务空间如何与他人隔离:容器安全、网络、镜像仓库、存储类、域名", "how a workspace is fenced in: pod security, network, registries, storage classes, hosts", ["Enforcement"];
    BUDGET = "Budget", "资源额度", ["budgets"],
        "单位在一个财政年度内、全部机房合计可用的资源总量", "what a department may use over all data centres in a fiscal year", ["Grant", "Allotment"];
    APPROVAL_POLICY = "ApprovalPolicy", "审批规则", ["apol", "approvalpolicies"],
        "资源申请依次由谁审批、几个工作日、哪些自动批准;已提交的申请按提交时的规则办理", "who decides about requests in which order and in how many working days, and what needs nobody; a request keeps the policy it was submitted under", ["ResourceRequest"];
    WORK_CALENDAR = "WorkCalendar", "工作日历", ["wcal", "workcalendars", "calendar"],
        "一年的放假与调休上班安排,分国家、市级两层;审批时限按工作日计,年度未公布时日期为暂定", "the holidays and worked weekends of a year, national with the city's above it; deadlines count working days, provisionally while a year is not published", ["ApprovalPolicy", "ResourceRequest"];
    RESOURCE_REQUEST = "ResourceRequest", "资源申请", ["rr", "resourcerequests", "request", "requests"],
        "单位申请的资源,提交后不可改,只能撤回;逐环节审批后由中心生成批复", "what a department asks for: frozen once submitted, decided step by step, then granted by the hub", ["ApprovalPolicy", "Approval", "Grant"];
    APPROVAL = "Approval", "审批意见", ["approvals"],
        "一个人在一个环节对一份申请的意见,不可改不可删;书面决定由一人录入、另一人复核", "what one person decided about a request at one step; a decision on paper is entered by one person and confirmed by another", ["ResourceRequest"];
    GRANT = "Grant", "资源批复", ["grants"],
        "额度中批准给定机房、给定期限的一部分;到期停止增长,不停止业务", "an approved part of a budget at named data centres until a day; its end stops growth, not service", ["Budget", "Allotment"];
    SYSTEM = "System", "信息系统", ["sys", "systems"],
        "信息系统目录中的一项,也是等保的定级对象", "an entry of the register of information systems, and the unit that is graded", ["Level", "Workspace"];
    WORKSPACE = "Workspace", "业务空间", ["ws", "workspaces"],
        "单位为一个信息系统在一个或多个机房取得的命名空间及其份额", "a namespace of a department with its share, at one or more data centres, for one system", ["Share", "System"];
    WORKSPACE_SET = "WorkspaceSet", "批量业务空间", ["wsset", "workspacesets", "1+12"],
        "按一个模板为牵头单位和各成员单位各办一个业务空间", "one workspace for each of several departments, from one template, around a lead department", ["Workspace"];
    REMOVAL = "Removal", "清退", ["removals"],
        "清退业务空间留在机房的命名空间,须另一人复核;除此以外什么都不会被删除", "taking away what a workspace left on its sites, agreed to by a second person; nothing else deletes", ["Signature"];
    ACCESS_GRANT = "AccessGrant", "临时运维授权", ["accessgrants", "access"],
        "经本单位同意,让云服务商的某人在几个业务空间内工作几小时;到期由机房按自身时钟收回", "lets somebody of the provider into workspaces for hours, agreed to by the department; each site ends it by its own clock", ["Signature", "Workspace"];
    RULING = "Ruling", "人工裁定", ["rulings"],
        "程序不能决定时由人对机房作出的决定:以中心为准、以机房为准、放弃、恢复、担保", "what a person decides about a site where no program may: take-hub, take-site, abandon, readmit, vouch", ["Quarantine", "Abandon", "Vouch"];
    RECORD = "Record", "留痕", ["rec", "records"],
        "已执行事项的记录,只增不改,前后相连;各机房记得末端,重写或截断可被发现", "what was carried out, only ever added to and chained; the sites remember where it ends, so that rewriting or cutting it shows", ["Ruling", "Removal", "Grant"];
    ESCROW_LEDGER = "EscrowLedger", "额度台账", ["escrow", "escrowledgers"],
        "中心向各机房出借额度的账本;先记账,后下达", "the book of what was lent of a budget to each site, written before anything is told", ["Allotment"];
    ALLOTMENT = "Allotment", "机房配额", ["allotments"],
        "一个单位的额度在一个机房的那一份:批复数、下达数、计入数", "a department's part of its budget at one site: granted, told, counted", ["Granted", "Told amount", "Counted"];
    SITE_BUNDLE = "SiteBundle", "下发指令", ["sb", "sitebundles", "order", "指令"],
        "中心下发给机房的一组指令,带有中心标识、任期和版次", "an order of the hub to a site, with epoch, term and revision", ["Set", "Epoch", "Term of office"];
    SITE_REPORT = "SiteReport", "机房报告", ["sr", "sitereports"],
        "机房上报的现场情况;各项状态由此得出", "what a site says of itself; every status is derived from it", ["Drift"];
    APPLIED_BUNDLE = "AppliedBundle", "执行记录", ["ab", "appliedbundles"],
        "机房代理对已接受指令的记录,断网和重启后据此保持", "the agent's memory of the orders that it accepted, which it keeps in force across cuts and restarts", ["SiteBundle"];

    HUB = "Hub", "中心", [],
        "登记、下发和汇总的控制面;中心停止时各机房照常运行", "the control plane that registers, tells and gathers; sites go on without it", ["Site"];
    SITE = "Site", "部署地点", ["sites", "agent", "机房代理"],
        "已验收投用的机房,由机房代理拉取并执行指令;只有从机房到中心的连接", "a data centre in use, whose agent pulls orders and keeps them in force; links go from the site to the hub only", ["DataCenter", "Hub"];
    SET = "Set", "指令组", ["sets"],
        "一个机房上同一单位的全部指令,一起接受、一起生效", "the orders of one department at one site, accepted and put in force together", ["SiteBundle"];
    EPOCH = "Epoch", "中心标识", [],
        "一个中心的随机标识;机房只执行自己接入的那个中心的指令", "the random id of a hub; a site acts only on the orders of the hub that it joined", ["Hub"];
    TERM = "Term of office", "任期", ["term"],
        "一个中心主实例从当选到被接替;机房不接受更早任期的指令", "one leadership of the hub; a site takes no order of an older one", ["Vouch"];
    TOLD = "Told", "已下发", [],
        "指令已写出,机房尚未接受", "the order is written and the site has not accepted it yet", ["Accepted"];
    ACCEPTED = "Accepted", "已接受", [],
        "机房已记下指令,正在执行", "the site remembers the order and is carrying it out", ["In force"];
    IN_FORCE = "In force", "已生效", ["applied"],
        "指令所说的一切已在机房成真", "all that the order says is true at the site", ["Drift"];
    BLOCKED = "Blocked", "受阻", [],
        "机房不能执行指令,说明中写有原因", "the site cannot carry the order out, and says why", ["In force"];
    QUARANTINE = "Quarantine", "隔离", ["quarantined"],
        "指令与机房所持的不衔接:只上报、不执行,等待人工裁定", "the order does not follow what the site holds: it reports, does not act and waits for a ruling", ["Ruling"];
    CONTESTED = "Contested", "争用", [],
        "有人反复改动平台保持的对象,暂停恢复", "somebody keeps changing what the platform keeps, so it is left for a while", ["Drift"];
    DRIFT = "Drift", "漂移", [],
        "平台保持的对象被他人改动;恢复一次并说明", "what the platform keeps was changed by others; it is put back and told", ["Contested"];

    SHARE = "Share", "份额", ["shares"],
        "业务空间在一个机房最多可用的资源", "what a workspace may use at one data centre", ["Allotment"];
    GRANTED = "Granted", "批复数", [],
        "该机房的有效批复合计", "what the grants in force give at that site", ["Grant"];
    TOLD_AMOUNT = "Told amount", "下达数", ["lent"],
        "最近一次告知机房的配额", "what the site was told last that it has", ["Counted"];
    COUNTED = "Counted", "计入数", ["charged"],
        "机房可能仍在执行的最大配额,占用额度以此为准", "the most that the site may still be enforcing; this is charged to the budget", ["Budget"];
    PROVISIONAL = "Provisional", "结转，待批复", ["carry-over", "结转"],
        "新年度额度未下达前沿用上一年度的数额", "last year's budget goes on until the new one is written", ["Budget"];
    FUNDING = "Funding", "经费类别", [],
        "额度背后的经费:基础设施、业务应用、系统运维", "what the money behind a budget is for: infrastructure, application, operation", ["Budget"];

    DISPOSITION = "Disposition", "处置", [],
        "机房的去向:上云、仅登记、待腾退、条线、规划灾备", "what becomes of a room: cloud, inventory, to vacate, vertical line, planned recovery", ["DataCenter"];
    ZONE = "Zone", "网络区域", ["zones"],
        "政务外网、互联网接入、移动接入、专网/条线、市级链路;政务内网不在本平台内", "the network that something stands in; the government intranet is outside the platform", ["Flow"];
    LEVEL = "Level", "等保等级", ["等保"],
        "网络安全等级,业务信息(S)与系统服务(A)分别比较", "the protection level; information (S) and service (A) are compared separately", ["System"];
    ENFORCEMENT = "Enforcement", "生效阶段", ["stage", "observe", "warn", "enforce"],
        "纳管的命名空间中规则生效到哪一步:观察、告警、强制;每次前进一步", "how far the rules are in force in an adopted namespace: observe, warn, enforce, one step at a time", ["Adoption"];
    ADOPTION = "Adoption", "纳管", ["adopt"],
        "业务空间接管机房中已有的命名空间;不停止其中运行的任何东西", "a workspace takes over a namespace that stands on a site; nothing that runs there is stopped", ["Enforcement"];
    FLOW = "Flow", "互访", ["flows"],
        "一个业务空间访问另一个业务空间的端口;跨单位须双方写明并有截止日期", "a workspace reaches ports of another; between departments both sides write it down, with an end", ["Consent"];
    CONSENT = "Consent", "互访同意", ["consents"],
        "同意其他单位的业务空间访问本业务空间", "agreeing to a flow from another department", ["Flow"];
    EGRESS = "Egress", "互联网出口带宽", ["egressMbit"],
        "业务空间在互联网集中出口中的份额,合计不超过出口带宽", "a workspace's part of the one Internet exit; together they are at most its bandwidth", ["District"];
    FROZEN = "Frozen", "冻结", ["freeze"],
        "单位暂不能改动业务空间,正在运行的照常运行", "the department changes nothing in a workspace for now; what runs goes on", ["Workspace"];
    BASIS = "Basis", "依据", [],
        "登记内容所依据的文件", "the document that something rests on", ["Grant"];
    SIGNATURE = "Signature", "复核", ["approve"],
        "提交人之外的另一人以审批编号同意", "a second person agrees under an approval number", ["Ruling", "Removal"];
    ABANDON = "Abandon", "放弃机房", [],
        "不再向机房下发,其份额仍计入;须另一人复核", "a site is told nothing more, and its part stays counted; a second person agrees", ["Readmit"];
    READMIT = "Readmit", "恢复机房", [],
        "恢复已放弃的机房;须另一人复核", "a site that was abandoned is taken back; a second person agrees", ["Abandon"];
    VOUCH = "Vouch", "担保", [],
        "由人说明中心没有从备份恢复过,未联系上的机房按台账计", "a person states that the hub was not restored, so the ledger holds for sites that were not heard", ["EscrowLedger"];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::install::definitions;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_of_ours_is_a_term_with_its_plural_and_short_names() {
        for (_, definition) in definitions() {
            let names = &definition.spec.names;
            let term = term(&names.kind).unwrap_or_else(|| panic!("{} is no term", names.kind));
            assert_eq!(term.name, names.kind);
            let called = names.short_names.iter().flatten().chain([&names.plural]);
            for name in called {
                assert!(term.also.contains(&name.as_str()), "{name} is missing from {}", names.kind);
            }
        }
    }

    #[test]
    fn no_name_means_two_things_and_every_term_to_read_next_is_there() {
        let mut names = BTreeSet::new();
        for term in GLOSSARY {
            for name in term.names() {
                assert!(names.insert(name.to_lowercase()), "{name} is two terms");
            }
            for next in term.see {
                assert!(GLOSSARY.iter().any(|term| term.name == *next), "{next} is no term");
            }
            assert!(term.zh.chars().all(|c| c > '\u{2e80}'), "{} has no Chinese term", term.name);
            assert!(term.means_zh.chars().any(|c| c > '\u{2e80}') && term.means_en.is_ascii());
        }
    }

    #[test]
    fn a_term_is_found_by_whatever_people_call_it() {
        for name in ["资源额度", "budget", "Budgets", "BUDGET"] {
            assert_eq!(term(name), Some(&BUDGET), "{name}");
        }
        assert_eq!(term("nothing"), None);
    }
}
