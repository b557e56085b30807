//! Forms: a table that people filled in becomes objects, all of its rows or none, and the same table again changes nothing.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use crds::{Department, System};
use e2e::audit::Mark;
use e2e::district::District;
use e2e::product;
use e2e::users::Person;
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::{Api, ResourceExt};
use serde_json::json;
use tokio::io::AsyncReadExt as _;

/// A hub, somebody who runs the plugin, and a folder for their files.
struct Desk<'a> {
    district: &'a District,
    person: Person,
    kubeconfig: PathBuf,
    folder: &'a Path,
}

/// What a verb answered.
struct Answer {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Answer {
    /// The code that confirms what was shown.
    fn confirm(&self) -> Result<String> {
        let code = self.out.rsplit_once("--confirm ").map(|(_, code)| code.trim().to_owned());
        code.with_context(|| format!("no code in {}{}", self.out, self.err))
    }

    /// That it ended so and said this.
    fn says(&self, code: i32, parts: &[&str]) -> Result<()> {
        let both = format!("{}{}", self.out, self.err);
        ensure!(self.code == Some(code), "exit code {:?}, not {code}:\n{both}", self.code);
        for part in parts {
            ensure!(both.contains(part), "{part:?} is not in\n{both}");
        }
        Ok(())
    }
}

impl<'a> Desk<'a> {
    fn new(district: &'a District, person: Person, folder: &'a Path) -> Result<Self> {
        let kubeconfig = district.hub().plane().kubeconfig_of(&person)?;
        Ok(Self { district, person, kubeconfig, folder })
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> Result<String> {
        let path = self.folder.join(name);
        std::fs::write(&path, content)?;
        Ok(path.display().to_string())
    }

    async fn run(&self, args: &[&str]) -> Result<Answer> {
        let output = tokio::process::Command::new(product::binary().await?)
            .args(args)
            .args(["--lang", "zh"])
            .env("KUBECONFIG", &self.kubeconfig)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(Answer { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) })
    }

    /// Runs a verb, and again with the code that it showed.
    async fn confirmed(&self, args: &[&str]) -> Result<Answer> {
        let shown = self.run(args).await?;
        shown.says(0, &["--confirm"])?;
        let code = shown.confirm()?;
        self.run(&[args, &["--confirm", code.as_str()]].concat()).await
    }

    /// What this person wrote on the hub since a mark.
    async fn writes(&self, since: Mark) -> Result<usize> {
        let plane = self.district.hub().plane();
        plane.audit_mark().await?;
        let entries = plane.audit().since(since)?.writes();
        Ok(entries.into_iter().filter(|entry| entry.user == self.person.name()).count())
    }

