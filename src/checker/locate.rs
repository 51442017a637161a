//! Where a lesson that is not right is to be changed.

use crate::course::lesson::Component;
use crate::course::{Course, Lesson};
use crate::disk::regular;
use crate::learner::Folder;
use crate::learner::work::{self, LessonRegion, LessonRegionError};
use crate::location::Location;
use crate::messages::Rpc;
use crate::verdict::{self, CaseReport, CheckReport, LessonReport, Outcome};

/// The files in which RPCs are handled and called.
const SERVER: &str = "start_here/src/server.rs";
const CLIENT: &str = "start_here/src/client.rs";

/// Where the lesson to change first is to be changed. None if the cause is not in the learner's code.
///
/// # Errors
///
/// If the lesson's region cannot be found.
pub fn first_to_change(
    folder: &Folder,
    course: &Course,
    report: &CheckReport,
) -> Option<Result<Location, LessonRegionError>> {
    let open = verdict::report::first_wrong(&report.lessons)?;
    to_change(folder, course, open)
}

/// Where a lesson that is not right is to be changed, in the same way.
///
/// # Errors
///
/// As [`first_to_change`].
pub fn to_change(
    folder: &Folder,
    course: &Course,
    report: &LessonReport,
) -> Option<Result<Location, LessonRegionError>> {
    let found = report.diagnosis.as_ref();
    if found.is_some_and(|found| found.elsewhere) {
        return None;
    }
    if let Some(location) = found.and_then(|found| found.location.clone()) {
        return Some(Ok(location));
    }
    let lesson = course.find(&report.lesson).ok()?;
    match work::regions(folder, lesson) {
        Ok(regions) => {
            let of_rpc = of_rpc(folder, lesson, report, &regions);
            let first = || Some(regions.first()?.location.clone());
            of_rpc.or_else(first).map(Ok)
        }
        Err(error) => Some(Err(error)),
    }
}

/// Where the RPC is handled or called that is not right, if it is one RPC, and the lesson has several regions or functions.
fn of_rpc(
    folder: &Folder,
    lesson: &Lesson,
    report: &LessonReport,
    regions: &[LessonRegion],
) -> Option<Location> {
    let cases = report.cases.iter();
    let failed = cases.filter(|case| case.outcome == Outcome::Fail);
    let mut rpcs = failed.map(|case| case.rpc);
    let rpc = rpcs.next()??;
    if rpcs.any(|other| other != Some(rpc)) {
        return None;
    }
    let telling = verdict::report::most_telling(&report.cases)?;
    let file = match is_of_server(lesson, telling, rpc) {
        true => SERVER,
        false => CLIENT,
    };
    let text = regular::read_to_string(&folder.file(file)).ok()?;
    let regions = regions.iter().filter(|region| region.location.file == file);
    let mut first = None;
    for region in regions {
        let lines = region.location.line..region.end;
        let held = text.lines().enumerate().find(|(index, line)| {
            lines.contains(&(index + 1)) && function(line).is_some_and(|name| is_of(rpc, name))
        });
        if let Some((index, _)) = held {
            return Some(Location::new(file, index + 1));
        }
        let above = text.lines().take(region.location.line.saturating_sub(1));
        if above
            .filter_map(function)
            .last()
            .is_some_and(|name| is_of(rpc, name))
        {
            return Some(region.location.clone());
        }
        first = first.or(Some(&region.location));
    }
    first.cloned()
}

/// Whether a case is a call of the server, and not one that the client made: those have the name of their RPC.
fn is_of_server(lesson: &Lesson, case: &CaseReport, rpc: Rpc) -> bool {
    lesson.component() == Component::Server && !case.case.starts_with(rpc.name())
}

/// The name of the function that a line begins.
fn function(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    let name = line.strip_prefix("fn ")?;
    name.split(['(', '<']).next()
}

/// Whether a function is the one that handles an RPC, or calls it: `get_feature`, or `guide_get_feature`.
fn is_of(rpc: Rpc, function: &str) -> bool {
    let name = rpc.kebab_name().replace('-', "_");
    let before = function.strip_suffix(&name);
    before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::transcript::Transcript;
    use crate::verdict::Diagnosis;
    use crate::verdict::diagnosis::Finding;

    /// The line that is to be changed if this case of a lesson has failed, in a folder with the finished course.
    fn line(lesson: &str, case: &str, rpc: Rpc) -> (String, String) {
        let root = tempfile::tempdir().unwrap();
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
        for (finished, file) in [
            ("completed/Cargo.toml", "start_here/Cargo.toml"),
            (
                "proto/route_guide.proto",
                "start_here/proto/route_guide.proto",
            ),
            ("completed/src/server.rs", SERVER),
            ("completed/src/client.rs", CLIENT),
        ] {
            let file = root.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::copy(checkout.join(finished), file).unwrap();
        }
        let folder = Folder::find(root.path()).unwrap();
        let course = Course::embedded().unwrap();
        let call = Transcript {
            rpc,
            events: Vec::new(),
        };
        let finding = Finding {
            diagnosis: Diagnosis::new("Not right."),
            mark: None,
        };
        let case = CaseReport::of_call(case, "", Vec::new(), call).judged(Some(finding));
        let lesson = course.find(lesson).unwrap();
        let report = LessonReport::of_cases(&lesson, std::time::Duration::ZERO, vec![case]);
        let location = to_change(&folder, &course, &report).unwrap().unwrap();
        let text = fs::read_to_string(root.path().join(&location.file)).unwrap();
        let line = text.lines().nth(location.line - 1).unwrap();
        (location.file, line.trim().to_string())
    }

    #[test]
    fn a_lesson_of_several_regions_is_changed_where_its_rpc_is() {
        let (file, text) = line("get-feature", "a-feature", Rpc::GetFeature);
        assert_eq!(file, SERVER);
        assert!(text.starts_with("async fn get_feature("), "{text}");
        let (file, text) = line("get-feature", "GetFeature", Rpc::GetFeature);
        assert_eq!(
            (file.as_str(), text.as_str()),
            (CLIENT, "let place = proto::Point {")
        );
        let (file, text) = line("deadlines", "RouteChat", Rpc::RouteChat);
        assert_eq!(
            (file.as_str(), text.as_str()),
            (CLIENT, "let itinerary = [")
        );
    }

    #[test]
    fn a_lesson_of_one_region_is_changed_there() {
        let (file, text) = line("list-features", "one-point", Rpc::ListFeatures);
        let first = "let rectangle = request.into_inner();";
        assert_eq!((file.as_str(), text.as_str()), (SERVER, first));
    }
}
