//! What a visitor is handed: the programs, kubeconfigs of people, two files to apply, and a script that names them all.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use kube::ResourceExt as _;

use super::facts::Register;
use super::requests::REVIEWER;
use crate::district::District;
use crate::images::Image;
use crate::product;
use crate::tools::Tool;
use crate::users::Person;

/// The site that the visitor's department is looked at on.
const SITE: &str = "kaicheng";
/// Its namespace on the hub.
const DEPARTMENT: &str = "dept-jiaoyu";
/// Pods that the strictest Pod Security Standard lets in say this much.
const HELLO: &str = "# A pod that meets the Pod Security Standard `restricted`.
apiVersion: v1
kind: Pod
metadata: {name: hello}
spec:
  automountServiceAccountToken: false
  securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: hello
      image: IMAGE
      imagePullPolicy: IfNotPresent
      resources: {requests: {cpu: 500m, memory: 256Mi}, limits: {memory: 256Mi}}
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
";
const NOWHERE: &str = "# A workspace at a data centre that nobody registered.
apiVersion: zhengyun.io/v1alpha1
kind: Workspace
metadata: {name: nowhere}
spec:
  displayName: 不存在的机房
  system: jiaoyu
  zone: extranet
  sites:
    - {site: nowhere, share: {cpu: '1', memory: 1Gi}}
";

/// A kubeconfig and whose it is.
#[derive(Debug)]
pub(super) struct Access {
    /// In the script, the variable that holds its path; in lower case behind `as_`, kubectl as that person.
    pub(super) variable: String,
    pub(super) zh: String,
    pub(super) en: String,
    pub(super) path: PathBuf,
    /// The namespace that kubectl is to look at.
    namespace: Option<String>,
}

impl Access {
    /// The command that is kubectl as that person.
    pub(super) fn command(&self) -> String {
        format!("as_{}", self.variable.to_lowercase())
    }
}

/// What a visitor is handed.
#[derive(Debug)]
pub(super) struct Kit {
    pub(super) dir: PathBuf,
    /// Of people; the first is the default.
    pub(super) people: Vec<Access>,
    /// Of the administrators, whom nothing is denied.
    pub(super) admins: Vec<Access>,
}

impl Kit {
    /// Writes everything into the folder of the district.
    pub(super) async fn lay(district: &District, register: &Register) -> Result<Self> {
        let kit = Self {
            dir: district.dir().to_owned(),
            people: people(district, register)?,
            admins: admins(district)?,
        };
        let bin = kit.dir.join("bin");
        std::fs::create_dir_all(&bin).context("create the folder of programs")?;
        let kubectl =
            tokio::task::spawn_blocking(|| Tool::Kubectl.path()).await.context("find kubectl")??;
        link(&kubectl, &bin.join("kubectl"))?;
        for name in ["zhengyun", "kubectl-zhengyun"] {
            link(product::binary().await?, &bin.join(name))?;
        }
        // Fake nodes run whatever they are told; real ones have this.
        let real = !district.site(SITE)?.plane().nodes().is_empty();
        let image = if real { Image::Workload.reference() } else { "registry.example/hello:1".to_owned() };
        for (name, text) in
            [("hello.yaml", HELLO.replace("IMAGE", &image)), ("nowhere.yaml", NOWHERE.to_owned())]
        {
            write(&kit.dir.join(name), &text)?;
        }
        write(&kit.script(), &script(&kit.dir, kit.people.iter().chain(&kit.admins)))?;
        Ok(kit)
    }

    /// The script to source.
    pub(super) fn script(&self) -> PathBuf {
        self.dir.join("use.sh")
    }
}

