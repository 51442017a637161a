//! The completion scripts, run in the shells that are installed.

#[cfg(unix)]
use std::fs;
#[cfg(unix)]
use std::path::{Path, PathBuf};
use std::process::Command;

use testkit::run;
#[cfg(unix)]
use testkit::skipped;

/// The commands that take a lesson.
const COMMANDS: [&str; 6] = ["next", "check", "hint", "solution", "reset", "list"];

/// The script for a shell. It works without a lab.
#[track_caller]
fn script(shell: &str) -> String {
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_routeguide-lab"));
    command
        .args(["completions", shell])
        .current_dir(elsewhere.path());
    run(&mut command).exits(0).stdout
}

/// The path of a shell, if it is installed.
#[cfg(unix)]
fn found(shell: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(shell))
        .find(|path| path.is_file())
}

/// Runs a shell with a script in a file, and what follows.
#[cfg(unix)]
#[track_caller]
fn in_shell(shell: &Path, script: &str, ask: impl FnOnce(&str) -> String) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("script");
    fs::write(&file, script).unwrap();
    let question = ask(file.to_str().unwrap());
    let mut command = Command::new(shell);
    command.arg("-c").arg(question).current_dir(folder.path());
    let answer = run(command.env("HOME", folder.path())).exits(0);
    answer.stdout.lines().map(str::to_string).collect()
}

#[cfg(unix)]
#[test]
fn bash_completes_lessons() {
    let bash = found("bash").unwrap();
    let script = script("bash");
    let complete = |words: &str| {
        in_shell(&bash, &script, |file| {
            // As bash does when Tab is pressed: the function that is registered for the program is called
            // with the program, the word and the one before it.
            format!(
                "source '{file}'; COMP_WORDS=({words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )); \
                 spec=$(complete -p routeguide-lab); spec=${{spec#*-F }}; \
                 ${{spec%% *}} routeguide-lab \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; \
                 printf '%s\\n' \"${{COMPREPLY[@]}}\""
            )
        })
    };
    for word in COMMANDS {
        assert_eq!(
            complete(&format!("routeguide-lab {word} rec")),
            ["record-route"]
        );
    }
    let several = complete("routeguide-lab check list-features record-route rou");
    assert_eq!(several, ["route-chat"]);
    assert_eq!(complete("routeguide-lab doct"), ["doctor"]);
    assert_eq!(complete("routeguide-lab list --format j"), ["json"]);
    assert_eq!(complete("routeguide-lab completions zs"), ["zsh"]);
    assert_eq!(complete("routeguide-lab doctor rec"), [""]);
    assert_eq!(complete("routeguide-lab call Lis"), ["ListFeatures"]);
}

#[cfg(unix)]
#[test]
fn fish_completes_lessons() {
    let script = script("fish");
    for word in COMMANDS {
        let line = script
            .lines()
            .find(|line| line.contains("-a record-route "));
        let words = line.unwrap().split(['"', ' ']);
        assert!(
            words.into_iter().any(|other| other == word),
            "{word}: {line:?}"
        );
    }
    if let Some(fish) = found("fish") {
        for word in COMMANDS {
            let completed = in_shell(&fish, &script, |file| {
                format!("source '{file}'; complete -C 'routeguide-lab {word} rec'")
            });
            assert_eq!(completed, ["record-route\tTake in a route"]);
        }
    } else {
        skipped("there is no fish here");
    }
}

#[test]
fn powershell_and_fish_get_every_rpc_for_call() {
    let powershell = script("powershell");
    let (_, block) = powershell.split_once("'routeguide-lab;call' {").unwrap();
    let (block, _) = block.split_once("break").unwrap();
    assert!(block.contains("'RouteChat', 'RouteChat'"), "{block}");
    assert!(block.contains("'Bidirectional streaming'"), "{block}");
    let fish = script("fish");
    assert!(
        fish.lines()
            .any(|line| line.contains("from call\"") && line.contains("-a RouteChat ")),
        "{fish}"
    );
}

#[cfg(unix)]
#[test]
fn zsh_gets_every_lesson_with_its_title() {
    let script = script("zsh");
    let lessons = script.matches("record-route\\:\"Take in a route\"").count();
    assert_eq!(lessons, COMMANDS.len(), "{script}");
    if let Some(zsh) = found("zsh") {
        in_shell(&zsh, &script, |file| format!("zsh -n '{file}'"));
    } else {
        skipped("there is no zsh here");
    }
}

#[test]
fn powershell_gets_every_lesson_where_one_may_follow() {
    let script = script("powershell");
    for word in COMMANDS {
        let block = format!("'routeguide-lab;{word}' {{");
        let (_, block) = script.split_once(&block).unwrap();
        let (block, _) = block.split_once("break").unwrap();
        assert!(
            block.contains("'record-route', 'record-route'"),
            "{word}: {block}"
        );
        assert!(block.contains("'Take in a route'"), "{word}: {block}");
    }
}

#[test]
fn the_help_says_how_to_install_it_in_each_shell() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_routeguide-lab"));
    let help = run(command.args(["completions", "--help"])).exits(0);
    help.says("bash-completion/completions")
        .says("fpath")
        .says(".config/fish/completions")
        .says("$PROFILE");
}
