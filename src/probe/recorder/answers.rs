//! What the recording server says: made up for each run.

use super::conduct::Conduct;
use crate::guide::model::Chat;
use crate::messages::{Feature, Message, Point, RouteNote, RouteSummary, Rpc};
use crate::transcript::Status;

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
            flaw: None,
        };
        Answers {
            features,
            summary,
            reply_prefix,
            error,
        }
    }

    /// What is sent for a note, which joins the chat.
    pub fn replies(&self, chat: &mut Chat, note: &RouteNote, conduct: Conduct) -> Vec<Message> {
        let earlier = chat.reply(note);
        if conduct == Conduct::Silent {
            return Vec::new();
        }
        let reply = |earlier: RouteNote| RouteNote {
            location: earlier.location,
            message: format!("{}: {}", self.reply_prefix, earlier.message),
        };
        earlier.into_iter().map(reply).map(Message::from).collect()
    }

    /// What is sent once the client has half-closed, after so many points.
    pub fn last_words(&self, rpc: Rpc, points: usize, conduct: Conduct) -> Vec<Message> {
        match rpc {
            Rpc::ListFeatures if conduct == Conduct::Silent => Vec::new(),
            Rpc::ListFeatures => self.features.iter().cloned().map(Message::from).collect(),
            Rpc::RecordRoute => {
                let point_count = i32::try_from(points).unwrap_or(i32::MAX);
                vec![
                    RouteSummary {
                        point_count,
                        ..self.summary
                    }
                    .into(),
                ]
            }
            Rpc::RouteChat => Vec::new(),
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
