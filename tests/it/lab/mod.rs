//! The interactive lab, driven through a terminal: every key, every way out, and the faults of other labs.

mod course;
mod early;
mod editors;
mod endings;
mod faults;
mod keys;
mod plain;
mod saves;
mod server;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use testkit::Lab;
use testkit::course::written;

const SERVER: &str = "start_here/src/server.rs";
const PROTO: &str = "start_here/proto/route_guide.proto";

/// A learner who has passed all earlier lessons, and has not begun this one.
fn lab_at(name: &str, lesson: &str) -> Lab {
    let lab = Lab::new(name);
    let written = written();
    let before = written.iter().position(|id| *id == lesson).unwrap();
    if let Some(last) = before.checked_sub(1) {
        lab.solve_up_to(written[last]);
        lab.note_passed_up_to(written[last]);
    }
    lab
}

/// A program in place of cargo that builds for ever, and writes its process id to a file. The real cargo would
/// block the builds of all other tests.
fn endless_cargo(lab: &Lab) -> String {
    let script = "echo $$ > ids\n\
                  printf '    Building [=>   ] 1/9: tonic\\r' >&2\n\
                  exec sleep 1000";
    program(lab, "endless-cargo", script)
}

/// An executable shell script.
fn program(lab: &Lab, name: &str, script: &str) -> String {
    let path = lab.path(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_string_lossy().into_owned()
}
