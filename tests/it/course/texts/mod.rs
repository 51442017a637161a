//! The texts of the lessons: how they are written, and that the code in them is code.

mod commands;
mod pictures;

use std::collections::BTreeMap;
use std::path::PathBuf;

use testkit::course::LESSONS;
use testkit::{Lab, checkout, run};

/// The most words that a lesson may have, without its code.
const MOST_WORDS: usize = 700;
/// The most words that a sentence may have.
const LONGEST_SENTENCE: usize = 30;

/// A block of code in a text.
struct Block {
    /// What it says after its fence: the language and, with a comma, `ignore` if it is not whole.
    info: String,
    code: String,
}

/// A text in two parts: its prose, and its blocks of code.
fn parts(text: &str) -> (String, Vec<Block>) {
    let mut prose = String::new();
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => {
                let (info, code) = (info.to_string(), String::new());
                open = Some(Block { info, code });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.code += &format!("{line}\n"),
            (None, None) => prose += &format!("{line}\n"),
        }
    }
    assert!(open.is_none(), "a block of code is never closed");
    (prose, blocks)
}

/// The texts of all lessons, by folder and file, in order.
fn texts(file: &str) -> BTreeMap<String, String> {
    let folders = std::fs::read_dir(checkout().join("lessons")).unwrap();
    let folders = folders.map(|entry| entry.unwrap().path());
    let read = |folder: PathBuf| {
        let name = folder.file_name().unwrap().to_str().unwrap().to_string();
        (name, std::fs::read_to_string(folder.join(file)).unwrap())
    };
    folders.filter(|path| path.is_dir()).map(read).collect()
}

/// The paragraphs and list items of a prose, each on one line. Tables are none.
fn paragraphs(prose: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in prose.lines() {
        let text = line.trim();
        let begins = text.starts_with("- ")
            || text.starts_with('#')
            || text
                .split_once(". ")
                .is_some_and(|(number, _)| number.parse::<u8>().is_ok());
        if text.is_empty() || text.starts_with('|') || begins {
            all.push(String::new());
        }
        if !text.starts_with('|') {
            let last = all.last_mut().unwrap();
            *last += &format!("{text} ");
        }
    }
    all
}

/// The sentences of a paragraph.
fn sentences(paragraph: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for word in paragraph.split_whitespace() {
        let last = all.last_mut().unwrap();
        *last += &format!("{word} ");
        if word
            .trim_end_matches(['*', ')', '"', '`'])
            .ends_with(['.', ':', '?', '!'])
        {
            all.push(String::new());
        }
    }
    all
}

#[test]
fn no_lesson_and_no_sentence_is_too_long() {
    let all = [texts("lesson.md"), texts("hints.md")]
        .into_iter()
        .flatten();
    let glossary = checkout().join("lessons/glossary.md");
    let glossary = (
        "glossary".to_string(),
        std::fs::read_to_string(glossary).unwrap(),
    );
    for (name, text) in all.chain([glossary]) {
        let (prose, _) = parts(&text);
        let paragraphs = paragraphs(&prose);
        let words: usize = paragraphs
            .iter()
            .map(|p| p.split_whitespace().count())
            .sum();
        assert!(words <= MOST_WORDS, "{name} has {words} words");
        for sentence in paragraphs.iter().flat_map(|paragraph| sentences(paragraph)) {
            let words = sentence.split_whitespace().count();
            assert!(
                words <= LONGEST_SENTENCE,
                "{name}, {words} words: {sentence}"
            );
        }
    }
}

/// A file of the lift, with the blocks of the lessons in place of the lines that name them. Each block that is used is
/// taken out of `blocks`.
fn filled(template: &str, blocks: &mut BTreeMap<(String, usize), String>) -> String {
    let line = |line: &str| match line.trim().strip_prefix("//@ ") {
        None => format!("{line}\n"),
        Some(name) => {
            let (lesson, number) = name.split_once(' ').unwrap();
            let key = (lesson.to_string(), number.parse().unwrap());
            blocks
                .remove(&key)
                .unwrap_or_else(|| panic!("there is no {name}"))
        }
    };
    template.lines().map(line).collect()
}

/// The blocks of one language, each by its lesson and its number there.
fn blocks_of(language: &str) -> BTreeMap<(String, usize), String> {
    let mut all = BTreeMap::new();
    for (name, text) in texts("lesson.md") {
        let (_, blocks) = parts(&text);
        let blocks = blocks.into_iter().filter(|block| block.info == language);
        all.extend(
            blocks
                .enumerate()
                .map(|(n, block)| ((name.clone(), n + 1), block.code)),
        );
    }
    all
}

