//! What the command line says: 3000 to 3199.

macro_rules! cli {
    ([$next:ident $($then:ident)*] $($before:tt)*) => { $next! { [$($then)*] $($before)*

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

    } };
}
