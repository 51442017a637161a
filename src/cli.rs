//! Commands and options.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{
    NonEmptyStringValueParser, PossibleValue, PossibleValuesParser, TypedValueParser,
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::checker::PATIENCE;
use crate::course::Track;
use crate::messages::Rpc;
use crate::probe::Address;
use crate::report::{FORMATS, Reporter};

/// Learn streaming gRPC in Rust, and prove every step over the wire.
#[derive(Debug, Parser)]
#[command(version, about, after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// Poll your files for changes, for drives that send no change events
    #[arg(long)]
    pub poll: bool,
    /// Print lines instead of a screen, for screen readers; commands are typed, with Enter
    #[arg(long)]
    pub plain: bool,
    /// Take the lessons and their cases from this folder, such as a teacher's, instead of those in the program
    #[arg(long = "lessons", value_name = "DIR", global = true)]
    pub lessons_folder: Option<PathBuf>,
    /// The command; without one, the interactive lab opens
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the first lesson that has not passed: its text, and the file and line to edit
    Next {
        /// Another lesson, by id or number
        lesson: Option<String>,
    },
    /// Check your code over the wire; with --addr, check any RouteGuide server
    #[command(after_help = CHECK_HELP)]
    Check(CheckArgs),
    /// Start your server, restart it with each save, and draw each call that it gets
    #[command(after_help = PLAY_HELP)]
    Play(PlayArgs),
    /// Run the finished server or client; with --trace, watch the streams
    #[command(after_help = REFERENCE_HELP)]
    RunReference(ReferenceArgs),
    /// Call one RPC of a running server, with messages as JSON; with --describe, print the contract
    #[command(after_help = CALL_HELP)]
    Call(CallArgs),
    /// Show the next hint
    Hint {
        /// The lesson, by id or number [default: the current one]
        lesson: Option<String>,
    },
    /// Show the solution of a lesson beside your code, or write it into your files
    Solution {
        /// The lesson, by id or number [default: the current one]
        lesson: Option<String>,
        /// Even if you have not tried the lesson yet
        #[arg(long)]
        force: bool,
        /// Write it into your files; your code is kept, and `undo` restores it
        #[arg(long)]
        write: bool,
    },
    /// Reset your code of a lesson; it is kept, and `undo` restores it
    Reset {
        /// The lesson, by id or number [default: the current one]
        lesson: Option<String>,
        /// Reset the lesson's files as a whole, if their `// lesson:` lines are missing
        #[arg(long)]
        whole_file: bool,
        /// Do not ask first
        #[arg(long, short)]
        yes: bool,
    },
    /// Undo the last reset, written solution or upgrade; a second `undo` undoes the one before
    Undo,
    /// Redo what was undone last, with everything you wrote before you undid it
    Redo,
    /// List the lessons and your progress
    List {
        /// Only this lesson, by id or number, with more details
        lesson: Option<String>,
        /// The format of the output
        #[arg(long, value_enum, default_value = "human")]
        format: AnswerFormat,
    },
    /// Find what is missing or broken: Rust, linker, disk, network, terminal, your folder
    #[command(after_help = DOCTOR_HELP)]
    Doctor {
        /// The format of the output
        #[arg(long, value_enum, default_value = "human")]
        format: AnswerFormat,
    },
    /// Print a completion script for your shell, which completes lessons and RPCs, too
    #[command(after_help = COMPLETIONS_HELP)]
    Completions {
        /// Your shell
        shell: Shell,
    },
    /// Create a course folder, or upgrade one; your code is never changed
    #[command(after_help = INIT_HELP)]
    Init {
        /// The folder [default: the course folder that you are in, which is upgraded]
        dir: Option<PathBuf>,
        /// Also store all crates in the folder, so that it works without a network
        #[arg(long)]
        vendor: bool,
    },
}

