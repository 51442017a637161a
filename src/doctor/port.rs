//! The port that RouteGuide servers usually listen on.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use super::{Finding, System, apart};
use crate::process::sockets::{self, Listening};

/// The id of the finding.
const CHECK: &str = "port";
/// Where the learner's server and the finished one listen if they are not told otherwise.
const PORT: u16 = 50051;

/// What was found at the port.
#[derive(Debug)]
pub struct Facts {
    /// Why nothing can listen there, if nothing can.
    refused: Option<String>,
    /// Who listens there, as far as the system tells.
    holders: Vec<Listening>,
}

/// Tries to listen at the port, and asks who does.
pub async fn look() -> Facts {
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
    let mut holders = sockets::listening().await;
    holders.retain(|listening| listening.addr.port() == PORT);
    let refused = apart(move || TcpListener::bind(addr).err().map(|error| error.to_string()))
        .await
        .unwrap_or(Some("no answer".to_string()));
    Facts { refused, holders }
}

/// One finding. It is never trouble: checks choose ports that are free.
pub fn judge(facts: &Facts, system: System, program: &str) -> Finding {
    let how = match (facts.holders.first(), system) {
        (None, _) => String::new(),
        (Some(holder), System::Windows) => format!(" with `taskkill /F /PID {}`", holder.process),
        (Some(holder), _) => format!(" with `kill {}`", holder.process),
    };
    let elsewhere = format!(
        "Checks take other ports, so they are not held up. To run a server there, end that one{how}, or listen \
         elsewhere: `{program} run-reference --addr 127.0.0.1:50052`."
    );
    match (facts.holders.first(), &facts.refused) {
        (None, None) => Finding::ok(CHECK, format!("Nothing listens on port {PORT}.")),
        (Some(holder), _) => Finding::warning(
            CHECK,
            format!(
                "{holder} listens on {}, where RouteGuide servers usually do.",
                holder.addr
            ),
        )
        .fix(elsewhere),
        (None, Some(words)) => Finding::warning(
            CHECK,
            format!("Nothing can listen on port {PORT}, and the system does not tell who holds it: {words}."),
        )
        .fix(match system {
            System::Windows => format!(
                "{elsewhere} Windows may have set the port aside: `netsh interface ipv4 show \
                 excludedportrange protocol=tcp` tells."
            ),
            _ => elsewhere,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    #[test]
    fn whoever_holds_the_port_is_named_with_the_way_to_end_it() {
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
    fn a_port_without_a_name_behind_it_is_taken_all_the_same() {
        let facts = |refused: Option<&str>| Facts {
            refused: refused.map(str::to_string),
            holders: vec![],
        };
        let taken = judge(&facts(Some("access denied")), System::Windows, "lab");
        assert!(taken.message.ends_with("who holds it: access denied."));
        assert!(taken.fix.unwrap().contains("netsh"));
        let free = judge(&facts(None), System::Linux, "lab");
        assert_eq!((free.severity, free.fix), (Severity::Ok, None));
    }
}
