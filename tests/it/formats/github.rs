//! A reader of annotations and step summaries, as GitHub shows them.

use std::path::Path;
use std::process::Command;

use testkit::runner::commands;
use testkit::{Run, run};

/// An annotation of the GitHub form, taken apart as the runner does it.
#[derive(Debug)]
pub struct Annotation {
    pub kind: String,
    pub file: Option<String>,
    pub title: String,
    pub message: String,
}

/// What the runner reads behind the line that lets it carry out commands again, after that which stops it.
#[track_caller]
pub fn after_the_silence(stdout: &str) -> &str {
    let stopped = stdout.strip_prefix("::stop-commands::");
    let (token, rest) = stopped.unwrap().split_once('\n').unwrap();
    assert!(token.len() > 32, "{token}");
    let (_, commands) = rest.split_once(&format!("::{token}::\n")).unwrap();
    commands
}

/// The annotations of an output that holds nothing else.
#[track_caller]
pub fn annotations(run: &Run) -> Vec<Annotation> {
    // Where nothing has been started, nothing has been stopped.
    let stdout = match run.stdout.starts_with("::stop-commands::") {
        true => after_the_silence(&run.stdout),
        false => &run.stdout,
    };
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(commands(stdout), lines, "a line that is no annotation");
    assert_eq!(commands(&run.stderr), Vec::<String>::new());
    let plain = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    let parse = |line: &&str| {
        let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (kind, properties) = head.split_once(' ').unwrap();
        let property = |name: &str| {
            let pairs = properties
                .split(',')
                .map(|pair| pair.split_once('=').unwrap());
            pairs
                .into_iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| plain(value))
        };
        assert!(["error", "warning", "notice"].contains(&kind), "{line}");
        Annotation {
            kind: kind.to_string(),
            file: property("file"),
            title: property("title").unwrap(),
            message: plain(message),
        }
    };
    lines.iter().map(parse).collect()
}

/// A check as GitHub's runner makes it.
pub fn on_a_runner(command: &mut Command, workspace: &Path, summary: &Path) -> Run {
    run(command
        .args(["--format", "github"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_WORKSPACE", workspace)
        .env("GITHUB_STEP_SUMMARY", summary))
}

/// The blocks of a page of Markdown, and what it says.
pub fn page(markdown: &str) -> (Vec<String>, String) {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let mut blocks = Vec::new();
    let mut words = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => blocks.push("code block".to_string()),
            Event::Start(Tag::Heading { level, .. }) => blocks.push(level.to_string()),
            Event::Start(Tag::TableRow) => blocks.push("row".to_string()),
            Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableCell | Tag::Paragraph)
            | Event::End(_) => {}
            Event::Text(text) => words.push_str(&text),
            Event::SoftBreak => words.push('\n'),
            other => blocks.push(format!("{other:?}")),
        }
    }
    (blocks, words)
}
