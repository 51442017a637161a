//! What a client must ask for, and what the recording server answers it.

use std::sync::Arc;

use crate::guide::geometry;
use crate::guide::synthetic::{Conversation, Invention, Length};
use crate::messages::{Feature, Message, Point, Rectangle, one_notation};
use crate::transcript::{EventKind, Transcript};
use crate::verdict::Diagnosis;
use crate::verdict::diagnosis::Finding;

/// How many features are in a long answer besides the few that are in every answer: about as many as the codelab's own
/// map has.
const MORE: usize = 110;

/// The features of the recording server.
#[derive(Debug)]
pub struct Invented {
    /// Those of every answer: with a name that has parts, with a long one, two with the same one, and one without a name.
    few: Vec<Feature>,
    /// Those that come after them in a long answer.
    more: Vec<Feature>,
}

/// Invents the features.
pub fn invent(invention: &mut Invention) -> Invented {
    let lighthouse = invention.name("Lighthouse");
    let orchard = invention.name("Orchard");
    let names = [
        format!(
            "{lighthouse}, {}, {}",
            invention.name("Pier"),
            invention.name("NJ")
        ),
        orchard.clone(),
        String::new(),
        orchard,
        format!(
            "{} of the old steamship company at the far end of {}",
            invention.name("Ferry"),
            invention.name("Bay")
        ),
    ];
    let more = invention.numbered("Hamlet", MORE);
    let mut feature = |name: String| Feature {
        name,
        location: Some(Point {
            latitude: invention.random.i32(400_000_000..=420_000_000),
            longitude: invention.random.i32(-750_000_000..=-730_000_000),
        }),
    };
    Invented {
        few: names.into_iter().map(&mut feature).collect(),
        more: more.into_iter().map(&mut feature).collect(),
    }
}

/// Begins to answer one call.
pub fn converse(invented: &Arc<Invented>, length: Length) -> Box<dyn Conversation> {
    struct Answer {
        invented: Arc<Invented>,
        length: Length,
    }
    impl Conversation for Answer {
        fn half_closed(&mut self) -> Vec<Message> {
            let more: &[Feature] = match self.length {
                Length::Short => &[],
                Length::Long => &self.invented.more,
            };
            let features = self.invented.few.iter().chain(more);
            features.cloned().map(Message::Feature).collect()
        }
    }
    Box::new(Answer {
        invented: Arc::clone(invented),
        length,
    })
}

/// What is wrong with the rectangle that a client asked for.
pub fn sent(expect: &Rectangle, transcript: &Transcript) -> Option<Finding> {
    let mark = transcript.position(|what| matches!(what, EventKind::Sent { .. }))?;
    let EventKind::Sent {
        message: Message::Rectangle(came),
    } = &transcript.events[mark].what
    else {
        return None;
    };
    // Any two opposite corners describe the same rectangle.
    let ends = |r: &Rectangle| {
        let (lo, hi) = (r.lo.unwrap_or_default(), r.hi.unwrap_or_default());
        let order = |a: i32, b: i32| (a.min(b), a.max(b));
        (
            order(lo.latitude, hi.latitude),
            order(lo.longitude, hi.longitude),
        )
    };
    if ends(came) == ends(expect) {
        return None;
    }
    let corners = [expect.lo, expect.hi, came.lo, came.hi];
    let write = one_notation(&corners.into_iter().flatten().collect::<Vec<_>>());
    let words = |rectangle: &Rectangle| {
        let corner = |point: &Option<Point>| point.as_ref().map_or("unset".to_string(), write);
        format!("lo {}, hi {}", corner(&rectangle.lo), corner(&rectangle.hi))
    };
    let expected = format!(
        "Expected a rectangle with {}; you asked for {}",
        words(expect),
        words(came)
    );
    let mistake = |id, why: &str| Diagnosis::mistake(id, format!("{expected}{why}"));
    let diagnosis = if came.lo.is_none() || came.hi.is_none() {
        mistake("corner-unset", ": a corner is not set.")
    } else if ends(&each_corner(came, scaled)) == ends(expect) {
        Diagnosis::mistake(
            "wrong-rectangle",
            format!(
                "You sent plain degrees: {}. Coordinates travel in degrees × 10⁷: {}.",
                words(came),
                words(expect)
            ),
        )
        .hint("Multiply each by 10 000 000: 40 degrees north is 400000000.")
    } else if ends(&each_corner(came, geometry::swapped)) == ends(expect) {
        mistake(
            "axes-swapped",
            ": latitude and longitude have changed places.",
        )
    } else if ends(&each_corner(came, unsigned)) == ends(&each_corner(expect, unsigned)) {
        mistake("minus-missing", ": west and south are negative.")
    } else {
        mistake("wrong-rectangle", ".")
    };
    Some(Finding {
        diagnosis,
        mark: Some(mark),
    })
}

fn each_corner(rectangle: &Rectangle, change: impl Fn(Point) -> Point) -> Rectangle {
    Rectangle {
        lo: rectangle.lo.map(&change),
        hi: rectangle.hi.map(&change),
    }
}

fn scaled(point: Point) -> Point {
    Point {
        latitude: point.latitude.saturating_mul(10_000_000),
        longitude: point.longitude.saturating_mul(10_000_000),
    }
}

fn unsigned(point: Point) -> Point {
    Point {
        latitude: point.latitude.saturating_abs(),
        longitude: point.longitude.saturating_abs(),
    }
}
