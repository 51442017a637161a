//! The dependencies that a crate's manifest names. Pure.

use super::workspace::tables;

/// The tables in which a crate's dependencies stand.
const TABLES: [&str; 2] = ["dependencies", "build-dependencies"];

/// A dependency that a manifest lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingDependency {
    /// The table that it belongs in: `[dependencies]`.
    pub table: String,
    /// The line that belongs there.
    pub line: String,
}

/// The dependencies that a manifest lacks, and another one has.
pub fn lacking(manifest: &str, other: &str) -> Vec<MissingDependency> {
    let here = named(manifest);
    let there = named(other).into_iter();
    let missing = there.filter(|(table, name, _)| {
        !here
            .iter()
            .any(|(also, other, _)| also == table && other == name)
    });
    missing
        .map(|(table, _, line)| MissingDependency {
            table: format!("[{table}]"),
            line: line.to_string(),
        })
        .collect()
}

/// The dependencies: the table, the name, and the line.
fn named(manifest: &str) -> Vec<(&'static str, &str, &str)> {
    let mut all = Vec::new();
    for (header, lines) in tables(manifest) {
        let Some(header) = header
            .trim_start_matches('[')
            .split(']')
            .next()
            .map(str::trim)
        else {
            continue;
        };
        for table in TABLES {
            if header == table {
                let named = lines
                    .iter()
                    .filter_map(|line| Some((table, name(line)?, *line)));
                all.extend(named);
            } else if let Some(name) = header
                .strip_prefix(table)
                .and_then(|rest| rest.strip_prefix('.'))
            {
                all.push((table, unquoted(name), header));
            }
        }
    }
    all
}

/// The name that a line begins with, `tokio` in `tokio.workspace = true`; none for one that goes on with a
/// value.
fn name(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let name = unquoted(key.split('.').next().unwrap_or(key));
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

fn unquoted(name: &str) -> &str {
    name.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::files;

    #[test]
    fn a_dependency_is_known_in_every_way_to_write_it() {
        let other = "[dependencies]\na.workspace = true\nb = \"1\"\nc = \"1\"\nd = \"1\"\n\n\
                     [build-dependencies]\na.workspace = true\n";
        let mine = "[package]\nd = \"no\"\n[dependencies] # mine\na = { version = \"1\", features = [\n  \"x\",\n] }\n\
                    \"b\".workspace = true\n# d = \"1\"\n[dependencies.c]\nversion = \"1\"\n";
        let lacks = |table: &str, line: &str| MissingDependency {
            table: table.to_string(),
            line: line.to_string(),
        };
        assert_eq!(
            lacking(mine, other),
            [
                lacks("[dependencies]", "d = \"1\""),
                lacks("[build-dependencies]", "a.workspace = true")
            ]
        );
    }

    #[test]
    fn what_is_handed_out_lacks_nothing() {
        let handed_out = files::original("start_here/Cargo.toml").unwrap().unwrap();
        assert_eq!(lacking(&handed_out, &handed_out), []);
        let without = handed_out.replace("prost.workspace = true\n", "");
        let lacking = lacking(&without, &handed_out);
        assert_eq!(lacking[0].line, "prost.workspace = true");
        assert_eq!(lacking[0].table, "[dependencies]");
    }
}
