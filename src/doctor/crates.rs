//! Whether the crates that the course is built from can be had.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::Finding;
use super::tiny;
use super::tools::{self, Answer};
use crate::learner::making;

/// The id of the finding.
const CHECK: &str = "crates";
/// How long cargo may take to look at the crates that are here, and to reach the registry.
const HERE_PATIENCE: Duration = Duration::from_secs(60);
const REGISTRY_PATIENCE: Duration = Duration::from_secs(30);

/// One small crate of the course's, which itself needs none.
const DEPENDENCIES: &str = "\n[dependencies]\nbytes = \"1\"\n";

/// What cargo says.
#[derive(Debug)]
pub struct Facts {
    /// Whether a lab has made the workspace.
    is_made: bool,
    /// Whether all crates of this workspace are here; none where there is no lab.
    here: Option<Answer>,
    /// Whether the registry is reached; none if that does not matter, or could not be tried.
    registry: Option<Result<Answer, String>>,
}

/// Asks cargo for all that a build needs, without the network; and if it does not have that, for one
/// crate with the network, as it is configured here: the registry may be a mirror.
pub async fn look(place: &Path, is_lab: bool) -> Facts {
    let here = match is_lab {
        true => Some(all_here(place).await),
        false => None,
    };
    let registry = match &here {
        Some(Answer::Ended { success: true, .. } | Answer::Missing | Answer::Late(_)) => None,
        _ => Some(reach(place).await.map_err(|error| error.to_string())),
    };
    let is_made = is_lab && making::is_made(place);
    Facts {
        is_made,
        here,
        registry,
    }
}

/// `cargo tree` looks at the crates that are built here, on this system, and no others: `cargo fetch`
/// would ask for those of the tests and of all other systems, too.
async fn all_here(place: &Path) -> Answer {
    let words = "tree --locked --offline --workspace --edges normal,build --prefix none --quiet";
    tools::ask(
        &tools::named("CARGO", "cargo"),
        words.split(' '),
        // What cargo remembers about rustc would be written to the learner's folder.
        vec![("CARGO_CACHE_RUSTC_INFO", "0".into())],
        place,
        HERE_PATIENCE,
    )
    .await
}

async fn reach(place: &Path) -> io::Result<Answer> {
    let folder = tiny::package(DEPENDENCIES, "lib.rs", "")?;
    let manifest = folder.path().join("Cargo.toml");
    let arguments: [OsString; 3] = ["fetch".into(), "--manifest-path".into(), manifest.into()];
    let environment = vec![
        ("CARGO_TERM_COLOR", "never".into()),
        // Once is enough to know.
        ("CARGO_NET_RETRY", "0".into()),
        ("CARGO_HTTP_TIMEOUT", "15".into()),
    ];
    let cargo = tools::named("CARGO", "cargo");
    Ok(tools::ask(&cargo, arguments, environment, place, REGISTRY_PATIENCE).await)
}

/// One finding. There are no facts if there is no cargo or no rustc to ask.
pub fn judge(facts: Option<&Facts>) -> Finding {
    let Some(facts) = facts else {
        return Finding::warning(
            CHECK,
            "Whether crates can be had was not tried, because that takes cargo and rustc.",
        );
    };
    match &facts.here {
        Some(Answer::Ended { success: true, .. }) => Finding::ok(
            CHECK,
            "All crates that the course is built from are here; it takes no network.",
        ),
        Some(Answer::Late(words)) => Finding::error(
            CHECK,
            format!(
                "Cargo did not say within {} seconds which crates are here.",
                HERE_PATIENCE.as_secs()
            ),
        )
        .quote(tools::telling(words))
        .fix("If another cargo is downloading crates, wait until it is done, and try again."),
        Some(Answer::Ended { stderr, .. }) if !is_about_missing_crates(stderr) => {
            let words = tools::telling(stderr);
            if stderr.contains("--locked") {
                Finding::warning(
                    CHECK,
                    "Cargo.lock does not fit the Cargo.toml files any more: the next build changes it, and may \
                     need other crates than those of the course.",
                )
                .quote(words)
                .fix(match facts.is_made {
                    true => "If you added a crate on purpose, all is well. If not, take it out of start_here/Cargo.toml; \
                             `routeguide-lab init` brings Cargo.lock back.",
                    false => "If you added a crate on purpose, all is well. If not: `git checkout -- Cargo.lock \
                              start_here/Cargo.toml`.",
                })
            } else {
                Finding::error(CHECK, "Cargo does not accept the workspace of the course.")
                    .quote(words)
                    .fix(match facts.is_made {
                        true => "Mend what cargo names. `routeguide-lab init` brings back all files but those in start_here.",
                        false => "Mend what cargo names, or bring the file back with git.",
                    })
            }
        }
        here => judge_registry(here.as_ref(), facts.registry.as_ref()),
    }
}

