//! What a server did instead of listening where it was told to.

use std::net::SocketAddr;

use super::Diagnosis;

/// How many lines of a program's last words are looked through for a cause.
const LAST: usize = 40;

/// A server that ended before it listened.
#[derive(Debug, Clone, Copy)]
pub struct EndedEarly<'a> {
    /// How it ended: `exit code 1`.
    pub how: &'a str,
    /// Whether that was with success.
    pub success: bool,
    /// What it wrote to standard error.
    pub stderr: &'a str,
    /// Where it was told to listen. Nobody else did.
    pub told: &'a str,
    /// Whether it is a shell, and ended because it did not find its command.
    pub lacks_command: bool,
}

impl EndedEarly<'_> {
    /// Why it ended, as far as its last words tell. They are not quoted yet.
    pub fn diagnosis(&self) -> Diagnosis {
        if self.success {
            return Diagnosis::mistake(
                "returned-at-once",
                "Your server stopped at once: its program ended with exit code 0, and nothing had told it to stop.",
            )
            .hint(
                "Wait for the server until it is told to stop. If it gets a signal to stop at, a future for example, \
                 that must not be done from the beginning.",
            );
        }
        let EndedEarly { how, told, .. } = self;
        if let Some(line) = self.find(is_bind_error) {
            let other =
                told_port(told).is_some_and(|told| ports(line).iter().any(|port| *port != told));
            let message = if other {
                format!(
                    "Your server could not listen: it wanted another address than the one it was \
                     given, {told}, and that is taken."
                )
            } else {
                format!(
                    "Your server could not listen: the address that it wanted is taken. The one \
                     that it was given, {told}, was free when it started."
                )
            };
            let taken = Diagnosis::mistake("port-taken", message)
                .hint("Listen on the address that the server is given, and only once.");
            let hard_coded = other.then_some("port-hard-coded");
            return Diagnosis {
                mistakes: taken.mistakes.iter().copied().chain(hard_coded).collect(),
                ..taken
            };
        }
        if self.find(is_missing_database).is_some() {
            let message =
                format!("Your server ended at once, with {how}: it did not find its database.");
            return Diagnosis::mistake("db-not-found", message).hint(
                "A relative path is looked up in the folder that the program is started from, \
                 whichever that is. Build the path from a place that is known, or let it be told.",
            );
        }
        let ended = format!("Your server ended at once, with {how}.");
        let crashed = Diagnosis::mistake("crashed-at-start", ended);
        match self.lacks_command {
            true => crashed.hint(
                "The shell did not find the program. Does the command work when you type it?",
            ),
            false => crashed,
        }
    }

    /// The ports that its last words name where they speak of an address that is taken.
    pub fn taken_ports(&self) -> Vec<u16> {
        self.find(is_bind_error).map_or(Vec::new(), ports)
    }

    /// The last line that means something.
    fn find(&self, means: impl Fn(&str) -> bool) -> Option<&str> {
        self.stderr
            .lines()
            .rev()
            .take(LAST)
            .find(|line| means(line))
    }
}

/// A server that listens somewhere else than where it was told to.
pub fn elsewhere(told: SocketAddr, other: SocketAddr) -> Diagnosis {
    let family = |addr: SocketAddr| if addr.is_ipv6() { "IPv6" } else { "IPv4" };
    if told.port() == other.port() && other.ip().is_unspecified() {
        let message = format!(
            "You listen on {other}, all {} addresses of this machine; listen on the address you are \
             given, {told}.",
            family(other)
        );
        return Diagnosis::mistake("wrong-family", message)
            .hint("What listens on all addresses can be called by the whole network.");
    }
    if told.port() == other.port() && told.is_ipv4() != other.is_ipv4() {
        let message = format!(
            "You listen on {other}, which is {}; listen on the address you are given, {told}, which \
             is {}.",
            family(other),
            family(told),
        );
        return Diagnosis::mistake("wrong-family", message)
            .hint("The two families have loopbacks of their own: 127.0.0.1 and [::1].");
    }
    let message = format!("You listen on {other}; listen on the address you are given, {told}.");
    Diagnosis::mistake("port-hard-coded", message)
}

