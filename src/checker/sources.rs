//! Reading the learner's crate, for what its text says about a failed build.

use super::TrackCode;
use crate::compiler::Sources;
use crate::course::Track;
use crate::disk::regular;
use crate::learner::fingerprint;

/// The files of the learner's crate. A file that cannot be read, or is no text, counts as missing. Of the finished
/// track, none is needed: nothing in it is given.
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
        let text = is_text.then(|| regular::read_to_string(&file.path).ok())??;
        Some((path, text))
    });
    Sources::new(files)
}
