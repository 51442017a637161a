//! `play`: the learner's server, started, restarted with each save, and watched.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::NamedTempFile;
use tokio::sync::mpsc::unbounded_channel;

use super::check::codelabs_database;
use super::run_reference::hosting;
use super::{Exit, Lab, Problem};
use crate::checker::{PATIENCE, ProgressListener as _, STARTUP, Setting, TrackCheck, TrackCode};
use crate::cli::PlayArgs;
use crate::course::{Track, files};
use crate::learner::Fingerprint;
use crate::learner::changes::{FileWatcher, Notice};
use crate::play::{Listeners, PlayEvent, Player};
use crate::process;
use crate::screen::building::Activity;
use crate::screen::{self, Canvas, lab as view, play, trace};

/// Keeps the learner's server running until a shutdown signal.
///
/// # Errors
///
/// If there is no lab here, or its files, the database or the address cannot be used.
pub async fn run(lessons: Option<&Path>, args: &PlayArgs) -> Result<Exit, Problem> {
    let lab = Lab::open(lessons)?;
    let features = Features::of(args.db.as_deref())?;
    let listeners = match &args.addr {
        Some(addr) => {
            let (sockets, addresses) = hosting::listen(addr, "play").await?;
            Listeners::of(sockets, &addresses)
        }
        None => match Listeners::usual().await {
            Ok(listeners) => listeners,
            Err(error) => return Err(hosting::not_listening("", error, "play").await),
        },
    };
    let seen = Fingerprint::of(&lab.folder);
    let player = Player {
        check: TrackCheck {
            code: TrackCode {
                folder: lab.folder.clone(),
                track: Track::StartHere,
                colour: Canvas::stdout().paint.is_on(),
            },
            setting: Setting {
                database: codelabs_database()?,
                seed: 0,
                patience: PATIENCE,
                startup: STARTUP,
            },
        },
        course: Arc::new(lab.course),
        database_file: features.path,
        explain: |error| Problem::from(error).to_string(),
    };
    let (stop, stop_now) = hosting::shutdown_signals();
    let (restart, restarts) = unbounded_channel();
    let watcher = FileWatcher::start(&lab.folder, seen, args.poll, move |notice| match notice {
        // If this fails, the server is being ended.
        Notice::Changed(_) => drop(restart.send(())),
        Notice::Polling(reason) => {
            screen::print_error(&view::notices::polling(&reason));
        }
    })
    .map_err(|error| {
        let what = format!("cannot watch your files: {error}");
        Problem::new(Exit::CouldNot, what, "")
    })?;
    let mut watcher = Some(watcher);
    let mut playing = pin!(player.run(listeners, restarts, Arc::new(printing())));
    let (mut stop, mut stop_now) = (pin!(stop), pin!(stop_now));
    loop {
        tokio::select! {
            played = &mut playing => return match played {
                Ok(()) => Ok(Exit::Passed),
                Err(error) => {
                    let what = format!("cannot start a thread to draw the calls: {error}");
                    Err(Problem::new(Exit::CouldNot, what, ""))
                }
            },
            () = &mut stop, if watcher.is_some() => {
                screen::print_error("Stopping.");
                // Without it, no more restarts can be asked for, and the server is ended.
                drop(watcher.take());
            }
            signal = &mut stop_now => return Ok(Exit::Ended(signal)),
        }
    }
}

/// Prints what happens, as it happens.
fn printing() -> impl Fn(PlayEvent) + Send + Sync {
    let activity: Mutex<Option<Activity>> = Mutex::new(None);
    let is_headed = AtomicBool::new(false);
    move |event| {
        // Held while it is printed, so that nothing is drawn in between.
        let mut activity = activity.lock().unwrap_or_else(PoisonError::into_inner);
        if let PlayEvent::Doing(step) = event {
            return activity.get_or_insert_with(Activity::start).doing(step);
        }
        activity.take();
        let canvas = Canvas::stdout();
        let mut text = String::new();
        if matches!(event, PlayEvent::Call(_)) && !is_headed.swap(true, Ordering::Relaxed) {
            text.push_str(&trace::heading(canvas));
        }
        text.push_str(&play::event(&event, screen::invocation(), canvas));
        screen::print(&text);
    }
}

/// The features that the server serves, as a file.
pub struct Features {
    /// The file.
    pub path: PathBuf,
    /// The same, if it was made for this.
    _temporary: Option<NamedTempFile>,
}

impl Features {
    /// Those in a file, or those of the codelab.
    ///
    /// # Errors
    ///
    /// If the file cannot be used.
    pub fn of(file: Option<&Path>) -> Result<Features, Problem> {
        if let Some(file) = file {
            super::check::load_database(file)?;
            let path = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
            return Ok(Features {
                path,
                _temporary: None,
            });
        }
        let temporary = process::files::temporary("route_guide_db", files::DATABASE);
        let temporary = temporary.map_err(|error| {
            let what = format!("cannot write a temporary file: {error}");
            Problem::new(Exit::CouldNot, what, "")
        })?;
        Ok(Features {
            path: temporary.path().to_path_buf(),
            _temporary: Some(temporary),
        })
    }
}
