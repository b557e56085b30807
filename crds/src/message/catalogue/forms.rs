//! What is said of forms: 3200 and later.

macro_rules! forms {
    ([$next:ident $($then:ident)*] $($before:tt)*) => { $next! { [$($then)*] $($before)*

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

    } };
}
