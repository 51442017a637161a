//! What each key does. A key is answered at once, whatever is being built or checked.

use super::effect::Effect;
use super::message::Key;
use super::model::{Model, Page, Question};
use super::run_state::RunScope;

impl Model {
    /// A key was pressed.
    pub(super) fn key_pressed(&mut self, key: Key, effects: &mut Vec<Effect>) {
        self.notice = None;
        match key {
            Key::Interrupt => effects.push(Effect::Quit { interrupted: true }),
            Key::Suspend => effects.push(Effect::Suspend),
            Key::Redraw => effects.push(Effect::Redraw),
            Key::Pasted => self.notify("Paste into your editor; this window only reads keys."),
            key => match self.question.take() {
                Some(question) => self.answer(question, key, effects),
                None => self.press(key, effects),
            },
        }
    }

    /// Answers a question. A key that is neither a yes nor a no means no, and then does what it always does.
    fn answer(&mut self, question: Question, key: Key, effects: &mut Vec<Effect>) {
        match key {
            Key::Char('y' | 'Y') => match question {
                Question::Reset(lesson) => effects.push(Effect::ResetLesson(lesson)),
                Question::ShowSolution => self.show(Page::Solution),
                Question::WriteSolution => effects.push(Effect::WriteSolution(self.lesson)),
            },
            Key::Char('n' | 'N') | Key::Escape | Key::Enter => {
                self.notify("Nothing has been changed.");
            }
            key => self.press(key, effects),
        }
    }

    fn press(&mut self, key: Key, effects: &mut Vec<Effect>) {
        if let Page::List { cursor } = self.page
            && self.press_in_list(cursor, key, effects)
        {
            return;
        }
        let page = self.page_height().cast_signed();
        match key {
            Key::Up | Key::Char('k') => self.scroll_by(-1),
            Key::Down | Key::Char('j') => self.scroll_by(1),
            Key::PageUp | Key::Char('b') => self.scroll_by(-page),
            Key::PageDown | Key::Char(' ') => self.scroll_by(page),
            Key::Home => self.scroll = 0,
            Key::End => self.scroll_by(isize::MAX),
            Key::Escape | Key::Enter | Key::Char('v') => self.go_back(),
            Key::Char('U') => effects.push(Effect::Redo),
            Key::Char(letter) => self.press_letter(letter.to_ascii_lowercase(), effects),
            _ => self.reject_key("That key"),
        }
    }

    fn press_letter(&mut self, letter: char, effects: &mut Vec<Effect>) {
        match letter {
            'n' => self.go_on(effects),
            'c' => self.check_now(RunScope::All, effects),
            'r' => {
                let last = self.verdict.as_ref().map(|verdict| verdict.scope);
                self.check_now(last.unwrap_or(RunScope::Lesson(self.lesson)), effects);
            }
            'h' => self.show_next_hint(effects),
            's' => self.show_solution(),
            'w' if self.page == Page::Solution && !self.current().head.files.is_empty() => {
                self.question = Some(Question::WriteSolution);
            }
            't' => match self.page {
                Page::Text => self.show(Page::Verdict),
                _ => self.show(Page::Text),
            },
            'e' if self.page == Page::Verdict => self.shows_all_errors = !self.shows_all_errors,
            'l' => self.show(Page::List {
                cursor: self.lesson,
            }),
            'p' => self.press_server(effects),
            'g' => match self.page {
                Page::Glossary => self.go_back(),
                _ => self.show(Page::Glossary),
            },
            '1'..='9' if self.answers() > 0 => self.answer_the_lessons(letter),
            'o' => self.open_editor(effects),
            'x' => self.ask_to_reset(self.lesson),
            'u' => effects.push(Effect::Undo),
            '?' => match self.page {
                Page::Help => self.go_back(),
                _ => self.show(Page::Help),
            },
            'q' => effects.push(Effect::Quit { interrupted: false }),
            letter => self.reject_key(&format!("`{letter}`")),
        }
    }

