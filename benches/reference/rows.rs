//! The rows of the table: kinds of work, each done by every contender in turn.

use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use prost::Message as _;

use crate::contender::{Contender, Who};
use crate::load::{Load, note, rectangle};
use crate::places::Places;

/// How often each contender does each work.
const ROUNDS: usize = 5;
/// How long it does it at least.
const AT_LEAST: Duration = Duration::from_millis(250);

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// One stream of 100 features after the other.
    List,
    /// 32 of them side by side.
    ListMany,
    /// A route of 100,000 points.
    Record,
    /// The same, but nobody looks at the points: only the ceiling offers that.
    Count,
    /// 64 chats side by side, each of which waits for an answer before it goes on.
    PingPong,
    /// A chat of 1,000 notes, all at one place.
    OnePlace,
    /// A chat of 2,000 notes, two at each of 1,000 places.
    ManyPlaces,
}

impl Row {
    /// All of them.
    pub const ALL: [Row; 7] = [
        Row::List,
        Row::ListMany,
        Row::Record,
        Row::Count,
        Row::PingPong,
        Row::OnePlace,
        Row::ManyPlaces,
    ];

    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            Row::List => "ListFeatures, 100 features, 1 stream",
            Row::ListMany => "ListFeatures, 32 streams",
            Row::Record => "RecordRoute, 100 000 points",
            Row::Count => "the same points, only counted",
            Row::PingPong => "RouteChat ping-pong, 64 streams",
            Row::OnePlace => "RouteChat, 1 000 notes at one place",
            Row::ManyPlaces => "RouteChat, 1 000 places",
        }
    }

    /// What is counted.
    pub fn unit(self) -> &'static str {
        match self {
            Row::List | Row::ListMany => "features",
            Row::Record | Row::Count => "points",
            Row::PingPong => "replies",
            Row::OnePlace | Row::ManyPlaces => "notes",
        }
    }

    /// The least part of the ceiling that is aimed at.
    pub fn aim(self) -> f64 {
        match self {
            Row::PingPong | Row::OnePlace => 0.8,
            _ => 0.85,
        }
    }

    /// How many times the naive variant is aimed at, at least.
    pub fn aim_above_naive(self) -> Option<f64> {
        match self {
            Row::List | Row::ListMany => Some(2.4),
            Row::Record => Some(3.5),
            _ => None,
        }
    }
}

/// What is sent, encoded before anything is timed.
struct Work {
    everywhere: Bytes,
    features: usize,
    route: Vec<Bytes>,
    one_place: Vec<Bytes>,
    many_places: Vec<Bytes>,
}

impl Work {
    fn new(places: &Places) -> Work {
        let (lo, hi) = places.around(places.points.len());
        let route = places.points.iter().cycle().take(100_000);
        let twice = (0..1_000).chain(0..1_000);
        Work {
            everywhere: rectangle(lo, hi),
            features: places.points.len(),
            route: route.map(|point| point.encode_to_vec().into()).collect(),
            one_place: (0..1_000)
                .map(|number| note(1, 1, &format!("Note {number}")))
                .collect(),
            many_places: twice
                .map(|place| note(place, 1, &format!("Note {place}")))
                .collect(),
        }
    }

    /// Does a piece of work, and returns how many units it was. What comes back is counted: a server that loses
    /// something is not fast.
    async fn run(&self, row: Row, load: &Load) -> usize {
        match row {
            Row::List => {
                let came = load.list(self.everywhere.clone()).await.unwrap();
                assert_eq!(came, self.features);
                came
            }
            Row::ListMany => {
                let stream = || async {
                    let mut came = 0;
                    for _ in 0..10 {
                        came += load.list(self.everywhere.clone()).await.unwrap();
                    }
                    came
                };
                let came = side_by_side(32, stream).await;
                assert_eq!(came, 32 * 10 * self.features);
                came
            }
            Row::Record => {
                let summary = load.record("RecordRoute", &self.route).await.unwrap();
                let points = i32::try_from(self.route.len()).unwrap();
                let counts = (summary.point_count, summary.feature_count);
                assert_eq!(counts, (points, points));
                self.route.len()
            }
            Row::Count => {
                load.record("CountPoints", &self.route).await.unwrap();
                self.route.len()
            }
            Row::PingPong => {
                let stream = || async { load.ping_pong(50).await.unwrap() };
                side_by_side(64, stream).await
            }
            Row::OnePlace => {
                let came = load.chat(&self.one_place).await.unwrap();
                assert_eq!(came, 1_000 * 999 / 2);
                self.one_place.len()
            }
            Row::ManyPlaces => {
                let came = load.chat(&self.many_places).await.unwrap();
                assert_eq!(came, 1_000);
                self.many_places.len()
            }
        }
    }
}

async fn side_by_side<F: Future<Output = usize>>(count: usize, stream: impl Fn() -> F) -> usize {
    let streams = std::iter::repeat_with(stream).take(count);
    futures_util::future::join_all(streams)
        .await
        .into_iter()
        .sum()
}

/// What a contender did in a row.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Units a second.
    pub rate: f64,
    /// Processor time of the server for each unit, in nanoseconds, where the system tells.
    pub cpu: Option<f64>,
}

/// The table: for each row the figures of each contender that can do it, in the order of [`Who::ALL`].
pub type Table = Vec<(Row, Vec<Option<Figures>>)>;

/// Does all rows that have `part` in their names, with the cores that this thread may run on.
pub async fn measure(folder: &Path, part: &str) -> Table {
    let places = Places::strewn(folder, 100);
    let work = Work::new(&places);
    let mut table = Vec::new();
    for row in Row::ALL.into_iter().filter(|row| row.name().contains(part)) {
        // Fresh ones, so that no row finds what another has left behind.
        let mut contenders = Vec::new();
        for who in Who::ALL {
            let contender = Contender::start(who, &places.path);
            let load = Load::connect(&contender.addr).await;
            contenders.push((contender, load));
        }
        let mut rounds = vec![Vec::new(); contenders.len()];
        for _ in 0..ROUNDS {
            // In turn, so that what disturbs the machine for a while disturbs all of them.
            for ((contender, load), rounds) in contenders.iter().zip(&mut rounds) {
                if row != Row::Count || contender.who == Who::Ceiling {
                    rounds.push(round(row, &work, contender, load).await);
                }
            }
        }
        table.push((row, rounds.iter().map(|rounds| median(rounds)).collect()));
    }
    table
}

async fn round(row: Row, work: &Work, contender: &Contender, load: &Load) -> Figures {
    let before = contender.cpu();
    let started = Instant::now();
    let mut units = 0;
    while started.elapsed() < AT_LEAST {
        units += work.run(row, load).await;
    }
    let took = started.elapsed();
    let cpu = contender
        .cpu()
        .zip(before)
        .map(|(after, before)| after - before);
    Figures {
        rate: units as f64 / took.as_secs_f64(),
        cpu: cpu.map(|cpu| cpu.as_nanos() as f64 / units as f64),
    }
}

fn median(rounds: &[Figures]) -> Option<Figures> {
    if rounds.is_empty() {
        return None;
    }
    let cpu: Option<Vec<f64>> = rounds.iter().map(|figures| figures.cpu).collect();
    Some(Figures {
        rate: crate::median(rounds.iter().map(|figures| figures.rate).collect()),
        cpu: cpu.map(crate::median),
    })
}
