//! Every sentence of Zhengyun, by its code: 1xxx registers and orders, 2xxx sites, 3xxx the command line. Sentences of admission
//! policies (4xxx) stand in the charts.

use super::{Lang, in_english};

macro_rules! catalogue {
    ($( $(#[doc = $doc:literal])+ $name:ident { $($field:ident),* } = $code:literal, $zh:literal, $en:literal; )*) => {
        /// One thing that Zhengyun says, with its values filled in.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Message {
            $( $(#[doc = $doc])+ #[allow(missing_docs, reason = "the fields are the values that the text names")]
               $name { $($field: String),* }, )*
        }

        impl Message {
            /// The stable number; `ZY-` is written before it.
            #[must_use]
            pub fn code(&self) -> u16 {
                match self { $( Self::$name { .. } => $code, )* }
            }

            /// The reason of a condition: the name of the message.
            #[must_use]
            pub fn reason(&self) -> &'static str {
                match self { $( Self::$name { .. } => stringify!($name), )* }
            }

            /// The text in one language, without the code.
            #[must_use]
            pub fn text(&self, lang: Lang) -> String {
                match (self, lang) {
                    $( (Self::$name { $($field),* }, Lang::Zh) => format!($zh),
                       (Self::$name { $($field),* }, Lang::En) => {
                           $( let $field = in_english($field); )*
                           format!($en)
                       } )*
                }
            }

            /// Every entry of the catalogue as (code, name, Chinese template, English template).
            #[allow(clippy::large_stack_arrays, reason = "a constant reference is to a static, on no stack")]
            pub const CATALOGUE: &'static [(u16, &'static str, &'static str, &'static str)] =
                &[ $( ($code, stringify!($name), $zh, $en), )* ];
        }
    };
}

