//! `Cargo.lock`, cut down to what some of its packages need. Pure: from text to text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One of the lock file's packages.
struct Package<'a> {
    name: &'a str,
    version: &'a str,
    /// Its lines, from the name on, without those of the dependencies.
    lines: Vec<&'a str>,
    /// What it depends on: `name`, or `name version` where the file has several versions.
    dependencies: Vec<&'a str>,
}

/// Why a lock file cannot be cut.
#[derive(Debug, PartialEq, Eq)]
pub enum LockError {
    /// A package, or something that a package depends on, is not in the file.
    NoSuchPackage(String),
    /// A dependency that was to be left out is not there.
    NoSuchDependency(String),
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LockError::NoSuchPackage(name) => write!(f, "Cargo.lock has no package `{name}`"),
            LockError::NoSuchDependency(name) => {
                write!(f, "Cargo.lock has no dependency `{name}` to leave out")
            }
        }
    }
}

impl std::error::Error for LockError {}

/// The lock file of a workspace that holds only the packages `roots`, as cargo itself would write it.
///
/// The file does not tell which dependencies a package has only because of features that others switch
/// on. Those that the roots do not switch on are `without`: pairs of package and dependency, the latter
/// with its version where the file names one.
///
/// # Errors
///
/// [`LockError`] if a package or a dependency that is named is not in the file.
pub fn cut(lock: &str, roots: &[&str], without: &[(&str, &str)]) -> Result<String, LockError> {
    let (head, mut packages) = parse(lock);
    for (name, dependency) in without {
        let mut left_out = false;
        for package in packages.iter_mut().filter(|package| package.name == *name) {
            let before = package.dependencies.len();
            let is_it =
                |other: &str| other == *dependency || other.split(' ').next() == Some(*dependency);
            package.dependencies.retain(|other| !is_it(other));
            left_out |= package.dependencies.len() < before;
        }
        if !left_out {
            return Err(LockError::NoSuchDependency(format!(
                "{name} → {dependency}"
            )));
        }
    }

    let mut needed = BTreeSet::new();
    let mut open = roots.to_vec();
    while let Some(named) = open.pop() {
        let index = find(&packages, named)?;
        if needed.insert(index) {
            open.extend(&packages[index].dependencies);
        }
    }

    // Where only one version is left, cargo does not name it.
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    for index in &needed {
        *versions.entry(packages[*index].name).or_default() += 1;
    }
    let mut text = head.to_string();
    for index in &needed {
        let package = &packages[*index];
        text.push_str("\n[[package]]\n");
        for line in &package.lines {
            text.push_str(line);
            text.push('\n');
        }
        if !package.dependencies.is_empty() {
            text.push_str("dependencies = [\n");
            for dependency in &package.dependencies {
                let name = dependency.split(' ').next().unwrap_or(dependency);
                let only_one = versions.get(name) == Some(&1);
                let shown = if only_one { name } else { dependency };
                text.push_str(&format!(" \"{shown}\",\n"));
            }
            text.push_str("]\n");
        }
    }
    Ok(text)
}

/// What stands before the first package, and the packages in their order.
fn parse(lock: &str) -> (&str, Vec<Package<'_>>) {
    let mut parts = lock.split("[[package]]\n");
    let head = parts.next().unwrap_or_default().trim_end_matches('\n');
    let head_with_end = &lock[..(head.len() + "\n".len()).min(lock.len())];
    (head_with_end, parts.map(package).collect())
}

fn package(text: &str) -> Package<'_> {
    let mut package = Package {
        name: "",
        version: "",
        lines: Vec::new(),
        dependencies: Vec::new(),
    };
    let mut in_dependencies = false;
    for line in text.lines().filter(|line| !line.is_empty()) {
        match line {
            "dependencies = [" => in_dependencies = true,
            "]" => in_dependencies = false,
            _ if in_dependencies => package.dependencies.push(quoted(line)),
            _ => {
                if line.starts_with("name = ") {
                    package.name = quoted(line);
                } else if line.starts_with("version = ") {
                    package.version = quoted(line);
                }
                package.lines.push(line);
            }
        }
    }
    package
}

/// What stands between the quotation marks of a line.
fn quoted(line: &str) -> &str {
    line.split('"').nth(1).unwrap_or_default()
}

/// The package that a dependency names.
fn find(packages: &[Package<'_>], named: &str) -> Result<usize, LockError> {
    let mut words = named.split(' ');
    let (name, version) = (words.next().unwrap_or_default(), words.next());
    packages
        .iter()
        .position(|package| {
            package.name == name && version.is_none_or(|version| package.version == version)
        })
        .ok_or_else(|| LockError::NoSuchPackage(named.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "# made by cargo\nversion = 4\n";

    const ONE_B: &str = r#"
[[package]]
name = "b"
version = "1.0.0"
source = "registry"
checksum = "11"
"#;

    const OTHER_B: &str = r#"
[[package]]
name = "b"
version = "2.0.0"
source = "registry"
checksum = "22"
"#;

    const C: &str = r#"
[[package]]
name = "c"
version = "3.0.0"
source = "registry"
checksum = "33"
"#;

    const D: &str = r#"
[[package]]
name = "d"
version = "4.0.0"
"#;

    /// A package of the workspace, with what it depends on.
    fn own(name: &str, dependencies: &[&str]) -> String {
        let package = format!("\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n");
        package + &depends_on(dependencies)
    }

    /// The last lines of a package.
    fn depends_on(dependencies: &[&str]) -> String {
        let lines = dependencies.iter().map(|name| format!(" \"{name}\",\n"));
        format!("dependencies = [\n{}]\n", lines.collect::<String>())
    }

    /// Two packages of the workspace, of which each needs another version of b.
    fn lock() -> String {
        let a = own("a", &["b 1.0.0", "c"]);
        let lab = own("lab", &["a", "b 2.0.0"]);
        [HEAD, &a, ONE_B, OTHER_B, C, &depends_on(&["d"]), D, &lab].concat()
    }

    #[test]
    fn what_the_roots_need_stays_and_a_version_is_named_only_among_several() {
        let expected = [HEAD, &own("a", &["b", "c"]), ONE_B, C].concat();
        assert_eq!(cut(&lock(), &["a"], &[("c", "d")]).unwrap(), expected);
    }

    #[test]
    fn all_that_is_needed_is_the_whole_file() {
        assert_eq!(cut(&lock(), &["lab"], &[]).unwrap(), lock());
        // The lab's own, too: nothing of the format is lost.
        let own = include_str!("../../Cargo.lock").replace("\r\n", "\n");
        let roots = ["completed", "routeguide-lab", "start_here"];
        assert_eq!(cut(&own, &roots, &[]).unwrap(), own);
    }

    #[test]
    fn what_is_not_there_is_named() {
        assert_eq!(
            cut(&lock(), &["z"], &[]),
            Err(LockError::NoSuchPackage("z".into()))
        );
        assert_eq!(
            cut(&lock(), &["a"], &[("a", "d")]),
            Err(LockError::NoSuchDependency("a → d".into()))
        );
    }
}
