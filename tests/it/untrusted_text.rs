//! Text of others that would do something to a terminal, from every place where it comes from.

use std::fs;

use testkit::terminal::Terminal;
use testkit::{Lab, Run, outside::free_port};

/// Clears the screen, sets the title, hides text, turns a line around, and makes one look like another.
const NASTY: &str = "\u{1b}[2J\u{1b}]0;title\u{7}\u{1b}]8;;http://a\u{1b}\\\u{1b}[8mhidden\u{1b}[5m\u{9b}31m\u{9d}0;x\u{9c}\
                     \u{90}q\u{202e}gnp.exe\u{2066}a\u{200b}b\u{8}\u{7f}\r::error::forged";

/// Asserts that an output commands no terminal. With colours, those of letters may be set.
#[track_caller]
fn is_harmless(bytes: &[u8], colours: bool, what: &str) {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let mut rest = text.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        let code = &rest[at..];
        let end = code.find(|c: char| c.is_ascii_alphabetic()).unwrap();
        let parameters = code[..=end]
            .strip_prefix("\u{1b}[")
            .and_then(|c| c.strip_suffix('m'));
        let is_colour = parameters.is_some_and(|all| {
            let known = ["", "0", "1", "2", "3", "4", "22", "23", "24", "38", "39"];
            let is_known = |one: &str| {
                known.contains(&one) || matches!(one.parse::<u8>(), Ok(9..=15 | 31..=37 | 90..=97))
            };
            all.split(';').all(is_known) || all.starts_with("38;5;")
        });
        assert!(
            colours && is_colour,
            "{what}: {:?}",
            &code[..code.len().min(60)]
        );
        rest = &code[end + 1..];
    }
    let plain: String = text.replace('\u{1b}', "");
    let found = plain.find(|c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    });
    let shown = found.map(|at| plain[at..].chars().take(60).collect::<String>());
    assert_eq!(shown, None, "{what}");
}

#[track_caller]
fn both_are_harmless(run: &Run, what: &str) {
    is_harmless(run.stdout.as_bytes(), false, what);
    is_harmless(run.stderr.as_bytes(), false, what);
}

/// Runs commands on a terminal and in a pipe.
fn say_no_harm(lab: &Lab, commands: &[&[&str]], environment: &[(&str, &str)]) {
    for words in commands {
        let mut command = lab.command(*words);
        both_are_harmless(
            &testkit::run(command.envs(environment.iter().copied())),
            &format!("{words:?}"),
        );
        // The progress of a check is drawn over, which only the lab itself does.
        let terminal = match words.first() {
            Some(&"check") => Terminal::open_without_errors(lab, words),
            _ => Terminal::open_with(lab, words, environment),
        };
        is_harmless(
            &terminal.output().1,
            true,
            &format!("{words:?} in a terminal"),
        );
    }
}

#[test]
fn of_a_course_folder() {
    let lab = Lab::new("untrusted-course");
    for file in ["lesson.md", "hints.md"] {
        lab.edit(&format!("lessons/01-define-messages/{file}"), |text| {
            let text = text.replacen('\n', &format!(" {NASTY}\n"), 1);
            format!("{text}\n{NASTY}\n\n    {NASTY}\n\n`{NASTY}`\n\n[{NASTY}]({NASTY})\n")
        });
    }
    lab.edit("lessons/02-define-service/lesson.toml", |text| {
        text.replace("minutes", "# \u{202e}\nminutes")
    });
    lab.solve("define-messages");
    lab.edit("start_here/proto/route_guide.proto", |text| {
        text.replace(
            "int32 longitude = 2;",
            &format!("int32 {NASTY} = 2; // {NASTY}"),
        )
    });
    fs::write(
        lab.path(&format!("start_here/src/{}", "a\u{1b}[2Jb\u{202e}.rs")),
        NASTY,
    )
    .unwrap();
    let commands: [&[&str]; 10] = [
        &["next"],
        &["list"],
        &["list", "1"],
        &["list", "--format", "json"],
        &["hint"],
        &["hint", NASTY],
        &["check", "define-messages"],
        &["solution", "--force"],
        &["reset", "--yes"],
        &["undo"],
    ];
    say_no_harm(&lab, &commands, &[]);
    for format in ["json", "junit", "github"] {
        let run = lab.run(["check", "define-messages", "--format", format]);
        both_are_harmless(&run, format);
    }
    // The lab itself moves the cursor; as lines, nothing does.
    let mut terminal = Terminal::open_with(&lab, &["--plain"], &[]);
    for keys in ["h\n", "s\n", "y\n", "l\n", "r\n", "v\n", "zz\u{202e}\n"] {
        terminal.press(keys);
    }
    terminal.sees("is no command");
    terminal.press("q\n");
    let (_, bytes) = terminal.output();
    // What the terminal shows of what is typed is its own.
    let bytes = String::from_utf8_lossy(&bytes).replace("zz\u{202e}\r\n", "");
    is_harmless(bytes.as_bytes(), false, "lines");
}