/// The options of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Lessons, by id or number [default: the current one and those before it that share its build;
    /// with --addr list-features, record-route and route-chat]
    pub lessons: Vec<String>,
    /// All lessons
    #[arg(long, conflicts_with = "lessons")]
    pub all: bool,
    /// Which crate to check
    #[arg(long, value_enum, default_value = "start_here")]
    pub track: Track,
    /// Check a running server, in any language; nothing is built or recorded
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["all", "track"])]
    pub addr: Option<Address>,
    /// Start the server with CMD, wait until it listens on --addr, check it, and stop all its processes
    #[arg(long, value_name = "CMD", requires = "addr", value_parser = NonEmptyStringValueParser::new())]
    pub server: Option<String>,
    /// Run CMD, a client in any language, against the lab's own server at --addr, and check its calls
    #[arg(long, value_name = "CMD", requires = "addr", conflicts_with = "server", value_parser = NonEmptyStringValueParser::new())]
    pub client: Option<String>,
    /// The features that the server under test serves, as JSON [default: the codelab's]
    #[arg(long, value_name = "FILE", requires = "addr")]
    pub db: Option<PathBuf>,
    /// The format of the report
    #[arg(long, default_value = "human", value_parser = formats())]
    pub format: &'static dyn Reporter,
    /// Also draw the calls that passed (with --format human)
    #[arg(long)]
    pub trace: bool,
    /// The seed of an earlier check, to repeat its random cases
    #[arg(long)]
    pub seed: Option<u64>,
    /// How long to wait while nothing arrives
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE.as_secs(), value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub timeout: u64,
}

/// The formats of a report, by their names.
fn formats() -> impl TypedValueParser<Value = &'static dyn Reporter> {
    let names = FORMATS.map(|format| PossibleValue::new(format.name()).help(format.help()));
    PossibleValuesParser::new(names).try_map(|name| {
        let mut formats = FORMATS.into_iter();
        formats
            .find(|format| format.name() == name)
            .ok_or("no such format")
    })
}

/// The formats of an output that is not the report of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// Text for a terminal
    Human,
    /// One JSON object
    Json,
}

/// The options of `play`.
#[derive(Debug, Args)]
pub struct PlayArgs {
    /// Where clients call your server [default: 127.0.0.1:50051 or, if that is in use, the next free port]
    #[arg(long, value_name = "HOST:PORT")]
    pub addr: Option<String>,
    /// The features that your server serves [default: the codelab's]
    #[arg(long, value_name = "FILE")]
    pub db: Option<PathBuf>,
    /// Poll your files for changes, for drives that send no change events
    #[arg(long)]
    pub poll: bool,
}

/// The options of `run-reference`.
#[derive(Debug, Args)]
pub struct ReferenceArgs {
    /// Which program to run
    #[arg(value_enum, default_value = "server")]
    pub program: ReferenceProgram,
    /// The address to listen on, or of the server to call [default: 127.0.0.1:50051]
    #[arg(long, value_name = "HOST:PORT")]
    pub addr: Option<String>,
    /// The features that the server serves, or that the client visits [default: the codelab's]
    #[arg(long, value_name = "FILE")]
    pub db: Option<PathBuf>,
    /// The connections and the shutdown of the server.
    #[command(flatten)]
    pub hosting: HostingArgs,
    /// Tracing and metrics.
    #[command(flatten)]
    pub observing: ObservingArgs,
    /// What the client does.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// Options of `run-reference` for the connections and the shutdown of the server.
#[derive(Debug, Args)]
pub struct HostingArgs {
    /// Server: how long open calls may go on after Ctrl-C, before they end with UNAVAILABLE [default: 3]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=3600))]
    pub grace: Option<u64>,
    /// Server: use TLS with this certificate, a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Server: the private key of that certificate, a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Client: use TLS, and trust servers whose certificate is issued by one in this PEM file
    #[arg(long, value_name = "FILE")]
    pub tls_ca: Option<PathBuf>,
}

/// Options of `run-reference` for observing calls.
#[derive(Debug, Args)]
pub struct ObservingArgs {
    /// Draw every call while it happens: the client's messages on the left, the server's on the right
    #[arg(long)]
    pub trace: bool,
    /// Delay every message by this many milliseconds, so that you can follow: the client's where it sends a stream,
    /// otherwise the server's
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=60_000))]
    pub slow: Option<u64>,
    /// Server: count calls and messages, and serve the counts for Prometheus at http://HOST:PORT/metrics
    #[arg(long, value_name = "HOST:PORT")]
    pub metrics: Option<String>,
}

