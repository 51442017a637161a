use std::time::Duration;

use super::*;

/// A lab folder with one source file, whose modification time the tests put back by an hour.
struct OldFile {
    _root: tempfile::TempDir,
    folder: Folder,
    server: PathBuf,
    hour_ago: SystemTime,
}

impl OldFile {
    fn new() -> OldFile {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("start_here/src")).unwrap();
        fs::write(root.path().join("start_here/Cargo.toml"), "").unwrap();
        let folder = Folder::find(root.path()).unwrap();
        OldFile {
            server: folder.file("start_here/src/server.rs"),
            _root: root,
            folder,
            hour_ago: SystemTime::now() - Duration::from_secs(3_600),
        }
    }

    fn write(&self, text: &str) {
        fs::write(&self.server, text).unwrap();
        self.age(&self.server);
    }

    fn age(&self, path: &Path) {
        let file = fs::File::options().append(true).open(path).unwrap();
        file.set_modified(self.hour_ago).unwrap();
    }

    /// Whether a preparation sets the time of the file.
    fn is_touched(&self) -> bool {
        prepare(&self.folder).unwrap();
        fs::metadata(&self.server).unwrap().modified().unwrap() != self.hour_ago
    }

    /// A library that cargo has made.
    fn library(&self, is_new: bool) -> Products {
        let file = self.folder.file("target/debug/deps/liba.rlib");
        Products {
            artifacts: vec![Artifact {
                kind: ArtifactKind::Library,
                files: vec![file],
                is_new,
            }],
            generated: None,
        }
    }

    /// What is found of a build that made the library anew, or left it as it was.
    fn build(&self, is_new: bool) -> bool {
        let products = self.library(is_new);
        let file = &products.artifacts[0].files[0];
        let prepared = prepare(&self.folder).unwrap();
        if is_new {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::remove_file(file).ok();
            fs::write(file, "library").unwrap();
        }
        let locked = self.folder.file("target/debug");
        prepared.confirm(&self.folder, &products, &locked).unwrap()
    }
}

#[test]
fn a_file_with_another_content_that_is_not_newer_is_touched_once() {
    let file = OldFile::new();
    file.write("one");
    assert!(file.is_touched(), "never built before");
    assert!(file.build(true));
    file.write("one");
    assert!(!file.is_touched(), "the same as before");
    file.write("two");
    assert!(file.is_touched(), "another content");
    assert_eq!(fs::read_to_string(&file.server).unwrap(), "two");
    file.write("one");
    assert!(!file.is_touched(), "two has not been built");
    // A file that cannot be parsed, or of another version, counts as none.
    for record in ["{", r#"{"version":2,"files":{}}"#] {
        fs::write(file.folder.state_dir().join("seen.json"), record).unwrap();
        file.write("one");
        assert!(file.is_touched());
    }
}

#[test]
fn files_get_a_time_once_for_a_build_that_is_not_made() {
    let file = OldFile::new();
    file.write("one");
    assert!(file.is_touched());
    let first = time(&file.server);
    prepare(&file.folder).unwrap();
    assert_eq!(time(&file.server), first);
    file.write("one");
    assert!(file.is_touched(), "it has another time");
}

#[test]
fn what_others_have_built_is_built_again() {
    let file = OldFile::new();
    file.write("one");
    assert!(!file.build(false), "nothing is recorded");
    assert!(file.build(true));
    assert!(file.build(false), "it is what was recorded");
    let library = &file.library(false).artifacts[0].files[0];
    fs::write(library, "another library").unwrap();
    file.age(&file.server);
    assert!(!file.build(false));
    assert!(file.is_touched(), "now all is built");
    assert!(!file.build(false), "cargo has built nothing");
    assert!(file.build(true));
    assert!(file.build(false));
}

#[test]
fn what_was_built_while_the_clock_was_ahead_is_built_again() {
    let file = OldFile::new();
    file.write("one");
    let tomorrow = SystemTime::now() + Duration::from_secs(86_400);
    let products = file.library(true);
    let library = &products.artifacts[0].files[0];
    let prepared = prepare(&file.folder).unwrap();
    fs::create_dir_all(library.parent().unwrap()).unwrap();
    fs::write(library, "library").unwrap();
    let opened = fs::File::options().append(true).open(library).unwrap();
    opened.set_modified(tomorrow).unwrap();
    let locked = file.folder.file("target/debug");
    assert!(prepared.confirm(&file.folder, &products, &locked).unwrap());
    file.write("two");
    prepare(&file.folder).unwrap();
    assert!(time(&file.server) > tomorrow);
    // What is built now is no longer ahead, and nor are the files.
    assert!(file.build(true));
    prepare(&file.folder).unwrap();
    assert!(time(&file.server) <= SystemTime::now());
}

fn time(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn a_build_script_that_does_not_name_the_proto_changes_with_it() {
    let file = OldFile::new();
    let script = file.folder.file("start_here/build.rs");
    let proto = file.folder.file("start_here/proto/a.proto");
    fs::create_dir_all(proto.parent().unwrap()).unwrap();
    let is_touched = |rerun: &str, before: &str, after: &str| {
        fs::write(&script, format!("fn main() {{ {rerun} }}")).unwrap();
        fs::write(&proto, before).unwrap();
        assert!(file.build(true));
        file.age(&script);
        fs::write(&proto, after).unwrap();
        prepare(&file.folder).unwrap();
        fs::metadata(&script).unwrap().modified().unwrap() != file.hour_ago
    };
    let own = r#"println!("cargo::rerun-if-changed=build.rs");"#;
    assert!(is_touched(own, "one", "two"));
    assert!(!is_touched(own, "one", "one"));
    let given = r#"println!("cargo::rerun-if-changed={proto_folder}");"#;
    assert!(!is_touched(given, "one", "two"), "cargo sees that itself");
    assert!(!is_touched("", "one", "two"), "and without any such line");
}
