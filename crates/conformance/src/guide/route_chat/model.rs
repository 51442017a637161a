//! What a server answers to RouteChat, rightly or with known mistakes.

use crate::guide::geometry;
use crate::guide::mistake::mistakes;
use crate::messages::{Point, RouteNote};

mistakes! {
    /// The ways in which RouteChat goes wrong, as far as its messages show it.
    pub enum ChatMistake {
        /// The new note comes back too, after the earlier ones.
        EchoesNewNote = "echoes-new-note",
        /// The new note comes back, and nothing else.
        PureEcho = "pure-echo",
        /// Notes of every place come.
        RepliesToAll = "replies-to-all",
        /// Of the earlier notes, only the last comes.
        RepliesLastOnly = "replies-last-only",
        /// Of the earlier notes, only the first comes.
        RepliesFirstOnly = "replies-first-only",
        /// The newest of the earlier notes comes first.
        NewestFirst = "newest-first",
        /// Two places are the same if their latitudes are.
        LatitudeOnly = "latitude-only",
        /// Two places are the same if their longitudes are.
        LongitudeOnly = "longitude-only",
        /// Two places are the same if both coordinates differ by at most 0.0000001 degrees.
        WithinTenMillionth = "nearby",
        /// By at most 0.000001 degrees.
        WithinMillionth = "nearby",
        /// By at most 0.00001 degrees.
        WithinHundredThousandth = "nearby",
        /// By at most 0.0001 degrees.
        WithinTenThousandth = "nearby",
        /// By at most 0.001 degrees.
        WithinThousandth = "nearby",
        /// By at most 0.01 degrees.
        WithinHundredth = "nearby",
        /// By at most 0.1 degrees.
        WithinTenth = "nearby",
        /// Coordinates are cut to whole degrees before they are compared.
        NearbyDegrees = "nearby",
        /// Coordinates are compared as 32-bit floating-point numbers.
        NearbySingle = "nearby",
        /// (1, 2) and (2, 1) are the same place.
        AxesUnordered = "axes-unordered",
        /// (1, 23) and (12, 3) are the same place: the digits are joined to a key.
        JoinedKey = "joined-key",
        /// (1, 4) and (2, 3) are the same place: the coordinates are added.
        SumKey = "sum-key",
        /// Nothing is stored for Point(0, 0).
        OriginIsUnset = "origin-is-unset",
        /// The right number of replies, but each is the new note.
        SendsNewForOld = "sends-new-for-old",
        /// Of notes with equal texts at a place, one is kept.
        MergesEqualTexts = "merges-equal-texts",
        /// Notes without a text are not stored.
        SkipsEmptyText = "skips-empty-text",
        /// One note is kept for a place, the newest.
        Overwrites = "overwrites",
        /// Every earlier note comes twice.
        EachTwice = "replies-twice",
        /// The earlier notes come, and then all of them again.
        AllTwice = "replies-twice",
        /// The latitude and the longitude of each reply have changed places.
        LocationSwapped = "location-swapped",
        /// Notes belong together if their texts are equal, wherever they were left.
        TextForPlace = "text-for-place",
        /// They belong together if place and text are equal.
        TextAndPlace = "text-for-place",
        /// Nothing is stored.
        NeverStores = "never-stores",
        /// All calls have one history.
        SharedHistory = "shared-history",
    }
}

use ChatMistake::*;

impl ChatMistake {
    /// How far each coordinate of two places may differ where this mistake takes them for the same, in
    /// degrees × 10⁷; none if it is no matter of being near.
    fn reach(self) -> Option<u32> {
        match self {
            WithinTenMillionth => Some(1),
            WithinMillionth => Some(10),
            WithinHundredThousandth => Some(100),
            WithinTenThousandth => Some(1_000),
            WithinThousandth => Some(10_000),
            WithinHundredth => Some(100_000),
            WithinTenth => Some(1_000_000),
            _ => None,
        }
    }
}

/// The replies to each note of a whole call.
pub fn right_answer(notes: &[RouteNote]) -> Vec<Vec<RouteNote>> {
    let mut chat = Chat::default();
    notes.iter().map(|note| chat.reply(note)).collect()
}

/// The notes of one call so far, or of all calls if they are shared; kept rightly or wrongly.
#[derive(Debug, Clone, Default)]
pub struct Chat {
    wrong: Vec<ChatMistake>,
    history: Vec<RouteNote>,
}

impl Chat {
    /// An empty history of a server with these mistakes.
    pub fn with_mistakes(wrong: &[ChatMistake]) -> Chat {
        Chat {
            wrong: wrong.to_vec(),
            history: Vec::new(),
        }
    }

