//! The interactive lab, driven through a terminal: every key, every way out, and what other labs of its kind
//! get wrong.

mod course;
mod early;
mod editors;
mod endings;
mod faults;
mod keys;
mod saves;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Lab, WRITTEN};

const SERVER: &str = "start_here/src/server.rs";
const PROTO: &str = "start_here/proto/route_guide.proto";

/// A learner who has come to a lesson, and has not begun it.
fn lab_at(name: &str, lesson: &str) -> Lab {
    let lab = Lab::new(name);
    let before = WRITTEN.iter().position(|id| *id == lesson).unwrap();
    if let Some(last) = before.checked_sub(1) {
        lab.solve_up_to(WRITTEN[last]);
        lab.note_passed_up_to(WRITTEN[last]);
    }
    lab
}

/// A program in the place of cargo that builds for ever, and writes its process id down. The real one would
/// keep all other tests from building.
fn endless_cargo(lab: &Lab) -> String {
    let script = "echo $$ > ids\n\
                  printf '    Building [=>   ] 1/9: tonic\\r' >&2\n\
                  exec sleep 1000";
    program(lab, "endless-cargo", script)
}

/// A shell script that can be started.
fn program(lab: &Lab, name: &str, script: &str) -> String {
    let path = lab.path(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_string_lossy().into_owned()
}
