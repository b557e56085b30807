//! Single words of tables and headings in both languages; sentences stand in the catalogue, terms in the glossary.

use crds::message::glossary::{self, Term};
use crds::migration::system::{RecoveryClass, SystemKind};
use crds::tenancy::workspace::PlaceState;
use crds::{
    AccessVerb, Decision, Disposition, Enforcement, Funding, Lang, RequestChange, RequestPhase, Then,
    Urgency, Verdict, Zone,
};
use serde::Serialize;

use super::seen::health::Health;

/// A word in Chinese and English.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word(&'static str, &'static str);

impl Word {
    /// A word.
    pub(crate) const fn new(zh: &'static str, en: &'static str) -> Self {
        Self(zh, en)
    }

    /// The word in one language.
    pub(crate) fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.0,
            Lang::En => self.1,
        }
    }
}

pub(crate) const NAME: Word = Word("名称", "NAME");
pub(crate) const ID: Word = Word("短码", "ID");
pub(crate) const DISPOSITION: Word = Word(glossary::DISPOSITION.zh, "DISPOSITION");
pub(crate) const READY: Word = Word("就绪", "READY");
pub(crate) const NODES: Word = Word("节点", "NODES");
pub(crate) const ORDERS: Word = Word("指令", "ORDERS");
pub(crate) const MESSAGE: Word = Word("说明", "MESSAGE");
pub(crate) const NAMESPACE: Word = Word("命名空间", "NAMESPACE");
pub(crate) const PLACES: Word = Word("各机房状态", "SITES");
pub(crate) const SET: Word = Word(glossary::SET.zh, "SET");
pub(crate) const SETS: Word = Word(glossary::SET.zh, "Sets of orders");
pub(crate) const TOLD: Word = Word(glossary::TOLD.zh, "TOLD");
pub(crate) const ACCEPTED: Word = Word(glossary::ACCEPTED.zh, "ACCEPTED");
pub(crate) const IN_FORCE: Word = Word(glossary::IN_FORCE.zh, "IN FORCE");
pub(crate) const BLOCKED: Word = Word(glossary::BLOCKED.zh, "BLOCKED");
pub(crate) const QUARANTINED: Word = Word(glossary::QUARANTINE.zh, "QUARANTINED");
pub(crate) const CONTESTED: Word = Word(glossary::CONTESTED.zh, "CONTESTED");
pub(crate) const UNKNOWN: Word = Word("中心无记录", "UNKNOWN");
pub(crate) const DRIFT: Word = Word(glossary::DRIFT.zh, "DRIFT");
pub(crate) const HUBS_ORDER: Word = Word("中心的指令", "HUB'S ORDER");
pub(crate) const SITES_ORDER: Word = Word("机房的指令", "SITE'S ORDER");
pub(crate) const UID: Word = Word("UID", "UID");
pub(crate) const SHARE: Word = Word(glossary::SHARE.zh, "SHARE");
pub(crate) const THEN: Word = Word("之后", "THEN");
pub(crate) const BECOMES: Word = Word("之后", "Then");
pub(crate) const DECISION: Word = Word("裁定", "Decision");
pub(crate) const ASKED_BY: Word = Word("提交者", "Asked by");
pub(crate) const REASON: Word = Word("理由", "Reason");
pub(crate) const AGREED_BY: Word = Word("复核者", "Agreed by");
pub(crate) const LET_IN: Word = Word("被授权人", "Let in");
pub(crate) const MAY: Word = Word("授权操作", "May");
pub(crate) const WITH_SECRETS: Word = Word("读取密钥", "read Secrets");
pub(crate) const HOURS: Word = Word("时长(小时)", "Hours");
pub(crate) const TICKET: Word = Word("工单号", "Ticket");
pub(crate) const TERM: Word = Word(glossary::TERM.zh, "term");
pub(crate) const TO_SEE_TO: Word = Word("需要处理", "To see to");
pub(crate) const NOT_SEEN: Word = Word("未能查看", "Not seen");
pub(crate) const NUMBER: Word = Word("审批编号", "NUMBER");
pub(crate) const CHANGE: Word = Word("申请类型", "CHANGE");
pub(crate) const PHASE: Word = Word("进度", "PHASE");
pub(crate) const STEP: Word = Word("当前环节", "STEP");
pub(crate) const DUE: Word = Word("期限", "DUE");
pub(crate) const OVERDUE: Word = Word("(已逾期)", "(overdue)");
pub(crate) const WHEN: Word = Word("时间", "WHEN");
pub(crate) const WHO: Word = Word("何人", "WHO");
pub(crate) const WHAT: Word = Word("办理经过", "WHAT");
pub(crate) const WHAT_IF: Word = Word("批准后:", "If it is granted:");
pub(crate) const HELD_NOW: Word = Word("现有", "NOW");
pub(crate) const HELD_THEN: Word = Word("批准后", "THEN");
pub(crate) const ENFORCED: Word = Word("现已生效", "IN FORCE");
pub(crate) const REPLACES: Word = Word("替换批复", "Replaces");
pub(crate) const PROJECT: Word = Word("项目", "Project");
pub(crate) const NEW_PROJECT: Word = Word("(新建)", "(new)");
pub(crate) const URGENCY: Word = Word("紧急程度", "Urgency");
pub(crate) const SHARING: Word = Word("数据共享", "Sharing");
pub(crate) const SHARED: Word = Word("支持共享", "supported");
pub(crate) const SECURITY_TEST: Word = Word("安全测评", "Security test");
pub(crate) const LEVEL_RISE: Word = Word("等级提升", "Rise of level");
pub(crate) const SIGNED_BY: Word = Word("申请表签字", "Signed by");
pub(crate) const NAMESPACES: Word = Word("命名空间数", "NAMESPACES");
pub(crate) const NONE: Word = Word("(无)", "(none)");
pub(crate) const UNREGISTERED: Word = Word("(未登记)", "(not registered)");
pub(crate) const WORKLOADS: Word = Word("工作负载", "WORKLOADS");
pub(crate) const PODS: Word = Word("容器组", "PODS");
pub(crate) const OWNER: Word = Word("推断归属", "OWNER (GUESSED)");
pub(crate) const SIGNS: Word = Word("依据", "FROM");
pub(crate) const CPU: Word = Word("CPU", "CPU");
pub(crate) const MEMORY: Word = Word("内存", "MEMORY");
pub(crate) const STORAGE: Word = Word("存储", "STORAGE");
pub(crate) const VOLUMES: Word = Word("数据卷", "VOLUMES");
pub(crate) const SERVICES: Word = Word("服务", "SERVICES");
pub(crate) const REGISTRIES: Word = Word("镜像来源", "REGISTRIES");
pub(crate) const FLOWS: Word = Word("流向", "FLOWS");
pub(crate) const VIOLATIONS: Word = Word("不合规", "VIOLATIONS");
pub(crate) const MADE: Word = Word("新建", "made");
pub(crate) const ADOPTED: Word = Word("纳管", "adopted,");
pub(crate) const RESOURCE: Word = Word("资源", "RESOURCE");
pub(crate) const BUDGETED: Word = Word("额度", "BUDGET");
pub(crate) const ASKED: Word = Word("申请", "ASKED");
pub(crate) const GRANTED: Word = Word(glossary::GRANTED.zh, "GRANTED");
pub(crate) const TOLD_AMOUNT: Word = Word(glossary::TOLD_AMOUNT.zh, "TOLD");
pub(crate) const COUNTED: Word = Word(glossary::COUNTED.zh, "COUNTED");
pub(crate) const CPU_COUNTED: Word = Word("CPU 计入/额度", "CPU COUNTED/BUDGET");
pub(crate) const YEAR: Word = Word("年度", "YEAR");
pub(crate) const FUNDING: Word = Word(glossary::FUNDING.zh, "FUNDING");
pub(crate) const UNTIL: Word = Word("到期", "UNTIL");
pub(crate) const SITES: Word = Word("机房", "SITES");
pub(crate) const SITE: Word = Word("机房", "SITE");
pub(crate) const STATE: Word = Word("状态", "STATE");
pub(crate) const ZONES: Word = Word(glossary::ZONE.zh, "ZONES");
pub(crate) const LEVEL: Word = Word(glossary::LEVEL.zh, "LEVEL");
pub(crate) const CLASS: Word = Word("类别", "CLASS");
pub(crate) const FILING: Word = Word("备案编号", "FILING");
pub(crate) const RECOVERY: Word = Word("灾备等级", "RECOVERY");
pub(crate) const OPERATOR: Word = Word("运维单位", "OPERATOR");
pub(crate) const TROUBLE: Word = Word("待处理", "TO SEE TO");
pub(crate) const SYSTEMS_READY: Word = Word("信息系统", "SYSTEMS");
pub(crate) const WORKSPACES_READY: Word = Word("业务空间", "WORKSPACES");
pub(crate) const MEANING: Word = Word("含义", "MEANING");
pub(crate) const ENGLISH: Word = Word("英文", "TERM");
pub(crate) const CHINESE: Word = Word("中文", "CHINESE");
pub(crate) const ROW: Word = Word("行", "ROW");
pub(crate) const COLUMN: Word = Word("列", "COLUMN");
pub(crate) const CODE: Word = Word("代码", "CODE");
pub(crate) const ACTION: Word = Word("操作", "ACTION");
pub(crate) const CHANGES: Word = Word("变更内容", "CHANGES");
pub(crate) const CREATED: Word = Word("新增", "new");
pub(crate) const CHANGED: Word = Word("变更", "changed");
pub(crate) const SAME: Word = Word("不变", "unchanged");
pub(crate) const EMPTY: Word = Word("(空)", "(empty)");
pub(crate) const COLON: Word = Word(":", ": ");
pub(crate) const SEMICOLON: Word = Word(";", "; ");

