//! An index of the map, which keeps the server fast on maps of many thousands of features.
//!
//! This file is given, too. No lesson needs it: `features.rs` uses it to find the feature at a point,
//! and the finished server to find those in a rectangle.

use std::ops::RangeInclusive;

use foldhash::{HashMap, HashMapExt as _};

use crate::proto::{Feature, Point};

/// Where in a list of features to look for a point or a rectangle.
#[derive(Debug, Default)]
pub struct Index {
    /// The position of the feature at each point. The standard library's `HashMap` would do as well;
    /// the hash of this one is quicker for keys as small as a point.
    by_point: HashMap<Point, usize>,
    /// All features from south to north.
    from_south: Vec<Entry>,
    /// All features from west to east.
    from_west: Vec<Entry>,
}

/// A feature: where it is on the map, and its position in the list.
#[derive(Debug, Clone, Copy)]
struct Entry {
    point: Point,
    position: usize,
}

impl Index {
    /// Makes the index of a list.
    pub fn new(features: &[Feature]) -> Index {
        let mut from_south: Vec<Entry> = features
            .iter()
            .enumerate()
            .map(|(position, feature)| Entry {
                point: feature.location.unwrap_or_default(),
                position,
            })
            .collect();
        let mut by_point = HashMap::with_capacity(features.len());
        by_point.extend(from_south.iter().map(|entry| (entry.point, entry.position)));
        let mut from_west = from_south.clone();
        from_south.sort_unstable_by_key(|entry| entry.point.latitude);
        from_west.sort_unstable_by_key(|entry| entry.point.longitude);
        Index {
            by_point,
            from_south,
            from_west,
        }
    }

    /// The position of the feature at a point. It takes the same short time however long the list is.
    pub fn at(&self, point: &Point) -> Option<usize> {
        self.by_point.get(point).copied()
    }

    /// The positions of the features between these latitudes and these longitudes, in the order of the
    /// list. `None` if looking at all features is as quick, because the rectangle is large.
    pub fn near(
        &self,
        latitudes: &RangeInclusive<i32>,
        longitudes: &RangeInclusive<i32>,
    ) -> Option<Vec<usize>> {
        let rows = between(&self.from_south, latitudes, |point| point.latitude);
        let columns = between(&self.from_west, longitudes, |point| point.longitude);
        // A rectangle can be narrow in one direction only.
        let band = if columns.len() < rows.len() {
            columns
        } else {
            rows
        };
        if band.len() >= self.from_south.len() / 16 {
            return None;
        }
        let inside = |entry: &&Entry| {
            latitudes.contains(&entry.point.latitude) && longitudes.contains(&entry.point.longitude)
        };
        let mut found: Vec<usize> = band
            .iter()
            .filter(inside)
            .map(|entry| entry.position)
            .collect();
        found.sort_unstable();
        Some(found)
    }
}

/// The part of a list that is within `range`, where the list is sorted by what `key` gives.
fn between<'a>(
    sorted: &'a [Entry],
    range: &RangeInclusive<i32>,
    key: impl Fn(&Point) -> i32,
) -> &'a [Entry] {
    // Both ends are found by halving: twenty steps in a million.
    let start = sorted.partition_point(|entry| key(&entry.point) < *range.start());
    let end = sorted.partition_point(|entry| key(&entry.point) <= *range.end());
    sorted.get(start..end).unwrap_or_default()
}
