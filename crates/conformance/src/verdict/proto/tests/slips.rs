//! Slips in a .proto, and what is said of each.

use super::*;

/// Changes the finished .proto so that it does not parse, or not as the lesson asks. Asserts the sentence, and the line
/// that it is about.
#[track_caller]
fn told(old: &str, new: &str, sentence: &str, line_text: &str) {
    assert!(FINISHED.contains(old), "{old}");
    let diagnosis = diagnose(&FINISHED.replacen(old, new, 1)).expect("a finding");
    let source = diagnosis.excerpt.map(|place| place.source);
    assert_eq!(
        (
            diagnosis.message.as_str(),
            source.as_deref().unwrap_or_default().trim()
        ),
        (sentence, line_text)
    );
}

#[test]
fn slips_in_a_field_are_told_in_our_words() {
    let field = "int32 latitude = 1;";
    let order = "In a .proto, the type comes before the name: `int32 latitude = 1;`.";
    told(field, "latitude: int32 = 1;", order, "latitude: int32 = 1;");
    told(field, "latitude: i32 = 1;", order, "latitude: i32 = 1;");
    told(field, "latitude int32 = 1;", order, "latitude int32 = 1;");
    for (kind, right) in [
        ("int", "int32"),
        ("i32", "int32"),
        ("Int32", "int32"),
        ("f64", "double"),
    ] {
        told(
            "int32 latitude",
            &format!("{kind} latitude"),
            &format!("`{kind}` is not a type of a .proto: write `{right}`."),
            &format!("{kind} latitude = 1;"),
        );
    }
    told(
        "longitude = 2",
        "longitude = 1",
        "`latitude` and `longitude` have the same number, 1 (lines 16 and 17): each field of a message needs its own.",
        "int32 longitude = 1;",
    );
    // The parser's own words name both lines, too.
    let twice = FINISHED.replacen("longitude = 2", "longitude = 1", 1);
    let said = diagnose(&twice).unwrap().quoted.unwrap();
    assert_eq!(
        said.words(),
        "The parser says: field number '1' is already used; first defined in line 16; defined again in line 17"
    );
    told(
        "int32 longitude = 2",
        "int32 latitude = 2",
        "The field `latitude` is declared twice (lines 16 and 17).",
        "int32 latitude = 2;",
    );
    told(
        "latitude = 1;",
        "latitude = 1",
        "A `;` is missing at the end of this line.",
        "int32 latitude = 1",
    );
    told(
        "longitude = 2;",
        "longitude = 2 // degrees",
        "A `;` is missing at the end of this line.",
        "int32 longitude = 2 // degrees",
    );
    told(
        "latitude = 1;",
        "latitude = 1,",
        "A statement ends with `;`, not with `,`.",
        "int32 latitude = 1,",
    );
    told(
        "latitude = 1;",
        "latitude;",
        "Each field needs its number: `int32 latitude = …;`.",
        "int32 latitude;",
    );
    told(
        "latitude = 1;",
        "latitude: 1;",
        "The number of a field comes behind `=`, not `:`.",
        "int32 latitude: 1;",
    );
    told(
        "latitude = 1;",
        "latitude = 0;",
        "The numbers of fields begin at 1.",
        "int32 latitude = 0;",
    );
    told(
        "point_count",
        "point-count",
        "A name consists of letters, digits and `_`: write `_` in place of `-`.",
        "int32 point-count = 1;",
    );
    told(
        "int32 longitude",
        "required int32 longitude",
        "proto3 has no `required`: remove the word.",
        "required int32 longitude = 2;",
    );
    told(
        "int32 longitude = 2;",
        "int32 longitude = 2; repeated group Extra = 3 { int32 a = 1; }",
        "proto3 has no groups, and this lesson needs none: remove it.",
        "int32 longitude = 2; repeated group Extra = 3 { int32 a = 1; }",
    );
    told(
        "  string name = 1;",
        "  Option<string> name = 1;",
        "A .proto has no `Option`: every field that holds a message can be absent. Write the type alone.",
        "Option<string> name = 1;",
    );
    told(
        "int32 longitude = 2;",
        "int32 longitude = 2;\n  int32 altitude = 3;",
        "`Point` has a field too many: `altitude`. The code that is given in the other files makes a `Point` without it.",
        "int32 altitude = 3;",
    );
    told(
        "  Point location = 1;",
        "  oneof place { Point location = 1; }",
        "`location` is inside the oneof `place`, and must be a field of its own.",
        "oneof place { Point location = 1; }",
    );
}

