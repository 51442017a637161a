//! Clients that work against a server that answers at once and briefly, or only now and then.

use testkit::Lab;

use super::variants::{CLIENT, before, instead, vary};

/// What the notes of a chat are, for clients that send them in their own way.
const NOTES: &str = r#"    let notes = [
        (0, 0, "First message"),
        (0, 1, "Second message"),
        (1, 0, "Third message"),
        (0, 0, "Fourth message"),
        (1, 0, "Fifth message"),
    ]
    .map(|(latitude, longitude, message)| proto::RouteNote {
        location: Some(proto::Point { latitude, longitude }),
        message: message.into(),
    });
"#;

/// Puts all of them into the learner's client.
pub fn write(lab: &Lab) {
    connect(lab);
    list_features(lab);
    record_route(lab);
    route_chat(lab);
    run(lab);
}

fn connect(lab: &Lab) {
    vary(
        lab,
        CLIENT,
        "format!(\"http://{addr}\")",
        &[("connect-https", "format!(\"https://{addr}\")")],
    );
}

fn list_features(lab: &Lab) {
    // It prints once all is there.
    before(
        lab,
        CLIENT,
        "    // `None` means that the server has sent everything",
        r#"    if crate::variant("call-list-collects") {
        let mut names = Vec::new();
        while let Some(feature) = features.message().await? {
            names.push(feature.name);
        }
        println!("{names:?}");
        return Ok(());
    }
    if crate::variant("call-list-on-stderr") {
        while let Some(feature) = features.message().await? {
            eprintln!("{}", feature.name);
        }
        return Ok(());
    }
    if crate::variant("call-list-prints-city") || crate::variant("call-list-prints-short") {
        while let Some(feature) = features.message().await? {
            let length = if crate::variant("call-list-prints-short") { 20 } else { usize::MAX };
            let part = feature.name.split(if length == 20 { '\n' } else { ',' }).next().unwrap_or_default();
            println!("{}", part.chars().take(length).collect::<String>());
        }
        return Ok(());
    }
    if crate::variant("call-list-prints-names-once") || crate::variant("call-list-skips-unnamed") {
        let mut names = std::collections::HashSet::new();
        while let Some(feature) = features.message().await? {
            let is_new = names.insert(feature.name.clone());
            if feature.name.is_empty() || !is_new && crate::variant("call-list-prints-names-once") {
                continue;
            }
            println!("{} at {}", feature.name, degrees(feature.location.unwrap_or_default()));
        }
        return Ok(());
    }
    if crate::variant("call-list-panics-at-error") {
        while let Some(feature) = features.message().await.expect("no more") {
            println!("{} at {}", feature.name, degrees(feature.location.unwrap_or_default()));
        }
        return Ok(());
    }
    if crate::variant("call-list-takes-ten") {
        for _ in 0..10 {
            let Some(feature) = features.message().await? else { break };
            println!("{}", feature.name);
        }
        return Ok(());
    }
"#,
    );
}

fn record_route(lab: &Lab) {
    before(
        lab,
        CLIENT,
        "    println!(\"Travelling along",
        r#"    let route = if crate::variant("call-record-first-ten") {
        features.iter().take(10).map(|feature| feature.location.unwrap_or_default()).collect()
    } else if crate::variant("call-record-one-place") {
        vec![route[0]; 10]
    } else if crate::variant("call-record-five-twice") {
        [&route[..5], &route[..5]].concat()
    } else {
        route
    };
    if crate::variant("call-record-panics") {
        println!("{:?}", route[10]);
    }
    if crate::variant("call-record-each") {
        for point in route {
            let summary = client.record_route(tokio_stream::once(point)).await?.into_inner();
            println!("{summary:?}");
        }
        return Ok(());
    }
    if crate::variant("call-record-awaits-first") || crate::variant("call-record-fills-first") {
        let (sender, points) = tokio::sync::mpsc::channel(4);
        let points = tokio_stream::wrappers::ReceiverStream::new(points);
        if crate::variant("call-record-awaits-first") {
            let summary = client.record_route(points).await?.into_inner();
            for point in route {
                sender.send(point).await?;
            }
            println!("{summary:?}");
        } else {
            for point in route {
                sender.send(point).await?;
            }
            drop(sender);
            println!("{:?}", client.record_route(points).await?.into_inner());
        }
        return Ok(());
    }
"#,
    );
}

fn route_chat(lab: &Lab) {
    // It fills its stream once the headers have come.
    instead(
        lab,
        CLIENT,
        "    let itinerary = [\n",
        "call-chat-waits-for-headers",
        &format!(
            r#"{NOTES}
    let (sender, stream) = tokio::sync::mpsc::channel(8);
    let stream = tokio_stream::wrappers::ReceiverStream::new(stream);
    let mut replies = client.route_chat(stream).await?.into_inner();
    for note in notes {{
        sender.send(note).await?;
    }}
    drop(sender);
    while let Some(reply) = replies.message().await? {{
        println!("{{}}", reply.message);
    }}
    Ok(())"#
        ),
    );
    // It takes its time to send, and reads when it has sent everything.
    instead(
        lab,
        CLIENT,
        "    let itinerary = [\n",
        "call-chat-reads-after-sending",
        &format!(
            r#"{NOTES}
    let (sender, stream) = tokio::sync::mpsc::channel(1);
    let stream = tokio_stream::wrappers::ReceiverStream::new(stream);
    let mut other = client.clone();
    let call = tokio::spawn(async move {{ other.route_chat(stream).await }});
    for note in notes {{
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        sender.send(note).await?;
    }}
    drop(sender);
    let mut replies = call.await??.into_inner();
    while let Some(reply) = replies.message().await? {{
        println!("{{}}", reply.message);
    }}
    Ok(())"#
        ),
    );
    // Right: a task sends.
    instead(
        lab,
        CLIENT,
        "    let itinerary = [\n",
        "call-chat-sends-from-a-task",
        &format!(
            r#"{NOTES}
    let (sender, stream) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {{
        for note in notes {{
            sender.send(note).await.ok();
        }}
    }});
    let stream = tokio_stream::wrappers::ReceiverStream::new(stream);
    let mut replies = client.route_chat(stream).await?.into_inner();
    while let Some(reply) = replies.message().await? {{
        println!("{{}}", reply.message);
    }}
    Ok(())"#
        ),
    );
}

fn run(lab: &Lab) {
    let first = "    let mut client = connect(addr).await?;\n";
    instead(
        lab,
        CLIENT,
        first,
        "run-goes-on",
        "    let mut client = connect(addr).await?;
    let list = guide_list_features(&mut client).await;
    let record = guide_record_route(&mut client, features).await;
    let chat = guide_route_chat(&mut client).await;
    list.and(record).and(chat)",
    );
    instead(
        lab,
        CLIENT,
        first,
        "run-at-once",
        "    let client = connect(addr).await?;
    let (mut one, mut two, mut three) = (client.clone(), client.clone(), client);
    let (list, record, chat) = tokio::join!(
        guide_list_features(&mut one),
        guide_record_route(&mut two, features),
        guide_route_chat(&mut three)
    );
    list.and(record).and(chat)",
    );
    before(
        lab,
        CLIENT,
        "    guide_list_features(&mut client).await?;\n",
        "    if crate::variant(\"run-sleeps\") { tokio::time::sleep(std::time::Duration::from_secs(4)).await; }\n",
    );
}
