//! Another client of a server, which must not notice what a test does to the server.

use std::time::Duration;

use testkit::reference::{Chat, Figures, Server};

/// The most that the server may ever need, in MiB. Without any load it takes about 20.
pub const MEMORY: u64 = 200;

/// The chat of the client that talks to the server meanwhile.
pub const BYSTANDER: u64 = 1;

/// Has another client talk to a server before, during and after what a test does to it.
pub async fn beside_another(abuse: impl AsyncFnOnce(&Server, &Figures)) {
    let (mut server, figures) = Server::start_with_figures();
    let mut chat = Chat::open(server.client().await).await;
    let (stop, mut stopped) = tokio::sync::oneshot::channel();
    let talking = tokio::spawn(async move {
        // How often it has talked is of no interest: it is never held up for ever, and never answered wrongly. It talks
        // less and less often, since a chat may have only so many notes.
        let mut pause = Duration::from_millis(5);
        while stopped.try_recv().is_err() {
            chat.talk().await;
            tokio::time::sleep(pause).await;
            pause = pause.mul_f64(1.01);
        }
        chat.talk().await;
        chat.close().await
    });
    abuse(&server, &figures).await;
    stop.send(()).unwrap();
    assert_eq!(talking.await.unwrap().unwrap(), None);
    figures.wait("every call has ended", |figures| {
        let methods = ["ListFeatures", "RecordRoute", "RouteChat", "unknown"];
        methods.iter().all(|method| figures.open(method) == 0)
    });
    // A new client is served as well.
    Chat::open(server.client().await).await;
    server.is_well();
    server.was_smaller_than(MEMORY);
}

/// Does something that blocks.
pub async fn blocking(
    work: impl FnOnce(String, Figures) + Send + 'static,
    server: &Server,
    figures: &Figures,
) {
    let (addr, figures) = (server.addr.clone(), figures.clone());
    tokio::task::spawn_blocking(move || work(addr, figures))
        .await
        .unwrap();
}