    async fn mark(&self) -> Result<Mark> {
        self.district.hub().plane().audit_mark().await
    }
}

fn departments(rows: impl IntoIterator<Item = String>) -> String {
    let head = "\u{feff}短码,单位名称,单位类别,上级单位,岗位,管理员用户组,依据文件\r\n";
    rows.into_iter().fold(head.to_owned(), |table, row| table + &row + "\r\n")
}

fn row(name: &str, shown: &str) -> String {
    format!("{name},{shown},委办局,,电子政务专职人员:系统登记、安全员,oidc:{name}-admin,会议纪要〔2026〕3 号")
}

const NAMES: [(&str, &str); 15] = [
    ("jiaoyu", "区教育局"),
    ("weisheng", "区卫生局"),
    ("minzheng", "区民政局"),
    ("caizheng", "区财政局"),
    ("gongan", "区公安分局"),
    ("sifa", "区司法局"),
    ("renshe", "区人社局"),
    ("jianshe", "区建设委"),
    ("kewei", "区科委"),
    ("shenji", "区审计局"),
    ("tongji", "区统计局"),
    ("wenhua", "区文化局"),
    ("tiyu", "区体育局"),
    ("dangan", "区档案局"),
    ("xinfang", "区信访办"),
];

async fn names(district: &District) -> Result<Vec<String>> {
    let all: Api<Department> = Api::all(district.hub().client()?);
    Ok(all.list(&ListParams::default()).await?.iter().map(ResourceExt::name_any).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filled_form_is_written_whole_or_not_at_all() -> Result<()> {
    let district = District::start::<&str>([]).await?;
    let folder = tempfile::tempdir()?;
    let engineer = Desk::new(&district, Person::platform_engineer("lin"), folder.path())?;
    onboarding(&engineer).await?;
    wrong_rows(&engineer).await?;
    another_state(&engineer).await?;
    taken_back(&engineer).await?;
    let zhou = Desk::new(&district, Person::of_department("zhou", "jiaoyu"), folder.path())?;
    systems_of_a_department(&engineer, &zhou).await?;
    by_workbook(&engineer, &zhou).await?;
    interrupted(&zhou).await?;
    the_sample(&engineer).await
}

async fn onboarding(lin: &Desk<'_>) -> Result<()> {
    let empty = lin.folder.join("空表.xlsx").display().to_string();
    lin.run(&["onboard", "--template", &empty])
        .await?
        .says(0, &["空表已写入", "kubectl zhengyun onboard -f"])?;
    lin.run(&["onboard", "-f", &empty]).await?.says(1, &["ZY-3210"])?;
    lin.run(&["onboard", "--template", &empty]).await?.says(1, &["ZY-3204"])?;

    let file = lin.file("单位.csv", departments(NAMES.map(|(name, shown)| row(name, shown))))?;
    let mark = lin.mark().await?;
    let shown = lin.run(&["onboard", "-f", &file]).await?;
    shown.says(0, &["新增 15,变更 0,不变 0", "区教育局", "--confirm"])?;
    lin.run(&["onboard", "-f", &file, "--confirm", "00000000"]).await?.says(1, &["ZY-3026", "--confirm"])?;
    assert_eq!(
        (lin.writes(mark).await?, names(lin.district).await?.len()),
        (0, 1),
        "nothing before it is confirmed"
    );

    let code = shown.confirm()?;
    lin.run(&["onboard", "-f", &file, "--confirm", &code]).await?.says(0, &["已写入:新增 15,变更 0"])?;
    assert_eq!(lin.writes(mark).await?, 15);
    for (name, shown) in NAMES {
        let api: Api<Department> = Api::all(lin.district.hub().client()?);
        let department = lin.district.said(api, name, "True").await?;
        assert_eq!(department.spec.display_name, shown);
    }
    // The same file again, and confirmed again.
    let mark = lin.mark().await?;
    for more in [&[][..], &["--confirm", code.as_str()]] {
        let answer = lin.run(&[&["onboard", "-f", file.as_str()], more].concat()).await?;
        answer.says(0, &["共 15 行,与登记完全一致,没有写入任何内容"])?;
    }
    assert_eq!(lin.writes(mark).await?, 0);
    // One cell of one row.
    let changed =
        NAMES.map(|(name, shown)| row(name, if name == "kewei" { "区科委(信息委)" } else { shown }));
    let file = lin.file("单位2.csv", departments(changed))?;
    let answer = lin.run(&["onboard", "-f", &file]).await?;
    answer.says(0, &["新增 0,变更 1,不变 14", "单位名称:区科委 → 区科委(信息委)"])?;
    lin.confirmed(&["onboard", "-f", &file]).await?.says(0, &["变更 1"])?;
    assert_eq!(lin.writes(mark).await?, 1);
    Ok(())
}

async fn wrong_rows(lin: &Desk<'_>) -> Result<()> {
    let mark = lin.mark().await?;
    let rows = [
        row("lvhua", "区绿化局"),
        row("aa", "区甲局").replace("委办局", "局委"),
        row("bb", ""),
        row("lvhua", "区绿化局"),
    ];
    let file = lin.file("错.csv", departments(rows))?;
    let answer = lin.run(&["onboard", "-f", &file]).await?;
    answer.says(
        1,
        &["ZY-3240", "有 3 处问题", "ZY-3221", "“局委”不是可填的词", "ZY-3220", "ZY-3230", "与第 2 行重复"],
    )?;
    assert!(!answer.out.contains("--confirm"), "{}", answer.out);

    // What the hub would find, and what the API server does.
    let rows = [
        row("lvhua", "区绿化局"),
        row("cc", "区教育局"),
        row("dd", "区丁局").replace("oidc:dd-admin", "masters"),
        row("kube", "区戊局"),
    ];
    let file = lin.file("错2.csv", departments(rows))?;
    let answer = lin.run(&["onboard", "-f", &file]).await?;
    let line = |number: &str, parts: &[&str]| {
        let found = answer.out.lines().find(|line| line.starts_with(&format!("{number} ")));
        let found = found.unwrap_or_default();
        ensure!(
            parts.iter().all(|part| found.contains(part)),
            "{parts:?} in row {number} of\n{}",
            answer.out
        );
        Ok(())
    };
    line("3", &["单位名称", "ZY-1003", "区教育局", "jiaoyu"])?;
    line("4", &["管理员用户组", "ZY-3233", "ZY-1205"])?;
    line("5", &["短码", "ZY-1201"])?;
    answer.says(1, &["有 3 处问题"])?;
    let json = lin.run(&["onboard", "-f", &file, "-o", "json"]).await?;
    let report: serde_json::Value = serde_json::from_str(&json.out)?;
    assert_eq!((report["outcome"].as_str(), report["findings"][0]["row"].as_u64()), (Some("wrong"), Some(3)));
    assert_eq!((lin.writes(mark).await?, names(lin.district).await?.len()), (0, 16));

    // Whoever may not register departments is told so, row by row.
    let zhou = Desk::new(lin.district, Person::of_department("zhou", "jiaoyu"), lin.folder)?;
    zhou.run(&["onboard", "-f", &file]).await?.says(3, &["ZY-3235"])?;
    let officer = Desk::new(lin.district, Person::security_officer("wu"), lin.folder)?;
    let one = lin.file("一.csv", departments([row("lvhua", "区绿化局")]))?;
    officer.run(&["onboard", "-f", &one]).await?.says(1, &["ZY-3234", "您无权登记单位 Department:lvhua"])
}

async fn another_state(lin: &Desk<'_>) -> Result<()> {
    let file = lin.file("绿.csv", departments([row("lvhua", "区绿化局"), row("sifa", "区司法局二")]))?;
    let shown = lin.run(&["onboard", "-f", &file]).await?;
    shown.says(0, &["新增 1,变更 1"])?;
    let api: Api<Department> = Api::all(lin.district.hub().client()?);
    let other = json!({"spec": {"kind": "institution"}});
    api.patch("sifa", &PatchParams::default(), &Patch::Merge(other)).await?;
    let mark = lin.mark().await?;
    let code = shown.confirm()?;
    let answer = lin.run(&["onboard", "-f", &file, "--confirm", &code]).await?;
    answer.says(1, &["ZY-3026", "单位类别:事业单位 → 委办局", "--confirm"])?;
    assert_ne!(answer.confirm()?, code);
    assert_eq!(lin.writes(mark).await?, 0);
    Ok(())
}

/// Refuses some names, but not while nothing is to be stored: what a dry run cannot see.
const POLICY: &str = "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: late}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
      - {apiGroups: [zhengyun.io], apiVersions: ['*'], operations: [CREATE, DELETE], resources: [departments]}
  validations:
    - expression: \"request.dryRun || !((request.operation == 'CREATE' && request.name == 'toolate') || (request.operation == 'DELETE' && request.name == 'sticky'))\"
      message: 'ZY-9999 来迟了 (too late)'
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: late}
spec: {policyName: late, validationActions: [Deny]}
";

async fn taken_back(lin: &Desk<'_>) -> Result<()> {
    let district = lin.district;
    let api: Api<Department> = Api::all(district.hub().client()?);
    district.hub().plane().apply(POLICY).await?;
    let probe: Department =
        Department::new("toolate", serde_json::from_value(json!({"displayName": "晚", "kind": "office"}))?);
    district
        .eventually("the policy is in force", async || {
            let refused = api.create(&PostParams::default(), &probe).await.is_err();
            if !refused {
                api.delete("toolate", &DeleteParams::default()).await?;
            }
            anyhow::Ok(refused)
        })
        .await?;
    let before = api.get("jiaoyu").await?.spec;

    let rows = |first: &str| {
        [row("jiaoyu", "区教育委"), row(first, "区先局"), row("toolate", "区迟局"), row("never", "区后局")]
    };
    let file = lin.file("迟.csv", departments(rows("early")))?;
    let answer = lin.confirmed(&["onboard", "-f", &file]).await?;
    answer.says(1, &["ZY-3244", "第 4 行未能写入", "ZY-9999", "此前写入的 2 行已全部撤回"])?;
    assert_eq!(api.get("jiaoyu").await?.spec, before);
    for name in ["early", "toolate", "never"] {
        assert!(api.get_opt(name).await?.is_none(), "{name} stands");
    }
    // What the hub made meanwhile is not hidden.
    let namespaces: Api<Namespace> = Api::all(district.hub().client()?);
    if answer.out.contains("ZY-3248") {
        answer.says(1, &["dept-early"])?;
        assert!(namespaces.get_opt("dept-early").await?.is_some());
    }

    let file = lin.file("迟2.csv", departments(rows("sticky")))?;
    let answer = lin.confirmed(&["onboard", "-f", &file]).await?;
    answer.says(1, &["ZY-3245", "第 4 行未能写入", "ZY-3246 第 3 行(sticky)未能撤回", "ZY-9999"])?;
    assert_eq!(api.get("jiaoyu").await?.spec, before, "the others are taken back all the same");
    assert!(api.get_opt("sticky").await?.is_some());
    Ok(())
}

const SYSTEMS: &str = "单位,短码,系统名称,系统类别,网络区域,业务信息安全等级(S),系统服务安全等级(A),备案日期,备案编号,提供的数据\r\n";

async fn systems_of_a_department(lin: &Desk<'_>, zhou: &Desk<'_>) -> Result<()> {
    let own = "jiaoyu,xueji,学籍管理系统,存量,政务外网、互联网接入,3,2.0,2026年3月1日,沪0001,学籍;师资\r\n";
    let foreign = "kewei,keji,科技系统,增量,政务外网,2,2,,,\r\n";
    let gb = |text: String| encoding_rs::GB18030.encode(&text).0.into_owned();
    let mark = zhou.mark().await?;
    let both = zhou.file("系统.csv", gb(format!("{SYSTEMS}{own}{foreign}")))?;
    zhou.run(&["systems", "import", "-f", &both])
        .await?
        .says(1, &["ZY-3234", "您无权登记信息系统 System:dept-kewei"])?;
    let called = zhou.file("系统2.csv", format!("{SYSTEMS}{}", own.replace("jiaoyu,", "区教育局,")))?;
    zhou.run(&["systems", "import", "-f", &called]).await?.says(1, &["ZY-3231", "请填短码"])?;
    lin.run(&["systems", "import", "-f", &called]).await?.says(0, &["新增 1", "区教育局"])?;
    let homeless = zhou.file("系统3.csv", gb(format!("{SYSTEMS}{}", own.replace("jiaoyu,", ","))))?;
    zhou.run(&["systems", "import", "-f", &homeless]).await?.says(1, &["ZY-3232"])?;
    assert_eq!(zhou.writes(mark).await?, 0);

    let answer = zhou.confirmed(&["systems", "import", "-f", &homeless, "-n", "dept-jiaoyu"]).await?;
    answer.says(0, &["已写入:新增 1"])?;
    let api: Api<System> = Api::namespaced(zhou.district.hub().client()?, "dept-jiaoyu");
    let system = zhou.district.said(api, "xueji", "True").await?.spec;
    let filing = system.filing.context("no filing")?;
    assert_eq!((filing.date.as_str(), system.level.to_string().as_str()), ("2026-03-01", "S3A2"));
    assert_eq!((system.provides, system.zones.len()), (vec!["学籍".to_owned(), "师资".to_owned()], 2));
    let own = zhou.file("系统4.csv", gb(format!("{SYSTEMS}{own}")))?;
    zhou.run(&["systems", "import", "-f", &own]).await?.says(0, &["与登记完全一致"])?;
    assert_eq!(zhou.writes(mark).await?, 1);
    Ok(())
}

/// What a department exported puts its register back.
async fn by_workbook(lin: &Desk<'_>, zhou: &Desk<'_>) -> Result<()> {
    let file = zhou.folder.join("目录.xlsx").display().to_string();
    zhou.run(&["systems", "export", "-f", &file]).await?.says(3, &["ZY-3002"])?;
    zhou.run(&["systems", "export", "-n", "dept-jiaoyu", "-f", &file]).await?.says(0, &["已导出 1 行"])?;
    let api: Api<System> = Api::namespaced(lin.district.hub().client()?, "dept-jiaoyu");
    let other =
        json!({"spec": {"displayName": "别的", "recovery": "data", "operator": "某公司", "filing": null}});
    api.patch("xueji", &PatchParams::default(), &Patch::Merge(other)).await?;
    let shown = zhou.run(&["systems", "import", "-f", &file]).await?;
    shown.says(0, &["系统名称:别的 → 学籍管理系统", "灾备等级:数据级 → 无", "运维单位:某公司 → (空)"])?;
    zhou.confirmed(&["systems", "import", "-f", &file]).await?.says(0, &["变更 1"])?;
    let system = api.get("xueji").await?.spec;
    assert_eq!((system.display_name.as_str(), system.operator), ("学籍管理系统", None));
    assert_eq!(system.filing.context("no filing")?.number, "沪0001");
    Ok(())
}

/// Whoever stops it in the middle gets the register back as it was.
async fn interrupted(zhou: &Desk<'_>) -> Result<()> {
    let api: Api<System> = Api::namespaced(zhou.district.hub().client()?, "dept-jiaoyu");
    let count = async || anyhow::Ok(api.list(&ListParams::default()).await?.items.len());
    let before = count().await?;
    let row = |n: u32| format!("jiaoyu,s{n},系统{n},存量,政务外网,1,1,,,\r\n");
    let rows = (0..600).map(row).collect::<Vec<_>>().concat();
    let file = zhou.file("多.csv", format!("{SYSTEMS}{rows}"))?;
    let args = ["systems", "import", "-f", file.as_str()];
    let code = zhou.run(&args).await?.confirm()?;
    let mut child = tokio::process::Command::new(product::binary().await?)
        .args(args)
        .args(["--confirm", &code, "--lang", "zh"])
        .env("KUBECONFIG", &zhou.kubeconfig)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    zhou.district
        .eventually("some rows are written", async || Ok::<_, anyhow::Error>(count().await? > before))
        .await?;
    let pid = child.id().and_then(|pid| rustix::process::Pid::from_raw(pid.try_into().ok()?));
    rustix::process::kill_process(pid.context("it ended by itself")?, rustix::process::Signal::INT)?;
    let status = child.wait().await?;
    let mut said = String::new();
    child.stdout.take().context("no output")?.read_to_string(&mut said).await?;
    ensure!(
        status.code() == Some(1) && said.contains("ZY-3244") && said.contains("ZY-3249"),
        "{status}: {said}"
    );
    assert_eq!(count().await?, before);
    Ok(())
}

/// A whole district's register, written to files of either kind and read again, changes nothing.
async fn the_sample(lin: &Desk<'_>) -> Result<()> {
    let plane = lin.district.hub().plane();
    let sample = product::workspace().join("e2e/districts/yangpu");
    // Its departments have names of those that stand here.
    plane.kubectl(["delete", "systems", "--all", "--all-namespaces"]).await?;
    plane.kubectl(["delete", "validatingadmissionpolicybindings", "late"]).await?;
    lin.district
        .eventually("the departments are gone", async || {
            Ok::<_, anyhow::Error>(plane.kubectl(["delete", "departments", "--all"]).await.is_ok())
        })
        .await?;
    for file in ["40-isolation-profiles.yaml", "20-departments.yaml", "50-systems.yaml"] {
        plane.apply_file(&sample.join(file)).await?;
    }
    let systems: Api<System> = Api::all(lin.district.hub().client()?);
    let count = systems.list(&ListParams::default()).await?.items.len();
    let mark = lin.mark().await?;
    for name in ["全区.csv", "全区.xlsx"] {
        let file = lin.folder.join(name).display().to_string();
        lin.run(&["systems", "export", "-f", &file]).await?.says(0, &[&format!("已导出 {count} 行")])?;
        lin.run(&["systems", "import", "-f", &file])
            .await?
            .says(0, &[&format!("共 {count} 行,与登记完全一致")])?;
    }
    let json: serde_json::Value =
        serde_json::from_str(&lin.run(&["systems", "export", "-o", "json"]).await?.out)?;
    assert_eq!(json.as_array().map(Vec::len), Some(count));
    assert_eq!(lin.writes(mark).await?, 0);
    Ok(())
}
