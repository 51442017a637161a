//! Judging a .proto: the messages and the service of the learner against those of the lesson.

use prost_reflect::prost_types::FileDescriptorProto;
use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor};

use super::diagnosis::{Diagnosis, Place};
use super::report::CaseReport;
use crate::contract::cases::{FieldSpec, MessageSpec, RpcSpec, ServiceSpec};
use crate::probe::proto::{Parsed, SyntaxError};

/// The finding for a .proto that does not parse. `file` is its path from the lab's root.
pub fn syntax(error: &SyntaxError, file: &str, source: &str) -> Diagnosis {
    let place = error.offset.map(|offset| {
        let before = source.get(..offset).unwrap_or(source);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        place(
            file,
            source,
            before.matches('\n').count() + 1,
            before[start..].chars().count() + 1,
        )
    });
    let mut message = format!("The .proto does not compile: {}", error.message);
    // "Found here" says nothing that the place does not show.
    for detail in error
        .details
        .iter()
        .filter(|detail| *detail != "found here")
    {
        message.push_str("; ");
        message.push_str(detail);
    }
    placed(Diagnosis::mistake("syntax", message), place)
}

/// A finding at a place of the .proto, which is also what to edit.
fn placed(diagnosis: Diagnosis, place: Option<Place>) -> Diagnosis {
    let edit = place.as_ref().map(|place| (place.file.clone(), place.line));
    Diagnosis {
        place,
        edit,
        ..diagnosis
    }
}

/// A line of a source text as a place.
fn place(file: &str, source: &str, line: usize, column: usize) -> Place {
    Place {
        file: file.to_string(),
        line,
        column,
        source: source.lines().nth(line - 1).unwrap_or_default().to_string(),
    }
}

/// A parsed .proto, and how its things are shown.
pub struct Judge<'a> {
    /// The .proto.
    pub parsed: &'a Parsed,
    /// Its path from the lab's root.
    pub file: &'a str,
}

