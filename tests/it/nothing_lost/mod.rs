//! Nothing of a learner's is ever lost: the lab is killed, run several times at once, and kept from writing.

mod at_once;
mod killed;
mod snapshots;
mod solution;
mod undo;

use std::fs;
use std::path::{Path, PathBuf};

use testkit::Lab;

const PROTO: &str = "start_here/proto/route_guide.proto";
const BUILD: &str = "start_here/build.rs";
const LIB: &str = "start_here/src/lib.rs";
const SERVER: &str = "start_here/src/server.rs";
const NOTES: &str = ".routeguide-lab";

/// The folders of all snapshots that are complete, the newest last.
fn snapshots(lab: &Lab) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(lab.path(NOTES).join("snapshots")) else {
        return Vec::new();
    };
    let folders = entries.map(|entry| entry.unwrap().path());
    let is_temporary = |folder: &Path| folder.file_name().unwrap().as_encoded_bytes()[0] == b'.';
    let mut folders: Vec<PathBuf> = folders.filter(|folder| !is_temporary(folder)).collect();
    folders.sort();
    folders
}

/// What a snapshot says about itself.
fn manifest(snapshot: &Path) -> serde_json::Value {
    let text = fs::read(snapshot.join("snapshot.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// The progress of a lesson, from the file. Nothing if there is no file yet.
fn progress(lab: &Lab, lesson: &str) -> serde_json::Value {
    match fs::read(lab.path(NOTES).join("progress.json")) {
        Ok(text) => {
            let progress: serde_json::Value = serde_json::from_slice(&text).unwrap();
            assert_eq!(progress["version"], 1);
            progress["lessons"][lesson].clone()
        }
        Err(error) => {
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
            serde_json::Value::Null
        }
    }
}

/// The names in the folder for notes.
fn notes(lab: &Lab) -> Vec<String> {
    let entries = fs::read_dir(lab.path(NOTES)).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A lab in which generate-code, which has a place in two files, holds code of the learner's.
fn with_own_code(name: &str) -> Lab {
    let lab = Lab::new(name);
    lab.solve("define-messages");
    lab.write_place(
        BUILD,
        "generate-code",
        "    // mine, in build.rs\n    mine();\n",
    );
    lab.write_place(LIB, "generate-code", "// mine, in lib.rs\nmine!();\n");
    lab
}

fn both(lab: &Lab) -> [String; 2] {
    [BUILD, LIB].map(|file| lab.read(file))
}

/// The two files with the finished code in their places. They stay as they are.
fn finished(lab: &Lab) -> [String; 2] {
    let now = both(lab);
    lab.solve("generate-code");
    let finished = both(lab);
    lab.write(BUILD, &now[0]);
    lab.write(LIB, &now[1]);
    finished
}
