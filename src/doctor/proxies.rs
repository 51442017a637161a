//! Proxies in the environment that would receive calls to this machine.
//!
//! tonic reads no such variable. gRPC core, which is below Python, C++, Ruby, PHP and older C#, reads
//! `grpc_proxy`, `https_proxy` and `http_proxy`, in lower case only, takes the first that is set, and asks
//! `no_grpc_proxy`, or else `no_proxy`, whether to leave it out
//! (<https://github.com/grpc/grpc/blob/master/doc/core/default_http_proxy_mapper.md>). Node's grpc-js does
//! as gRPC core does. Go never sends calls to localhost or a loopback address through a proxy, nor does
//! Java by default.

use std::net::IpAddr;

use super::{CheckId, Finding, System};

/// The id of the finding.
const CHECK: CheckId = CheckId::Proxies;
/// What gRPC core reads, in its order.
const READ_BY_CORE: [&str; 3] = ["grpc_proxy", "https_proxy", "http_proxy"];
/// What other programs read.
const OTHERS: [&str; 1] = ["all_proxy"];
/// The hosts that must be excluded.
const HERE: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The proxy variables, by name. Their values may contain passwords, and are never shown.
#[derive(Debug)]
pub struct Facts {
    variables: Vec<(String, String)>,
}

/// Reads the environment.
pub fn gather() -> Facts {
    let is_about_proxies = |name: &str| name.to_ascii_lowercase().ends_with("_proxy");
    let mut variables: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            is_about_proxies(&name).then(|| (name, value.to_string_lossy().into_owned()))
        })
        .collect();
    variables.sort();
    Facts { variables }
}

