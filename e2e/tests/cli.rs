//! The command line over the sample district, as a platform engineer, somebody of a department and a security officer: what each is
//! shown, how a broken thing is traced to its cause, the page in a browser, and completion in a shell.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use crds::{DataCenter, Workspace};
use e2e::browser::look;
use e2e::district::District;
use e2e::product;
use e2e::tools::Tool;
use e2e::users::Person;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

const SITES: [&str; 2] = ["kaicheng", "zhengwu-waiwang"];

/// What the program answered.
#[derive(Debug)]
struct Answer {
    code: i32,
    out: String,
    err: String,
}

impl Answer {
    fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.out).with_context(|| format!("{self:?}"))
    }

    /// With one blank between any two words: how wide a column is depends on what else stands in it.
    fn squeezed(&self) -> String {
        self.out.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Runs the program with a kubeconfig, in Chinese.
async fn ask(kubeconfig: &Path, line: &str) -> Result<Answer> {
    let mut command = tokio::process::Command::new(product::binary().await?);
    command.args(line.split(' ')).env("KUBECONFIG", kubeconfig).env("LANG", "zh_CN.UTF-8");
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Answer {
        code: output.status.code().unwrap_or(-1),
        out: text(&output.stdout),
        err: text(&output.stderr),
    })
}

/// The codes and commands of the causes that `why -o json` found.
fn causes(answer: &Answer) -> Result<Vec<(u64, Option<String>)>> {
    let json = answer.json()?;
    let causes = json["causes"].as_array().context("causes")?;
    let one = |cause: &Value| {
        (cause["code"].as_u64().unwrap_or_default(), cause["command"].as_str().map(str::to_owned))
    };
    Ok(causes.iter().map(one).collect())
}

struct People {
    engineer: PathBuf,
    department: PathBuf,
    officer: PathBuf,
}

