        // lesson: route-chat
        use std::collections::HashMap;

        use tonic::Code;
        use tonic_types::{ErrorDetails, StatusExt as _};

        let mut notes = request.into_inner();
        let stream = async_stream::try_stream! {
            // The notes of this call, place by place. Another call has a map of its own.
            let mut history: HashMap<Point, Vec<RouteNote>> = HashMap::new();
            // How many notes that is. The count ends with the call, as the map does.
            let mut remembered = 0;

            while let Some(note) = notes.message().await? {
                // Looked at before anything else: a note that is refused is neither answered nor remembered. `len()`
                // would count bytes.
                let characters = note.message.chars().count();
                if characters > 1_000 {
                    let problem = format!("{characters} characters, at most 1000 are allowed");
                    // The same again for programs: they find the field without reading a text.
                    let details = ErrorDetails::with_bad_request_violation("message", &problem);
                    Err(Status::with_error_details(
                        Code::InvalidArgument,
                        format!("message: {problem}"),
                        details,
                    ))?;
                }

                // What a client can make a server remember has an end, or one client takes the memory of all.
                if remembered == 2_000 {
                    Err(Status::resource_exhausted("a chat may have 2000 notes"))?;
                }
                remembered += 1;

                let here = history.entry(note.location.unwrap_or_default()).or_default();
                // Reply first and remember afterwards: a note is never sent back to its own sender.
                for earlier in here.iter() {
                    yield earlier.clone();
                }
                here.push(note);
            }
        };
        Ok(Response::new(Box::pin(stream)))
        // end lesson

    // lesson: start-server
    use crate::proto::route_guide_server::RouteGuideServer;
    use tonic::transport::Server;

    let service = RouteGuideService::new(Features::load()?);
    println!("Starting server on {addr}");
    Server::builder()
        // How many bytes all calls of one connection may have on the way to us. A fast client can
        // send thousands of tiny points before we have read them; with the usual small window, the
        // HTTP/2 library treats such a flood as an attack and hangs up (GOAWAY,
        // `too_many_data_frames`).
        .initial_connection_window_size(64 << 20)
        .add_service(RouteGuideServer::new(service))
        // Stops accepting at Ctrl-C, lets the open calls finish, and then returns.
        .serve_with_shutdown(addr, async {
            tokio::signal::ctrl_c().await.ok();
        })
        .await?;
    Ok(())
    // end lesson
