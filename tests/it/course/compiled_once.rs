//! What the lab's build has compiled of others' crates, a learner's own commands do not compile again, on any system:
//! cargo compiles a crate again where it is selected with other features.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use testkit::{checkout, run};

/// The systems of a classroom. Cargo answers for each of them on any.
const SYSTEMS: [&str; 4] = [
    "x86_64-unknown-linux-gnu",
    "x86_64-pc-windows-msvc",
    "aarch64-apple-darwin",
    "x86_64-apple-darwin",
];

/// The features of each crate from a registry that a selection of packages compiles for a system, once for programs and
/// once for build scripts.
fn features(system: &str, selection: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["tree", "--locked", "--edges", "normal,build"])
        .args([
            "--prefix", "none", "--format", "{p}|{f}|", "--target", system,
        ])
        .args(selection)
        .current_dir(checkout());
    let tree = run(&mut cargo).exits(0).stdout;
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in tree.lines() {
        let mut parts = line.split('|');
        let (Some(package), Some(features)) = (parts.next(), parts.next()) else {
            continue;
        };
        // Those of the workspace come with their folder.
        if !package.contains('(') || package.ends_with("(proc-macro)") {
            let features = features.to_string();
            found.entry(package.into()).or_default().insert(features);
        }
    }
    assert!(found.len() > 50, "{tree}");
    found
}

#[test]
fn a_learners_own_commands_compile_no_crate_of_others_again() {
    for system in SYSTEMS {
        let lab = features(system, &[]);
        for selection in [
            &["-p", "start_here"][..],
            &["-p", "completed"],
            &["-p", "routeguide-lab", "-p", "start_here"],
        ] {
            for (package, own) in features(system, selection) {
                let known = lab.get(&package);
                assert!(
                    known.is_some_and(|known| own.is_subset(known)),
                    "{system}, {selection:?}: {package} with {own:?}, but in the lab {known:?}"
                );
            }
        }
    }
}
