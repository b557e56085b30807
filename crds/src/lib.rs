//! The API of Zhengyun: every kind of `zhengyun.io/v1alpha1`, one file each, grouped by domain.
//!
//! This crate holds types and words only. It cannot talk to a cluster: its manifest lists nothing that can.

#![allow(
    clippy::duplicated_attributes,
    reason = "each printcolumn repeats `type_`, which is not the attribute's name"
)]
#![allow(
    unreachable_pub,
    reason = "KubeSchema repeats each struct inside a function, where `pub` cannot be reached"
)]

pub mod common;
pub mod fleet;
pub mod install;
pub mod labels;
pub mod message;
pub mod metrics;
pub mod migration;
pub mod tenancy;

pub use common::{Amounts, Basis, Disposition, ProtectionLevel, Share, Signature, Zone};
pub use fleet::allotment::{Allotment, AllotmentSpec, AllotmentStatus};
pub use fleet::applied_bundle::{
    AppliedBundle, AppliedBundleSpec, AppliedBundleStatus, AppliedObject, Drift, SiteLedger,
};
pub use fleet::data_center::{DataCenter, DataCenterSpec, DataCenterStatus, SetCounts, SetDetail, SiteFacts};
pub use fleet::district::{District, DistrictSpec, DistrictStatus};
pub use fleet::escrow_ledger::{EscrowLedger, EscrowLedgerSpec, Holder};
pub use fleet::order::{
    Authority, BundleObject, Lot, NamespaceShare, Order, OrderId, RawObject, Shard, Shares, Term, Tombstone,
};
pub use fleet::record::{Record, RecordHead, RecordSpec, RecordedAct};
pub use fleet::ruling::{Decision, RuledSet, Ruling, RulingSpec, RulingStatus};
pub use fleet::site_bundle::{SiteBundle, SiteBundleSpec};
pub use fleet::site_report::{
    NamespaceFact, ReportedSet, SetPhase, SiteReport, SiteReportSpec, SiteReportStatus, TombstoneOutcome,
    TombstoneState, UsedShare,
};
pub use fleet::token_issuer::TokenIssuer;
pub use message::{Lang, Message};
pub use migration::system::{Officers, System, SystemSpec, SystemStatus};
pub use tenancy::access_grant::{
    AccessGrant, AccessGrantSpec, AccessGrantStatus, AccessPlace, AccessState, AccessVerb,
};
pub use tenancy::adoption::{Adoption, Enforcement};
pub use tenancy::approval::{
    Approval, ApprovalSpec, ApprovalStamp, ApprovalStatus, RecordedDecision, Verdict,
};
pub use tenancy::approval_policy::{
    ApprovalPolicy, ApprovalPolicySpec, ApprovalPolicyStatus, ApprovalStep, AutomaticRule, Paper,
    SmallIncrease, StepWhen,
};
pub use tenancy::budget::{Budget, BudgetSpec, BudgetStatus, Funding};
pub use tenancy::department::{Department, DepartmentSpec, DepartmentStatus, SecretLogin, SecretStore};
pub use tenancy::flow::{Consent, Flow, FlowDirection, FlowPort, FlowState, FlowStatus, Peer, Protocol};
pub use tenancy::grant::{Grant, GrantOrigin, GrantSpec, GrantStatus, GrantedSite};
pub use tenancy::isolation_profile::{IsolationProfile, IsolationProfileSpec, IsolationProfileStatus};
pub use tenancy::removal::{
    Removal, RemovalPlace, RemovalSpec, RemovalState, RemovalStatus, RemovedPlace, Then,
};
pub use tenancy::resource_request::{
    AskedAmounts, AskedSite, EnforcedSite, HistoryEntry, LevelRise, OnBehalfOf, PendingStep, Project,
    RequestChange, RequestPhase, RequestStamp, ResourceRequest, ResourceRequestSpec, ResourceRequestStatus,
    Sharing, Urgency, WhatIf,
};
pub use tenancy::work_calendar::{
    CalendarLayer, Holiday, WorkCalendar, WorkCalendarSpec, WorkCalendarStatus,
};
pub use tenancy::workspace::{Workspace, WorkspaceSite, WorkspaceSiteStatus, WorkspaceSpec, WorkspaceStatus};
pub use tenancy::workspace_set::{
    Instance, InstanceState, Lead, SetFlows, Template, WorkspaceSet, WorkspaceSetSpec, WorkspaceSetStatus,
};

/// The API group of every kind of ours.
pub const GROUP: &str = "zhengyun.io";
