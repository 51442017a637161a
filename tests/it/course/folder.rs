//! The templates of a course folder's workspace: they say what the lab's own workspace says, for the two tracks alone.
//! `SNAPSHOTS=overwrite cargo test --test it course::folder` writes them anew.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use snapbox::{Data, assert_data_eq, file};
use testkit::checkout;
use testkit::{copy, files, run};
use toml_edit::{Array, DocumentMut, Item, Table, value};

/// The two tracks, which are the members of the folder's workspace.
const TRACKS: [&str; 2] = ["completed", "start_here"];

/// What the manifest of a course folder says first.
const HEADER: &str = "# The workspace of the course. `routeguide-lab init` writes this file anew when it upgrades the\n\
                      # folder. Dependencies of your own belong in start_here/Cargo.toml.\n";

/// The manifest of a course folder, made from the lab's own.
fn manifest() -> String {
    let labs = fs::read_to_string(checkout().join("Cargo.toml")).unwrap();
    let mut manifest: DocumentMut = labs.parse().unwrap();
    let version = manifest["package"]["version"].clone();
    manifest.retain(|table, _| ["workspace", "profile"].contains(&table));
    without_comments(&mut manifest);

    // What is set for the lab's own crates, and for its tests, is no matter of the folder's.
    let profiles = manifest["profile"].as_table_mut().unwrap();
    profiles.remove("test");
    let packages = profiles["dev"]["package"].as_table_mut().unwrap();
    packages.retain(|package, _| package == "*");

    let workspace = manifest["workspace"].as_table_mut().unwrap();
    workspace.remove("default-members");
    let needed = inherited();
    let dependencies = workspace["dependencies"].as_table_mut().unwrap();
    dependencies.retain(|name, _| needed.contains(name));
    workspace["members"] = value(Array::from_iter(TRACKS));
    let mut listed = Array::new();
    for folder in ["completed", "proto"] {
        for (path, _) in files(&checkout().join(folder)) {
            listed.push_formatted(format!("{folder}/{path}").into());
        }
    }
    for path in listed.iter_mut() {
        path.decor_mut().set_prefix("\n  ");
    }
    listed.set_trailing("\n");
    listed.set_trailing_comma(true);
    let mut about = Table::new();
    about["version"] = version;
    about["files"] = value(listed);
    let mut metadata = Table::new();
    metadata.set_implicit(true);
    metadata["routeguide-lab"] = Item::Table(about);
    workspace["metadata"] = Item::Table(metadata);
    format!("{HEADER}{manifest}")
}

/// The crates of which the tracks have the version from their workspace.
fn inherited() -> BTreeSet<String> {
    let track = fs::read_to_string(checkout().join("completed/Cargo.toml")).unwrap();
    let track: DocumentMut = track.parse().unwrap();
    let targets = track["target"].as_table_like().unwrap().iter();
    let of_targets = targets.filter_map(|(_, target)| target.get("dependencies"));
    let tables = track.iter().map(|(_, table)| table).chain(of_targets);
    tables
        .filter_map(|table| table.as_table_like())
        .flat_map(|table| table.iter())
        .filter(|(_, value)| value.get("workspace").is_some())
        .map(|(name, _)| name.to_string())
        .collect()
}

/// The comments are about the lab.
fn without_comments(table: &mut Table) {
    for (mut key, item) in table.iter_mut() {
        key.leaf_decor_mut().clear();
        if let Some(inner) = item.as_table_mut() {
            inner.decor_mut().set_prefix("\n");
            without_comments(inner);
        } else if let Some(value) = item.as_value_mut() {
            value.decor_mut().clear();
        }
    }
}

/// Compares without patterns: `[…]` is TOML here.
#[track_caller]
fn is_fresh(expected: String, template: Data) {
    assert_data_eq!(expected, template.raw());
}

#[test]
fn the_manifest_is_fresh() {
    let template = file!["../../../src/course/template/Cargo.toml"];
    is_fresh(manifest(), template);
}

/// As cargo itself cuts the lab's lock file down.
#[test]
fn the_lock_file_is_fresh() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to) in [
        ("completed", "completed"),
        ("completed", "start_here"),
        ("proto", "proto"),
        ("Cargo.lock", "Cargo.lock"),
    ] {
        copy(&checkout().join(from), &folder.path().join(to));
    }
    // Somebody may be learning in this checkout, so start_here is made of the finished crate.
    let package = folder.path().join("start_here/Cargo.toml");
    let finished = fs::read_to_string(&package).unwrap();
    fs::write(
        &package,
        finished.replace("\"completed\"", "\"start_here\""),
    )
    .unwrap();
    fs::write(folder.path().join("Cargo.toml"), manifest()).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["update", "--workspace", "--offline"])
        .current_dir(folder.path());
    run(&mut cargo).exits(0);
    let lock = fs::read_to_string(folder.path().join("Cargo.lock")).unwrap();
    let template = file!["../../../src/course/template/Cargo.lock"];
    is_fresh(lock.replace("\r\n", "\n"), template);
}