async fn begun() -> Result<(District, People)> {
    let sample = product::workspace().join("e2e/districts/yangpu");
    let district = Box::pin(District::builder().sites(SITES).sample(sample).start()).await?;
    for (department, workspace) in
        [("jiaoyu", "jiaoyu"), ("dianzheng", "bangong-xietong"), ("zhengfuban", "wangshang-dating")]
    {
        district.in_force(department, workspace).await?;
    }
    // What else the sample says is still on its way to a site that is not well yet.
    for site in SITES {
        district.said(Api::<DataCenter>::all(district.hub().client()?), site, "True").await?;
    }
    let kubeconfig = |person: &Person| district.hub().plane().kubeconfig_of(person);
    let people = People {
        engineer: kubeconfig(&Person::platform_engineer("lin"))?,
        department: kubeconfig(&Person::of_department("li", "jiaoyu"))?,
        officer: kubeconfig(&Person::security_officer("zhou"))?,
    };
    Ok((district, people))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_reads_as_far_as_they_may_see_and_finds_the_cause_of_what_is_broken() -> Result<()> {
    let (district, people) = begun().await?;
    the_engineer_reads(&people.engineer).await?;
    the_department_reads_its_own(&people.department).await?;
    the_officer_reads(&people).await?;
    the_page_opens_offline(&people.engineer, district.dir()).await?;
    a_share_above_the_grant_is_traced(&district, &people).await?;
    a_site_that_is_cut_off_is_traced(&district, &people).await
}

async fn the_engineer_reads(lin: &Path) -> Result<()> {
    let (whole, same) = (ask(lin, "status -o json").await?, ask(lin, "status district -o json").await?);
    // One room of the sample is in use and was not joined here.
    assert_eq!((whole.code, same.code), (1, 1), "{whole:?}");
    let (whole, same) = (whole.json()?, same.json()?);
    assert_eq!(whole["dataCenters"].as_array().map(Vec::len), Some(11));
    assert_eq!(whole["perDepartment"], same["perDepartment"]);
    let problems = whole["problems"].as_array().context("problems")?;
    let room = problems.iter().find(|one| one["kind"] == "DataCenter").context("the room is a problem")?;
    assert_eq!(room["command"], "kubectl zhengyun site join wujiaochang > join.yaml");

    let department = ask(lin, "status department 区教育局").await?;
    assert_eq!(department.code, 0, "{department:?}");
    for part in ["资源额度", "资源批复", "机房配额", "信息系统", "CPU 32 8 4 8 8"] {
        assert!(department.squeezed().contains(part), "{part}: {}", department.out);
    }
    let site = ask(lin, "status site 凯城机房").await?;
    assert!(site.out.contains("机房配额") && site.out.contains("最后联系"), "{}", site.out);
    let system = ask(lin, "status system 教育基础数据服务平台").await?;
    assert!(system.out.contains("等保等级:") && system.out.contains("各机房状态\n"), "{}", system.out);
    let tree = ask(lin, "tree 区教育局").await?;
    assert!(tree.out.contains("└── 凯城机房 (kaicheng)  jiaoyu-jiaoyu  CPU 4"), "{}", tree.out);
    assert_eq!(ask(lin, "tree jiaoyu -o json").await?.json()?["children"].as_array().map(Vec::len), Some(3));
    let well = ask(lin, "why 业务空间/教育基础数据服务平台 -n 区教育局").await?;
    assert_eq!((well.code, well.out.contains("没有需要处理的")), (0, true), "{well:?}");
    assert_eq!(causes(&ask(lin, "why dc/五角场机房 -o json").await?)?[0].0, 1110);
    for (line, code) in
        [("status department 区无此局", 2), ("why pod/x", 2), ("why ws/none", 2), ("status x", 2)]
    {
        assert_eq!(ask(lin, line).await?.code, code, "{line}");
    }
    Ok(())
}

async fn the_department_reads_its_own(li: &Path) -> Result<()> {
    for line in [
        "status -n dept-jiaoyu",
        "status department jiaoyu",
        "tree jiaoyu",
        "status system jiaoyu -n dept-jiaoyu",
    ] {
        let own = ask(li, line).await?;
        assert_eq!(own.code, 0, "{line}: {own:?}");
        assert!(own.out.contains("jiaoyu-jiaoyu"), "{line}: {}", own.out);
        for others in ["zhengfuban", "办公协同平台", "网格"] {
            assert!(!own.out.contains(others), "{line}: {}", own.out);
        }
    }
    let own = ask(li, "status department jiaoyu").await?.squeezed();
    assert!(own.contains("CPU 32 8 4 - -"), "what sites have is not seen: {own}");
    assert!(own.contains("ZY-3100 您无权查看机房 DataCenter"), "{own}");
    assert!(!own.contains("(无)"), "what is out of sight is not said to be none: {own}");
    for line in [
        "status -n dept-zhengfuban",
        "tree zhengfuban",
        "why ws/wangshang-dating -n dept-zhengfuban",
        "why dc/kaicheng",
        "tree 区政府办",
    ] {
        let others = ask(li, line).await?;
        assert_eq!((others.code, others.out.contains("网上政务大厅")), (3, false), "{line}: {others:?}");
    }
    Ok(())
}

async fn the_officer_reads(people: &People) -> Result<()> {
    let seen = ask(&people.officer, "status -o json").await?.json()?;
    let engineer = ask(&people.engineer, "status -o json").await?.json()?;
    for list in ["dataCenters", "workspaces", "register", "budgets", "grants", "allotments", "problems"] {
        assert_eq!(seen[list], engineer[list], "{list}");
    }
    assert_eq!(seen["notSeen"], json!([]));
    Ok(())
}

async fn the_page_opens_offline(lin: &Path, dir: &Path) -> Result<()> {
    let answer = ask(lin, "status --format html").await?;
    assert_eq!(answer.code, 1, "{}", answer.err);
    let page = dir.join("现状.html");
    std::fs::write(&page, &answer.out)?;
    let looked = look(&page).await?;
    for part in ["杨浦区政务云全区现状", "需要处理", "凯城机房", "区教育局", "(北京时间)"]
    {
        assert!(looked.dom.contains(part), "{part}: {}", looked.dom);
    }
    assert_eq!((looked.console, looked.requests), (Vec::new(), Vec::new()));
    assert!(looked.screenshot.starts_with(b"\x89PNG") && looked.screenshot.len() > 50_000);
    let print = String::from_utf8_lossy(&looked.print);
    assert!(print.starts_with("%PDF") && print.contains("/MediaBox [0 0 59"), "it prints on A4");

    // The same page with something from elsewhere, and without the line that forbids it, is found out.
    let open = answer.out.replace("default-src 'none'; ", "");
    let open = open.replace(
        "</body>",
        "<img src='http://elsewhere.invalid/x.png'><script>console.error('no')</script></body>",
    );
    ensure!(open != answer.out);
    std::fs::write(&page, open)?;
    let looked = look(&page).await?;
    assert!(looked.requests.iter().any(|line| line.contains("elsewhere.invalid")), "{:?}", looked.requests);
    assert_eq!(looked.console.len(), 1, "{:?}", looked.console);
    Ok(())
}

async fn a_share_above_the_grant_is_traced(district: &District, people: &People) -> Result<()> {
    let mut wider: Vec<Value> = Vec::new();
    wider.push(json!({"site": "kaicheng", "share": {"cpu": "12", "memory": "8Gi", "storage": "100Gi"}}));
    let li = district.hub().plane().client_of(&Person::of_department("li", "jiaoyu"))?;
    let workspaces: Api<Workspace> = Api::namespaced(li, "dept-jiaoyu");
    let patch = json!({"spec": {"sites": wider}});
    workspaces.patch("jiaoyu", &PatchParams::default(), &Patch::Merge(&patch)).await?;
    district.said(workspaces, "jiaoyu", "False").await?;
    let edit = Some("kubectl edit workspace jiaoyu -n dept-jiaoyu".to_owned());
    for (kubeconfig, line) in [
        (&people.engineer, "why 业务空间/教育基础数据服务平台 -o json"),
        (&people.department, "why ws/jiaoyu -n dept-jiaoyu -o json"),
    ] {
        let why = ask(kubeconfig, line).await?;
        assert_eq!((why.code, causes(&why)?), (1, vec![(1412, edit.clone())]), "{why:?}");
    }
    let text = ask(&people.engineer, "why ws/jiaoyu -n 区教育局").await?.out;
    assert!(text.contains("原因在于凯城机房的业务空间 教育基础数据服务平台 (dept-jiaoyu/jiaoyu)"), "{text}");
    let status = ask(&people.department, "status -n dept-jiaoyu").await?;
    assert!(
        status.code == 1 && status.out.contains("ZY-1412") && status.out.contains("kubectl edit"),
        "{status:?}"
    );
    assert_eq!(ask(&people.department, "tree jiaoyu").await?.code, 1);
    Ok(())
}

async fn a_site_that_is_cut_off_is_traced(district: &District, people: &People) -> Result<()> {
    district.site("zhengwu-waiwang")?.cut_link()?;
    let centers: Api<DataCenter> = Api::all(district.hub().client()?);
    district.said(centers, "zhengwu-waiwang", "Unknown").await?;
    // What is asked for there now cannot be told.
    let hub = district.hub().client()?;
    let workspaces: Api<Workspace> = Api::namespaced(hub, "dept-dianzheng");
    let smaller = json!({"spec": {"sites": [
        {"site": "kaicheng", "share": {"cpu": "8", "memory": "16Gi", "storage": "200Gi"}},
        {"site": "zhengwu-waiwang", "share": {"cpu": "3", "memory": "8Gi", "storage": "200Gi"}}
    ]}});
    workspaces.patch("bangong-xietong", &PatchParams::default(), &Patch::Merge(&smaller)).await?;
    district.said(workspaces, "bangong-xietong", "False").await?;
    for line in ["why 机房/区政府政务外网机房 -o json", "why 业务空间/办公协同平台 -o json"]
    {
        let why = ask(&people.engineer, line).await?;
        assert_eq!((why.code, causes(&why)?), (1, vec![(1111, None)]), "{line}: {why:?}");
    }
    let text = ask(&people.engineer, "why 业务空间/办公协同平台").await?.out;
    assert!(text.contains("请在机房 zhengwu-waiwang 检查 zhengyun site 是否在运行"), "{text}");
    Ok(())
}

#[tokio::test]
async fn terms_are_explained_without_a_cluster() -> Result<()> {
    let nowhere = Path::new("/nonexistent/config");
    let term = ask(nowhere, "explain 机房配额").await?;
    assert!(term.code == 0 && term.out.starts_with("机房配额 Allotment"), "{term:?}");
    let unknown = ask(nowhere, "explain 机房额度").await?;
    assert!(
        unknown.code == 2 && unknown.err.contains("相近的:") && unknown.err.contains("ZY-3113"),
        "{unknown:?}"
    );
    assert!(ask(nowhere, "explain -o json").await?.json()?.as_array().is_some_and(|all| all.len() > 30));
    assert_eq!(ask(nowhere, "status").await?.code, 3);
    Ok(())
}

#[tokio::test]
async fn bash_and_kubectl_complete_the_verbs() -> Result<()> {
    let binary = product::binary().await?;
    let folder = e2e::workdir::WorkDir::create()?;
    for name in ["zhengyun", "kubectl-zhengyun", "kubectl_complete-zhengyun"] {
        std::os::unix::fs::symlink(binary, folder.path().join(name))?;
    }
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
    let run = async |program: &Path, args: &[&str]| {
        let mut command = tokio::process::Command::new(program);
        let output = command.args(args).env("PATH", &path).stdin(Stdio::null()).output().await?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        anyhow::Ok(said)
    };
    // As a shell does it: the words typed so far, and what the script makes of them.
    let script = "set -e; source <(zhengyun completion bash); COMP_WORDS=(zhengyun status de); COMP_CWORD=2; \
                  $(complete -p zhengyun | sed 's/.*-F \\([^ ]*\\).*/\\1/') zhengyun de status; printf '%s\\n' \"${COMPREPLY[@]}\"";
    assert_eq!(run(Path::new("bash"), &["-c", script]).await?.trim(), "department");
    let zsh = run(&folder.path().join("zhengyun"), &["completion", "zsh"]).await?;
    assert!(zsh.starts_with("#compdef zhengyun"), "{zsh}");
    let kubectl = tokio::task::spawn_blocking(|| Tool::Kubectl.path()).await??;
    let answered = run(&kubectl, &["__complete", "zhengyun", "stat"]).await?;
    assert!(answered.starts_with("status\t"), "{answered}");
    Ok(())
}