    /// Takes the next note of the call, and gives the replies to it: every earlier note at exactly
    /// its place, oldest first.
    pub fn reply(&mut self, note: &RouteNote) -> Vec<RouteNote> {
        let replies = self.replies(note);
        self.store(note);
        replies
    }

    fn has(&self, mistake: ChatMistake) -> bool {
        self.wrong.contains(&mistake)
    }

    fn replies(&self, note: &RouteNote) -> Vec<RouteNote> {
        if self.has(PureEcho) {
            return vec![note.clone()];
        }
        let at = place(note);
        let matches = |earlier: &&RouteNote| {
            let same_text = earlier.message == note.message;
            if self.has(TextForPlace) {
                return same_text;
            }
            let same_place = self.has(RepliesToAll) || self.same(place(earlier), at);
            same_place && (same_text || !self.has(TextAndPlace))
        };
        let mut replies: Vec<RouteNote> = self.history.iter().filter(matches).cloned().collect();
        if self.has(RepliesLastOnly) {
            replies.drain(..replies.len().saturating_sub(1));
        }
        if self.has(RepliesFirstOnly) {
            replies.truncate(1);
        }
        if self.has(NewestFirst) {
            replies.reverse();
        }
        if self.has(EachTwice) {
            replies = replies
                .iter()
                .flat_map(|reply| [reply.clone(), reply.clone()])
                .collect();
        }
        if self.has(AllTwice) {
            replies.extend_from_within(..);
        }
        if self.has(EchoesNewNote) {
            let end = if self.has(NewestFirst) {
                0
            } else {
                replies.len()
            };
            replies.insert(end, note.clone());
        }
        if self.has(SendsNewForOld) {
            replies.fill(note.clone());
        }
        if self.has(LocationSwapped) {
            for reply in &mut replies {
                reply.location = reply.location.map(geometry::swapped);
            }
        }
        replies
    }

    fn store(&mut self, note: &RouteNote) {
        let at = place(note);
        let is_dropped = self.has(NeverStores)
            || (self.has(OriginIsUnset) && at == Point::default())
            || (self.has(SkipsEmptyText) && note.message.is_empty())
            || (self.has(MergesEqualTexts)
                && self
                    .history
                    .iter()
                    .any(|old| self.same(place(old), at) && old.message == note.message));
        if is_dropped {
            return;
        }
        if self.has(Overwrites) {
            let kept = self.history.iter().filter(|old| !self.same(place(old), at));
            self.history = kept.cloned().collect();
        }
        self.history.push(note.clone());
    }

    /// Whether two places are taken for the same.
    fn same(&self, a: Point, b: Point) -> bool {
        let idea = self.wrong.iter().find_map(|mistake| match mistake {
            LatitudeOnly => Some(a.latitude == b.latitude),
            LongitudeOnly => Some(a.longitude == b.longitude),
            NearbyDegrees => Some(
                a.latitude / 10_000_000 == b.latitude / 10_000_000
                    && a.longitude / 10_000_000 == b.longitude / 10_000_000,
            ),
            NearbySingle => Some(
                a.latitude as f32 == b.latitude as f32 && a.longitude as f32 == b.longitude as f32,
            ),
            AxesUnordered => {
                Some(a == b || (a.latitude == b.longitude && a.longitude == b.latitude))
            }
            JoinedKey => Some(joined(a) == joined(b)),
            SumKey => Some(sum(a) == sum(b)),
            _ => mistake.reach().map(|most| {
                a.latitude.abs_diff(b.latitude) <= most && a.longitude.abs_diff(b.longitude) <= most
            }),
        });
        idea.unwrap_or(a == b)
    }
}

fn place(note: &RouteNote) -> Point {
    note.location.unwrap_or_default()
}

fn joined(point: Point) -> String {
    format!("{}{}", point.latitude, point.longitude)
}

fn sum(point: Point) -> i64 {
    i64::from(point.latitude) + i64::from(point.longitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(latitude: i32, message: &str) -> RouteNote {
        RouteNote {
            location: Some(Point {
                latitude,
                longitude: 0,
            }),
            message: message.to_string(),
        }
    }

    #[test]
    fn a_chat_replies_with_earlier_notes_of_the_place_oldest_first() {
        let notes = [note(1, "a"), note(2, "b"), note(1, "c"), note(1, "d")];
        let [a, b, c, d] = &right_answer(&notes)[..] else {
            panic!("one answer a note")
        };
        assert!(a.is_empty() && b.is_empty());
        assert_eq!(c, &[note(1, "a")]);
        assert_eq!(d, &[note(1, "a"), note(1, "c")]);
    }

    #[test]
    fn an_unset_location_is_the_origin() {
        let unset = RouteNote {
            location: None,
            message: "here".into(),
        };
        assert_eq!(right_answer(&[note(0, "a"), unset])[1], [note(0, "a")]);
    }
}
