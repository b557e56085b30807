//! Labels, annotations and fixed names that carry ownership. Tenants can write none of them.

/// Marks every object that Zhengyun wrote and keeps.
pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The value of [`MANAGED_BY`].
pub const MANAGER: &str = "zhengyun";
/// The department (单位) that an object belongs to: the name of its `Department`.
pub const DEPARTMENT: &str = "zhengyun.io/department";
/// The workspace (业务空间) that a namespace on a site was made for: the name of its `Workspace`.
pub const WORKSPACE: &str = "zhengyun.io/workspace";
/// The uid of the `Workspace` that a namespace on a site was made for: a name can be used again, a uid cannot.
pub const WORKSPACE_UID: &str = "zhengyun.io/workspace-uid";
/// The information system (信息系统) that a workspace serves: the name of its `System`.
pub const SYSTEM: &str = "zhengyun.io/system";
/// The network zone (网络区域) of a namespace on a site.
pub const ZONE: &str = "zhengyun.io/zone";
/// The protection level (等保等级) of a namespace on a site, as `S3A3`.
pub const LEVEL: &str = "zhengyun.io/level";
/// The data centre (机房) that a hub namespace belongs to.
pub const SITE: &str = "zhengyun.io/site";
/// The set of orders that an object on a site stands in.
pub const SET: &str = "zhengyun.io/set";
/// How far the rules of the platform are in force in a namespace on a site (生效阶段): `observe`, `warn` or [`ENFORCE`].
pub const ENFORCEMENT: &str = "zhengyun.io/enforcement";
/// The value of [`ENFORCEMENT`] with which what breaks a rule is refused.
pub const ENFORCE: &str = "enforce";
/// A namespace in which the department changes nothing for the time being (冻结): `true`.
pub const FROZEN: &str = "zhengyun.io/frozen";
/// The `WorkspaceSet` (批量业务空间) that a system or workspace on the hub was made by.
pub const WORKSPACE_SET: &str = "zhengyun.io/workspace-set";
/// Annotation of a namespace on a site: its share of the central Internet exit (互联网出口带宽), in Mbit/s.
pub const EGRESS_MBIT: &str = "zhengyun.io/egress-mbit";
/// Annotation of a network policy: when each of its rules that let in ends, by their order, `-` for one without an end.
pub const INGRESS_UNTIL: &str = "zhengyun.io/ingress-until";
/// Annotation of a network policy: when each of its rules that let out ends, by their order, `-` for one without an end.
pub const EGRESS_UNTIL: &str = "zhengyun.io/egress-until";
/// Annotation of a role binding of access (临时运维授权): when each of its subjects is let in no more, by their order.
pub const ACCESS_UNTIL: &str = "zhengyun.io/access-until";
/// Annotation beside [`ACCESS_UNTIL`]: the `AccessGrant` of each subject, by their order.
pub const ACCESS_GRANTS: &str = "zhengyun.io/access-grants";
/// Chinese name of the thing, for people who list namespaces.
pub const DISPLAY_NAME: &str = "zhengyun.io/display-name";

/// Annotation of a quota: the revision of its share in the site's ledger.
pub const SHARE_REVISION: &str = "zhengyun.io/share-revision";
/// Annotation of a namespace that is about to be deleted by order: its own uid.
pub const TOMBSTONE: &str = "zhengyun.io/tombstone";
/// Annotation beside [`TOMBSTONE`]: who asked, why, and which approval allows it.
pub const TOMBSTONE_REASON: &str = "zhengyun.io/tombstone-reason";

/// Annotation by which a platform engineer lets a workspace take over a namespace on a site (纳管): `<department>/<workspace>`.
pub const ADOPT: &str = "zhengyun.io/adopt";
/// Annotation of an adopted namespace: the Pod Security labels that it had of its own, which it gets back with a step back.
pub const FOUND: &str = "zhengyun.io/found-pod-security";
/// Annotation of an object that is rendered without effect: it is written over one that stands and never made anew.
pub const LIFTED: &str = "zhengyun.io/lifted";

/// Namespace of the operator's own objects, on the hub and on every site.
pub const SYSTEM_NAMESPACE: &str = "zhengyun-system";
/// Secret in [`SYSTEM_NAMESPACE`] of a site that holds its credential for the hub.
pub const CREDENTIAL: &str = "zhengyun-hub-credential";
/// ConfigMap in [`SYSTEM_NAMESPACE`] of the hub that holds the hub's id.
pub const IDENTITY: &str = "zhengyun-hub";
/// The key of the hub's id in [`IDENTITY`].
pub const EPOCH: &str = "epoch";
/// ConfigMap in every workspace namespace of a site with what the admission policies allow there.
pub const PARAMETERS: &str = "zhengyun";
/// Namespace on a site that holds one ServiceAccount per department, which the agent impersonates for its content.
pub const EXECUTOR_NAMESPACE: &str = "zhengyun-executors";
