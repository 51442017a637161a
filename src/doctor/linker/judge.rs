//! What there is to say about the linker.

use super::{BUILD_PATIENCE, Facts, RUN_PATIENCE, Ran, Tried};
use crate::doctor::tools::{self, Answer};
use crate::doctor::{Finding, System};

/// The id of the finding.
const CHECK: &str = "linker";

/// One finding. There are no facts if there is no cargo or no rustc to try it with.
pub fn judge(facts: Option<&Facts>, system: System) -> Finding {
    let Some(facts) = facts else {
        return Finding::warning(
            CHECK,
            "The linker was not tried, because that takes cargo and rustc.",
        );
    };
    let told = match facts.variables.as_slice() {
        [] => None,
        [one] => Some(format!(
            "The variable {one} changes how programs are linked here"
        )),
        more => Some(format!(
            "The variables {} change how programs are linked here",
            more.join(", ")
        )),
    };
    let advice = match &told {
        Some(told) => format!("{told}: try without. Otherwise: {}", install(system)),
        None => install(system).to_string(),
    };
    match &facts.tried {
        Tried::NoFolder(words) => Finding::error(
            CHECK,
            format!("The linker was not tried, because no temporary folder can be made: {words}."),
        )
        .fix("Make room on the disk, or let TMPDIR (TEMP on Windows) name a folder that you may write."),
        Tried::NotMade(Answer::Missing) => {
            Finding::error(CHECK, "The linker was not tried, because cargo is gone.")
        }
        Tried::NotMade(Answer::NotStarted(words)) => Finding::error(
            CHECK,
            format!("The linker was not tried, because cargo cannot be started: {words}."),
        ),
        Tried::NotMade(Answer::Late(words)) => Finding::error(
            CHECK,
            format!(
                "A tiny program was not compiled and linked within {} seconds.",
                BUILD_PATIENCE.as_secs()
            ),
        )
        .quote(tools::telling(words))
        .fix("If another cargo is at work, wait for it. If a virus scanner is, let it leave out cargo's folders."),
        Tried::NotMade(Answer::Ended { stderr, .. }) => {
            let words = tools::telling(stderr);
            if is_about_linking(&words) {
                Finding::error(CHECK, "A tiny program compiles, but cannot be linked.")
                    .quote(words)
                    .fix(advice)
            } else {
                let finding = Finding::error(CHECK, "A tiny program cannot be compiled.").quote(words);
                match told {
                    Some(told) => finding.fix(format!("{told}: try without.")),
                    None => finding.fix(
                        "Read what cargo says above. A broken installation is mended by installing Rust \
                         once more from https://rustup.rs.",
                    ),
                }
            }
        }
        Tried::Made(Ran::Well) => Finding::ok(CHECK, "A tiny program was linked, and it runs."),
        Tried::Made(Ran::NotAllowed(folder)) => Finding::warning(
            CHECK,
            format!(
                "A tiny program was linked, but in {} the system lets no program run.",
                folder.parent().unwrap_or(folder).display()
            ),
        )
        .fix("The lab runs no program there, so nothing has to be done."),
        Tried::Made(Ran::NotStarted(words)) => Finding::error(
            CHECK,
            format!("A tiny program was linked, but cannot be started: {words}."),
        )
        .fix(advice),
        Tried::Made(Ran::Badly(how)) => Finding::error(
            CHECK,
            format!("A tiny program was linked, but does not run as it should: {how}."),
        )
        .fix(advice),
        Tried::Made(Ran::Late) => Finding::error(
            CHECK,
            format!(
                "A tiny program was linked, but had not ended within {} seconds.",
                RUN_PATIENCE.as_secs()
            ),
        )
        .fix("A virus scanner may hold new programs back: let it leave out the folder of the course."),
    }
}

/// Whether rustc's words are about the linker: `linker X not found`, `linking with X failed`,
/// `could not exec the linker X`.
fn is_about_linking(words: &str) -> bool {
    let first = words.lines().next().unwrap_or_default();
    first.contains("linker") || first.contains("linking with")
}

/// What brings a linker.
fn install(system: System) -> &'static str {
    match system {
        System::Linux => {
            "Install a C compiler, which brings the linker: `sudo apt install build-essential` on Debian and \
             Ubuntu, `sudo dnf install gcc` on Fedora, `sudo pacman -S base-devel` on Arch."
        }
        System::Mac => "Install Apple's command line tools: `xcode-select --install`.",
        System::Windows => {
            "Install the Visual Studio Build Tools with \"Desktop development with C++\" from \
             https://visualstudio.microsoft.com/visual-cpp-build-tools/."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;
    use crate::doctor::linker::changes_linking;
    use crate::doctor::toolchain::tests::ended;

    const NO_CC: &str = "   Compiling tiny v0.1.0 (/tmp/x)\nerror: linker `cc` not found\n  |\n  \
                         = note: No such file or directory (os error 2)\n";

    fn facts(tried: Tried) -> Facts {
        Facts {
            tried,
            variables: vec![],
        }
    }

    #[test]
    fn without_a_linker_its_system_is_told_what_to_install() {
        let facts = facts(Tried::NotMade(ended(false, "", NO_CC)));
        for (system, words) in [
            (System::Linux, "build-essential"),
            (System::Mac, "xcode-select --install"),
            (System::Windows, "Build Tools"),
        ] {
            let finding = judge(Some(&facts), system);
            assert_eq!(finding.severity, Severity::Error);
            assert!(
                finding
                    .quoted
                    .unwrap()
                    .starts_with("error: linker `cc` not found")
            );
            let advice = finding.fix.unwrap();
            assert!(advice.starts_with("Install") && advice.contains(words));
        }
    }

    #[test]
    fn variables_that_change_the_linker_are_named_first() {
        let mut facts = facts(Tried::NotMade(ended(false, "", NO_CC)));
        facts.variables = vec!["RUSTFLAGS".into()];
        let advice = judge(Some(&facts), System::Linux).fix.unwrap();
        assert!(
            advice.starts_with("The variable RUSTFLAGS changes"),
            "{advice}"
        );
        assert!(changes_linking(
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER"
        ));
        assert!(!changes_linking("CARGO_TARGET_DIR") && !changes_linking("PATH"));
    }

    #[test]
    fn what_is_not_the_linkers_fault_is_not_laid_on_it() {
        let late = Tried::NotMade(Answer::Late("    Blocking waiting for file lock".into()));
        for (tried, outcome, words) in [
            (Tried::Made(Ran::Well), Severity::Ok, "it runs"),
            (
                Tried::Made(Ran::NotAllowed("/tmp/x".into())),
                Severity::Warning,
                "in /tmp ",
            ),
            (
                Tried::Made(Ran::Badly("signal 9".into())),
                Severity::Error,
                "signal 9",
            ),
            (Tried::Made(Ran::Late), Severity::Error, "had not ended"),
            (Tried::NoFolder("full".into()), Severity::Error, "full"),
            (late, Severity::Error, "was not compiled and linked within"),
            (
                Tried::NotMade(ended(
                    false,
                    "",
                    "error: could not execute process `sccache`",
                )),
                Severity::Error,
                "cannot be compiled",
            ),
        ] {
            let finding = judge(Some(&facts(tried)), System::Linux);
            assert_eq!(finding.severity, outcome, "{}", finding.message);
            assert!(finding.message.contains(words), "{}", finding.message);
        }
        assert_eq!(judge(None, System::Linux).severity, Severity::Warning);
    }
}
