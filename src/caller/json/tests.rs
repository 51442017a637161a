use std::path::Path;

use prost_reflect::MessageDescriptor;
use prost_reflect::prost::Message as _;

use super::*;
use crate::caller::contract::{Contract, Item};
use crate::probe::proto::parse;

fn message(contract: &Contract, name: &str) -> MessageDescriptor {
    match &contract.find(name).unwrap()[0] {
        Item::Message(message) => message.clone(),
        other => panic!("{other:?}"),
    }
}

fn of_course(name: &str) -> MessageDescriptor {
    message(&Contract::course().unwrap(), name)
}

#[track_caller]
fn written(text: &str, kind: &MessageDescriptor) -> String {
    write(&read(text, kind).unwrap()).unwrap()
}

#[test]
fn all_fields_are_shown_in_the_order_of_the_proto() {
    assert_eq!(
        written("{}", &of_course("Point")),
        r#"{"latitude": 0, "longitude": 0}"#
    );
    assert_eq!(
        written(
            r#"{"location":{"longitude":-5},"message":"a: \"b\", c\\"}"#,
            &of_course("RouteNote")
        ),
        r#"{"location": {"latitude": 0, "longitude": -5}, "message": "a: \"b\", c\\"}"#
    );
    assert_eq!(
        written("{}", &of_course("Feature")),
        r#"{"name": "", "location": null}"#
    );
    assert_eq!(
        write(&example(&of_course("RouteNote"))).unwrap(),
        r#"{"location": {"latitude": 0, "longitude": 0}, "message": ""}"#
    );
    // What a terminal would obey, or not show, is escaped.
    let hostile = written("{\"name\": \"\u{9b}31m\u{202e}\"}", &of_course("Feature"));
    assert!(hostile.contains(r"\u009b31m\u202e"), "{hostile}");
}

