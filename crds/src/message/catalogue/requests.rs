//! Requests, approvals and grants: 1700 to 1799.

macro_rules! requests {
    ([$next:ident $($then:ident)*] $($before:tt)*) => { $next! { [$($then)*] $($before)*

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

    } };
}
