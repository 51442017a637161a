//! What the recording server says: made up for each run.

use crate::contract::{Feature, Point, RouteNote, RouteSummary};

/// What the recording server answers with.
#[derive(Debug, Clone)]
pub struct Answers {
    /// The features of every ListFeatures.
    pub features: Vec<Feature>,
    /// The summary of every RecordRoute, but for the number of points, which is true.
    pub summary: RouteSummary,
    /// What stands before the text of every note that RouteChat sends back.
    pub reply_prefix: String,
}

impl Answers {
    /// Answers made up from a seed.
    pub fn made_up(seed: u64) -> Answers {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut name = |kind: &str| format!("{kind} {}", random.u32(10_000..100_000));
        let names = [
            name("Lighthouse"),
            name("Ferry"),
            String::new(),
            name("Orchard"),
        ];
        let reply_prefix = name("Reply");
        let features = names
            .into_iter()
            .map(|name| Feature {
                name,
                location: Some(Point {
                    latitude: random.i32(400_000_000..=420_000_000),
                    longitude: random.i32(-750_000_000..=-730_000_000),
                }),
            })
            .collect();
        let summary = RouteSummary {
            point_count: 0,
            feature_count: random.i32(11..100),
            distance: random.i32(100_000..1_000_000),
            elapsed_time: random.i32(1_000..10_000),
        };
        Answers {
            features,
            summary,
            reply_prefix,
        }
    }

    /// The note that comes back for an earlier one.
    pub fn reply(&self, earlier: &RouteNote) -> RouteNote {
        RouteNote {
            location: earlier.location,
            message: format!("{}: {}", self.reply_prefix, earlier.message),
        }
    }
}
