//! What happens outside of the model, on its way to the app.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::lab::Message;

/// Something that has happened.
#[derive(Debug)]
pub enum AppEvent {
    /// Something for the model.
    Message(Message),
    /// The learner's files may have changed.
    FilesChanged,
    /// A line was typed.
    Line(String),
    /// No more lines will be typed.
    InputEnded,
    /// The terminal has another size.
    Resized,
    /// The terminal is gone.
    TerminalGone,
}

/// Sends events to the app, from any thread or task.
#[derive(Debug, Clone)]
pub struct EventSender(UnboundedSender<AppEvent>);

/// A sender, and the receiver for the app.
pub fn channel() -> (EventSender, UnboundedReceiver<AppEvent>) {
    let (sender, events) = unbounded_channel();
    (EventSender(sender), events)
}

impl EventSender {
    /// Sends an event. Returns whether the app still receives events: an app that is closing does not.
    pub fn send(&self, event: AppEvent) -> bool {
        self.0.send(event).is_ok()
    }

    /// Sends a message to the model. It is lost if the app is closing, which then needs no more messages.
    pub fn message(&self, message: Message) {
        self.send(AppEvent::Message(message));
    }

    /// Shows the learner one line.
    pub fn notice(&self, notice: String) {
        self.message(Message::Notice(notice));
    }
}
