//! Files of the state directory and of lessons that hold anything: no command panics, and nothing is lost.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use proptest::{collection, prop_assert};

use super::{Made, SERVER};
use testkit::side_by_side;

/// What is done to a file that is as it should be.
#[derive(Debug, Clone)]
enum Damage {
    /// It holds other bytes.
    Other(Vec<u8>),
    /// It ends early.
    Cut(Index),
    /// Bytes are put in.
    Insert(Index, Vec<u8>),
    /// One of its numbers is another.
    Number(Index, &'static str),
    /// One of its values is another.
    Value(Index, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let bytes = || collection::vec(any::<u8>(), 0..40);
    let numbers = select(vec![
        "-1",
        "0",
        "1.5",
        "4294967296",
        "9007199254740993",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "1e308",
        "null",
    ]);
    let values = select(vec![
        "null",
        "true",
        "7",
        "\"\"",
        "[]",
        "{}",
        "\"../../outside\"",
        "\"\\u0000\"",
        "\"\\u001b[2J\"",
        "[[[[]]]]",
    ]);
    prop_oneof![
        bytes().prop_map(Damage::Other),
        Just(Damage::Other(b"[".repeat(20_000))),
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), bytes()).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (any::<Index>(), numbers).prop_map(|(at, number)| Damage::Number(at, number)),
        (any::<Index>(), values).prop_map(|(at, value)| Damage::Value(at, value)),
    ]
}

/// A text in which the run of bytes that begins at one of these places, and is of these bytes, is another.
fn replaced(
    text: &[u8],
    begins: impl Fn(usize) -> bool,
    at: &Index,
    is_part: impl Fn(u8) -> bool,
    new: &str,
) -> Vec<u8> {
    let places: Vec<usize> = (0..text.len()).filter(|at| begins(*at)).collect();
    if places.is_empty() {
        return text.to_vec();
    }
    let start = places[at.index(places.len())];
    let length = text[start..]
        .iter()
        .take_while(|byte| is_part(**byte))
        .count();
    [&text[..start], new.as_bytes(), &text[start + length..]].concat()
}

impl Damage {
    fn apply(&self, text: &[u8]) -> Vec<u8> {
        match self {
            Damage::Other(bytes) => bytes.clone(),
            Damage::Cut(at) => text[..at.index(text.len() + 1)].to_vec(),
            Damage::Insert(at, bytes) => {
                let (before, after) = text.split_at(at.index(text.len() + 1));
                [before, bytes, after].concat()
            }
            Damage::Number(at, number) => {
                let is_digit = |byte: u8| byte.is_ascii_digit();
                let begins = |at: usize| is_digit(text[at]) && (at == 0 || !is_digit(text[at - 1]));
                replaced(text, begins, at, is_digit, number)
            }
            Damage::Value(at, value) => {
                let begins =
                    |at: usize| at > 1 && [b": ", b"= "].contains(&&[text[at - 2], text[at - 1]]);
                replaced(text, begins, at, |byte| !b",\n".contains(&byte), value)
            }
        }
    }
}

/// All files of the learner's work, as they are and as they are kept.
fn work(made: &Made) -> Vec<String> {
    let snapshots = fs::read_dir(made.path(".routeguide-lab/snapshots")).unwrap();
    let folders = snapshots.map(|entry| entry.unwrap().path());
    let files = folders
        .chain([made.path("")])
        .map(|folder| folder.join(SERVER));
    files
        .filter_map(|file| fs::read_to_string(file).ok())
        .collect()
}

