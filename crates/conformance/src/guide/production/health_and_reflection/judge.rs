//! The judgement of what a server says by the standard services.

use super::messages;
use super::{
    Health, LastWord, ReflectedService, ReflectionFailure, SeenServices, ServingStatus,
    StandardServices,
};
use crate::guide::registry;
use crate::messages::Rpc;
use crate::verdict::{CaseReport, Diagnosis};

/// Judges all that was seen of a server while it serves.
pub fn judge(asked: &StandardServices, seen: &SeenServices) -> Vec<CaseReport> {
    let checks = asked.reported.iter().zip(&seen.checked);
    let watches = asked.reported.iter().zip(&seen.watched);
    vec![
        fact(
            "health-check",
            "Check says SERVING for the server as a whole and for each of its services.",
            checks
                .clone()
                .find_map(|(name, health)| checked(name, health)),
        ),
        fact(
            "health-of-another",
            "Of a service that the server does not have, it knows nothing: NOT_FOUND.",
            // Where Check does not work at all, that has been said.
            match is_missing(&seen.not_there) {
                true => None,
                false => of_another(&asked.not_there, &seen.not_there),
            },
        ),
        fact(
            "health-watch",
            "Watch begins with what Check says.",
            watches
                .zip(&seen.checked)
                .find_map(|((name, watched), checked)| began(name, watched, checked)),
        ),
        fact(
            "reflection",
            "Reflection gives the contract of RouteGuide.",
            reflected(&seen.reflected),
        ),
    ]
}

/// Judges how each open Watch went on after Ctrl-C.
pub fn shutdown(asked: &StandardServices, last: &[LastWord]) -> CaseReport {
    let mut lasts = asked.reported.iter().zip(last);
    fact(
        "health-at-shutdown",
        "Before the server stops, it says NOT_SERVING: then no more calls are sent to it.",
        lasts.find_map(|(name, last)| stopped(name, last)),
    )
}

fn fact(case: &str, why: &str, found: Option<Diagnosis>) -> CaseReport {
    CaseReport {
        why: Some(why.to_string()),
        ..CaseReport::of_fact(case, found)
    }
}

/// Whether a service of the protocol is not there at all.
fn is_missing(health: &Health) -> bool {
    matches!(health, Err(status) if status.code == "UNIMPLEMENTED")
}

fn is_not_found(health: &Health) -> bool {
    match health {
        Ok(status) => *status == ServingStatus::ServiceUnknown,
        Err(status) => status.code == "NOT_FOUND",
    }
}

/// What is wrong with what Check says of a name that the server reports.
fn checked(name: &str, health: &Health) -> Option<Diagnosis> {
    match health {
        Ok(ServingStatus::Serving) => None,
        health if is_missing(health) => Some(messages::health_missing()),
        health if is_not_found(health) => Some(messages::not_reported(name)),
        Ok(status) => Some(messages::not_serving(name, *status)),
        Err(status) => Some(messages::health_fails("Check", name, status)),
    }
}

/// What is wrong with what Check says of a service that is not there.
fn of_another(name: &str, health: &Health) -> Option<Diagnosis> {
    match health {
        health if is_not_found(health) => None,
        Ok(status) => Some(messages::reports_anything(name, *status)),
        Err(status) => Some(messages::health_fails("Check", name, status)),
    }
}

/// What is wrong with the first message of Watch for a name. Whatever Check says wrongly has been said of Check.
fn began(name: &str, watched: &Health, checked: &Health) -> Option<Diagnosis> {
    if watched == checked || is_not_found(watched) && is_not_found(checked) || is_missing(checked) {
        return None;
    }
    Some(match watched {
        watched if is_missing(watched) => messages::watch_missing(),
        Ok(status) => messages::watch_differs(name, *status),
        Err(status) => messages::health_fails("Watch", name, status),
    })
}

fn reflected(reflected: &Result<Vec<ReflectedService>, ReflectionFailure>) -> Option<Diagnosis> {
    let services = match reflected {
        Ok(services) => services,
        Err(ReflectionFailure::NotOffered) => return Some(messages::reflection_missing()),
        Err(ReflectionFailure::Failed(how)) => return Some(messages::reflection_fails(how)),
    };
    let Some(own) = services.iter().find(|service| service.name == Rpc::SERVICE) else {
        let names = services.iter().map(|service| service.name.as_str());
        return Some(messages::own_service_missing(&names.collect::<Vec<_>>()));
    };
    let mut required = registry::required();
    let missing = required.find(|rpc| !own.methods.iter().any(|method| method == rpc.name()));
    missing.map(messages::method_missing)
}

fn stopped(name: &str, last: &LastWord) -> Option<Diagnosis> {
    match last {
        LastWord::NotServing => None,
        LastWord::Ended(Some(status)) => Some(messages::serving_at_shutdown(
            name,
            &format!("its Watch ended with {status}"),
        )),
        LastWord::Ended(None) => Some(messages::serving_at_shutdown(name, "its Watch ended")),
        LastWord::NotBegun(status) => Some(messages::health_fails("Watch", name, status)),
        LastWord::Nothing => Some(messages::serving_at_shutdown(
            name,
            "its Watch stayed open, and nothing came",
        )),
    }
}
