//! What may be written, and what the help of every verb says.

use super::*;
use clap::error::ErrorKind;
use clap::{Command, CommandFactory, FromArgMatches};

fn parse(line: &str) -> Result<Args, clap::Error> {
    Args::try_parse_from(line.split(' '))
}

#[test]
fn the_command_line_is_consistent() {
    Args::command().debug_assert();
}

/// Every verb that does something, with its help.
fn verbs(command: &Command, path: &str, found: &mut Vec<(String, String)>) {
    for verb in command.get_subcommands() {
        let path = format!("{path} {}", verb.get_name());
        if verb.has_subcommands() {
            verbs(verb, &path, found);
        }
        // What a group of verbs says stands in the verbs; the agents themselves are not typed by people.
        if !verb.is_subcommand_required_set() && !["zhengyun hub", "zhengyun site"].contains(&path.as_str()) {
            let help = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            found.push((path, help));
        }
    }
}

#[test]
fn the_help_of_every_verb_has_examples_that_are_right_and_says_how_it_ends() {
    let mut found = Vec::new();
    verbs(&Args::command(), "zhengyun", &mut found);
    assert!(found.len() > 20, "{found:?}");
    for (verb, help) in found {
        assert!(help.ends_with(exit_codes!()), "{verb}: {help}");
        let examples: Vec<&str> = help
            .lines()
            .filter_map(|line| line.strip_prefix("  kubectl "))
            .filter(|line| line.starts_with("zhengyun "))
            .collect();
        assert!(
            !examples.is_empty() && examples.iter().all(|line| line.starts_with(&verb)),
            "{verb}: {help}"
        );
        for example in examples {
            let line = example.split(" > ").next().unwrap();
            parse(line).unwrap_or_else(|error| panic!("{example}: {error}"));
        }
    }
}

#[test]
fn a_form_may_be_asked_for_by_either_flag() {
    for line in ["zhengyun status --format html", "zhengyun status --output html", "zhengyun status -o html"]
    {
        let Verb::Status(status) = parse(line).unwrap().verb else { panic!() };
        assert_eq!(status.output, super::super::status::StatusForm::Html, "{line}");
    }
}

#[test]
fn the_agent_and_the_join_verb_share_the_word_site() {
    let agent = parse("zhengyun site --hub-kubeconfig /f --identity a").unwrap();
    assert!(matches!(agent.verb, Verb::Site(RunOr::Run(_))));
    let join = parse("zhengyun site join 凯城机房 --valid-seconds 600").unwrap();
    let Verb::Site(RunOr::Act(SiteAction::Join(join))) = join.verb else { panic!() };
    assert_eq!((join.name.as_str(), join.valid_seconds, join.server), ("凯城机房", 600, None));
    assert_eq!(parse("zhengyun site").unwrap_err().kind(), ErrorKind::MissingRequiredArgument);
    let both = parse("zhengyun site --hub-kubeconfig /f --identity a join x");
    assert_eq!(both.unwrap_err().kind(), ErrorKind::ArgumentConflict);
}

#[test]
fn a_join_from_a_pod_is_not_taken_for_an_agent() {
    // PATH stands for POD_NAME: a test cannot set a variable without touching other tests.
    let in_a_pod = |site: Command| site.mut_arg("identity", |identity| identity.env("PATH"));
    let command = Args::command().mut_subcommand("site", in_a_pod);
    let matches = command.try_get_matches_from(["zhengyun", "site", "join", "a"]).unwrap();
    let join = Args::from_arg_matches(&matches).unwrap();
    assert!(matches!(join.verb, Verb::Site(RunOr::Act(SiteAction::Join(_)))));
}

#[test]
fn the_cluster_may_be_named_before_and_after_a_verb() {
    for line in [
        "zhengyun --kubeconfig /k --context c status",
        "zhengyun status --kubeconfig /k --context c",
        "zhengyun status site a --kubeconfig /k --context c",
        "zhengyun --kubeconfig /k --context c site join a",
        "zhengyun site join a --kubeconfig /k --context c",
        "zhengyun site quarantine a --kubeconfig /k --context c",
        "zhengyun site join a --observe --kubeconfig /k --context c",
        "zhengyun site activate a --kubeconfig /k --context c",
        "zhengyun site survey a --site-kubeconfig /s --site-context sc --kubeconfig /k --context c",
        "zhengyun workspace adopt a --site s --site-kubeconfig /s --kubeconfig /k --context c",
        "zhengyun workspace preview a --site s --site-kubeconfig /s --to warn --kubeconfig /k --context c",
        "zhengyun site abandon a --reason r --kubeconfig /k --context c",
        "zhengyun onboard -f a.csv --confirm 1 --kubeconfig /k --context c",
        "zhengyun systems import -f a.xlsx -n dept-a --kubeconfig /k --context c",
        "zhengyun systems export -o json --kubeconfig /k --context c",
        "zhengyun site revoke --kubeconfig /k --context c a",
        "zhengyun hub new-epoch --reason r --kubeconfig /k --context c",
        "zhengyun workspace remove a --then keep --reason r --kubeconfig /k --context c",
        "zhengyun approve ruling a --reference 1 --kubeconfig /k --context c",
    ] {
        let Connect { kubeconfig, context } = parse(line).unwrap().connect;
        assert_eq!(kubeconfig.as_deref(), Some(Path::new("/k")), "{line}");
        assert_eq!(context.as_deref(), Some("c"), "{line}");
    }
}

