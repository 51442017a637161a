//! What the tests and the benchmarks of routeguide-lab share: a temporary copy of the course, the real binary run in
//! it, and servers and clients for it to check.
//!
//! The copies are at a few fixed places below `target/tmp`, so that cargo compiles their crates with what it knows of
//! the last copy there. They share some build folders, which hold the third-party crates as cargo has compiled them for
//! the checkout.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test cannot set up, it cannot test"
)]

mod build_folder;
pub mod client;
pub mod course;
mod folders;
pub mod frames;
pub mod guide;
pub mod outside;
mod place;
pub mod processes;
pub mod python;
pub mod reference;
pub mod runner;
pub mod schema;
#[cfg(unix)]
pub mod terminal;

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Condvar, LazyLock, Mutex, OnceLock};

pub use folders::copy;
use folders::{copy_anew, refresh, share};
use place::Place;

/// The files that hold places, as they are handed out. They are the same in every copy, so one in each test
/// program is made by the binary.
static HANDED_OUT: OnceLock<Vec<(&str, String)>> = OnceLock::new();

/// What a copy of the course has of the checkout.
const COPIED: [&str; 6] = [
    "Cargo.toml",
    "Cargo.lock",
    "build.rs",
    "proto",
    "completed",
    "lessons",
];

/// What cargo looks for in a workspace, and no test writes to.
const SHARED: [&str; 4] = ["src", "crates", "benches", "tests"];

/// A copy of the course.
pub struct Lab {
    root: PathBuf,
    build_folder: PathBuf,
    /// None for a folder that was made by other means.
    place: Option<(Place, String)>,
}

impl Drop for Lab {
    /// Lets others have the place, unless the test has failed: then there is something to look at.
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some((place, name)) = self.place.take()
        {
            eprintln!(
                "{name}: the copy of the course stays in {} until tests are run again",
                self.root.display()
            );
            std::mem::forget(place);
        }
    }
}

/// What a run of the binary gave.
#[derive(Debug)]
pub struct Run {
    /// The exit code.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Run {
    /// Asserts the exit code, and shows everything if it is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Run {
        assert_eq!(
            self.code,
            Some(code),
            "\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Asserts that standard output holds a text.
    #[track_caller]
    pub fn says(self, text: &str) -> Run {
        assert!(
            self.stdout.contains(text),
            "no {text:?} in\n{}",
            self.stdout
        );
        self
    }

    /// Asserts that standard error holds a text.
    #[track_caller]
    pub fn complains(self, text: &str) -> Run {
        assert!(
            self.stderr.contains(text),
            "no {text:?} in\n{}",
            self.stderr
        );
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}:\n{}", self.stdout))
    }
}

impl Lab {
    /// A fresh copy, with start_here as it is handed out. The name is for people: it is said where the test fails.
    pub fn new(name: &str) -> Lab {
        let place = Place::free(&[&COPIED[..], &SHARED].concat());
        let (checkout, root) = (checkout(), place.root());
        for part in COPIED {
            refresh(&checkout.join(part), &root.join(part));
        }
        for part in SHARED {
            share(&checkout.join(part), &root.join(part));
        }
        // start_here is not copied: somebody may be learning in this checkout. It is the finished
        // crate with its places put back.
        copy_anew(&checkout.join("completed"), &root.join("start_here"));
        copy_anew(&checkout.join("proto"), &root.join("start_here/proto"));
        let (build_folder, version) = (place.build_folder(), place.version());
        let lab = Lab {
            root,
            build_folder,
            place: Some((place, name.to_string())),
        };
        lab.edit("start_here/Cargo.toml", |text| {
            text.replace("\"completed\"", "\"start_here\"")
        });
        // `completed` is the same in all copies, and so compiled once; a test that changes it gives it another version.
        lab.set_version("start_here", &version);
        for (file, text) in HANDED_OUT.get_or_init(|| lab.put_back()) {
            lab.write(file, text);
        }
        lab
    }

    /// Puts all places back to their beginning, and returns what stands in their files then.
    fn put_back(&self) -> Vec<(&'static str, String)> {
        // The last lesson first: what it finds in a region that it takes up again is another one's solution.
        for lesson in course::LESSONS.iter().rev() {
            self.run(["reset", &lesson.id]).exits(0);
        }
        fs::remove_dir_all(self.path(".routeguide-lab")).unwrap();
        let files = course::files().into_iter();
        files.map(|file| (file, self.read(file))).collect()
    }

    /// Gives a track a version, by which cargo tells its crate from that of other copies.
    pub fn set_version(&self, track: &str, version: &str) {
        self.edit(&format!("{track}/Cargo.toml"), |text| {
            let line = text.lines().find(|line| line.starts_with("version = "));
            text.replace(line.unwrap(), &format!("version = \"{version}\""))
        });
    }

    /// A course folder that was made by other means.
    pub fn at(root: PathBuf) -> Lab {
        Lab {
            root,
            build_folder: build_folder::for_place(0),
            place: None,
        }
    }

    /// Where cargo keeps what it compiles here, the third-party crates among it. Other copies may have the same.
    pub fn build_folder(&self) -> &Path {
        &self.build_folder
    }