#[test]
fn names_are_those_of_the_proto_or_in_camel_case_and_null_is_a_default() {
    let kind = of_course("RouteSummary");
    let one = read(
        r#"{"point_count": 3, "elapsedTime": "12", "distance": null}"#,
        &kind,
    )
    .unwrap();
    let other = read(r#"{"pointCount": 3.0, "elapsed_time": 12e0}"#, &kind).unwrap();
    assert_eq!(one, other);
    assert_eq!(one.encode_to_vec(), [8, 3, 32, 12]);
}

#[test]
fn what_is_wrong_is_said_with_its_field() {
    let rectangle = of_course("Rectangle");
    for (text, said) in [
        (
            r#"{"low": {}}"#,
            "Rectangle has no field `low`; did you mean `lo`? Its fields are lo, hi",
        ),
        (
            r#"{"lo": {"lat": 1}}"#,
            "Point has no field `lat`; did you mean `latitude`? Its fields are latitude, longitude",
        ),
        (
            r#"{"lo": {"latitude": 4071500000}}"#,
            "`lo.latitude` is an int32, a whole number, and 4071500000 is out of its range, -2147483648 to 2147483647",
        ),
        (
            r#"{"lo": {"latitude": 100000000000000000000}}"#,
            "`lo.latitude` is an int32, a whole number, and 100000000000000000000 is out of its range, \
             -2147483648 to 2147483647",
        ),
        (
            r#"{"lo": {"latitude": 40.7}}"#,
            "`lo.latitude` is an int32, a whole number, and 40.7 is not",
        ),
        (
            r#"{"lo": {"latitude": "north"}}"#,
            "`lo.latitude` is an int32, a whole number, and \"north\" is not",
        ),
        (
            r#"{"lo": {"latitude": [1]}}"#,
            "`lo.latitude` is an int32, a whole number, and a list is not",
        ),
        (
            r#"{"lo": 5}"#,
            "`lo` is a Point, a JSON object, and 5 is not",
        ),
        (r#"{"lo": {}, "lo": {}}"#, "`lo` is set twice"),
        (
            "[]",
            "a message must be a JSON object, such as {}, and this is a list",
        ),
        (
            "null",
            "a message must be a JSON object, such as {}, and this is null",
        ),
        (
            "7",
            "a message must be a JSON object, such as {}, and this is 7",
        ),
    ] {
        let error = read(text, &rectangle).unwrap_err();
        assert_eq!(error.problem, said);
        assert!(!error.is_syntax, "{text}");
    }
}

#[test]
fn what_is_no_json_is_said_with_its_place() {
    let point = of_course("Point");
    for (text, line, column, said) in [
        (
            "{latitude: 1}",
            1,
            2,
            "the name of a field must be in double quotation marks",
        ),
        ("{\"latitude\" 1}", 1, 13, "expected `:`"),
        (
            "{\"latitude\": 1",
            1,
            14,
            "it ends in the middle of an object",
        ),
        (
            "{\n  \"latitude\": 1,\n}",
            3,
            1,
            "nothing follows this comma",
        ),
        ("{} {}", 1, 4, "there is more text behind the message"),
        ("", 1, 0, "it ends in the middle of a value"),
    ] {
        let error = read(text, &point).unwrap_err();
        assert!(error.is_syntax, "{text}");
        assert_eq!((error.line, error.column), (line, column), "{text}");
        assert_eq!(error.problem, said);
    }
}

#[test]
fn every_type_of_field_is_read_and_written() {
    let source = "\
syntax = \"proto3\";
package test;
message All {
  enum Colour { RED = 0; BLUE = 4; }
  int64 long = 1;
  uint64 positive = 2;
  float ratio = 3;
  double precise = 4;
  bool flag = 5;
  bytes data = 6;
  Colour colour = 7;
  repeated All list = 8;
  map<int32, string> names = 9;
  optional string maybe = 10;
  oneof choice { string left = 11; All right = 12; }
}
";
    let parsed = parse("all.proto", source, Path::new("nowhere")).unwrap();
    let contract = Contract::of(parsed.file.parent_pool().clone());
    let all = message(&contract, "All");
    let filled = r#"{"long": "-9007199254740993", "positive": "18446744073709551615", "ratio": 0.1, "precise": "NaN", "flag": true, "data": "AQI=", "colour": "BLUE", "list": [], "names": {"-1": "a", "2": "b"}, "maybe": "", "left": ""}"#;
    assert_eq!(written(filled, &all), filled);
    let empty = r#"{"long": "0", "positive": "0", "ratio": 0.0, "precise": 0.0, "flag": false, "data": "", "colour": "RED", "list": [], "names": {}, "maybe": null}"#;
    assert_eq!(written("{}", &all), empty);
    for (text, said) in [
        (
            r#"{"flag": "true"}"#,
            "`flag` is a bool, true or false, and \"true\" is not",
        ),
        (
            r#"{"colour": "GREEN"}"#,
            "`colour` is a Colour, one of RED, BLUE, and \"GREEN\" is not",
        ),
        (
            r#"{"positive": -1}"#,
            "`positive` is a uint64, a whole number, and -1 is out of its range",
        ),
        (r#"{"ratio": 1e300}"#, "`ratio` is a float, and 1000"),
        (
            r#"{"data": "?"}"#,
            "`data` is bytes, a string in base64, and \"?\" is not",
        ),
        (
            r#"{"list": {}}"#,
            "`list` is a list, such as [], and a JSON object is not",
        ),
        (
            r#"{"list": [{}, {"long": true}]}"#,
            "`list[1].long` is an int64, a whole number, and true is not",
        ),
        (
            r#"{"list": [null]}"#,
            "`list[0]` is an All, a JSON object, and null is not",
        ),
        (
            r#"{"names": {"x": ""}}"#,
            "`names[x]` is an int32, a whole number, and \"x\" is not",
        ),
        (
            r#"{"left": "", "right": {}}"#,
            "`left` and `right` are in one oneof, `choice`: only one of them can be set",
        ),
    ] {
        let error = read(text, &all).unwrap_err();
        assert!(error.problem.starts_with(said), "{}", error.problem);
    }
    // Deeper than any message is, but no reason to crash.
    let deep = "{\"list\": [".repeat(100_000);
    assert_eq!(
        read(&deep, &all).unwrap_err().problem,
        "recursion limit exceeded"
    );
}

#[test]
fn fields_are_assigned_by_their_paths() {
    let rectangle = of_course("Rectangle");
    let assigned = |words: &[(&str, &str)]| {
        let mut message = prost_reflect::DynamicMessage::new(rectangle.clone());
        let result = words
            .iter()
            .try_for_each(|(path, text)| assign(&mut message, path, text).map(drop));
        result
            .map(|()| write(&message).unwrap())
            .map_err(|error| error.0)
    };
    assert_eq!(
        assigned(&[("lo.latitude", "407150000"), ("lo.longitude", "-5")]).unwrap(),
        r#"{"lo": {"latitude": 407150000, "longitude": -5}, "hi": null}"#
    );
    for (words, said) in [
        (
            [("lo.latitude", "0"), ("lo", "5")],
            "`lo` is a Point: set its fields, such as lo.latitude=…",
        ),
        (
            [("lo.latitude", "0"), ("lo.latitude.x", "5")],
            "`lo.latitude` is an int32, a whole number, and has no field `x`",
        ),
        (
            [("hi.latitude", "1"), ("hi.lat", "5")],
            "Point has no field `lat`; did you mean `latitude`? Its fields are latitude, longitude",
        ),
        (
            [("hi.latitude", "1"), ("hi.longitude", "5.5")],
            "`hi.longitude` is an int32, a whole number, and 5.5 is not",
        ),
        (
            [("hi.latitude", "1"), ("", "5")],
            "Rectangle has no field ``. Its fields are lo, hi",
        ),
    ] {
        assert_eq!(assigned(&words).unwrap_err(), said);
    }
    let note = of_course("RouteNote");
    let mut message = prost_reflect::DynamicMessage::new(note);
    assign(&mut message, "message", "42 = x").unwrap();
    assert_eq!(
        write(&message).unwrap(),
        r#"{"location": null, "message": "42 = x"}"#
    );
}