catalogue! {
    /// An object is as it should be.
    Settled {} = 1000, "正常", "all is well";
    /// An object waits for something named.
    WaitingFor { what } = 1001, "等待{what}", "waiting for {what}";
    /// A field names an object that does not exist.
    UnknownReference { field, value, kind, allowed } = 1002, "{field} 引用的{kind}“{value}”不存在;可用:{allowed}", "{field} names {kind} \"{value}\", which does not exist; choose from: {allowed}";
    /// Two objects carry a value that must be unique.
    Duplicate { field, value, other } = 1003, "{field} 的值“{value}”已被 {other} 使用,必须唯一", "{field} has the value \"{value}\", which {other} already has; it must be unique";
    /// A namespace that is not ours stands where ours should be.
    ForeignNamespace { namespace, place } = 1004, "{place}上已有不属于本平台的命名空间“{namespace}”,不予接管;请改名或另行纳管", "{place} already has a namespace \"{namespace}\" that is not ours; it is not touched: choose another name, or have it adopted";
    /// A stored object of our kinds cannot be read.
    Malformed { kind, name, error } = 1005, "{kind} {name} 的内容无法识别,已跳过:{error}", "{kind} {name} cannot be read and is skipped: {error}";
    /// The object an object depends on is not well itself.
    NotReadyReference { field, value, kind } = 1006, "{field} 引用的{kind}“{value}”自身未就绪,请先处理", "{field} names {kind} \"{value}\", which is not ready itself; see to that first";
    /// More than one object of a kind of which there is one.
    OnlyOne { kind, first } = 1007, "{kind} 只能有一个,已有“{first}”", "there can be only one {kind}, and \"{first}\" is it";

    /// A room of the government intranet was to become a place.
    IntranetOutside {} = 1101, "zones 含政务内网(intranet)的机房只能登记(accepted 须为 false):政务内网实行分级保护,不在本平台范围内", "a room whose zones include intranet can only be inventory (accepted must be false): the government intranet is outside this platform";
    /// City infrastructure was to become a place.
    CityInfrastructure {} = 1102, "provider 为 city(市级云)的基础设施不能作为本区部署地点(accepted 须为 false):与市级云在设施资源层面分离", "infrastructure whose provider is city is never a place of ours (accepted must be false): the infrastructure layers are separate";
    /// A room that is not for the cloud was accepted.
    NotForCloud {} = 1103, "disposition 不是 cloud 的机房不能投入使用(accepted 须为 false);要启用请先把 disposition 改为 cloud", "only a room whose disposition is cloud can be accepted (else accepted must be false); change disposition to cloud first";
    /// A site without a level or zones.
    LevelMissing {} = 1104, "投入使用的机房须填写 level(等保等级),允许 1 至 4", "an accepted data centre must state its level, 1 to 4";
    /// A name that would not be a short code.
    DataCenterName {} = 1105, "metadata.name 须为小写字母开头的短码,可含数字和连字符,最多 40 个字符,且不得以 kube- 开头", "metadata.name must be a short code: a lower-case letter, then letters, digits or hyphens, at most 40 characters, not starting with kube-";
    /// Nobody joined yet.
    NotJoined { site } = 1110, "机房尚未接入;请运行 kubectl zhengyun site join {site}", "the site has not joined yet; run: kubectl zhengyun site join {site}";
    /// The agent has not been heard for a while.
    NotHeard { site, seconds } = 1111, "已 {seconds} 秒没有机房 {site} 的消息;现场仍按最后一次指令运行", "nothing heard from {site} for {seconds} s; the site goes on with its last orders";
    /// The room is only registered.
    InventoryOnly {} = 1112, "仅登记,不作为部署地点", "registered only, not a place to deploy to";
    /// The site is well.
    SiteWell { sets, nodes } = 1113, "已接入,{sets} 组指令已生效,{nodes} 个节点就绪", "joined, {sets} sets of orders applied, {nodes} nodes ready";
    /// Some sets are not applied yet.
    SiteBehind { applied, told, blocked, quarantined, contested, unknown } = 1114, "已生效 {applied}/{told} 组指令,受阻 {blocked} 组,隔离 {quarantined} 组,争用 {contested} 组,中心无记录 {unknown} 组", "{applied} of {told} sets of orders applied, {blocked} blocked, {quarantined} in quarantine, {contested} contested, {unknown} unknown to the hub";
    /// The site holds an order the hub does not know.
    SiteAhead { site, set } = 1115, "机房 {site} 持有中心不认识的指令(组 {set}),可能中心数据曾被恢复;在人工裁定前不再下发。请运行 kubectl zhengyun site quarantine {site}", "{site} holds an order of set {set} that the hub does not know; the hub may have been restored; nothing more is told before a person rules: kubectl zhengyun site quarantine {site}";
    /// Too many orders are unconfirmed.
    TooManyUnconfirmed { site, set, limit } = 1116, "机房 {site} 有 {limit} 条指令(组 {set})未确认,等待其确认", "{limit} orders of set {set} are unconfirmed at {site}; waiting for the site";

    /// A site heard a term that is newer than this leadership.
    SiteNewerTerm { site, number } = 1117, "机房 {site} 报告了比本中心更新的任期 {number}:中心数据可能曾被恢复,或该机房上报有误;暂不向其下发,请核实后重启 zhengyun hub", "{site} reports term {number}, newer than this leadership: the hub may have been restored, or the site is wrong; nothing is told to it. Find out which, then restart zhengyun hub";

    /// A site's own store was restored to an earlier state: it is told again.
    SiteWentBack { site, set, from, to } = 1120, "机房 {site} 的数据曾被恢复到较早状态(组 {set}:由第 {from} 版退回第 {to} 版),已自动重新下发", "the store of {site} went back to an earlier state (set {set}: from revision {from} to {to}); it has been told again";
    /// The site still follows the hub as it was before its id was changed.
    SiteOtherEpoch { site } = 1129, "机房 {site} 仍按更换前的中心标识运行,不执行新的指令;请重新接入:kubectl zhengyun site join {site}", "{site} still goes by the hub's former id and takes no new orders; join it again: kubectl zhengyun site join {site}";
    /// A ruling with sets where there should be none, or the other way round.
    RulingSets {} = 1121, "decision 为 takeHub、takeSite 时须列出 sets,为 abandon、readmit 时不得列出", "sets must be listed for the decisions takeHub and takeSite, and not for abandon and readmit";
    /// Something was changed that stands for good.
    NeverChanged {} = 1122, "提交后不得修改:只能补一次 approval(复核),清退另可把 withdrawn 改为 true", "once submitted it cannot be changed: approval can be added once, and a removal can be withdrawn (withdrawn: true)";
    /// A person approved their own request.
    OwnApproval {} = 1123, "approval.by 不得与 by 相同:须由另一人复核", "approval.by must not be the same as by: a second person must agree";
    /// A ruling or removal waits for its second person.
    AwaitsApproval { command } = 1124, "等待另一人复核:{command}", "waits for a second person: {command}";
    /// A ruling was carried out.
    RulingDone { sets } = 1125, "裁定已执行:{sets}", "the ruling was carried out: {sets}";
    /// A ruling names orders that stand no longer.
    RulingPast { sets } = 1126, "裁定所列指令({sets})已不是机房现持有的指令,不再起作用;如仍有隔离,请重新查看并裁定", "the orders that the ruling names ({sets}) are no longer what the site holds; it decides nothing any more: if something is still in quarantine, look again and rule again";
    /// The site was given up.
    SiteAbandoned { site } = 1127, "机房 {site} 已按裁定放弃:不再下发指令,不再接受其上报;其配额仍计入", "{site} was abandoned by a ruling: it is told nothing more and may say nothing more; what it may use stays counted";
    /// Another leader told a newer term: this one ends.
    NewerLeader { number } = 1119, "另一个中心主实例已开始任期 {number},本实例即将退出", "another leader has begun term {number}; this one is about to end";
    /// The hub's id is gone while sites still hold its orders.
    IdentityLost { epoch } = 1118, "中心标识丢失(zhengyun-system/zhengyun-hub 缺少 epoch),但机房仍持有 epoch {epoch} 的指令;为免成为另一个中心,不予启动。请恢复该 ConfigMap:epoch: {epoch}", "the hub has lost its id (epoch in zhengyun-system/zhengyun-hub) while sites hold orders of epoch {epoch}; it does not start, so as not to become another hub. Restore that ConfigMap with epoch: {epoch}";

    /// The site's credential was revoked, and it was not joined again.
    CredentialRevoked { site } = 1190, "机房 {site} 的凭证已撤销,此后没有重新接入;现场仍按最后一次指令运行。请运行 kubectl zhengyun site join {site}", "the credential of {site} was revoked and it has not joined again since; the site goes on with its last orders. Run: kubectl zhengyun site join {site}";
    /// The site's credential ended while the site was not heard.
    CredentialEnded { site, at } = 1191, "机房 {site} 的凭证已于 {at} 到期,断联期间未能续期;现场仍按最后一次指令运行。请运行 kubectl zhengyun site join {site}", "the credential of {site} ended at {at}, while the site was not heard; the site goes on with its last orders. Run: kubectl zhengyun site join {site}";
    /// A second cluster asks under the name of a site.
    OtherCluster { site, cluster } = 1192, "另一个集群({cluster})也以机房 {site} 的名义接入,已拒绝:不执行指令,不接受上报。接错的,在那边换上正确的接入文件;原集群已重建或替换的,请运行 kubectl zhengyun site revoke {site},再重新接入", "another cluster ({cluster}) asks under the name of {site} and is refused: it takes no orders and reports nothing. Where it was joined by mistake, give it the right join file there; where it replaces the first: kubectl zhengyun site revoke {site}, then join it again";
    /// The agent of a site says that it lacks something.
    SiteLacks { site, what } = 1193, "机房 {site} 的代理缺少运行条件,补齐后自行恢复:{what}", "the agent of {site} lacks what it needs and goes on by itself once it is there: {what}";

    /// A department's name is not a short code.
    DepartmentName {} = 1201, "metadata.name 须为 2 至 16 位短码(小写字母开头,只含小写字母和数字),且不得为 kube、default、dept、site、system、zhengyun、openshift、platform、term:这些名称会触及 kube- 等系统命名空间或另有用途", "metadata.name must be a short code of 2 to 16 lower-case letters and digits, starting with a letter, and not kube, default, dept, site, system, zhengyun, openshift, platform or term, which would touch kube- and other system namespaces or mean something else here";
    /// The check digit of a unified social credit code is wrong.
    BadUnifiedCode { value, expected } = 1202, "unifiedCode“{value}”校验位错误,应为“{expected}”(GB 32100-2015)", "unifiedCode \"{value}\" has a wrong check character, it should be \"{expected}\" (GB 32100-2015)";
    /// A unified code has a character or length that cannot be.
    MalformedUnifiedCode { value } = 1203, "unifiedCode“{value}”格式错误:须为 18 位,由数字和除 I、O、S、V、Z 外的大写字母组成(GB 32100-2015)", "unifiedCode \"{value}\" is malformed: 18 characters, digits and capital letters except I, O, S, V and Z (GB 32100-2015)";
    /// A chain of parents comes back to its beginning.
    ParentCycle { chain } = 1204, "parent 形成循环:{chain}", "parent forms a cycle: {chain}";
    /// A group that may not belong to a department.
    GroupName {} = 1205, "groups[].group 须以 oidc: 开头,且不得以 oidc:system:、oidc:zhengyun 开头", "groups[].group must start with oidc: and must not start with oidc:system: or oidc:zhengyun";
    /// A site that is not live was named.
    SiteNotLive { field, value, allowed } = 1206, "{field} 中的机房“{value}”未投入使用;可用:{allowed}", "{field} names data centre \"{value}\", which is not in use; in use: {allowed}";
    /// A workspace wants a site that its department may not use.
    SiteNotAllowed { field, value, allowed } = 1207, "{field} 中的机房“{value}”不在本单位允许范围内;允许:{allowed}", "{field} names data centre \"{value}\", which the department may not use; allowed: {allowed}";
    /// A workspace wants a zone that the site or system lacks.
    ZoneMissing { field, value, place, allowed } = 1208, "{field} 的网络区域“{value}”在{place}上没有;允许:{allowed}", "{field} is zone \"{value}\", which {place} does not have; allowed: {allowed}";
    /// A system's level is above the site's.
    LevelTooHigh { system, level, site, allowed } = 1209, "系统“{system}”的等级 {level} 高于机房“{site}”的等级 {allowed};须不高于机房(S、A 分别比较)", "system \"{system}\" has level {level}, above that of data centre \"{site}\", {allowed}; S and A must each be at most the site's";
    /// A workspace name that cannot become a namespace.
    WorkspaceName {} = 1210, "metadata.name 须为小写字母开头的名称,可含数字和连字符,最多 40 个字符", "metadata.name must start with a lower-case letter and have letters, digits or hyphens, at most 40 characters";
    /// An object stands outside a department's namespace.
    NotInDepartment { namespace } = 1211, "须建在单位的命名空间(dept-<单位>)中,“{namespace}”不是", "must stand in a department's namespace (dept-<name>); \"{namespace}\" is not one";
    /// The department does not use the platform in that zone.
    IntranetSystem {} = 1212, "zones 不得含政务内网(intranet):涉密系统实行分级保护,不得在本平台登记", "zones must not include intranet: classified systems are outside this platform and cannot be registered here";
    /// Told, but not yet applied everywhere.
    WorkspacePending { sites } = 1213, "尚未在以下机房生效:{sites}", "not yet in force at: {sites}";
    /// In force everywhere.
    WorkspaceWell { sites } = 1214, "已在 {sites} 个机房生效", "in force at {sites} data centre(s)";
    /// No isolation profile was named anywhere.
    NoProfile {} = 1215, "未指定隔离方案:请填写 spec.profile、单位的 isolationProfile 或 District 的 defaultProfile", "no isolation profile: set spec.profile, the department's isolationProfile or the District's defaultProfile";
    /// A namespace name is taken by another workspace.
    NamespaceTaken { namespace, other } = 1216, "命名空间“{namespace}”已由 {other} 占用", "namespace \"{namespace}\" is already held by {other}";
    /// A workspace left a site out that it had before.
    SiteLeft { sites } = 1217, "spec.sites 已不含机房 {sites},其上的命名空间保留原状;清退须另行申请", "spec.sites no longer has {sites}; what stands there is kept as it is, taking it away is a request of its own";
    /// A system that a workspace was made for.
    IntranetZone {} = 1218, "zone 不得为政务内网(intranet):政务内网不在本平台范围内", "zone must not be intranet: the government intranet is outside this platform";
    /// A share that asks for nothing where something is needed.
    ShareEmpty {} = 1219, "share 的 cpu、memory 须大于零", "share needs a cpu and a memory above zero";

    /// A removal of what is still wanted.
    StillWanted { workspace, site } = 1220, "业务空间“{workspace}”仍要求部署在机房 {site},不予清退;请先从 spec.sites 中去掉该机房或删除业务空间,再重新申请", "workspace \"{workspace}\" still wants to stand at {site}: nothing is removed: take the site out of its spec.sites, or delete it, and ask again";
    /// A removal of something that the site does not report.
    NotReported { site, namespace, uid } = 1221, "机房 {site} 没有报告属于本单位的命名空间 {namespace}(uid {uid})", "{site} reports no namespace {namespace} of this department with uid {uid}";
    /// A removal was done.
    RemovalDone { places } = 1222, "清退完成:{places}", "removed: {places}";
    /// A removal is on its way.
    RemovalPending { places } = 1223, "清退进行中:{places}", "removal on its way: {places}";
    /// A removal was withdrawn.
    RemovalWithdrawn {} = 1224, "清退已撤回", "the removal was withdrawn";
    /// A removal that will not be done somewhere.
    RemovalRefused { places } = 1225, "清退未能执行:{places}", "not removed: {places}";

    /// A host that is no name of a host.
    HostMalformed { field, value } = 1450, "{field} 的“{value}”不是域名:须为小写域名,前面可加 *. 表示其下一级的全部域名", "{field} has \"{value}\", which is no host: a domain name in lower case, with *. in front for every name one level below";
    /// A host that the profile does not allow.
    HostNotAllowed { field, value, allowed } = 1451, "{field} 的域名“{value}”不在隔离方案允许的域名(ingress.hostSuffixes)之下;允许:{allowed}", "{field} has the host \"{value}\", which is not below a domain of the isolation profile (ingress.hostSuffixes); allowed: {allowed}";
    /// A profile names address ranges that are none.
    CidrMalformed { field, value } = 1452, "{field} 的“{value}”不是网段,例如 10.20.0.0/16", "{field} has \"{value}\", which is no address range such as 10.20.0.0/16";
    /// A flow that the other side has not agreed to.
    FlowAwaitsConsent { peer, ports } = 1470, "等待对方同意:须由 {peer} 在其 spec.consents 中同意端口 {ports}", "waits for consent: {peer} must agree to ports {ports} in its spec.consents";
    /// A flow to here that this side has not agreed to.
    FlowAsksConsent { peer, ports } = 1471, "{peer} 请求访问端口 {ports};如同意,请写入本业务空间的 spec.consents", "{peer} asks for ports {ports}; to agree, write it into spec.consents of this workspace";
    /// A flow that is open.
    FlowOpen { ports, sites, until } = 1472, "已开通端口 {ports},机房 {sites},截止 {until}", "open: ports {ports} at {sites}, until {until}";
    /// A flow whose end has passed.
    FlowEnded { until } = 1473, "已于 {until} 到期", "ended at {until}";
    /// A flow to another department without an end.
    FlowEndMissing { field, department } = 1474, "{field} 必填:访问其他单位({department})须有截止日期,至多 366 天", "{field} is required: a flow to another department ({department}) needs an end, at most 366 days ahead";
    /// An end that is too far ahead.
    FlowEndTooFar { field, value } = 1475, "{field} 的值“{value}”过远;至多 366 天后", "{field} is \"{value}\", which is too far ahead; at most 366 days from now";
    /// An end that is no date.
    FlowEndMalformed { field, value } = 1476, "{field} 的值“{value}”不是日期;应如 2027-06-30 或 2027-06-30T08:00:00Z", "{field} is \"{value}\", which is no date; write 2027-06-30 or 2027-06-30T08:00:00Z";
    /// A flow from a workspace to itself.
    FlowToItself { field } = 1477, "{field} 指向本业务空间自身;自身之内的互通由隔离方案决定", "{field} names this workspace itself; what is open within it is said by its isolation profile";
    /// A flow between zones.
    FlowZones { own, peer, other } = 1478, "网络区域不同:本业务空间在 {own},{peer} 在 {other};只有同一网络区域内可以互访", "different zones: this workspace is in {own}, {peer} in {other}; flows are within one zone only";
    /// A flow between workspaces that have no site in common.
    FlowNoCommonSite { peer, own, other } = 1479, "没有共同的机房:本业务空间在 {own},{peer} 在 {other}", "no data centre in common: this workspace is at {own}, {peer} at {other}";
    /// A flow of which the other side agreed to other ports only.
    FlowOtherPorts { asked, agreed } = 1480, "端口不一致:申请 {asked},同意 {agreed}", "the ports do not meet: asked for {asked}, agreed to {agreed}";
    /// A flow whose other side has no namespace yet.
    FlowPeerPending { peer } = 1481, "等待 {peer} 取得命名空间", "waits until {peer} has a namespace";
    /// Flows that are declared and not open.
    FlowsNotOpen { flows } = 1482, "互访未开通:{flows};见 status.flows", "flows that are not open: {flows}; see status.flows";
    /// A share of the Internet exit outside its zone.
    EgressZone {} = 1483, "spec.sites[].egressMbit 只能在网络区域 internet(互联网接入)中大于零", "spec.sites[].egressMbit can be above zero only in the zone internet";
    /// More of the Internet exit than is left.
    EgressOver { asked, left, total } = 1484, "spec.sites[].egressMbit 共申请 {asked} Mbit/s,区互联网出口 {total} Mbit/s 中只剩 {left} Mbit/s", "spec.sites[].egressMbit asks for {asked} Mbit/s together; of the {total} Mbit/s of the district's Internet exit {left} are left";

    /// The lead among the members.
    LeadIsMember {} = 1485, "members 不得含牵头单位(lead.department)", "members must not have the lead department (lead.department)";
    /// An instance that stands there already and is not the set's.
    InstanceForeign { kind, name } = 1486, "已有不属于本批量业务空间的{kind}“{name}”,不予接管", "there is already a {kind} \"{name}\" that is not of this set; it is not taken over";
    /// Somebody else changed what the set says of an instance.
    InstanceChanged { kind, name, error } = 1487, "{kind}“{name}”的内容已由他人改动,不予覆盖:{error}", "{kind} \"{name}\" was changed by somebody else and is not overwritten: {error}";
    /// The API server did not take an instance.
    InstanceNotTaken { kind, name, error } = 1488, "{kind}“{name}”未被接受:{error}", "{kind} \"{name}\" was not taken: {error}";
    /// All instances are in force.
    SetInForce { total } = 1489, "{total} 个成员单位的业务空间均已生效", "the workspaces of all {total} members are in force";
    /// Some instances are not in force.
    SetBehind { ready, total, pending, refused } = 1490, "已生效 {ready}/{total};办理中:{pending};受阻:{refused}", "in force {ready} of {total}; pending: {pending}; refused: {refused}";
    /// Former members.
    SetLeft { members } = 1491, "已退出的成员单位({members}),其业务空间保留原状", "no longer members: {members}; their workspaces are kept as they are";
    /// A Chinese name of all members alike.
    TemplateName { field, value } = 1492, "{field} 的值“{value}”填入单位名称后超过 64 个字符", "{field} is \"{value}\", which is longer than 64 characters with the member's name in it";

    /// A graded system without a filing.
    FilingMissing {} = 1301, "二级及以上系统应有备案编号(filing.number);未备案的请先办理定级备案", "a system of level 2 or above should have a filing number (filing.number)";
    /// A linked or platform system asks for things it cannot have.
    VerticalWithoutGuidance {} = 1302, "条线(vertical)系统须填写市级主管部门指导意见编号(guidance)", "a vertical-line system needs the reference of the city department's guidance (guidance)";
    /// A system is registered.
    SystemRegistered {} = 1303, "已登记", "registered";

    /// A day is not one of the calendar.
    DayMalformed { field } = 1400, "{field} 须为日期,如 2027-12-31", "{field} must be a day, such as 2027-12-31";
    /// A department has no budget.
    NoBudget {} = 1401, "单位没有已开始年度的资源额度 Budget,批复不能生效", "the department has no Budget of a year that has begun, so no grant is in force";
    /// A fiscal year has no budget of its own.
    BudgetProvisional { year, from } = 1402, "{year} 年度尚无额度,沿用 {from} 年度额度,总量不变(结转，待批复)", "{year} has no budget yet: that of {from} goes on provisionally, at the same amount";
    /// A grant is larger than what is left of the budget.
    GrantExceeds { what, asked, left } = 1403, "批复超出资源额度:{what} 批复 {asked},额度剩余 {left}", "more than the budget has left: {asked} of {what} granted, {left} left";
    /// A grant's last day is past.
    GrantEnded { until } = 1404, "批复已于 {until} 到期:不再增长,现有业务照常运行;请续批或收回(takenBack: true)", "ended on {until}: nothing grows any more, what runs goes on; renew it, or take it back (takenBack: true)";
    /// A grant was taken back.
    GrantTakenBack {} = 1405, "批复已收回", "taken back";
    /// A grant is in force.
    GrantInForce { until } = 1406, "批复有效,至 {until}", "in force until {until}";
    /// A grant ends soon.
    GrantEndsSoon { until, days } = 1407, "批复有效,至 {until},还有 {days} 天到期;到期后不再增长,请及时续批", "in force until {until}, which is in {days} day(s); then nothing grows any more: renew it in time";
    /// A budget counts.
    BudgetInForce { cpu, granted } = 1408, "额度有效:处理器 {cpu} 核,各机房批复合计 {granted} 核", "in force: {cpu} cores, {granted} of them granted";
    /// A budget of a year that has not begun or is past.
    BudgetNotCounted { year } = 1409, "{year} 年度额度现在不计", "the budget of {year} does not count now";
    /// A budget was withdrawn.
    BudgetWithdrawn {} = 1410, "额度已作废", "withdrawn";
    /// A budget is smaller than what was granted of it.
    BudgetBelowGrants { what, total, granted } = 1411, "额度小于批复:{what} 额度 {total},批复合计 {granted};后批的按剩余额度执行", "smaller than what was granted: {total} of {what}, {granted} granted; later grants get what is left";
    /// A workspace's share is larger than what is left of the grants at the site.
    ShareExceedsGrant { site, what, asked, left } = 1412, "机房 {site} 资源超出批复:{what} 申请 {asked},剩余 {left}", "{site}: {asked} of {what} asked, {left} left of what is granted";
    /// A department has no grant at a site.
    NoGrant { site } = 1413, "单位在机房 {site} 没有资源批复 Grant", "the department has no Grant at {site}";
    /// A site's allotment waits for what others still have.
    RaiseWaits { site, holders } = 1414, "机房 {site} 的配额增加须等待 {holders} 腾出并确认", "more for {site} waits until {holders} has given up its part and said so";
    /// A site's allotment waits for word of others.
    RaiseUnvouched { site, silent } = 1415, "机房 {site} 的配额增加须先确认 {silent} 现有配额:自中心本次任期起尚未收到其报告;恢复联系,或由人担保:kubectl zhengyun hub vouch", "more for {site} waits for word of {silent}, not heard since this leadership of the hub began; or a person vouches: kubectl zhengyun hub vouch";
    /// Something that was lent upon is missing from the register.
    RestsOnMissing { what } = 1416, "登记中缺少 {what}:配额不减少,直至其恢复、作废或收回", "{what} is missing from the register: nothing is cut until it is restored, withdrawn or taken back";
    /// A site's allotment is as granted.
    AllotmentWell {} = 1417, "配额已下达并确认", "told and confirmed";
    /// A site was told an allotment and has not confirmed it.
    AllotmentTold { site } = 1418, "配额已下达,等待机房 {site} 确认", "told; {site} has not confirmed it yet";
    /// A ruling about a leadership names it, and no other does.
    VouchTerm {} = 1419, "担保(vouch)须写明任期 term,其他裁定不写", "vouch names the term that it is about, other decisions do not";
    /// A ruling that vouches for a leadership that is past.
    VouchPast {} = 1420, "担保的任期已过去,不再起作用", "the leadership that was vouched for is past: this decides nothing any more";
    /// A site's grants have ended.
    GrowthStopped { site } = 1421, "机房 {site} 的批复已到期:不再增长,现有业务照常运行,留有替换容器组的余量", "the grants at {site} have ended: nothing grows, what runs goes on, with a little room for replacing pods";
    /// What a workspace adopts was changed.
    AdoptFixed {} = 1500, "adopt 在业务空间建立时确定,不得修改;退还请用 kubectl zhengyun workspace remove --then keep", "adopt is decided when the workspace is filed and cannot be changed; to give a namespace back: kubectl zhengyun workspace remove --then keep";
    /// A namespace of the cluster itself, or of the platform, was to be adopted.
    AdoptReserved { namespace } = 1501, "adopt 中的命名空间“{namespace}”不可纳管:default 以及以 kube-、zhengyun- 开头的属于集群或平台自身", "namespace \"{namespace}\" in adopt cannot be taken over: default, and what begins with kube- or zhengyun-, is the cluster's or the platform's own";
    /// A workspace adopts namespaces of several names.
    AdoptNames { names } = 1502, "adopt 中各机房的命名空间须同名,现为:{names};不同名的请分为多个业务空间", "the namespaces in adopt must have one name, they have: {names}; file one workspace for each name";
    /// A workspace adopts at a site where it does not stand.
    AdoptSite { site, allowed } = 1503, "adopt 中的机房“{site}”不在 spec.sites 中;可用:{allowed}", "adopt names data centre \"{site}\", which is not in spec.sites; choose from: {allowed}";
    /// A workspace that has a namespace is to adopt another one.
    AdoptLate { namespace, assigned } = 1504, "不能纳管命名空间“{namespace}”:本业务空间的命名空间已是“{assigned}”", "namespace \"{namespace}\" cannot be taken over: the namespace of this workspace is \"{assigned}\" already";
    /// A stage was given for a workspace that adopts nothing.
    StageWithout {} = 1505, "enforcement 只用于纳管(adopt)的命名空间;平台新建的命名空间始终为 enforce", "enforcement is for adopted namespaces only (adopt); in a namespace that the platform makes it is always enforce";
    /// More than one step at a time.
    StepTooFar { site, from, to, allowed } = 1506, "机房 {site}:enforcement 不能由 {from} 直接到 {to},每次前进一步:先改为 {allowed}", "{site}: enforcement cannot go from {from} to {to}, one step at a time: make it {allowed} first";
    /// A workspace that was filed anew is to begin below what is in force.
    StepKept { site, namespace, stage } = 1507, "机房 {site} 的命名空间“{namespace}”已处于 {stage} 阶段,重新建立的业务空间须由此继续:enforcement: {stage}", "namespace \"{namespace}\" at {site} is at stage {stage} already, and a workspace that was filed anew goes on from there: enforcement: {stage}";
    /// A site that only reports is told nothing.
    SiteObserved { site } = 1509, "机房 {site} 处于只观察模式,不下发任何指令;转为启用:kubectl zhengyun site activate {site}", "{site} is only observed and told nothing; to put it to use: kubectl zhengyun site activate {site}";
    /// A site that only reports is well.
    SiteObserving { nodes, namespaces } = 1510, "已接入,只观察:{nodes} 个节点就绪,现场有 {namespaces} 个非本平台的命名空间,均不触动", "joined, only observed: {nodes} nodes ready, {namespaces} namespaces of others, none of them touched";
    /// The hub tells a site, and its agent still only reports.
    SiteStillObserves { site } = 1511, "机房 {site} 已启用,但其代理仍以只观察方式接入;请重新接入:kubectl zhengyun site join {site}", "{site} was put to use, but its agent still only observes; join it again: kubectl zhengyun site join {site}";
    /// The hub only observes a site, and its agent would take orders.
    SiteWouldAct { site } = 1512, "机房 {site} 登记为只观察,但其代理并非以只观察方式接入:现有指令仍在保持;请重新接入:kubectl zhengyun site join {site} --observe", "{site} is to be observed only, but its agent was not joined so and keeps what it was told; join it again: kubectl zhengyun site join {site} --observe";

    /// The secret store does not answer.
    VaultAway { error } = 1600, "密钥库连接不上:{error};业务照常运行,恢复后自动继续", "the secret store does not answer: {error}; what runs goes on, and it is tried again";
    /// The secret store is sealed.
    VaultSealed {} = 1601, "密钥库处于封存状态,须由密钥保管人解封;业务照常运行,解封后自动继续", "the secret store is sealed: its key holders must unseal it; what runs goes on, and it is tried again";
    /// The hub cannot log in.
    VaultLogin { error } = 1602, "中心无法登录密钥库:{error}", "the hub cannot log in to the secret store: {error}";
    /// The hub lacks a right in the secret store.
    VaultForbidden { path } = 1603, "中心在密钥库中没有处理 {path} 的权限;请核对其策略", "the hub may not work on {path} in the secret store: see to its policy there";
    /// The secret store does not take something.
    VaultRefused { path, error } = 1604, "密钥库不接受对 {path} 的设置:{error}", "the secret store does not take {path}: {error}";
    /// Something of others stands where the department's secrets should be.
    VaultForeign { path } = 1605, "密钥库的 {path} 已被他用(不是第 2 版键值库),不予改动", "{path} of the secret store is in use by others (it is no KV store of version 2) and is not touched";
    /// The department is suspended and its secrets are not given out.
    SecretsWithdrawn {} = 1606, "单位已停用:密钥库的登录已全部收回,密钥原样保留", "the department is suspended: every login to its secrets was taken back, the secrets stay";
    /// A site has not said with which keys it signs.
    SecretsAwaitKeys { sites } = 1607, "机房 {sites} 尚未报来令牌签名公钥,其上的容器组暂不能读取密钥", "{sites} has not said with which keys it signs tokens: pods there cannot read secrets yet";
    /// A site signs with keys that nobody has accepted.
    KeysChanged { site, fingerprint } = 1608, "机房 {site} 的令牌签名公钥变了(新指纹 {fingerprint}),在安全管理员认可之前以原公钥为准", "{site} signs tokens with other keys (fingerprint {fingerprint}): until a security officer accepts them the old ones count";
    /// A ruling about keys without their fingerprint, or another with one.
    TrustFingerprint {} = 1609, "认可公钥(trustKeys)须写明指纹 fingerprint,其他裁定不写", "trustKeys names the fingerprint that it is about, other decisions do not";
    /// A ruling about keys that are no longer those of the site.
    TrustPast {} = 1610, "机房现在的公钥不是所认可的,或其后另有裁定,本裁定不再有效", "these are not the keys of the site now, or a later ruling stands: this one no longer has effect";
    /// A department is suspended.
    DepartmentSuspended { document } = 1611, "已停用(依据:{document}):人员只读,不再增长,运行中的不受影响", "suspended by {document}: its people only read, nothing grows, what runs goes on";

    /// Somebody is two of a system's three officers.
    OneOfThreeOfficers {} = 1630, "三员分离:officers 的 system、security、audit 三者中,同一用户或用户组只能列在一处", "a user or group stands in only one of system, security and audit of officers";
    /// Somebody is two of a system's three officers, and is named.
    OfficerTwice { who, one, other } = 1631, "三员分离:“{who}”同时列在 spec.officers.{one} 和 spec.officers.{other},只能任其一", "\"{who}\" stands in spec.officers.{one} and in spec.officers.{other}; nobody is two of the three officers";
    /// One of a system's three officers is missing.
    OfficerMissing { role } = 1632, "spec.officers.{role} 未指定人员;请指定,或在 spec.officers.entrusted 写明委托区电子政务服务中心代管的文号", "spec.officers.{role} names nobody: name somebody, or write in spec.officers.entrusted the record by which the service centre's officers do it";
    /// Somebody asks to be let in.
    AccessAwaits { command } = 1633, "待本单位同意:由本单位管理员或主要领导(申请人和被授权人除外)运行 {command} --reference 编号", "waits for the department: an administrator or the head, not who asked or is let in, runs {command} --reference NUMBER";
    /// The department said no.
    AccessDeclined {} = 1634, "本单位不同意,未开放任何权限", "the department said no; nothing was opened";
    /// The agreement is on its way to the sites.
    AccessOpening { until, sites } = 1635, "已同意,至 {until} 止;正在下发:{sites}", "agreed to until {until}; on its way to {sites}";
    /// Somebody is let in.
    AccessInForce { until } = 1636, "已生效,{until} 自动收回", "in force, and taken back by itself at {until}";
    /// The hours are over, and the sites have not all said so.
    AccessClosing { sites } = 1637, "已到期或提前终止;等待确认收回:{sites}(到期的由机房按自身时钟收回,失联时也一样)", "over; awaiting word from {sites} (at its end a site takes it back by its own clock, cut off or not)";
    /// The hours are over everywhere.
    AccessOver { until } = 1638, "已于 {until} 到期收回", "was taken back at its end, {until}";
    /// The department ended it.
    AccessEndedEarly {} = 1639, "本单位已提前终止并收回", "the department ended it before its time, and it was taken back";
    /// The clock went back to before the agreement.
    AccessClock { until } = 1640, "中心的时钟早于同意的时间(到期 {until}),暂不开放;请校准时钟", "the hub's clock is at a time before the agreement (which ends at {until}): nothing is opened until the clock is right";

    /// A seal that is of none of the words it stands under.
    SealBroken { key } = 1660, "签章与内容不符(密钥 {key}):内容被改动,或签章系伪造,不予采信", "the seal (key {key}) is not of what it stands under: it was changed, or the seal is forged, and it counts for nothing";
    /// A seal whose key is gone.
    SealKeyLost { key } = 1661, "签章所用密钥 {key} 已丢失,无法核验,不予采信;请重新提交", "the key {key} of the seal was lost, so that it cannot be verified and counts for nothing: submit it again";
    /// The Secret with the keys was taken away.
    SealKeysLost {} = 1662, "签章密钥 Secret zhengyun-system/zhengyun-admission 已丢失:仍持有密钥的副本会补回;无人持有则新建,此前的签章将无法核验", "the Secret zhengyun-system/zhengyun-admission with the keys of seals was lost: a replica that still has them puts them back, else new ones are made and what was sealed before can no longer be verified";
    /// Nothing can be sealed yet.
    NoSealKeys {} = 1663, "准入服务尚未取得签章密钥,请稍后再试", "the admission webhook has no keys to seal with yet: try again later";
    /// The webhook's port is taken.
    AdmissionListenFailed { address, error } = 1664, "准入服务无法监听 {address}({error}):申请与审批暂不能提交,其余照常;端口空出后自行恢复", "the admission webhook cannot listen on {address} ({error}): nothing can be asked for or approved meanwhile, all else goes on; it goes on by itself once the port is free";
    /// The webhook was asked about what it does not answer.
    NotReviewed { resource } = 1665, "准入服务不受理 {resource}", "the admission webhook does not answer for {resource}";
    /// The webhook was sent something that is no question.
    ReviewMalformed { error } = 1666, "准入服务收到的请求无法识别:{error}", "what was sent to the admission webhook cannot be read: {error}";
    /// A day of a calendar that is not of its year.
    CalendarDayOutside { field, day, year } = 1667, "{field} 的日期 {day} 不在 {year} 年内(元旦假期可始于上年 12 月 25 日以后)", "{field} is {day}, which is not in {year} (the New Year's holiday may begin after 25 December before it)";
    /// A worked weekend that is none.
    CalendarWorkdayInWeek { field, day, weekday } = 1668, "{field} 的日期 {day} 是{weekday},本就上班;调休上班须为周六或周日", "{field} is {day}, which is no Saturday or Sunday and worked anyway ({weekday})";
    /// A day that is off and worked at once.
    CalendarDayTwice { day } = 1669, "{day} 既列为放假又列为调休上班", "{day} is both a holiday and a worked day";
    /// A holiday that ends before it begins.
    CalendarHolidayBackwards { field, from, to } = 1670, "{field} 的末日 {to} 早于首日 {from}", "{field} is {to}, before its first day {from}";
    /// Two calendars of one version.
    CalendarVersionTaken { year, layer, version, other } = 1671, "{year} 年{layer}日历的第 {version} 版已由 {other} 发布,本日历不计;修订请用更高的 version", "version {version} of the calendar of {year} ({layer}) was published as {other}, and this one does not count: amend it with a higher version";
    /// A calendar counts.
    CalendarCounts { year, layer, version } = 1672, "{year} 年{layer}日历第 {version} 版,正在使用", "version {version} of the calendar of {year} ({layer}) counts";
    /// A calendar was amended.
    CalendarSuperseded { other, version } = 1673, "已由 {other}(第 {version} 版)修订,仅存档", "amended by {other} (version {version}), kept for the record";
    /// A calendar is not published.
    CalendarDraft { year, layer } = 1674, "{year} 年{layer}日历尚未发布(published: false),不计", "the calendar of {year} ({layer}) is not published (published: false) and does not count";
    /// A published calendar was changed.
    CalendarFrozen {} = 1675, "已发布的日历不得修改;修订请另建一份,version 加一", "a published calendar stays as it is: amend it with another of the next version";
    /// A record was changed.
    RecordFrozen {} = 1676, "留痕写入后不得修改", "a record stays as it was written";

    /// A step that nobody could decide.
    StepWithoutApprovers {} = 1701, "审批环节须填写 groups,或把 departmentHead 设为 true", "a step needs groups, or departmentHead: true";
    /// A request's name is too long for the objects that are named after it.
    RequestName {} = 1702, "metadata.name 最多 40 个字符", "metadata.name has at most 40 characters";
    /// A submitted request was to be changed.
    RequestFrozen {} = 1703, "申请提交后不得修改,只能撤回(withdrawn: true);需要变更的请另行提交", "a submitted request cannot be changed, only withdrawn (withdrawn: true): submit another one";
    /// A request that names a grant and should not, or the other way round.
    RequestGrantField {} = 1704, "change 为 new 时不填 grant,其余须以 grant 指明要替换的批复", "grant is left out when change is new; every other request names the grant that it replaces";
    /// A system that does not share and names no exemption.
    RequestSharing {} = 1705, "sharing.supported 为 false 时须填 exemption(豁免依据):不支持数据共享的项目不予批准(沪府发〔2016〕14号 第七条)", "without sharing.supported an exemption is needed: projects that do not share data are not approved (document 002 article 7)";
    /// An approval was to be changed.
    ApprovalFrozen {} = 1706, "审批意见不得修改", "an approval cannot be changed";
    /// A refusal without a reason.
    RefusalWithoutReason {} = 1707, "不同意的须填写 reason(理由)", "a refusal needs a reason";
    /// An approval that enters a decision and confirms one.
    ApprovalRecordedAndConfirms {} = 1708, "recorded(录入书面决定)与 confirms(复核书面决定)只能填一项", "an approval either enters a decision on paper (recorded) or confirms one (confirms), not both";

    /// A request is still a draft.
    RequestDraft {} = 1710, "草稿,尚未提交;提交请把 spec.submitted 改为 true", "a draft: set spec.submitted to true to submit it";
    /// A submitted request that admission did not seal.
    RequestUnsealed {} = 1711, "申请没有中心的有效签章,不予办理:可能是中心的准入服务被撤除时写入的;请另行提交", "the request carries no seal of the hub that holds and is not dealt with: it may have been written while the hub's admission was taken away; submit another one";
    /// A submitted request that says something else than was sealed.
    RequestChanged { number } = 1712, "申请 {number} 的内容与提交时不一致,不予办理;请另行提交", "request {number} no longer says what was submitted and is not dealt with; submit another one";
    /// A request waits for a step.
    AwaitsStep { number, step, due } = 1713, "申请 {number} 等待“{step}”审批,期限 {due}", "request {number} waits for step \"{step}\", due {due}";
    /// A decision on paper waits for its second person.
    AwaitsConfirmation { number, step, approval } = 1714, "申请 {number} 在“{step}”已录入书面决定(审批意见 {approval}),等待另一人复核", "request {number} waits in step \"{step}\" for a second person to confirm the decision on paper entered as approval {approval}";
    /// A step is overdue and others decide now.
    StepOverdue { number, step, due, escalation } = 1715, "申请 {number} 在“{step}”已逾期(期限 {due}),逾期不视为同意;现由 {escalation} 审批", "request {number} is overdue in step \"{step}\" (due {due}), which is no consent: {escalation} decides now";
    /// A step is overdue and nobody may decide.
    StepOverdueForNobody { number, step, due } = 1716, "申请 {number} 在“{step}”已逾期(期限 {due}),该环节没有逾期审批人;请撤回后重新提交", "request {number} is overdue in step \"{step}\" (due {due}), for which no escalation is named: withdraw it and submit it again";
    /// Approved, and the budget has no room.
    RequestNoRoom { number, what, asked, left } = 1717, "申请 {number} 已批准,但资源额度不足:{what} 申请 {asked},剩余 {left};额度增加或其他批复收回后自动批复", "request {number} is approved, but the budget has no room: {what} {asked} asked, {left} left; it is granted once there is room";
    /// Approved, being granted.
    RequestGranting { number, grant } = 1718, "申请 {number} 已批准,正在生成批复 {grant}", "request {number} is approved; grant {grant} is being written";
    /// Granted.
    RequestGranted { number, grant } = 1719, "申请 {number} 已批复:{grant}", "request {number} was granted: {grant}";
    /// Refused.
    RequestRefused { number, step, reason } = 1720, "申请 {number} 未获批准(“{step}”):{reason}", "request {number} was refused in step \"{step}\": {reason}";
    /// Withdrawn.
    RequestWithdrawn { number } = 1721, "申请 {number} 已撤回", "request {number} was withdrawn";

    /// In a history: agreed.
    HistoryApproved { step, group, opinion } = 1722, "“{step}”同意({group}):{opinion}", "step \"{step}\" agreed ({group}): {opinion}";
    /// In a history: agreed to less.
    HistoryReduced { step, group, opinion } = 1723, "“{step}”部分同意,有核减({group}):{opinion}", "step \"{step}\" agreed to less ({group}): {opinion}";
    /// In a history: refused.
    HistoryRefused { step, group, reason } = 1724, "“{step}”不同意({group}):{reason}", "step \"{step}\" refused ({group}): {reason}";
    /// In a history: a decision on paper was entered.
    HistoryEntered { step, document, date, decision } = 1725, "“{step}”录入书面决定:{document}({date}),{decision};待复核", "step \"{step}\": decision on paper entered, {document} of {date} ({decision}); to be confirmed";
    /// In a history: a decision on paper was confirmed.
    HistoryConfirmed { step, document, date, decision } = 1726, "“{step}”书面决定经复核:{document}({date}),{decision}", "step \"{step}\": decision on paper confirmed, {document} of {date} ({decision})";
    /// In a history: submitted.
    HistorySubmitted { number, policy, steps } = 1727, "已提交,编号 {number},适用审批规则 {policy}:{steps}", "submitted as {number} under policy {policy}: {steps}";
    /// In a history: granted.
    HistoryGranted { grant } = 1728, "已生成批复 {grant}", "grant {grant} was written";
    /// In a history: something that was there is gone.
    DecisionGone { at, by } = 1729, "{at} 由 {by} 作出的上一条意见对象已不存在或被改动,不再计入", "the decision of {by} at {at} above is no longer there or was changed, and counts no more";

    /// An approval counts.
    ApprovalCounts { step } = 1730, "计入“{step}”", "counts in step \"{step}\"";
    /// An approval is ignored; why is said beside it.
    ApprovalIgnored { approval } = 1731, "审批意见 {approval} 不予计入", "approval {approval} is ignored";
    /// An approval that admission did not seal.
    ApprovalUnsealed {} = 1732, "没有中心的有效签章:可能是中心的准入服务被撤除时写入的", "it carries no seal of the hub that holds: it may have been written while the hub's admission was taken away";
    /// An approval of something else.
    ApprovalStale { number, digest } = 1733, "所审内容不是申请 {number} 现在待审的内容(digest 应为 {digest})", "it is not about what request {number} now waits with (its digest should be {digest})";
    /// An approval of one's own request.
    ApprovalOwn {} = 1734, "不得审批自己提交或代为录入的申请", "nobody decides about a request that they submitted or typed in";
    /// An approval by somebody of another group.
    ApprovalWrongGroup { by, step, allowed } = 1735, "“{by}”不在“{step}”的审批用户组中;可审批:{allowed}", "\"{by}\" is in no group that decides in step \"{step}\"; who does: {allowed}";
    /// An approval after the deadline.
    ApprovalLate { due, escalation } = 1736, "已过审批期限 {due},现由 {escalation} 审批", "the step was due {due}; who decides now: {escalation}";
    /// An approval of a step that the request does not wait at.
    ApprovalWrongStep { step, current } = 1737, "申请现在不在环节“{step}”,而在 {current}", "the request does not wait at step \"{step}\" but at {current}";
    /// An approval of a request that is decided or withdrawn.
    ApprovalEnded { request } = 1738, "申请 {request} 已办结、已撤回或不须审批", "request {request} is decided or withdrawn, or needs no decision";
    /// An approval of a request that is not there, or no longer a submitted one.
    ApprovalOfNothing { request } = 1739, "没有已提交的申请“{request}”", "there is no submitted request \"{request}\"";
    /// A second approval by the same person.
    ApprovalTwice { by } = 1740, "“{by}”在本环节已同意过", "\"{by}\" agreed in this step already";
    /// A decision on paper where none stands for the step.
    ApprovalNoPaper { step } = 1741, "“{step}”须由本人审批,不接受书面决定", "step \"{step}\" is decided in person, not on paper";
    /// A personal decision where it takes one on paper.
    ApprovalNeedsPaper { step } = 1742, "“{step}”须录入书面决定(recorded:文号或会议纪要号、日期、扫描件摘要),并由另一人复核", "step \"{step}\" takes a decision on paper (recorded), confirmed by a second person";
    /// A reduction where none may be made.
    ApprovalNoReduction { step } = 1743, "“{step}”不能核减(sites):只能同意或不同意", "step \"{step}\" agrees or refuses and may not reduce (sites)";
    /// An approval of more than was asked.
    ApprovalMore { site, what, agreed, asked } = 1744, "{site} 的{what}批准 {agreed},超过申请的 {asked}", "{what} at {site}: {agreed} agreed to, {asked} asked for";
    /// A person confirms what they entered themselves.
    ApprovalOwnPaper { approval } = 1745, "不得复核自己录入的书面决定({approval})", "nobody confirms a decision on paper that they entered themselves ({approval})";
    /// A confirmation of nothing.
    ApprovalConfirmsNothing { approval } = 1746, "“{approval}”不是本环节待复核的书面决定,或结论不同", "\"{approval}\" is no decision on paper that waits in this step to be confirmed so";

    /// The automatic rule for decreases.
    AutomaticDecrease {} = 1750, "自动批准:减少资源无须审批", "automatic: a decrease needs nobody";
    /// The automatic rule for small increases.
    AutomaticIncrease { percent, least } = 1751, "自动批准:增幅不超过 {percent}%(或总量在规定以内),且现有资源使用率达到 {least}%", "automatic: at most {percent}% more (or a small total), and at least {least}% of what is held are in use";
    /// Why a person decides; the reason is said beside it.
    NotAutomatic {} = 1752, "不适用自动审批", "not automatic";
    /// Only decreases and small increases are automatic.
    AutomaticOnlyChanges {} = 1753, "审批规则只对减少和小幅增加自动批准", "the policy grants only decreases and small increases by itself";
    /// An increase that also changes sites or the term.
    AutomaticOnlyAmounts {} = 1754, "同时改变了机房或到期日", "the data centres or the last day change too";
    /// An increase that is too large.
    AutomaticTooMuch { percent } = 1755, "增幅超过 {percent}%,总量也超过规定", "it is more than {percent}%, and the total is not small";
    /// Nobody can say how much is used.
    UseUnreadable { site } = 1756, "读不到机房 {site} 的使用率", "how much is in use at {site} cannot be read";
    /// Too little of what is held is used.
    UsedTooLittle { site, used, least } = 1757, "机房 {site} 现有资源使用率 {used}%,不到 {least}%", "at {site} {used}% of what is held are in use, less than {least}%";

    /// The budget would refuse it.
    WouldExceedBudget { what, asked, left } = 1760, "批准也无法批复:资源额度的{what}剩余 {left},申请 {asked}", "the budget would refuse it: {what} {asked} asked, {left} left";
    /// A site would fill up.
    SiteFills { site, what, percent } = 1761, "机房 {site} 各单位的批复将占其节点{what}的 {percent}%", "what all departments are granted at {site} would take {percent}% of its nodes' {what}";
    /// A site would have promised more than it has.
    SiteOverfull { site, what, percent } = 1762, "机房 {site} 各单位的批复将超过其节点{what}({percent}%):批复了也未必放得下", "what all departments are granted at {site} would be more than its nodes have of {what} ({percent}%): not all of it could run";
    /// A site does not say what it has.
    CapacityUnknown { site } = 1763, "机房 {site} 没有上报节点容量", "{site} does not say what its nodes have";

    /// A request by somebody of another department.
    RequestByStranger { by } = 1765, "“{by}”不是本单位的领导或管理员;代为录入的须填 onBehalfOf(签字人和签字申请表的摘要)", "\"{by}\" is neither head nor administrator of the department; who types it for them fills in onBehalfOf (who signed, and the digest of the signed form)";
    /// A request until a day that is past.
    RequestPast { until, today } = 1766, "spec.until 为 {until},已过今天 {today}", "spec.until is {until}, which is before today, {today}";
    /// A new system without a word about sharing.
    NewNeedsSharing { system } = 1767, "新建系统“{system}”须填 sharing:支持共享,或豁免依据(沪府发〔2016〕14号 第七条)", "new system \"{system}\" needs sharing: supported, or an exemption (document 002 article 7)";
    /// A new system without a security test.
    NewNeedsTest { system } = 1768, "新建系统“{system}”须填 securityTest:运行前的安全测评", "new system \"{system}\" needs securityTest: the security test before it runs";
    /// A level that rose without its references.
    LevelRises { system, was, now } = 1769, "系统“{system}”的等级由 {was} 升为 {now},须填 levelRise:专家评审、主管部门审核、公安备案的文号", "the level of \"{system}\" rises from {was} to {now}: levelRise must name its review, approval and filing";
    /// What is asked for is not what it says it is.
    ChangeMismatch { change, grant } = 1770, "申请类型为“{change}”,但与批复“{grant}”相比不是:增加须处处不少,减少须处处不多且不延期,迁移须合计和到期日不变,续期须只延期", "what is asked for is not what change ({change}) says, compared with grant \"{grant}\": more is less nowhere, less is more nowhere and not longer, a move has the same sum and last day, a renewal changes the last day only";
    /// A step that only the head decides, of a department without one.
    NoHead { step } = 1771, "审批环节“{step}”由本单位主要领导审批,但本单位没有 role 为 head 的用户组", "step \"{step}\" is decided by the department's head, and the department has no group with role head";
    /// A group that may not decide.
    StepGroup { field, group } = 1772, "{field} 中的用户组“{group}”不能作为审批人", "{field} names group \"{group}\", which cannot decide";
    /// The escalation is the same group again.
    EscalationSame { field, group } = 1773, "{field} 的逾期审批用户组“{group}”就是本环节的审批人", "{field} names \"{group}\" for when it is overdue, which decides already";
    /// A grant that another one replaced.
    GrantReplaced { by } = 1774, "已由批复 {by} 替换", "replaced by grant {by}";
    /// What was granted is in force at every site.
    RequestEnforced {} = 1776, "已在各机房生效", "in force at every data centre";
    /// What was granted is on its way to sites.
    RequestOnItsWay { sites } = 1777, "正在下达机房:{sites}", "on its way to {sites}";
    /// The grant that a request was to replace is no longer what stands.
    ReplacedMeanwhile { grant, by } = 1778, "要替换的批复 {grant} 已由 {by} 替换或已收回;请按现有批复另行提交", "grant {grant}, which it was to replace, was replaced by {by} or taken back: submit another request";
    /// A grant of that name came of something else.
    GrantOfAnother { grant } = 1775, "批复“{grant}”已存在,但不是由本申请产生;请平台工程师核查", "grant \"{grant}\" is there and did not come of this request: a platform engineer must look";

    /// An order is of another epoch.
    OtherEpoch { set, epoch } = 2001, "指令组 {set} 来自另一个中心(epoch {epoch}),不予执行", "set {set} comes from another hub (epoch {epoch}) and is not acted upon";
    /// An order does not follow what the site has.
    Forked { set, applied } = 2002, "指令组 {set} 与现场已执行的指令({applied})不衔接,不予执行,等待人工裁定(中心:kubectl zhengyun site quarantine)", "set {set} does not follow what the site applied ({applied}); not acted upon until a person rules (on the hub: kubectl zhengyun site quarantine)";
    /// An order's content does not match its digest.
    DigestMismatch { set } = 2003, "指令组 {set} 的内容与摘要不符,不予执行", "the content of set {set} does not match its digest and is not acted upon";
    /// A set is not complete yet.
    ShardsMissing { set, have, want } = 2004, "指令组 {set} 只收到 {have}/{want} 片", "set {set} has {have} of {want} shards";
    /// The agent lacks what the order needs.
    RequiresMissing { set, features } = 2005, "指令组 {set} 需要本机房代理不具备的能力:{features};请升级代理", "set {set} requires what this agent lacks: {features}; upgrade the agent";
    /// The order has an object of a kind the agent may not keep.
    KindNotAllowed { kind, name } = 2006, "指令含不允许的对象类型 {kind}({name}),整组不予执行", "the order has an object of a kind that is not allowed, {kind} ({name}); the whole set is not acted upon";
    /// A deletion was refused.
    TombstoneHindered { namespace, error } = 2024, "现场拒绝删除命名空间 {namespace}:{error}", "the site refused to delete namespace {namespace}: {error}";
    /// The hub could not be asked, or no longer says, that a namespace is to go.
    TombstoneUnconfirmed { namespace } = 2025, "等待中心确认此刻仍要删除命名空间 {namespace}", "waiting for the hub to confirm that namespace {namespace} is still to be deleted";

    /// A namespace waits for room in the allotment.
    NoRoomYet { namespace } = 2031, "命名空间 {namespace} 等待配额:其他命名空间尚未腾出", "namespace {namespace} waits for its part of the allotment: others have not given it up yet";
    /// A share is not wholly given yet.
    ShareWaits { namespace } = 2032, "命名空间 {namespace} 的份额尚未全部到位:其他命名空间尚未腾出,或机房配额不足", "namespace {namespace} does not have all of its share yet: others have not given it up, or the site's allotment is too small";
    /// The site's API server refused an object.
    ApplyRefused { kind, name, error } = 2007, "现场拒绝 {kind} {name}:{error}", "the site refused {kind} {name}: {error}";
    /// A quota is not in force yet.
    QuotaPending { namespace } = 2008, "等待命名空间 {namespace} 的配额生效", "waiting for the quota of namespace {namespace} to be in force";
    /// The order is in force.
    OrderApplied { objects } = 2009, "指令已生效,共 {objects} 个对象", "the order is in force, {objects} objects";
    /// The format of the order is newer than the agent.
    FormatUnknown { set, version } = 2011, "指令组 {set} 的格式版本 {version} 本代理不认识;请升级代理", "set {set} has format version {version}, which this agent does not know; upgrade the agent";
    /// The order asks for more deletions than are done at a time.
    TombstonesTooMany { set, count, limit } = 2012, "指令组 {set} 含 {count} 条删除令,一次最多 {limit} 条,整组不予执行", "set {set} asks for {count} deletions, more than the {limit} that are done at a time; the whole set is not acted upon";

    /// Somebody else changed what the agent keeps, and it was undone.
    DriftUndone { kind, name, by } = 2016, "{kind} {name} 被改动(最后写入者:{by}),已恢复", "{kind} {name} was changed (last written by {by}) and has been put back";
    /// Somebody else changes again and again what the agent keeps.
    Contested { kind, name, by, minutes } = 2017, "{kind} {name} 被反复改动(最后写入者:{by}),暂停恢复,{minutes} 分钟后再试;请先停掉另一方", "{kind} {name} is changed again and again (last written by {by}); it is left for {minutes} min and then tried again: stop the other one first";
    /// Something of a set stands here without an order.
    SetForgotten { set } = 2018, "现场有指令组 {set} 的命名空间,但没有其指令的记录", "the site has namespaces of set {set} and remembers no order of it";
    /// A namespace is wanted again.
    TombstoneWanted { namespace } = 2019, "命名空间 {namespace} 又被指令要求保留,不予删除", "namespace {namespace} is wanted by an order again and is not deleted";
    /// The namespace of that name is another one.
    TombstoneOther { namespace, uid } = 2020, "命名空间 {namespace} 已是另一个(uid {uid}),不予删除", "namespace {namespace} is another one now (uid {uid}) and is not deleted";
    /// The namespace is not this department's.
    TombstoneForeign { namespace } = 2021, "命名空间 {namespace} 不属于该指令组,不予删除", "namespace {namespace} does not belong to the set and is not deleted";
    /// A namespace is being deleted.
    TombstoneRunning { namespace } = 2022, "命名空间 {namespace} 正在删除", "namespace {namespace} is being deleted";
    /// The cap on deletions was reached.
    TombstoneCapped { namespace, limit, minutes } = 2023, "{minutes} 分钟内已删除 {limit} 个命名空间,{namespace} 稍后再删", "{limit} namespaces were deleted within {minutes} min; {namespace} comes later";
    /// The site hears the hub.
    HubHeard {} = 2013, "与中心连接正常", "the hub is heard";
    /// The hub does not take the site's credential.
    CredentialRefused { site } = 2014, "中心不接受本机房的凭证(已撤销或过期);现场仍按最后一次指令运行。请在中心运行 kubectl zhengyun site join {site} 重新接入", "the hub does not take this site's credential, which was revoked or has ended; the site goes on with its last orders. Join again: kubectl zhengyun site join {site}";
    /// The hub is not reached.
    HubUnreachable {} = 2015, "无法连接中心;现场仍按最后一次指令运行", "the hub is not reached; the site goes on with its last orders";

    /// The hub follows another cluster under this site's name.
    NotThisCluster { site } = 2190, "中心登记的机房 {site} 是另一个集群,拒绝本集群:不执行指令,不上报;已有的照旧保持。接错的请换上正确的接入文件;本集群是重建或替换的,请在中心运行 kubectl zhengyun site revoke {site},再重新接入", "for the hub {site} is another cluster, and this one is refused: it takes no orders and reports nothing, what stands is kept. If it was joined by mistake, give it the right join file; if it replaces the first, run at the hub: kubectl zhengyun site revoke {site}, then join it again";
    /// There is no join file, or none that can be read.
    JoinAwaited { path, error } = 2191, "等待接入文件 {path}({error}):请将 kubectl zhengyun site join 输出的文件存为 Secret zhengyun-join 的 join.yaml 键;到位后自行继续", "waiting for the join file {path} ({error}): keep what kubectl zhengyun site join prints under the key join.yaml of the Secret zhengyun-join; the agent goes on by itself once it is there";
    /// The process may not do on its own cluster what it has to.
    RightMissing { what, error } = 2192, "本集群不允许 {what}:{error};请核对随 chart 安装的权限(RBAC),补齐后自行恢复", "the cluster does not permit {what}: {error}; see to the rights that the chart installs (RBAC), it goes on by itself";
    /// A kind that the process needs is not installed.
    DefinitionMissing { what } = 2193, "本集群没有对象类型 {what}:请安装 zhengyun-crds,到位后自行恢复", "the cluster does not have the kind {what}: install zhengyun-crds, it goes on by itself";
    /// Health and metrics cannot be served.
    ListenFailed { address, error } = 2194, "无法监听 {address}({error}):健康检查与指标暂不可用,其余照常;端口空出后自行恢复", "cannot listen on {address} ({error}): health and metrics are not served, all else goes on; it goes on by itself once the port is free";
    /// The hub's certificate is not one that the join file vouches for.
    HubCertificate { error } = 2195, "中心的证书不受接入文件中的 CA 认可({error}),未发送凭证;现场仍按最后一次指令运行。中心更换过 CA 的请重新接入,否则请核查谁在应答该地址", "the hub's certificate is not vouched for by the join file ({error}), and no credential was sent; the site goes on with its last orders. Join again if the hub's CA was changed, else find out who answers at that address";
    /// The API server is not reached.
    ClusterAway { error } = 2196, "无法连接 API server:{error}", "the API server is not reached: {error}";
    /// Something went wrong that has no sentence of its own.
    PassFailed { error } = 2197, "处理失败,稍后再试:{error}", "failed, to be tried again: {error}";
    /// The installed definition of a kind is older than this program.
    DefinitionOld { what } = 2198, "本集群中 {what} 的定义早于本程序,有字段未能保存:请升级 zhengyun-crds", "the definition of {what} in this cluster is older than this program, and a field was not stored: upgrade zhengyun-crds";
    /// An object that the chart installs is not there.
    ObjectMissing { what } = 2199, "本集群缺少 {what}:由 chart 安装,请 helm upgrade;到位后自行恢复", "the cluster lacks {what}, which the chart installs: helm upgrade; it goes on by itself";

    /// An agent that only reports was told something.
    ObserveOnly { set } = 2040, "本机房代理只观察,不执行指令组 {set}", "this site's agent only observes and does not act upon set {set}";
    /// A namespace that is to be adopted was not marked on the site.
    AdoptUnmarked { namespace, place, mark } = 2041, "{place}上的命名空间“{namespace}”没有纳管标记 {mark},不予接管;平台工程师确认后运行 kubectl zhengyun workspace adopt", "namespace \"{namespace}\" at {place} is not marked for {mark} and is not taken over; a platform engineer marks it: kubectl zhengyun workspace adopt";
    /// A namespace that is to be adopted does not stand there.
    AdoptMissing { namespace, place } = 2042, "{place}上没有命名空间“{namespace}”,无可纳管;纳管不新建命名空间", "{place} has no namespace \"{namespace}\" to take over, and adopting makes none";
    /// A namespace that was adopted is told to a workspace that does not adopt it.
    AdoptedOtherwise { namespace, place, mark } = 2043, "{place}上的命名空间“{namespace}”是为 {mark} 纳管的,不按新建的业务空间处理", "namespace \"{namespace}\" at {place} was marked for {mark} and is not treated as one that the platform made";

    /// The file or cluster cannot be reached.
    CannotConnect { error } = 3001, "无法连接集群:{error}", "cannot reach the cluster: {error}";
    /// The user may not see a kind.
    NotPermitted { kind } = 3002, "您无权查看全区的{kind};只看本单位请加 -n dept-<单位>", "you may not see {kind} of the whole district; for your own department add -n dept-<department>";
    /// No such object.
    NotFound { kind, name } = 3003, "没有名为“{name}”的{kind}", "there is no {kind} \"{name}\"";
    /// The hub has not started yet.
    NoEpoch {} = 3004, "中心尚未初始化(缺少 zhengyun-system/zhengyun-hub);请先启动 zhengyun hub", "the hub has not been initialised (zhengyun-system/zhengyun-hub is missing); start zhengyun hub first";
    /// The site is not ready to be joined.
    NotJoinable { site, reason } = 3005, "机房“{site}”不能接入:{reason}", "data centre \"{site}\" cannot be joined: {reason}";
    /// A join file lacks what the hub writes into it.
    BadJoinFile { path, error } = 3006, "接入文件 {path} 无效:{error};请重新运行 kubectl zhengyun site join", "the join file {path} is not valid: {error}; run kubectl zhengyun site join again";
    /// The cluster does not have a kind of ours.
    KindMissing { kind } = 3007, "集群上没有 {kind} 这一类型;请确认连接的是中心集群", "the cluster does not have the kind {kind}; make sure that it is the hub";
    /// A Chinese name that several objects have.
    Ambiguous { kind, name, names } = 3008, "有多个{kind}名为“{name}”,请改用短码:{names}", "several objects of {kind} are called \"{name}\"; use one of the short names: {names}";
    /// A room that is not in use was to be joined.
    SiteNotInUse { site, fields } = 3009, "机房“{site}”未投入使用,不能接入:{fields};须为 accepted: true、disposition: cloud、provider: district,填写 level,且 zones 不含 intranet", "data centre \"{site}\" is not in use and cannot be joined: {fields}; it needs accepted: true, disposition: cloud, provider: district, a level, and zones without intranet";
    /// What the hub makes for a site is not there yet.
    SiteNotPrepared { site, missing } = 3010, "中心尚未为机房“{site}”建立 {missing};请确认 zhengyun hub 正在运行,稍后重试", "the hub has not made {missing} for data centre \"{site}\" yet; make sure that zhengyun hub runs, and try again";
    /// No token was given for a site.
    TokenRefused { site, error } = 3011, "不能为机房“{site}”签发接入令牌:{error}", "no token was given for data centre \"{site}\": {error}";
    /// What to do with the join file.
    JoinNext { site, until } = 3012, "机房“{site}”的接入文件已输出到标准输出(令牌有效至 {until});请存为文件或 Secret,并在 {until} 前于机房运行:zhengyun site --hub-kubeconfig <文件>", "the join file of data centre \"{site}\" was written to standard output (its token is valid until {until}); save it as a file or a Secret and, before then, run at the site: zhengyun site --hub-kubeconfig FILE";
    /// The hub or the agent ended by an error.
    Stopped { part, error } = 3013, "zhengyun {part} 已停止:{error}", "zhengyun {part} stopped: {error}";
    /// How many objects of a kind there are and how many are well.
    Tally { kind, total, ready, rest } = 3014, "{kind}:共 {total} 个,就绪 {ready} 个,未就绪 {rest} 个", "{kind}: {total}, ready {ready}, not ready {rest}";
    /// The hub has not looked at the newest content of an object.
    NotYetJudged {} = 3015, "中心尚未处理最新内容;如长时间如此,请确认 zhengyun hub 正在运行", "the hub has not looked at the newest content yet; if this lasts, make sure that zhengyun hub runs";
    /// The result cannot be written.
    CannotPrint { error } = 3016, "无法输出结果:{error}", "the result cannot be written: {error}";

    /// A site has something of a set that the hub was never told of.
    SetUnknown { site, set } = 3020, "机房 {site} 上有指令组 {set},中心没有该组的指令", "{site} has something of set {set}, and the hub has no order of it";
    /// A site does not say enough of a namespace to register it.
    FactLacks { namespace, what } = 3021, "命名空间 {namespace} 不能登记:现场没有给出其 {what}", "namespace {namespace} cannot be registered: the site does not say its {what}";
    /// What a namespace belongs to is not registered.
    RestoreFirst { namespace, kind, name } = 3022, "命名空间 {namespace} 不能登记:{kind}“{name}”不在登记中,请先恢复", "namespace {namespace} cannot be registered: {kind} \"{name}\" is not in the register; restore it first";
    /// The workspace of a namespace has another one, or would be given another one.
    NamedOtherwise { namespace, workspace, other } = 3023, "命名空间 {namespace} 不能登记:业务空间 {workspace} 的命名空间是 {other}", "namespace {namespace} cannot be registered: the namespace of workspace {workspace} is {other}";
    /// Nothing waits for a person.
    NothingHeld { site } = 3024, "机房 {site} 没有等待人工裁定的指令组", "no set of orders at {site} waits for a person";
    /// How many sets wait for a person.
    SomeHeld { site, count } = 3025, "机房 {site} 有 {count} 组指令等待人工裁定", "{count} set(s) of orders at {site} wait for a person";
    /// What was confirmed is not what is so now.
    StateChanged {} = 3026, "确认码与现在的情况不符,没有执行;请按上面所列重新确认", "the code is not that of what is so now, and nothing was done; look at it again as shown";
    /// How to do what was shown.
    ConfirmWith { command } = 3027, "确认无误后运行:{command}", "to do it, run: {command}";
    /// The API server did not take something.
    NotWritten { what, error } = 3028, "{what} 未能写入:{error}", "{what} was not written: {error}";
    /// Something was written.
    Written { what } = 3029, "已写入 {what}", "written: {what}";
    /// What it is to take the hub's side.
    TakingHub {} = 3030, "以中心为准(take-hub):现场转而执行中心登记的内容;裁定本身不删除任何东西", "take-hub: the site is to follow what the hub's register says; the ruling itself deletes nothing";
    /// What it is to take the site's side.
    TakingSite {} = 3031, "以机房为准(take-site):先把登记改成现场的样子,现场由此继续;裁定本身不删除任何东西", "take-site: the register is first brought to what stands on the site, which goes on from there; the ruling itself deletes nothing";
    /// Namespaces that no order will keep.
    StayUnkept { namespaces } = 3032, "留在现场,不再由指令保持:{namespaces}", "stay as they are, no longer kept by orders: {namespaces}";
    /// A share that will change.
    ShareChanges { namespace, from, to } = 3033, "{namespace} 的份额:{from} → {to}", "share of {namespace}: {from} -> {to}";
    /// Namespaces that will be made.
    WillBeMade { namespaces } = 3034, "现场将新建:{namespaces}", "will be made on the site: {namespaces}";
    /// An approved removal goes on.
    RemovalGoesOn { removal, namespace, then } = 3036, "已批准的清退 {removal} 照常进行:{namespace},{then}", "the approved removal {removal} goes on as it would have: {namespace}, {then}";
    /// A workspace that will be registered.
    WillRegister { workspace, namespace, system, share } = 3037, "将登记业务空间 {workspace}(命名空间 {namespace},信息系统 {system},份额 {share})", "workspace {workspace} will be registered (namespace {namespace}, system {system}, share {share})";
    /// A share that will change in the register.
    RegisterShare { workspace, from, to } = 3038, "登记中业务空间 {workspace} 在此机房的份额:{from} → {to}", "share of workspace {workspace} here in the register: {from} -> {to}";
    /// Workspaces that the hub found wrong.
    WrongWorkspaces { workspaces } = 3039, "业务空间自身有误,改正前不起作用:{workspaces}", "workspaces that are wrong, and change nothing before they are put right: {workspaces}";
    /// Nothing changes for a set but that its orders follow again.
    NothingElseChanges {} = 3040, "指令重新衔接,此外没有变化", "its orders follow again, nothing else changes";
    /// A person ruled about the same already.
    AlreadyRuled { ruling } = 3041, "已有裁定 {ruling},等待执行", "ruling {ruling} is about the same and is to be carried out";
    /// The hub did not take what was registered, so the ruling was not written.
    RegisterNotTaken { workspace, said } = 3042, "登记已更新,但中心尚未接受业务空间 {workspace}:{said};裁定没有写入,请处理后重新查看", "the register was changed, but the hub has not taken workspace {workspace}: {said}; no ruling was written: see to it, then look again";
    /// Something is to be restored before the site's word can be taken.
    RestoreNeeded {} = 3043, "有登记须先恢复或改正,暂不能以机房为准;其他组可用 --set 单独裁定", "something is to be restored or put right first, so the site's word cannot be taken yet; rule about other sets with --set";
    /// A set that does not wait for a person.
    SetNotHeld { set, allowed } = 3044, "指令组“{set}”没有等待裁定;可用:{allowed}", "set \"{set}\" does not wait for a ruling; choose from: {allowed}";
    /// What abandoning a site does.
    Abandoning { site } = 3045, "放弃机房 {site}:不再向其下发,其凭证不再有任何权限;现场一切保持原状继续运行,其份额仍计入;须另一人复核后生效", "abandon {site}: it is told nothing more and its credential may do nothing; what stands there stays and goes on, and its shares stay counted; in force once a second person agrees";
    /// What readmitting a site does.
    Readmitting { site } = 3046, "恢复机房 {site}:其凭证重新有效,中心重新向其下发;不衔接的指令组等待人工裁定;须另一人复核后生效", "readmit {site}: its credential is good again and it is told again; sets that do not follow wait for a person; in force once a second person agrees";
    /// The site was not abandoned.
    NotAbandoned { site } = 3047, "机房 {site} 没有被放弃", "{site} was not abandoned";
    /// What revoking a site's credential does.
    Revoking { site } = 3048, "撤销机房 {site} 的全部凭证:约 10 秒内失效;现场按最后一次指令继续运行,须重新接入", "revoke every credential of {site}: they end within about 10 s; the site goes on with its last orders and must be joined again";
    /// The credentials of a site were revoked.
    Revoked { site } = 3049, "机房 {site} 的凭证已撤销;重新接入:kubectl zhengyun site join {site}", "the credentials of {site} were revoked; to join it again: kubectl zhengyun site join {site}";
    /// A second person has agreed before.
    AlreadyApproved { by, reference } = 3050, "已由 {by} 复核(审批编号 {reference})", "{by} has agreed to it already (reference {reference})";
    /// What a removal that deletes does.
    RemovalDeletes {} = 3051, "删除:命名空间连同其中一切永久删除,不可恢复", "delete: the namespaces and everything in them are deleted for good";
    /// What a removal that keeps does.
    RemovalKeeps {} = 3052, "保留:命名空间留在现场,不再由指令保持", "keep: the namespaces stay as they are, no longer kept by orders";
    /// A workspace has no namespace where it was to be removed.
    NothingThere { workspace, sites } = 3053, "以下机房没有报告业务空间“{workspace}”的命名空间:{sites}", "no namespace of workspace \"{workspace}\" is reported by: {sites}";
    /// What a new id of the hub does.
    NewEpoch { sites } = 3054, "更换中心标识:各机房({sites})此后拒绝本中心的指令,按最后一次指令继续运行,须逐一重新接入(kubectl zhengyun site join);没有任何东西停止", "a new id for this hub: from then on every site ({sites}) refuses its orders, goes on with its last ones, and must be joined again one by one (kubectl zhengyun site join); nothing stops";
    /// When a new id of the hub is for.
    NewEpochWhen {} = 3055, "仅用于:本中心是另一个仍在运行的中心的副本,须与之分开", "only for this: this hub is a copy of one that still lives, and is to be another";
    /// The hub has a new id.
    NewEpochDone {} = 3056, "中心标识已更换;请逐一重新接入各机房", "the hub has a new id; join the sites again one by one";
    /// When a site was heard last, by its own clock.
    LastContact { at } = 3057, "最后联系 {at}(机房时钟)", "last contact {at} (by the site's clock)";
    /// A ruling that stands by itself.
    NeedsNoApproval {} = 3058, "该裁定不需要复核", "this ruling needs no second person";
    /// What it is to vouch for the hub.
    Vouching { sites } = 3060, "担保:本中心自上次与 {sites} 通话以来没有从备份恢复过,台账所记即其全部配额;据此可在其他机房增加配额。若中心曾恢复而仍担保,可能超出额度", "vouch: this hub was not restored since it last spoke with {sites}, so its ledgers have all that they hold, and more may be lent elsewhere. If it was restored after all, budgets may be exceeded";
    /// Every site was heard.
    NothingToVouch {} = 3061, "所有机房在本次任期内均已报告,无须担保", "every site was heard in this leadership: there is nothing to vouch for";

    /// A site that carries out orders is not made one that is only observed.
    ObserveTooLate { site, sets } = 3070, "机房“{site}”已在执行指令({sets}),不能改为只观察", "data centre \"{site}\" carries out orders already ({sets}) and cannot be only observed";
    /// What a join file for observing is.
    JoinObserves { site } = 3071, "机房“{site}”只观察:代理只上报,除自身记录外不改动任何东西;转为启用:kubectl zhengyun site activate {site}", "data centre \"{site}\" is only observed: its agent reports and changes nothing but its own records; to put it to use: kubectl zhengyun site activate {site}";
    /// What it is to put an observed site to use.
    Activating { site } = 3072, "启用机房 {site}:中心开始向其下发下列内容;代理换用新的接入文件后才执行", "put {site} to use: the hub begins to tell it what follows; the agent acts upon it once it has a new join file";
    /// An observed site was put to use.
    Activated { site } = 3073, "机房 {site} 已启用;请重新接入:kubectl zhengyun site join {site}", "{site} was put to use; join it again: kubectl zhengyun site join {site}";
    /// Nothing would be told to a site.
    NothingToTell {} = 3074, "目前没有业务空间要求部署在此", "no workspace wants to stand there yet";
    /// Pods that a Pod Security Standard refuses.
    PodsAbove { level, count, reasons } = 3076, "{count} 个容器组不符合容器安全基线 {level}:{reasons}", "{count} pod(s) break Pod Security {level}: {reasons}";
    /// Services that are reached on every node.
    NodePorts { services } = 3077, "NodePort 服务不予放行:{services}", "services of type NodePort are refused: {services}";
    /// Services of a load balancer.
    LoadBalancers { services } = 3078, "LoadBalancer 服务不予放行:{services}", "services of type LoadBalancer are refused: {services}";
    /// Services that point elsewhere.
    PointsElsewhere { services } = 3079, "指向集群外的服务(ExternalName、externalIPs):{services}", "services that point elsewhere (ExternalName, externalIPs): {services}";
    /// Pods that do not say what they need.
    NoRequests { count } = 3080, "{count} 个容器组未写明资源需求,将按隔离方案的默认值计", "{count} pod(s) do not say what they need and will count with the profile's defaults";
    /// Accounts that may do more than workloads need.
    BroadAccounts { bindings } = 3081, "工作负载的默认账号权限过大:{bindings}", "the account that workloads run as by default may do too much: {bindings}";
    /// Network policies of its own that open the namespace to others.
    OpensAcross { policies } = 3082, "自有网络策略向其他命名空间或网段放行,平台的策略不会关闭它们:{policies}", "network policies of its own let others in or out, and the platform's do not close them: {policies}";
    /// How many namespaces a survey found.
    Surveyed { namespaces, unowned } = 3083, "共 {namespaces} 个非本平台的命名空间,其中 {unowned} 个未能推断归属", "{namespaces} namespaces of others, {unowned} of them of nobody known";
    /// More is used than the share.
    QuotaShort { resource, used, share } = 3084, "现用量超出份额,配额生效后不能再增:{resource} 现用 {used},份额 {share}", "more is used than the share, and nothing more can be made once the quota is in force: {resource} uses {used}, share {share}";
    /// Ways in and out that default-deny closes.
    FlowsClose { flows } = 3085, "默认拒绝生效后将中断(未见实际流量,须自行核对):{flows}", "closed once default-deny is in force (traffic itself is not seen, check it yourself): {flows}";
    /// Nothing stands against a step.
    NothingInTheWay {} = 3086, "未发现会被拒绝或中断的内容", "nothing was found that would be refused or cut";
    /// What a step is.
    Stepping { namespace, site, from, to } = 3087, "机房 {site} 的命名空间 {namespace}:{from} → {to};正在运行的容器组不会被停止", "namespace {namespace} at {site}: {from} -> {to}; no running pod is stopped";
    /// Which stage is not previewed because nothing follows.
    LastStage { namespace, site } = 3088, "机房 {site} 的命名空间 {namespace} 已处于最后阶段 enforce", "namespace {namespace} at {site} is at the last stage, enforce";
    /// What it is to let a workspace take over a namespace.
    Marking { namespace, site, mark } = 3089, "允许 {mark} 纳管机房 {site} 的命名空间 {namespace}:标记后由代理接管;observe 阶段只加归属标签,不改动其中任何东西", "let {mark} take over namespace {namespace} at {site}: once marked the agent takes it over; at stage observe it gets labels of ownership, and nothing in it changes";
    /// A namespace was marked.
    Marked { namespace, mark } = 3090, "命名空间 {namespace} 已标记:{mark}", "namespace {namespace} is marked: {mark}";
    /// A workspace adopts nothing at a site.
    AdoptsNothing { workspace, site } = 3091, "业务空间“{workspace}”没有要求在机房 {site} 纳管(spec.adopt)", "workspace \"{workspace}\" does not adopt anything at {site} (spec.adopt)";
    /// A namespace that is not to be marked.
    NotMarkable { namespace, holder } = 3092, "命名空间“{namespace}”已属于 {holder},不能标记", "namespace \"{namespace}\" is {holder}'s already and cannot be marked";
    /// A namespace that the site does not have.
    NoNamespace { namespace } = 3093, "现场没有命名空间“{namespace}”", "the site has no namespace \"{namespace}\"";
    /// A site is not only observed.
    NotObserved { site } = 3075, "机房“{site}”不是只观察模式", "data centre \"{site}\" is not only observed";

    /// The user may not see a kind that stands in no department's namespace.
    NotVisible { kind } = 3100, "您无权查看{kind}", "you may not see {kind}";
    /// The user may not see a kind in the namespace that they named.
    NotVisibleThere { kind, namespace } = 3101, "您无权查看命名空间 {namespace} 中的{kind}", "you may not see {kind} in namespace {namespace}";
    /// An object that is as it should be, where somebody asked why it is not.
    NothingWrong { object } = 3102, "{object}就绪,没有需要处理的", "{object} is ready: there is nothing to see to";
    /// Why something is not ready.
    NotReadyBecause { object } = 3103, "{object}未就绪,因为:", "{object} is not ready, because:";
    /// A cause is found.
    CauseIs { object } = 3105, "原因在于{object}:", "the cause is {object}:";
    /// What would help.
    HelpRun { who, command } = 3106, "{who}可运行:{command}", "{who} can run: {command}";
    /// What would help is not a command of the hub.
    HelpAtSite { site } = 3107, "请在机房 {site} 检查 zhengyun site 是否在运行、到中心的网络是否连通", "see at {site} whether zhengyun site runs and whether the network to the hub is up";
    /// What would help is to run the hub.
    HelpHub {} = 3108, "请确认 zhengyun hub 正在运行", "make sure that zhengyun hub runs";
    /// It passes by itself.
    HelpWait {} = 3109, "会自行完成,无须处理;如长时间不变,请联系平台工程师", "it passes by itself; if it does not, ask the platform engineers";
    /// An agent is too old.
    HelpUpgrade { site } = 3110, "请升级机房 {site} 的 zhengyun site", "upgrade zhengyun site at {site}";
    /// Something stands at a site that somebody has to look at there.
    HelpLookAtSite { site } = 3111, "请在机房 {site} 的集群上按说明处理", "see to it on the cluster of {site} as it says";
    /// What was asked for is not of the form that is understood.
    WhichObject { given, kinds } = 3112, "“{given}”应写作 类型/名称,例如 业务空间/基础数据;类型:{kinds}", "\"{given}\" should be KIND/NAME, such as workspace/jichu; kinds: {kinds}";
    /// A term that the glossary does not have.
    NoTerm { term } = 3113, "术语表中没有“{term}”", "the glossary has no \"{term}\"";
    /// Terms that are written like it.
    TermsNear { terms } = 3114, "相近的:{terms}", "written like it: {terms}";
    /// What to read next.
    SeeAlso { terms } = 3115, "参见:{terms}", "see also: {terms}";
    /// How to know more of the fields of a kind.
    ExplainFields { kind } = 3116, "各字段:kubectl explain {kind}.spec", "its fields: kubectl explain {kind}.spec";
    /// A link cannot be followed because the person may not see where it leads.
    LeadsOutOfSight { kind } = 3117, "您无权查看{kind},原因须请平台工程师查看", "you may not see {kind}: ask the platform engineers for the cause";
    /// The page cannot be made.
    PageFailed { error } = 3118, "页面无法生成:{error}", "the page cannot be made: {error}";
    /// When a page was made.
    PageTime { at } = 3119, "截至 {at}(北京时间)", "as of {at} (Beijing time)";
    /// Nothing is to be seen to.
    AllWell {} = 3120, "运行正常,没有需要处理的事项", "all is well: there is nothing to see to";
    /// How much is to be seen to.
    SomeToSeeTo { count } = 3121, "有 {count} 项需要处理", "{count} to see to";
    /// Part of the district is out of sight, so nothing is said of it.
    PartlySeen {} = 3122, "以下内容您无权查看,本页不代表其状况:", "you may not see the following, and this says nothing of it:";
    /// What accepting keys comes to.
    TrustingKeys { site, before, now } = 3123, "机房 {site} 的令牌签名公钥由 {before} 变为 {now};认可前请向机房值班人员核对新指纹(见机房代理日志中的 fingerprint)", "{site}: the keys that sign tokens change from {before} to {now}; before you accept them, have the people at the site read you the new fingerprint (it stands in the agent's log)";
    /// There are no keys to accept.
    NothingToTrust { site } = 3124, "机房 {site} 没有待认可的公钥", "{site} has no keys that wait to be accepted";
    /// What an audit found.
    AuditActs { acts } = 3150, "本单位的命名空间中有云服务商和平台人员的操作 {acts} 次", "{acts} acts of provider and platform people in the department's namespaces";
    /// Acts that nobody agreed to.
    AuditWithoutGrant { acts } = 3151, "其中 {acts} 次没有本单位同意的临时运维授权", "{acts} of them under no access grant that the department agreed to";
    /// Lines of a log that say nothing.
    AuditUnreadable { lines } = 3152, "日志中有 {lines} 行无法识别,以上可能不全", "{lines} lines of the logs cannot be read: the list may not be complete";
    /// The records are as they were written.
    RecordsWhole { count, digest } = 3170, "留痕完整,共 {count} 条;末端摘要 {digest}", "the records are whole: {count} of them, ending with {digest}";
    /// A record is not what was written.
    RecordChanged { name } = 3171, "留痕 {name} 的内容与摘要不符,已被改动", "record {name} is not what its digest is of: it was changed";
    /// Records are missing.
    RecordsMissing { from, to } = 3172, "留痕缺少第 {from} 至 {to} 条", "records {from} to {to} are missing";
    /// A record does not follow the one before it.
    RecordUnlinked { name } = 3173, "留痕 {name} 与前一条不衔接:二者之一被改动或替换", "record {name} does not follow the one before it: one of them was changed or replaced";
    /// A record stands in another's place.
    RecordMisplaced { name, sequence } = 3174, "留痕 {name} 中的序号是 {sequence},位置被调换", "record {name} has the number {sequence}: it was moved";
    /// The end of the records is gone.
    RecordsCut { site, sequence, last } = 3175, "机房 {site} 记得第 {sequence} 条留痕,中心只到第 {last} 条:末端被截去,或中心被恢复到较早的备份", "{site} remembers record {sequence}, the hub has {last}: the end was cut off, or the hub was restored from an earlier backup";
    /// The hub has another record than the one that a site was told of.
    RecordDiffers { site, sequence } = 3176, "机房 {site} 所记第 {sequence} 条留痕的摘要与中心不同:中心的留痕被重写", "{site} remembers another record {sequence} than the hub has: the records were rewritten";
    /// There are no records.
    NoRecords {} = 3177, "尚无留痕", "there are no records yet";
    /// No site remembers the chain's end.
    RecordsUnwitnessed {} = 3178, "尚无机房记得留痕末端,截断与重写无从发现", "no site remembers where the records end, so that nothing tells whether they were cut off or rewritten";
    /// No request is open.
    NoOpenRequests {} = 3180, "没有未办结的申请;加 --all 列出全部", "no request is open; --all lists those that are over too";
    /// A request that waits for nobody's decision.
    NothingToDecide { request, phase } = 3181, "申请“{request}”没有待审批的环节({phase})", "request \"{request}\" waits for no decision ({phase})";
    /// What a decision about a request would be.
    Deciding { number, step, decision } = 3182, "将对申请 {number} 的“{step}”作出决定:{decision}", "about to decide about request {number} in step \"{step}\": {decision}";
    /// A file of a form cannot be read.
    FileUnreadable { path, error } = 3200, "无法读取文件 {path}:{error}", "cannot read the file {path}: {error}";
    /// A file is larger than any form.
    FileTooLarge { path, limit } = 3201, "文件 {path} 超过 {limit} MiB,不是填写的表格", "the file {path} is larger than {limit} MiB, so it is no form that was filled in";
    /// A workbook of the old format, or one with a password.
    FileOldFormat { path } = 3202, "文件 {path} 是旧格式(xls、et)或加了密码的工作簿;请另存为不加密的 xlsx 或 CSV", "the file {path} is a workbook of an old format (xls, et) or has a password; save it as xlsx without one, or as CSV";
    /// A text in no encoding that is known.
    FileEncoding { path } = 3203, "文件 {path} 的文字编码无法识别(支持 UTF-8、GB18030);请另存为“CSV UTF-8”或 xlsx", "the encoding of the file {path} is not known (UTF-8 and GB18030 are); save it as \"CSV UTF-8\" or as xlsx";
    /// A file is there already.
    FileExists { path } = 3204, "文件 {path} 已存在,未覆盖;请换一个文件名", "the file {path} exists and was not overwritten; choose another name";
    /// A file was not written.
    FileNotWritten { path, error } = 3205, "文件 {path} 未能写出:{error}", "the file {path} was not written: {error}";
    /// An empty form was written.
    TemplateWritten { path, verb } = 3206, "空表已写入 {path};填写后运行 kubectl zhengyun {verb} -f {path}", "an empty form was written to {path}; once it is filled in, run kubectl zhengyun {verb} -f {path}";
    /// A list was written to a file.
    Exported { path, count } = 3207, "已导出 {count} 行到 {path}", "{count} row(s) were written to {path}";
    /// A form without rows.
    FormEmpty {} = 3210, "表中没有填写任何一行", "no row of the form is filled in";
    /// A form with more rows than are taken at once.
    FormTooLong { limit } = 3211, "一次最多 {limit} 行;请分成几个文件", "at most {limit} rows at a time; split the file";
    /// A heading that the form does not have.
    HeadingUnknown { heading, allowed } = 3212, "没有名为“{heading}”的列;可用的列:{allowed}", "the form has no column \"{heading}\"; its columns: {allowed}";
    /// A column that is required is not in the file.
    HeadingMissing { heading } = 3213, "缺少必填的列“{heading}”", "the required column \"{heading}\" is missing";
    /// A heading stands twice.
    HeadingTwice { heading } = 3214, "列“{heading}”出现了两次", "the column \"{heading}\" stands there twice";
    /// Something stands outside the columns.
    CellStray { value } = 3215, "“{value}”所在的列没有表头", "\"{value}\" stands in a column without a heading";
    /// A required cell is empty.
    CellEmpty {} = 3220, "必填,不能为空", "it is required and must not be empty";
    /// A word that is not one of those that are allowed.
    CellWord { value, allowed } = 3221, "“{value}”不是可填的词;可填:{allowed}", "\"{value}\" is not one of the words that can stand here: {allowed}";
    /// A number that is none, or out of range.
    CellNumber { value, min, max } = 3222, "“{value}”须为 {min} 至 {max} 的整数", "\"{value}\" must be a whole number from {min} to {max}";
    /// A text that is too long.
    CellTooLong { length, limit } = 3223, "共 {length} 个字符,最多 {limit} 个", "{length} characters, at most {limit}";
    /// A day that is none.
    CellDay { value } = 3224, "“{value}”不是日期;应如 2026-03-01", "\"{value}\" is no day; write it like 2026-03-01";
    /// Too many items in one cell.
    CellTooMany { count, limit } = 3225, "共 {count} 项,最多 {limit} 项", "{count} items, at most {limit}";
    /// An item stands twice in a cell.
    CellTwice { value } = 3226, "“{value}”出现了两次", "\"{value}\" stands there twice";
    /// A name that is no short code.
    CellName { value } = 3227, "“{value}”不是短码:须由小写字母、数字和连字符组成,以字母或数字开头和结尾", "\"{value}\" is no short name: lower-case letters, digits and hyphens, beginning and ending with a letter or digit";
    /// What a spreadsheet shows where a formula failed.
    CellError { value } = 3228, "“{value}”是公式错误,请改为文字", "\"{value}\" is an error of a formula; write the text itself";
    /// A cell that needs another one.
    CellNeeds { column, other } = 3229, "填写了“{other}”,就须填写“{column}”", "\"{other}\" is filled in, so \"{column}\" must be too";
    /// A row stands for the same object as one above.
    RowTwice { name, line } = 3230, "“{name}”与第 {line} 行重复", "\"{name}\" stands in row {line} already";
    /// Chinese names of others cannot be looked up.
    NamesUnseen { value, kind } = 3231, "您无权查看全区的{kind},不能按名称查找“{value}”;请填短码", "you may not see {kind} of the whole district, so \"{value}\" cannot be looked up; write the short name";
    /// A row without a department.
    RowHomeless {} = 3232, "未填单位;请填写,或以 -n dept-<单位> 指定", "no department; fill it in, or give it as -n dept-<department>";
    /// The API server does not take a row.
    RowRefused { error } = 3233, "中心不接受:{error}", "the hub does not take it: {error}";
    /// The person may not write there.
    RowForbidden { kind, place } = 3234, "您无权登记{kind}:{place}", "you may not register {kind}: {place}";
    /// The person may not look up the register that a form is for.
    RegisterNotYours { kind } = 3235, "{kind}由平台工程师(区电子政务服务中心)登记,您没有这项权限", "{kind} is registered by platform engineers; you may not do it";
    /// How many findings a file has; nothing was written.
    FormWrong { path, count } = 3240, "{path} 有 {count} 处问题,没有写入任何内容;改正后重新运行", "{path}: {count} finding(s), nothing was written; put it right and run it again";
    /// Everything in the file stands already.
    FormSame { count } = 3241, "共 {count} 行,与登记完全一致,没有写入任何内容", "{count} row(s), all of which stand in the register already; nothing was written";
    /// What a file would do.
    FormTally { path, made, changed, same } = 3242, "{path}:新增 {made},变更 {changed},不变 {same};表中没有的不受影响", "{path}: {made} new, {changed} changed, {same} unchanged; what is not in the file is left alone";
    /// A file was written.
    FormWritten { made, changed } = 3243, "已写入:新增 {made},变更 {changed}", "written: {made} new, {changed} changed";
    /// A row was not written, so nothing stays written.
    FormUndone { line, error, count } = 3244, "第 {line} 行未能写入:{error};此前写入的 {count} 行已全部撤回,登记恢复原状", "row {line} was not written: {error}; the {count} row(s) written before it were taken back, and the register is as it was";
    /// A row was not written, and what was written before could not all be taken back.
    FormHalfUndone { line, error } = 3245, "第 {line} 行未能写入:{error};此前写入的未能全部撤回,见下", "row {line} was not written: {error}; not all that was written before it could be taken back:";
    /// A row that stays written.
    RowStays { line, name, error } = 3246, "第 {line} 行({name})未能撤回,仍为写入后的内容:{error}", "row {line} ({name}) could not be taken back and stays as written: {error}";
    /// Somebody else changed a row's object since it was written.
    ChangedSince {} = 3247, "写入后又被他人改动", "somebody else changed it since";
    /// Namespaces that the hub made for departments that were taken back.
    NamespacesStay { namespaces } = 3248, "中心已为撤回的单位建立命名空间 {namespaces},连同其用户组的权限予以保留;再次登记时沿用", "the hub made the namespace(s) {namespaces} for departments that were taken back; they stay with the rights of their groups, and are used when the departments are registered again";
    /// The person stopped the writing.
    Interrupted {} = 3249, "已被中断", "it was interrupted";
}
