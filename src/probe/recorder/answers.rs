//! What the recording server says: made up for each run.

use crate::contract::{Feature, Point, RouteNote, RouteSummary};
use crate::probe::Status;

/// What the recording server answers with.
#[derive(Debug, Clone)]
pub struct Answers {
    /// The features of every ListFeatures.
    pub features: Vec<Feature>,
    /// The summary of every RecordRoute, but for the number of points, which is true.
    pub summary: RouteSummary,
    /// What stands before the text of every note that RouteChat sends back.
    pub reply_prefix: String,
    /// What a call ends with that is made to fail.
    pub error: Status,
}

/// Figures that a route through the codelab's features shows anyway: whole degrees, and its length.
const COMMON: [i32; 7] = [10, 40, 41, 42, 73, 74, 75];

impl Answers {
    /// Answers made up from a seed. All texts are plain letters, digits and spaces, which look the same
    /// in whatever language and form a client prints them.
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
        let mut taken = COMMON.to_vec();
        // Less than a minute, so that a duration shows the same number in whatever form it is printed.
        let mut rare = |below: i32| {
            let mut number = COMMON[0];
            while taken.contains(&number) {
                number = random.i32(11..below);
            }
            taken.push(number);
            number
        };
        let (elapsed_time, feature_count) = (rare(60), rare(100));
        let summary = RouteSummary {
            point_count: 0,
            feature_count,
            distance: random.i32(100_000..1_000_000),
            elapsed_time,
        };
        // No library tries again by itself after this code, and none makes it up.
        let error = Status {
            code: "DATA_LOSS",
            message: format!("Storm {}", random.u32(10_000..100_000)),
        };
        Answers {
            features,
            summary,
            reply_prefix,
            error,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_up_is_plain_and_not_to_be_mistaken() {
        for seed in 0..2_000 {
            let answers = Answers::made_up(seed);
            let texts = answers.features.iter().map(|feature| &feature.name);
            for text in texts.chain([&answers.reply_prefix, &answers.error.message]) {
                let plain = |c: char| c.is_ascii_alphanumeric() || c == ' ';
                assert!(text.chars().all(plain), "{text:?}");
            }
            let summary = answers.summary;
            assert_ne!(summary.feature_count, summary.elapsed_time);
            assert!(!COMMON.contains(&summary.feature_count));
            assert!(!COMMON.contains(&summary.elapsed_time) && summary.elapsed_time < 60);
        }
    }
}