impl Judge<'_> {
    /// One case for each message.
    pub fn messages(&self, specs: &[MessageSpec]) -> Vec<CaseReport> {
        specs
            .iter()
            .map(|spec| CaseReport::of_fact(&spec.message, self.message(spec)))
            .collect()
    }

    /// One case for the package and one for each RPC.
    pub fn service(&self, spec: &ServiceSpec) -> Vec<CaseReport> {
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
        Some(self.at(&[2], Diagnosis::mistake(
            "package",
            format!("{what}, but it must be `{expected}`: the path of every call on the wire begins with it."),
        )
        .hint(format!("Write `package {expected};` below the syntax line."))))
    }

    fn message(&self, spec: &MessageSpec) -> Option<Diagnosis> {
        let Some(message) = self
            .parsed
            .file
            .messages()
            .find(|m| m.name() == spec.message)
        else {
            let fields: Vec<String> = spec
                .fields
                .iter()
                .map(|f| format!("{} {} = {};", f.kind, f.field, f.number))
                .collect();
            let hint = format!("message {} {{ {} }}", spec.message, fields.join(" "));
            let similar = self
                .parsed
                .file
                .messages()
                .find(|m| m.name().eq_ignore_ascii_case(&spec.message));
            return Some(
                match similar {
                    Some(other) => self.at(
                        other.path(),
                        Diagnosis::mistake(
                            "message-missing",
                            format!(
                                "This message is called `{}`; the lesson calls it `{}`.",
                                other.name(),
                                spec.message
                            ),
                        ),
                    ),
                    None => Diagnosis::mistake(
                        "message-missing",
                        format!("The message `{}` is missing.", spec.message),
                    ),
                }
                .hint(format!("What belongs there: {hint}")),
            );
        };
        spec.fields
            .iter()
            .find_map(|field| self.field(&message, field))
    }

    fn field(&self, message: &MessageDescriptor, spec: &FieldSpec) -> Option<Diagnosis> {
        let belongs = format!(
            "What belongs there: {} {} = {};",
            spec.kind, spec.field, spec.number
        );
        let Some(field) = message.get_field_by_name(&spec.field) else {
            // A field of another name that has the number and the type is this one, misnamed.
            let misnamed = message
                .get_field(spec.number)
                .filter(|field| written(field) == spec.kind);
            return Some(match misnamed {
                Some(other) => self.at(other.path(), Diagnosis::mistake(
                    "field-misnamed",
                    format!(
                        "Field {} of `{}` is called `{}`; the lesson calls it `{}`, and so does the code that uses it.",
                        spec.number, message.name(), other.name(), spec.field
                    ),
                )),
                None => self.at(message.path(), Diagnosis::mistake(
                    "field-missing",
                    format!("`{}` has no field `{}`.", message.name(), spec.field),
                )),
            }
            .hint(belongs));
        };
        if field.number() != spec.number {
            return Some(self.at(field.path(), Diagnosis::mistake(
                "field-number",
                format!(
                    "Field numbers, not names, travel on the wire: `{}` must be {}, and it is {}.",
                    spec.field, spec.number, field.number()
                ),
            )
            .hint(belongs)));
        }
        if written(&field) != spec.kind {
            return Some(
                self.at(
                    field.path(),
                    Diagnosis::mistake(
                        "field-type",
                        format!(
                            "`{}` must be {}, and it is {}.",
                            spec.field,
                            spec.kind,
                            written(&field)
                        ),
                    )
                    .hint(belongs),
                ),
            );
        }
        None
    }

    fn rpc(&self, service: &ServiceSpec, spec: &RpcSpec) -> Option<Diagnosis> {
        let belongs = format!(
            "What belongs there: rpc {}({}) returns ({});",
            spec.rpc, spec.takes, spec.returns
        );
        let Some(found) = self
            .parsed
            .file
            .services()
            .find(|s| s.name() == service.service)
        else {
            let other = self.parsed.file.services().next();
            return Some(match other {
                Some(other) => self.at(other.path(), Diagnosis::mistake(
                    "rpc-missing",
                    format!(
                        "The service is called `{}`; the lesson calls it `{}`. gRPC paths are case-sensitive.",
                        other.name(), service.service
                    ),
                )),
                None => Diagnosis::mistake(
                    "rpc-missing",
                    format!("There is no service `{}` yet.", service.service),
                )
                .hint(format!("Begin with `service {} {{ … }}`. {belongs}", service.service)),
            });
        };
        let Some(rpc) = found.methods().find(|method| method.name() == spec.rpc) else {
            let similar = found
                .methods()
                .find(|method| likeness(method.name()) == likeness(&spec.rpc));
            return Some(match similar {
                Some(other) => self.at(other.path(), Diagnosis::mistake(
                    "rpc-misnamed",
                    format!(
                        "This rpc is called `{}`; the lesson calls it `{}`. gRPC paths are case-sensitive.",
                        other.name(), spec.rpc
                    ),
                )),
                None => self.at(found.path(), Diagnosis::mistake(
                    "rpc-missing",
                    format!("The service has no rpc `{}`.", spec.rpc),
                )),
            }
            .hint(belongs));
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
                Some(self.at(rpc.path(), finding.hint(belongs.clone())))
            })
    }

    /// The finding with the place of a thing of the .proto.
    fn at(&self, path: &[i32], diagnosis: Diagnosis) -> Diagnosis {
        let place = location(self.parsed.file.file_descriptor_proto(), path)
            .map(|(line, column)| place(self.file, &self.parsed.source, line, column));
        placed(diagnosis, place)
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

/// Names that differ only in case and underscores are taken for the same name, misspelt.
fn likeness(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

/// A field's type as the .proto writes it, without the package.
fn written(field: &FieldDescriptor) -> String {
    let name = match field.kind() {
        Kind::Message(message) => message.name().to_string(),
        Kind::Enum(message) => message.name().to_string(),
        other => format!("{other:?}").to_lowercase(),
    };
    // For a message, `optional` changes nothing.
    let optional = field.supports_presence()
        && !matches!(field.kind(), Kind::Message(_))
        && field.containing_oneof().is_some();
    if field.is_list() {
        format!("repeated {name}")
    } else if optional {
        format!("optional {name}")
    } else {
        name
    }
}

/// Line and column, counted from 1, of the thing with this path in the descriptor.
fn location(file: &FileDescriptorProto, path: &[i32]) -> Option<(usize, usize)> {
    let info = file.source_code_info.as_ref()?;
    let found = info
        .location
        .iter()
        .find(|location| location.path == path)?;
    let line = usize::try_from(*found.span.first()?).ok()? + 1;
    let column = usize::try_from(*found.span.get(1)?).ok()? + 1;
    Some((line, column))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::contract::cases::CheckFile;
    use crate::course::files;
    use crate::probe::proto::parse;

    const FINISHED: &str = include_str!("../../proto/route_guide.proto");

    fn diagnose(source: &str) -> Option<Diagnosis> {
        let check = |path: &str| CheckFile::from_json(files::text(path).unwrap()).unwrap();
        let parsed = match parse("route_guide.proto", source, Path::new("nowhere")) {
            Ok(parsed) => parsed,
            Err(error) => return Some(syntax(&error, "p", source)),
        };
        let judge = Judge {
            parsed: &parsed,
            file: "p",
        };
        let mut cases = judge.messages(&check("lessons/01-define-messages/check.json").messages);
        let service = check("lessons/02-define-service/check.json")
            .service
            .unwrap();
        cases.extend(judge.service(&service));
        cases.into_iter().find_map(|case| case.diagnosis)
    }

    /// Changes the finished .proto, and asserts which mistake is found, and at which line.
    #[track_caller]
    fn mistake(old: &str, new: &str, id: &str, line_text: &str) {
        assert!(FINISHED.contains(old), "{old}");
        let diagnosis = diagnose(&FINISHED.replacen(old, new, 1)).expect("a finding");
        assert_eq!(diagnosis.mistakes, [id], "{}", diagnosis.message);
        let source = diagnosis
            .place
            .map(|place| place.source)
            .unwrap_or_default();
        assert!(source.contains(line_text), "{source:?} lacks {line_text:?}");
    }

    #[test]
    fn the_finished_contract_passes() {
        assert_eq!(diagnose(FINISHED), None);
        // What changes neither the wire nor the code.
        assert_eq!(
            diagnose(&FINISHED.replace("Point location", "optional Point location")),
            None
        );
    }

    #[test]
    fn every_mistake_of_a_proto_is_found_at_its_line() {
        mistake(
            "message Feature {",
            "message Features {",
            "syntax",
            "Feature",
        );
        mistake(
            "message RouteSummary {",
            "message routesummary {",
            "syntax",
            "RouteSummary",
        );
        mistake(
            "  int32 distance = 3;\n",
            "",
            "field-missing",
            "message RouteSummary",
        );
        mistake("int32 latitude", "int32 lat", "field-misnamed", "int32 lat");
        mistake("hi = 2", "hi = 3", "field-number", "hi = 3");
        mistake(
            "int32 latitude",
            "double latitude",
            "field-type",
            "double latitude",
        );
        mistake(
            "string name",
            "repeated string name",
            "field-type",
            "repeated",
        );
        mistake(
            "int32 latitude",
            "optional int32 latitude",
            "field-type",
            "optional",
        );
        mistake(
            "rpc RouteChat",
            "rpc routeChat",
            "rpc-misnamed",
            "rpc routeChat",
        );
        mistake(
            "rpc RouteChat",
            "rpc Talk",
            "rpc-missing",
            "service RouteGuide",
        );
        mistake("(stream Point)", "(Point)", "stream-missing", "RecordRoute");
        mistake(
            "(RouteSummary)",
            "(stream RouteSummary)",
            "stream-extra",
            "RecordRoute",
        );
        mistake(
            "package routeguide;",
            "package guide;",
            "package",
            "package guide",
        );
        mistake("package routeguide;", "", "package", "");
        mistake(
            "int32 latitude = 1;",
            "int32 latitude = 1",
            "syntax",
            "longitude",
        );
        mistake(
            "service RouteGuide",
            "service Routeguide",
            "rpc-missing",
            "Routeguide",
        );
    }

    #[test]
    fn swapped_numbers_are_a_matter_of_numbers() {
        let swapped = FINISHED
            .replace("Point lo = 1", "Point lo = 2")
            .replace("Point hi = 2", "Point hi = 1");
        assert_eq!(diagnose(&swapped).unwrap().mistakes, ["field-number"]);
    }
}
