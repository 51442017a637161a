    // lesson: create-client
    // A channel is a connection that may be shared; `http://` says that it is not encrypted.
    let channel = Channel::from_shared(format!("http://{addr}"))?
        .connect()
        .await?;
    // The stub has a method for each rpc, and turns a call into messages on the channel.
    Ok(RouteGuideClient::new(channel))
    // end lesson
