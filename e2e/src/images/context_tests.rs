use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_context_is_its_names_rights_and_contents_and_not_its_times() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let write = |text: &str| fs::write(&file, text).unwrap();
    let digest = || Context::of(folder.path()).unwrap().digest().unwrap();
    write("one");
    let one = digest();
    let earlier = SystemTime::now() - Duration::from_hours(1);
    File::open(&file).unwrap().set_modified(earlier).unwrap();
    set_mode(&file, 0o600);
    assert_eq!(digest(), one, "another time, and rights that are not kept");
    set_mode(&file, 0o700);
    assert_ne!(digest(), one, "it is a program now");
    set_mode(&file, 0o600);
    write("two");
    assert_ne!(digest(), one, "another content");
    write("one");
    assert_eq!(digest(), one);
    symlink("file", folder.path().join("link")).unwrap();
    assert_ne!(digest(), one, "one more name");
}

#[test]
fn what_is_made_takes_the_place_of_a_file_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let made = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "").unwrap();
    fs::write(made.path().join("b"), "").unwrap();
    let mut context = Context::of(folder.path()).unwrap();
    context.put("tree", made.path().to_owned());
    assert_eq!(context.path("a").unwrap(), folder.path().join("a"));
    assert_eq!(context.path("tree").unwrap(), made.path());
    assert_eq!(context.path("tree/b").unwrap(), made.path().join("b"));
    for none in ["b", "tree/a", "a/b"] {
        assert_eq!(context.path(none).unwrap_err().to_string(), format!("{none} is not in the context"));
    }
}

#[test]
fn a_written_context_has_the_rights_of_an_image() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("tree");
    fs::create_dir_all(from.join("tmp")).unwrap();
    for (name, mode) in [("program", 0o4711), ("shared", 0o666), ("secret", 0o600)] {
        fs::write(from.join(name), name).unwrap();
        set_mode(&from.join(name), mode);
    }
    set_mode(&from.join("tmp"), 0o1777);
    set_mode(&from, 0o777);
    symlink("program", from.join("link")).unwrap();
    let to = tempfile::tempdir().unwrap();
    Context::of(folder.path()).unwrap().write_to(to.path()).unwrap();
    let tree = to.path().join("tree");
    let modes = ["program", "shared", "secret", "tmp", ""].map(|name| mode(&tree.join(name)));
    assert_eq!(modes, [0o755, 0o644, 0o644, 0o1777, 0o755]);
    assert_eq!(fs::read_link(tree.join("link")).unwrap(), Path::new("program"));
    assert_eq!(fs::read_to_string(tree.join("secret")).unwrap(), "secret");
}

#[test]
fn what_no_image_holds_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let said = walk(folder.path()).unwrap_err().to_string();
    assert_eq!(said, format!("{} is neither a file nor a folder nor a symbolic link", socket.display()));
}