/// Options of `run-reference client` for its calls.
#[derive(Debug, Args)]
pub struct ClientArgs {
    /// Client: call only this RPC [default: all, in order]
    #[arg(long, value_parser = rpc_parser(), ignore_case = true)]
    pub rpc: Option<Rpc>,
    /// Client: send N points in RecordRoute; if there are fewer features, some come again [default: 10]
    #[arg(long, value_name = "N")]
    pub points: Option<u64>,
    /// Client: the notes to send in RouteChat, as a JSON list [default: five notes]
    #[arg(long, value_name = "FILE")]
    pub notes: Option<PathBuf>,
}

/// Which of the four kinds of RPC one is.
pub fn kind_of(rpc: Rpc) -> &'static str {
    match (rpc.client_streams(), rpc.server_streams()) {
        (false, false) => "Unary",
        (false, true) => "Server streaming",
        (true, false) => "Client streaming",
        (true, true) => "Bidirectional streaming",
    }
}

/// Reads the name of an RPC: in lower case with hyphens, or as in the .proto.
fn rpc_parser() -> impl TypedValueParser<Value = Rpc> {
    let named = |rpc: Rpc| {
        let name = PossibleValue::new(rpc.kebab_name());
        name.alias(rpc.name()).help(kind_of(rpc))
    };
    PossibleValuesParser::new(Rpc::ALL.map(named)).try_map(|name| {
        let mut all = Rpc::ALL.into_iter();
        all.find(|rpc| {
            name.eq_ignore_ascii_case(&rpc.kebab_name()) || name.eq_ignore_ascii_case(rpc.name())
        })
        .ok_or("this RPC is not in the service")
    })
}

/// The options of `call`.
#[derive(Debug, Args)]
pub struct CallArgs {
    /// The RPC, such as ListFeatures, list-features or routeguide.RouteGuide/ListFeatures
    pub rpc: Option<String>,
    /// The messages: each as JSON, or one as FIELD=VALUE…, or `-` for standard input [default: an empty message; if
    /// the client sends a stream, standard input, line by line]
    #[arg(value_name = "MESSAGE")]
    pub messages: Vec<String>,
    /// The server [default: $ROUTEGUIDE_ADDR, or else localhost:50051]
    #[arg(long, value_name = "HOST:PORT")]
    pub addr: Option<Address>,
    /// The deadline of the call: the server is told, and the call ends when it has passed
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub timeout: Option<Duration>,
    /// Draw the call while it happens: the client's messages on the left, the server's on the right
    #[arg(long)]
    pub trace: bool,
    /// Ask the server for its contract instead of using the course's
    #[arg(long)]
    pub reflection: bool,
    /// Print a message, a service or an RPC of the contract, or all of it; in a course folder, of your .proto
    #[arg(long, value_name = "NAME", conflicts_with_all = ["messages", "timeout", "trace"])]
    pub describe: Option<Option<String>>,
}

/// Reads a number of seconds, perhaps with a fraction.
fn seconds(text: &str) -> Result<Duration, String> {
    const LONGEST: f64 = 86_400.0;
    match text.parse::<f64>() {
        Ok(seconds) if (0.001..=LONGEST).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => {
            Err("it must be a number of seconds from 0.001 to 86400, such as 2 or 0.5".to_string())
        }
    }
}

/// The programs of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReferenceProgram {
    /// The completed server
    Server,
    /// The completed client
    Client,
}

const AFTER_HELP: &str = "\
Without arguments, the interactive lab opens: it shows the lesson and checks your code whenever you save.
Or use single commands: `next` shows the lesson and where to write in start_here/; `check` builds your code, tests it
over the wire, and says what is not right yet.

Exit codes of `check`: 0 passed, 1 not right yet, 2 wrong usage, 3 could not check.";

const CHECK_HELP: &str = "\
Any server, in any language, from any folder:
  check --addr 127.0.0.1:50051                  a running server
  check --addr \"[::1]:10000\" route-chat         one lesson
  check --addr :50051 --db places.json          a server with other features
  check --addr :50051 --server \"go run ./server\"    started here, and stopped afterwards

Any client; it is run several times against the lab's own server at this address:
  check --addr :50051 --client \"python client.py\"

