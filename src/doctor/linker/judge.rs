//! The finding about the linker.

use super::{BUILD_PATIENCE, Facts, LinkTest, RUN_PATIENCE, RunResult};
use crate::doctor::tools::{self, Answer};
use crate::doctor::{CheckId, Finding, System};

/// The id of the finding.
const CHECK: CheckId = CheckId::Linker;

/// One finding. There are no facts if cargo or rustc does not work.
pub fn judge(facts: Option<&Facts>, system: System) -> Finding {
    let Some(facts) = facts else {
        return Finding::warning(
            CHECK,
            "The linker was not checked, because cargo or rustc does not work.",
        );
    };
    let unset = match facts.variables.as_slice() {
        [] => None,
        [one] => Some(format!(
            "The variable {one} changes how programs are linked. Unset it and run doctor again."
        )),
        more => Some(format!(
            "The variables {} change how programs are linked. Unset them and run doctor again.",
            more.join(", ")
        )),
    };
    let fix = match &unset {
        Some(unset) => format!("{unset} If that does not help: {}", install(system)),
        None => install(system).to_string(),
    };
    match &facts.test {
        LinkTest::NoFolder(words) => Finding::error(
            CHECK,
            format!("The linker was not checked, because no temporary folder could be created: {words}."),
        )
        .fix("Free some disk space, or set TMPDIR (TEMP on Windows) to a folder that you can write to."),
        LinkTest::NotBuilt(Answer::NotFound) => {
            Finding::error(CHECK, "The linker was not checked, because cargo was not found.")
        }
        LinkTest::NotBuilt(Answer::NotStarted(words)) => Finding::error(
            CHECK,
            format!("The linker was not checked, because cargo could not be started: {words}."),
        ),
        LinkTest::NotBuilt(Answer::TimedOut(words)) => Finding::error(
            CHECK,
            format!(
                "A test program was not compiled and linked within {} seconds.",
                BUILD_PATIENCE.as_secs()
            ),
        )
        .quote(tools::excerpt(words))
        .fix("If another cargo is running, wait until it is done. If a virus scanner is active, exclude cargo's folders."),
        LinkTest::NotBuilt(Answer::Ended { stderr, .. }) => {
            let words = tools::excerpt(stderr);
            if is_about_linking(&words) {
                Finding::error(CHECK, "A test program compiles, but cannot be linked.")
                    .quote(words)
                    .fix(fix)
            } else {
                let finding = Finding::error(CHECK, "A test program cannot be compiled.").quote(words);
                finding.fix(unset.unwrap_or_else(|| {
                    "Read what cargo reports above. To repair a broken installation, reinstall Rust from \
                     https://rustup.rs."
                        .to_string()
                }))
            }
        }
        LinkTest::Built(RunResult::Ok) => Finding::ok(CHECK, "A test program was linked and runs."),
        LinkTest::Built(RunResult::NotAllowed(folder)) => Finding::warning(
            CHECK,
            format!(
                "A test program was linked, but the system does not allow programs to run in {}.",
                folder.parent().unwrap_or(folder).display()
            ),
        )
        .fix("There is nothing to do: the lab runs no programs there."),
        LinkTest::Built(RunResult::NotStarted(words)) => Finding::error(
            CHECK,
            format!("A test program was linked, but could not be started: {words}."),
        )
        .fix(fix),
        LinkTest::Built(RunResult::Failed(how)) => Finding::error(
            CHECK,
            format!("A test program was linked, but failed when it ran: {how}."),
        )
        .fix(fix),
        LinkTest::Built(RunResult::TimedOut) => Finding::error(
            CHECK,
            format!(
                "A test program was linked, but did not end within {} seconds.",
                RUN_PATIENCE.as_secs()
            ),
        )
        .fix("A virus scanner may be holding up new programs: exclude the course folder."),
    }
}

/// Whether rustc's message is about the linker: `linker X not found`, `linking with X failed`,
/// `could not exec the linker X`.
fn is_about_linking(words: &str) -> bool {
    let first = words.lines().next().unwrap_or_default();
    first.contains("linker") || first.contains("linking with")
}

/// How to install a linker.
fn install(system: System) -> &'static str {
    match system {
        System::Linux => {
            "Install a C compiler, which includes the linker: `sudo apt install build-essential` on Debian and \
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

    fn facts(test: LinkTest) -> Facts {
        Facts {
            test,
            variables: vec![],
        }
    }

    #[test]
    fn without_a_linker_the_fix_is_to_install_one() {
        let facts = facts(LinkTest::NotBuilt(ended(false, "", NO_CC)));
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
        let mut facts = facts(LinkTest::NotBuilt(ended(false, "", NO_CC)));
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
    fn the_linker_is_not_blamed_for_other_failures() {
        let late = LinkTest::NotBuilt(Answer::TimedOut(
            "    Blocking waiting for file lock".into(),
        ));
        for (test, severity, words) in [
            (LinkTest::Built(RunResult::Ok), Severity::Ok, "and runs"),
            (
                LinkTest::Built(RunResult::NotAllowed("/tmp/x".into())),
                Severity::Warning,
                "in /tmp.",
            ),
            (
                LinkTest::Built(RunResult::Failed("signal 9".into())),
                Severity::Error,
                "signal 9",
            ),
            (
                LinkTest::Built(RunResult::TimedOut),
                Severity::Error,
                "did not end",
            ),
            (LinkTest::NoFolder("full".into()), Severity::Error, "full"),
            (late, Severity::Error, "was not compiled and linked within"),
            (
                LinkTest::NotBuilt(ended(
                    false,
                    "",
                    "error: could not execute process `sccache`",
                )),
                Severity::Error,
                "cannot be compiled",
            ),
        ] {
            let finding = judge(Some(&facts(test)), System::Linux);
            assert_eq!(finding.severity, severity, "{}", finding.message);
            assert!(finding.message.contains(words), "{}", finding.message);
        }
        assert_eq!(judge(None, System::Linux).severity, Severity::Warning);
    }
}
