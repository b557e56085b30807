//! The form of information systems (信息系统目录), and what the hub would object to.

use crds::{Department, Message, System};

use super::compare::{Action, Line};
use super::{Column, Finding, Form, Register, Shape, Table, Target, Word};
use crate::Readiness;
use crate::conditions::readiness;
use crate::names::department_of;
use crate::system::{Facts, validate};

/// Kinds of systems.
const KINDS: &[Word] = &[
    Word::new("增量", "new"),
    Word::new("存量", "existing"),
    Word::new("外联", "linked"),
    Word::new("平台服务", "platform"),
];

/// Network zones. The intranet is understood, so that it is refused by its own sentence.
const ZONES: &[Word] = &[
    Word::new("政务外网", "extranet"),
    Word::new("互联网接入", "internet"),
    Word::new("移动接入", "mobile"),
    Word { also: &["专网", "条线"], ..Word::new("专网/条线", "vertical") },
    Word::new("市级链路", "city"),
    Word { offered: false, ..Word::new("政务内网", "intranet") },
];

/// Recovery classes.
const RECOVERY: &[Word] = &[
    Word::new("无", "none"),
    Word::new("备份", "backup"),
    Word::new("数据级", "data"),
    Word::new("应用级", "application"),
];

/// Classes of funds.
const FUNDING: &[Word] = &[
    Word::new("基础设施", "infrastructure"),
    Word::new("业务应用", "business"),
    Word::new("系统运维", "operations"),
];

/// The form of systems.
pub static FORM: Form = Form {
    title: "信息系统目录",
    kind: "信息系统 System",
    notes: &[
        "一行一个信息系统。单位和短码是系统的标识:已登记的,本行变更该系统;没有登记的,本行新增。",
        "列可以调换顺序。选填的列可以整列删去:删去的列不改动已登记的内容;留着而单元格为空,表示没有这一项,已登记的会被清除。",
        "一格填多项时,用顿号、分号或单元格内换行隔开。",
        "表中没有的系统不受影响,不会被删除。涉密系统不得填入本表。",
        "先运行 kubectl zhengyun systems import -f 文件 查看将要写入的内容,再以所示的确认码写入;有一处问题,就一行也不写入。",
    ],
    needs: &[
        ("filing.number", "filing.date"),
        ("filing.date", "filing.number"),
        ("basis.note", "basis.document"),
    ],
    own: None,
    columns: &[
        Column {
            zh: "单位",
            en: "DEPARTMENT",
            means: "责任单位的名称或短码;无权查看全区单位的,填短码。为空即 -n 所指的单位",
            required: false,
            target: Target::Home,
            shape: Shape::Reference(Register::Department),
            width: 20,
        },
        Column {
            zh: "短码",
            en: "ID",
            means: "系统在本单位的标识:小写字母、数字和连字符;登记后不能更改。例:xueji",
            required: true,
            target: Target::Name,
            shape: Shape::Name(253),
            width: 16,
        },
        Column {
            zh: "系统名称",
            en: "NAME",
            means: "中文名称,可以更改。例:学籍管理系统",
            required: true,
            target: Target::Spec("displayName"),
            shape: Shape::Text(64),
            width: 28,
        },
        Column {
            zh: "系统类别",
            en: "KIND",
            means: "增量:新建;存量:已有;外联:由他人运行,只作连接;平台服务:如人口、法人、空间地理三库",
            required: true,
            target: Target::Spec("kind"),
            shape: Shape::OneOf(KINDS),
            width: 12,
        },
        Column {
            zh: "网络区域",
            en: "ZONES",
            means: "系统使用的网络区域,可多个",
            required: true,
            target: Target::Spec("zones"),
            shape: Shape::AnyOf(ZONES),
            width: 22,
        },
        Column {
            zh: "业务信息安全等级(S)",
            en: "LEVEL S",
            means: "等保定级中业务信息安全的等级,1 至 4",
            required: true,
            target: Target::Spec("level.information"),
            shape: Shape::Number(1, 4),
            width: 20,
        },
        Column {
            zh: "系统服务安全等级(A)",
            en: "LEVEL A",
            means: "等保定级中系统服务安全的等级,1 至 4",
            required: true,
            target: Target::Spec("level.service"),
            shape: Shape::Number(1, 4),
            width: 20,
        },
        Column {
            zh: "备案编号",
            en: "FILING NUMBER",
            means: "公安机关定级备案的编号;二级及以上应有",
            required: false,
            target: Target::Spec("filing.number"),
            shape: Shape::Text(64),
            width: 20,
        },
        Column {
            zh: "备案日期",
            en: "FILING DATE",
            means: "备案日期;与备案编号同时填写。例:2026-03-01",
            required: false,
            target: Target::Spec("filing.date"),
            shape: Shape::Day,
            width: 12,
        },
        Column {
            zh: "灾备等级",
            en: "RECOVERY",
            means: "备份:有副本;数据级:异地有经校验的副本;应用级:备用侧可提供服务。为空即无",
            required: false,
            target: Target::Spec("recovery"),
            shape: Shape::OneOfOr(RECOVERY, "none"),
            width: 10,
        },
        Column {
            zh: "资金分类",
            en: "FUNDING",
            means: "由哪一类资金支付",
            required: false,
            target: Target::Spec("funding"),
            shape: Shape::OneOf(FUNDING),
            width: 12,
        },
        Column {
            zh: "指导意见编号",
            en: "GUIDANCE",
            means: "市级主管部门指导意见的编号;条线系统必须填写(外联除外)",
            required: false,
            target: Target::Spec("guidance"),
            shape: Shape::Text(200),
            width: 20,
        },
        Column {
            zh: "运维单位",
            en: "OPERATOR",
            means: "由谁运维",
            required: false,
            target: Target::Spec("operator"),
            shape: Shape::Text(64),
            width: 20,
        },
        Column {
            zh: "承建单位",
            en: "SUPPLIER",
            means: "由谁承建",
            required: false,
            target: Target::Spec("supplier"),
            shape: Shape::Text(64),
            width: 20,
        },
        Column {
            zh: "提供的数据",
            en: "PROVIDES",
            means: "向其他系统提供的数据,可多项。例:人口、法人",
            required: false,
            target: Target::Spec("provides"),
            shape: Shape::Texts(64, 64),
            width: 22,
        },
        Column {
            zh: "使用的数据",
            en: "CONSUMES",
            means: "使用其他系统的数据,可多项",
            required: false,
            target: Target::Spec("consumes"),
            shape: Shape::Texts(64, 64),
            width: 22,
        },
        Column {
            zh: "依据文件",
            en: "BASIS",
            means: "登记所依据的文件名称或文号",
            required: false,
            target: Target::Spec("basis.document"),
            shape: Shape::Text(200),
            width: 36,
        },
        Column {
            zh: "依据说明",
            en: "BASIS NOTE",
            means: "文件中的位置或补充说明;须同时填写依据文件",
            required: false,
            target: Target::Spec("basis.note"),
            shape: Shape::Text(200),
            width: 24,
        },
    ],
};

