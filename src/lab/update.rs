//! The update function: from the model and a message to the changed model and effects.

use super::effect::Effect;
use super::message::Message;
use super::model::{Model, Page};
use super::run_state::RunScope;
use crate::course::Part;
use crate::learner::Progress;

/// What is said when the last lesson has passed.
const ONCE_MORE: &str = "All lessons have passed. Checking all of them once more.";

impl Model {
    /// What to do when the lab is opened.
    #[must_use]
    pub fn start(&mut self) -> Vec<Effect> {
        let mut effects = vec![Effect::ReadWork(self.lesson)];
        self.prebuild_if_idle(&mut effects);
        effects
    }

    /// Handles a message. Returns the effects, in the order in which they are to be performed.
    #[must_use]
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let mut effects = Vec::new();
        match message {
            Message::Key(key) => self.key_pressed(key, &mut effects),
            Message::FilesChanged(files) => self.files_changed(files, &mut effects),
            Message::RunStarted { run, files } => self.run_started(run, files, &mut effects),
            Message::RunProgress { run, step } => self.run_progressed(run, step),
            Message::LessonFinished { run, finished } => self.lesson_finished(run, *finished),
            Message::RunEnded { run, end } => self.run_ended(run, *end, &mut effects),
            Message::PrebuildProgress { done, total } => self.prebuild_progressed(done, total),
            Message::PrebuildEnded(prebuild) => self.prebuild = prebuild,
            Message::WorkRead(work) => self.work_read(work, &mut effects),
            Message::ProgressRead(progress) => self.progress_read(progress, &mut effects),
            Message::SkipRecorded(lesson) => self.skip_recorded(lesson),
            Message::Server { start, event } => self.server_event(start, *event),
            Message::ServerFailed { start, why } => self.server_failed(start, why),
            Message::Notice(notice) => self.notice = Some(notice),
            Message::PollingStarted(reason) => self.polling = Some(reason),
        }
        effects
    }

    /// The oldest mark of this lesson that was not recorded is, now.
    fn skip_recorded(&mut self, lesson: usize) {
        let mut marks = self.unrecorded_skips.iter();
        if let Some(oldest) = marks.position(|(of, _)| *of == lesson) {
            self.unrecorded_skips.remove(oldest);
        }
    }

    /// The recorded progress has changed: by this lab, or by another one on the same folder.
    fn progress_read(&mut self, progress: Progress, effects: &mut Vec<Effect>) {
        let was_done = self.is_done();
        self.progress = progress;
        // It was read before these were recorded.
        for (lesson, skipped) in &self.unrecorded_skips {
            let id = self.course.lessons()[*lesson].id();
            self.progress.note_skipped(id, *skipped);
        }
        // A lesson of part two may have broken one of the codelab for a while: that is no second end of it.
        let is_in_codelab = self.current().head.part == Part::Codelab;
        self.is_ending = is_in_codelab && self.is_done() && (self.is_ending || !was_done);
        if !self.is_ending || !self.verdict_passes() {
            return;
        }
        let shown = self.verdict.as_ref().map(|verdict| verdict.scope);
        if shown == Some(RunScope::All) {
            self.is_ending = false;
            self.notice = None;
            self.show(Page::Finish);
        } else if self.run.is_idle() {
            // What an earlier lesson asks for may be broken since it passed.
            self.run_requested = false;
            self.check(RunScope::All, effects);
            self.show(Page::Verdict);
            self.notice = Some(ONCE_MORE.to_string());
        }
    }
}
