//! What would make a verdict one about other code than what is in the files, or about no code at all.

mod builds;
mod cheats;
mod ending;
#[cfg(unix)]
mod links;
mod random;
#[cfg(unix)]
mod stopped;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use testkit::Lab;

/// The file that the tests change.
const SERVER: &str = "start_here/src/server.rs";

/// The lesson that is judged by it.
const LESSON: &str = "list-features";

/// A lab in which the lesson is done, and the contents of its file that are right and wrong.
struct Code {
    lab: Lab,
    right: String,
    wrong: String,
}

impl Code {
    fn new(name: &str) -> Code {
        let lab = Lab::new(name);
        lab.solve_up_to(LESSON);
        Code::of(lab)
    }

    fn of(lab: Lab) -> Code {
        let right = lab.read(SERVER);
        // As little as can be, so that it is compiled fast; and both contents have the same length.
        let wrong = right.replace(
            "latitudes = lo.latitude.min(hi.latitude)",
            "latitudes = lo.latitude.max(hi.latitude)",
        );
        assert!(right != wrong && right.len() == wrong.len());
        Code { lab, right, wrong }
    }

    fn text(&self, is_right: bool) -> &str {
        if is_right { &self.right } else { &self.wrong }
    }

    /// Checks the lesson, and asserts that the verdict and the record are about this content.
    #[track_caller]
    fn is_judged(&self, is_right: bool, when: &str) {
        let run = self.lab.run(["check", LESSON]);
        let said = format!("{when}\n{}\n{}", run.stdout, run.stderr);
        assert_eq!(run.code, Some(i32::from(!is_right)), "{said}");
        assert_eq!(self.lab.record(LESSON)["passed"], is_right, "{said}");
    }

    /// Builds as a learner does, in the same folder.
    fn builds(&self, arguments: &[&str]) {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo
            .args(arguments)
            .args(["-p", "start_here", "--quiet"])
            .current_dir(self.lab.path("."))
            .envs(self.lab.environment());
        // Code that is not right may not even compile.
        cargo.output().unwrap();
    }
}

/// The time of a file.
fn time(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

/// Sets the time of a file.
fn set_time(path: &Path, time: SystemTime) {
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(time).unwrap();
}

/// So long ago that every build is later.
fn long_ago() -> SystemTime {
    SystemTime::now() - Duration::from_secs(86_400)
}
