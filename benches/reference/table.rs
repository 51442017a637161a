//! The table, in Markdown.

use std::fmt::Write as _;

use crate::contender::Who;
use crate::growth::{Growth, Series};
use crate::rows::Table;

/// Draws it.
pub fn draw(table: &Table) -> String {
    let mut text = String::from(
        "| work | unit | reference/s | ceiling/s | naive/s | naive, printing/s | of the ceiling (aim) | × naive | × naive, printing (aim) | CPU ns a unit: reference, ceiling, naive, printing | CPU of the ceiling |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for (row, figures) in table {
        let of = |who: Who| {
            let mut all = Who::ALL.iter().zip(figures);
            all.find(|(other, _)| **other == who).unwrap().1
        };
        let reference = of(Who::Reference);
        let rates: Vec<String> = figures
            .iter()
            .map(|figures| grouped(figures.rate))
            .collect();
        let times = |who| reference.rate / of(who).rate;
        let cpu: Option<Vec<f64>> = figures.iter().map(|figures| figures.cpu).collect();
        let (cpus, ratio) = match cpu.as_deref() {
            Some(cpu) => (
                cpu.iter()
                    .map(|cpu| grouped(*cpu))
                    .collect::<Vec<_>>()
                    .join(", "),
                format!("{:.2}", cpu[1] / cpu[0]),
            ),
            None => ("not told".to_string(), String::new()),
        };
        let aim_above = row
            .aim_above_naive()
            .map_or(String::new(), |aim| format!(" ({aim})"));
        writeln!(
            text,
            "| {} | {} | {} | {:.2} ({}) | {:.1} | {:.1}{} | {} | {} |",
            row.name(),
            row.unit(),
            rates.join(" | "),
            times(Who::Ceiling),
            row.aim(),
            times(Who::Naive),
            times(Who::Printing),
            aim_above,
            cpus,
            ratio,
        )
        .unwrap();
    }
    text
}

/// A number, without decimals, in groups of three digits.
pub fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Draws what grows.
pub fn draw_growth(growth: &Growth) -> String {
    let mut text = String::new();
    let mut series = |title: &str, unit: &str, all: &[Series]| {
        let sizes = all[0].points.iter().map(|point| grouped(point.size as f64));
        let sizes: Vec<String> = sizes.collect();
        writeln!(text, "| {title} | {} | grows |", sizes.join(" | ")).unwrap();
        writeln!(text, "|---|{}---|", "---|".repeat(sizes.len())).unwrap();
        for series in all {
            let mut cells: Vec<String> = series
                .points
                .iter()
                .map(|point| format!("{:.2} {unit}", point.nanoseconds / 1e3))
                .collect();
            cells.resize(sizes.len(), "–".to_string());
            let name = series.who.name();
            writeln!(
                text,
                "| {name} | {} | {:.2} × |",
                cells.join(" | "),
                series.growth()
            )
            .unwrap();
        }
        text.push('\n');
    };
    series(
        "a rectangle with ten results, by features",
        "µs",
        &growth.rectangles,
    );
    series(
        "a note, by distinct places in the chat",
        "µs",
        &growth.chats,
    );
    text.push_str("| features | first answer after | memory idle (most while loading) | after load |\n|---|---|---|---|\n");
    for standing in &growth.standings {
        let megabytes = |bytes: Option<u64>| {
            bytes.map_or("not told".to_string(), |bytes| {
                format!("{:.0} MB", bytes as f64 / 1e6)
            })
        };
        writeln!(
            text,
            "| {} | {:.0} ms | {} ({}) | {} |",
            grouped(standing.features as f64),
            standing.first_answer.as_secs_f64() * 1e3,
            megabytes(standing.idle.map(|(now, _)| now)),
            megabytes(standing.idle.map(|(_, most)| most)),
            megabytes(standing.after.map(|(now, _)| now)),
        )
        .unwrap();
    }
    text
}
