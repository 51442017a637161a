//! The learner's server, which the lab keeps running if it is asked to.

use super::effect::Effect;
use super::model::{Model, Page};
use super::run_state::Prebuild;
use crate::learner::Fingerprint;
use crate::play::{Phase, PlayEvent, PlayLog};

/// The server that is kept running.
#[derive(Debug, Clone)]
pub struct ServerState {
    /// Which start it is.
    start: u64,
    /// The state of the files when it was last built.
    built: Fingerprint,
    /// What has happened to it.
    pub log: PlayLog,
}

impl ServerState {
    /// The number of its start.
    pub fn start(&self) -> u64 {
        self.start
    }
}

impl Model {
    /// Whether the server is being built.
    pub fn builds_server(&self) -> bool {
        let phase = self.server.as_ref().map(|server| server.log.phase);
        matches!(phase, Some(Phase::Building { .. }))
    }

    /// The key of the server: starts it, shows it or, where it is shown, ends it.
    pub(super) fn press_server(&mut self, effects: &mut Vec<Effect>) {
        match (&self.server, self.page) {
            (Some(_), Page::Server) => {
                self.server = None;
                effects.push(Effect::StopServer);
                self.notice = Some("Your server has been stopped. p starts it again.".to_string());
                self.leave_server_page();
            }
            (Some(_), _) => self.show(Page::Server),
            (None, _) => self.start_server(effects),
        }
    }

    fn start_server(&mut self, effects: &mut Vec<Effect>) {
        // Cargo locks the target folder, and the learner is waiting for this build.
        if matches!(self.prebuild, Prebuild::Running { .. }) {
            self.prebuild = Prebuild::Off;
            effects.push(Effect::StopPrebuild);
        }
        self.server_starts += 1;
        self.server = Some(ServerState {
            start: self.server_starts,
            built: self.files,
            log: PlayLog::default(),
        });
        effects.push(Effect::StartServer(self.server_starts));
        self.show(Page::Server);
    }

    /// Restarts the server if the files have changed since it was built; a check comes first, since the learner waits for
    /// its verdict.
    pub(super) fn restart_server_if_idle(&mut self, effects: &mut Vec<Effect>) {
        let files = self.files;
        if let Some(server) = &mut self.server
            && self.run.is_idle()
            && !server.built.same_contents(files)
        {
            server.built = files;
            effects.push(Effect::RestartServer);
        }
    }

    /// Something has happened to a server, perhaps to one that has been stopped.
    pub(super) fn server_event(&mut self, start: u64, event: PlayEvent) {
        if let Some(server) = &mut self.server
            && server.start == start
        {
            server.log.add(event);
        }
    }

    /// A server cannot be kept running.
    pub(super) fn server_failed(&mut self, start: u64, why: String) {
        if self
            .server
            .as_ref()
            .is_some_and(|server| server.start == start)
        {
            self.server = None;
            self.notice = Some(why);
            if self.page == Page::Server {
                self.leave_server_page();
            }
        }
    }

    /// Shows the page that was shown before.
    fn leave_server_page(&mut self) {
        let page = self.page_before_server;
        self.show(page);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::course::Course;
    use crate::lab::{Key, Message};
    use crate::learner::Progress;

    fn lab() -> Model {
        let course = Arc::new(Course::embedded().unwrap());
        let files = Fingerprint::synthetic(0, 0);
        let mut model = Model::new(course, Progress::default(), files, 1);
        drop(model.start());
        model
    }

    fn press(model: &mut Model, key: char) -> Vec<Effect> {
        model.update(Message::Key(Key::Char(key)))
    }

    fn names(effects: &[Effect]) -> Vec<&'static str> {
        let name = |effect: &Effect| match effect {
            Effect::StartServer(_) => Some("start"),
            Effect::RestartServer => Some("restart"),
            Effect::StopServer => Some("stop"),
            Effect::StopPrebuild => Some("stop prebuild"),
            _ => None,
        };
        effects.iter().filter_map(name).collect()
    }

    fn output(model: &mut Model, start: u64) {
        let event = Box::new(PlayEvent::Output("hello".to_string()));
        drop(model.update(Message::Server { start, event }));
    }

    fn entries(model: &Model) -> usize {
        model
            .server
            .as_ref()
            .map_or(0, |server| server.log.entries.len())
    }

    #[test]
    fn the_key_starts_the_server_shows_it_and_stops_it() {
        let mut model = lab();
        // The prebuild runs in the first lesson, and would keep the target folder locked.
        assert_eq!(names(&press(&mut model, 'p')), ["stop prebuild", "start"]);
        assert_eq!(model.page, Page::Server);
        output(&mut model, 1);
        assert_eq!(entries(&model), 1);
        press(&mut model, 't');
        assert_eq!(model.page, Page::Text);
        assert!(names(&press(&mut model, 'p')).is_empty());
        assert_eq!(model.page, Page::Server);
        assert_eq!(names(&press(&mut model, 'p')), ["stop"]);
        assert_eq!(model.page, Page::Text);
        assert!(model.notice.is_some());
        // What a stopped server wrote last is not that of the next one.
        press(&mut model, 'p');
        output(&mut model, 1);
        assert_eq!(entries(&model), 0);
        output(&mut model, 2);
        assert_eq!(entries(&model), 1);
    }

    #[test]
    fn a_save_is_checked_first_and_restarts_the_server_then() {
        let mut model = lab();
        press(&mut model, 'p');
        let files = Fingerprint::synthetic(1, 1);
        let effects = model.update(Message::FilesChanged(files));
        assert!(names(&effects).is_empty());
        assert_eq!(model.page, Page::Verdict);
        let end = Box::new(crate::lab::RunEnd::CouldNotCheck(String::new()));
        let ended = model.update(Message::RunEnded { run: 1, end });
        assert_eq!(names(&ended), ["restart"]);
        // Once for each save.
        press(&mut model, 'r');
        let end = Box::new(crate::lab::RunEnd::CouldNotCheck(String::new()));
        let ended = model.update(Message::RunEnded { run: 2, end });
        assert!(names(&ended).is_empty());
    }

    #[test]
    fn a_server_that_fails_is_told_and_its_page_is_left() {
        let mut model = lab();
        press(&mut model, 'p');
        let why = "no port".to_string();
        drop(model.update(Message::ServerFailed { start: 1, why }));
        assert!(model.server.is_none());
        assert_eq!(model.page, Page::Text);
        assert_eq!(model.notice.as_deref(), Some("no port"));
    }

    #[test]
    fn the_page_follows_what_happens_unless_the_learner_reads_above() {
        let mut model = lab();
        press(&mut model, 'p');
        assert_eq!(model.scroll, usize::MAX);
        model.viewport = crate::lab::Viewport {
            height: 10,
            lines: 100,
            first: 90,
        };
        press(&mut model, 'k');
        assert_eq!(model.scroll, 89);
        press(&mut model, 'j');
        assert_eq!(model.scroll, usize::MAX);
    }
}
