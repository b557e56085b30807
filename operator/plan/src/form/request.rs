//! The form of requests for resources (云资源申请表): a row is one request at one data centre.

use crds::{Message, ResourceRequest};

use super::compare::{Action, Line};
use super::{Column, Finding, Form, Register, Shape, Target, Word};

/// What a request changes.
const CHANGES: &[Word] = &[
    Word::new("新增", "new"),
    Word::new("增加", "more"),
    Word::new("减少", "less"),
    Word::new("迁移", "move"),
    Word::new("续期", "renew"),
];

/// Classes of funds.
const FUNDING: &[Word] = &[
    Word::new("基础设施", "infrastructure"),
    Word::new("业务应用", "application"),
    Word::new("系统运维", "operation"),
];

/// How urgent a request is.
const URGENCY: &[Word] = &[Word::new("一般", "normal"), Word::new("紧急", "urgent")];

const fn column(
    (zh, en, means): (&'static str, &'static str, &'static str),
    target: Target,
    shape: Shape,
    width: u8,
) -> Column {
    Column { zh, en, means, required: false, target, shape, width }
}

const fn required(column: Column) -> Column {
    Column { required: true, ..column }
}

/// The form of requests.
pub static FORM: Form = Form {
    title: "云资源申请表",
    kind: "资源申请 ResourceRequest",
    notes: &[
        "一行一份申请,一份申请写一个机房;同时申请多个机房的,每个机房写一行,各自审批。",
        "各项资源填申请后应有的总数,不是增减的差额。没有的项留空。",
        "“提交”填“是”的,写入即提交,此后不能修改,只能撤回;填“否”或留空的为草稿。",
        "由服务中心代为录入的,须填申请表签字人和签字扫描件的摘要(sha256sum 文件);录入人不得作为审批人。",
        "先运行 kubectl zhengyun requests import -f 文件 查看将要写入的内容,再以所示的确认码写入;有一处问题,就一行也不写入。",
    ],
    needs: &[
        ("project.new", "project.name"),
        ("levelRise.review", "levelRise.filing"),
        ("levelRise.approval", "levelRise.review"),
        ("levelRise.filing", "levelRise.approval"),
        ("onBehalfOf.signedBy", "onBehalfOf.form"),
        ("onBehalfOf.form", "onBehalfOf.signedBy"),
    ],
    own: None,
    columns: &[
        column(
            ("单位", "DEPARTMENT", "申请单位的名称或短码;为空即 -n 所指的单位"),
            Target::Home,
            Shape::Reference(Register::Department),
            20,
        ),
        required(column(
            ("申请名称", "ID", "本单位内不重复的标识:小写字母、数字和连字符,最多 40 个。例:xuanke-2027"),
            Target::Name,
            Shape::Name(40),
            18,
        )),
        required(column(
            ("申请类型", "CHANGE", "新增;增加、减少、迁移、续期须填要替换的批复"),
            Target::Spec("change"),
            Shape::OneOf(CHANGES),
            12,
        )),
        column(
            ("替换批复", "GRANT", "要替换的资源批复的名称;新增不填"),
            Target::Spec("grant"),
            Shape::Name(63),
            20,
        ),
        required(column(
            ("信息系统", "SYSTEM", "为哪个信息系统申请:其短码"),
            Target::Spec("system"),
            Shape::Name(63),
            16,
        )),
        required(column(
            ("机房", "SITE", "机房的名称或短码"),
            Target::Spec("sites.0.site"),
            Shape::Reference(Register::DataCenter),
            14,
        )),
        column(
            ("处理器(核)", "CPU", "如 16 或 500m(千分之一核)"),
            Target::Spec("sites.0.amounts.cpu"),
            Shape::Text(12),
            12,
        ),
        column(("内存", "MEMORY", "如 64Gi"), Target::Spec("sites.0.amounts.memory"), Shape::Text(12), 10),
        column(
            ("存储", "STORAGE", "如 500Gi、1Ti"),
            Target::Spec("sites.0.amounts.storage"),
            Shape::Text(12),
            10,
        ),
        column(
            ("容器组数", "PODS", "最多同时运行几个容器组"),
            Target::Spec("sites.0.amounts.pods"),
            COUNT,
            10,
        ),
        column(("数据卷数", "VOLUMES", "最多几个数据卷"), Target::Spec("sites.0.amounts.volumes"), COUNT, 10),
        column(("服务数", "SERVICES", "最多几个服务"), Target::Spec("sites.0.amounts.services"), COUNT, 10),
        column(
            ("命名空间数", "NAMESPACES", "业务空间在每个机房占一个"),
            Target::Spec("sites.0.amounts.namespaces"),
            Shape::Number(0, 100_000),
            12,
        ),
        required(column(("到期日", "UNTIL", "如 2027-12-31"), Target::Spec("until"), Shape::Day, 12)),
        required(column(
            ("经费类别", "FUNDING", "经费属于哪一类"),
            Target::Spec("funding"),
            Shape::OneOf(FUNDING),
            12,
        )),
        column(("项目", "PROJECT", "项目名称或编号"), Target::Spec("project.name"), Shape::Text(200), 20),
        column(("新建项目", "NEW PROJECT", "是否新建项目"), Target::Spec("project.new"), Shape::Flag, 10),
        required(column(("申请理由", "REASON", "为什么需要"), Target::Spec("reason"), Shape::Text(1000), 36)),
        column(
            ("紧急程度", "URGENCY", "一般或紧急,不改变时限"),
            Target::Spec("urgency"),
            Shape::OneOf(URGENCY),
            10,
        ),
        column(
            ("支持共享", "SHARING", "新建系统必填:是,或填豁免依据(沪府发〔2016〕14号 第七条)"),
            Target::Spec("sharing.supported"),
            Shape::Flag,
            10,
        ),
        column(
            ("豁免依据", "EXEMPTION", "不支持共享的依据文件"),
            Target::Spec("sharing.exemption"),
            Shape::Text(200),
            20,
        ),
        column(
            ("安全测评", "SECURITY TEST", "新建系统必填:运行前的安全测评方案、报告或编号"),
            Target::Spec("securityTest"),
            Shape::Text(200),
            20,
        ),
        column(
            ("定级评审", "LEVEL REVIEW", "等级提升的:专家评审文号"),
            Target::Spec("levelRise.review"),
            Shape::Text(200),
            16,
        ),
        column(
            ("定级审核", "LEVEL APPROVAL", "等级提升的:主管部门审核文号"),
            Target::Spec("levelRise.approval"),
            Shape::Text(200),
            16,
        ),
        column(
            ("定级备案", "LEVEL FILING", "等级提升的:公安备案编号"),
            Target::Spec("levelRise.filing"),
            Shape::Text(200),
            16,
        ),
        column(
            ("申请表签字人", "SIGNED BY", "代为录入的:在申请表上签字的岗位或姓名"),
            Target::Spec("onBehalfOf.signedBy"),
            Shape::Text(64),
            14,
        ),
        column(
            ("签字件摘要", "FORM DIGEST", "代为录入的:签字扫描件的 SHA-256"),
            Target::Spec("onBehalfOf.form"),
            Shape::Name(64),
            24,
        ),
        column(("提交", "SUBMIT", "是:写入即提交;否:草稿"), Target::Spec("submitted"), Shape::Flag, 8),
    ],
};

/// A count of things.
const COUNT: Shape = Shape::Number(0, 1_000_000);

/// What is wrong with the lines by themselves; what the hub would object to, it says itself when it is asked.
#[must_use]
pub fn judge(lines: &[Line]) -> Vec<Finding> {
    let unreadable = |line: &&Line| {
        let spec = serde_json::from_value(line.spec.clone());
        let error = spec.map(|spec| ResourceRequest::new(&line.name, spec)).err()?;
        let said = Message::RowRefused { error: error.to_string() };
        Some(Finding { line: Some(line.line), column: None, said })
    };
    lines.iter().filter(|line| line.action != Action::Same).filter_map(|line| unreadable(&line)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Names, Sheet, SheetRow, compare, read};
    use super::*;
    use serde_json::json;

    fn sheet(rows: &[&[&str]]) -> Sheet {
        let row = |(at, cells): (usize, &&[&str])| SheetRow {
            line: at + 1,
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        };
        Sheet { rows: rows.iter().enumerate().map(row).collect() }
    }

    #[test]
    fn a_row_becomes_a_request_and_the_same_row_again_changes_nothing() {
        let names = Names::unseen()
            .with(Register::Department, [("jiaoyu".to_owned(), "区教育局".to_owned())])
            .with(Register::DataCenter, [("kaicheng".to_owned(), "凯城机房".to_owned())]);
        let sheet = sheet(&[
            &[
                "单位",
                "申请名称",
                "申请类型",
                "信息系统",
                "机房",
                "处理器(核)",
                "内存",
                "命名空间数",
                "到期日",
                "经费类别",
                "申请理由",
                "支持共享",
                "安全测评",
                "提交",
            ],
            &[
                "区教育局",
                "xuanke",
                "新增",
                "xuanke",
                "凯城机房",
                "8",
                "32Gi",
                "1",
                "2027/12/31",
                "业务应用",
                "开学选课",
                "是",
                "测评5号",
                "是",
            ],
        ]);
        let table = read(&FORM, &sheet, names, None).unwrap();
        let (lines, findings) = compare(&table, &super::super::compare::Objects::new());
        assert_eq!((findings, judge(&lines)), (Vec::new(), Vec::new()));
        assert_eq!(
            lines[0].spec,
            json!({
                "change": "new", "system": "xuanke", "until": "2027-12-31", "funding": "application",
                "reason": "开学选课", "sharing": {"supported": true}, "securityTest": "测评5号", "submitted": true,
                "sites": [{"site": "kaicheng", "amounts": {"cpu": "8", "memory": "32Gi", "namespaces": 1}}]
            })
        );
        let object =
            json!({"metadata": {"name": "xuanke", "namespace": "dept-jiaoyu"}, "spec": lines[0].spec});
        let standing = [((Some("dept-jiaoyu".to_owned()), "xuanke".to_owned()), object)].into();
        assert!(compare(&table, &standing).0.iter().all(|line| line.action == Action::Same));
    }
}