/// A kind that the command line speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) enum Kind {
    District,
    DataCenter,
    Department,
    System,
    Workspace,
    WorkspaceSet,
    IsolationProfile,
    ApprovalPolicy,
    WorkCalendar,
    Budget,
    ResourceRequest,
    Approval,
    Grant,
    Allotment,
    Removal,
    Ruling,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Self; 16] = [
        Self::District,
        Self::DataCenter,
        Self::Department,
        Self::System,
        Self::Workspace,
        Self::WorkspaceSet,
        Self::IsolationProfile,
        Self::ApprovalPolicy,
        Self::WorkCalendar,
        Self::Budget,
        Self::ResourceRequest,
        Self::Approval,
        Self::Grant,
        Self::Allotment,
        Self::Removal,
        Self::Ruling,
    ];

    /// Its entry in the glossary.
    pub(crate) fn term(self) -> &'static Term {
        match self {
            Self::District => &glossary::DISTRICT,
            Self::DataCenter => &glossary::DATA_CENTER,
            Self::Department => &glossary::DEPARTMENT,
            Self::System => &glossary::SYSTEM,
            Self::Workspace => &glossary::WORKSPACE,
            Self::WorkspaceSet => &glossary::WORKSPACE_SET,
            Self::IsolationProfile => &glossary::ISOLATION_PROFILE,
            Self::ApprovalPolicy => &glossary::APPROVAL_POLICY,
            Self::WorkCalendar => &glossary::WORK_CALENDAR,
            Self::Budget => &glossary::BUDGET,
            Self::ResourceRequest => &glossary::RESOURCE_REQUEST,
            Self::Approval => &glossary::APPROVAL,
            Self::Grant => &glossary::GRANT,
            Self::Allotment => &glossary::ALLOTMENT,
            Self::Removal => &glossary::REMOVAL,
            Self::Ruling => &glossary::RULING,
        }
    }

    /// The kind that people call so.
    pub(crate) fn called(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.term().is_called(name))
    }

    /// The word for it.
    pub(crate) fn word(self) -> Word {
        let english = match self {
            Self::District => "District",
            Self::DataCenter => "Data centre",
            Self::Department => "Department",
            Self::System => "System",
            Self::Workspace => "Workspace",
            Self::WorkspaceSet => "Workspace set",
            Self::IsolationProfile => "Isolation profile",
            Self::ApprovalPolicy => "Approval policy",
            Self::WorkCalendar => "Work calendar",
            Self::Budget => "Budget",
            Self::ResourceRequest => "Resource request",
            Self::Approval => "Approval",
            Self::Grant => "Grant",
            Self::Allotment => "Allotment",
            Self::Removal => "Removal",
            Self::Ruling => "Ruling",
        };
        Word(self.term().zh, english)
    }

    /// The word for several.
    pub(crate) fn plural(self) -> Word {
        let english = match self {
            Self::District => "Districts",
            Self::DataCenter => "Data centres",
            Self::Department => "Departments",
            Self::System => "Systems",
            Self::Workspace => "Workspaces",
            Self::WorkspaceSet => "Workspace sets",
            Self::IsolationProfile => "Isolation profiles",
            Self::ApprovalPolicy => "Approval policies",
            Self::WorkCalendar => "Work calendars",
            Self::Budget => "Budgets",
            Self::ResourceRequest => "Resource requests",
            Self::Approval => "Approvals",
            Self::Grant => "Grants",
            Self::Allotment => "Allotments",
            Self::Removal => "Removals",
            Self::Ruling => "Rulings",
        };
        Word(self.term().zh, english)
    }

    /// How messages name it: Chinese, then the kind.
    pub(crate) fn in_message(self) -> String {
        format!("{} {self:?}", self.term().zh)
    }
}

