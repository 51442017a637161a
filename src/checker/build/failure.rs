//! What is said of a build that failed: the cause and what to do, the line to change, and the words of rustc or cargo.

use std::time::Duration;

use crate::checker::{TrackCode, sources};
use crate::compiler::{self, Cause, Sources};
use crate::course::Track;
use crate::learner::{Folder, scaffold};
use crate::process::cargo::{self, CompilerMessage};
use crate::process::crates::{self, Missing};
use crate::process::files::forbids_programs;
use crate::verdict::{Diagnosis, Excerpt};

/// What is said of code that rustc refuses.
pub fn rejected(errors: &[CompilerMessage], code: &TrackCode, after: Duration) -> Diagnosis {
    if let Some(diagnosis) = errors.iter().find_map(|error| in_use(error.rendered())) {
        return diagnosis;
    }
    // rustc does not find crates of which it cannot run a part.
    if let Some(diagnosis) = not_executable(&code.folder) {
        return match errors.first() {
            Some(error) => diagnosis.quoting_compiler(error.rendered().to_string()),
            None => diagnosis,
        };
    }
    let sources = sources::read(code);
    let refusal = compiler::refusal(errors, &sources);
    let message = match &refusal.cause {
        Some(cause) => sentences(cause),
        None => format!(
            "{} does not compile yet: {} error{} after {:.1} s. The compiler says:",
            code.track.name(),
            errors.len(),
            if errors.len() == 1 { "" } else { "s" },
            after.as_secs_f64()
        ),
    };
    let rendered = |(_, error): (usize, &CompilerMessage)| error.rendered().to_string();
    let others = errors.iter().enumerate();
    let others = others.filter(|(index, _)| *index != refusal.error);
    let first = errors.get(refusal.error);
    let first = first.map_or(String::new(), |error| match refusal.cause {
        Some(_) => error.rendered_without_guesses(),
        None => error.rendered().to_string(),
    });
    let diagnosis = Diagnosis {
        location: refusal.location,
        ..Diagnosis::mistake("build-failed", message)
            .quoting_errors(first, others.map(rendered).collect())
    };
    let Some(cause) = refusal.cause else {
        return diagnosis;
    };
    with_way_back(with_excerpt(diagnosis, &sources), &cause, code)
}

/// What is said where cargo could not begin to compile the crate.
pub fn failed(words: String, code: &TrackCode) -> Diagnosis {
    if let Some(diagnosis) = in_use(&words) {
        return diagnosis;
    }
    if let Some(diagnosis) = not_executable(&code.folder) {
        return diagnosis.quoting_compiler(words);
    }
    let is_learners = code.track == Track::StartHere;
    let sources = sources::read(code);
    let cause = is_learners
        .then(|| compiler::failure(&words, &sources))
        .flatten();
    let Some(cause) = cause else {
        let message = format!("Cargo cannot build {}. It says:", code.track.name());
        let advice = crates::missing(&words).map(|missing| get_crates(missing, &code.folder));
        // Nothing shows that a line of the learner's is the cause.
        let diagnosis = Diagnosis::mistake("build-failed", message).quoting_compiler(words);
        return match advice {
            Some(advice) => diagnosis.hint(advice),
            None => diagnosis,
        }
        .elsewhere();
    };
    let diagnosis = Diagnosis {
        location: cause.location.clone(),
        ..Diagnosis::mistake("build-failed", sentences(&cause)).quoting_compiler(words)
    };
    with_way_back(with_excerpt(diagnosis, &sources), &cause, code)
}

/// What is said where cargo cannot replace a program because it runs. None if that is not why it failed.
fn in_use(words: &str) -> Option<Diagnosis> {
    let program = compiler::running_program(words)?;
    let message = format!(
        "Cargo cannot build {program} anew while it runs: Windows does not let it replace the file."
    );
    let hint = "Stop it with Ctrl-C in the other terminal, and check again.";
    let diagnosis = Diagnosis::mistake("build-failed", message).hint(hint);
    Some(diagnosis.quoting_compiler(words.to_string()).elsewhere())
}

/// What is said where no program can be run from the folder that cargo builds in.
fn not_executable(folder: &Folder) -> Option<Diagnosis> {
    let folders = cargo::target_folders(folder.root());
    let forbidding = folders.iter().find(|folder| forbids_programs(folder))?;
    let message = format!(
        "Cargo builds in {}, and no program can be run there: the file system is mounted with `noexec`. A build runs \
         programs, such as build scripts.",
        forbidding.display()
    );
    let hint = "Move the course to another file system, or set the variable CARGO_TARGET_DIR to a folder on one.";
    Some(
        Diagnosis::mistake("build-failed", message)
            .hint(hint)
            .elsewhere(),
    )
}

/// A cause and what to do about it.
fn sentences(cause: &Cause) -> String {
    match &cause.hint {
        Some(hint) => format!("{} {hint}", cause.message),
        None => cause.message.clone(),
    }
}

/// The diagnosis with the line to change, unless the compiler's text shows it.
fn with_excerpt(diagnosis: Diagnosis, sources: &Sources) -> Diagnosis {
    let excerpt = || {
        let location = diagnosis.location.clone()?;
        let shown = diagnosis.quoted.as_ref()?.words();
        if shown.contains(&location.to_string()) {
            return None;
        }
        let line = sources.file(&location.file)?.line(location.line)?;
        Some(Excerpt {
            column: line.chars().take_while(|c| c.is_whitespace()).count() + 1,
            source: line.to_string(),
            location,
        })
    };
    Diagnosis {
        excerpt: excerpt(),
        ..diagnosis
    }
}

/// The diagnosis with how to get a missing file back. There is no line to change then.
fn with_way_back(diagnosis: Diagnosis, cause: &Cause, code: &TrackCode) -> Diagnosis {
    let Some(file) = &cause.missing else {
        return match cause.at_no_line {
            true => diagnosis.elsewhere(),
            false => diagnosis,
        };
    };
    let root = code.folder.root();
    let way_back = scaffold::way_back(scaffold::is_made(root), file);
    Diagnosis {
        message: format!("{} {way_back} brings it back.", diagnosis.message),
        ..diagnosis.elsewhere()
    }
}

/// What to do where cargo does not get the crates it needs.
fn get_crates(missing: Missing, folder: &Folder) -> String {
    let vendor = format!("`{} init --vendor`", env!("CARGO_PKG_NAME"));
    match missing {
        Missing::NotInFolder => format!(
            "The crates in vendor/ are not those that Cargo.lock names. Where there is a network, run \
             {vendor} in this folder: it gets the right ones."
        ),
        // A clone of the lab needs more crates than the course, and has no use for a folder of them.
        Missing::OutOfReach if cargo::holds_the_lab(folder.root()) => {
            "Not all crates that the course needs are on this machine yet, and cargo does not reach the \
             place where it gets them. Where there is a network, run `cargo fetch` in this folder once; after \
             that, the course works without one."
                .to_string()
        }
        Missing::OutOfReach => format!(
            "Not all crates that the course needs are on this machine yet, and cargo does not reach the \
             place where it gets them. Where there is a network, run `cargo fetch` in this folder once, or \
             {vendor} to keep them in the folder; after that, the course works without one."
        ),
    }
}
