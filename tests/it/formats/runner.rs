//! What a program under test can do to the runner that has started the check.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::github::after_the_silence;
use testkit::runner::commands;
use testkit::{Lab, Run, outside::free_port, run};

/// What a runner, a shell and a learner may have in their environment.
const ENVIRONMENT: [(&str, &str); 9] = [
    ("GITHUB_ENV", "/nowhere/env"),
    ("GITHUB_OUTPUT", "/nowhere/output"),
    ("GITHUB_PATH", "/nowhere/path"),
    ("ACTIONS_RUNTIME_TOKEN", "hidden"),
    ("RUNNER_TEMP", "/nowhere"),
    ("CARGO_REGISTRIES_SCHOOL_TOKEN", "hidden"),
    ("MY_PASSWORD", "hidden"),
    ("AWS_SECRET_ACCESS_KEY", "hidden"),
    ("HARMLESS", "shown"),
];

/// Those of them that a program has written down as its own, one to a line.
#[track_caller]
fn inherited(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let known = |name: &&str| ENVIRONMENT.iter().any(|(other, _)| other == name);
    let names = text.lines().filter_map(|line| line.split('=').next());
    let mut names: Vec<String> = names.filter(known).map(str::to_string).collect();
    names.sort();
    names.dedup();
    names
}

fn check(folder: &Path, option: &str, script: &str, program: &mut Command) -> Run {
    let addr = format!("127.0.0.1:{}", free_port());
    let words = [
        "check",
        "--format",
        "github",
        "--timeout",
        "2",
        "--addr",
        &addr,
        option,
        script,
    ];
    run(program
        .args(words)
        .current_dir(folder)
        .envs(ENVIRONMENT)
        .env("GITHUB_STEP_SUMMARY", folder.join("summary")))
}

/// The program writes into the output of the lab where the system lets it, as it does for root.
const FORGES: &str = "env > variables
for output in 1 2; do echo '::error::forged' > /proc/$PPID/fd/$output; done 2> refused
exit 1";

#[test]
fn a_program_under_test_has_no_way_to_command_the_runner() {
    for option in ["--server", "--client"] {
        let folder = tempfile::tempdir().unwrap();
        let mut program = Command::new(testkit::program());
        let found = check(folder.path(), option, FORGES, &mut program);
        assert!([Some(1), Some(3)].contains(&found.code), "{found:?}");
        assert_eq!(
            inherited(&folder.path().join("variables")),
            ["HARMLESS"],
            "{option}"
        );
        let carried_out = commands(after_the_silence(&found.stdout));
        assert!(!carried_out.is_empty(), "{found:?}");
        assert!(
            !carried_out.iter().any(|line| line.contains("forged")),
            "{found:?}"
        );
        // The lab itself has what the runner told it.
        assert!(folder.path().join("summary").exists());
    }
}

/// Root may write everywhere, so here is somebody else.
#[cfg(target_os = "linux")]
#[test]
fn the_outputs_of_the_lab_are_closed_to_a_program_under_test() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("lab");
    testkit::copy_program(&program);
    let open = || std::os::unix::fs::PermissionsExt::from_mode(0o777);
    fs::set_permissions(&program, open()).unwrap();
    fs::set_permissions(folder.path(), open()).unwrap();
    // The pipe, too, is somebody else's.
    let piped = "\"$0\" \"$@\" 2>&1 | cat";
    let mut shell = match rustix::process::getuid().is_root() {
        true => {
            let mut other = Command::new("setpriv");
            other.args(["--reuid=65534", "--regid=65534", "--clear-groups", "sh"]);
            other
        }
        false => Command::new("sh"),
    };
    let found = check(
        folder.path(),
        "--server",
        FORGES,
        shell.args(["-c", piped]).arg(&program),
    );
    assert!(
        found.stdout.contains("::error title=list-features"),
        "{found:?}"
    );
    assert!(!found.stdout.contains("forged"), "{found:?}");
    let refused = fs::read_to_string(folder.path().join("refused")).unwrap();
    assert!(refused.contains("ermission denied"), "{refused}");
    assert_eq!(inherited(&folder.path().join("variables")), ["HARMLESS"]);
}

#[test]
fn a_build_gets_what_cargo_may_need_and_a_track_no_more_than_any_program() {
    let lab = Lab::new("formats-environment");
    lab.solve_up_to("generate-code");
    let write = |file: &str| {
        format!(
            "std::fs::write({:?}, std::env::vars().map(|(name, _)| name + \"\\n\").collect::<String>())",
            lab.path(file)
        )
    };
    let built = write("built");
    lab.edit("start_here/build.rs", |text| {
        text.replacen("{\n", &format!("{{\n    {built}.unwrap();\n"), 1)
    });
    let served = write("served");
    lab.write_place(
        "start_here/src/server.rs",
        "list-features",
        &format!("        let _ = request;\n        {served}.unwrap();\n        todo!()\n"),
    );
    let mut command = lab.command(["check", "list-features"]);
    run(command.envs(ENVIRONMENT)).exits(1);
    assert_eq!(
        inherited(&lab.path("built")),
        [
            "AWS_SECRET_ACCESS_KEY",
            "CARGO_REGISTRIES_SCHOOL_TOKEN",
            "HARMLESS",
            "MY_PASSWORD"
        ]
    );
    assert_eq!(inherited(&lab.path("served")), ["HARMLESS"]);
}
