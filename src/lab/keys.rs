//! What the keys do. Each is answered at once, whatever is being built or checked.

use super::event::{Effect, Key};
use super::run::Scope;
use super::state::{Page, Question, State};
use crate::location::Location;

impl State {
    /// A key was pressed.
    pub(super) fn key(&mut self, key: Key, effects: &mut Vec<Effect>) {
        self.notice = None;
        match key {
            Key::Interrupt => effects.push(Effect::Quit { interrupted: true }),
            Key::Suspend => effects.push(Effect::Suspend),
            Key::Redraw => effects.push(Effect::Redraw),
            Key::Pasted => {
                self.notice = Some(
                    "What you paste is for your editor; here, only keys do something.".to_string(),
                );
            }
            key => match self.question.take() {
                Some(question) => self.answer(question, key, effects),
                None => self.command(key, effects),
            },
        }
    }

    /// An answer. Whatever is neither yes nor no is a key like any other: it says no, and does what it does.
    fn answer(&mut self, question: Question, key: Key, effects: &mut Vec<Effect>) {
        match key {
            Key::Char('y' | 'Y') => match question {
                Question::Reset(lesson) => effects.push(Effect::Reset(lesson)),
                Question::Solution => self.turn_to(Page::Solution),
                Question::Write => effects.push(Effect::WriteSolution(self.lesson)),
            },
            Key::Char('n' | 'N') | Key::Escape | Key::Enter => {
                self.notice = Some("Nothing has been changed.".to_string());
            }
            key => self.command(key, effects),
        }
    }

    fn command(&mut self, key: Key, effects: &mut Vec<Effect>) {
        if let Page::List { cursor } = self.page
            && self.key_of_list(cursor, key, effects)
        {
            return;
        }
        match key {
            Key::Up | Key::Char('k') => self.scroll_by(-1),
            Key::Down | Key::Char('j') => self.scroll_by(1),
            Key::PageUp | Key::Char('b') => self.scroll_by(-self.page_height()),
            Key::PageDown | Key::Char(' ') => self.scroll_by(self.page_height()),
            Key::Home => self.scroll = 0,
            Key::End => self.scroll_by(isize::MAX),
            Key::Escape | Key::Enter | Key::Char('v') => self.back(),
            Key::Char(letter) => self.letter(letter.to_ascii_lowercase(), effects),
            _ => self.unknown(None),
        }
    }

    fn letter(&mut self, letter: char, effects: &mut Vec<Effect>) {
        match letter {
            'n' => self.next(effects),
            'c' => self.check_now(Scope::All, effects),
            'r' => {
                let again = self.verdict.as_ref().map(|verdict| verdict.scope);
                self.check_now(again.unwrap_or(Scope::Lesson(self.lesson)), effects);
            }
            'h' => self.hint(effects),
            's' => self.solution(),
            'w' if self.page == Page::Solution && !self.current().head.files.is_empty() => {
                self.question = Some(Question::Write);
            }
            't' => match self.page {
                Page::Text => self.turn_to(Page::Verdict),
                _ => self.turn_to(Page::Text),
            },
            'l' => self.turn_to(Page::List {
                cursor: self.lesson,
            }),
            'o' => self.open(effects),
            'x' => self.ask_to_reset(self.lesson),
            'u' => effects.push(Effect::Undo),
            '?' => match self.page {
                Page::Help => self.back(),
                _ => self.turn_to(Page::Help),
            },
            'q' => effects.push(Effect::Quit { interrupted: false }),
            letter => self.unknown(Some(letter)),
        }
    }

    /// The keys that mean something else in the list. Whether this is one of them.
    fn key_of_list(&mut self, cursor: usize, key: Key, effects: &mut Vec<Effect>) -> bool {
        let last = self.course.lessons().len().saturating_sub(1);
        let page = self.page_height().unsigned_abs();
        let pointed = match key {
            Key::Up | Key::Char('k') => cursor.saturating_sub(1),
            Key::Down | Key::Char('j') => (cursor + 1).min(last),
            Key::PageUp => cursor.saturating_sub(page),
            Key::PageDown | Key::Char(' ') => (cursor + page).min(last),
            Key::Home => 0,
            Key::End => last,
            Key::Enter => {
                self.go_to(cursor, effects);
                return true;
            }
            Key::Char('x' | 'X') => {
                self.ask_to_reset(cursor);
                return true;
            }
            Key::Char('m' | 'M') => {
                self.mark(cursor, effects);
                return true;
            }
            Key::Char('l' | 'L') | Key::Escape => {
                self.back();
                return true;
            }
            _ => return false,
        };
        self.page = Page::List { cursor: pointed };
        true
    }