/// What the hub would object to if the lines were written; what it would only remark is kept with the lines. `departments` is
/// nothing when the person may not see them: the API server knows then whether there is a place.
#[must_use]
pub fn judge(table: &Table, lines: &mut [Line], departments: Option<&[Department]>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for line in lines.iter_mut().filter(|line| line.action != Action::Same) {
        let spec = match serde_json::from_value(line.spec.clone()) {
            Ok(spec) => spec,
            Err(error) => {
                let said = Message::RowRefused { error: error.to_string() };
                findings.push(Finding { line: Some(line.line), column: None, said });
                continue;
            }
        };
        let mut system = System::new(&line.name, spec);
        system.metadata.namespace.clone_from(&line.namespace);
        let facts = Facts { department: standing(line.namespace.as_deref(), departments) };
        match validate(&system, &facts) {
            Ok(hints) => line.hints = hints,
            Err(said) => findings.extend(said.into_iter().map(|said| placed(table, line, said))),
        }
    }
    findings
}

fn standing(namespace: Option<&str>, departments: Option<&[Department]>) -> Option<Readiness> {
    let Some(departments) = departments else { return Some(Readiness::NotJudged) };
    let name = department_of(namespace?)?;
    let department = departments.iter().find(|one| one.metadata.name.as_deref() == Some(name.as_str()))?;
    let conditions =
        department.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    Some(readiness(conditions, department.metadata.generation))
}

fn placed(table: &Table, line: &Line, mut said: Message) -> Finding {
    let field = match &said {
        Message::IntranetSystem {} => "spec.zones",
        Message::VerticalWithoutGuidance {} => "spec.guidance",
        _ => "metadata.namespace",
    };
    let column = table.heading_of(field, &line.spec);
    if let (Message::NotReadyReference { field, .. }, Some(heading)) = (&mut said, &column) {
        field.clone_from(heading);
    }
    Finding { line: Some(line.line), column, said }
}

#[cfg(test)]
#[path = "system_tests.rs"]
mod tests;