Exit codes: 0 passed, 1 not right yet, 2 wrong usage, 3 could not check.";

const REFERENCE_HELP: &str = "\
Watch streams, in two terminals:
  run-reference --trace --slow 300       the server: draws every call, slowly enough to follow
  run-reference client                   the client, which calls every RPC

  run-reference client --rpc route-chat --trace     one call, drawn from the client's side
  run-reference client --rpc record-route --points 100000
  run-reference client --rpc route-chat --notes notes.json
notes.json holds a list such as
  [{\"location\": {\"latitude\": 0, \"longitude\": 1}, \"message\": \"Hello\"}]

Where the server can listen:
  --addr 127.0.0.1:50051     for this machine only
  --addr localhost:50051     the same, by IPv4 and IPv6; so does :50051
  --addr 0.0.0.0:50051       for other machines too; the server prints the addresses for them
  --addr '[::]:50051'        the same, by IPv4 and IPv6
  --addr 127.0.0.1:0         on any free port, which the server prints

Encrypted connections, if the lab is built with `--features tls`:
  run-reference --tls-cert server.pem --tls-key server.key
  run-reference client --tls-ca ca.pem

Ctrl-C ends the server as soon as open calls have ended, or after --grace. Ctrl-C again ends it at once.";

const PLAY_HELP: &str = "\
In two terminals:
  play                              builds your server and starts it; each save builds and restarts it
  call ListFeatures                 calls it; so does your own client

The lab listens at the address, passes each call on to your server, and draws it; your server has a port of its own.
If your code does not build, the server of your earlier save keeps running. Until `serve` is written, `stage` serves
your methods.

Ctrl-C ends your server and the command.";

const CALL_HELP: &str = r#"One message, as JSON:
  call GetFeature '{"latitude": 407127753, "longitude": -740059728}'         sh, PowerShell 7
  call GetFeature "{\"latitude\": 407127753, \"longitude\": -740059728}"     cmd.exe
or without quotation marks, in any shell:
  call ListFeatures lo.latitude=407150000 lo.longitude=-739900000 hi.latitude=0

A stream of messages:
  call RecordRoute '{"latitude": 1}' '{"latitude": 2}'     as arguments
  call RouteChat                                           typed, one in each line; Ctrl-D ends (Windows: Ctrl-Z, Enter)
  call RouteChat < notes.jsonl                             from a file, one in each line
  Get-Content notes.jsonl | routeguide-lab call RouteChat  the same in PowerShell

The contract:
  call --describe Feature        a message, a service or an RPC; without a name, everything

Each reply is a line of JSON on standard output. Everything else is on standard error.
Exit codes: 0 the status is OK, 1 another status, 2 wrong usage, 3 could not connect."#;

const DOCTOR_HELP: &str = "\
It works in any folder and changes nothing. For each problem, it says what to do.

Exit codes: 0 no errors, 1 errors.";

const COMPLETIONS_HELP: &str = "\
To install it, once:
  bash         routeguide-lab completions bash > ~/.local/share/bash-completion/completions/routeguide-lab
               (create the folder first: mkdir -p ~/.local/share/bash-completion/completions)
  zsh          routeguide-lab completions zsh > ~/.zfunc/_routeguide-lab
               with `fpath=(~/.zfunc $fpath)` before `compinit` in your ~/.zshrc
  fish         routeguide-lab completions fish > ~/.config/fish/completions/routeguide-lab.fish
  PowerShell   routeguide-lab completions powershell >> $PROFILE

Then open a new terminal. The script completes the program `routeguide-lab`, which `cargo install --path .`
installs, but not `cargo run --`.";

const INIT_HELP: &str = "\
The folder contains everything that the course needs except Rust: your crate, the lessons, the finished crate.
  init course           creates the folder `course`; no existing file is overwritten
  init                  upgrades the lessons and the finished crate of the folder that you are in;
                        replaced files are kept in .routeguide-lab/snapshots/
  init course --vendor  also stores all crates in it, so that the course works without a network

Running `cargo fetch` once in the folder also makes it work without a network, on this machine.";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_commands_do_not_contradict_each_other() {
        super::Cli::command().debug_assert();
    }
}
