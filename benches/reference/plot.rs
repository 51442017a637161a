//! The plot of what grows, as SVG.

use std::path::Path;

use plotters::prelude::*;

use crate::growth::{Growth, Series};

/// Width and height.
const SIZE: (u32, u32) = (900, 380);
/// The colours of the lines, which are told apart by their signs as well.
const COLOURS: [RGBColor; 3] = [
    RGBColor(0, 92, 175),
    RGBColor(200, 90, 0),
    RGBColor(90, 90, 90),
];

type Failed = Box<dyn std::error::Error>;

/// Draws both halves side by side, on scales that grow tenfold from line to line.
///
/// # Errors
///
/// If the file cannot be written.
pub fn draw(growth: &Growth, path: &Path) -> Result<(), Failed> {
    let drawing = SVGBackend::new(path, SIZE).into_drawing_area();
    drawing.fill(&WHITE)?;
    let (left, right) = drawing.split_horizontally(SIZE.0 / 2);
    half(
        &left,
        "A call with ten results",
        "features in the database",
        &growth.rectangles,
    )?;
    half(
        &right,
        "A note of a chat",
        "distinct places in the chat",
        &growth.chats,
    )?;
    drawing.present()?;
    Ok(())
}

fn half(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    title: &str,
    sizes: &str,
    all: &[Series],
) -> Result<(), Failed> {
    let points = || all.iter().flat_map(|series| &series.points);
    let range = |values: &mut dyn Iterator<Item = f64>, room: f64| {
        let (least, most) = values.fold((f64::MAX, 0.0_f64), |(least, most), value| {
            (least.min(value), most.max(value))
        });
        least / room..most * room
    };
    let across = range(&mut points().map(|point| point.size as f64), 1.0);
    let up = range(&mut points().map(|point| point.nanoseconds / 1e3), 2.0);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 17))
        .margin(12)
        // Half of the last number stands beyond the end.
        .margin_right(34)
        .x_label_area_size(38)
        .y_label_area_size(58)
        .build_cartesian_2d(across.log_scale(), up.log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc(sizes)
        .y_desc("microseconds")
        .x_label_formatter(&|size| crate::table::grouped(*size))
        .y_label_formatter(&|microseconds| format!("{microseconds}"))
        .draw()?;
    for (number, series) in all.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let line = series
            .points
            .iter()
            .map(|point| (point.size as f64, point.nanoseconds / 1e3));
        let sign = move |at: (i32, i32)| {
            let style = colour.filled();
            match number {
                0 => Circle::new(at, 4, style).into_dyn(),
                1 => TriangleMarker::new(at, 6, style).into_dyn(),
                _ => Cross::new(at, 4, colour.stroke_width(2)).into_dyn(),
            }
        };
        chart
            .draw_series(LineSeries::new(line.clone(), colour.stroke_width(2)))?
            .label(series.who.name())
            .legend(move |(x, y)| EmptyElement::at((x, y)) + sign((10, 0)));
        chart.draw_series(line.map(|at| EmptyElement::at(at) + sign((0, 0))))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .border_style(BLACK.mix(0.3))
        .background_style(WHITE.mix(0.8))
        .draw()?;
    Ok(())
}
