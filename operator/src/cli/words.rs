//! Single words of tables and headings in both languages; sentences stand in the catalogue.

use crds::tenancy::workspace::PlaceState;
use crds::{Decision, Disposition, Enforcement, Lang, Then};
use serde::Serialize;

use super::status::report::Health;

/// A word in Chinese and English.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word(&'static str, &'static str);

impl Word {
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
pub(crate) const DISPOSITION: Word = Word("处置", "DISPOSITION");
pub(crate) const READY: Word = Word("就绪", "READY");
pub(crate) const NODES: Word = Word("节点", "NODES");
pub(crate) const ORDERS: Word = Word("指令", "ORDERS");
pub(crate) const MESSAGE: Word = Word("说明", "MESSAGE");
pub(crate) const NAMESPACE: Word = Word("命名空间", "NAMESPACE");
pub(crate) const PLACES: Word = Word("各机房状态", "SITES");
pub(crate) const SET: Word = Word("指令组", "SET");
pub(crate) const SETS: Word = Word("指令组", "Sets of orders");
pub(crate) const TOLD: Word = Word("已下发", "TOLD");
pub(crate) const ACCEPTED: Word = Word("已接受", "ACCEPTED");
pub(crate) const IN_FORCE: Word = Word("已生效", "IN FORCE");
pub(crate) const BLOCKED: Word = Word("受阻", "BLOCKED");
pub(crate) const QUARANTINED: Word = Word("隔离", "QUARANTINED");
pub(crate) const CONTESTED: Word = Word("争用", "CONTESTED");
pub(crate) const UNKNOWN: Word = Word("中心无记录", "UNKNOWN");
pub(crate) const DRIFT: Word = Word("漂移", "DRIFT");
pub(crate) const HUBS_ORDER: Word = Word("中心的指令", "HUB'S ORDER");
pub(crate) const SITES_ORDER: Word = Word("机房的指令", "SITE'S ORDER");
pub(crate) const UID: Word = Word("UID", "UID");
pub(crate) const SHARE: Word = Word("份额", "SHARE");
pub(crate) const THEN: Word = Word("之后", "THEN");
pub(crate) const BECOMES: Word = Word("之后", "Then");
pub(crate) const DECISION: Word = Word("裁定", "Decision");
pub(crate) const ASKED_BY: Word = Word("提交者", "Asked by");
pub(crate) const REASON: Word = Word("理由", "Reason");
pub(crate) const AGREED_BY: Word = Word("复核者", "Agreed by");
pub(crate) const TERM: Word = Word("任期", "term");
pub(crate) const TO_SEE_TO: Word = Word("需要处理", "To see to");
pub(crate) const NOT_SEEN: Word = Word("未能查看", "Not seen");
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) enum Kind {
    District,
    DataCenter,
    Department,
    System,
    Workspace,
    WorkspaceSet,
}

impl Kind {
    /// The word for it.
    pub(crate) fn word(self) -> Word {
        match self {
            Self::District => Word("区", "District"),
            Self::DataCenter => Word("机房", "Data centre"),
            Self::Department => Word("单位", "Department"),
            Self::System => Word("信息系统", "System"),
            Self::Workspace => Word("业务空间", "Workspace"),
            Self::WorkspaceSet => Word("批量业务空间", "Workspace set"),
        }
    }

    /// The word for several.
    pub(crate) fn plural(self) -> Word {
        match self {
            Self::District => Word("区", "Districts"),
            Self::DataCenter => Word("机房", "Data centres"),
            Self::Department => Word("单位", "Departments"),
            Self::System => Word("信息系统", "Systems"),
            Self::Workspace => Word("业务空间", "Workspaces"),
            Self::WorkspaceSet => Word("批量业务空间", "Workspace sets"),
        }
    }

    /// How messages name it: Chinese, then the kind.
    pub(crate) fn in_message(self) -> String {
        format!("{} {self:?}", self.word().0)
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