    /// A file of the copy.
    pub fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    /// The text of a file.
    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    /// Writes a file.
    pub fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
    }

    /// Changes a file; it must be another afterwards.
    #[track_caller]
    pub fn edit(&self, file: &str, change: impl FnOnce(String) -> String) {
        let old = self.read(file);
        let new = change(old.clone());
        assert_ne!(old, new, "the edit of {file} changes nothing");
        self.write(file, &new);
    }

    /// Writes the solution into a lesson's places.
    #[track_caller]
    pub fn solve(&self, lesson: &str) {
        let solution = &course::lesson(lesson).solution;
        assert!(!solution.is_empty(), "{lesson} asks for no code");
        for (file, region, code) in solution {
            self.write_place(file, region, code);
        }
    }

    /// Writes the solutions of all lessons up to one, and that one too.
    pub fn solve_up_to(&self, last: &str) {
        for lesson in course::written() {
            self.solve(lesson);
            if lesson == last {
                return;
            }
        }
    }

    /// Writes down that the lessons up to one have passed, and that one too.
    pub fn note_passed_up_to(&self, last: &str) {
        let until = course::lesson(last).number;
        let passed = course::LESSONS[..until]
            .iter()
            .map(|lesson| (lesson.id.clone(), serde_json::json!({"passed": true})));
        let passed: serde_json::Map<String, serde_json::Value> = passed.collect();
        let progress = serde_json::json!({"version": 1, "lessons": passed});
        fs::create_dir_all(self.path(".routeguide-lab")).unwrap();
        self.write(".routeguide-lab/progress.json", &progress.to_string());
    }

    /// What is recorded about a lesson.
    pub fn record(&self, lesson: &str) -> serde_json::Value {
        let path = self.path(".routeguide-lab/progress.json");
        let progress: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        progress["lessons"][lesson].clone()
    }

    /// Writes code into a region of a file.
    #[track_caller]
    pub fn write_place(&self, file: &str, region: &str, code: &str) {
        self.edit(file, |mut text| {
            let range = course::place(&text, region)
                .unwrap_or_else(|| panic!("{file}: no region {region}"));
            text.replace_range(range, code);
            text
        });
    }

    /// The command that runs the binary here.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .current_dir(&self.root)
            .envs(self.environment())
            // Set by the cargo that runs this test; a learner who runs the binary has it not.
            .env_remove("CARGO_MANIFEST_DIR")
            .env_remove("NO_COLOR")
            .env_remove("COLUMNS")
            // Nor what the runner has told the step in which these tests are run.
            .env_remove("GITHUB_WORKSPACE")
            .env_remove("GITHUB_STEP_SUMMARY")
            .stdin(Stdio::null());
        command
    }

    /// What cargo is told here: programs go into the copy's own target folder, everything else into a shared build
    /// folder, and nothing comes from the network.
    pub fn environment(&self) -> [(&'static str, PathBuf); 3] {
        [
            ("CARGO_TARGET_DIR", self.path("target")),
            ("CARGO_BUILD_BUILD_DIR", self.build_folder.clone()),
            ("CARGO_NET_OFFLINE", "true".into()),
        ]
    }

    /// Runs the binary here, to its end.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        run(&mut self.command(arguments))
    }
}

/// Where cargo keeps what it has compiled for this checkout.
pub fn target_folder() -> PathBuf {
    program().ancestors().nth(2).unwrap().to_path_buf()
}

/// The folder for what tests leave for their next run, such as copies of the course.
pub fn temporary_folder() -> PathBuf {
    target_folder().join("tmp")
}

/// The folder of the sources that the lab is built from.
pub fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
}

/// The program that is tested. Cargo builds it before the test programs, into the folder above theirs.
pub fn program() -> &'static Path {
    static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
        let this = std::env::current_exe().unwrap();
        let name = format!("routeguide-lab{}", std::env::consts::EXE_SUFFIX);
        let program = this.ancestors().nth(2).unwrap().join(name);
        assert!(program.is_file(), "{} is not there", program.display());
        program
    });
    &PROGRAM
}

/// Copies the program that is tested, by another process: a file that this one has open to write cannot be run as long
/// as a child of another test holds its copy of the descriptor.
#[cfg(unix)]
pub fn copy_program(to: &Path) {
    let copied = Command::new("cp").arg(program()).arg(to).status();
    assert!(copied.unwrap().success());
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Says on the terminal that a part of the test that runs is skipped, and why. What `println!` writes is shown of
/// failing tests only.
pub fn skipped(why: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    // Where there is no terminal any more, nobody can be told.
    writeln!(std::io::stderr(), "\n{test}: partly skipped: {why}").ok();
}

/// All files below a folder but git's own, with their texts.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with(".git") {
                open.push(path);
            } else if path.is_file() {
                let inside = path.strip_prefix(folder).unwrap().display().to_string();
                all.push((inside.replace('\\', "/"), fs::read(&path).unwrap()));
            }
        }
    }
    all.sort();
    all
}

/// Runs something for every entry, a few at a time: most of it waits for other programs. However many tests do this
/// at once, no more than eight entries are under way, since a program that gets no processor looks like one that
/// hangs.
pub fn parallel<T: Send>(entries: Vec<T>, run: impl Fn(T) + Sync) {
    static UNDER_WAY: Mutex<usize> = Mutex::new(0);
    static ONE_LESS: Condvar = Condvar::new();
    /// Counts an entry as done, also if it has failed.
    struct Done;
    impl Drop for Done {
        fn drop(&mut self) {
            *UNDER_WAY.lock().unwrap() -= 1;
            ONE_LESS.notify_one();
        }
    }
    side_by_side(6, entries, |entry| {
        let count = UNDER_WAY.lock().unwrap();
        *ONE_LESS.wait_while(count, |count| *count >= 8).unwrap() += 1;
        let _done = Done;
        run(entry);
    });
}

/// Runs something for every entry, so many at a time.
pub fn side_by_side<T: Send>(at_once: usize, entries: Vec<T>, run: impl Fn(T) + Sync) {
    let entries = std::sync::Mutex::new(entries.into_iter());
    let next = || entries.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(entry) = next() {
                    run(entry);
                }
            });
        }
    });
}
