//! The messages as a reader sees them, and the RPCs as the .proto declares them.

use super::*;

#[test]
fn degrees_keep_every_digit_and_the_sign() {
    assert_eq!(degrees(407_127_753), "40.7127753");
    assert_eq!(degrees(-740_000_000), "-74");
    assert_eq!(degrees(-1), "-0.0000001");
    assert_eq!(degrees(i32::MIN), "-214.7483648");
    assert_eq!(degrees(0), "0");
}

#[test]
fn an_unset_place_is_told_from_the_origin() {
    let unset = RouteNote {
        location: None,
        message: "hi".into(),
    };
    let origin = RouteNote {
        location: Some(Point::default()),
        message: "hi".into(),
    };
    assert_eq!(unset.to_string(), "\"hi\" at (no location)");
    assert_eq!(origin.to_string(), "\"hi\" at (0, 0)");
}

#[test]
fn paths_are_made_of_the_service_and_the_name() {
    for rpc in Rpc::ALL {
        assert_eq!(rpc.path(), format!("/routeguide.RouteGuide/{rpc}"));
        assert_eq!(Rpc::from_path(rpc.path()), Some(rpc));
    }
    assert_eq!(Rpc::from_path("/RouteGuide/ListFeatures"), None);
}

#[test]
fn what_streams_is_read_from_the_proto() {
    let streams = |name: &str| {
        let mut all = Rpc::ALL.into_iter();
        let rpc = all.find(|rpc| rpc.name() == name).unwrap();
        (rpc.kebab_name(), rpc.client_streams(), rpc.server_streams())
    };
    assert_eq!(
        streams("ListFeatures"),
        ("list-features".to_string(), false, true)
    );
    assert_eq!(
        streams("RecordRoute"),
        ("record-route".to_string(), true, false)
    );
    assert_eq!(streams("RouteChat"), ("route-chat".to_string(), true, true));
}

#[test]
fn a_message_survives_the_wire() {
    let note = Message::RouteNote(RouteNote {
        location: Some(Point {
            latitude: -1,
            longitude: i32::MAX,
        }),
        message: "hello".into(),
    });
    assert_eq!(
        Rpc::RouteChat.decode_request(&note.encode()),
        Ok(note.clone())
    );
    assert!(Rpc::RouteChat.decode_request(&[0xff, 0xff]).is_err());
}
