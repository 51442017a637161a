//! The finished .proto, and what can be wrong with one.

mod slips;

use std::path::Path;

use super::*;
use crate::guide::cases::CheckFile;
use crate::probe::proto::parse;

const FILE: &str = "proto/route_guide.proto";
const FINISHED: &str = include_str!("../../../../../../proto/route_guide.proto");

fn diagnose(source: &str) -> Option<Diagnosis> {
    diagnose_in(source, Path::new("nowhere"))
}

fn diagnose_in(source: &str, imports: &Path) -> Option<Diagnosis> {
    let check = |path: &str| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(path);
        CheckFile::from_json(&std::fs::read_to_string(file).unwrap()).unwrap()
    };
    let parsed = match parse("route_guide.proto", source, imports) {
        Ok(parsed) => parsed,
        Err(error) => return Some(syntax(&error, FILE)),
    };
    let judge = Judge {
        parsed: &parsed,
        file: FILE,
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
        .excerpt
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
        "message routesummary",
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
        "latitude",
    );
    mistake(
        "service RouteGuide",
        "service Routeguide",
        "rpc-missing",
        "Routeguide",
    );
}

#[test]
fn a_name_that_is_nearly_right_is_shown_where_it_is() {
    for (old, new, id) in [
        ("rpc ListFeatures", "rpc ListFeature", "rpc-misnamed"),
        ("rpc ListFeatures", "rpc listFeatures", "rpc-misnamed"),
        ("rpc ListFeatures", "rpc LstFeatures", "rpc-misnamed"),
        ("rpc RecordRoute", "rpc RecordRoutes", "rpc-misnamed"),
        (
            "int32 latitude = 1;",
            "int64 latitud = 1;",
            "field-misnamed",
        ),
        (
            "int32 distance = 3;",
            "int32 distances = 5;",
            "field-misnamed",
        ),
    ] {
        mistake(old, new, id, new);
    }
    let said = |old, new| diagnose(&FINISHED.replacen(old, new, 1)).unwrap().message;
    assert_eq!(
        said("rpc ListFeatures", "rpc ListFeature"),
        "This rpc is called `ListFeature`; the lesson calls it `ListFeatures`. The name is a part of the path of each call."
    );
    assert_eq!(
        said("rpc ListFeatures", "rpc listFeatures"),
        "This rpc is called `listFeatures`; the lesson calls it `ListFeatures`. gRPC paths are case-sensitive."
    );
    // Before there is a service, no message is used by an rpc.
    let service = FINISHED.find("// A guide that").unwrap();
    let messages = FINISHED[..service].replace("message RouteNote", "message RouteNotes");
    assert_eq!(
        diagnose(&messages).unwrap().message,
        "This message is called `RouteNotes`; the lesson calls it `RouteNote`."
    );
    // An rpc that the lesson has, too, is not another one misspelt; nor is one of quite another name.
    let record = "rpc RecordRoute(stream Point) returns (RouteSummary);";
    for now in ["", "rpc Record(stream Point) returns (RouteSummary);"] {
        assert_eq!(said(record, now), "The service has no rpc `RecordRoute`.");
    }
}

#[test]
fn swapped_numbers_are_a_matter_of_numbers() {
    let swapped = FINISHED
        .replace("Point lo = 1", "Point lo = 2")
        .replace("Point hi = 2", "Point hi = 1");
    assert_eq!(diagnose(&swapped).unwrap().mistakes, ["field-number"]);
}
