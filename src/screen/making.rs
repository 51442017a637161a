//! What is said about a course folder that was made or upgraded.

use std::path::Path;

use crate::course::workspace;
use crate::learner::making::plan::Plan;

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
pub fn upgraded(
    root: &Path,
    from: &str,
    plan: &Plan,
    gone: &[&str],
    kept: Option<&Path>,
) -> String {
    let root = root.display();
    let to = workspace::VERSION;
    if plan.is_empty() && gone.is_empty() {
        return format!(
            "{root} is as routeguide-lab {to} makes it: there is nothing to upgrade.\n"
        );
    }
    let mut text = if from == to {
        format!("{root} is as routeguide-lab {to} makes it again:\n\n")
    } else {
        format!("{root} is upgraded from routeguide-lab {from} to {to}:\n\n")
    };
    for (what, files) in [
        ("changed", &plan.replaced),
        ("new", &plan.new),
        ("brought back", &plan.brought_back),
    ] {
        for made in files {
            text.push_str(&format!("  {what:<13} {}\n", made.path));
        }
    }
    for lesson in gone {
        text.push_str(&format!(
            "  {:<13} lessons/{lesson}, which has another number now\n",
            "removed"
        ));
    }
    let others = plan.same;
    text.push_str(&format!(
        "\n{others} other {} already. ",
        if others == 1 {
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
    if let Some(kept) = kept {
        text.push_str(&format!(
            "What was there is kept in {}; `{} undo` brings it back.\n",
            kept.display(),
            env!("CARGO_PKG_NAME")
        ));
    }
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
    use crate::learner::making::plan::{Found, upgrade};

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
        let plan = upgrade(files.clone(), |path| match path {
            "lessons/04-list-features/lesson.md" => Found::Other,
            "lessons/13-try-it-out/hints.md" | "start_here/build.rs" => Found::Nothing,
            _ => Found::Same,
        });
        let text = upgraded(
            Path::new("/c"),
            "0.0.9",
            &plan,
            &["04-try"],
            Some(Path::new("/c/kept")),
        );
        assert!(
            text.starts_with("/c is upgraded from routeguide-lab 0.0.9 to "),
            "{text}"
        );
        for line in [
            "  changed       lessons/04-list-features/lesson.md\n",
            "  new           lessons/13-try-it-out/hints.md\n",
            "  brought back  start_here/build.rs\n",
            "  removed       lessons/04-try, which has another number now\n",
            " other files were as they should be already. Of your own files, only those that were gone",
            "What was there is kept in /c/kept; `routeguide-lab undo` brings it back.\n",
        ] {
            assert!(text.contains(line), "{line:?} is not in\n{text}");
        }
        let nothing = upgrade(files, |_| Found::Same);
        let text = upgraded(Path::new("/c"), workspace::VERSION, &nothing, &[], None);
        assert!(text.ends_with("there is nothing to upgrade.\n"), "{text}");
    }
}