#[test]
fn of_names_in_the_state_folder_and_of_the_environment() {
    let lab = Lab::new("untrusted-state");
    lab.solve("define-messages");
    lab.run(["reset", "--yes"]).exits(0);
    let snapshots = lab.path(".routeguide-lab/snapshots");
    fs::create_dir_all(snapshots.join(format!("0009-{}", "x\u{1b}[2J\u{202e}"))).unwrap();
    lab.write(".routeguide-lab/progress.json", &format!("{{ \"{NASTY}"));
    let environment = [
        ("EDITOR", NASTY),
        ("VISUAL", ""),
        ("CARGO_TARGET_DIR", "x\u{1b}[2J\u{202e}"),
    ];
    let commands: [&[&str]; 4] = [
        &["undo"],
        &["list"],
        &["doctor"],
        &["doctor", "--format", "json"],
    ];
    say_no_harm(&lab, &commands, &environment);
}

#[test]
fn a_lesson_id_is_a_plain_word() {
    let lab = Lab::new("untrusted-id");
    fs::rename(
        lab.path("lessons/14-get-feature"),
        lab.path("lessons/14-$(touch forged)"),
    )
    .unwrap();
    let run = lab.run(["list", "--lessons", "lessons"]).exits(3);
    run.complains("only letters, digits, `-` and `_`");
    // The script that a shell runs holds the lessons of the program.
    let script = lab.run(["completions", "bash"]).exits(0).stdout;
    assert!(
        script.contains("get-feature") && !script.contains("forged"),
        "{script}"
    );
}

#[test]
fn of_the_compiler_and_a_build_script() {
    let lab = Lab::new("untrusted-build");
    lab.solve_up_to("list-features");
    lab.note_passed_up_to("generate-code");
    let quoted = NASTY.replace('\\', "\\\\").replace('\r', "\\r");
    let says = |ending: &str| {
        format!(
            "    println!(\"cargo::warning={quoted}\");\n    eprintln!(\"{quoted}\");\n    println!(\"{quoted}\");\n    {ending}\n"
        )
    };
    let server = lab.read("start_here/src/server.rs");
    let script = lab.read("start_here/build.rs");
    let sources = [
        // The compiler quotes the line, and a message that the code itself gives.
        (
            "start_here/src/server.rs",
            format!("{server}\nconst X: u8 = \"{quoted}\";\ncompile_error!(\"{quoted}\");\n"),
        ),
        (
            "start_here/build.rs",
            script.replacen("{\n", &format!("{{\n{}", says("std::process::exit(3);")), 1),
        ),
        (
            "start_here/build.rs",
            script.replacen(
                "{\n",
                &format!("{{\n{}", says(&format!("panic!(\"{quoted}\");"))),
                1,
            ),
        ),
    ];
    for (file, source) in sources {
        let before = lab.read(file);
        lab.write(file, &source);
        for format in ["human", "json", "junit", "github"] {
            let run = lab.run(["check", "list-features", "--format", format]);
            assert!([Some(1), Some(3)].contains(&run.code), "{run:?}");
            both_are_harmless(&run, &format!("{file} as {format}"));
        }
        let mut terminal = Terminal::open_with(&lab, &["--plain"], &[]);
        terminal.sees("Edit");
        terminal.press("v\ne\nq\n");
        is_harmless(&terminal.output().1, false, file);
        let terminal = Terminal::open_without_errors(&lab, &["check", "list-features"]);
        let (_, bytes) = terminal.output();
        assert!(bytes.contains(&0x1b), "no colours");
        is_harmless(&bytes, true, &format!("{file} in colours"));
        lab.write(file, &before);
    }
}

#[test]
fn of_servers_and_clients_that_are_started() {
    let folder = tempfile::tempdir().unwrap();
    let addr = format!("127.0.0.1:{}", free_port());
    let said = folder.path().join("said");
    fs::write(&said, format!("{NASTY}\n")).unwrap();
    let script = format!("cat '{0}'; cat '{0}' >&2; exit 3", said.display());
    for option in ["--server", "--client"] {
        for format in ["human", "json", "junit", "github"] {
            let mut command = std::process::Command::new(testkit::program());
            command
                .args([
                    "check", "--addr", &addr, option, &script, "--format", format,
                ])
                .current_dir(folder.path());
            let run = testkit::run(&mut command);
            assert!([Some(1), Some(3)].contains(&run.code), "{run:?}");
            both_are_harmless(&run, &format!("{option} as {format}"));
        }
    }
}
