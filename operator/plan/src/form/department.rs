//! The form of departments (单位登记表), and what the hub would object to.

use std::collections::{BTreeMap, BTreeSet};

use crds::{Department, Message};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::{SignedDuration, Timestamp};

use super::compare::{Action, Line};
use super::{Column, Finding, Form, Register, Shape, Table, Target, Word};
use crate::department::{Facts, validate};

/// Kinds of departments.
const KINDS: &[Word] = &[
    Word::new("委办局", "office"),
    Word::new("街道", "street"),
    Word::new("镇", "town"),
    Word::new("事业单位", "institution"),
    Word::new("条线单位", "vertical"),
];

/// The form of departments.
pub static FORM: Form = Form {
    title: "单位登记表",
    kind: "单位 Department",
    notes: &[
        "一行一个单位。短码是单位的标识:短码已登记的,本行变更该单位;没有登记的,本行新增。",
        "列可以调换顺序。选填的列可以整列删去:删去的列不改动已登记的内容;留着而单元格为空,表示没有这一项,已登记的会被清除。",
        "一格填多项时,用顿号、分号或单元格内换行隔开。",
        "表中没有的单位不受影响,不会被删除。",
        "先运行 kubectl zhengyun onboard -f 文件 查看将要写入的内容,再以所示的确认码写入;有一处问题,就一行也不写入。",
    ],
    needs: &[("basis.note", "basis.document")],
    own: Some(Register::Department),
    columns: &[
        Column {
            zh: "短码",
            en: "ID",
            means: "单位在本平台的标识:2 至 16 位小写字母和数字,字母开头;登记后不能更改。例:jiaoyu",
            required: true,
            target: Target::Name,
            shape: Shape::Name(16),
            width: 12,
        },
        Column {
            zh: "单位名称",
            en: "NAME",
            means: "中文名称,全区唯一,可以更改。例:区教育局",
            required: true,
            target: Target::Spec("displayName"),
            shape: Shape::Text(64),
            width: 24,
        },
        Column {
            zh: "单位类别",
            en: "KIND",
            means: "属于哪一类单位",
            required: true,
            target: Target::Spec("kind"),
            shape: Shape::OneOf(KINDS),
            width: 12,
        },
        Column {
            zh: "上级单位",
            en: "PARENT",
            means: "上级单位的名称或短码,可以是本表的另一行",
            required: false,
            target: Target::Spec("parent"),
            shape: Shape::Reference(Register::Department),
            width: 18,
        },
        Column {
            zh: "统一社会信用代码",
            en: "UNIFIED CODE",
            means: "18 位(GB 32100-2015),末位为校验位;全区唯一",
            required: false,
            target: Target::Spec("unifiedCode"),
            shape: Shape::Code(18),
            width: 22,
        },
        Column {
            zh: "岗位",
            en: "POSTS",
            means: "岗位名称(不写人名),职责写在冒号后面。例:电子政务专职人员:系统登记、安全员",
            required: false,
            target: Target::Spec("posts"),
            shape: Shape::Posts,
            width: 30,
        },
        Column {
            zh: "管理员用户组",
            en: "ADMIN GROUPS",
            means: "统一认证中的用户组,以 oidc: 开头;成员可登记系统和业务空间、运行业务。一个用户组只属于一个单位",
            required: false,
            target: Target::Spec("groups"),
            shape: Shape::Groups("admin"),
            width: 24,
        },
        Column {
            zh: "成员用户组",
            en: "MEMBER GROUPS",
            means: "同上;成员可运行业务,不能登记",
            required: false,
            target: Target::Spec("groups"),
            shape: Shape::Groups("member"),
            width: 24,
        },
        Column {
            zh: "只读用户组",
            en: "AUDITOR GROUPS",
            means: "同上;成员只能查看",
            required: false,
            target: Target::Spec("groups"),
            shape: Shape::Groups("auditor"),
            width: 24,
        },
        Column {
            zh: "可用机房",
            en: "ALLOWED SITES",
            means: "机房的名称或短码;为空即可用全部在用机房",
            required: false,
            target: Target::Spec("allowedSites"),
            shape: Shape::References(Register::DataCenter, 32),
            width: 24,
        },
        Column {
            zh: "隔离方案",
            en: "ISOLATION PROFILE",
            means: "隔离方案的名称或短码;为空即用全区默认的隔离方案",
            required: false,
            target: Target::Spec("isolationProfile"),
            shape: Shape::Reference(Register::Profile),
            width: 14,
        },
        Column {
            zh: "余量调剂",
            en: "ELASTIC SHARES",
            means: "本单位在同一机房的各业务空间之间,闲置份额是否自动调剂;为空即否",
            required: false,
            target: Target::Spec("elasticShares"),
            shape: Shape::Flag,
            width: 10,
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

/// What else stands that departments are judged by.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// The departments that stand.
    pub departments: Vec<Department>,
    /// Names of the data centres.
    pub data_centers: Vec<String>,
    /// Names of the isolation profiles.
    pub profiles: Vec<String>,
    /// Namespaces of the hub that are not ours.
    pub foreign: BTreeSet<String>,
}

/// What the hub would object to if the lines were written: in them, and in what stands because of them.
#[must_use]
pub fn judge(table: &Table, lines: &[Line], around: &Around) -> Vec<Finding> {
    let stood: BTreeMap<String, &Department> =
        around.departments.iter().filter_map(|one| Some((one.metadata.name.clone()?, one))).collect();
    let written: BTreeMap<&str, &Line> = lines
        .iter()
        .filter(|line| line.action != Action::Same)
        .map(|line| (line.name.as_str(), line))
        .collect();
    let mut findings = Vec::new();
    let mut built = BTreeMap::new();
    for line in written.values() {
        match build(line, stood.get(&line.name).copied()) {
            Ok(department) => {
                built.insert(line.name.clone(), department);
            }
            Err(error) => {
                let said = Message::RowRefused { error: error.to_string() };
                findings.push(Finding { line: Some(line.line), column: None, said });
            }
        }
    }
    let mut after = stood.clone();
    after.extend(built.iter().map(|(name, department)| (name.clone(), department)));
    for (name, department) in &after {
        let said = judged(department, &after, around);
        if let Some(line) = written.get(name.as_str()) {
            findings.extend(said.into_iter().map(|said| placed(table, line, said)));
        } else {
            let before = judged(department, &stood, around);
            let new = said.into_iter().filter(|said| !before.contains(said));
            findings.extend(new.filter_map(|said| turned(table, &written, name, said)));
        }
    }
    findings.sort_by_key(|finding| finding.line);
    findings
}

fn judged(department: &Department, all: &BTreeMap<String, &Department>, around: &Around) -> Vec<Message> {
    let name = department.metadata.name.as_deref().unwrap_or_default();
    let facts = Facts {
        departments: all,
        data_centers: around.data_centers.clone(),
        profiles: around.profiles.clone(),
        foreign_namespace: around.foreign.contains(&format!("dept-{name}")),
    };
    validate(department, &facts).err().unwrap_or_default()
}

/// The department as it would stand. A new one is younger than all that stand, and younger than those of the rows above it.
fn build(line: &Line, stood: Option<&Department>) -> Result<Department, serde_json::Error> {
    let spec = serde_json::from_value(line.spec.clone())?;
    let mut department = Department::new(&line.name, spec);
    let created = stood.map(|stood| stood.metadata.creation_timestamp.clone());
    department.metadata.creation_timestamp = created.unwrap_or_else(|| {
        let rows = i64::try_from(line.line).unwrap_or_default();
        Some(Time(Timestamp::MAX - SignedDuration::from_hours(24) + SignedDuration::from_secs(rows)))
    });
    Ok(department)
}

/// A sentence about a line's department, with its column; it names the column where the hub would name a field.
fn placed(table: &Table, line: &Line, mut said: Message) -> Finding {
    let field = match &said {
        Message::Duplicate { field, value, .. } if field == "spec.groups[].group" => {
            let groups = line.spec["groups"].as_array();
            let at = groups.and_then(|all| all.iter().position(|one| one["group"] == *value));
            at.map_or_else(|| "spec.groups".to_owned(), |at| format!("spec.groups[{at}]"))
        }
        Message::Duplicate { field, .. } | Message::UnknownReference { field, .. } => field.clone(),
        Message::BadUnifiedCode { .. } | Message::MalformedUnifiedCode { .. } => {
            "spec.unifiedCode".to_owned()
        }
        Message::ParentCycle { .. } => "spec.parent".to_owned(),
        _ => "metadata.name".to_owned(),
    };
    let column = table.heading_of(&field, &line.spec);
    if let (Message::Duplicate { field, .. } | Message::UnknownReference { field, .. }, Some(heading)) =
        (&mut said, &column)
    {
        field.clone_from(heading);
    }
    Finding { line: Some(line.line), column, said }
}

/// A department that stands would have a value twice because of a line that is older: said at that line.
fn turned(table: &Table, written: &BTreeMap<&str, &Line>, name: &str, said: Message) -> Option<Finding> {
    let Message::Duplicate { field, value, other } = said else { return None };
    let line = written.get(other.strip_prefix("Department ")?)?;
    let said = Message::Duplicate { field, value, other: format!("Department {name}") };
    Some(placed(table, line, said))
}

#[cfg(test)]
#[path = "department_tests.rs"]
mod tests;
