//! Noticing that the learner's files have changed: from the system's events where they come, and by
//! looking again and again where they do not.
//!
//! Events only say that it is worth a look. What has changed is found by comparing fingerprints, so that no
//! editor's way of saving matters: writing in place, writing beside and renaming, deleting and creating.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::fingerprint::is_part;
use super::{Fingerprint, Folder};

/// How long to look when events come anyway: this finds what no event tells of.
const SAFETY_NET: Duration = Duration::from_secs(2);
/// How long between two looks where no events come.
const POLL: Duration = Duration::from_millis(250);
/// A save comes as several events. They are over when none has come for so long…
const QUIET: Duration = Duration::from_millis(20);
/// …or when this has passed: a file that is written without pause is looked at all the same.
const NOISY: Duration = Duration::from_millis(200);
/// How long the event of the self-test may take. Where there are events, it takes less than 10 ms.
const SELF_TEST: Duration = Duration::from_secs(1);

/// Why the lab looks again and again, instead of being told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Polling {
    /// It was asked to.
    Asked,
    /// The lab changed a file of its own, and no event came, as on network drives.
    NoEvent,
    /// A file had changed, and no event had come. So it is where the files lie on another system: behind
    /// a container, or on a drive of the host's.
    Missed,
    /// The system refuses to watch; its words.
    Refused(String),
}

impl fmt::Display for Polling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Polling::Asked => f.write_str("as you asked with --poll"),
            Polling::NoEvent => {
                f.write_str("since this drive does not tell when a file changes, as network drives do not")
            }
            Polling::Missed => f.write_str(
                "since a file changed and this drive did not tell, as is so with containers and shared drives",
            ),
            Polling::Refused(words) => write!(f, "since the system refuses to watch it: {words}"),
        }
    }
}

/// What the watching tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The files are in another state.
    Changed(Fingerprint),
    /// From now on, they are looked at four times a second.
    Polling(Polling),
}

/// What wakes the thread that looks.
enum Poke {
    /// An event of the learner's files.
    Event,
    /// The event of the self-test.
    OwnFile,
    /// The lab has no more interest.
    Enough,
}

/// The watching, until it is dropped.
#[derive(Debug)]
pub struct Watching {
    pokes: Sender<Poke>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Watching {
    /// Begins to watch the learner's files, which were last seen in the state `known`. `poll` says that no
    /// events are to be waited for. Every notice goes to `tell`, from a thread of its own.
    ///
    /// # Errors
    ///
    /// If the system gives no thread. That it does not watch is no error: then the files are looked at.
    pub fn start(
        folder: &Folder,
        known: Fingerprint,
        poll: bool,
        mut tell: impl FnMut(Notice) + Send + 'static,
    ) -> io::Result<Watching> {
        let (pokes, poked) = mpsc::channel();
        let folder = folder.clone();
        let for_events = pokes.clone();
        let thread = thread::Builder::new()
            .name("watching".to_string())
            .spawn(move || {
                let mut look = Look {
                    folder,
                    known,
                    poked,
                    enough: false,
                };
                let (watcher, why) = if poll {
                    (None, Some(Polling::Asked))
                } else {
                    look.begin(for_events, &mut tell)
                };
                look.on(watcher, why, &mut tell);
            })?;
        Ok(Watching {
            pokes,
            thread: Some(thread),
        })
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.pokes.send(Poke::Enough).ok();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Whether the system tells of changes in the learner's files: a file of the lab's own is made there, and
/// taken away again. It takes a second at most.
///
/// # Errors
///
/// [`Polling`] says why not.
pub fn self_test(folder: &Folder) -> Result<(), Polling> {
    let (pokes, poked) = mpsc::channel();
    let _watcher = watcher(folder, pokes)?;
    let own = OwnFile::make(folder)?;
    let deadline = Instant::now() + SELF_TEST;
    loop {
        match poked.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Poke::OwnFile) => break,
            Ok(_) => {}
            Err(_) => return Err(Polling::NoEvent),
        }
    }
    drop(own);
    Ok(())
}

/// The thread's own: what it has seen last, and what wakes it.
struct Look {
    folder: Folder,
    known: Fingerprint,
    poked: Receiver<Poke>,
    /// Whether the lab has no more interest.
    enough: bool,
}

impl Look {
    /// Starts to watch, and tests it. Changes are told already while the test is waiting.
    fn begin(
        &mut self,
        pokes: Sender<Poke>,
        tell: &mut impl FnMut(Notice),
    ) -> (Option<RecommendedWatcher>, Option<Polling>) {
        let tested = watcher(&self.folder, pokes)
            .and_then(|watcher| OwnFile::make(&self.folder).map(|own| (watcher, own)));
        let (watcher, _own) = match tested {
            Ok(tested) => tested,
            Err(why) => return (None, Some(why)),
        };
        let deadline = Instant::now() + SELF_TEST;
        while !self.enough {
            match self.wait(deadline.saturating_duration_since(Instant::now())) {
                Some(Poke::OwnFile) => break,
                Some(_) => drop(self.compare(tell)),
                None => return (Some(watcher), Some(Polling::NoEvent)),
            }
        }
        (Some(watcher), None)
    }

