//! Flows between workspaces: who may open connections to whom, agreed to by both sides and until a date.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A workspace of this or another department (对端业务空间).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Peer {
    /// The `Department` (单位); left out, the own one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16))]
    pub department: Option<String>,
    /// Name of its `Workspace` (业务空间).
    #[schemars(length(min = 1, max = 40))]
    pub workspace: String,
}

/// A port that a flow is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlowPort {
    /// Number of the port on the pods that are reached.
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
    /// The transport protocol (传输协议) of the port.
    #[serde(default)]
    pub protocol: Protocol,
}

/// A transport protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Protocol {
    /// TCP.
    #[default]
    #[serde(rename = "TCP")]
    Tcp,
    /// UDP.
    #[serde(rename = "UDP")]
    Udp,
    /// SCTP.
    #[serde(rename = "SCTP")]
    Sctp,
}

impl Protocol {
    /// The identifier that stands in YAML.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }
}

/// A flow (互访): pods of this workspace open connections to pods of another.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Flow {
    /// What it is called here.
    #[schemars(length(min = 1, max = 40))]
    pub name: String,
    /// Where to.
    pub to: Peer,
    /// Which ports there.
    #[schemars(length(min = 1, max = 16), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["port", "protocol"]))]
    pub ports: Vec<FlowPort>,
    /// Until when (截止): a day (2027-06-30, to its end in China) or a time (2027-06-30T08:00:00Z). Required for a flow to
    /// another department, and at most 366 days ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(max = 25),
        regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|\+08:00))?$")
    )]
    pub until: Option<String>,
    /// What for (用途).
    #[schemars(length(min = 1, max = 200))]
    pub purpose: String,
}

/// Agreement to flows of another department to this workspace (互访同意).
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// From where.
    pub from: Peer,
    /// Which ports here.
    #[schemars(length(min = 1, max = 16), extend("x-kubernetes-list-type" = "map"), extend("x-kubernetes-list-map-keys" = ["port", "protocol"]))]
    pub ports: Vec<FlowPort>,
    /// Until when (截止), as in a flow; at most 366 days ahead.
    #[schemars(
        length(max = 25),
        regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|\+08:00))?$")
    )]
    pub until: String,
}

/// What became of a flow.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowStatus {
    /// Whether it leads from here or to here.
    pub direction: FlowDirection,
    /// The other side, as department/workspace.
    #[schemars(length(max = 57))]
    pub peer: String,
    /// What it is called where it begins.
    #[schemars(length(max = 63))]
    pub name: String,
    /// How it stands.
    pub state: FlowState,
    /// Ports, ends and reasons.
    #[schemars(length(max = 1024))]
    pub message: String,
}

/// Whether a flow leads from a workspace or to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum FlowDirection {
    /// 出: from here to the other side.
    Out,
    /// 入: from the other side to here.
    In,
}

/// How a flow stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum FlowState {
    /// 待对方同意: the side that is reached has not agreed to it.
    AwaitsConsent,
    /// 办理中: agreed to, and the other side has no namespace yet.
    Pending,
    /// 已开通: in the orders of the sites where both stand.
    Open,
    /// 已到期: its end or that of the agreement has passed.
    Ended,
    /// 不予开通: it cannot be, and the message says why.
    Refused,
}

impl FlowState {
    /// The Chinese name.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::AwaitsConsent => "待对方同意",
            Self::Pending => "办理中",
            Self::Open => "已开通",
            Self::Ended => "已到期",
            Self::Refused => "不予开通",
        }
    }
}