/// The word for a disposition.
pub(crate) fn disposition(disposition: Disposition) -> Word {
    let english = match disposition {
        Disposition::Cloud => "cloud",
        Disposition::Inventory => "inventory",
        Disposition::ToVacate => "to vacate",
        Disposition::Vertical => "vertical line",
        Disposition::PlannedRecovery => "planned recovery",
    };
    Word(disposition.zh(), english)
}

/// The word for what a system is to the district.
pub(crate) fn system_kind(kind: SystemKind) -> Word {
    let english = match kind {
        SystemKind::New => "new",
        SystemKind::Existing => "existing",
        SystemKind::Linked => "linked",
        SystemKind::Platform => "platform",
    };
    Word(kind.zh(), english)
}

/// The word for what the money behind a budget is for.
pub(crate) fn funding(funding: Funding) -> Word {
    match funding {
        Funding::Infrastructure => Word("基础设施", "infrastructure"),
        Funding::Application => Word("业务应用", "application"),
        Funding::Operation => Word("系统运维", "operation"),
    }
}

/// The word for what a request changes.
pub(crate) fn change(change: RequestChange) -> Word {
    let english = match change {
        RequestChange::New => "new",
        RequestChange::More => "more",
        RequestChange::Less => "less",
        RequestChange::Move => "move",
        RequestChange::Renew => "renew",
    };
    Word(change.zh(), english)
}