    /// Looks whenever it is worth it, until the lab has had enough. The watcher is kept as long: even where
    /// it missed something, it may tell of the next change sooner than the next look would.
    fn on(
        &mut self,
        _watcher: Option<RecommendedWatcher>,
        why: Option<Polling>,
        tell: &mut impl FnMut(Notice),
    ) {
        let mut polling = why.is_some();
        if let Some(why) = why {
            tell(Notice::Polling(why));
        }
        while !self.enough {
            let pause = if polling { POLL } else { SAFETY_NET };
            match self.wait(pause) {
                Some(Poke::Event) => {
                    self.wait_for_quiet();
                    self.compare(tell);
                }
                Some(Poke::OwnFile | Poke::Enough) => {}
                None => {
                    // A save may have fallen right before the look, with its event still on its way.
                    if self.compare(tell) && !polling && self.wait(NOISY).is_none() {
                        polling = true;
                        tell(Notice::Polling(Polling::Missed));
                    }
                }
            }
        }
    }

    /// What comes within a time. That the lab has had enough is noted, whoever waits.
    fn wait(&mut self, time: Duration) -> Option<Poke> {
        let poke = match self.poked.recv_timeout(time) {
            Ok(poke) => Some(poke),
            Err(RecvTimeoutError::Disconnected) => Some(Poke::Enough),
            Err(RecvTimeoutError::Timeout) => None,
        };
        self.enough |= matches!(poke, Some(Poke::Enough));
        poke
    }

    fn wait_for_quiet(&mut self) {
        let began = Instant::now();
        while began.elapsed() < NOISY && !self.enough && self.wait(QUIET).is_some() {}
    }

    /// Whether the files are in another state than when they were seen last, which is told.
    fn compare(&mut self, tell: &mut impl FnMut(Notice)) -> bool {
        let now = Fingerprint::of(&self.folder);
        if now == self.known {
            return false;
        }
        self.known = now;
        tell(Notice::Changed(now));
        true
    }
}

/// A watcher of the learner's crate that pokes.
fn watcher(folder: &Folder, pokes: Sender<Poke>) -> Result<RecommendedWatcher, Polling> {
    let refused = |error: notify::Error| Polling::Refused(error.to_string());
    let handler = move |event: notify::Result<notify::Event>| {
        // An error, such as events that were lost, is worth a look too.
        let poke = match event {
            Ok(event) if event.paths.iter().any(|path| is_own(path)) => Poke::OwnFile,
            Ok(event) if !is_change(&event) => return,
            _ => Poke::Event,
        };
        // Nobody listens any more when the lab is about to end.
        pokes.send(poke).ok();
    };
    let config = notify::Config::default().with_follow_symlinks(false);
    let mut watcher = RecommendedWatcher::new(handler, config).map_err(refused)?;
    watcher
        .watch(&folder.start_here(), RecursiveMode::Recursive)
        .map_err(refused)?;
    Ok(watcher)
}

/// Whether an event may tell of a save. Reading a file is none, and the lab itself reads all of them.
fn is_change(event: &notify::Event) -> bool {
    let writes = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    };
    // Events without a path say that something was missed.
    writes && (event.paths.is_empty() || event.paths.iter().any(|path| is_part(path)))
}

/// What the name of the lab's own file begins with. It is hidden, so that it is no part of the crate.
const OWN: &str = ".routeguide-lab-watch-";

fn is_own(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(OWN))
}

/// A file of the lab's own in the learner's crate. It is gone when the value is.
struct OwnFile(PathBuf);

