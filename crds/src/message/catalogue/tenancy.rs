//! What departments, systems and workspaces say, and what they may use: 1200 to 1599.

macro_rules! tenancy {
    ([$next:ident $($then:ident)*] $($before:tt)*) => { $next! { [$($then)*] $($before)*

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

    } };
}
