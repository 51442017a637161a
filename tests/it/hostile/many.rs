//! Features by the hundred thousand.

use super::*;

/// A file of so many features, each at a place of its own, and the features.
fn features(count: i32, folder: &std::path::Path) -> (String, Features) {
    let place = |n: i32| {
        format!(
            r#"{{"location":{{"latitude":{},"longitude":{}}},"name":"Place {n}"}}"#,
            n * 7_000,
            -n * 3_000
        )
    };
    let places: Vec<String> = (0..count).map(place).collect();
    let file = folder.join("many.json");
    std::fs::write(&file, format!("[{}]", places.join(","))).unwrap();
    let features = Features::from_file(&file).unwrap();
    (file.to_str().unwrap().to_string(), features)
}

#[test]
fn features_of_a_right_server() {
    let folder = tempfile::tempdir().unwrap();
    let (file, features) = features(200_000, folder.path());
    let server = host(LOOPBACK, features);
    check(server.addr, &["--db", &file, "--timeout", PATIENT]).exits(0);
}

#[test]
fn features_of_a_server_that_sends_all() {
    let folder = tempfile::tempdir().unwrap();
    let (file, features) = features(100_000, folder.path());
    let all: Vec<Feature> = features.iter().cloned().collect();
    let addr = Guide::lists(move |_| Ok(all.clone())).serve();
    // To send so much takes longer than the time-out of the other checks.
    let words = ["list-features", "--db", &file, "--timeout", "20"];
    found_in(addr, &words, "no-filter", "");
}
