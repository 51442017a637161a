//! Headers that are held back until the server has something to send, as many servers do.

use tokio::sync::watch;

/// Releases the headers of all calls of one run that hold them back.
#[derive(Debug, Clone)]
pub struct Release(watch::Sender<()>);

impl Default for Release {
    fn default() -> Release {
        Release(watch::Sender::new(()))
    }
}

impl Release {
    /// Has every call that holds its headers back now send them.
    pub fn release(&self) {
        self.0.send_replace(());
    }

    /// For a call that begins now and holds its headers back.
    pub fn hold(&self) -> Hold {
        Hold(Some(self.0.subscribe()))
    }
}

/// The side of one call.
#[derive(Debug)]
pub struct Hold(Option<watch::Receiver<()>>);

impl Hold {
    /// For a call that sends its headers at once.
    pub fn none() -> Hold {
        Hold(None)
    }

    /// Whether the call holds its headers back.
    pub fn holds(&self) -> bool {
        self.0.is_some()
    }

    /// Waits until the headers are to be sent although there is nothing to send after them.
    pub async fn released(&mut self) {
        if let Some(release) = &mut self.0
            && release.changed().await.is_ok()
        {
            return;
        }
        // The headers are not held back, or the run is over.
        std::future::pending().await
    }
}
