//! Commands worth trying, each with what it is to show; with `--once` they are tried.

use std::path::Path;
use std::process::{Output, Stdio};

use anyhow::{Context as _, Result};

use super::kit::Kit;
use super::progress::Progress;

/// A command for a visitor.
#[derive(Debug)]
pub(super) struct Try {
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
    /// A line for a shell that has sourced the script.
    pub(super) command: &'static str,
    shows: Shows,
}

/// What comes of a command.
#[derive(Debug, Clone, Copy)]
enum Shows {
    /// It succeeds and prints this.
    Prints(&'static str),
    /// It fails and says this.
    Refused(&'static str),
}

/// The commands, in the order in which they are worth trying.
pub(super) fn commands() -> [Try; 7] {
    [
        Try {
            zh: "平台工程师看全部机房和业务空间",
            en: "the platform engineer looks at all data centres and workspaces",
            command: "kubectl get dc,ws -A",
            shows: Shows::Prints("教育基础数据服务平台"),
        },
        Try {
            zh: "平台工程师看全区一览,也可写作 kubectl zhengyun status",
            en: "the platform engineer looks at the district as a whole; also: kubectl zhengyun status",
            command: "zhengyun status",
            shows: Shows::Prints("凯城机房"),
        },
        Try {
            zh: "区教育局在凯城机房运行一个容器组:准许,并计入配额",
            en: "区教育局 runs a pod at 凯城机房: let in, and charged to its quota",
            command: "as_jiaoyu_kaicheng apply -f $ZY/hello.yaml && as_jiaoyu_kaicheng wait pod hello --for condition=Ready && as_jiaoyu_kaicheng get pods,quota",
            shows: Shows::Prints("500m/4"),
        },
        Try {
            zh: "区教育局在凯城机房删除自己的配额:拒绝",
            en: "区教育局 deletes its own quota at 凯城机房: refused",
            command: "as_jiaoyu_kaicheng delete quota zhengyun",
            shows: Shows::Refused("forbidden"),
        },
        Try {
            zh: "三份资源申请:一份减少,已自动批复;一份等您审批;一份等联席会议的纪要",
            en: "three requests: one for less, granted by itself; one that waits for you; one that waits for minutes of the conference",
            command: "zhengyun requests --all",
            shows: Shows::Prints("联席会议"),
        },
        Try {
            zh: "您是技术审核:先看内容和批准后的影响,再以所示的审批编号确认(加 --confirm)",
            en: "you are the technical review: read it and what it would do, then confirm its number with --confirm",
            command: "zhengyun approve request xuanke -n 区教育局 --kubeconfig $REVIEW",
            shows: Shows::Prints("--confirm jiaoyu-"),
        },
        Try {
            zh: "区教育局要用一个未登记的机房:不生效,Ready 一栏说明原因",
            en: "区教育局 wants a data centre that is not registered: without effect, and Ready says why",
            command: "as_jiaoyu apply -f $ZY/nowhere.yaml && as_jiaoyu wait ws nowhere --for condition=Ready=False && as_jiaoyu get ws",
            shows: Shows::Prints("ZY-1002"),
        },
    ]
}

/// Runs every command as a visitor would paste it; whether each showed what it is to show.
pub(super) async fn run(kit: &Kit, progress: &Progress) -> Result<bool> {
    let mut well = true;
    for (at, one) in commands().into_iter().enumerate() {
        let number = at + 1;
        let output = paste(kit, &kit.dir, one.command).await?;
        if shown(one.shows, &output) {
            progress
                .say(format!("试运行命令 {number}:符合预期"), format!("tried command {number}: as expected"));
            continue;
        }
        well = false;
        progress.say(
            format!("试运行命令 {number}:不符合预期,应为 {:?}", one.shows),
            format!("tried command {number}: not as expected, which is {:?}", one.shows),
        );
        let (said, complained) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        eprintln!("$ {}\n{said}{complained}{}", one.command, output.status);
    }
    Ok(well)
}

/// Runs a line in a folder, in a shell that has sourced the script.
pub(super) async fn paste(kit: &Kit, folder: &Path, command: &str) -> Result<Output> {
    tokio::process::Command::new("sh")
        .current_dir(folder)
        .args(["-c", ". \"$0\"; eval \"$1\""])
        .arg(kit.script())
        .arg(command)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .context("run a shell")
}

fn shown(shows: Shows, output: &Output) -> bool {
    let says = |bytes: &[u8], text: &str| String::from_utf8_lossy(bytes).contains(text);
    match shows {
        Shows::Prints(text) => output.status.success() && says(&output.stdout, text),
        Shows::Refused(text) => !output.status.success() && says(&output.stderr, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;

    #[test]
    fn a_refusal_is_a_failure_that_says_so_and_nothing_else_is() {
        let output = |code: i32, stderr: &str| Output {
            status: ExitStatus::from_raw(code << 8),
            stdout: Vec::new(),
            stderr: stderr.into(),
        };
        let refused = Shows::Refused("forbidden");
        assert!(shown(refused, &output(1, "Error: quotas is forbidden")));
        assert!(!shown(refused, &output(1, "connection refused")));
        assert!(!shown(refused, &output(0, "forbidden")));
        assert!(!shown(Shows::Prints("forbidden"), &output(0, "forbidden")));
    }
}
