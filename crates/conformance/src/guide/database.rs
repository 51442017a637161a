//! The features that a server under test is expected to serve.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::json_list::{self, ListError, Place};
use crate::messages::{Feature, Point};

/// A list of features, in the order of its file.
#[derive(Debug, Clone, Default)]
pub struct Database {
    features: Vec<Feature>,
    /// The index of the first feature at each place.
    places: HashMap<Point, usize>,
    named_places: HashSet<Point>,
    latitudes: HashSet<i32>,
    longitudes: HashSet<i32>,
}

impl Database {
    /// Reads a database in the course's shape: a JSON array of
    /// `{"location": {"latitude": …, "longitude": …}, "name": "…"}`, in degrees × 10⁷. The Java
    /// example's is understood, too: there, the array is the field `feature` of an object.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`] names the entry, counted from 1.
    pub fn from_json(text: &str) -> Result<Database, DatabaseError> {
        let text = json_list::without_mark(text);
        let entries: Vec<Entry> = if text.trim_start().starts_with('{') {
            json_list::read::<Wrapped>(text)?.feature
        } else {
            json_list::read(text)?
        };
        let features = entries.into_iter().map(|entry| Feature {
            name: entry.name,
            location: Some(entry.location.into()),
        });
        Ok(features.collect())
    }

    /// The features, in the order of the file.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// Whether a feature is exactly at a point.
    pub fn has_feature_at(&self, point: Point) -> bool {
        self.places.contains_key(&point)
    }

    /// The feature exactly at a point; the first one in the file where several are. This takes the same short
    /// time however many features there are.
    pub fn feature_at(&self, point: Point) -> Option<&Feature> {
        self.places.get(&point).map(|&index| &self.features[index])
    }

    /// Whether a feature has this latitude.
    pub fn has_feature_at_latitude(&self, latitude: i32) -> bool {
        self.latitudes.contains(&latitude)
    }

    /// Whether a feature has this longitude.
    pub fn has_feature_at_longitude(&self, longitude: i32) -> bool {
        self.longitudes.contains(&longitude)
    }

    /// Whether a feature with a name is exactly at a point.
    pub fn has_named_feature_at(&self, point: Point) -> bool {
        self.named_places.contains(&point)
    }
}

impl FromIterator<Feature> for Database {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Database {
        let features: Vec<Feature> = features.into_iter().map(Feature::with_defaults).collect();
        let place = |feature: &Feature| feature.location.unwrap_or_default();
        let named = features.iter().filter(|feature| !feature.name.is_empty());
        let mut places = HashMap::with_capacity(features.len());
        for (index, feature) in features.iter().enumerate() {
            places.entry(place(feature)).or_insert(index);
        }
        Database {
            places,
            latitudes: features.iter().map(|f| place(f).latitude).collect(),
            longitudes: features.iter().map(|f| place(f).longitude).collect(),
            named_places: named.map(place).collect(),
            features,
        }
    }
}

/// The shape of the Java example's file.
#[derive(Deserialize)]
struct Wrapped {
    feature: Vec<Entry>,
}

/// One entry of the file: stricter than the message, whose every field may be absent.
#[derive(Deserialize)]
struct Entry {
    location: Place,
    #[serde(default)]
    name: String,
}

/// Why a text is not a database.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", entry.map_or("not a list of features".to_string(), |n| format!("entry {n}")))]
pub struct DatabaseError {
    /// Which entry is malformed, counted from 1; none if the file as a whole is.
    pub entry: Option<usize>,
    /// What is wrong, with line and column.
    pub problem: String,
}

impl From<ListError> for DatabaseError {
    fn from(ListError { entry, problem }: ListError) -> DatabaseError {
        DatabaseError { entry, problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_entry_is_named_by_its_number() {
        let good = r#"{"location":{"latitude":1,"longitude":2},"name":"A"}"#;
        let no_longitude = r#"{"location":{"latitude":1}}"#;
        let error = Database::from_json(&format!("[{good},{no_longitude}]")).unwrap_err();
        assert_eq!(error.entry, Some(2));
        assert!(
            error.to_string().contains("missing field `longitude`"),
            "{error}"
        );

        let error = Database::from_json(&format!("{{\"feature\":[{good},{good},7]}}")).unwrap_err();
        assert_eq!(error.entry, Some(3));

        let error = Database::from_json(&format!("[{good}] []")).unwrap_err();
        assert!(error.to_string().contains("trailing characters"), "{error}");

        let error = Database::from_json("{}").unwrap_err();
        assert!(
            error.to_string().starts_with("not a list of features"),
            "{error}"
        );
    }

    #[test]
    fn the_java_examples_shape_is_understood() {
        let place = r#"{"location":{"latitude":1,"longitude":2},"name":"A"}"#;
        let database = Database::from_json(&format!("\u{feff} {{\"feature\":[{place}]}}")).unwrap();
        assert_eq!(database.features().len(), 1);
        assert!(database.has_feature_at(Point {
            latitude: 1,
            longitude: 2
        }));
    }
}
