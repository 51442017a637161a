    // lesson: run-client
    let mut client = connect(addr).await?;

    println!("-------------- ListFeatures --------------");
    guide_list_features(&mut client).await?;

    println!("-------------- RecordRoute ---------------");
    guide_record_route(&mut client, features).await?;

    println!("-------------- RouteChat -----------------");
    guide_route_chat(&mut client).await?;
    Ok(())
    // end lesson
