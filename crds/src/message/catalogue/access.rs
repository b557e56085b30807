//! Secrets, access for hours, seals, calendars and records: 1600 to 1699.

macro_rules! access {
    ([$next:ident $($then:ident)*] $($before:tt)*) => { $next! { [$($then)*] $($before)*

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

    } };
}
