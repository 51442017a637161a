//! How the cost of a call grows with the database, and that of a note with the history.

use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::contender::{Contender, Who};
use crate::load::{Load, note, rectangle};
use crate::median;
use crate::places::Places;

/// The sizes of the database.
const DATABASES: [usize; 3] = [1_000, 100_000, 1_000_000];
/// How many features are asked for.
const RESULTS: usize = 10;
/// The numbers of distinct places in a chat.
const CHATS: [usize; 4] = [10, 100, 1_000, 2_000];
/// How often each is measured.
const ROUNDS: usize = 5;
/// How long at least.
const AT_LEAST: Duration = Duration::from_millis(300);

/// What was measured at one size.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// The size.
    pub size: usize,
    /// What one call, or one note, takes the server at this size, in nanoseconds.
    pub nanoseconds: f64,
}

/// One line of the plot.
#[derive(Debug)]
pub struct Series {
    /// Who served.
    pub who: Who,
    /// From small to large.
    pub points: Vec<Point>,
}

impl Series {
    /// How many times the cost at the smallest size the cost at the largest one is.
    pub fn growth(&self) -> f64 {
        match &self.points[..] {
            [first, .., last] => last.nanoseconds / first.nanoseconds,
            _ => 1.0,
        }
    }
}

/// What loading a database costs, and what the server needs before it has any work and after it.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// How many features the database has.
    pub features: usize,
    /// From the start of the program to the end of the first call.
    pub first_answer: Duration,
    /// Memory in bytes, once it is ready; and the most that it held while it was loading.
    pub idle: Option<(u64, u64)>,
    /// Memory in bytes, after the calls.
    pub after: Option<(u64, u64)>,
}

/// Everything that grows.
#[derive(Debug)]
pub struct Growth {
    /// ListFeatures with ten results, by the size of the database.
    pub rectangles: Vec<Series>,
    /// RouteChat, by the number of distinct places.
    pub chats: Vec<Series>,
    /// The reference with each database.
    pub standings: Vec<Standing>,
}

/// Measures all of it, with the cores that this thread may run on.
pub async fn measure(folder: &Path) -> Growth {
    let mut rectangles = [Who::Reference, Who::Naive].map(|who| Series {
        who,
        points: Vec::new(),
    });
    let mut standings = Vec::new();
    for size in DATABASES {
        let places = Places::strewn(folder, size);
        let (lo, hi) = places.around(RESULTS);
        let wanted = rectangle(lo, hi);
        for series in &mut rectangles {
            let started = Instant::now();
            let contender = Contender::start(series.who, &places.path);
            let load = Load::connect(&contender.addr).await;
            let ask = || async { load.list(wanted.clone()).await.unwrap() };
            assert_eq!(ask().await, RESULTS);
            let first_answer = started.elapsed();
            let idle = contender.memory();
            let call = async || {
                ask().await;
                1
            };
            let nanoseconds = cost(&contender, call).await;
            series.points.push(Point { size, nanoseconds });
            if series.who == Who::Reference {
                standings.push(Standing {
                    features: size,
                    first_answer,
                    idle,
                    after: contender.memory(),
                });
            }
        }
    }
    Growth {
        rectangles: rectangles.into(),
        chats: chats(folder).await,
        standings,
    }
}

async fn chats(folder: &Path) -> Vec<Series> {
    let places = Places::strewn(folder, 100);
    let mut all = Vec::new();
    for who in [Who::Reference, Who::Ceiling, Who::Naive] {
        let contender = Contender::start(who, &places.path);
        let load = Load::connect(&contender.addr).await;
        let mut points = Vec::new();
        for size in CHATS {
            let notes: Vec<Bytes> = (0..i32::try_from(size).unwrap())
                .map(|place| note(place, -place, "Here."))
                .collect();
            let chat = async || {
                assert_eq!(load.chat(&notes).await.unwrap(), 0);
                size
            };
            let nanoseconds = cost(&contender, chat).await;
            points.push(Point { size, nanoseconds });
        }
        all.push(Series { who, points });
    }
    all
}

/// What one unit of a work takes the server, in nanoseconds, the median of some rounds: its processor time, or
/// where the system does not tell that, the time that passed. The work returns how many units it was.
async fn cost(contender: &Contender, work: impl AsyncFn() -> usize) -> f64 {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let before = contender.cpu();
        let started = Instant::now();
        let mut units = 0;
        while started.elapsed() < AT_LEAST {
            units += work().await;
        }
        let cpu = contender
            .cpu()
            .zip(before)
            .map(|(after, before)| after - before);
        let took = cpu.unwrap_or(started.elapsed());
        rounds.push(took.as_nanos() as f64 / units as f64);
    }
    median(rounds)
}
