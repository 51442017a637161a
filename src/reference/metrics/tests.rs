use std::time::Duration;

use http::HeaderMap;
use tonic::Code;

use super::*;
use crate::messages::Rpc;
use crate::reference::observe::observer::{
    CallEvent, CallObserver, CallSide, CallStart, Observer as _, Termination,
};
use crate::reference::services;

fn start_call(metrics: &Metrics, path: &str) -> Box<dyn CallObserver> {
    let start = CallStart {
        path,
        peer: None,
        headers: &HeaderMap::new(),
    };
    metrics.call_started(&start).unwrap()
}

#[test]
fn unknown_paths_share_their_labels() {
    let metrics = Metrics::new().unwrap();
    let lines = metrics.text().unwrap().lines().count();
    for n in 0..1_000 {
        let path = format!("/{}/Method{n}", services::ROUTE_GUIDE);
        drop(start_call(&metrics, &path));
    }
    let text = metrics.text().unwrap();
    let counted = r#"grpc_server_started_total{grpc_service="unknown",grpc_method="unknown",grpc_type="unknown"} 1000"#;
    assert!(text.contains(counted), "{text}");
    assert!(text.lines().count() < lines + 40, "{text}");
}

#[test]
fn a_call_is_open_until_it_has_ended_in_any_way() {
    for rpc in Rpc::ALL {
        let metrics = Metrics::new().unwrap();
        let mut call = start_call(&metrics, rpc.path());
        let method = format!(r#"grpc_service="routeguide.RouteGuide",grpc_method="{rpc}","#);
        // The value of the only line that begins so.
        let value = |start: String, rest: &str| -> String {
            let text = metrics.text().unwrap();
            let is_it = |line: &&str| line.starts_with(&start) && line.contains(rest);
            let lines: Vec<&str> = text.lines().filter(is_it).collect();
            let [line] = lines[..] else {
                panic!("{lines:?} in\n{text}");
            };
            line.rsplit_once(' ').unwrap().1.to_string()
        };
        let open = || value(format!("grpc_server_open_calls{{{method}"), "");
        assert_eq!(open(), "1");
        let termination = Termination {
            by: CallSide::Client,
            code: Code::Cancelled,
            reason: String::new(),
        };
        let at = Duration::from_millis(2);
        call.on_event(at, &CallEvent::Terminated(&termination));
        assert_eq!(open(), "0");
        let handled = |code| value(format!("grpc_server_handled_total{{{method}"), code);
        assert_eq!(handled(r#"grpc_code="CANCELLED""#), "1");
        assert_eq!(handled(r#"grpc_code="OK""#), "0");
        let sum = format!("grpc_server_handling_seconds_sum{{{method}");
        assert_eq!(value(sum, ""), "0.002");
    }
}
