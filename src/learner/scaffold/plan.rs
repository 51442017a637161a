//! What is to be written into a course folder, from what it should hold and what is there. Pure.

use crate::course::workspace::{Owner, TemplateFile};

/// What stands where a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// Nothing.
    Nothing,
    /// The file, as it should be.
    Same,
    /// Something else.
    Other,
}

/// What is to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Files that are not there yet.
    pub new: Vec<TemplateFile>,
    /// Files of the learner's that were there once; for a folder that is made, they are among the new.
    pub brought_back: Vec<TemplateFile>,
    /// Files of the course that will replace other files.
    pub replaced: Vec<TemplateFile>,
    /// How many files of the course are up to date.
    pub same: usize,
}

impl Plan {
    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.brought_back.is_empty() && self.replaced.is_empty()
    }

    /// The files to write, the manifest last: where it stands, all stands.
    pub fn files(&self) -> Vec<&TemplateFile> {
        let mut files: Vec<&TemplateFile> = [&self.new, &self.brought_back, &self.replaced]
            .into_iter()
            .flatten()
            .collect();
        files.sort_by_key(|made| made.path == crate::course::workspace::MANIFEST_PATH);
        files
    }
}

/// The plan for a folder that is no course folder yet; it may hold other things.
///
/// # Errors
///
/// The paths at which something else stands: nothing may be written then.
pub fn fresh(seen: Vec<(TemplateFile, FileState)>) -> Result<Plan, Vec<String>> {
    let mut plan = Plan::default();
    let mut taken = Vec::new();
    for (made, found) in seen {
        match found {
            FileState::Nothing => plan.new.push(made),
            FileState::Same => plan.same += 1,
            FileState::Other => taken.push(made.path),
        }
    }
    if taken.is_empty() {
        Ok(plan)
    } else {
        Err(taken)
    }
}

/// The plan for a course folder: the lab's files become what they should be, and the learner's stay as
/// they are.
pub fn upgrade(seen: Vec<(TemplateFile, FileState)>) -> Plan {
    let mut plan = Plan::default();
    for (made, found) in seen {
        match (made.owner, found) {
            (Owner::Learner, FileState::Nothing) => plan.brought_back.push(made),
            (Owner::Learner, FileState::Same | FileState::Other) => {}
            (Owner::Lab, FileState::Nothing) => plan.new.push(made),
            (Owner::Lab, FileState::Same) => plan.same += 1,
            (Owner::Lab, FileState::Other) => plan.replaced.push(made),
        }
    }
    plan
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::course::workspace;

    /// Files, and what is found in the place of each.
    pub fn seen(
        files: Vec<TemplateFile>,
        found: impl Fn(&str) -> FileState,
    ) -> Vec<(TemplateFile, FileState)> {
        let seen = |made: TemplateFile| {
            let found = found(&made.path);
            (made, found)
        };
        files.into_iter().map(seen).collect()
    }

    fn paths(files: &[TemplateFile]) -> Vec<&str> {
        files.iter().map(|made| made.path.as_str()).collect()
    }

    #[test]
    fn an_empty_folder_gets_everything_and_the_manifest_last() {
        let all = workspace::all().unwrap();
        let plan = fresh(seen(all.clone(), |_| FileState::Nothing)).unwrap();
        assert_eq!(plan.new, all);
        assert_eq!(plan.files().last().unwrap().path, "Cargo.toml");
    }

    #[test]
    fn what_an_interruption_has_left_is_completed_and_what_is_anothers_is_named() {
        let all = workspace::all().unwrap();
        let half = |path: &str| match path {
            "start_here/build.rs" | "README.md" => FileState::Same,
            _ => FileState::Nothing,
        };
        let plan = fresh(seen(all.clone(), half)).unwrap();
        assert_eq!((plan.new.len(), plan.same), (all.len() - 2, 2));

        let taken = |path: &str| match path {
            "README.md" | "Cargo.toml" => FileState::Other,
            _ => FileState::Nothing,
        };
        assert_eq!(
            fresh(seen(all, taken)).unwrap_err(),
            ["README.md", "Cargo.toml"]
        );
    }

    #[test]
    fn an_upgrade_never_writes_where_the_learner_writes() {
        let all = workspace::all().unwrap();
        let plan = upgrade(seen(all.clone(), |_| FileState::Other));
        assert!(plan.new.is_empty() && plan.brought_back.is_empty() && plan.same == 0);
        let replaced = paths(&plan.replaced);
        assert!(replaced.contains(&"Cargo.lock") && replaced.contains(&"README.md"));
        assert!(!replaced.iter().any(|path| path.starts_with("start_here/")));
        assert!(!replaced.contains(&".vscode/settings.json"));

        let plan = upgrade(seen(all, |path| match path {
            "start_here/src/client.rs" | "proto/route_guide.proto" => FileState::Nothing,
            _ => FileState::Same,
        }));
        assert_eq!(paths(&plan.brought_back), ["start_here/src/client.rs"]);
        assert_eq!(paths(&plan.new), ["proto/route_guide.proto"]);
        assert!(plan.replaced.is_empty());
    }
}
