use http::HeaderMap;

use super::*;
use crate::reference::watched::observer::Gone;

fn open(metrics: &Arc<Metrics>, path: &str) -> Box<dyn Witness> {
    let opening = Opening {
        path,
        peer: None,
        headers: &HeaderMap::new(),
    };
    metrics.opened(&opening).unwrap()
}

#[test]
fn paths_that_nobody_serves_make_no_labels() {
    let metrics = Arc::new(Metrics::new());
    let lines = metrics.text().unwrap().lines().count();
    for n in 0..1_000 {
        drop(open(&metrics, &format!("/routeguide.RouteGuide/Method{n}")));
    }
    let text = metrics.text().unwrap();
    let counted = r#"grpc_server_started_total{grpc_service="unknown",grpc_method="unknown",grpc_type="unknown"} 1000"#;
    assert!(text.contains(counted), "{text}");
    assert!(text.lines().count() < lines + 40, "{text}");
}

#[test]
fn a_call_is_open_until_it_has_ended_in_whatever_way() {
    let metrics = Arc::new(Metrics::new());
    let mut call = open(&metrics, "/routeguide.RouteGuide/RouteChat");
    let chat =
        r#"grpc_service="routeguide.RouteGuide",grpc_method="RouteChat",grpc_type="bidi_stream""#;
    let says = |line: String| {
        let text = metrics.text().unwrap();
        assert!(
            text.lines().any(|there| there == line),
            "no {line} in\n{text}"
        );
    };
    says(format!("grpc_server_open_calls{{{chat}}} 1"));
    let gone = Gone {
        by: Side::Client,
        code: Code::Cancelled,
        words: String::new(),
    };
    call.saw(Duration::from_millis(2), &Seen::Gone(&gone));
    says(format!("grpc_server_open_calls{{{chat}}} 0"));
    says(format!(
        "grpc_server_handled_total{{{chat},grpc_code=\"CANCELLED\"}} 1"
    ));
    says(format!(
        "grpc_server_handled_total{{{chat},grpc_code=\"OK\"}} 0"
    ));
    says(format!("grpc_server_handling_seconds_sum{{{chat}}} 0.002"));
}
