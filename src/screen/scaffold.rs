//! What is said about a course folder that was made or upgraded.

use std::path::Path;

use super::rewritten::dropped;
use crate::course::workspace;
use crate::learner::scaffold::upgrade::Upgraded;

/// After a folder was made. `named` is what the learner calls it.
pub fn made(root: &Path, named: &Path, repository: bool, program: &str) -> String {
    let mut text = format!("The course is in {}", root.display());
    if repository {
        text.push_str(", a new git repository without a commit");
    }
    text.push_str(".\n\n");
    let here = named == Path::new(".");
    let installed = program == env!("CARGO_PKG_NAME");
    if !installed {
        text.push_str("  cargo install --path .\n");
    }
    if !here {
        text.push_str(&format!("  cd {}\n", quoted(named)));
    }
    text.push_str(concat!("  ", env!("CARGO_PKG_NAME"), " next\n"));
    text
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    if path.contains(' ') {
        format!("\"{path}\"")
    } else {
        path
    }
}

/// After an upgrade: what was changed, and what was as it should be.
pub fn upgraded(root: &Path, done: &Upgraded, program: &str) -> String {
    let root = root.display();
    let (from, to) = (&done.from, workspace::VERSION);
    let mut text = if done.is_nothing() {
        format!("{root} is as routeguide-lab {to} makes it: there is nothing to upgrade.\n")
    } else if from == to {
        format!("{root} is as routeguide-lab {to} makes it again:\n\n")
    } else {
        format!("{root} is upgraded from routeguide-lab {from} to {to}:\n\n")
    };
    if !done.is_nothing() {
        text.push_str(&changed(done));
    }
    for lesson in &done.left {
        text.push_str(&format!(
            "lessons/{lesson} is still there, with something in it that is no file or has a name that is no text. \
             Move it elsewhere, and remove the folder: until then it passes for a lesson.\n"
        ));
    }
    for missing in &done.missing {
        text.push_str(&format!(
            "start_here/Cargo.toml is yours and lacks what the course needs now: add the line `{}` below \
             {}.\n",
            missing.line, missing.table
        ));
    }
    for lesson in &done.without_place {
        text.push_str(&format!(
            "Your files in start_here have no place for the lesson `{lesson}`: `{program} reset {lesson}` adds it, and \
             changes nothing else.\n"
        ));
    }
    if !done.lessons.is_empty() {
        text.push_str(&format!(
            "To be checked again: {program} check {}\n",
            done.lessons.join(" ")
        ));
    }
    if let Some(kept) = &done.kept {
        text.push_str(&format!(
            "What was there is kept in {}; `{program} undo` brings it back.\n",
            kept.display()
        ));
    }
    text.push_str(&dropped(&done.dropped_copies));
    text
}

/// What was changed, file by file.
fn changed(done: &Upgraded) -> String {
    let mut text = String::new();
    let plan = &done.plan;
    for (what, files) in [
        ("changed", &plan.replaced),
        ("new", &plan.new),
        ("brought back", &plan.brought_back),
    ] {
        for made in files {
            text.push_str(&format!("  {what:<13} {}\n", made.path));
        }
    }
    for lesson in &done.renumbered {
        text.push_str(&format!(
            "  {:<13} lessons/{lesson}, which has another number now\n",
            "removed"
        ));
    }
    for file in &done.dropped {
        text.push_str(&format!(
            "  {:<13} {file}, which is no part of the course any more\n",
            "removed"
        ));
    }
    text.push_str(&format!(
        "\n{} other {} already. ",
        plan.same,
        if plan.same == 1 {
            "file was as it should be"
        } else {
            "files were as they should be"
        }
    ));
    text.push_str(if plan.brought_back.is_empty() {
        "Your own files have not been touched.\n"
    } else {
        "Of your own files, only those that were gone have been written.\n"
    });
    text
}

/// After all crates were stored.
pub fn stored() -> String {
    "All crates are in vendor/, and .cargo/config.toml tells cargo so: from now on, the course needs no \
     network.\n"
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::dependencies::MissingDependency;
    use crate::learner::scaffold::plan::{FileState, tests::seen, upgrade};
    use crate::learner::snapshot::Purpose;

    #[test]
    fn a_folder_that_was_made_is_followed_by_what_to_type() {
        assert_eq!(
            made(
                Path::new("/my course"),
                Path::new("my course"),
                true,
                "routeguide-lab"
            ),
            "The course is in /my course, a new git repository without a commit.\n\n  \
             cd \"my course\"\n  routeguide-lab next\n"
        );
        assert_eq!(
            made(Path::new("/c"), Path::new("."), false, "cargo run --"),
            "The course is in /c.\n\n  cargo install --path .\n  routeguide-lab next\n"
        );
    }

    #[test]
    fn an_upgrade_names_each_file() {
        let files = workspace::all().unwrap();
        let plan = upgrade(seen(files.clone(), |path| match path {
            "lessons/04-list-features/lesson.md" => FileState::Other,
            "lessons/13-try-it-out/hints.md" | "start_here/build.rs" => FileState::Nothing,
            _ => FileState::Same,
        }));
        let strings = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let done = Upgraded {
            from: "0.0.9".to_string(),
            plan,
            renumbered: strings(&["04-try"]),
            left: strings(&["04-try"]),
            dropped: strings(&["proto/old.proto"]),
            without_place: strings(&["retry"]),
            missing: vec![MissingDependency {
                table: "[dependencies]".to_string(),
                line: "prost.workspace = true".to_string(),
            }],
            lessons: strings(&["generate-code"]),
            kept: Some("/c/kept".into()),
            dropped_copies: vec![Purpose::before("reset route-chat")],
        };
        let text = upgraded(Path::new("/c"), &done, "routeguide-lab");
        assert!(
            text.starts_with("/c is upgraded from routeguide-lab 0.0.9 to "),
            "{text}"
        );
        for line in [
            "  changed       lessons/04-list-features/lesson.md\n",
            "  new           lessons/13-try-it-out/hints.md\n",
            "  brought back  start_here/build.rs\n",
            "  removed       lessons/04-try, which has another number now\n",
            "  removed       proto/old.proto, which is no part of the course any more\n",
            " other files were as they should be already. Of your own files, only those that were gone",
            "\nlessons/04-try is still there, with something in it",
            "\nstart_here/Cargo.toml is yours and lacks what the course needs now: add the line \
             `prost.workspace = true` below [dependencies].\n",
            "\nYour files in start_here have no place for the lesson `retry`: `routeguide-lab reset retry` adds it, and \
             changes nothing else.\n",
            "\nTo be checked again: routeguide-lab check generate-code\n",
            "What was there is kept in /c/kept; `routeguide-lab undo` brings it back.\n",
            "The copy from before `reset route-chat` has been removed: the lab keeps 50 copies, of 64 MiB in all.\n",
        ] {
            assert!(text.contains(line), "{line:?} is not in\n{text}");
        }
        let nothing = Upgraded {
            from: workspace::VERSION.to_string(),
            plan: upgrade(seen(files, |_| FileState::Same)),
            ..Upgraded::default()
        };
        let text = upgraded(Path::new("/c"), &nothing, "routeguide-lab");
        assert!(text.ends_with("there is nothing to upgrade.\n"), "{text}");
    }
}
