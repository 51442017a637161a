//! The map: reading the database, finding a feature, and measuring distances.
//!
//! Nothing here is about gRPC, so this file is given, and finished.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::index::Index;
use crate::proto::{Feature, Point};

/// Every feature of the database, loaded once and then only read.
#[derive(Debug, Default)]
pub struct Features {
    /// In the order of the file.
    list: Vec<Feature>,
    /// Where in `list` to look for a point or a rectangle.
    index: Index,
}

impl Features {
    /// Reads the file that the environment variable `ROUTEGUIDE_DB` names or, without one, the
    /// `route_guide_db.json` that lies beside this crate's `Cargo.toml`.
    ///
    /// # Errors
    ///
    /// A [`LoadError`] says which file it is about and what is wrong with it.
    pub fn load() -> Result<Features, LoadError> {
        match std::env::var_os("ROUTEGUIDE_DB") {
            Some(path) => Features::from_file(Path::new(&path)),
            None => Features::from_file(
                // Not simply "route_guide_db.json": that would be looked for in whatever folder the
                // program is started from.
                &Path::new(env!("CARGO_MANIFEST_DIR")).join("route_guide_db.json"),
            ),
        }
    }

    /// Reads one file.
    ///
    /// # Errors
    ///
    /// A [`LoadError`] if the file cannot be read or is no list of features.
    pub fn from_file(path: &Path) -> Result<Features, LoadError> {
        let fail = |problem: String| LoadError {
            path: path.to_path_buf(),
            problem,
        };
        let text = std::fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
        Features::from_json(&text).map_err(fail)
    }

    /// Reads the text of such a file.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words; an entry that is malformed is named by its number.
    pub fn from_json(text: &str) -> Result<Features, String> {
        let reader = &mut serde_json::Deserializer::from_str(text);
        let entries: Vec<Entry> = serde_path_to_error::deserialize(reader).map_err(|error| {
            match error.path().iter().next() {
                Some(serde_path_to_error::Segment::Seq { index }) => {
                    format!("entry {}: {}", index + 1, error.inner())
                }
                _ => error.inner().to_string(),
            }
        })?;
        Ok(entries.into_iter().map(Feature::from).collect())
    }

    /// All features, in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Feature> {
        self.list.iter()
    }

    /// How many features there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether the map is empty.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The feature at exactly this point, if there is one. It may be one without a name.
    pub fn find(&self, point: &Point) -> Option<&Feature> {
        self.index.at(point).map(|position| &self.list[position])
    }

    /// The features between these latitudes and these longitudes, and perhaps others, in the order of
    /// the file. On a map of many thousands of features, this looks at far fewer than `iter` does.
    pub fn near(
        &self,
        latitudes: &RangeInclusive<i32>,
        longitudes: &RangeInclusive<i32>,
    ) -> impl Iterator<Item = &Feature> + use<'_> {
        let few = self.index.near(latitudes, longitudes);
        let all = few.is_none().then(|| self.iter());
        let few = few.into_iter().flatten();
        few.map(|position| &self.list[position])
            .chain(all.into_iter().flatten())
    }
}

impl FromIterator<Feature> for Features {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Features {
        let list: Vec<Feature> = features.into_iter().collect();
        let index = Index::new(&list);
        Features { list, index }
    }
}

/// One entry of the file. The generated [`Feature`] knows protobuf and no JSON, so the file is read
/// into this and then turned into that.
#[derive(Deserialize)]
struct Entry {
    location: Location,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Location {
    latitude: i32,
    longitude: i32,
}

impl From<Entry> for Feature {
    fn from(entry: Entry) -> Feature {
        Feature {
            name: entry.name,
            location: Some(Point {
                latitude: entry.location.latitude,
                longitude: entry.location.longitude,
            }),
        }
    }
}

/// Why the database could not be loaded.
#[derive(Debug)]
pub struct LoadError {
    path: PathBuf,
    problem: String,
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "cannot load the features from {}: {}",
            self.path.display(),
            self.problem
        )
    }
}

impl std::error::Error for LoadError {}

/// The mean radius of the Earth in metres.
const EARTH_RADIUS: f64 = 6_371_000.0;

/// The distance between two points in metres, along the surface of the Earth.
///
/// It uses the haversine formula, which takes the Earth for a ball: see
/// <https://en.wikipedia.org/wiki/Haversine_formula>.
pub fn distance(from: &Point, to: &Point) -> f64 {
    let radians = |e7: i32| (f64::from(e7) / 1e7).to_radians();
    let (from_latitude, to_latitude) = (radians(from.latitude), radians(to.latitude));
    let half_latitude = (to_latitude - from_latitude) / 2.0;
    let half_longitude = (radians(to.longitude) - radians(from.longitude)) / 2.0;

    let haversine = half_latitude.sin().powi(2)
        + from_latitude.cos() * to_latitude.cos() * half_longitude.sin().powi(2);
    // On opposite sides of the Earth, rounding can push the value a hair above 1, where the arc
    // sine does not exist.
    2.0 * EARTH_RADIUS * haversine.clamp(0.0, 1.0).sqrt().asin()
}
