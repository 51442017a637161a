//! The dependencies that a crate's manifest names. Pure.

/// The tables of a manifest that hold dependencies.
const TABLES: [&str; 2] = ["dependencies", "build-dependencies"];

/// A dependency that a manifest does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingDependency {
    /// The table that it belongs in: `[dependencies]`.
    pub table: String,
    /// The line that belongs there.
    pub line: String,
}

/// The dependencies that a manifest does not have, and another one has. None if either is not TOML: cargo says more
/// about that.
pub fn missing(manifest: &str, other: &str) -> Vec<MissingDependency> {
    let parsed = |text: &str| text.parse::<toml::Table>();
    let (Ok(manifest), Ok(other)) = (parsed(manifest), parsed(other)) else {
        return Vec::new();
    };
    let mut missing = Vec::new();
    for table in TABLES {
        let of = |manifest: &toml::Table| {
            let dependencies = manifest.get(table).and_then(toml::Value::as_table);
            dependencies.cloned().unwrap_or_default()
        };
        let here = of(&manifest);
        for (name, value) in of(&other) {
            if !here.contains_key(&name) {
                missing.push(MissingDependency {
                    table: format!("[{table}]"),
                    line: format!("{name} = {value}"),
                });
            }
        }
    }
    missing
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
        let missing_is = |table: &str, line: &str| MissingDependency {
            table: table.to_string(),
            line: line.to_string(),
        };
        assert_eq!(
            missing(mine, other),
            [
                missing_is("[dependencies]", "d = \"1\""),
                missing_is("[build-dependencies]", "a = { workspace = true }")
            ]
        );
        assert_eq!(missing("[dependencies", other), []);
    }

    #[test]
    fn nothing_is_missing_from_what_is_handed_out() {
        let handed_out = files::original("start_here/Cargo.toml").unwrap().unwrap();
        assert_eq!(missing(&handed_out, &handed_out), []);
        let without = handed_out.replace("\nprost.workspace = true\n", "\n");
        let missing = missing(&without, &handed_out);
        assert_eq!(missing[0].line, "prost = { workspace = true }");
        assert_eq!(missing[0].table, "[dependencies]");
    }
}
