//! Files that hold a JSON list of things at places.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::messages::Point;

/// A place in such a file; both numbers must be there.
#[derive(Deserialize)]
pub struct Place {
    latitude: i32,
    longitude: i32,
}

impl From<Place> for Point {
    fn from(place: Place) -> Point {
        Point {
            latitude: place.latitude,
            longitude: place.longitude,
        }
    }
}

/// Why a text is not such a list.
#[derive(Debug)]
pub struct ListError {
    /// Which entry is malformed, counted from 1; none if the file as a whole is.
    pub entry: Option<usize>,
    /// What is wrong, with line and column.
    pub problem: String,
}

/// The text without the mark that some editors on Windows put before the first character.
pub fn without_mark(text: &str) -> &str {
    text.trim_start_matches('\u{feff}')
}

/// Reads JSON.
///
/// # Errors
///
/// What is wrong, and in which entry.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, ListError> {
    let reader = &mut serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut *reader).map_err(|error| {
        let entry = error.path().iter().find_map(|segment| match segment {
            serde_path_to_error::Segment::Seq { index } => Some(index + 1),
            _ => None,
        });
        ListError {
            entry,
            problem: error.into_inner().to_string(),
        }
    })?;
    reader.end().map_err(|error| ListError {
        entry: None,
        problem: error.to_string(),
    })?;
    Ok(read)
}
