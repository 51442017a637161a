//! A part of a contract as the text of a .proto, with its comments: what the compiler understood.

use prost_reflect::prost_types::source_code_info::Location;
use prost_reflect::{
    Cardinality, EnumDescriptor, FieldDescriptor, FileDescriptor, Kind, MessageDescriptor,
    MethodDescriptor, ServiceDescriptor,
};

use super::contract::Item;
use crate::course::region;

/// The text of an item. It ends with a line end.
pub fn text(item: &Item) -> String {
    let mut lines = Lines {
        file: item.file(),
        text: String::new(),
    };
    match item {
        Item::Message(message) => lines.message(message, 0),
        Item::Enum(kind) => lines.enumeration(kind, 0),
        Item::Service(service) => lines.service(service),
        Item::Rpc(method) => lines.rpc(method, 0),
    }
    lines.text
}

/// The line of an item in its file, counted from 1, if that is known.
pub fn line_of(item: &Item) -> Option<usize> {
    let file = item.file();
    let start = *location(&file, item.path())?.span.first()?;
    usize::try_from(start).ok().map(|line| line + 1)
}

/// The lines so far.
struct Lines {
    file: FileDescriptor,
    text: String,
}

impl Lines {
    fn message(&mut self, message: &MessageDescriptor, depth: usize) {
        self.above(message.path(), depth);
        let mut members = Vec::new();
        for inner in message
            .child_messages()
            .filter(|inner| !inner.is_map_entry())
        {
            members.push(Member::Message(inner));
        }
        members.extend(message.child_enums().map(Member::Enum));
        let name = message.name();
        if members.is_empty() && message.fields().len() == 0 {
            return self.line(depth, &format!("message {name} {{}}"));
        }
        self.line(depth, &format!("message {name} {{"));
        for member in members {
            match member {
                Member::Message(inner) => self.message(&inner, depth + 1),
                Member::Enum(inner) => self.enumeration(&inner, depth + 1),
            }
        }
        self.fields(message, depth + 1);
        self.line(depth, "}");
    }

    fn fields(&mut self, message: &MessageDescriptor, depth: usize) {
        let mut done = Vec::new();
        // In the order of the file, as they are written.
        let mut fields: Vec<FieldDescriptor> = message.fields().collect();
        fields.sort_by_key(|field| field.path().last().copied());
        for field in fields {
            let group = field
                .containing_oneof()
                .filter(|oneof| !oneof.is_synthetic());
            let Some(group) = group else {
                self.field(&field, depth);
                continue;
            };
            if done.contains(&group.name().to_string()) {
                continue;
            }
            done.push(group.name().to_string());
            self.above(group.path(), depth);
            self.line(depth, &format!("oneof {} {{", group.name()));
            for field in group.fields() {
                self.field(&field, depth + 1);
            }
            self.line(depth, "}");
        }
    }

    fn field(&mut self, field: &FieldDescriptor, depth: usize) {
        self.above(field.path(), depth);
        let package = self.file.package_name().to_string();
        let (label, kind) = match field.kind() {
            Kind::Message(entry) if field.is_map() => {
                let key = type_name(&entry.map_entry_key_field().kind(), &package);
                let value = type_name(&entry.map_entry_value_field().kind(), &package);
                ("", format!("map<{key}, {value}>"))
            }
            kind if field.is_list() => ("repeated ", type_name(&kind, &package)),
            kind => (label(field), type_name(&kind, &package)),
        };
        let line = format!("{label}{kind} {} = {};", field.name(), field.number());
        let beside = self.beside(field.path());
        self.line(depth, &(line + &beside));
    }

    fn enumeration(&mut self, kind: &EnumDescriptor, depth: usize) {
        self.above(kind.path(), depth);
        self.line(depth, &format!("enum {} {{", kind.name()));
        for value in kind.values() {
            self.above(value.path(), depth + 1);
            let beside = self.beside(value.path());
            self.line(
                depth + 1,
                &format!("{} = {};{beside}", value.name(), value.number()),
            );
        }
        self.line(depth, "}");
    }

    fn service(&mut self, service: &ServiceDescriptor) {
        self.above(service.path(), 0);
        if service.methods().len() == 0 {
            return self.line(0, &format!("service {} {{}}", service.name()));
        }
        self.line(0, &format!("service {} {{", service.name()));
        for (number, method) in service.methods().enumerate() {
            let has_comment = comment_above(&self.file, method.path()).is_some();
            if number > 0 && has_comment {
                self.line(0, "");
            }
            self.rpc(&method, 1);
        }
        self.line(0, "}");
    }

    fn rpc(&mut self, method: &MethodDescriptor, depth: usize) {
        self.above(method.path(), depth);
        let beside = self.beside(method.path());
        self.line(depth, &(signature(method) + &beside));
    }

    /// The comment above an element.
    fn above(&mut self, path: &[i32], depth: usize) {
        for line in comment_above(&self.file, path).unwrap_or_default() {
            self.line(depth, format!("// {line}").trim_end());
        }
    }

    /// The comment behind an element, on its line.
    fn beside(&self, path: &[i32]) -> String {
        let comment = location(&self.file, path).and_then(|place| place.trailing_comments);
        let lines = comment.as_deref().map(lines_of).unwrap_or_default();
        match lines.join(" ") {
            text if text.is_empty() => text,
            text => format!("  // {text}"),
        }
    }

    fn line(&mut self, depth: usize, line: &str) {
        let indented = format!("{}{line}", "  ".repeat(depth));
        self.text.push_str(indented.trim_end());
        self.text.push('\n');
    }
}