#[test]
fn the_hub_and_its_new_id_share_the_word_hub() {
    let hub = parse("zhengyun hub --identity a --kubeconfig /own").unwrap();
    let Verb::Hub(RunOr::Run(hub)) = hub.verb else { panic!() };
    assert_eq!(hub.kubeconfig.as_deref(), Some(Path::new("/own")));
    let new = parse("zhengyun hub new-epoch --reason 演练").unwrap();
    assert!(matches!(new.verb, Verb::Hub(RunOr::Act(HubAction::NewEpoch(_)))));
    assert_eq!(parse("zhengyun hub").unwrap_err().kind(), ErrorKind::MissingRequiredArgument);
}

#[test]
fn a_removal_names_sites_and_what_becomes_of_them() {
    let line =
        parse("zhengyun workspace remove a -n 区教育局 --site x,凯城机房 --then delete --reason r").unwrap();
    let Verb::Workspace(WorkspaceAction::Remove(args)) = line.verb else { panic!() };
    assert_eq!(
        (args.sites, args.namespace.as_deref()),
        (vec!["x".into(), "凯城机房".into()], Some("区教育局"))
    );
    for wrong in [
        "zhengyun workspace remove a --reason r",
        "zhengyun site survey a",
        "zhengyun workspace adopt a --site s",
        "zhengyun workspace remove a --then keep",
        "zhengyun site abandon a",
        "zhengyun approve ruling a",
        "zhengyun approve workspace a --reference 1",
        "zhengyun onboard",
        "zhengyun onboard --template a.xlsx -f b.xlsx",
        "zhengyun systems import --template a.xlsx --confirm 1",
        "zhengyun systems export -o xlsx",
    ] {
        assert_eq!(parse(wrong).unwrap_err().exit_code(), 2, "{wrong}");
    }
}

#[test]
fn the_agents_own_kubeconfig_is_its_sites() {
    let agent = parse("zhengyun site --hub-kubeconfig /f --identity a --kubeconfig /own").unwrap();
    let Verb::Site(RunOr::Run(agent)) = agent.verb else { panic!() };
    assert_eq!(agent.kubeconfig.as_deref(), Some(Path::new("/own")));
}

#[test]
fn the_form_may_be_named_behind_what_is_asked_for() {
    let line = parse("zhengyun status department 区教育局 -o json -n dept-jiaoyu --lang en").unwrap();
    assert_eq!(line.lang(), Lang::En);
    let Verb::Status(status) = line.verb else { panic!() };
    assert_eq!(
        (status.output, status.namespace.as_deref()),
        (super::super::status::StatusForm::Json, Some("dept-jiaoyu"))
    );
}

#[test]
fn a_token_that_is_too_short_or_goes_in_the_clear_is_wrong_use() {
    for line in
        ["zhengyun site join a --valid-seconds 1", "zhengyun site join a --server http://x", "zhengyun x"]
    {
        assert_eq!(parse(line).unwrap_err().exit_code(), 2, "{line}");
    }
}

#[test]
fn the_plugin_is_called_as_people_type_it() {
    assert_eq!(shown_name(Some(Path::new("/usr/bin/kubectl-zhengyun"))), "kubectl zhengyun");
    assert_eq!(shown_name(Some(Path::new("/usr/bin/zhengyun"))), "zhengyun");
    assert_eq!(shown_name(None), "zhengyun");
}

#[test]
fn every_help_speaks_chinese_first_and_states_the_exit_codes() {
    let mut command = Args::command();
    let text = command.render_long_help().to_string();
    assert!(text.starts_with("政云"), "{text}");
    for about in [
        "运行中心;更换中心标识 (run the hub; give it another id)",
        "查看本区状况 (how the district is)",
        "3  无法连接集群",
    ] {
        assert!(text.contains(about), "{about} is missing in\n{text}");
    }
}
