//! How fast the reference server is: `cargo bench -p benches --bench reference`.
//!
//! All that is said of it is said in ratios taken in one run: to the ceiling, which is what tonic can do if
//! nothing is ever encoded, and to a naive variant. Every contender is a process of its own, and they do each
//! work in turn. Where the system allows it (Linux), everything is first measured with the server and the load
//! generator on one core: on two, a single stream measures how fast one process wakes the other, and no server.
//!
//! `cargo bench -p benches --bench reference -- rows` and `-- growth` measure one part, and `-- rows RouteChat` only the rows
//! with that in their names.

#![allow(
    clippy::unwrap_used,
    reason = "what cannot be set up cannot be measured"
)]

mod ceiling;
mod contender;
mod cores;
mod growth;
mod load;
mod naive;
mod places;
mod plot;
mod rows;
mod table;

use contender::SERVE;

/// The file of the plot, in the folder for temporary files. What the README shows is a copy of it.
const PLOT: &str = "growth.svg";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [serve, name, db] = &words[..]
        && serve == SERVE
    {
        contender::serve(name, db);
        return;
    }
    benches::build_the_lab();
    let folder = tempfile::tempdir().unwrap();
    // cargo adds a word of its own, `--bench`.
    let mut words = words.iter().filter(|word| !word.starts_with('-'));
    let (only, rows) = (words.next(), words.next().map_or("", String::as_str));
    let wanted = |part: &str| only.is_none_or(|only| only == part);
    for &cores in cores::settings() {
        cores.keep_to();
        // Its threads keep to them, too.
        let runtime = tokio::runtime::Runtime::new().unwrap();
        if wanted("rows") {
            println!("## On {cores}\n");
            let table = runtime.block_on(rows::measure(folder.path(), rows));
            println!("{}", table::draw(&table));
        }
        // One setting is enough to see what grows.
        if wanted("growth") && cores == cores::settings()[0] {
            let growth = runtime.block_on(growth::measure(folder.path()));
            println!("## What grows, on {cores}\n");
            println!("{}", table::draw_growth(&growth));
            let path = testkit::temporary_folder().join(PLOT);
            plot::draw(&growth, &path).unwrap();
            println!("drawn in {}", path.display());
        }
    }
}

/// The one in the middle.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
