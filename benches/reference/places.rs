//! Features to serve, in whatever number, and rectangles among them.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use routeguide::proto::Point;

/// The same ones each time.
const SEED: u64 = 7;

/// Features strewn at random, in a file.
#[derive(Debug)]
pub struct Places {
    /// The file.
    pub path: PathBuf,
    /// Where they stand.
    pub points: Vec<Point>,
}

impl Places {
    /// Strews so many over two degrees each way, and writes them down.
    pub fn strewn(folder: &Path, count: usize) -> Places {
        let mut random = fastrand::Rng::with_seed(SEED);
        let mut point = || Point {
            latitude: random.i32(400_000_000..=420_000_000),
            longitude: random.i32(-750_000_000..=-730_000_000),
        };
        let points: Vec<Point> = std::iter::repeat_with(&mut point).take(count).collect();
        let path = folder.join(format!("{count}.json"));
        let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
        let mut between = '[';
        for (number, point) in points.iter().enumerate() {
            let Point {
                latitude,
                longitude,
            } = point;
            write!(
                file,
                r#"{between}{{"location":{{"latitude":{latitude},"longitude":{longitude}}},"name":"Feature {number}"}}"#
            )
            .unwrap();
            between = ',';
        }
        writeln!(file, "]").unwrap();
        file.flush().unwrap();
        Places { path, points }
    }

    /// A rectangle in the middle, as small as it can be with `count` features in it: two opposite corners.
    pub fn around(&self, count: usize) -> (Point, Point) {
        let middle = Point {
            latitude: 410_000_000,
            longitude: -740_000_000,
        };
        let away = |point: &Point| {
            let latitude = point.latitude.abs_diff(middle.latitude);
            latitude.max(point.longitude.abs_diff(middle.longitude))
        };
        let mut away: Vec<u32> = self.points.iter().map(away).collect();
        away.sort_unstable();
        let half = i32::try_from(away[count - 1]).unwrap();
        let corner = |sign: i32| Point {
            latitude: middle.latitude + sign * half,
            longitude: middle.longitude + sign * half,
        };
        (corner(-1), corner(1))
    }
}
