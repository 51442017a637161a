//! A route along the features, in random order.

use routeguide::features::Features;

use crate::messages::Point;

/// Locations of features in random order. Each comes once before any comes again.
pub struct Points {
    locations: Vec<Point>,
    picked: u64,
    count: u64,
}

impl Points {
    /// This many locations; none if there are no features.
    pub fn new(features: &Features, count: u64) -> Points {
        let locations: Vec<Point> = features
            .iter()
            .map(|feature| feature.location.unwrap_or_default())
            .map(|location| Point {
                latitude: location.latitude,
                longitude: location.longitude,
            })
            .collect();
        Points {
            count: if locations.is_empty() { 0 } else { count },
            locations,
            picked: 0,
        }
    }

    /// How many locations there are in all.
    pub fn total(&self) -> u64 {
        self.count
    }
}

impl Iterator for Points {
    type Item = Point;

    fn next(&mut self) -> Option<Point> {
        if self.picked == self.count {
            return None;
        }
        let locations = self.locations.len();
        // Everything before this index has been picked in this round. The rest is shuffled one by one.
        let at = usize::try_from(self.picked % locations as u64).ok()?;
        self.locations.swap(at, fastrand::usize(at..locations));
        self.picked += 1;
        Some(self.locations[at])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_location_comes_once_before_any_comes_again() {
        let features = Features::from_json(crate::course::files::DATABASE).unwrap();
        let all = features.len();
        let route: Vec<Point> = Points::new(&features, 2 * all as u64 + 1).collect();
        assert_eq!(route.len(), 2 * all + 1);
        for round in route.chunks(all) {
            assert_eq!(round.iter().collect::<HashSet<_>>().len(), round.len());
        }
        assert_ne!(route[..all], route[all..2 * all], "the same order again");
        assert!(Points::new(&features, 0).next().is_none());
        assert!(Points::new(&Features::default(), 10).next().is_none());
    }
}