/// The word for how far a request is.
pub(crate) fn phase(phase: RequestPhase) -> Word {
    let english = match phase {
        RequestPhase::Draft => "draft",
        RequestPhase::Deciding => "deciding",
        RequestPhase::Approved => "approved",
        RequestPhase::Granted => "granted",
        RequestPhase::Refused => "refused",
        RequestPhase::Withdrawn => "withdrawn",
        RequestPhase::Invalid => "invalid",
    };
    Word(phase.zh(), english)
}

/// The word for a decision about a request.
pub(crate) fn verdict(verdict: Verdict) -> Word {
    match verdict {
        Verdict::Approve => Word(Verdict::Approve.zh(), "approve"),
        Verdict::Refuse => Word(Verdict::Refuse.zh(), "refuse"),
    }
}

/// The word for how urgent a request is.
pub(crate) fn urgency(urgency: Urgency) -> Word {
    match urgency {
        Urgency::Normal => Word("一般", "normal"),
        Urgency::Urgent => Word("紧急", "urgent"),
    }
}

/// The word for a recovery class.
pub(crate) fn recovery(class: RecoveryClass) -> Word {
    match class {
        RecoveryClass::None => Word("无", "none"),
        RecoveryClass::Backup => Word("备份", "backup"),
        RecoveryClass::Data => Word("数据级", "data"),
        RecoveryClass::Application => Word("应用级", "application"),
    }
}

/// The word for a network zone.
pub(crate) fn zone(zone: Zone) -> Word {
    Word(zone.zh(), zone.id())
}

/// The word for how far a workspace is at a site.
pub(crate) fn state(state: PlaceState) -> Word {
    let english = match state {
        PlaceState::Pending => "pending",
        PlaceState::Told => "told",
        PlaceState::Accepted => "accepted",
        PlaceState::Applied => "in force",
        PlaceState::Blocked => "blocked",
        PlaceState::Left => "left",
    };
    Word(state.zh(), english)
}

/// The word for how far the rules are in force in a namespace.
pub(crate) fn stage(stage: Enforcement) -> Word {
    Word(stage.zh(), stage.id())
}

/// The word for a decision about a site.
pub(crate) fn decision(decision: Decision) -> Word {
    match decision {
        Decision::TakeHub => Word("以中心为准", "take-hub"),
        Decision::TakeSite => Word("以机房为准", "take-site"),
        Decision::Abandon => Word("放弃机房", "abandon"),
        Decision::Readmit => Word("恢复机房", "readmit"),
        Decision::Vouch => Word("担保", "vouch"),
        Decision::TrustKeys => Word("认可公钥", "trust keys"),
    }
}

/// The words for what somebody who is let in may do.
pub(crate) fn access(verb: AccessVerb) -> Word {
    match verb {
        AccessVerb::View => Word("查看", "view"),
        AccessVerb::Debug => Word("调试(日志、进入容器、端口转发)", "debug (logs, exec, port-forward)"),
        AccessVerb::Edit => Word("变更", "edit"),
    }
}

/// The word for what becomes of a namespace that is removed.
pub(crate) fn then(then: Then) -> Word {
    match then {
        Then::Keep => Word("保留", "keep"),
        Then::Delete => Word("删除", "delete"),
    }
}

/// The word for how well an object is.
pub(crate) fn health(health: Health) -> Word {
    match health {
        Health::Ready => Word("是", "yes"),
        Health::NotReady => Word("否", "no"),
        Health::Unknown => Word("未知", "unknown"),
        Health::NotJudged => Word("待处理", "pending"),
        Health::NotExpected => Word("-", "-"),
    }
}
