//! What the events of a server that is kept running add up to.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::event::PlayEvent;
use crate::checker::Doing;

/// The most entries that are kept.
const MOST: usize = 500;

/// What the server is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It is being built, perhaps while an earlier one runs.
    Building {
        /// How far that is, once it is known.
        step: Option<Doing>,
        /// Whether an earlier one runs.
        earlier_runs: bool,
    },
    /// It runs. Its newest code may not build.
    Running {
        /// Whether it is the server of an earlier save.
        is_earlier: bool,
    },
    /// It does not run, and waits for the next save.
    Down,
}

/// An event, and its number.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// Counted from 0.
    pub number: u64,
    /// What happened.
    pub event: PlayEvent,
}

/// All that is known of the server.
#[derive(Debug, Clone)]
pub struct PlayLog {
    /// Where it is called.
    pub addr: Option<SocketAddr>,
    /// What it is doing.
    pub phase: Phase,
    /// What has happened, the oldest first; not all of it, if that is much.
    pub entries: VecDeque<LogEntry>,
    next: u64,
}

impl Default for PlayLog {
    fn default() -> PlayLog {
        PlayLog {
            addr: None,
            phase: Phase::Building {
                step: None,
                earlier_runs: false,
            },
            entries: VecDeque::new(),
            next: 0,
        }
    }
}

impl PlayLog {
    /// Something has happened.
    pub fn add(&mut self, event: PlayEvent) {
        match &event {
            PlayEvent::Listening { addr, .. } => self.addr = Some(*addr),
            PlayEvent::Building { .. } => {
                self.phase = Phase::Building {
                    step: None,
                    earlier_runs: self.runs(),
                };
            }
            PlayEvent::Doing(step) => {
                self.phase = Phase::Building {
                    step: Some(*step),
                    earlier_runs: self.runs(),
                };
                return;
            }
            PlayEvent::Started { .. } => self.phase = Phase::Running { is_earlier: false },
            PlayEvent::NotStarted { earlier_runs, .. }
            | PlayEvent::CouldNot { earlier_runs, .. } => {
                self.phase = match earlier_runs {
                    true => Phase::Running { is_earlier: true },
                    false => Phase::Down,
                };
            }
            PlayEvent::Ended(_) => {
                self.phase = match self.phase {
                    Phase::Building { step, .. } => Phase::Building {
                        step,
                        earlier_runs: false,
                    },
                    Phase::Running { .. } | Phase::Down => Phase::Down,
                };
            }
            PlayEvent::Output(_)
            | PlayEvent::Panicked(_)
            | PlayEvent::OutputLeftOut(_)
            | PlayEvent::Call(_)
            | PlayEvent::Client(_) => {}
        }
        self.entries.push_back(LogEntry {
            number: self.next,
            event,
        });
        self.next += 1;
        if self.entries.len() > MOST {
            self.entries.pop_front();
        }
    }

    /// Whether a server runs, be it the newest or an earlier one.
    pub fn runs(&self) -> bool {
        match self.phase {
            Phase::Building { earlier_runs, .. } => earlier_runs,
            Phase::Running { .. } => true,
            Phase::Down => false,
        }
    }

    /// The number of the next entry.
    pub fn next_number(&self) -> u64 {
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checker::{Crash, ServerProgram};

    fn started() -> PlayEvent {
        PlayEvent::Started {
            program: ServerProgram::Server,
            port: 1,
            earlier: None,
        }
    }

    fn could_not(earlier_runs: bool) -> PlayEvent {
        PlayEvent::CouldNot {
            why: String::new(),
            earlier_runs,
        }
    }

    fn ended() -> PlayEvent {
        PlayEvent::Ended(Crash {
            exit: "exit code 1".to_string(),
            location: None,
        })
    }

    #[test]
    fn a_server_runs_from_its_start_to_its_end_whatever_is_built_meanwhile() {
        let mut log = PlayLog::default();
        log.add(PlayEvent::Doing(Doing::Probing));
        assert!(!log.runs());
        log.add(could_not(false));
        assert_eq!(log.phase, Phase::Down);
        log.add(started());
        assert!(log.runs());
        log.add(PlayEvent::Doing(Doing::WaitingForCargo));
        assert!(log.runs());
        log.add(could_not(true));
        assert_eq!(log.phase, Phase::Running { is_earlier: true });
        log.add(started());
        assert_eq!(log.phase, Phase::Running { is_earlier: false });
        log.add(PlayEvent::Doing(Doing::Probing));
        log.add(ended());
        assert!(!log.runs());
        assert!(matches!(log.phase, Phase::Building { .. }));
        log.add(started());
        log.add(ended());
        assert_eq!(log.phase, Phase::Down);
    }

    #[test]
    fn the_oldest_entries_go_and_the_others_keep_their_numbers() {
        let mut log = PlayLog::default();
        for line in 0..MOST + 10 {
            log.add(PlayEvent::Output(line.to_string()));
        }
        assert_eq!(log.entries.len(), MOST);
        assert_eq!(log.entries[0].number, 10);
        assert_eq!(log.next_number(), MOST as u64 + 10);
    }
}
