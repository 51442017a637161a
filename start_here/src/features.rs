//! The map: reading the database, finding a feature, and measuring distances.
//!
//! Nothing here is about gRPC, so this file is given, and finished.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use foldhash::{HashMap, HashMapExt as _};
use serde::Deserialize;

use crate::proto::{Feature, Point};

/// Every feature of the database, loaded once and then only read.
#[derive(Debug, Default)]
pub struct Features {
    /// In the order of the file.
    list: Vec<Feature>,
    /// Where in `list` the feature at a place stands: finding one takes the same short time however
    /// long the list is. The standard library's `HashMap` would do as well; the hash of this one is
    /// quicker for keys as small as a point.
    by_place: HashMap<Point, usize>,
    /// All places from south to north, and all from west to east, so that a rectangle need not look
    /// at every feature of a large map.
    from_south: Vec<Placed>,
    from_west: Vec<Placed>,
}

/// Where a feature stands: on the map, and in the list.
#[derive(Debug, Clone, Copy)]
struct Placed {
    point: Point,
    index: usize,
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

    /// The feature that stands exactly at `point`, if there is one. It may be one without a name.
    pub fn find(&self, point: &Point) -> Option<&Feature> {
        self.by_place.get(point).map(|&index| &self.list[index])
    }

    /// The features that are worth a look when you want those between these latitudes and these
    /// longitudes: none that lies there is missing, but others may be among them. They come in the
    /// order of the file.
    ///
    /// For a large rectangle, that is simply all of them. For a small one it is a few, even of a
    /// million.
    pub fn near(
        &self,
        latitudes: &RangeInclusive<i32>,
        longitudes: &RangeInclusive<i32>,
    ) -> impl Iterator<Item = &Feature> + use<'_> {
        let band = between(&self.from_south, latitudes, |point| point.latitude);
        let other = between(&self.from_west, longitudes, |point| point.longitude);
        // A rectangle can be narrow in one direction only.
        let band = if other.len() < band.len() {
            other
        } else {
            band
        };

        let few = (band.len() < self.list.len() / 16).then(|| {
            let inside = |placed: &&Placed| {
                latitudes.contains(&placed.point.latitude)
                    && longitudes.contains(&placed.point.longitude)
            };
            let mut found: Vec<usize> = band
                .iter()
                .filter(inside)
                .map(|placed| placed.index)
                .collect();
            found.sort_unstable();
            found
        });
        let all = few.is_none().then(|| self.list.iter());
        let few = few.into_iter().flatten().map(|index| &self.list[index]);
        few.chain(all.into_iter().flatten())
    }
}

/// The part of a list that lies within `range`, where the list is sorted by what `key` gives.
fn between<'a>(
    sorted: &'a [Placed],
    range: &RangeInclusive<i32>,
    key: impl Fn(&Point) -> i32,
) -> &'a [Placed] {
    // Both ends are found by halving: twenty steps in a million.
    let start = sorted.partition_point(|placed| key(&placed.point) < *range.start());
    let end = sorted.partition_point(|placed| key(&placed.point) <= *range.end());
    sorted.get(start..end).unwrap_or_default()
}

impl FromIterator<Feature> for Features {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Features {
        let list: Vec<Feature> = features.into_iter().collect();
        let mut from_south: Vec<Placed> = list
            .iter()
            .enumerate()
            .map(|(index, feature)| Placed {
                point: feature.location.unwrap_or_default(),
                index,
            })
            .collect();
        let mut by_place = HashMap::with_capacity(list.len());
        by_place.extend(from_south.iter().map(|placed| (placed.point, placed.index)));
        let mut from_west = from_south.clone();
        from_south.sort_unstable_by_key(|placed| placed.point.latitude);
        from_west.sort_unstable_by_key(|placed| placed.point.longitude);
        Features {
            list,
            by_place,
            from_south,
            from_west,
        }
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
