use super::*;

fn said(text: &str) -> String {
    format!("{:#}", Containerfile::parse(text).unwrap_err())
}

/// What is wrong with one line of an otherwise good file.
fn wrong(line: &str) -> String {
    let text = format!("FROM scratch\n{line}\nCOPY a /a\nENTRYPOINT [\"/a\"]\n");
    let said = said(&text);
    said.strip_prefix("line 2: ").unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[test]
fn it_says_what_is_copied_and_what_is_run() {
    let text = r#"
# A comment
FROM scratch
COPY rootfs /
  COPY ./etc//hosts /etc/hosts
USER 65532:65532
ENV PATH=/usr/bin
ENV EMPTY=
LABEL title="政云 in words"
EXPOSE 8080
EXPOSE 53/udp
ENTRYPOINT ["/program", "--flag"]
CMD ["serve"]
"#;
    let text_of = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let copy = |from: &str, to: &str| Copy { from: from.to_owned(), to: to.to_owned() };
    let expected = Containerfile {
        copies: vec![copy("rootfs", ""), copy("etc/hosts", "etc/hosts")],
        user: Some("65532:65532".to_owned()),
        env: vec![pair("PATH", "/usr/bin"), pair("EMPTY", "")],
        entrypoint: text_of(&["/program", "--flag"]),
        cmd: text_of(&["serve"]),
        labels: vec![pair("title", "政云 in words")],
        ports: text_of(&["8080/tcp", "53/udp"]),
    };
    assert_eq!(Containerfile::parse(text).unwrap(), expected);
}

#[test]
fn what_builders_may_read_differently_is_refused_with_its_line() {
    let refused = [
        ("RUN apt-get update", "RUN is not one of FROM, COPY, USER, ENV, ENTRYPOINT, CMD, LABEL and EXPOSE"),
        ("copy a /b", "copy is not one of FROM, COPY, USER, ENV, ENTRYPOINT, CMD, LABEL and EXPOSE"),
        ("FROM scratch", "a second FROM: an image has one stage"),
        ("COPY a", "COPY a: one source and one destination, without options"),
        ("COPY a b /c", "COPY a b /c: one source and one destination, without options"),
        ("COPY --link /a", "COPY --link: options are read differently by builders"),
        ("COPY *.txt /a", "COPY *.txt: a path stands as it is, without patterns, quotes and variables"),
        ("COPY ../a /a", "COPY ../a: a path does not lead outside"),
        ("COPY /a /a", "COPY /a: the source is a path in the context folder"),
        ("COPY a b", "COPY to b: the destination begins with /"),
        ("COPY a /b/", "COPY to /b/: without the last slash, and with the file's name for a file"),
        ("COPY . /b", "COPY .: name what is copied, or the Containerfile comes along"),
        ("USER nonroot", "USER nonroot: a number, or two as in 65532:65532"),
        ("USER 1:2:3", "USER 1:2:3: a number, or two as in 65532:65532"),
        ("EXPOSE 8080-8090", "EXPOSE 8080-8090: one port as in 8080/tcp"),
        ("EXPOSE 0", "EXPOSE 0: one port as in 8080/tcp"),
        ("ENV A B", "ENV A B: one KEY=VALUE, the value in double quotes where it has spaces"),
        ("ENV A=1 B=2", "ENV A=1 B=2: one KEY=VALUE, the value in double quotes where it has spaces"),
        ("LABEL a=$b", "LABEL a=$b: one KEY=VALUE, the value in double quotes where it has spaces"),
        ("CMD serve", r#"CMD serve: a JSON list of texts as in ["/program", "argument"]"#),
        ("CMD []", "CMD []: an empty list says nothing"),
        ("ENV A=1 \\", "ENV goes on in the next line: an instruction is one line"),
    ];
    for (line, expected) in refused {
        assert_eq!(wrong(line), expected);
    }
}

#[test]
fn what_is_said_twice_or_not_at_all_is_refused() {
    let whole = "FROM scratch\nCOPY a /a\nENTRYPOINT [\"/a\"]\n";
    assert_eq!(said(&format!("{whole}ENTRYPOINT [\"/b\"]")), "line 4: a second ENTRYPOINT");
    assert_eq!(said(&format!("{whole}ENV A=1\nENV A=2")), "line 5: a second ENV A");
    assert_eq!(said(&format!("{whole}USER 1\nUSER 2")), "line 5: a second USER");
    assert_eq!(said("# nothing\n"), "it says nothing: the first instruction is FROM scratch");
    assert_eq!(said("COPY a /a"), "line 1: COPY before FROM: the first instruction is FROM scratch");
    assert_eq!(said("FROM debian:12"), "line 1: FROM debian:12: only `scratch`, nothing is pulled");
    assert_eq!(
        said("FROM scratch\nENTRYPOINT [\"/a\"]"),
        "it copies nothing: an image needs at least one COPY"
    );
    assert_eq!(said("FROM scratch\nCOPY a /a"), "it starts nothing: an image needs an ENTRYPOINT");
}

#[test]
fn an_error_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Containerfile");
    std::fs::write(&path, "FROM scratch\nADD a /a\n").unwrap();
    let said = format!("{:#}", Containerfile::read(&path).unwrap_err());
    assert!(said.starts_with(&format!("{}: line 2: ADD is not one of", path.display())), "{said}");
}