impl OwnFile {
    fn make(folder: &Folder) -> Result<OwnFile, Polling> {
        // Two labs on one folder make one each.
        let name = format!("{OWN}{}", std::process::id());
        let path = folder.start_here().join(name);
        fs::write(
            &path,
            "Whether the system tells of changes here. You may delete this file.\n",
        )
        .map_err(|error| Polling::Refused(error.to_string()))?;
        Ok(OwnFile(path))
    }
}

impl Drop for OwnFile {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab() -> (tempfile::TempDir, Folder) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("start_here/src")).unwrap();
        fs::write(root.path().join("start_here/Cargo.toml"), "").unwrap();
        fs::write(root.path().join("start_here/src/server.rs"), "one").unwrap();
        let folder = Folder::find(root.path()).unwrap();
        (root, folder)
    }

    /// Starts to watch; what is told can be waited for.
    fn watch(folder: &Folder, poll: bool) -> (Watching, Receiver<Notice>) {
        let (sender, notices) = mpsc::channel();
        let tell = move |notice| sender.send(notice).unwrap_or_default();
        let known = Fingerprint::of(folder);
        let watching = Watching::start(folder, known, poll, tell).unwrap();
        (watching, notices)
    }

    /// Waits for the state that the files are in now; those on the way there are passed over.
    #[track_caller]
    fn expect(folder: &Folder, notices: &Receiver<Notice>) {
        let now = Fingerprint::of(folder);
        loop {
            let notice = notices.recv_timeout(Duration::from_secs(60)).unwrap();
            if notice == Notice::Changed(now) {
                return;
            }
            assert!(matches!(notice, Notice::Changed(_)), "{notice:?}");
        }
    }

    /// Saves as editors do.
    fn saves(folder: &Folder) -> Vec<Box<dyn Fn() + '_>> {
        let server = folder.file("start_here/src/server.rs");
        let beside = folder.file("start_here/src/server.rs~");
        let (a, b, c, d) = (server.clone(), server.clone(), server.clone(), server);
        vec![
            Box::new(move || fs::write(&a, "written in place").unwrap()),
            Box::new(move || {
                fs::write(&beside, "beside and renamed").unwrap();
                fs::rename(&beside, &b).unwrap();
            }),
            Box::new(move || {
                fs::remove_file(&c).unwrap();
                fs::write(&c, "deleted and created").unwrap();
            }),
            Box::new(move || {
                let file = fs::File::options().write(true).open(&d).unwrap();
                file.set_modified(std::time::SystemTime::now() + Duration::from_secs(5))
                    .unwrap();
            }),
            Box::new(move || {
                fs::create_dir_all(folder.file("start_here/src/deep/er")).unwrap();
                fs::write(folder.file("start_here/src/deep/er/new.rs"), "new").unwrap();
            }),
        ]
    }

    #[test]
    fn every_way_of_saving_is_noticed_and_reading_is_not() {
        for poll in [false, true] {
            let (_root, folder) = lab();
            let (watching, notices) = watch(&folder, poll);
            if poll {
                let first = notices.recv_timeout(Duration::from_secs(60)).unwrap();
                assert_eq!(first, Notice::Polling(Polling::Asked));
            }
            for save in saves(&folder) {
                save();
                expect(&folder, &notices);
            }
            drop(watching);
            assert!(notices.try_recv().is_err());
        }
    }

    #[test]
    fn the_self_test_leaves_nothing_behind() {
        let (root, folder) = lab();
        assert_eq!(self_test(&folder), Ok(()));
        let (watching, notices) = watch(&folder, false);
        fs::write(folder.file("start_here/src/server.rs"), "two").unwrap();
        expect(&folder, &notices);
        drop(watching);
        let left = fs::read_dir(root.path().join("start_here")).unwrap();
        assert_eq!(left.count(), 2);
    }

    #[test]
    fn a_folder_that_is_gone_is_looked_at_and_not_watched() {
        let (root, folder) = lab();
        fs::remove_dir_all(root.path().join("start_here")).unwrap();
        assert!(matches!(self_test(&folder), Err(Polling::Refused(_))));
        let (_watching, notices) = watch(&folder, false);
        let first = notices.recv_timeout(Duration::from_secs(60)).unwrap();
        assert!(matches!(first, Notice::Polling(Polling::Refused(_))));
        // It comes back, as when another branch is checked out.
        fs::create_dir_all(root.path().join("start_here/src")).unwrap();
        fs::write(root.path().join("start_here/src/server.rs"), "back").unwrap();
        expect(&folder, &notices);
    }
}
