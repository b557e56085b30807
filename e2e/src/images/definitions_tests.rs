use std::os::unix::process::ExitStatusExt as _;

use rustix::process::{Pid, Signal, kill_process};

use super::*;
use crate::wait;

/// What is made for an image, beside the files of its definition.
fn made(image: Image) -> Vec<&'static str> {
    match image {
        Image::Mover => vec!["rootfs", "zhengyun"],
        Image::Pause | Image::Zhengyun | Image::Workload | Image::CoreDns => vec![image.name()],
    }
}

#[test]
fn every_image_is_not_roots_and_starts_a_program_that_it_holds() {
    for image in Image::ALL {
        let recipe = Containerfile::read(&image.definition().join("Containerfile")).unwrap();
        let user = recipe.user.unwrap();
        assert!(!user.split(':').any(|number| number == "0"), "{image:?} {user}");
        let program = &recipe.entrypoint[0];
        assert!(recipe.copies.iter().any(|copy| format!("/{}", copy.to) == *program), "{image:?} {program}");
    }
}

#[test]
fn what_an_image_copies_lies_beside_its_definition_or_is_made() {
    for image in Image::ALL {
        let mut context = Context::of(&image.definition()).unwrap();
        for name in made(image) {
            context.put(name, image.definition());
        }
        for copy in Containerfile::read(&image.definition().join("Containerfile")).unwrap().copies {
            context.path(&copy.from).unwrap_or_else(|error| panic!("{image:?}: {error}"));
        }
    }
}

#[test]
fn a_reference_names_this_version() {
    let references = Image::ALL.map(Image::reference);
    assert_eq!(references[1], format!("localhost/zhengyun:{}", env!("CARGO_PKG_VERSION")));
    assert_eq!(references[2], format!("localhost/zhengyun-mover:{}", env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn pause_ends_at_once_and_well_when_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let source = Program::Source(Image::Pause.definition().join("pause.c"));
    let program = source.write_to(&folder.path().join("pause")).unwrap();
    for signal in [Signal::TERM, Signal::INT] {
        let mut pause = tokio::process::Command::new(&program).kill_on_drop(true).spawn().unwrap();
        let pid = pause.id().unwrap();
        // Until it waits for signals, one would end it as it ends any program.
        let waits = async || {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
            anyhow::Ok(status.contains("State:\tS (sleeping)"))
        };
        wait::repeat("pause waits", waits, tokio::task::yield_now).await.unwrap();
        kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal).unwrap();
        let ended = pause.wait().await.unwrap();
        assert_eq!((ended.code(), ended.signal()), (Some(0), None), "{signal:?}");
    }
}