#[test]
fn the_code_of_the_lessons_is_one_crate_that_compiles() {
    let lab = Lab::new("lift");
    let mut rust = blocks_of("rust");
    let mut proto = blocks_of("protobuf");
    let write = |path: &str, template: &str, blocks: &mut BTreeMap<_, _>| {
        let path = lab.path("start_here").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, filled(template, blocks)).unwrap();
    };
    std::fs::remove_dir_all(lab.path("start_here/src/bin")).unwrap();
    write(
        "schemas/elevator.proto",
        include_str!("../lift/elevator.proto"),
        &mut proto,
    );
    write("build.rs", include_str!("../lift/build.rs"), &mut rust);
    write("src/lib.rs", include_str!("../lift/lib.rs"), &mut rust);
    let left: Vec<_> = rust.keys().chain(proto.keys()).collect();
    assert!(left.is_empty(), "no file of the lift uses {left:?}");

    // For `cargo check`, cargo would examine all crates that it depends on once more.
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo
        .args(["build", "--offline", "-p", "start_here", "--lib"])
        .current_dir(lab.path(""))
        .envs(lab.environment());
    run(&mut cargo).exits(0);
}

#[test]
fn a_block_of_rust_is_whole_or_says_that_it_is_not() {
    for (name, text) in texts("hints.md") {
        let (_, blocks) = parts(&text);
        for block in blocks.iter().filter(|block| block.info == "rust") {
            assert!(
                !block.code.contains("/*"),
                "{name}: mark this with `rust,ignore`\n{}",
                block.code
            );
        }
    }
}

/// How fast a newcomer reads, in words a minute.
const WORDS_A_MINUTE: usize = 150;
/// How many lines of code a newcomer writes in a minute.
const LINES_A_MINUTE: usize = 3;
/// How long it takes to run what was written, in minutes.
const TO_TRY: usize = 1;

#[test]
fn a_lesson_takes_as_long_as_it_says() {
    let texts = texts("lesson.md");
    // Of a region that is taken up again, only what is new is written.
    let mut before: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    let mut lines = |file: &'static str, region: &'static str, code: &'static str| {
        let code = code.lines().map(str::trim);
        let code = code.filter(|line| !line.is_empty() && !line.starts_with("//"));
        let code: Vec<&str> = code.collect();
        let mut old = before
            .insert((file, region), code.clone())
            .unwrap_or_default();
        let is_new = |line: &&&str| match old.iter().position(|old| old == *line) {
            Some(at) => {
                old.remove(at);
                false
            }
            None => true,
        };
        code.iter().filter(is_new).count()
    };
    let mut total = 0;
    for (lesson, (name, text)) in LESSONS.iter().zip(&texts) {
        let (prose, _) = parts(text);
        let words = prose.split_whitespace().count();
        let solution = lesson.solution.iter();
        let lines: usize = solution
            .map(|(file, region, code)| lines(file, region, code))
            .sum();
        let needed = TO_TRY + words / WORDS_A_MINUTE + lines / LINES_A_MINUTE;
        let said = usize::try_from(lesson.minutes).unwrap();
        assert!(
            said.abs_diff(needed) <= 2,
            "{name} says {said} minutes: {words} words, {lines} lines, {needed} minutes"
        );
        if !lesson.is_optional {
            total += said;
        }
    }
    let readme = std::fs::read_to_string(checkout().join("README.md")).unwrap();
    let rounded = (total + 5) / 10 * 10;
    assert!(
        readme.contains(&format!("together about {rounded} minutes")),
        "{total} minutes"
    );
    for lesson in LESSONS.iter() {
        let row = format!("| {} | [`{}`]", lesson.number, lesson.id);
        let row = readme.lines().find(|line| line.starts_with(&row)).unwrap();
        assert!(row.ends_with(&format!("| {} |", lesson.minutes)), "{row}");
    }
}

#[test]
fn what_a_pass_tells_is_short() {
    for (name, text) in texts("lesson.toml") {
        let about: toml::Table = text.parse().unwrap();
        let question = &about["question"];
        let told = about["learned"].as_array().unwrap().iter();
        assert_eq!(told.len(), 3, "{name}");
        let told = told.chain([
            &about["experiment"],
            &question["text"],
            &question["because"],
        ]);
        for text in told.map(|value| value.as_str().unwrap()) {
            for sentence in sentences(text) {
                let words = sentence.split_whitespace().count();
                assert!(
                    words <= LONGEST_SENTENCE,
                    "{name}, {words} words: {sentence}"
                );
            }
        }
    }
}
