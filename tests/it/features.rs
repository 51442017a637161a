//! The map of the finished track: what it finds, among however many features.

use proptest::prelude::*;
use routeguide::features::Features;
use routeguide::proto::{Feature, Point};

fn at(latitude: i32, longitude: i32) -> Feature {
    Feature {
        name: format!("{latitude}, {longitude}"),
        location: Some(Point {
            latitude,
            longitude,
        }),
    }
}

/// Coordinates that often meet each other, and the ends of what fits.
fn coordinate() -> impl Strategy<Value = i32> {
    prop_oneof![
        8 => -60..60,
        1 => prop_oneof![Just(i32::MIN), Just(i32::MAX)],
        1 => any::<i32>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A rectangle finds by `near` what a walk along the whole map finds, and in the same order.
    #[test]
    fn near_misses_nothing(
        places in proptest::collection::vec((coordinate(), coordinate()), 0..400),
        south in coordinate(), height in 0..80, west in coordinate(), width in 0..80,
    ) {
        let features: Features = places.into_iter().map(|(a, b)| at(a, b)).collect();
        let latitudes = south..=south.saturating_add(height);
        let longitudes = west..=west.saturating_add(width);
        let inside = |feature: &&Feature| {
            let place = feature.location.unwrap();
            latitudes.contains(&place.latitude) && longitudes.contains(&place.longitude)
        };
        let near: Vec<&Feature> = features.near(&latitudes, &longitudes).filter(inside).collect();
        let all: Vec<&Feature> = features.iter().filter(inside).collect();
        prop_assert_eq!(near, all);
    }
}

#[test]
fn a_small_rectangle_looks_at_few_of_many() {
    // A thousand meridians, with a hundred features on each.
    let places = (0..1_000).flat_map(|x| (0..100).map(move |y| at(y, x)));
    let features: Features = places.collect();
    let looks = |latitudes, longitudes| features.near(&latitudes, &longitudes).count();
    assert_eq!(looks(40..=41, 500..=504), 10);
    // Narrow in one direction only.
    assert_eq!(looks(0..=99, 500..=500), 100);
    assert_eq!(looks(40..=40, 0..=999), 1_000);
    assert_eq!(looks(200..=300, 0..=999), 0);
    assert_eq!(looks(std::ops::RangeInclusive::new(41, 40), 0..=999), 0);
    assert_eq!(looks(0..=99, 0..=999), 100_000);
    assert!(
        features
            .find(&Point {
                latitude: 99,
                longitude: 999
            })
            .is_some()
    );
    assert!(
        features
            .find(&Point {
                latitude: 100,
                longitude: 999
            })
            .is_none()
    );
}

#[test]
fn a_malformed_entry_is_named_by_its_number() {
    let good = r#"{"location": {"latitude": 1, "longitude": 2}, "name": "a"}"#;
    for (entry, words) in [
        (r#"{"name": "b"}"#, "entry 3: missing field `location`"),
        (
            r#"{"location": {"latitude": 1.5, "longitude": 2}}"#,
            "entry 3: invalid type: floating point `1.5`",
        ),
        (
            r#"{"location": {"latitude": 3000000000, "longitude": 2}}"#,
            "entry 3: invalid value: integer `3000000000`",
        ),
        ("7", "entry 3: invalid type: integer `7`"),
    ] {
        let error = Features::from_json(&format!("[{good}, {good}, {entry}]")).unwrap_err();
        assert!(error.starts_with(words), "{error}");
    }
    // A name may be missing: it is an empty text.
    let features =
        Features::from_json(r#"[{"location": {"latitude": 1, "longitude": 2}}]"#).unwrap();
    assert_eq!(features.iter().next().unwrap().name, "");
}