    /// To the next lesson, if this one is done.
    fn next(&mut self, effects: &mut Vec<Effect>) {
        if !self.may_go_on() {
            self.notice = Some(format!(
                "Lesson {} has not passed yet. With l you can choose another one.",
                self.current().number
            ));
            return;
        }
        match self.next_index() {
            Some(lesson) => self.go_to(lesson, effects),
            None if self.is_done() => self.turn_to(Page::Finish),
            None => {
                self.notice = Some("All others have passed: only this one is left.".to_string())
            }
        }
    }

    fn check_now(&mut self, scope: Scope, effects: &mut Vec<Effect>) {
        self.asked = true;
        self.restless = 0;
        self.check(scope, effects);
        self.turn_to(Page::Verdict);
    }

    /// One more hint. On another page, those that have been seen come back with it.
    fn hint(&mut self, effects: &mut Vec<Effect>) {
        let hints = self.current().hints.len();
        let seen = self.hints_shown();
        if seen < hints {
            self.revealed = seen + 1;
            effects.push(Effect::Reveal {
                lesson: self.lesson,
                shown: seen + 1,
            });
        } else {
            self.notice = Some("These are all the hints. s shows the solution.".to_string());
        }
        // From another page, or with a new one, to the newest.
        if seen < hints || self.page != Page::Hints {
            self.scroll = usize::MAX;
        }
        self.page = Page::Hints;
    }

    /// The solution, once something has been tried; before, only if the learner insists.
    fn solution(&mut self) {
        let tried = self.work.as_ref().is_some_and(|work| work.tried);
        if tried || self.page == Page::Solution {
            self.turn_to(Page::Solution);
        } else {
            self.question = Some(Question::Solution);
        }
    }

    fn open(&mut self, effects: &mut Vec<Effect>) {
        match self.place() {
            Some(Location { file, line }) => effects.push(Effect::Open { file, line }),
            None => {
                let words = match (&self.work, self.lost_place()) {
                    (None, _) => "Your files are still being read: press o once more.",
                    (_, Some(problem)) => problem,
                    _ => "This lesson has no place of its own to open.",
                };
                self.notice = Some(words.to_string());
            }
        }
    }

    fn ask_to_reset(&mut self, lesson: usize) {
        if self.course.lessons()[lesson].head.files.is_empty() {
            self.notice = Some("This lesson has no code of its own to put back.".to_string());
        } else {
            self.question = Some(Question::Reset(lesson));
        }
    }

    /// Marks a lesson as skipped, or takes the mark away.
    fn mark(&mut self, lesson: usize, effects: &mut Vec<Effect>) {
        let record = self.progress.of(self.course.lessons()[lesson].id());
        if record.passed {
            self.notice = Some("It has passed: there is nothing to skip.".to_string());
        } else {
            let skipped = !record.skipped;
            // Seen at once: the same key again means the opposite.
            let id = self.course.lessons()[lesson].id();
            self.progress.note_skipped(id, skipped);
            effects.push(Effect::Skip { lesson, skipped });
        }
    }

    /// From a page that is in front to the one behind it, and from any other to the one that matters most.
    fn back(&mut self) {
        let something = self.verdict.is_some() || self.trouble.is_some() || !self.run.is_idle();
        if self.page.is_in_front() {
            self.turn_to(self.behind);
        } else if something && self.page != Page::Verdict {
            self.turn_to(Page::Verdict);
        } else if self.is_done() && self.page != Page::Finish {
            self.turn_to(Page::Finish);
        } else {
            self.turn_to(Page::Text);
        }
    }

    fn unknown(&mut self, letter: Option<char>) {
        let key = letter.map_or("That key".to_string(), |letter| format!("`{letter}`"));
        self.notice = Some(format!(
            "{key} does nothing here; ? shows what the keys do."
        ));
    }

    fn page_height(&self) -> isize {
        // One line stays, so that the eye finds its place.
        self.room.height.saturating_sub(1).max(1).cast_signed()
    }

    fn scroll_by(&mut self, lines: isize) {
        let last = self.room.lines.saturating_sub(self.room.height);
        let now = match self.scroll {
            usize::MAX => self.room.first,
            line => line.min(last),
        };
        self.scroll = now.saturating_add_signed(lines).min(last);
    }
}