    /// Handles a key that has another meaning in the list. Returns whether it has one.
    fn press_in_list(&mut self, cursor: usize, key: Key, effects: &mut Vec<Effect>) -> bool {
        let last = self.course.lessons().len().saturating_sub(1);
        let page = self.page_height();
        let cursor = match key {
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
                self.toggle_skipped(cursor, effects);
                return true;
            }
            Key::Char('l' | 'L') | Key::Escape => {
                self.go_back();
                return true;
            }
            _ => return false,
        };
        self.page = Page::List { cursor };
        true
    }

    /// Goes on to the next lesson, if the current one has passed or is skipped.
    fn go_on(&mut self, effects: &mut Vec<Effect>) {
        if !self.may_go_on() {
            let number = self.current().number;
            return self.notify(&format!(
                "Lesson {number} has not passed yet. Press l to choose another lesson."
            ));
        }
        match self.next_index() {
            Some(lesson) => self.go_to(lesson, effects),
            None if self.is_done() => self.show(Page::Finish),
            None => self.notify("All other lessons have passed; only this one is left."),
        }
    }

    /// Shows a lesson, and makes it the current one.
    fn go_to(&mut self, lesson: usize, effects: &mut Vec<Effect>) {
        self.remember_place();
        let is_other = lesson != self.lesson;
        self.lesson = lesson;
        self.page = Page::Text;
        self.scroll = self.text_places.get(&lesson).copied().unwrap_or(0);
        if !is_other {
            return;
        }
        self.answer = None;
        self.verdict_place = 0;
        self.hints_requested = 0;
        self.work = None;
        self.cancel(effects);
        effects.push(Effect::ReadWork(lesson));
    }

    /// How many answers the page offers to the current lesson's own question; 0 if it does not show it.
    pub fn answers(&self) -> usize {
        let is_shown = self.page == Page::Verdict && self.passed_now().is_some();
        match &self.current().question {
            Some(question) if is_shown => question.answers.len(),
            _ => 0,
        }
    }

    /// Takes the answer to the current lesson's own question. It can be given again.
    fn answer_the_lessons(&mut self, digit: char) {
        let index = digit.to_digit(10).map(|digit| digit as usize - 1);
        match index.filter(|index| *index < self.answers()) {
            Some(index) => {
                self.answer = Some(index);
                // The explanation is the end of the page.
                self.scroll = usize::MAX;
            }
            None => self.notify(&format!("There is no answer {digit}.")),
        }
    }

    fn check_now(&mut self, scope: RunScope, effects: &mut Vec<Effect>) {
        self.run_requested = true;
        self.aborted_runs = 0;
        self.check(scope, effects);
        self.show(Page::Verdict);
    }

    /// Shows the hints seen so far and one more.
    fn show_next_hint(&mut self, effects: &mut Vec<Effect>) {
        let hints = self.current().hints.len();
        let seen = self.hints_shown();
        if seen < hints {
            self.hints_requested = seen + 1;
            effects.push(Effect::RecordHints {
                lesson: self.lesson,
                shown: seen + 1,
            });
        } else {
            self.notify("There are no more hints. Press s for the solution.");
        }
        // The page scrolls to the newest hint if that is new or the page has just been opened.
        if seen < hints || self.page != Page::Hints {
            self.scroll = usize::MAX;
        }
        self.page = Page::Hints;
    }

    /// Shows the solution; a learner who has not tried yet is asked first.
    fn show_solution(&mut self) {
        let tried = self.work.as_ref().is_some_and(|work| work.tried);
        if tried || self.page == Page::Solution {
            self.show(Page::Solution);
        } else {
            self.question = Some(Question::ShowSolution);
        }
    }

    fn open_editor(&mut self, effects: &mut Vec<Effect>) {
        if let Some(location) = self.location() {
            return effects.push(Effect::OpenEditor(location));
        }
        let notice = match (&self.work, self.location_error()) {
            (None, _) => "Your files are still being read. Press o again.".to_string(),
            (_, Some(error)) => error.to_string(),
            _ => "This lesson has no code to write, so there is no file to open.".to_string(),
        };
        self.notice = Some(notice);
    }

    fn ask_to_reset(&mut self, lesson: usize) {
        if self.course.lessons()[lesson].head.files.is_empty() {
            self.notify("This lesson has no code to reset.");
        } else {
            self.question = Some(Question::Reset(lesson));
        }
    }

    /// Marks a lesson as skipped, or removes the mark.
    fn toggle_skipped(&mut self, lesson: usize, effects: &mut Vec<Effect>) {
        let id = self.course.lessons()[lesson].id();
        let record = self.progress.of(id);
        if record.passed {
            return self.notify("This lesson has passed, so there is nothing to skip.");
        }
        let skipped = !record.skipped;
        // The mark is shown before it is recorded, so that the same key pressed again removes it.
        self.progress.note_skipped(id, skipped);
        self.unrecorded_skips.push((lesson, skipped));
        effects.push(Effect::RecordSkipped { lesson, skipped });
    }

    /// Closes an overlay. On any other page, shows the verdict or, without one, the end of the course or the text.
    fn go_back(&mut self) {
        let has_verdict =
            self.verdict.is_some() || self.check_error.is_some() || !self.run.is_idle();
        if self.page.is_overlay() {
            self.show(self.previous_page);
        } else if has_verdict && self.page != Page::Verdict {
            self.show(Page::Verdict);
        } else if self.is_done() && self.page != Page::Finish {
            self.show(Page::Finish);
        } else {
            self.show(Page::Text);
        }
    }

    fn reject_key(&mut self, key: &str) {
        self.notify(&format!("{key} does nothing here. Press ? for help."));
    }

    fn notify(&mut self, notice: &str) {
        self.notice = Some(notice.to_string());
    }
}
