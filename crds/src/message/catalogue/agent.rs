//! What sites and processes say: 2000 to 2999.

macro_rules! agent {
    ([$next:ident $($then:ident)*] $($before:tt)*) => { $next! { [$($then)*] $($before)*

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

    } };
}
