//! Files that are handed to programs.

use std::io::{self, Write as _};

use tempfile::NamedTempFile;

/// A temporary JSON file with this text. It is gone when the value is.
///
/// # Errors
///
/// If it cannot be written.
pub fn temporary(name: &str, text: &str) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(name)
        .suffix(".json")
        .tempfile()?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    Ok(file)
}
