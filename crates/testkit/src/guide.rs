//! A RouteGuide server whose RPCs are what a test makes of them.

use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use routeguide::features::Features;
use routeguide::proto::route_guide_server::{RouteGuide, RouteGuideServer};
use routeguide::proto::{Feature, Point, Rectangle, RouteNote, RouteSummary};
use routeguide::server::RouteGuideService;
use tokio_stream::{Stream, StreamExt as _};
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status, Streaming};

use crate::outside::codelabs_features;

/// The answers of a streaming RPC.
pub type Replies<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// An answer that is being made.
pub type Future<T> = Pin<Box<dyn std::future::Future<Output = T> + Send>>;

type List = dyn Fn(Rectangle) -> Future<Result<Replies<Feature>, Status>> + Send + Sync;
type Record = dyn Fn(Streaming<Point>) -> Future<Result<RouteSummary, Status>> + Send + Sync;
type Get = dyn Fn(&Point) -> Result<Feature, Status> + Send + Sync;
type Chat =
    dyn Fn(Streaming<RouteNote>) -> Future<Result<Replies<RouteNote>, Status>> + Send + Sync;

/// A server with RPCs of its own; the finished course answers where it has none.
#[derive(Clone, Default)]
pub struct Guide {
    list: Option<Arc<List>>,
    record: Option<Arc<Record>>,
    chat: Option<Arc<Chat>>,
    get: Option<Arc<Get>>,
}

/// All features of the codelab, in the order of its file.
pub static FEATURES: LazyLock<Vec<Feature>> =
    LazyLock::new(|| codelabs_features().iter().cloned().collect());

/// Where all servers of a test file run.
pub static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Runtime::new().unwrap());

impl Guide {
    /// ListFeatures answers with these features, or this status.
    pub fn lists(
        answer: impl Fn(&Rectangle) -> Result<Vec<Feature>, Status> + Send + Sync + 'static,
    ) -> Guide {
        Guide::streams_features(move |rectangle| {
            let features = answer(&rectangle);
            Box::pin(async move {
                let stream = tokio_stream::iter(features?.into_iter().map(Ok));
                Ok(Box::pin(stream) as Replies<Feature>)
            })
        })
    }

    /// ListFeatures does just this.
    pub fn streams_features(
        answer: impl Fn(Rectangle) -> Future<Result<Replies<Feature>, Status>> + Send + Sync + 'static,
    ) -> Guide {
        Guide {
            list: Some(Arc::new(answer)),
            ..Guide::default()
        }
    }

    /// RecordRoute reads the whole route, and answers with this of the points and the time.
    pub fn records(
        answer: impl Fn(&[Point], Duration) -> Result<RouteSummary, Status> + Send + Sync + 'static,
    ) -> Guide {
        let answer = Arc::new(answer);
        Guide::reads_route(move |mut points| {
            let answer = Arc::clone(&answer);
            Box::pin(async move {
                let started = Instant::now();
                let mut route = Vec::new();
                while let Some(point) = points.message().await? {
                    route.push(point);
                }
                answer(&route, started.elapsed())
            })
        })
    }

    /// RecordRoute does just this.
    pub fn reads_route(
        answer: impl Fn(Streaming<Point>) -> Future<Result<RouteSummary, Status>>
        + Send
        + Sync
        + 'static,
    ) -> Guide {
        Guide {
            record: Some(Arc::new(answer)),
            ..Guide::default()
        }
    }

    /// RouteChat replies to each note with what this makes of it and of the notes before it in the call.
    pub fn replies(
        answer: impl Fn(&[RouteNote], &RouteNote) -> Vec<RouteNote> + Send + Sync + 'static,
    ) -> Guide {
        let answer = Arc::new(answer);
        Guide::chats(move |mut notes| {
            let (answer, mut earlier) = (Arc::clone(&answer), Vec::new());
            Box::pin(async move {
                let replies = async_stream::try_stream! {
                    while let Some(note) = notes.message().await? {
                        for reply in answer(&earlier, &note) {
                            yield reply;
                        }
                        earlier.push(note);
                    }
                };
                Ok(Box::pin(replies) as Replies<RouteNote>)
            })
        })
    }