#[test]
fn slips_in_an_rpc_are_told_in_our_words() {
    let rpc = "rpc ListFeatures(Rectangle) returns (stream Feature);";
    for (new, sentence) in [
        (
            "(repeated Feature);",
            "An rpc that sends many messages has `stream`, not `repeated`: write `stream Feature`.",
        ),
        (
            "(stream<Feature>);",
            "Write the type behind `stream`, without angle brackets: `(stream Type)`.",
        ),
        (
            "stream Feature;",
            "`stream` goes inside the parentheses, before the type: `(stream Type)`.",
        ),
        (
            "(stream Feature)",
            "A `;` is missing at the end of this line.",
        ),
    ] {
        let line = format!("rpc ListFeatures(Rectangle) returns {new}");
        told(rpc, &line, sentence, &line);
    }
    for (old, new, sentence) in [
        (
            "(stream Point)",
            "(Point stream)",
            "`stream` goes before the type: `(stream Point)`.",
        ),
        (
            "(stream Point)",
            "( Point Stream )",
            "`stream` goes before the type: `(stream Point)`.",
        ),
        (
            "(stream Feature)",
            "(Feature stream)",
            "`stream` goes before the type: `(stream Feature)`.",
        ),
        (
            "(stream Point)",
            "(Point repeated)",
            "An rpc that sends many messages has `stream` before the type, not `repeated`: `(stream Point)`.",
        ),
        (
            "(stream Point)",
            "(Stream Point)",
            "Write `stream` for `Stream`: `(stream Point)`.",
        ),
        (
            "(stream Point)",
            "(streaming Point)",
            "Write `stream` for `streaming`: `(stream Point)`.",
        ),
        (
            "rpc RecordRoute(",
            "stream rpc RecordRoute(",
            "`stream` goes inside the parentheses, before the type: `(stream Type)`.",
        ),
    ] {
        let line = FINISHED.lines().find(|line| line.contains(old)).unwrap();
        let line = line.trim().replacen(old, new, 1);
        told(old, new, sentence, &line);
    }
    let alone = "In the parentheses of an rpc is a type, without a name for it: remove ";
    for (named, what) in [
        (
            "(Rectangle rectangle) returns (stream Feature);",
            "`rectangle`.",
        ),
        (
            "(rectangle: Rectangle) returns (stream Feature);",
            "the name and the `:`.",
        ),
        (
            "(Rectangle) returns (stream Feature feature);",
            "`feature`.",
        ),
        (
            "(Rectangle) returns (stream features: Feature);",
            "the name and the `:`.",
        ),
    ] {
        let line = format!("rpc ListFeatures{named}");
        told(rpc, &line, &format!("{alone}{what}"), &line);
    }
    let returns = "Behind what it takes, an rpc has the word `returns`: `rpc Name(Request) returns (Reply);`.";
    for word in ["->", "return"] {
        let line = rpc.replace("returns", word);
        told(rpc, &line, returns, &line);
    }
    told(
        "rpc ListFeatures",
        "fn ListFeatures",
        "A call of a service begins with `rpc`, not `fn`.",
        &rpc.replace("rpc", "fn"),
    );
    told(
        "rpc ListFeatures",
        "ListFeatures",
        "A call of a service begins with `rpc`: write `rpc ListFeatures(…)`.",
        rpc.trim_start_matches("rpc "),
    );
}

#[test]
fn what_is_not_closed_is_told_where_it_was_opened() {
    told(
        "int32 longitude = 2;\n}",
        "int32 longitude = 2;\n",
        "`message Point {` is not closed: its `}` is missing.",
        "message Point {",
    );
    told(
        "(Feature);\n}",
        "(Feature);\n",
        "`service RouteGuide {` is not closed: its `}` is missing.",
        "service RouteGuide {",
    );
    told(
        "int32 longitude = 2;\n}",
        "int32 longitude = 2;\n}\n}",
        "This `}` closes nothing: there is one too many, here or above.",
        "}",
    );
    told(
        "// A rectangle",
        "/* A rectangle",
        "The comment that begins here is not closed: its `*/` is missing.",
        "/* A rectangle on the map, given by any two opposite corners.",
    );
    told(
        "\"proto3\";",
        "\"proto3;",
        "The text in quotation marks is not closed: its second `\"` is missing.",
        "syntax = \"proto3;",
    );
}

#[test]
fn another_syntax_is_told_and_nothing_else() {
    let missing = "The line `syntax = \"proto3\";` is missing: without it, the file is taken for proto2. It must be the first \
                   statement of the file.";
    told("syntax = \"proto3\";", "", missing, "package routeguide;");
    let proto2 = "The syntax must be proto3, and it is proto2: write `syntax = \"proto3\";`.";
    told("proto3", "proto2", proto2, "syntax = \"proto2\";");
    told(
        "proto3",
        "proto4",
        &proto2.replace("proto2", "proto4"),
        "syntax = \"proto4\";",
    );
    told(
        "\"proto3\"",
        "proto3",
        "The name of the syntax is in quotation marks: write `syntax = \"proto3\";`.",
        "syntax = proto3;",
    );
    // With labels, proto2 parses; and nothing at all does, too.
    let mut labelled = FINISHED.replace("proto3", "proto2");
    for kind in ["int32", "string", "Point"] {
        labelled = labelled.replace(&format!("  {kind} "), &format!("  optional {kind} "));
    }
    assert_eq!(diagnose(&labelled).unwrap().message, proto2);
    let empty = diagnose("\n").unwrap();
    assert!(
        empty.elsewhere && empty.message.starts_with("The file is empty"),
        "{empty:?}"
    );
    told(
        "syntax = \"proto3\";",
        "edition = \"2023\";",
        "This course uses proto3: write `syntax = \"proto3\";` in place of the edition.",
        "edition = \"2023\";",
    );
}