/// Damages one file in each case, and does what reads and writes it. What the learner had written for two lessons is
/// there afterwards.
fn nothing_is_lost(template: &Made, file: &str, commands: &[&[&str]], cases: u32) {
    let config = Config {
        cases,
        max_shrink_iters: 20,
        failure_persistence: None,
        ..Config::default()
    };
    let case = |damage: Damage| {
        let made = template.copy();
        let path = made.path(file);
        let damaged = damage.apply(&fs::read(&path).unwrap());
        fs::write(&path, &damaged).unwrap();
        for words in commands {
            let run = made.run(words);
            prop_assert!(
                !run.stderr.contains("panicked"),
                "{file}, {words:?}: {}",
                run.stderr
            );
            prop_assert!(
                [0, 1, 3].map(Some).contains(&run.code),
                "{file}, {words:?}: {run:?}"
            );
        }
        let work = work(&made);
        for lesson in ["list-features", "record-route"] {
            let code = format!("mine(\"{lesson}\")");
            prop_assert!(
                work.iter().any(|text| text.contains(&code)),
                "{file}: {lesson} is lost"
            );
        }
        // What could not be read is kept, or was understood.
        let aside = path.with_file_name("progress.unreadable.json");
        let is_kept = |path: PathBuf| fs::read(path).is_ok_and(|bytes| bytes == damaged);
        prop_assert!(
            !aside.exists() || is_kept(aside),
            "the damaged file is lost"
        );
        prop_assert!(!made.elsewhere.join("outside").exists());
        Ok::<(), TestCaseError>(())
    };
    let tested = TestRunner::new(config).run(&damage(), case);
    tested.unwrap_or_else(|error| panic!("{file}: {error}"));
}

/// A course folder in which two lessons have been written, and one of them reset.
fn template() -> Made {
    let made = Made::new();
    // It takes the longest to copy.
    fs::remove_dir_all(made.path(".git")).ok();
    for lesson in ["list-features", "record-route"] {
        made.write_place(lesson, &format!("        mine(\"{lesson}\");\n"));
    }
    made.run(&["check", "define-messages"]).exits(1);
    // As a check leaves it that has built something.
    let seen = r#"{"version":3,"contents":{"src/server.rs":1},"outside":{},"products":{},"generated":null,"newest":null,"dated":null,"programs":null}"#;
    fs::write(made.path(".routeguide-lab/seen.json"), seen).unwrap();
    made.run(&["reset", "list-features", "--yes"]).exits(0);
    made
}

/// A file that is damaged, and the commands that read it.
type Row = (&'static str, &'static [&'static [&'static str]]);

const ROWS: [Row; 7] = [
    (
        ".routeguide-lab/progress.json",
        &[
            &["list"],
            &["hint", "list-features"],
            &["check", "define-messages"],
            &["reset", "record-route", "--yes"],
            &["undo"],
            &["list", "--format", "json"],
        ],
    ),
    (
        ".routeguide-lab/snapshots/000001-reset-list-features/snapshot.json",
        &[
            &["undo"],
            &["reset", "record-route", "--yes"],
            &["undo"],
            &["undo"],
        ],
    ),
    (
        ".routeguide-lab/seen.json",
        &[&["check", "define-messages"], &["list"]],
    ),
    ("lessons/04-list-features/lesson.toml", OF_A_LESSON),
    ("lessons/04-list-features/lesson.md", OF_A_LESSON),
    ("lessons/04-list-features/check.json", OF_A_LESSON),
    ("lessons/04-list-features/hints.md", OF_A_LESSON),
];

const OF_A_LESSON: &[&[&str]] = &[
    &["list"],
    &["next", "list-features"],
    &["hint", "list-features"],
    &["check", "define-messages"],
    &["reset", "record-route", "--yes"],
];

#[test]
fn files_that_hold_anything_make_no_command_panic_and_lose_nothing() {
    let template = template();
    side_by_side(2, ROWS.to_vec(), |(file, commands)| {
        nothing_is_lost(&template, file, commands, 4);
    });
}

#[test]
#[ignore = "takes minutes"]
fn many_files_that_hold_anything_make_no_command_panic_and_lose_nothing() {
    let template = template();
    side_by_side(2, ROWS.to_vec(), |(file, commands)| {
        nothing_is_lost(&template, file, commands, 100);
    });
}