impl Facts {
    /// A variable that is set. On Windows, upper and lower case are the same in their names.
    fn get(&self, name: &str, system: System) -> Option<(&str, &str)> {
        let is_it = |other: &str| match system {
            System::Windows => other.eq_ignore_ascii_case(name),
            System::Linux | System::Mac => other == name,
        };
        self.variables
            .iter()
            .find(|(other, value)| is_it(other) && !value.is_empty())
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// One finding. It is never an error: neither the lab nor what the learner writes uses a proxy.
pub fn judge(facts: &Facts, system: System) -> Finding {
    let names: Vec<&str> = facts
        .variables
        .iter()
        .filter(|(name, value)| {
            let name = name.to_ascii_lowercase();
            let known = READ_BY_CORE.contains(&name.as_str()) || OTHERS.contains(&name.as_str());
            known && !value.is_empty()
        })
        .map(|(name, _)| name.as_str())
        .collect();
    if names.is_empty() {
        return Finding::ok(CHECK, "No proxy is set in the environment.");
    }
    let Some((name, _)) = READ_BY_CORE.iter().find_map(|name| facts.get(name, system)) else {
        return Finding::ok(
            CHECK,
            format!(
                "{} set, but gRPC libraries do not use {} for calls to this machine.",
                list(&names),
                if names.len() == 1 { "it" } else { "them" }
            ),
        );
    };
    let except = ["no_grpc_proxy", "no_proxy"]
        .iter()
        .find_map(|name| facts.get(name, system));
    let exceptions = except.map_or("", |(_, value)| value);
    let caught: Vec<&str> = HERE
        .into_iter()
        .filter(|host| !is_excluded(host, exceptions))
        .collect();
    if caught.is_empty() {
        let (except, _) = except.unwrap_or_default();
        return Finding::ok(
            CHECK,
            format!("{name} is set, and {except} excludes this machine."),
        );
    }
    let except = except.map_or("no_proxy", |(name, _)| name);
    let all = caught.join(",");
    let command = match system {
        System::Windows => format!("$env:{except} = \"$env:{except},{all}\""),
        System::Linux | System::Mac => {
            format!("export {except}=\"${{{except}:+${except},}}{all}\"")
        }
    };
    Finding::warning(
        CHECK,
        format!(
            "{name} is set, and {except} does not exclude {}: gRPC clients in Python, C++, Ruby, PHP or Node \
             would send calls to this machine to the proxy. The lab and your Rust code use no proxy.",
            caught.join(", ")
        ),
    )
    .fix(format!("Before you check such a client, run `{command}`."))
}

/// Whether gRPC core calls a host without the proxy: if it is one of the names, a subdomain of one, or in one of
/// the address ranges. gRPC core gives `*` no special meaning.
fn is_excluded(host: &str, exceptions: &str) -> bool {
    let host = host.to_ascii_lowercase();
    exceptions
        .split(',')
        .map(|entry| entry.trim().to_ascii_lowercase())
        .filter(|entry| !entry.is_empty())
        .any(|entry| {
            let parent = format!(".{}", entry.trim_start_matches('.'));
            host == entry || host.ends_with(&parent) || in_range(&host, &entry)
        })
}

/// Whether an address lies in a range such as `127.0.0.0/8`.
fn in_range(host: &str, range: &str) -> bool {
    let Some((base, bits)) = range.split_once('/') else {
        return false;
    };
    match (host.parse(), base.parse(), bits.parse::<u32>()) {
        (Ok(IpAddr::V4(host)), Ok(IpAddr::V4(base)), Ok(bits @ 0..=32)) => {
            let differ = host.to_bits() ^ base.to_bits();
            differ.leading_zeros() >= bits
        }
        (Ok(IpAddr::V6(host)), Ok(IpAddr::V6(base)), Ok(bits @ 0..=128)) => {
            let differ = host.to_bits() ^ base.to_bits();
            differ.leading_zeros() >= bits
        }
        _ => false,
    }
}

/// `A is`, `A and B are`.
fn list(names: &[&str]) -> String {
    match names {
        [one] => format!("{one} is"),
        more => format!("{} are", more.join(" and ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    fn judged(variables: &[(&str, &str)], system: System) -> Finding {
        let own = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        judge(
            &Facts {
                variables: variables.iter().map(own).collect(),
            },
            system,
        )
    }

    #[test]
    fn a_proxy_that_would_receive_calls_to_this_machine_is_named_without_its_password() {
        let proxy = "http://me:secret@proxy:3128";
        for variable in READ_BY_CORE {
            let finding = judged(&[(variable, proxy)], System::Linux);
            assert_eq!(finding.severity, Severity::Warning);
            assert!(finding.message.starts_with(&format!("{variable} is set")));
            let advice = finding.fix.unwrap();
            assert!(advice.contains("localhost,127.0.0.1,::1"), "{advice}");
            assert!(!finding.message.contains("secret") && !advice.contains("secret"));
        }
    }

    #[test]
    fn exceptions_are_read_as_grpc_core_reads_them() {
        for (exceptions, left) in [
            ("localhost,127.0.0.1,::1", ""),
            ("LOCALHOST, 127.0.0.0/8 ,::1/128", ""),
            ("host,.0.1,1", "localhost, ::1"),
            ("localhost,127.0.0.1", "::1"),
            ("*", "localhost, 127.0.0.1, ::1"),
            ("10.0.0.0/8,example.com", "localhost, 127.0.0.1, ::1"),
            ("localhost/8,::1,127.0.0.1/99", "localhost, 127.0.0.1"),
        ] {
            let finding = judged(
                &[("http_proxy", "x"), ("no_proxy", exceptions)],
                System::Mac,
            );
            match left {
                "" => assert_eq!(finding.severity, Severity::Ok, "{exceptions}"),
                left => {
                    let words = format!("does not exclude {left}:");
                    assert!(finding.message.contains(&words), "{}", finding.message);
                }
            }
        }
        // The variable for gRPC alone comes first, even if it excludes less.
        let both = [
            ("http_proxy", "x"),
            ("no_proxy", "localhost,127.0.0.1,::1"),
            ("no_grpc_proxy", "a"),
        ];
        assert_eq!(judged(&both, System::Linux).severity, Severity::Warning);
    }

    #[test]
    fn upper_case_counts_on_windows_only() {
        let upper = [("HTTPS_PROXY", "x"), ("ALL_PROXY", "x")];
        let finding = judged(&upper, System::Linux);
        assert_eq!(finding.severity, Severity::Ok);
        assert!(
            finding
                .message
                .starts_with("HTTPS_PROXY and ALL_PROXY are set, but gRPC")
        );
        let windows = judged(&upper, System::Windows);
        assert_eq!(windows.severity, Severity::Warning);
        assert!(windows.fix.unwrap().contains("$env:no_proxy"));
        assert_eq!(
            judged(&[("http_proxy", "")], System::Linux).severity,
            Severity::Ok
        );
        assert_eq!(
            judged(&[], System::Linux).message,
            "No proxy is set in the environment."
        );
    }
}