#[test]
fn a_message_with_another_name_or_at_another_place_is_named() {
    told(
        "message RouteNote",
        "message route_note",
        "This message is called `route_note`, but it is used as `RouteNote` in line 64.",
        "message route_note {",
    );
    told(
        "message RouteNote",
        "message Routenote",
        "This message is called `Routenote`, but it is used as `RouteNote` in line 64.",
        "message Routenote {",
    );
    // With a letter more or less, either can be meant, and both lines are named.
    told(
        "message RouteSummary",
        "message RouteSumary",
        "The message is called `RouteSumary` (line 39), but here it is used as `RouteSummary`.",
        "rpc RecordRoute(stream Point) returns (RouteSummary);",
    );
    // Where the declaration is right, the use is the line to change.
    for (old, new, used) in [
        (
            "Point lo = 1;",
            "point lo = 1;",
            "`Point` (line 15), but here it is used as `point`",
        ),
        (
            "Point hi = 2;",
            "POINT hi = 2;",
            "`Point` (line 15), but here it is used as `POINT`",
        ),
        (
            "rpc ListFeatures(Rectangle) returns (stream Feature);",
            "rpc ListFeatures(rectangle) returns (stream Feature);",
            "`Rectangle` (line 27), but here it is used as `rectangle`",
        ),
        (
            "rpc RecordRoute(stream Point) returns (RouteSummary);",
            "rpc RecordRoute(stream Point) returns (route_summary);",
            "`RouteSummary` (line 39), but here it is used as `route_summary`",
        ),
    ] {
        told(old, new, &format!("The message is called {used}."), new);
    }
    told(
        "message Point",
        "struct Point",
        "A .proto has messages, not structs: write `message` in place of `struct`.",
        "struct Point {",
    );
    told(
        "message Point",
        "Message Point",
        "Write `message` in lower case, not `Message`.",
        "Message Point {",
    );
    told(
        "message Feature",
        "message Point",
        "`Point` is declared twice (lines 15 and 21).",
        "message Point {",
    );
    let point = "message Point {\n  int32 latitude = 1;\n  int32 longitude = 2;\n}";
    assert!(FINISHED.contains(point));
    let nested = FINISHED.replacen(point, "", 1);
    let nested = nested.replacen(
        "message Feature {",
        &format!("message Feature {{\n{point}"),
        1,
    );
    let inside = "The message `Point` is declared inside `Feature`, so it is called `Feature.Point` elsewhere: move it out of `Feature`.";
    assert_eq!(diagnose(&nested).unwrap().message, inside);
}

#[test]
fn right_files_that_look_unusual_pass() {
    assert_eq!(diagnose(&format!("\u{feff}{FINISHED}")), None);
    assert_eq!(diagnose(&FINISHED.replace('\n', "\r\n")), None);
    let split = FINISHED.find("message Point").unwrap()..FINISHED.find("// A guide").unwrap();
    let messages = format!(
        "syntax = \"proto3\";\npackage routeguide;\n{}",
        &FINISHED[split.clone()]
    );
    let mut main = FINISHED.to_string();
    main.replace_range(split, "");
    let main = main.replace(
        "package routeguide;",
        "package routeguide;\nimport \"messages.proto\";",
    );
    let folder = tempfile::tempdir().unwrap();
    let imported = folder.path().join("messages.proto");
    std::fs::write(&imported, &messages).unwrap();
    assert_eq!(diagnose_in(&main, folder.path()), None);
    // What is wrong in the imported file is told with its line there.
    std::fs::write(
        &imported,
        messages.replace("int32 latitude", "int64 latitude"),
    )
    .unwrap();
    let found = diagnose_in(&main, folder.path()).unwrap();
    let place = found.excerpt.unwrap();
    assert_eq!(
        (place.location.file.as_str(), place.source.trim()),
        ("proto/messages.proto", "int64 latitude = 1;")
    );
    std::fs::write(&imported, messages.replace("latitude = 1;", "latitude = 1")).unwrap();
    let found = diagnose_in(&main, folder.path()).unwrap();
    assert_eq!(found.location.unwrap().file, "proto/messages.proto");
    assert_eq!(found.message, "A `;` is missing at the end of this line.");
}
