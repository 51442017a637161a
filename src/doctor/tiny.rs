//! A test package of one file in a temporary folder, to find out what cargo can do here.

use std::fs;
use std::io;

use tempfile::TempDir;

/// An old edition, so that an old rustc accepts it; and a workspace of its own, in case the temporary folder is
/// inside another.
const MANIFEST: &str =
    "[package]\nname = \"tiny\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[workspace]\n";

/// Creates a package with these lines at the end of its manifest, and this file in `src`. It is removed when the
/// value is dropped.
///
/// # Errors
///
/// If it cannot be written.
pub fn package(manifest: &str, file: &str, source: &str) -> io::Result<TempDir> {
    let folder = tempfile::Builder::new()
        .prefix("routeguide-lab-doctor-")
        .tempdir()?;
    fs::write(
        folder.path().join("Cargo.toml"),
        format!("{MANIFEST}{manifest}"),
    )?;
    fs::create_dir(folder.path().join("src"))?;
    fs::write(folder.path().join("src").join(file), source)?;
    Ok(folder)
}
