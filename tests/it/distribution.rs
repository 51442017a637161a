//! How the lab gets to people: the documented commands, the workflows, the archives of a release, the containers.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use saphyr::{LoadableYamlNode as _, Yaml};
use testkit::{checkout, run};

/// The text of a file of the repository.
fn text(path: &str) -> String {
    let text = fs::read_to_string(checkout().join(path));
    text.unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files in a folder of the repository with one of these extensions.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(checkout().join(folder)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    assert!(!paths.is_empty(), "{folder}");
    paths
}

/// The commands in the blocks of a text for a shell, without their comments.
fn commands(markdown: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut is_shell = false;
    for line in markdown.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            is_shell = language == "sh";
        } else if is_shell {
            let command = line.split(" # ").next().unwrap_or_default().trim();
            commands.push(command.to_string());
        }
    }
    commands.retain(|command| !command.is_empty() && !command.starts_with('#'));
    commands
}

/// What `cmd` of Windows does not read as other shells do: it passes single quotation marks on, and Windows PowerShell
/// knows no `&&`.
fn is_for_every_shell(command: &str) -> bool {
    !command.contains('\'') && !command.contains("&&")
}

#[test]
fn documented_commands_are_for_every_shell() {
    let mut documents = files("docs", "md");
    // JSON is quoted in another way for each shell, as a table there shows.
    documents.retain(|document| !document.ends_with("caller.md"));
    documents.push(checkout().join("README.md"));
    let mut count = 0;
    for document in documents {
        for command in commands(&fs::read_to_string(&document).unwrap()) {
            assert!(
                is_for_every_shell(&command),
                "{}: {command}",
                document.display()
            );
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
    let mut command = Command::new(testkit::program());
    let help = run(command.args(["check", "--help"])).exits(0).stdout;
    let examples = help.lines().filter(|line| line.starts_with("  check --"));
    let examples: Vec<&str> = examples.collect();
    assert!(examples.len() >= 5, "{help}");
    for example in examples {
        assert!(is_for_every_shell(example), "{example}");
    }
}

/// All values of a key, wherever it stands.
fn values<'a>(yaml: &'a Yaml<'a>, key: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    if let Some(mapping) = yaml.as_mapping() {
        for (name, value) in mapping {
            if name.as_str() == Some(key) {
                found.extend(value.as_str());
            }
            found.extend(values(value, key));
        }
    }
    for value in yaml.as_sequence().into_iter().flatten() {
        found.extend(values(value, key));
    }
    found
}

#[test]
fn workflows_are_valid_and_run_what_there_is() {
    let mut scripts = BTreeSet::new();
    for workflow in files(".github/workflows", "yml") {
        let name = workflow.display();
        let text = fs::read_to_string(&workflow).unwrap();
        let documents =
            Yaml::load_from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let [yaml] = documents.as_slice() else {
            panic!("{name}: {} documents", documents.len());
        };
        let steps = values(yaml, "run");
        assert!(!steps.is_empty(), "{name}");
        for line in steps.iter().flat_map(|step| step.lines()) {
            let program = line.split_whitespace().next().unwrap_or_default();
            if program.starts_with(".ci/") {
                assert!(is_executable(&checkout().join(program)), "{name}: {line}");
                scripts.insert(program.to_string());
            }
        }
        for action in values(yaml, "uses") {
            let version = action.rsplit_once("@v").map(|(_, version)| version);
            let is_pinned =
                version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()));
            assert!(is_pinned, "{name}: {action}");
        }
    }
    assert_eq!(scripts, [".ci/package", ".ci/run"].map(String::from).into());
    for script in [".ci/cross", ".ci/package"] {
        assert!(is_executable(&checkout().join(script)), "{script}");
    }
    assert!(text(".ci/run").contains(".ci/cross\n"));
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file).is_ok_and(|about| about.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// The targets of a release.
fn targets() -> Vec<String> {
    let workflow = text(".github/workflows/release.yml");
    let documents = Yaml::load_from_str(&workflow).unwrap();
    let named = values(&documents[0], "target").into_iter();
    named.map(str::to_string).collect()
}

#[test]
fn a_release_is_for_systems_that_rust_knows() {
    let mut rustc = Command::new("rustc");
    let known = run(rustc.args(["--print", "target-list"])).exits(0).stdout;
    let targets = targets();
    assert_eq!(targets.len(), 7, "{targets:?}");
    for target in &targets {
        assert!(known.lines().any(|name| name == target), "{target}");
    }
}

/// `cargo binstall` looks for the archives by the names that they have, with the version of the lab.
#[cfg(unix)]
#[test]
fn archives_have_the_names_that_are_looked_for() {
    let manifest: toml_edit::DocumentMut = text("Cargo.toml").parse().unwrap();
    let package = &manifest["package"];
    let (name, version) = (&package["name"], &package["version"]);
    let binstall = &package["metadata"]["binstall"];
    for target in targets() {
        let format = match binstall["overrides"].get(&target) {
            Some(own) => &own["pkg-fmt"],
            None => &binstall["pkg-fmt"],
        };
        let looked_for = binstall["pkg-url"].as_str().unwrap();
        let looked_for = looked_for
            .replace("{ repo }", "REPOSITORY")
            .replace("{ name }", name.as_str().unwrap())
            .replace("{ target }", &target)
            .replace("{ version }", version.as_str().unwrap())
            .replace(
                "{ archive-suffix }",
                &format!(".{}", format.as_str().unwrap()),
            );
        let mut packing = Command::new(checkout().join(".ci/package"));
        let packed = run(packing.args(["--name", &target])).exits(0).stdout;
        let version = version.as_str().unwrap();
        let place = format!("REPOSITORY/releases/download/v{version}/{}", packed.trim());
        assert_eq!(looked_for, place);
    }
    // The address of a repository that there is not is nowhere.
    let is_open = text("README.md").contains("URL-OF-THIS-REPOSITORY");
    assert_eq!(package.get("repository").is_none(), is_open);
    assert_eq!(
        text("docs/install.md").contains("URL-OF-THIS-REPOSITORY"),
        is_open
    );
}

#[test]
fn the_container_for_development_builds_the_lab_and_the_course() {
    let settings: serde_json::Value =
        serde_json::from_str(&text(".devcontainer/devcontainer.json")).unwrap();
    for (event, packages) in [
        ("onCreateCommand", &[][..]),
        ("updateContentCommand", &["-p", "completed"]),
    ] {
        let command = settings[event].as_str().unwrap();
        let expected = [&["cargo", "build", "--locked"], packages].concat();
        assert_eq!(command.split(' ').collect::<Vec<_>>(), expected);
    }
    let recommended: serde_json::Value =
        serde_json::from_str(&text(".vscode/extensions.json")).unwrap();
    let extensions = &settings["customizations"]["vscode"]["extensions"];
    assert_eq!(extensions, &recommended["recommendations"]);
}

#[test]
fn no_image_runs_as_root() {
    let recipe = text("Dockerfile");
    let stages: Vec<&str> = recipe.split("\nFROM ").skip(1).collect();
    assert_eq!(stages.len(), 3);
    // The first one only compiles.
    for stage in &stages[1..] {
        let users: Vec<&str> = stage
            .lines()
            .filter_map(|line| line.strip_prefix("USER "))
            .collect();
        assert_eq!(users, ["1000:1000"], "{stage}");
        assert!(stage.contains("ENTRYPOINT [\"routeguide-lab\"]"));
    }
}
