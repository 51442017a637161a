//! Reading the learner's crate, for what its text says about a failed build.

use std::io;

use super::TrackCode;
use crate::compiler::Sources;
use crate::course::Track;
use crate::disk::regular;
use crate::learner::fingerprint;

/// The files of the learner's crate. What is not UTF-8 in a file is replaced, and one that may not be read
/// is empty: neither is missing. Of the finished track, none is needed: nothing in it is given.
pub fn read(code: &TrackCode) -> Sources {
    if code.track == Track::Completed {
        return Sources::default();
    }
    let root = code.folder.root();
    let files = fingerprint::files(&code.folder).filter_map(|file| {
        let inside = file.path.strip_prefix(root).ok()?;
        let path = inside.to_string_lossy().replace('\\', "/");
        let is_text = [".rs", ".toml", ".proto"]
            .iter()
            .any(|end| path.ends_with(end));
        match is_text.then(|| regular::read(&file.path))? {
            Ok(bytes) => Some((path, String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(_) => Some((path, String::new())),
        }
    });
    Sources::new(files)
}
