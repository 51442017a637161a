//! Whether the crates that the course needs are on this machine, or can be downloaded.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::tiny;
use super::tools::{self, Answer};
use super::{CheckId, Finding};
use crate::learner::scaffold;

/// The id of the finding.
const CHECK: CheckId = CheckId::Crates;
/// How long cargo may take to list the crates on this machine, and to reach the registry.
const HERE_PATIENCE: Duration = Duration::from_secs(60);
const REGISTRY_PATIENCE: Duration = Duration::from_secs(30);

/// A small crate of the course that has no dependencies.
const DEPENDENCIES: &str = "\n[dependencies]\nbytes = \"1\"\n";

/// What cargo answered.
#[derive(Debug)]
pub struct Facts {
    /// Whether `routeguide-lab init` made the workspace.
    is_made: bool,
    /// Whether all crates of this workspace are on this machine; none outside a lab folder.
    here: Option<Answer>,
    /// Whether the registry can be reached; none if that does not matter, or could not be tried.
    registry: Option<Result<Answer, String>>,
}

/// Asks cargo for all crates that a build needs, without the network. If some are missing, asks for one crate
/// with the network, as cargo is configured here: the registry may be a mirror.
pub async fn gather(place: &Path, is_lab: bool) -> Facts {
    let here = match is_lab {
        true => Some(all_here(place).await),
        false => None,
    };
    let registry = match &here {
        Some(Answer::Ended { success: true, .. } | Answer::NotFound | Answer::TimedOut(_)) => None,
        _ => Some(reach(place).await.map_err(|error| error.to_string())),
    };
    let is_made = is_lab && scaffold::is_made(place);
    Facts {
        is_made,
        here,
        registry,
    }
}

/// `cargo tree` needs only the crates that are built on this system; `cargo fetch` would also need those of the
/// tests and of all other systems.
async fn all_here(place: &Path) -> Answer {
    let arguments =
        "tree --locked --offline --workspace --edges normal,build --prefix none --quiet";
    tools::ask(
        &tools::named("CARGO", "cargo"),
        arguments.split(' '),
        // Cargo would write what it caches about rustc to the learner's folder.
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
        // One attempt is enough.
        ("CARGO_NET_RETRY", "0".into()),
        ("CARGO_HTTP_TIMEOUT", "15".into()),
    ];
    let cargo = tools::named("CARGO", "cargo");
    Ok(tools::ask(&cargo, arguments, environment, place, REGISTRY_PATIENCE).await)
}

/// One finding. There are no facts if cargo or rustc does not work.
pub fn judge(facts: Option<&Facts>) -> Finding {
    let Some(facts) = facts else {
        return Finding::warning(
            CHECK,
            "The crates were not checked, because cargo or rustc does not work.",
        );
    };
    match &facts.here {
        Some(Answer::Ended { success: true, .. }) => Finding::ok(
            CHECK,
            "All crates that the course needs are on this machine; no network is needed.",
        ),
        Some(Answer::TimedOut(words)) => Finding::error(
            CHECK,
            format!(
                "Cargo did not list the crates on this machine within {} seconds.",
                HERE_PATIENCE.as_secs()
            ),
        )
        .quote(tools::excerpt(words))
        .fix(
            "If another cargo is downloading crates, wait until it is done, then run doctor again.",
        ),
        Some(Answer::Ended { stderr, .. }) if !is_about_missing_crates(stderr) => {
            let words = tools::excerpt(stderr);
            if stderr.contains("--locked") {
                Finding::warning(
                    CHECK,
                    "Cargo.lock does not match the Cargo.toml files: the next build changes it, and may need crates \
                     that are not part of the course.",
                )
                .quote(words)
                .fix(match facts.is_made {
                    true => "If you added a crate on purpose, this is fine. Otherwise, remove it from start_here/Cargo.toml; \
                             `routeguide-lab init` restores Cargo.lock.",
                    false => "If you added a crate on purpose, this is fine. Otherwise, run `git checkout -- Cargo.lock \
                              start_here/Cargo.toml`.",
                })
            } else {
                Finding::error(CHECK, "Cargo rejects the workspace of the course.")
                    .quote(words)
                    .fix(match facts.is_made {
                        true => "Fix what cargo reports. `routeguide-lab init` restores every file outside start_here.",
                        false => "Fix what cargo reports, or restore the file with git.",
                    })
            }
        }
        here => judge_registry(here.as_ref(), facts.registry.as_ref()),
    }
}

/// The finding if crates have to come from the registry. `here` is cargo's answer about the crates on this
/// machine, if this is a lab folder.
fn judge_registry(here: Option<&Answer>, registry: Option<&Result<Answer, String>>) -> Finding {
    let is_lab = here.is_some();
    let start = if is_lab {
        "Not all crates that the course needs are on this machine"
    } else {
        "The course needs crates from the registry"
    };
    let words = match registry {
        Some(Ok(Answer::Ended { success: true, .. })) => {
            return match is_lab {
                true => Finding::ok(
                    CHECK,
                    format!(
                        "{start} yet, but the registry can be reached: the next build downloads them."
                    ),
                )
                .fix(
                    "To work offline later, run `cargo fetch --locked` now.",
                ),
                false => Finding::ok(CHECK, format!("{start}, which can be reached.")),
            };
        }
        Some(Ok(Answer::Ended { stderr, .. })) => tools::excerpt(stderr),
        Some(Ok(Answer::TimedOut(stderr))) => format!(
            "no answer within {} seconds\n{}",
            REGISTRY_PATIENCE.as_secs(),
            tools::excerpt(stderr)
        ),
        Some(Ok(Answer::NotStarted(words)) | Err(words)) => words.clone(),
        Some(Ok(Answer::NotFound)) | None => String::new(),
    };
    if is_about_missing_crates(&words) {
        let message = format!("{start}, and cargo is set to work offline.");
        // Quote the crate that is missing, not the one that was requested to reach the registry.
        let words = match here {
            Some(Answer::Ended { stderr, .. }) => tools::excerpt(stderr),
            _ => words,
        };
        return registry_finding(is_lab, message).quote(words).fix(
            "Unset the variable CARGO_NET_OFFLINE, or remove the line `offline` from cargo's config.toml. Then run \
             `cargo fetch --locked` once in the course folder.",
        );
    }
    let message = format!("{start}, and cargo cannot reach the registry.");
    registry_finding(is_lab, message).quote(words).fix(
        "Connect to the network and run `cargo fetch --locked` once in the course folder: after that, no network \
         is needed. Behind a proxy, first set the variable HTTPS_PROXY to http://HOST:PORT.",
    )
}

fn registry_finding(is_lab: bool, message: String) -> Finding {
    match is_lab {
        true => Finding::error(CHECK, message),
        // Outside a lab folder it is not known which crates are missing.
        false => Finding::warning(CHECK, message),
    }
}

/// Whether cargo reports that it would have to download a crate.
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
        let slow = judged(missing(), Some(Answer::TimedOut(String::new())));
        assert!(slow.quoted.unwrap().starts_with("no answer within"));

        let other =
            "error: no matching package\nAs a reminder, you're using offline mode (--offline)";
        let offline = judged(missing(), Some(ended(false, "", other)));
        assert!(
            offline
                .quoted
                .as_deref()
                .unwrap()
                .contains("download `bytes v1.12.2`")
        );
        assert!(offline.fix.unwrap().contains("CARGO_NET_OFFLINE"));
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
