    // lesson: cancel
    let mut features = client.list_features(rectangle).await?.into_inner();
    let mut first = Vec::new();
    // The count is looked at before the next feature is waited for: a server may take its time to
    // send one that is not needed.
    while first.len() < count {
        match features.message().await? {
            Some(feature) => first.push(feature),
            None => break,
        }
    }
    // Here `features` is dropped before its end. So tonic resets the stream, and the server stops its
    // work on the call. The connection lives on.
    Ok(first)
    // end lesson
