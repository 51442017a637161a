//! The learner's server, kept running in a task of its own.

use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::event::EventSender;
use crate::checker::TrackCheck;
use crate::commands::Problem;
use crate::commands::play::Features;
use crate::commands::run_reference::hosting;
use crate::course::Course;
use crate::lab::Message;
use crate::play::{Listeners, Player};

/// The server, if it is kept running.
pub struct Serving {
    check: TrackCheck,
    course: Arc<Course>,
    sender: EventSender,
    current: Option<Current>,
}

/// A server that was started.
struct Current {
    /// Asks for a restart; none once it has been told to end.
    restart: Option<UnboundedSender<()>>,
    task: JoinHandle<()>,
}

impl Serving {
    /// No server yet.
    pub fn new(check: TrackCheck, course: Arc<Course>, sender: EventSender) -> Serving {
        Serving {
            check,
            course,
            sender,
            current: None,
        }
    }

    /// Builds and starts the server, once an earlier one is gone and its address is free.
    pub fn start(&mut self, start: u64) {
        let earlier = self.current.take().map(|current| current.task);
        let (restart, restarts) = unbounded_channel();
        let (check, course) = (self.check.clone(), Arc::clone(&self.course));
        let sender = self.sender.clone();
        let task = tokio::spawn(async move {
            if let Some(earlier) = earlier {
                // How it ended does not matter.
                earlier.await.ok();
            }
            let events = sender.clone();
            let notify = Arc::new(move |event| {
                let event = Box::new(event);
                events.message(Message::Server { start, event });
            });
            let run = async {
                let features = Features::of(None)?;
                let listeners = match Listeners::usual().await {
                    Ok(listeners) => listeners,
                    Err(error) => return Err(hosting::not_listening("", error, "play").await),
                };
                let player = Player {
                    check,
                    course,
                    database_file: features.path.clone(),
                    explain: |error| Problem::from(error).to_string(),
                };
                player
                    .run(listeners, restarts, notify)
                    .await
                    .map_err(|error| {
                        let what = format!("cannot start a thread to draw the calls: {error}");
                        Problem::new(crate::commands::Exit::CouldNot, what, "")
                    })
            };
            if let Err(problem) = run.await {
                let why = problem.to_string();
                sender.message(Message::ServerFailed { start, why });
            }
        });
        self.current = Some(Current {
            restart: Some(restart),
            task,
        });
    }

    /// Builds and starts it anew.
    pub fn restart(&self) {
        let restart = self
            .current
            .as_ref()
            .and_then(|current| current.restart.as_ref());
        if let Some(restart) = restart {
            // If this fails, it has failed, and the model knows.
            restart.send(()).ok();
        }
    }

    /// Tells it to end.
    pub fn stop(&mut self) {
        if let Some(current) = &mut self.current {
            current.restart = None;
        }
    }

    /// Ends it at once, and waits until its processes are gone.
    pub async fn finish(&mut self) {
        if let Some(current) = self.current.take() {
            current.task.abort();
            // It ends as cancelled.
            current.task.await.ok();
        }
    }
}