/// Whether a line says that an address is taken, in the words of Linux, macOS, Windows, Node or gRPC.
fn is_bind_error(line: &str) -> bool {
    let line = line.to_lowercase();
    let words = [
        "address already in use",
        "address in use",
        "addrinuse",
        "only one usage of each socket address",
        "failed to bind",
        "os error 10048",
    ];
    words.iter().any(|words| line.contains(words))
}

/// Whether a line says that the database is not there: a file that is not found, and is no program.
fn is_missing_database(line: &str) -> bool {
    let lower = line.to_lowercase();
    let not_found = [
        "no such file",
        "enoent",
        "cannot find the file",
        "cannot find the path",
        "filenotfound",
        "nosuchfile",
        "notfound",
    ];
    let database = [".json", "database", "_db", "features"];
    let holds = |words: &[&str]| words.iter().any(|words| lower.contains(words));
    // Rust names no file in the error of a read: `Os { code: 2, kind: NotFound, message: … }`.
    holds(&not_found) && (holds(&database) || line.contains("kind: NotFound"))
}

fn told_port(told: &str) -> Option<u16> {
    told.rsplit_once(':')?.1.parse().ok()
}

/// The numbers behind a colon that can be ports: `[::]:50051`.
fn ports(line: &str) -> Vec<u16> {
    line.split(':')
        .skip(1)
        .filter_map(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            // Lines of code and times of day have fewer digits.
            digits.parse().ok().filter(|port| *port >= 1000)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(stderr: &str) -> Vec<&'static str> {
        let ended = EndedEarly {
            how: "exit code 1",
            success: false,
            stderr,
            told: "127.0.0.1:4000",
            lacks_command: false,
        };
        ended.diagnosis().mistakes
    }

    #[test]
    fn the_last_words_of_many_languages_are_understood() {
        for line in [
            "error: transport error: Address already in use (os error 98)",
            "OSError: [Errno 48] Address already in use",
            "Only one usage of each socket address (protocol/network address/port) is normally permitted.",
            "java.net.BindException: Address already in use",
        ] {
            assert_eq!(ids(&format!("start\n{line}\n")), ["port-taken"], "{line}");
        }
        for line in [
            "failed to listen: listen tcp 127.0.0.1:50051: bind: address already in use",
            "RuntimeError: Failed to bind to address [::]:50051; set GRPC_VERBOSITY=debug",
            "Error: listen EADDRINUSE: address already in use :::50051",
        ] {
            assert_eq!(ids(line), ["port-taken", "port-hard-coded"], "{line}");
        }
        assert_eq!(
            ids("bind 127.0.0.1:4000: address already in use"),
            ["port-taken"]
        );
        for line in [
            "FileNotFoundError: [Errno 2] No such file or directory: 'route_guide_db.json'",
            "Error: ENOENT: no such file or directory, open 'route_guide_db.json'",
            "Failed to load default features: open testdata/route_guide_db.json: no such file or directory",
            "java.nio.file.NoSuchFileException: route_guide_db.json",
            "called `Result::unwrap()` on an `Err` value: Os { code: 2, kind: NotFound, message: \"No such file\" }",
            "error: cannot load the features from db: No such file or directory (os error 2)",
        ] {
            assert_eq!(ids(line), ["db-not-found"], "{line}");
        }
        for line in [
            "",
            "python3: can't open file '/tmp/server.py': [Errno 2] No such file or directory",
            "thread 'main' panicked at src/server.rs:1:2:\nno",
            "FileNotFoundError: [Errno 2] No such file or directory: 'server.pem'",
        ] {
            assert_eq!(ids(line), ["crashed-at-start"], "{line}");
        }
    }

    #[test]
    fn another_address_is_told_from_another_family() {
        let id = |told: &str, other: &str| {
            elsewhere(told.parse().unwrap(), other.parse().unwrap()).mistakes[0]
        };
        assert_eq!(id("127.0.0.1:1", "127.0.0.1:2"), "port-hard-coded");
        assert_eq!(id("127.0.0.1:1", "[::1]:2"), "port-hard-coded");
        assert_eq!(id("127.0.0.1:1", "192.168.0.1:1"), "port-hard-coded");
        assert_eq!(id("127.0.0.1:1", "[::1]:1"), "wrong-family");
        assert_eq!(id("[::1]:1", "0.0.0.0:1"), "wrong-family");
        assert_eq!(id("127.0.0.1:1", "0.0.0.0:1"), "wrong-family");
    }
}
