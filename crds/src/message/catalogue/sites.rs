//! What is said of data centres and of the orders to them: 1100 to 1199.

macro_rules! sites {
    ([$next:ident $($then:ident)*] $($before:tt)*) => { $next! { [$($then)*] $($before)*

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

    } };
}
