//! The plot of what grows, as SVG.

use std::path::Path;

use plotters::prelude::*;

use crate::contender::Who;
use crate::growth::{Growth, Series};

/// Width and height.
const SIZE: (u32, u32) = (900, 380);
/// The colour of each line; they are told apart by their signs as well.
fn colour(who: Who) -> RGBColor {
    match who {
        Who::Reference => RGBColor(0, 92, 175),
        Who::Ceiling => RGBColor(90, 90, 90),
        Who::Naive | Who::Printing => RGBColor(200, 90, 0),
    }
}

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
    // From one power of ten to another.
    let range = |values: &mut dyn Iterator<Item = f64>| {
        let (least, most) = values.fold((f64::MAX, 0.0_f64), |(least, most), value| {
            (least.min(value), most.max(value))
        });
        10_f64.powf(least.log10().floor())..10_f64.powf(most.log10().ceil())
    };
    let across = range(&mut points().map(|point| point.size as f64));
    let up = range(&mut points().map(|point| point.nanoseconds / 1e3));
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
    for series in all {
        let who = series.who;
        let colour = colour(who);
        let line = series
            .points
            .iter()
            .map(|point| (point.size as f64, point.nanoseconds / 1e3));
        let sign = move |at: (i32, i32)| {
            let style = colour.filled();
            match who {
                Who::Reference => Circle::new(at, 4, style).into_dyn(),
                Who::Ceiling => Cross::new(at, 4, colour.stroke_width(2)).into_dyn(),
                Who::Naive | Who::Printing => TriangleMarker::new(at, 6, style).into_dyn(),
            }
        };
        chart
            .draw_series(LineSeries::new(line.clone(), colour.stroke_width(2)))?
            .label(who.name())
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
