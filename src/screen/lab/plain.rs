//! The interactive lab as lines, for screen readers and for terminals that cannot do more: what is new is written
//! once, below what was written before, and nothing is ever drawn over.

use super::{DrawContext, page, status};
use crate::lab::{Key, Model, Page, RunState};

/// What has been written, as far as it says what is new.
#[derive(Debug, Default)]
pub struct PlainView {
    /// Whether the first lines have been written.
    begun: bool,
    tally: String,
    page: Option<(Page, usize)>,
    /// The text of the page.
    text: String,
    status: String,
    question: bool,
    notices: Vec<String>,
    /// How many runs had been started when the last verdict was written.
    verdict_of: u64,
    /// Which start of the server was written of last, and up to which entry.
    server: (u64, u64),
}

/// What a typed line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// The same as these keys.
    Keys(Vec<Key>),
    /// To write once more where the learner is.
    Again,
    /// It is none of the commands.
    Unknown,
}

impl PlainView {
    /// The lines that tell what has changed in the model since this was called last; empty if nothing has.
    pub fn news(&mut self, model: &Model, context: &DrawContext<'_>) -> String {
        let mut lines = Vec::new();
        if !self.begun {
            self.begun = true;
            lines.push(INTRODUCTION.to_string());
        }
        let is_new_verdict = model.run.is_idle() && model.run_count() != self.verdict_of;
        if model.run.is_idle() {
            self.verdict_of = model.run_count();
        }
        self.add_page(model, context, is_new_verdict, &mut lines);
        let tally = model.tally();
        let tally = format!("{} of {} lessons passed.", tally.passed, tally.lessons);
        if tally != self.tally {
            lines.push(tally.clone());
            self.tally = tally;
        }
        let status = status(model, context);
        let is_asked = model.question.is_some();
        if let Some(status) = status
            && (status != self.status || is_new_verdict || is_asked != self.question)
        {
            lines.push(status.clone());
            self.status = status;
        }
        self.question = is_asked;
        let notices = status::notices(model, context);
        lines.extend(
            notices
                .iter()
                .filter(|line| !self.notices.contains(line))
                .cloned(),
        );
        self.notices = notices;
        lines
            .iter()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect()
    }

    /// A command was typed: what is said in answer is written also if it was said before.
    pub fn answer(&mut self) {
        self.notices.clear();
    }

    /// Makes the next [`PlainView::news`] write everything that the learner has to know once more.
    pub fn forget(&mut self) {
        *self = PlainView {
            begun: true,
            verdict_of: self.verdict_of,
            ..PlainView::default()
        };
    }

    /// What has happened to the learner's server since it was written of last.
    fn add_server(&mut self, model: &Model, context: &DrawContext<'_>, lines: &mut Vec<String>) {
        let at = Some((model.page, model.lesson));
        if at != self.page {
            lines.push(format!("\n-- {} --", page::title(model.page)));
        }
        self.page = at;
        self.text.clear();
        let Some(server) = &model.server else {
            return;
        };
        let known = match self.server {
            (start, known) if start == server.start() => known,
            _ => 0,
        };
        let entries = super::server::entries(&server.log, known, context);
        lines.extend(entries.lines().map(str::to_string));
        self.server = (server.start(), server.log.next_number());
    }

    /// The page, if it is another one or says something else, and is not about something that goes on.
    fn add_page(
        &mut self,
        model: &Model,
        context: &DrawContext<'_>,
        is_new_verdict: bool,
        lines: &mut Vec<String>,
    ) {
        if model.page == Page::Server {
            return self.add_server(model, context, lines);
        }
        let is_verdict = model.page == Page::Verdict;
        if is_verdict && !model.run.is_idle() {
            return;
        }
        let at = Some((model.page, model.lesson));
        let text = page::draw(model, context).lines.join("\n");
        let says_more = match model.page {
            // Where to write, which changes with every save, is in the status.
            Page::Text => false,
            // It changes with every save, too.
            Page::Solution => self.text.is_empty() && !text.is_empty(),
            Page::Verdict => is_new_verdict || text != self.text,
            Page::Hints
            | Page::List { .. }
            | Page::Help
            | Page::Glossary
            | Page::Server
            | Page::Finish => text != self.text,
        };
        if at == self.page && !says_more {
            return;
        }
        lines.push(format!("\n-- {} --", page::title(model.page)));
        // A hint is added to those before it.
        let is_same = at == self.page && model.page == Page::Hints;
        let known = match is_same {
            true => text
                .lines()
                .zip(self.text.lines())
                .take_while(|(new, old)| new == old)
                .count(),
            false => 0,
        };
        lines.extend(text.lines().skip(known).map(str::to_string));
        lines.push(String::new());
        self.page = at;
        self.text = text;
    }
}

/// What is said first.
const INTRODUCTION: &str = "routeguide-lab as lines. Type a letter and Enter: n next lesson, c check all lessons, r \
                            check again, h hint, s solution, t text, v verdict, l list, a number opens that lesson, o \
                            open the file, x reset, u undo, U redo, p your server, g glossary, a and a number answers the question \
                            after a pass, ? all letters, q quit. Saving a file checks it.";

/// What is in progress or what to do, without what changes many times a second; none while a run is being stopped.
fn status(model: &Model, context: &DrawContext<'_>) -> Option<String> {
    if let Some(question) = status::question(model) {
        return Some(format!("{question} and Enter"));
    }
    match &model.run {
        RunState::Running { scope, .. } => {
            Some(format!("Checking {}.", status::scope(model, *scope)))
        }
        RunState::Stopping { .. } => None,
        // Where to write is known soon.
        RunState::Idle if model.work.is_none() && model.verdict.is_none() => None,
        RunState::Idle => Some(status::status(model, context)),
    }
}

/// The keys that a typed line is the same as.
pub fn typed(line: &str, model: &Model) -> Typed {
    let line = line.trim();
    let mut letters = line.chars();
    match (letters.next(), letters.next()) {
        (None, _) if model.question.is_some() => Typed::Keys(vec![Key::Enter]),
        (None, _) => Typed::Again,
        (Some(letter), None) if !letter.is_ascii_digit() => Typed::Keys(vec![Key::Char(letter)]),
        _ => {
            let (number, then) = match line.split_once(' ') {
                // `m 7` marks lesson 7 as skipped, `x 7` resets it.
                Some((letter @ ("a" | "m" | "x"), number)) => (number, letter.chars().next()),
                _ => (line, None),
            };
            let last = model.course.lessons().len();
            match number.trim().parse::<usize>() {
                // `a 2` is the second answer to the lesson's question.
                Ok(number @ 1..=9) if then == Some('a') => {
                    let digit = number.to_string().chars().next();
                    Typed::Keys(digit.map(Key::Char).into_iter().collect())
                }
                Ok(number) if (1..=last).contains(&number) => {
                    let mut keys = match model.page {
                        Page::List { .. } => Vec::new(),
                        _ => vec![Key::Char('l')],
                    };
                    keys.push(Key::Home);
                    keys.extend(std::iter::repeat_n(Key::Down, number - 1));
                    keys.push(then.map_or(Key::Enter, Key::Char));
                    Typed::Keys(keys)
                }
                _ => Typed::Unknown,
            }
        }
    }
}
