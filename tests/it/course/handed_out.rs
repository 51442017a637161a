//! `start_here/` in the repository is what the binary hands out.

use std::path::Path;

use testkit::{Lab, files};

#[test]
fn start_here_is_the_finished_track_with_its_places_open() {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    if checkout.join(".routeguide-lab").exists() {
        testkit::skipped("somebody is learning in this checkout: start_here is theirs");
        return;
    }
    let lab = Lab::new("handed-out");
    for (file, _) in files(&lab.path("start_here")) {
        // The copy has a version of its own there.
        if file == "Cargo.toml" {
            continue;
        }
        let file = format!("start_here/{file}");
        let committed = std::fs::read_to_string(checkout.join(&file)).unwrap();
        let handed_out = lab.read(&file);
        assert_eq!(
            committed.replace("\r\n", "\n"),
            handed_out.replace("\r\n", "\n"),
            "{file}: bring it back with `reset LESSON --whole-file`"
        );
    }
}
