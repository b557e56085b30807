use super::*;

fn compiled(folder: &Path, source: &str) -> Result<PathBuf> {
    let file = folder.join("program.c");
    std::fs::write(&file, source).unwrap();
    Program::Source(file).write_to(&folder.join("program"))
}

#[test]
fn a_program_that_needs_libraries_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    // This test, as any program of this machine.
    let program = std::env::current_exe().unwrap();
    let said = Program::Built(program.clone()).write_to(&folder.path().join("program")).unwrap_err();
    let expected = format!("{} is not linked statically, and an image holds no libraries", program.display());
    assert_eq!(said.to_string(), expected);
    assert!(!folder.path().join("program").exists());
}

#[test]
fn what_is_compiled_is_static_and_has_nothing_to_strip() {
    let folder = tempfile::tempdir().unwrap();
    let program = compiled(folder.path(), "int main(void) { return 7; }\n").unwrap();
    need_static(&program).unwrap();
    assert!(!has_symbols(&program).unwrap());
    assert_eq!(Command::new(&program).status().unwrap().code(), Some(7));
    let said = compiled(folder.path(), "int main(void) { return x; }\n").unwrap_err().to_string();
    assert!(said.starts_with("cc: ") && said.contains("undeclared"), "{said}");
}

#[test]
fn symbols_are_left_out_and_the_program_still_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (source, whole) = (folder.path().join("program.c"), folder.path().join("whole"));
    std::fs::write(&source, "int main(void) { return 7; }\n").unwrap();
    run(Command::new("cc").args(["-static", "-g", "-o"]).args([&whole, &source]), "gcc").unwrap();
    assert!(has_symbols(&whole).unwrap());
    let small = Program::Built(whole.clone()).write_to(&folder.path().join("small")).unwrap();
    assert!(!has_symbols(&small).unwrap());
    assert!(small.metadata().unwrap().len() < whole.metadata().unwrap().len());
    assert_eq!(Command::new(&small).status().unwrap().code(), Some(7));
}

#[test]
fn a_program_of_this_machine_that_is_missing_is_named_with_its_package() {
    let said = run(&mut Command::new("no-such-program"), "some-package").unwrap_err().to_string();
    assert_eq!(said, "images need `no-such-program`, which is not on the PATH (Debian: some-package)");
}

#[test]
fn what_is_no_program_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("text");
    std::fs::write(&file, "text").unwrap();
    let said = format!("{:#}", need_static(&file).unwrap_err());
    assert!(said.starts_with(&format!("read the program {}: ", file.display())), "{said}");
}
