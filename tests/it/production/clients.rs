//! Clients for the lessons of part two. They are this test program itself: the lab is told to run it again, and an
//! environment variable says what it does in its own way.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use routeguide::proto::route_guide_client::RouteGuideClient;
use routeguide::proto::{Feature, Point, Rectangle, RouteNote};
use testkit::outside::{self, free_port, lab};
use testkit::{Run, run};
use tonic::transport::Channel;
use tonic::{Request, Status, Streaming};
use tonic_types::StatusExt as _;

/// What the client does in its own way: a word for each thing.
const WAY: &str = "TEST_PART_TWO_WAY";

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Checks a client that goes about a lesson in its own way.
pub fn check(lesson: &str, way: &str) -> Run {
    let client = outside::this_program("production::clients::the_client");
    let addr = format!("127.0.0.1:{}", free_port());
    let folder = tempfile::tempdir().unwrap();
    let words = ["check", "--client", &client, "--addr", &addr, lesson];
    let mut command = lab(folder.path(), &words);
    command.args(["--format", "json", "--timeout", "3"]);
    run(command.env(WAY, format!("{lesson} {way}")))
}

#[test]
#[ignore = "a client for the tests of this folder, which run it"]
#[allow(
    clippy::exit,
    reason = "it is a program of its own, and its exit code is looked at"
)]
fn the_client() {
    let way = std::env::var(WAY).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = Client { way };
    if let Err(error) = runtime.block_on(client.run()) {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
    // Not by the end of a test, which prints more.
    std::process::exit(0);
}

struct Client {
    way: String,
}

fn rectangle() -> Rectangle {
    Rectangle {
        lo: Some(Point {
            latitude: 400_000_000,
            longitude: -750_000_000,
        }),
        hi: Some(Point {
            latitude: 420_000_000,
            longitude: -730_000_000,
        }),
    }
}

fn notes() -> Vec<RouteNote> {
    let note = |message: &str| RouteNote {
        location: Some(Point::default()),
        message: message.to_string(),
    };
    ["one", "two", "three"].map(note).to_vec()
}

fn route() -> Vec<Point> {
    let point = |latitude| Point {
        latitude,
        longitude: 1,
    };
    (0..10).map(point).collect()
}

impl Client {
    fn is(&self, way: &str) -> bool {
        self.way.split(' ').any(|word| word == way)
    }

    async fn run(&self) -> Result<(), Error> {
        let addr = std::env::var("ROUTEGUIDE_ADDR")?;
        if self.is("waits-past-deadline") {
            return calls_without_a_clock(&addr, "1S").await;
        }
        if self.is("deadline-unreadable") {
            return calls_without_a_clock(&addr, "1.5s").await;
        }
        let stub = RouteGuideClient::connect(format!("http://{addr}")).await?;
        match self.way.split(' ').next() {
            Some("cancel") => self.cancels(stub).await,
            Some("error-details") => self.reads_details(stub).await,
            _ => self.limits(stub).await,
        }
    }

    /// Chats, and prints what a refusal says in detail.
    async fn reads_details(&self, mut stub: RouteGuideClient<Channel>) -> Result<(), Error> {
        let chat = async {
            let notes = tokio_stream::iter(notes());
            let mut replies = stub.route_chat(notes).await?.into_inner();
            while let Some(reply) = replies.message().await? {
                println!("{}", reply.message);
            }
            Ok(())
        };
        let chat: Result<(), Status> = chat.await;
        let Err(status) = chat else { return Ok(()) };
        if self.is("says-nothing") {
            return Ok(());
        }
        if self.is("prints-bytes") {
            println!("{status:?}");
            return Ok(());
        }
        let details = status.get_error_details();
        let found = match details.bad_request() {
            None if self.is("unwraps") => panic!("there are no details"),
            None if self.is("needs-details") => return Err("no details".into()),
            None if self.is("needs-known-details") && !status.details().is_empty() => {
                return Err("what is that?".into());
            }
            found => found.map_or(&[][..], |request| &request.field_violations),
        };
        if !self.is("details-alone") || found.is_empty() {
            println!("{:?}: {}", status.code(), status.message());
        }
        let count = if self.is("first-alone") {
            1
        } else {
            found.len()
        };
        for violation in found
            .iter()
            .take(count)
            .filter(|_| !self.is("status-alone"))
        {
            match self.is("descriptions-alone") {
                true => println!("{}", violation.description),
                false => eprintln!("{}: {}", violation.field, violation.description),
            }
        }
        match self.is("ends-with-error") {
            true => Err(status.into()),
            false => Ok(()),
        }
    }

    /// Takes the first four features, and makes another call.
    async fn cancels(&self, mut stub: RouteGuideClient<Channel>) -> Result<(), Error> {
        let mut features = match stub.list_features(rectangle()).await {
            Err(_) if self.is("ignores-error") => return Ok(()),
            features => features?.into_inner(),
        };
        let first = match self.first(&mut features).await {
            Err(status) if self.is("ignores-error") => {
                let _ = status;
                Vec::new()
            }
            first => first?,
        };
        if self.is("fewer-is-error") && first.len() < 4 {
            return Err("there must be four".into());
        }
        for feature in &first {
            match self.is("prints-wrong") {
                true => println!("a feature"),
                false => println!("{}", feature.name),
            }
        }
        let enough = first.len() == 4;
        if enough && self.is("hangs") {
            // The call stays open meanwhile.
            return std::future::pending().await;
        }
        if self.is("left-open") {
            // Never dropped.
            Box::leak(Box::new(features));
        } else {
            drop(features);
        }
        if enough && self.is("exits-the-process") {
            return Ok(());
        }
        if enough && self.is("cancel-is-error") {
            return Err(Status::cancelled("enough").into());
        }
        if enough && self.is("shows-status") {
            println!("the call ended with CANCELLED");
        }
        stub.record_route(tokio_stream::empty()).await?;
        Ok(())
    }

    async fn first(&self, features: &mut Streaming<Feature>) -> Result<Vec<Feature>, Status> {
        let mut first = Vec::new();
        if self.is("reads-one-too-many") {
            while let Some(feature) = features.message().await? {
                if first.len() == 4 {
                    break;
                }
                first.push(feature);
            }
        } else if self.is("reads-to-the-end") {
            while let Some(feature) = features.message().await? {
                if first.len() < 4 {
                    first.push(feature);
                }
            }
        } else {
            let count = if self.is("leaves-early") { 3 } else { 4 };
            while first.len() < count {
                match features.message().await? {
                    Some(feature) => first.push(feature),
                    None => break,
                }
            }
        }
        Ok(first)
    }

    /// Makes the three calls, each with a deadline.
    async fn limits(&self, stub: RouteGuideClient<Channel>) -> Result<(), Error> {
        let calls: [Call; 3] = [
            Box::pin(self.limited(self.lists(stub.clone()))),
            Box::pin(self.limited(self.records(stub.clone()))),
            Box::pin(self.limited(self.chats(stub.clone()))),
        ];
        for call in calls {
            let result = call.await;
            match result {
                Ok(()) => {}
                Err(_) if self.is("ignores-errors") => {}
                Err(error) if self.is("goes-on") => println!("error: {error}"),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn deadline(&self) -> Duration {
        match self.is("deadline-too-long") {
            true => Duration::from_secs(60),
            false => Duration::from_secs(1),
        }
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if !self.is("no-deadline") {
            request.set_timeout(self.deadline());
        }
        request
    }

    /// Gives a call until its deadline.
    async fn limited(&self, call: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
        let exceeded = || {
            let code = match self.is("deadline-not-told") {
                true => Status::cancelled("it took too long"),
                false => Status::deadline_exceeded("it took too long"),
            };
            Err(code.into())
        };
        let call = async {
            let result = call.await;
            match &result {
                Err(_) if self.is("deadline-for-every-error") => exceeded(),
                // tonic's own clock.
                Err(error) if error.to_string().contains("Timeout expired") => exceeded(),
                Err(error)
                    if self.is("servers-deadline-not-told")
                        && error.to_string().contains("it took too long") =>
                {
                    Err("it failed".into())
                }
                _ => result,
            }
        };
        if self.is("until-first-message") || self.is("per-message") {
            return call.await;
        }
        tokio::select! {
            biased;
            () = tokio::time::sleep(self.deadline()) => exceeded(),
            result = call => result,
        }
    }

    /// The next message of a stream, within its own time if that is how this client counts.
    async fn next<T>(&self, stream: &mut Streaming<T>) -> Result<Option<T>, Error> {
        if !self.is("per-message") {
            return Ok(stream.message().await?);
        }
        match tokio::time::timeout(self.deadline(), stream.message()).await {
            Ok(message) => Ok(message?),
            Err(_) => Err(Status::deadline_exceeded("it took too long").into()),
        }
    }

    async fn lists(&self, mut stub: RouteGuideClient<Channel>) -> Result<(), Error> {
        let features = stub.list_features(self.request(rectangle())).await?;
        let mut features = features.into_inner();
        while let Some(feature) = self.next(&mut features).await? {
            println!("{}", feature.name);
        }
        Ok(())
    }

    async fn records(&self, mut stub: RouteGuideClient<Channel>) -> Result<(), Error> {
        let request = self.request(tokio_stream::iter(route()));
        let call = stub.record_route(request);
        let summary = match self.is("per-message") {
            true => tokio::time::timeout(self.deadline(), call)
                .await
                .map_err(|_| Status::deadline_exceeded("it took too long"))??,
            false => call.await?,
        };
        println!("{:?}", summary.into_inner());
        Ok(())
    }

    async fn chats(&self, mut stub: RouteGuideClient<Channel>) -> Result<(), Error> {
        let request = self.request(tokio_stream::iter(notes()));
        let mut replies = stub.route_chat(request).await?.into_inner();
        while let Some(reply) = self.next(&mut replies).await? {
            println!("{}", reply.message);
        }
        Ok(())
    }
}

type Call<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;

/// Makes the three calls with a header `grpc-timeout` that only the server is told: tonic would keep it, so they are made frame by frame.
async fn calls_without_a_clock(addr: &str, timeout: &str) -> Result<(), Error> {
    use prost::Message as _;
    let stream = tokio::net::TcpStream::connect(addr).await?;
    let (client, connection) = h2::client::handshake(stream).await?;
    tokio::spawn(connection);
    let mut client = client.ready().await?;
    let frame = |message: Vec<u8>| {
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        [&[0], &length[..], &message].concat()
    };
    let route = route();
    let notes = notes();
    let calls = [
        ("ListFeatures", frame(rectangle().encode_to_vec())),
        (
            "RecordRoute",
            route
                .iter()
                .flat_map(|point| frame(point.encode_to_vec()))
                .collect(),
        ),
        (
            "RouteChat",
            notes
                .iter()
                .flat_map(|note| frame(note.encode_to_vec()))
                .collect(),
        ),
    ];
    for (rpc, body) in calls {
        let request = http::Request::post(format!("http://{addr}/routeguide.RouteGuide/{rpc}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("grpc-timeout", timeout)
            .body(())?;
        let (response, mut outgoing) = client.send_request(request, false)?;
        outgoing.send_data(Bytes::from(body), true)?;
        let response = response.await?;
        let status = response.headers().get("grpc-status").cloned();
        let mut answer = response.into_body();
        while let Some(bytes) = answer.data().await {
            let bytes = bytes?;
            answer.flow_control().release_capacity(bytes.len())?;
        }
        println!("{:?}", answer.trailers().await?);
        if status == Some(http::HeaderValue::from_static("4")) {
            return Err("the deadline has passed".into());
        }
    }
    Ok(())
}
