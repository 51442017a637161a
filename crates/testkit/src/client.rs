//! A RouteGuide client that is right, but for what it is told to do in its own way.

use std::future::poll_fn;
use std::path::Path;
use std::time::Duration;

use async_stream::stream;
use routeguide::features::Features;
use routeguide::proto::route_guide_client::RouteGuideClient;
use routeguide::proto::{Feature, Point, Rectangle, RouteNote, RouteSummary};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_stream::StreamExt as _;
use tonic::client::GrpcService as _;
use tonic::codegen::http;
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::checkout;

/// Where it connects, if not where it is told.
pub const ELSEWHERE: &str = "TEST_CLIENT_ELSEWHERE";

type Error = Box<dyn std::error::Error + Send + Sync>;

/// A client that does one thing, or a few, in its own way.
pub struct Client<'a> {
    /// What it does in its own way: one word for each thing.
    pub way: &'a str,
}

impl Client<'_> {
    fn is(&self, way: &str) -> bool {
        self.way.split(' ').any(|word| word == way)
    }

    /// Prints where and how this client prints.
    fn say(&self, words: &str) {
        if self.is("on-stderr") {
            eprintln!("[client] {words}");
        } else {
            println!("{words}");
        }
    }

    async fn connect(&self) -> Result<RouteGuideClient<Channel>, Error> {
        let addr = match std::env::var(ELSEWHERE) {
            Ok(elsewhere) => elsewhere,
            Err(_) => std::env::var("ROUTEGUIDE_ADDR")?,
        };
        Ok(RouteGuideClient::connect(format!("http://{addr}")).await?)
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if self.is("metadata") {
            request
                .metadata_mut()
                .insert("authorization", "Bearer of news".parse().unwrap());
            request.set_timeout(Duration::from_secs(60));
        }
        request
    }

    /// Connects and makes the calls.
    ///
    /// # Errors
    ///
    /// The first error that it meets, unless it is a client that does not care.
    pub async fn run(&self) -> Result<(), Error> {
        if self.is("never-connects") {
            return Ok(());
        }
        if self.is("compiles-first") && !Path::new("compiled").exists() {
            tokio::time::sleep(Duration::from_millis(3000)).await;
            std::fs::write("compiled", "")?;
        }
        // As a client does that ends while its connection is being set up, on some systems.
        if self.is("resets") || (self.is("resets-twice") && resets_so_far()? < 2) {
            let stream = tokio::net::TcpStream::connect(std::env::var("ROUTEGUIDE_ADDR")?).await?;
            stream.set_zero_linger()?;
            return Ok(());
        }
        if self.is("speaks-http1") {
            let mut stream =
                tokio::net::TcpStream::connect(std::env::var("ROUTEGUIDE_ADDR")?).await?;
            stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await?;
            stream.read_to_end(&mut Vec::new()).await?;
            return Ok(());
        }
        if self.is("speaks-grpc-web") {
            return self.speak_grpc_web().await;
        }
        let mut stub = self.connect().await?;
        if self.is("calls-another") {
            self.another_call("/routeguide.RouteGuide/GetFeatures")
                .await;
        }
        if self.is("gets-first") {
            self.get(&mut stub).await?;
        }
        if self.is("other-package") {
            self.another_call("/guide.RouteGuide/RecordRoute").await;
        }
        if self.is("chatty") {
            for n in 0..2_000 {
                println!("{n} ... thinking");
                eprintln!("debug: {n}");
            }
        }
        self.say("-- ListFeatures");
        if self.is("wrong-order") {
            self.chat(&mut stub).await?;
        }
        let tries = if self.is("twice") { 2 } else { 1 };
        for _ in 0..tries {
            self.list(&mut stub).await?;
        }
        if self.is("connects-anew") {
            stub = self.connect().await?;
        }
        self.say("-- RecordRoute");
        if !self.is("rpc-never-called") {
            self.record(&mut stub).await?;
        }
        if self.is("connects-anew") {
            stub = self.connect().await?;
        }
        self.say("-- RouteChat");
        if !self.is("wrong-order") {
            self.chat(&mut stub).await?;
        }
        Ok(())
    }

    /// Asks for one feature, as the public examples do before anything else.
    async fn get(&self, stub: &mut RouteGuideClient<Channel>) -> Result<(), Error> {
        let point = match self.is("own-point") {
            true => Point {
                latitude: 409_146_138,
                longitude: -746_188_906,
            },
            false => Point {
                latitude: 407_127_753,
                longitude: -740_059_728,
            },
        };
        match stub.get_feature(self.request(point)).await {
            Ok(answer) => {
                let name = answer.into_inner().name;
                self.say(match self.is("hides-name") {
                    true => "There is a feature",
                    false => &name,
                });
                Ok(())
            }
            Err(error) => self.met(error),
        }
    }

    /// Makes a call as a browser does, with the trailers in the body.
    async fn speak_grpc_web(&self) -> Result<(), Error> {
        let addr = std::env::var("ROUTEGUIDE_ADDR")?;
        let mut channel = Channel::from_shared(format!("http://{addr}"))?
            .connect()
            .await?;
        let request = http::Request::builder()
            .method(http::Method::POST)
            .uri("/routeguide.RouteGuide/ListFeatures")
            .header("content-type", "application/grpc-web+proto")
            .body(tonic::body::Body::empty())?;
        poll_fn(|context| channel.poll_ready(context)).await?;
        let response = channel.call(request).await?;
        println!("{}", response.status());
        Ok(())
    }

    /// Calls what the service does not have.
    async fn another_call(&self, path: &str) {
        let addr = std::env::var("ROUTEGUIDE_ADDR").unwrap();
        let channel = Channel::from_shared(format!("http://{addr}"))
            .unwrap()
            .connect()
            .await
            .unwrap();
        let mut client = tonic::client::Grpc::new(channel);
        client.ready().await.unwrap();
        let codec = tonic_prost::ProstCodec::<Point, Feature>::default();
        let answer = client
            .unary(Request::new(Point::default()), path.parse().unwrap(), codec)
            .await;
        println!("{path}: {}", answer.unwrap_err().code());
    }

    /// Does with the error of a call what this client does with errors.
    fn met(&self, error: Status) -> Result<(), Error> {
        if self.is("ignores-error") {
            return Ok(());
        }
        if self.is("says-error") {
            println!("The server says: {}", error.message());
            return Ok(());
        }
        if self.is("says-failed") {
            eprintln!("rpc failed.");
            return Ok(());
        }
        Err(error.into())
    }

    async fn list(&self, stub: &mut RouteGuideClient<Channel>) -> Result<(), Error> {
        let tries = if self.is("tries-again") { 3 } else { 1 };
        for rest in (0..tries).rev() {
            match self.list_once(stub).await {
                Ok(()) => break,
                Err(_) if rest > 0 => tokio::time::sleep(Duration::from_millis(20)).await,
                Err(error) => self.met(error)?,
            }
        }
        if self.is("end-is-error") {
            return Err("the stream has ended".into());
        }
        Ok(())
    }

    async fn list_once(&self, stub: &mut RouteGuideClient<Channel>) -> Result<(), Status> {
        let (west, east) = if self.is("minus-missing") {
            (750_000_000, 730_000_000)
        } else {
            (-750_000_000, -730_000_000)
        };
        let point = |latitude, longitude| Point {
            latitude,
            longitude,
        };
        let mut rectangle = Rectangle {
            lo: Some(point(400_000_000, west)),
            hi: Some(point(420_000_000, east)),
        };
        if self.is("other-corners") {
            rectangle = Rectangle {
                lo: Some(point(420_000_000, west)),
                hi: Some(point(400_000_000, east)),
            };
        } else if self.is("wrong-rectangle") {
            rectangle.hi = Some(point(430_000_000, east));
        } else if self.is("axes-swapped") {
            rectangle.lo = Some(point(west, 400_000_000));
            rectangle.hi = Some(point(east, 420_000_000));
        } else if self.is("corner-unset") {
            rectangle.hi = None;
        }
        let mut features = stub
            .list_features(self.request(rectangle))
            .await?
            .into_inner();
        if self.is("never-reads-features") {
            return Ok(());
        }
        let mut all = Vec::new();
        while let Some(feature) = features.message().await? {
            if self.is("slow") {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            if self.is("slow") {
                // It shows that it is at work.
                println!("...");
            }
            all.push(feature);
            if self.is("takes-ten") && all.len() == 10 {
                break;
            }
            if self.is("stops-after-first") || self.is("exits-early") && all.len() == 3 {
                break;
            }
            if self.is("panics") {
                panic!("no reason");
            }
        }
        if self.is("backwards") {
            all.reverse();
        }
        for feature in all {
            if !self.is("prints-nothing") {
                self.say(&self.feature(&feature));
            }
        }
        Ok(())
    }

    fn feature(&self, feature: &Feature) -> String {
        if self.is("debug") {
            return format!("{feature:?}");
        }
        if self.is("prints-wrong") {
            return format!("Found {}", feature.name.to_uppercase());
        }
        format!("Found {:?}", feature.name)
    }

    async fn record(&self, stub: &mut RouteGuideClient<Channel>) -> Result<(), Error> {
        match self.record_once(stub).await {
            Ok(_) if self.is("prints-nothing") => {}
            Ok(s) if self.is("debug") => self.say(&format!("{s:#?}")),
            Ok(s) if self.is("grouped") => self.say(&format!(
                "{} points, {} features, {},{:03} m in 0:00:{:02}",
                s.point_count,
                s.feature_count,
                s.distance / 1_000,
                s.distance % 1_000,
                s.elapsed_time,
            )),
            Ok(s) if self.is("prints-other-distance") => self.say(&format!(
                "{} points, {} features, {} m, {} s",
                s.point_count,
                s.feature_count,
                s.distance / 2,
                s.elapsed_time
            )),
            Ok(s) => self.say(&format!(
                "{} points, {} features, {} m, {} s",
                s.point_count, s.feature_count, s.distance, s.elapsed_time
            )),
            Err(error) => self.met(error)?,
        }
        Ok(())
    }

    async fn record_once(
        &self,
        stub: &mut RouteGuideClient<Channel>,
    ) -> Result<RouteSummary, Status> {
        let count = match self.way {
            _ if self.is("wrong-point-count") => 9,
            _ if self.is("half-closes-first") => 0,
            _ => 10,
        };
        let database = std::env::var_os("ROUTEGUIDE_DB")
            .map_or(checkout().join("completed/route_guide_db.json"), Into::into);
        let mut route: Vec<Point> = Features::from_file(&database)
            .unwrap()
            .iter()
            .cycle()
            .take(count)
            .map(|feature| feature.location.unwrap_or_default())
            .collect();
        if self.is("same-point") {
            let first = route[0];
            route.fill(first);
        }
        if self.is("points-not-features") {
            route[4].latitude += 1;
        }
        let (slow, exits, open) = (
            self.is("slow"),
            self.is("exits-on-the-way"),
            self.is("never-half-closes"),
        );
        let points = stream! {
            for (n, point) in route.into_iter().enumerate() {
                yield point;
                if slow {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                if exits && n == 3 {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    std::process::exit(0);
                }
            }
            if open {
                std::future::pending::<()>().await;
            }
        };
        let answer = stub.record_route(self.request(points)).await?;
        Ok(answer.into_inner())
    }

    async fn chat(&self, stub: &mut RouteGuideClient<Channel>) -> Result<(), Error> {
        match self.chat_once(stub).await {
            Ok(()) => Ok(()),
            Err(error) => self.met(error),
        }
    }

    async fn chat_once(&self, stub: &mut RouteGuideClient<Channel>) -> Result<(), Status> {
        let note = |latitude, longitude, message: &str| RouteNote {
            location: Some(Point {
                latitude,
                longitude,
            }),
            message: message.to_string(),
        };
        let mut notes = vec![
            note(0, 0, "First message"),
            note(0, 1, "Second message"),
            note(1, 0, "Third message"),
            note(0, 0, "Fourth message"),
            note(1, 0, "Fifth message"),
        ];
        match self.way {
            "notes-lost" => drop(notes.remove(1)),
            "notes-reordered" => notes.swap(1, 2),
            "notes-altered" => notes[2].message.make_ascii_lowercase(),
            "notes-elsewhere" => notes[2].location = None,
            "notes-added" => notes.push(note(5, 5, "Bye")),
            "half-closes-first-chat" => notes.clear(),
            "origin-unset" => notes[0].location = None,
            _ => {}
        }
        let waits = self.is("waits-for-each-reply");
        let slow = self.is("slow");
        let outgoing = stream! {
            for note in notes {
                yield note;
                if waits {
                    std::future::pending::<()>().await;
                }
                if slow {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        };
        let mut replies = if self.is("waits-for-headers") {
            let (sender, notes) = tokio::sync::mpsc::channel(1);
            let notes = tokio_stream::wrappers::ReceiverStream::new(notes);
            let replies = stub.route_chat(self.request(notes)).await?.into_inner();
            tokio::spawn(async move {
                let mut outgoing = std::pin::pin!(outgoing);
                while let Some(note) = outgoing.next().await {
                    if sender.send(note).await.is_err() {
                        break;
                    }
                }
            });
            replies
        } else {
            stub.route_chat(self.request(outgoing)).await?.into_inner()
        };
        if self.is("never-reads") {
            return Ok(());
        }
        while let Some(reply) = replies.message().await? {
            if self.is("debug") {
                self.say(&format!("{reply:?}"));
            } else if !self.is("prints-nothing") {
                self.say(&format!("Got {}", reply.message));
            }
        }
        Ok(())
    }
}

/// How often the client has been here before, as it notes it in the folder that it runs in.
fn resets_so_far() -> std::io::Result<usize> {
    let so_far = std::fs::read("resets").unwrap_or_default();
    std::fs::write("resets", [&so_far[..], b"."].concat())?;
    Ok(so_far.len())
}
