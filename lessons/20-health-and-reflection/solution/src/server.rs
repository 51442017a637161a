    // lesson: start-server
    use crate::proto::route_guide_server::{RouteGuideServer, SERVICE_NAME};
    use tonic::transport::Server;
    use tonic_health::ServingStatus;

    let service = RouteGuideService::new(Features::load()?);
    // Two sides of one list of names: we set statuses by the first, the second answers questions.
    let (health, health_service) = tonic_health::server::health_reporter();
    health
        .set_service_status(SERVICE_NAME, ServingStatus::Serving)
        .await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(crate::proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;

    println!("Starting server on {addr}");
    Server::builder()
        // How many bytes all calls of one connection may have on the way to us. A fast client can
        // send thousands of tiny points before we have read them; with the usual small window, the
        // HTTP/2 library treats such a flood as an attack and hangs up (GOAWAY,
        // `too_many_data_frames`).
        .initial_connection_window_size(64 << 20)
        .add_service(RouteGuideServer::new(service))
        .add_service(health_service)
        .add_service(reflection)
        // Stops accepting at Ctrl-C, lets the open calls finish, and then returns.
        .serve_with_shutdown(addr, async {
            tokio::signal::ctrl_c().await.ok();
            // First of all: those who watch send us no more calls.
            for name in ["", SERVICE_NAME] {
                health
                    .set_service_status(name, ServingStatus::NotServing)
                    .await;
            }
        })
        .await?;
    Ok(())
    // end lesson