fn people(district: &District, register: &Register) -> Result<Vec<Access>> {
    let (hub, site) = (district.hub().plane(), district.site(SITE)?.plane());
    let teacher = Person::of_department("wang", "jiaoyu");
    let (engineer, officer) = (Person::platform_engineer("lin"), Person::security_officer("zhao"));
    let reviewer = Person::new(REVIEWER, &["zhengyun-technical-review"]);
    let access = |variable: &str, zh: &str, en: &str, path, namespace: Option<&str>| Access {
        variable: variable.into(),
        zh: zh.into(),
        en: en.into(),
        path,
        namespace: namespace.map(str::to_owned),
    };
    let on_hub = hub.kubeconfig_of(&teacher)?;
    let on_site = site.kubeconfig_of(&teacher)?;
    let space = namespace(register);
    Ok(vec![
        access("ENGINEER", "平台工程师,中心", "platform engineer, hub", hub.kubeconfig_of(&engineer)?, None),
        access("JIAOYU", "区教育局管理员,中心", "区教育局 administrator, hub", on_hub, Some(DEPARTMENT)),
        access(
            "JIAOYU_KAICHENG",
            "区教育局管理员,凯城机房",
            "区教育局 administrator, 凯城机房",
            on_site,
            Some(&space),
        ),
        access(
            "REVIEW",
            "服务中心技术审核,中心",
            "technical review, hub",
            hub.kubeconfig_of(&reviewer)?,
            None,
        ),
        access("SECURITY", "安全管理员,中心", "security officer, hub", hub.kubeconfig_of(&officer)?, None),
    ])
}

fn admins(district: &District) -> Result<Vec<Access>> {
    let admin = |plane: &crate::control_plane::ControlPlane| {
        let variable = format!("ADMIN_{}", plane.name().to_uppercase().replace('-', "_"));
        let (zh, en) = (format!("超级管理员,{}", plane.name()), format!("superuser, {}", plane.name()));
        Ok(Access { variable, zh, en, path: plane.admin_kubeconfig()?, namespace: None })
    };
    district.planes().map(admin).collect()
}

/// The namespace on the sites of the one workspace that 区教育局 has in the sample.
fn namespace(register: &Register) -> String {
    let own = |workspace: &&crds::Workspace| workspace.namespace().as_deref() == Some(DEPARTMENT);
    let workspace = register.workspaces.iter().find(own);
    workspace
        .and_then(|workspace| workspace.status.clone()?.namespace)
        .unwrap_or_else(|| "jiaoyu-jiaoyu".into())
}

/// For bash, zsh and plain sh.
fn script<'a>(dir: &Path, access: impl Iterator<Item = &'a Access>) -> String {
    let mut text = format!(
        "# 用法 (usage): source {path}\n\
         export ZY={dir}\n\
         export PATH=\"$ZY/bin:$PATH\"\n\
         # kubectl's memory of what a server serves is keyed by address, and ours come back with other content.\n\
         export KUBECACHEDIR=\"$ZY/kubectl-cache\" KUBERC=off\n",
        path = dir.join("use.sh").display(),
        dir = quoted(dir),
    );
    let mut default = None;
    for one in access {
        let Access { variable, zh, en, path, namespace } = one;
        let namespace = namespace.as_ref().map_or_else(String::new, |name| format!(" --namespace {name}"));
        // Writing into a String cannot fail.
        let _ = writeln!(text, "\n# {zh} ({en})\nexport {variable}={}", quoted(path));
        let _ = writeln!(
            text,
            "{}() {{ kubectl --kubeconfig \"${variable}\"{namespace} \"$@\"; }}",
            one.command()
        );
        default.get_or_insert(variable);
    }
    if let Some(variable) = default {
        let _ = writeln!(text, "\nexport KUBECONFIG=\"${variable}\"");
    }
    text
}

fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

fn link(target: &Path, at: &Path) -> Result<()> {
    let target = std::path::absolute(target).context("the working folder")?;
    std::os::unix::fs::symlink(&target, at).with_context(|| format!("link {}", at.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_names_every_kubeconfig_and_starts_as_the_first() {
        let access = |variable: &str, namespace: Option<&str>| Access {
            variable: variable.into(),
            zh: "某人".into(),
            en: "somebody".into(),
            path: format!("/tmp/it's/{variable}.kubeconfig").into(),
            namespace: namespace.map(str::to_owned),
        };
        let all = [access("ENGINEER", None), access("JIAOYU", Some("dept-jiaoyu"))];
        let text = script(Path::new("/tmp/it's"), all.iter());
        let jiaoyu = r#"
# 某人 (somebody)
export JIAOYU='/tmp/it'\''s/JIAOYU.kubeconfig'
as_jiaoyu() { kubectl --kubeconfig "$JIAOYU" --namespace dept-jiaoyu "$@"; }

export KUBECONFIG="$ENGINEER"
"#;
        assert!(text.contains(r"export ZY='/tmp/it'\''s'"), "{text}");
        assert!(text.ends_with(jiaoyu), "{text}");
    }
}
