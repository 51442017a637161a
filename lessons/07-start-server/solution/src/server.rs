    // lesson: start-server
    use crate::proto::route_guide_server::RouteGuideServer;
    use tonic::transport::Server;

    let service = RouteGuideService::new(Features::load()?);
    println!("Starting server on {addr}");
    Server::builder()
        .add_service(RouteGuideServer::new(service))
        // Stops accepting at Ctrl-C, lets the open calls finish, and then returns.
        .serve_with_shutdown(addr, async {
            tokio::signal::ctrl_c().await.ok();
        })
        .await?;
    Ok(())
    // end lesson