/// What there is to say where crates have to come from the registry. `here` is what cargo says about those
/// that are here, if there is a lab.
fn judge_registry(here: Option<&Answer>, registry: Option<&Result<Answer, String>>) -> Finding {
    let is_lab = here.is_some();
    let start = if is_lab {
        "Not all crates that the course is built from are here"
    } else {
        "The course needs crates from the registry"
    };
    let words = match registry {
        Some(Ok(Answer::Ended { success: true, .. })) => {
            return match is_lab {
                true => Finding::ok(
                    CHECK,
                    format!(
                        "{start} yet, but the registry is reached: the next build downloads them."
                    ),
                )
                .fix(
                    "To do the course without the network later, type `cargo fetch --locked` now.",
                ),
                false => Finding::ok(CHECK, format!("{start}, and it is reached.")),
            };
        }
        Some(Ok(Answer::Ended { stderr, .. })) => tools::telling(stderr),
        Some(Ok(Answer::Late(stderr))) => format!(
            "no answer within {} seconds\n{}",
            REGISTRY_PATIENCE.as_secs(),
            tools::telling(stderr)
        ),
        Some(Ok(Answer::NotStarted(words)) | Err(words)) => words.clone(),
        Some(Ok(Answer::Missing)) | None => String::new(),
    };
    if is_about_missing_crates(&words) {
        let message = format!("{start}, and cargo is told to do without the network.");
        // Which one is not here counts, and not which one was asked for to reach the registry.
        let words = match here {
            Some(Answer::Ended { stderr, .. }) => tools::telling(stderr),
            _ => words,
        };
        return not_reached(is_lab, message).quote(words).fix(
            "Take the variable CARGO_NET_OFFLINE away, or the line `offline` from cargo's config.toml, and \
             type `cargo fetch --locked` once in the folder of the course.",
        );
    }
    let message = format!("{start}, and the registry is not reached.");
    not_reached(is_lab, message).quote(words).fix(
        "Connect to the network and type `cargo fetch --locked` once in the folder of the course: after that, \
         it does without. Behind a proxy, cargo must know it: set the variable HTTPS_PROXY to \
         http://HOST:PORT before.",
    )
}

fn not_reached(is_lab: bool, message: String) -> Finding {
    match is_lab {
        true => Finding::error(CHECK, message),
        // Where there is no course yet, everything may be here all the same.
        false => Finding::warning(CHECK, message),
    }
}

/// Whether cargo's words are that it would have to download something.
fn is_about_missing_crates(stderr: &str) -> bool {
    stderr.contains("--offline") || stderr.contains("offline mode")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;
    use crate::doctor::toolchain::tests::ended;

    const MISSING: &str = "error: failed to download `bytes v1.12.2`\n\nCaused by:\n  attempting to make an HTTP \
                           request, but --offline was specified\n";

    fn judged(here: Option<Answer>, registry: Option<Answer>) -> Finding {
        let registry = registry.map(Ok);
        judge(Some(&Facts {
            is_made: false,
            here,
            registry,
        }))
    }

    #[test]
    fn crates_that_are_here_need_no_registry() {
        let finding = judged(Some(ended(true, "bytes v1", "")), None);
        assert_eq!((finding.severity, finding.fix), (Severity::Ok, None));
    }

    #[test]
    fn crates_that_are_not_here_need_one() {
        let missing = || Some(ended(false, "", MISSING));
        let reached = judged(missing(), Some(ended(true, "", "")));
        assert_eq!(reached.severity, Severity::Ok);
        assert!(reached.fix.unwrap().contains("`cargo fetch --locked`"));

        let refused = "error: failed to get `bytes`\n\nCaused by:\n  [6] Could not resolve host\n";
        let gone = judged(missing(), Some(ended(false, "", refused)));
        assert_eq!(gone.severity, Severity::Error);
        assert!(gone.quoted.unwrap().contains("Could not resolve host"));
        let slow = judged(missing(), Some(Answer::Late(String::new())));
        assert!(slow.quoted.unwrap().starts_with("no answer within"));

        let other =
            "error: no matching package\nAs a reminder, you're using offline mode (--offline)";
        let told = judged(missing(), Some(ended(false, "", other)));
        assert!(
            told.quoted
                .as_deref()
                .unwrap()
                .contains("download `bytes v1.12.2`")
        );
        assert!(told.fix.unwrap().contains("CARGO_NET_OFFLINE"));
    }

    #[test]
    fn without_a_lab_only_the_registry_is_looked_at() {
        assert_eq!(
            judged(None, Some(ended(true, "", ""))).severity,
            Severity::Ok
        );
        let gone = judged(None, Some(ended(false, "", "error: no network")));
        assert_eq!(gone.severity, Severity::Warning);
    }

    #[test]
    fn what_cargo_has_against_the_workspace_is_told_by_itself() {
        let locked =
            "error: cannot update the lock file because --locked was passed to prevent this";
        let finding = judged(Some(ended(false, "", locked)), Some(ended(true, "", "")));
        assert_eq!(finding.severity, Severity::Warning);
        let broken = "error: failed to parse manifest at `/course/Cargo.toml`";
        let finding = judged(Some(ended(false, "", broken)), Some(ended(true, "", "")));
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(finding.quoted.as_deref(), Some(broken));
        assert_eq!(judge(None).severity, Severity::Warning);
        // Where a lab has made the folder, git need not have a commit.
        for words in [locked, broken] {
            let made = Facts {
                is_made: true,
                here: Some(ended(false, "", words)),
                registry: None,
            };
            let advice = judge(Some(&made)).fix.unwrap();
            assert!(
                advice.contains("`routeguide-lab init`") && !advice.contains("git"),
                "{advice}"
            );
        }
    }
}
