//! The public RouteGuide examples disagree with each other, and with this codelab. A server that behaves as
//! one of them keeps a valid but different contract, and the report says whose.

use super::list_features::ListMistake;
use super::mistake::Mistake as _;
use super::record_route::RouteMistake;
use super::route_chat::ChatMistake;
use crate::messages::Rpc;
use crate::verdict::stream::UNSET_FIELD;
use crate::verdict::{Diagnosis, LessonReport, Outcome};

/// What an example does otherwise than this codelab: whose notes a chat brings, and which features count.
struct Dialect {
    /// Whose example it is, as it is called in a sentence.
    name: &'static str,
    /// All calls of RouteChat have one history.
    shared: bool,
    /// The new note comes back too.
    echoes: bool,
    /// Features without a name are left out.
    skips: bool,
    /// Names come without the spaces in them.
    strips: bool,
}

const DIALECTS: [Dialect; 5] = [
    Dialect {
        name: "the Go example",
        shared: true,
        echoes: true,
        skips: false,
        strips: false,
    },
    Dialect {
        name: "the Java, Node and C# examples",
        shared: true,
        echoes: false,
        skips: true,
        strips: false,
    },
    Dialect {
        name: "the C++ example",
        shared: true,
        echoes: false,
        skips: false,
        strips: true,
    },
    // The same with a database that is read by a JSON library.
    Dialect {
        name: "the C++ example",
        shared: true,
        echoes: false,
        skips: false,
        strips: false,
    },
    Dialect {
        name: "tonic's example",
        shared: false,
        echoes: true,
        skips: false,
        strips: false,
    },
];

/// Says which example a server behaves as, if ListFeatures and RouteChat were both checked and are wrong in nothing
/// but that.
pub fn recognise(lessons: &[LessonReport]) -> Option<Diagnosis> {
    let list = ids(lessons, Rpc::ListFeatures)?;
    let chat = ids(lessons, Rpc::RouteChat)?;
    // These examples also count only what has a name, or count all; both are seen.
    let route = ids(lessons, Rpc::RecordRoute).unwrap_or_default();
    let dialect = DIALECTS.iter().find(|dialect| {
        let wanted = |id: &'static str, wanted: bool| wanted.then_some(id);
        let of_list = [
            wanted(ListMistake::SkipsUnnamed.id(), dialect.skips),
            wanted(ListMistake::NamesWithoutSpaces.id(), dialect.strips),
        ];
        let of_chat = [
            wanted(ChatMistake::EchoesNewNote.id(), dialect.echoes),
            wanted(ChatMistake::SharedHistory.id(), dialect.shared),
        ];
        list == Vec::from_iter(of_list.into_iter().flatten())
            && chat == Vec::from_iter(of_chat.into_iter().flatten())
            && route
                .iter()
                .all(|id| *id == RouteMistake::CountsNamedOnly.id())
    })?;
    let mut ways = Vec::new();
    if dialect.shared {
        ways.push("all chats share one history (here each call begins with an empty one)");
    }
    if dialect.echoes {
        ways.push("a new note comes back to its sender too (here only earlier notes do)");
    }
    if dialect.skips {
        ways.push("features without a name are left out (here they are features like all others)");
    }
    if dialect.strips {
        ways.push(
            "names come without the spaces in them (here each name is as the database has it)",
        );
    }
    Some(Diagnosis::new(format!(
        "This server behaves as {} of the gRPC documentation: {}. This is a valid but different contract.",
        dialect.name,
        ways.join("; ")
    )))
}

/// The ids that were found in the lesson about an RPC. None if it was not checked, or if something is
/// wrong with it that has no name. That some examples break down at an unset field is another matter.
fn ids(lessons: &[LessonReport], rpc: Rpc) -> Option<Vec<&'static str>> {
    let is_about = |lesson: &&LessonReport| lesson.cases.iter().any(|case| case.rpc == Some(rpc));
    let lesson = lessons.iter().find(is_about)?;
    let mut found = Vec::new();
    let failed = lesson
        .cases
        .iter()
        .filter(|case| case.outcome == Outcome::Fail);
    for case in failed {
        let ids = case.diagnosis.as_ref().map_or(&[][..], |d| &d.mistakes);
        if ids.is_empty() {
            return None;
        }
        for id in ids.iter().filter(|id| **id != UNSET_FIELD) {
            if !found.contains(id) {
                found.push(*id);
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::CaseReport;

    fn lesson(rpc: Rpc, cases: &[&[&'static str]]) -> LessonReport {
        let case = |ids: &&[&'static str]| CaseReport {
            rpc: Some(rpc),
            ..CaseReport::of_fact(
                "case",
                (!ids.is_empty()).then(|| Diagnosis {
                    mistakes: ids.to_vec(),
                    ..Diagnosis::new("wrong")
                }),
            )
        };
        let mut cases: Vec<CaseReport> = cases.iter().map(case).collect();
        cases.push(case(&&[][..]));
        LessonReport {
            lesson: rpc.name().to_string(),
            title: rpc.name().to_string(),
            outcome: Outcome::Fail,
            begun: true,
            revises: Vec::new(),
            duration: std::time::Duration::ZERO,
            diagnosis: None,
            cases,
        }
    }

    fn recognised(
        list: &[&[&'static str]],
        route: &[&[&'static str]],
        chat: &[&[&'static str]],
    ) -> String {
        let lessons = [
            lesson(Rpc::ListFeatures, list),
            lesson(Rpc::RecordRoute, route),
            lesson(Rpc::RouteChat, chat),
        ];
        recognise(&lessons).map_or(String::new(), |note| note.message)
    }

    #[test]
    fn each_example_is_told_by_its_ways() {
        let go = recognised(
            &[],
            &[],
            &[&["echoes-new-note", "shared-history"], &[UNSET_FIELD]],
        );
        assert!(go.contains("behaves as the Go example"), "{go}");
        let java = recognised(
            &[&["skips-unnamed"]],
            &[&["counts-named-only"]],
            &[&["shared-history"]],
        );
        assert!(java.contains("the Java, Node and C# examples"), "{java}");
        let cpp = recognised(&[], &[&["counts-named-only"]], &[&["shared-history"]]);
        assert!(cpp.contains("the C++ example"), "{cpp}");
        let tonic = recognised(&[], &[], &[&["echoes-new-note"]]);
        assert!(tonic.contains("tonic's example"), "{tonic}");
    }

    #[test]
    fn a_server_with_mistakes_of_its_own_is_no_dialect() {
        assert_eq!(recognised(&[], &[], &[]), "");
        assert_eq!(
            recognised(&[&["no-filter"]], &[], &[&["shared-history"]]),
            ""
        );
        assert_eq!(
            recognised(&[], &[&["kilometres"]], &[&["shared-history"]]),
            ""
        );
    }
}
