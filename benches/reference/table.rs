//! The table, in Markdown.

use std::fmt::Write as _;

use crate::growth::{Growth, Series};
use crate::rows::{Figures, Table};

/// Draws it.
pub fn draw(table: &Table) -> String {
    let mut text = String::from(
        "| work, a second | reference | ceiling | naive | naive, printing | of the ceiling (aim) | × naive | × printing (aim) | processor, ns each | of the ceiling |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for (row, figures) in table {
        let [reference, ceiling, naive, printing] = &figures[..] else {
            continue;
        };
        let rate = |figures: &Option<Figures>| {
            figures.map_or("–".to_string(), |figures| grouped(figures.rate))
        };
        let cpu = |figures: &Option<Figures>| {
            let cpu = figures.and_then(|figures| figures.cpu);
            cpu.map_or("–".to_string(), grouped)
        };
        let times = |other: &Option<Figures>| {
            let ratio = reference
                .zip(*other)
                .map(|(one, other)| one.rate / other.rate);
            ratio.map_or("–".to_string(), |ratio| format!("{ratio:.2}"))
        };
        let aim = |aim: Option<f64>| {
            let aim = aim.filter(|_| reference.is_some());
            aim.map_or(String::new(), |aim| format!(" ({aim})"))
        };
        let of_cpu = || {
            let (reference, ceiling) = (reference.as_ref()?.cpu?, ceiling.as_ref()?.cpu?);
            Some(format!("{:.2}", ceiling / reference))
        };
        writeln!(
            text,
            "| {}: {} | {} | {} | {} | {} | {}{} | {} | {}{} | {} | {} |",
            row.name(),
            row.unit(),
            rate(reference),
            rate(ceiling),
            rate(naive),
            rate(printing),
            times(ceiling),
            aim(Some(row.aim())),
            times(naive),
            times(printing),
            aim(row.aim_above_naive()),
            [reference, ceiling, naive, printing].map(cpu).join(", "),
            of_cpu().unwrap_or("–".to_string()),
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
