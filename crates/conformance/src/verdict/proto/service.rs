//! The service of a .proto: its package, and its rpcs with what they take and return.

use prost_reflect::MethodDescriptor;

use super::{Judge, in_path, misspelt};
use super::{RpcSpec, ServiceSpec};
use crate::verdict::{CaseReport, Diagnosis};

impl Judge<'_> {
    /// One case for the package and one for each RPC.
    pub fn service(&self, spec: &ServiceSpec) -> Vec<CaseReport> {
        if let Some(case) = self.other_syntax() {
            return vec![case];
        }
        let mut cases = vec![CaseReport::of_fact(
            format!("package {}", spec.package),
            self.package(&spec.package),
        )];
        cases.extend(
            spec.rpcs
                .iter()
                .map(|rpc| CaseReport::of_fact(&rpc.rpc, self.rpc(spec, rpc))),
        );
        cases
    }

    fn package(&self, expected: &str) -> Option<Diagnosis> {
        let found = self.parsed.file.package_name();
        if found == expected {
            return None;
        }
        let what = match found {
            "" => "The file has no package".to_string(),
            found => format!("The package is `{found}`"),
        };
        // The package is field 2 of a FileDescriptorProto.
        Some(self.at(&self.parsed.file, &[2], Diagnosis::mistake(
            "package",
            format!("{what}, but it must be `{expected}`: the path of every call on the wire begins with it."),
        )
        .hint(format!("Write `package {expected};` below the syntax line."))))
    }

    fn rpc(&self, service: &ServiceSpec, spec: &RpcSpec) -> Option<Diagnosis> {
        let belongs = format!(
            "What belongs there: rpc {}({}) returns ({});",
            spec.rpc, spec.takes, spec.returns
        );
        let Some(found) = self.all_services().find(|s| s.name() == service.service) else {
            let other = self.all_services().next();
            return Some(match other {
                Some(other) => self.at(
                    &other.parent_file(),
                    other.path(),
                    Diagnosis::mistake(
                        "rpc-missing",
                        format!(
                            "The service is called `{}`; the lesson calls it `{}`. {}",
                            other.name(),
                            service.service,
                            in_path(other.name(), &service.service)
                        ),
                    ),
                ),
                None => Diagnosis::mistake(
                    "rpc-missing",
                    format!("There is no service `{}` yet.", service.service),
                )
                .hint(format!(
                    "Begin with `service {} {{ … }}`. {belongs}",
                    service.service
                )),
            });
        };
        let Some(rpc) = found.methods().find(|method| method.name() == spec.rpc) else {
            let similar = misspelt(
                &spec.rpc,
                found.methods(),
                |method| method.name().to_string(),
                |name| service.rpcs.iter().any(|known| known.rpc == name),
            );
            return Some(
                match similar {
                    Some(other) => self.at(
                        &other.parent_file(),
                        other.path(),
                        Diagnosis::mistake(
                            "rpc-misnamed",
                            format!(
                                "This rpc is called `{}`; the lesson calls it `{}`. {}",
                                other.name(),
                                spec.rpc,
                                in_path(other.name(), &spec.rpc)
                            ),
                        ),
                    ),
                    None => self.at(
                        &found.parent_file(),
                        found.path(),
                        Diagnosis::mistake(
                            "rpc-missing",
                            format!("The service has no rpc `{}`.", spec.rpc),
                        ),
                    ),
                }
                .hint(belongs),
            );
        };
        let sides = [
            (
                Side::Takes,
                rpc.is_client_streaming(),
                rpc.input(),
                &spec.takes,
            ),
            (
                Side::Returns,
                rpc.is_server_streaming(),
                rpc.output(),
                &spec.returns,
            ),
        ];
        sides
            .into_iter()
            .find_map(|(side, streams, message, spec)| {
                let finding = side_of_rpc(&rpc, side, streams, message.name(), spec)?;
                Some(self.at(
                    &rpc.parent_file(),
                    rpc.path(),
                    finding.hint(belongs.clone()),
                ))
            })
    }
}

/// Which side of an rpc.
#[derive(Clone, Copy)]
enum Side {
    Takes,
    Returns,
}

fn side_of_rpc(
    rpc: &MethodDescriptor,
    side: Side,
    streams: bool,
    message: &str,
    spec: &str,
) -> Option<Diagnosis> {
    let (must_stream, type_name) = match spec.strip_prefix("stream ") {
        Some(name) => (true, name),
        None => (false, spec),
    };
    let (verb, who) = match side {
        Side::Takes => ("takes", "the client"),
        Side::Returns => ("returns", "the server"),
    };
    let name = rpc.name();
    if message != type_name {
        return Some(Diagnosis::mistake(
            "rpc-missing",
            format!("`{name}` {verb} {message}, but it must be {spec}."),
        ));
    }
    match (must_stream, streams) {
        (true, false) => Some(Diagnosis::mistake(
            "stream-missing",
            format!(
                "`{name}` {verb} one {type_name}, but {who} sends many: put `stream` before {type_name}."
            ),
        )),
        (false, true) => Some(Diagnosis::mistake(
            "stream-extra",
            format!(
                "`{name}` {verb} a stream, but {who} sends one {type_name}: take `stream` away there."
            ),
        )),
        _ => None,
    }
}
