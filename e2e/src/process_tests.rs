use std::path::Path;
use std::time::{Duration, Instant};

use super::*;

/// Set for the helper test when it plays a test process that is about to be killed; names the folder to work in.
const HELPER_FOLDER: &str = "ZHENGYUN_PROCESS_HELPER";

fn sleeper(folder: &Path) -> Spec {
    Spec {
        name: "sleeper".into(),
        program: "sh".into(),
        args: vec!["-c".into(), "echo started $GREETING; exec sleep 600".into()],
        env: vec![("GREETING".into(), "hello".into())],
        log: folder.join("sleeper.log"),
    }
}

fn until(what: &str, mut check: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !check() {
        assert!(Instant::now() < deadline, "not within ten seconds: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a process other than a zombie has this id.
fn runs(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or("").trim_start().starts_with('Z'))
}

fn group_is_empty(leader: u32) -> bool {
    let field = leader.to_string();
    !std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            return false;
        };
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { return false };
        // After the command in parentheses: state, parent, group.
        runs(pid)
            && stat.rsplit(')').next().is_some_and(|rest| rest.split_whitespace().nth(2) == Some(&field))
    })
}

#[test]
fn a_component_writes_its_log_and_is_gone_when_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let component = Component::spawn(sleeper(folder.path())).unwrap();
    let pid = component.pid().unwrap();
    until("the log is written", || component.log_tail(5) == "started hello");
    assert!(component.alive());
    drop(component);
    assert!(!runs(pid));
    until("the watcher goes with it", || group_is_empty(pid));
}

#[test]
fn a_killed_component_can_start_again_but_not_twice() {
    let folder = tempfile::tempdir().unwrap();
    let component = Component::spawn(sleeper(folder.path())).unwrap();
    let first = component.pid().unwrap();
    assert!(component.start().is_err());
    until("the first start is in the log", || component.log_tail(5) == "started hello");
    component.kill().unwrap();
    assert!(!component.alive());
    component.start().unwrap();
    assert_ne!(component.pid().unwrap(), first);
    until("both starts are in the log", || component.log_tail(5) == "started hello\nstarted hello");
}

#[tokio::test]
async fn another_program_takes_the_same_command_line_and_stays_across_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other");
    std::os::unix::fs::symlink("/bin/echo", &other).unwrap();
    let component = Component::spawn(sleeper(folder.path())).unwrap();
    let first = component.pid().unwrap();
    until("the first is in the log", || component.log_tail(5) == "started hello");
    component.replace_program(&other, Duration::from_secs(10)).await.unwrap();
    assert!(!runs(first));
    // What the shell was told to do, the other only says.
    let said = "-c echo started $GREETING; exec sleep 600";
    until("the other is in the log", || component.log_tail(1) == said && !component.alive());
    component.start().unwrap();
    until("it is the other again", || {
        component.log_tail(2) == format!("{said}\n{said}") && !component.alive()
    });
    component.replace_program(Path::new("sh"), Duration::from_secs(10)).await.unwrap();
    until("what ended can be replaced too", || component.log_tail(1) == "started hello");
}

#[tokio::test]
async fn terminate_says_when_a_component_does_not_listen() {
    let folder = tempfile::tempdir().unwrap();
    let mut deaf = sleeper(folder.path());
    deaf.args = vec!["-c".into(), "trap '' TERM; echo deaf; while :; do sleep 600; done".into()];
    let deaf = Component::spawn(deaf).unwrap();
    until("the trap is set", || deaf.log_tail(1) == "deaf");
    assert!(deaf.terminate(Duration::from_millis(100)).await.is_err());

    let listening = Component::spawn(sleeper(folder.path())).unwrap();
    listening.terminate(Duration::from_secs(10)).await.unwrap();
    assert!(!listening.alive());
    assert!(listening.pause().is_err(), "what ended cannot be paused");
}

#[test]
fn a_paused_component_stands_still_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let component = Component::spawn(sleeper(folder.path())).unwrap();
    let stat = format!("/proc/{}/stat", component.pid().unwrap());
    let state =
        || std::fs::read_to_string(&stat).unwrap().rsplit(')').next().unwrap().trim().chars().next().unwrap();
    component.pause().unwrap();
    until("it is stopped", || state() == 'T');
    assert!(component.alive());
    component.resume().unwrap();
    until("it goes on", || state() != 'T');
}

#[test]
fn nothing_is_left_when_the_test_process_itself_is_killed() {
    // This test runs itself once more as the process that is killed.
    if let Some(folder) = std::env::var_os(HELPER_FOLDER) {
        play_the_killed(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let pid_file = folder.path().join("pid");
    let this = "process::tests::nothing_is_left_when_the_test_process_itself_is_killed";
    let mut helper = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", this, "--nocapture"])
        .env(HELPER_FOLDER, folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until("the helper has started its component", || pid_file.exists());
    let component: u32 = std::fs::read_to_string(&pid_file).unwrap().parse().unwrap();
    assert!(runs(component));
    helper.kill().unwrap();
    helper.wait().unwrap();
    until("the component is gone", || !runs(component));
    until("its group is empty", || group_is_empty(component));
}

/// The process of the test above that is killed.
fn play_the_killed(folder: &Path) -> ! {
    let component = Component::spawn(sleeper(folder)).unwrap();
    let unfinished = folder.join("pid.part");
    std::fs::write(&unfinished, component.pid().unwrap().to_string()).unwrap();
    std::fs::rename(&unfinished, folder.join("pid")).unwrap();
    loop {
        std::thread::park();
    }
}
