//! The default port of RouteGuide servers.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use super::{CheckId, Finding, System, apart};
use crate::process::sockets::{self, Listening};

/// The id of the finding.
const CHECK: CheckId = CheckId::Port;
/// The port that the learner's server and the completed one use by default.
const PORT: u16 = 50051;

/// What was found at the port.
#[derive(Debug)]
pub struct Facts {
    /// Why no program can listen there, if none can.
    refused: Option<String>,
    /// The processes that listen there, as far as the system shows them.
    holders: Vec<Listening>,
}

/// Tries to listen on the port, and asks which processes do.
pub async fn gather() -> Facts {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
    let mut holders = sockets::listening().await;
    holders.retain(|listening| listening.addr.port() == PORT);
    let refused = apart(move || TcpListener::bind(addr).err().map(|error| error.to_string()))
        .await
        .unwrap_or(Some("no answer".to_string()));
    Facts { refused, holders }
}

/// One finding. It is never an error: checks use other ports.
pub fn judge(facts: &Facts, system: System, program: &str) -> Finding {
    let how = match (facts.holders.first(), system) {
        (None, _) => String::new(),
        (Some(holder), System::Windows) => format!(" with `taskkill /F /PID {}`", holder.process),
        (Some(holder), _) => format!(" with `kill {}`", holder.process),
    };
    let other_port = format!(
        "Checks use other ports. To run a server on this one, stop the program that uses it{how}, or listen on \
         another port: `{program} run-reference --addr 127.0.0.1:50052`."
    );
    match (facts.holders.first(), &facts.refused) {
        (None, None) => Finding::ok(CHECK, format!("Port {PORT} is free.")),
        (Some(holder), _) => Finding::warning(
            CHECK,
            format!(
                "{holder} listens on {}, the default port of RouteGuide servers.",
                holder.addr
            ),
        )
        .fix(other_port),
        (None, Some(words)) => Finding::warning(
            CHECK,
            format!("Port {PORT} cannot be used, and the system does not show which program uses it: {words}."),
        )
        .fix(match system {
            System::Windows => format!(
                "{other_port} Windows may have reserved the port: `netsh interface ipv4 show \
                 excludedportrange protocol=tcp` lists reserved ports."
            ),
            _ => other_port,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    #[test]
    fn the_process_that_uses_the_port_is_named_with_the_command_that_ends_it() {
        let holder = Listening {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)),
            process: 77,
            name: "python3".to_string(),
        };
        let facts = Facts {
            refused: Some("in use".to_string()),
            holders: vec![holder],
        };
        let finding = judge(&facts, System::Linux, "lab");
        assert_eq!(finding.severity, Severity::Warning);
        assert!(
            finding
                .message
                .starts_with("python3 (pid 77) listens on 127.0.0.1:50051")
        );
        let advice = finding.fix.unwrap();
        assert!(advice.contains("`kill 77`") && advice.contains("`lab run-reference"));
        let windows = judge(&facts, System::Windows, "lab").fix.unwrap();
        assert!(windows.contains("`taskkill /F /PID 77`"));
    }

    #[test]
    fn a_port_can_be_taken_without_a_known_process() {
        let facts = |refused: Option<&str>| Facts {
            refused: refused.map(str::to_string),
            holders: vec![],
        };
        let taken = judge(&facts(Some("access denied")), System::Windows, "lab");
        assert!(
            taken
                .message
                .ends_with("which program uses it: access denied.")
        );
        assert!(taken.fix.unwrap().contains("netsh"));
        let free = judge(&facts(None), System::Linux, "lab");
        assert_eq!((free.severity, free.fix), (Severity::Ok, None));
    }
}