    /// RouteChat does just this.
    pub fn chats(
        answer: impl Fn(Streaming<RouteNote>) -> Future<Result<Replies<RouteNote>, Status>>
        + Send
        + Sync
        + 'static,
    ) -> Guide {
        Guide {
            chat: Some(Arc::new(answer)),
            ..Guide::default()
        }
    }

    /// GetFeature answers with this.
    pub fn gets(
        answer: impl Fn(&Point) -> Result<Feature, Status> + Send + Sync + 'static,
    ) -> Guide {
        Guide {
            get: Some(Arc::new(answer)),
            ..Guide::default()
        }
    }

    /// GetFeature is not served, as in a server of the codelab's contract.
    pub fn without_get_feature() -> Guide {
        Guide::gets(|_| Err(Status::unimplemented("")))
    }

    /// This server's RPCs, and another's where this one has none.
    pub fn and(self, other: Guide) -> Guide {
        Guide {
            list: self.list.or(other.list),
            record: self.record.or(other.record),
            chat: self.chat.or(other.chat),
            get: self.get.or(other.get),
        }
    }

    /// Serves on a free port until the test file has run, with the window of the finished server.
    pub fn serve(self) -> SocketAddr {
        self.serve_with(|server| server.initial_connection_window_size(64 << 20))
    }

    /// The same with settings of the transport.
    pub fn serve_with(self, set: impl FnOnce(Server) -> Server) -> SocketAddr {
        self.serve_beside(set, |routes| routes)
    }

    /// The same with other services beside it.
    pub fn serve_beside(
        self,
        set: impl FnOnce(Server) -> Server,
        add: impl FnOnce(Routes) -> Routes,
    ) -> SocketAddr {
        let listener = RUNTIME
            .block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .unwrap();
        let addr = listener.local_addr().unwrap();
        let finished: Features = FEATURES.iter().cloned().collect();
        let service = Service {
            guide: self,
            finished: RouteGuideService::new(finished),
        };
        let serving = set(Server::builder())
            .add_routes(add(Routes::new(RouteGuideServer::new(service))))
            .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
        RUNTIME.spawn(serving);
        addr
    }
}

struct Service {
    guide: Guide,
    finished: RouteGuideService,
}

#[tonic::async_trait]
impl RouteGuide for Service {
    type ListFeaturesStream = Replies<Feature>;
    type RouteChatStream = Replies<RouteNote>;

    async fn list_features(
        &self,
        request: Request<Rectangle>,
    ) -> Result<Response<Replies<Feature>>, Status> {
        match &self.guide.list {
            Some(answer) => answer(request.into_inner()).await.map(Response::new),
            None => {
                let response = self.finished.list_features(request).await?;
                Ok(response.map(|stream| Box::pin(stream.map(|feature| feature)) as _))
            }
        }
    }

    async fn record_route(
        &self,
        request: Request<Streaming<Point>>,
    ) -> Result<Response<RouteSummary>, Status> {
        match &self.guide.record {
            Some(answer) => answer(request.into_inner()).await.map(Response::new),
            None => self.finished.record_route(request).await,
        }
    }

    async fn route_chat(
        &self,
        request: Request<Streaming<RouteNote>>,
    ) -> Result<Response<Replies<RouteNote>>, Status> {
        match &self.guide.chat {
            Some(answer) => answer(request.into_inner()).await.map(Response::new),
            None => {
                let response = self.finished.route_chat(request).await?;
                Ok(response.map(|stream| Box::pin(stream.map(|note| note)) as _))
            }
        }
    }

    async fn get_feature(&self, request: Request<Point>) -> Result<Response<Feature>, Status> {
        match &self.guide.get {
            Some(answer) => answer(&request.into_inner()).map(Response::new),
            None => self.finished.get_feature(request).await,
        }
    }
}
