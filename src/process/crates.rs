//! Whether cargo failed for want of crates, from its own words. Pure.

/// Why cargo did not get the crates that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// It has no network, or was told to use none, and not all of them are on this machine.
    OutOfReach,
    /// It was told to take them from a folder, and they are not all there.
    NotInFolder,
}

/// What cargo's error message says about crates that it could not get. A crate that does not exist is
/// another matter.
pub fn missing(words: &str) -> Option<Missing> {
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    let refused = says(&[
        "no matching package",
        "failed to select a version",
        "perhaps a crate was updated",
    ]);
    if says(&["directory source `"]) && refused {
        return Some(Missing::NotInFolder);
    }
    let offline = says(&["--offline", "offline mode"]);
    let no_answer = says(&[
        "failed to download",
        "download of ",
        "spurious network error",
        "unable to update registry",
        "failed to fetch ",
        "failed to query replaced source",
    ]);
    ((offline && refused) || no_answer || says(&["HTTP request, but --offline"]))
        .then_some(Missing::OutOfReach)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_network_and_no_crates_are_known_by_cargos_words() {
        for words in [
            // Offline, and nothing of the registry is known.
            "error: no matching package named `fastrand` found\nlocation searched: crates.io index\n\
             required by package `completed v0.1.0 (/c/completed)`\nAs a reminder, you're using offline \
             mode (--offline) which can sometimes cause surprising resolution failures",
            // Offline, and the registry is known, but the crate was never fetched.
            "error: failed to download `tonic v0.14.9`\n\nCaused by:\n  attempting to make an HTTP \
             request, but --offline was specified",
            // No network.
            "error: failed to get `async-stream` as a dependency of package `completed`\n\nCaused by:\n  \
             download of config.json failed\n\nCaused by:\n  failed to download from \
             `https://index.crates.io/config.json`\n\nCaused by:\n  [6] Couldn't resolve host name",
        ] {
            assert_eq!(missing(words), Some(Missing::OutOfReach), "{words}");
        }
        let vendored = "error: no matching package named `tonic` found\nlocation searched: directory \
                        source `/c/vendor` (which is replacing registry `crates-io`)";
        assert_eq!(missing(vendored), Some(Missing::NotInFolder));
    }

    #[test]
    fn what_is_wrong_in_a_manifest_is_another_matter() {
        for words in [
            "error: no matching package named `tokoi` found\nlocation searched: crates.io index",
            "error: failed to parse manifest at `/c/start_here/Cargo.toml`",
            "error: failed to run custom build command for `start_here v0.1.0`",
        ] {
            assert_eq!(missing(words), None, "{words}");
        }
    }
}