/// What is defined inside of a message.
enum Member {
    Message(MessageDescriptor),
    Enum(EnumDescriptor),
}

/// An RPC on one line: `rpc ListFeatures(Rectangle) returns (stream Feature);`.
pub fn signature(method: &MethodDescriptor) -> String {
    let file = method.parent_service().parent_file();
    let side = |is_stream: bool, message: MessageDescriptor| {
        let stream = if is_stream { "stream " } else { "" };
        let name = type_name(&Kind::Message(message), file.package_name());
        format!("{stream}{name}")
    };
    format!(
        "rpc {}({}) returns ({});",
        method.name(),
        side(method.is_client_streaming(), method.input()),
        side(method.is_server_streaming(), method.output())
    )
}

/// A type as it is written in a file of a package.
pub fn type_name(kind: &Kind, package: &str) -> String {
    let name = match kind {
        Kind::Message(message) => message.full_name(),
        Kind::Enum(kind) => kind.full_name(),
        Kind::Double => "double",
        Kind::Float => "float",
        Kind::Int32 => "int32",
        Kind::Int64 => "int64",
        Kind::Uint32 => "uint32",
        Kind::Uint64 => "uint64",
        Kind::Sint32 => "sint32",
        Kind::Sint64 => "sint64",
        Kind::Fixed32 => "fixed32",
        Kind::Fixed64 => "fixed64",
        Kind::Sfixed32 => "sfixed32",
        Kind::Sfixed64 => "sfixed64",
        Kind::Bool => "bool",
        Kind::String => "string",
        Kind::Bytes => "bytes",
    };
    let in_package = name
        .strip_prefix(package)
        .and_then(|rest| rest.strip_prefix('.'));
    in_package.unwrap_or(name).to_string()
}

/// `optional` or `required` in front of a field.
fn label(field: &FieldDescriptor) -> &'static str {
    let is_optional = field.field_descriptor_proto().proto3_optional();
    match field.cardinality() {
        Cardinality::Required => "required ",
        Cardinality::Optional if is_optional => "optional ",
        Cardinality::Optional | Cardinality::Repeated => "",
    }
}

/// The source location of the element with this path in the descriptor.
fn location(file: &FileDescriptor, path: &[i32]) -> Option<Location> {
    let info = file.file_descriptor_proto().source_code_info.as_ref()?;
    info.location
        .iter()
        .find(|place| place.path == path)
        .cloned()
}

fn comment_above(file: &FileDescriptor, path: &[i32]) -> Option<Vec<String>> {
    let comment = location(file, path)?.leading_comments?;
    Some(lines_of(&comment)).filter(|lines| !lines.is_empty())
}

/// The lines of a comment, without the markers of lessons.
fn lines_of(comment: &str) -> Vec<String> {
    let lines = comment.trim_end().lines().map(|line| {
        let line = line.strip_prefix(' ').unwrap_or(line);
        line.trim_end().to_string()
    });
    lines
        .filter(|line| !region::is_marker(&format!("//{line}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use prost_reflect::DescriptorPool;

    use super::*;
    use crate::caller::contract::Contract;
    use crate::probe::proto::parse;

    #[test]
    fn the_courses_contract_reads_as_it_is_written() {
        let contract = Contract::course().unwrap();
        let described = |name: &str| text(&contract.find(name).unwrap()[0]);
        let file = "start_here/proto/route_guide.proto";
        let source = crate::course::files::finished(file).unwrap();
        for name in [
            "Point",
            "Feature",
            "Rectangle",
            "RouteNote",
            "RouteSummary",
            "RouteGuide",
        ] {
            let text = described(name);
            assert!(source.contains(&text), "{text}");
        }
        let rpc = described("RecordRoute");
        assert!(
            rpc.ends_with("\nrpc RecordRoute(stream Point) returns (RouteSummary);\n"),
            "{rpc}"
        );
        let line = line_of(&contract.find("Feature").unwrap()[0]).unwrap();
        assert_eq!(source.lines().nth(line - 1), Some("message Feature {"));
    }

    #[test]
    fn whatever_a_proto_may_hold_is_printed() {
        let source = "\
syntax = \"proto3\";
package a.b;
import \"google/protobuf/timestamp.proto\";

// lesson: define-messages
message Empty {}
// end lesson

message All {
  message Inner {
    bool flag = 1;
  }
  enum Colour {
    RED = 0;  // the first
    // A second.
    BLUE = 4;
  }
  Inner inner = 1;
  repeated Colour colours = 2;
  map<string, Inner> by_name = 3;
  optional int32 maybe = 4;
  oneof choice {
    string text = 5;
    bytes data = 6;
  }
  google.protobuf.Timestamp at = 8;  // when
  Empty nothing = 7;
}
service Nothing {}
";
        let parsed = parse("a.proto", source, Path::new("nowhere")).unwrap();
        let pool: DescriptorPool = parsed.file.parent_pool().clone();
        let contract = Contract::of(pool);
        let described = |name: &str| text(&contract.find(name).unwrap()[0]);
        assert_eq!(described("Empty"), "message Empty {}\n");
        assert_eq!(described("Nothing"), "service Nothing {}\n");
        let all = described("All");
        let (_, rest) = source.split_once("// end lesson\n\n").unwrap();
        let (expected, _) = rest.split_once("service").unwrap();
        // Types inside of the message are named with it.
        let expected = expected
            .replace("  Inner inner", "  All.Inner inner")
            .replace("repeated Colour", "repeated All.Colour")
            .replace("string, Inner", "string, All.Inner");
        assert_eq!(all, expected);
        assert!(described("Inner").starts_with("message Inner {"));
        assert!(contract.find("Timestamp").is_err());
    }
}
