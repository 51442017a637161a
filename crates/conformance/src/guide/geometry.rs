//! Rectangles and distances.

use crate::messages::{Point, Rectangle};

/// The Earth's mean radius in metres, as the contract fixes it.
pub const EARTH_RADIUS: f64 = 6_371_000.0;

/// The great-circle distance between two points (degrees × 10⁷) in metres, by the haversine formula:
/// R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984), 159.
pub fn distance(from: Point, to: Point) -> f64 {
    let radians = |e7: i32| (f64::from(e7) / 1e7).to_radians();
    let (lat1, lat2) = (radians(from.latitude), radians(to.latitude));
    let half_lat = (lat2 - lat1) / 2.0;
    let half_lon = (radians(to.longitude) - radians(from.longitude)) / 2.0;
    let h = half_lat.sin().powi(2) + lat1.cos() * lat2.cos() * half_lon.sin().powi(2);
    2.0 * EARTH_RADIUS * h.clamp(0.0, 1.0).sqrt().asin()
}

/// Whether a point is in a rectangle or on its border. The corners may come in any order, and an
/// unset one reads as Point(0, 0).
pub fn contains(rectangle: &Rectangle, point: Point) -> bool {
    let lo = rectangle.lo.unwrap_or_default();
    let hi = rectangle.hi.unwrap_or_default();
    let between = |a: i32, b: i32, x: i32| a.min(b) <= x && x <= a.max(b);
    between(lo.latitude, hi.latitude, point.latitude)
        && between(lo.longitude, hi.longitude, point.longitude)
}

/// A point with latitude and longitude in each other's place.
pub fn swapped(point: Point) -> Point {
    Point {
        latitude: point.longitude,
        longitude: point.latitude,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(latitude: i32, longitude: i32) -> Point {
        Point {
            latitude,
            longitude,
        }
    }

    #[test]
    fn a_degree_of_latitude_is_the_same_everywhere() {
        // One degree of a great circle: 2πR / 360.
        let degree = std::f64::consts::TAU * EARTH_RADIUS / 360.0;
        for start in [0, 400_000_000, -890_000_000] {
            let legs = distance(point(start, 0), point(start + 10_000_000, 0));
            assert!((legs - degree).abs() < 0.001, "{legs} m");
        }
    }

    #[test]
    fn distances_stay_finite_at_the_extremes() {
        assert_eq!(distance(point(5, 5), point(5, 5)), 0.0);
        let antipodes = distance(point(0, 0), point(0, 1_800_000_000));
        assert!((antipodes - std::f64::consts::PI * EARTH_RADIUS).abs() < 1.0);
        assert!(distance(point(i32::MIN, i32::MIN), point(i32::MAX, i32::MAX)).is_finite());
    }

    #[test]
    fn borders_and_corners_belong_to_a_rectangle_given_either_way_round() {
        let (lo, hi) = (point(-10, 20), point(10, 40));
        for rectangle in [
            Rectangle {
                lo: Some(lo),
                hi: Some(hi),
            },
            Rectangle {
                lo: Some(hi),
                hi: Some(lo),
            },
            Rectangle {
                lo: Some(point(10, 20)),
                hi: Some(point(-10, 40)),
            },
        ] {
            assert!(contains(&rectangle, point(-10, 30)));
            assert!(contains(&rectangle, point(10, 40)));
            assert!(!contains(&rectangle, point(11, 30)));
            assert!(!contains(&rectangle, point(0, 19)));
        }
        let unset = Rectangle {
            lo: None,
            hi: Some(point(5, 5)),
        };
        assert!(contains(&unset, point(0, 0)) && !contains(&unset, point(6, 0)));
    }
}
