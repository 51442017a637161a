//! Python with grpcio, where this machine has it, and the programs of `tests/python` run by it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use prost::Message as _;
use tempfile::TempDir;

use crate::outside::lab;
use crate::{Run, checkout, run};

/// The Python to use. Where it is set, it must have grpcio.
const PYTHON: &str = "ROUTEGUIDE_PYTHON";

/// A Python that has grpcio.
pub struct Python {
    program: String,
    /// For what the programs read, and what they write.
    folder: TempDir,
}

/// The Python of this machine; none if it has none with grpcio, which is then said on the terminal.
pub fn python() -> Option<&'static Python> {
    static FOUND: LazyLock<Option<Python>> = LazyLock::new(find);
    FOUND.as_ref()
}

fn find() -> Option<Python> {
    if let Ok(program) = std::env::var(PYTHON) {
        let imported = imports_grpc(&program);
        assert!(
            imported.is_ok(),
            "{PYTHON} is {program}, which has no grpcio: {}",
            imported.unwrap_err()
        );
        return Some(Python::new(program));
    }
    let mut why = String::new();
    for program in ["python3", "python"] {
        match imports_grpc(program) {
            Ok(()) => return Some(Python::new(program.to_string())),
            Err(error) => why.push_str(&format!("  {program}: {error}\n")),
        }
    }
    // What `eprintln!` writes is shown of failing tests only.
    let mut terminal = std::io::stderr();
    writeln!(
        terminal,
        "\nskipped: servers and clients in Python, since there is no Python with grpcio here.\n{why}\
         tests/python/requirements.txt says how to install it; then set {PYTHON} to that Python.\n"
    )
    .unwrap();
    None
}

fn imports_grpc(program: &str) -> Result<(), String> {
    let output = Command::new(program)
        .args([
            "-c",
            "import grpc, google.protobuf, grpc_health, grpc_reflection, grpc_status",
        ])
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(said.lines().last().unwrap_or("it failed").to_string())
}

/// The folder of the programs.
fn programs() -> PathBuf {
    checkout().join("tests/python")
}

impl Python {
    fn new(program: String) -> Python {
        let folder = tempfile::tempdir().unwrap();
        let protos = checkout().join("proto");
        let descriptors = protox::compile(["route_guide.proto"], [protos]).unwrap();
        std::fs::write(
            folder.path().join("descriptors"),
            descriptors.encode_to_vec(),
        )
        .unwrap();
        Python { program, folder }
    }

    /// What the programs find in their environment.
    fn environment(&self) -> [(&'static str, PathBuf); 4] {
        [
            (
                "ROUTEGUIDE_DESCRIPTORS",
                self.folder.path().join("descriptors"),
            ),
            (
                "ROUTEGUIDE_DB",
                checkout().join("completed/route_guide_db.json"),
            ),
            // The checkout stays as it is, and texts are UTF-8 on Windows too.
            ("PYTHONDONTWRITEBYTECODE", "1".into()),
            ("PYTHONUTF8", "1".into()),
        ]
    }

    /// The command line that runs a program, for a shell.
    pub fn command_line(&self, program: &str, words: &str) -> String {
        let quoted = |text: &str| match text.contains(' ') {
            true => format!("\"{text}\""),
            false => text.to_string(),
        };
        let program = programs().join(program);
        format!(
            "{} {} {words}",
            quoted(&self.program),
            quoted(program.to_str().unwrap())
        )
    }

    /// Starts the server of a kind on a free port.
    pub fn serve(&self, kind: &str) -> Serving {
        let log = self.folder.path().join(format!("{kind}.log"));
        let mut child = Command::new(&self.program)
            .arg(programs().join("server.py"))
            .arg(kind)
            .envs(self.environment())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut addr = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut addr).unwrap();
        let serving = Serving {
            child,
            addr: addr.trim().to_string(),
        };
        let said = std::fs::read_to_string(log).unwrap_or_default();
        assert!(!serving.addr.is_empty(), "{kind} does not start:\n{said}");
        serving
    }

    /// Runs a program to its end.
    pub fn run(&self, program: &str, words: &[&str]) -> Run {
        let mut command = Command::new(&self.program);
        command.arg(programs().join(program)).args(words);
        run(command.envs(self.environment()))
    }

    /// Checks what these words say, in a folder of its own, where the programs find what they need.
    pub fn check(&self, words: &[&str]) -> Run {
        let folder = tempfile::tempdir().unwrap();
        let mut command = lab(folder.path(), &[&["check"], words].concat());
        run(command.envs(self.environment()))
    }
}

/// A server that runs as long as this value lives.
pub struct Serving {
    child: Child,
    /// Where it listens.
    pub addr: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
