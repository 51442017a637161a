//! What a program does not get from the lab that starts it.
//!
//! A program under test is code that the lab does not trust: in a classroom or on a build machine, somebody else has
//! written it. It gets no variable with which it could command GitHub's runner or act in its name, no password, and,
//! where the system can do that, no access to the lab's open files and memory.

use std::ffi::{OsStr, OsString};

/// What a program is to the lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trust {
    /// A tool of the learner's, such as cargo. It may need a token, for a registry of crates or for its proxy.
    #[default]
    Tool,
    /// A program under test.
    Tested,
}

/// The beginnings of variables that GitHub's runner sets for the steps of a job: where to write commands, outputs and
/// summaries, and with which token to ask its services.
const RUNNERS: [&str; 3] = ["GITHUB_", "ACTIONS_", "RUNNER_"];

/// What is a part of the names of variables that hold secrets.
const SECRETS: [&str; 10] = [
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "CREDENTIAL",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
];

/// With this, a program can ask for signatures with the learner's keys.
const AGENT: &str = "SSH_AUTH_SOCK";

/// Whether a variable of the lab's environment is withheld from a program.
fn is_withheld(name: &str, trust: Trust) -> bool {
    // Windows takes no notice of case.
    let name = name.to_ascii_uppercase();
    let is_runners = RUNNERS.iter().any(|prefix| name.starts_with(prefix));
    let is_secret = || name == AGENT || SECRETS.iter().any(|part| name.contains(part));
    is_runners || (trust == Trust::Tested && is_secret())
}

/// The names of the variables in the lab's environment that a program does not inherit.
pub fn variables(trust: Trust) -> Vec<OsString> {
    let names = std::env::vars_os().map(|(name, _)| name);
    let is_withheld = |name: &OsStr| is_withheld(&name.to_string_lossy(), trust);
    names.filter(|name| is_withheld(name)).collect()
}

/// Closes the lab's open files and memory to other programs of the same user, so that none writes into its output as
/// if it were the lab. Only Linux opens them to begin with.
pub fn close_to_others() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // Where a sandbox forbids it, the environment is withheld all the same.
        set_dumpable_behavior(DumpableBehavior::NotDumpable).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_under_test_gets_no_secret_and_cargo_those_that_it_may_need() {
        for (name, from_tool, from_tested) in [
            ("GITHUB_ENV", true, true),
            ("GITHUB_TOKEN", true, true),
            ("github_output", true, true),
            ("ACTIONS_RUNTIME_TOKEN", true, true),
            ("RUNNER_TEMP", true, true),
            ("CARGO_REGISTRIES_SCHOOL_TOKEN", false, true),
            ("AWS_SECRET_ACCESS_KEY", false, true),
            ("PGPASSWORD", false, true),
            ("SSH_AUTH_SOCK", false, true),
            ("CARGO_HOME", false, false),
            ("PATH", false, false),
            ("HTTPS_PROXY", false, false),
            ("RUST_LOG", false, false),
            ("CI", false, false),
        ] {
            assert_eq!(is_withheld(name, Trust::Tool), from_tool, "{name}");
            assert_eq!(is_withheld(name, Trust::Tested), from_tested, "{name}");
        }
    }
}
