//! Draws a year of weights into an SVG file.
//!
//! ```sh
//! cargo run -p example-weight-chart            # target/weight_chart.svg
//! cargo run -p example-weight-chart -- my.svg
//! ```
//!
//! Offline against the sandbox, or with FatSecret's key in the environment against FatSecret. See
//! `examples/README.md`.

mod account;

use std::{env, path::PathBuf};

use account::Outcome;
use jiff::{ToSpan, civil::Date};
use plotters::prelude::*;
use tripod::fatsecret::Amount;

const INK: RGBColor = RGBColor(38, 50, 56);
const FAINT: RGBColor = RGBColor(144, 164, 174);
const DOT: RGBColor = RGBColor(120, 170, 160);
const TREND: RGBColor = RGBColor(0, 105, 92);
const GOAL: RGBColor = RGBColor(216, 96, 42);

#[tokio::main]
async fn main() -> Outcome<()> {
    let path = env::args().nth(1).map_or_else(|| "target/weight_chart.svg".into(), PathBuf::from);
    let account = account::open().await?;
    if let Some(sandbox) = &account.sandbox {
        sandbox.seed_example_year()?;
    }

    let mut weights: Vec<(Date, f64)> = Vec::new();
    for back in (0..=12).rev() {
        let month = account.today.checked_sub(back.months())?;
        let answer = account.fatsecret.weights_month(month).await?;
        weights.extend(answer.days.iter().map(|day| (day.date, day.weight_kg.to_f64())));
    }
    let since = account.today.checked_sub(1.year())?;
    weights.retain(|(date, _)| *date >= since);
    weights.sort_by_key(|(date, _)| *date);
    weights.dedup_by_key(|(date, _)| *date);
    let goal = account.fatsecret.profile().await?.goal_weight_kg.map(Amount::to_f64);

    draw(&path, &weights, goal)?;
    println!("{} weights drawn into {}", weights.len(), path.display());
    Ok(())
}

fn draw(path: &std::path::Path, weights: &[(Date, f64)], goal: Option<f64>) -> Outcome<()> {
    let (Some(first), Some(last)) = (weights.first(), weights.last()) else {
        return Err("there are no weights in the last year".into());
    };
    // Days since the first weight: an axis that the plotting library knows how to divide.
    let day = |date: Date| -> Outcome<f64> { Ok(f64::from((date - first.0).get_days())) };
    let points =
        weights.iter().map(|(date, kg)| Ok((day(*date)?, *kg))).collect::<Outcome<Vec<_>>>()?;
    let trend = smooth(&points);

    let values = || points.iter().map(|(_, kg)| *kg).chain(goal);
    let low = (values().fold(f64::INFINITY, f64::min) - 1.0).floor();
    let high = (values().fold(f64::NEG_INFINITY, f64::max) + 1.0).ceil();
    let end = day(last.0)?.max(7.0);

    let area = SVGBackend::new(path, (1000, 560)).into_drawing_area();
    area.fill(&WHITE)?;
    let (top, chart) = area.split_vertically(96);
    let (before, now) = (trend.first(), trend.last());
    let (before, now) = (before.map_or(0.0, |p| p.1), now.map_or(0.0, |p| p.1));
    top.draw_text("Weight", &text(30).color(&INK).into_text_style(&top), (40, 22))?;
    let line = format!(
        "{} to {}: trend from {before:.1} to {now:.1} kg ({:+.1} kg)",
        first.0,
        last.0,
        now - before
    );
    top.draw_text(&line, &text(17).color(&FAINT).into_text_style(&top), (40, 60))?;

    let mut chart = ChartBuilder::on(&chart)
        .margin_left(28)
        .margin_right(84)
        .margin_bottom(16)
        .x_label_area_size(34)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..end, low..high)?;
    let month_name = |days: &f64| {
        #[expect(clippy::cast_possible_truncation, reason = "at most a few hundred days")]
        let date = first.0.checked_add((*days as i64).days());
        date.map_or_else(|_| String::new(), |date| date.strftime("%-d %b").to_string())
    };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(FAINT.mix(0.3))
        .axis_style(FAINT)
        .x_labels(9)
        .y_labels(8)
        .x_label_formatter(&month_name)
        .y_label_formatter(&|kg| format!("{kg:.0} kg"))
        .label_style(text(15).color(&INK))
        .draw()?;

    if let Some(goal) = goal {
        chart.draw_series(DashedLineSeries::new(
            [(0.0, goal), (end, goal)],
            7,
            5,
            GOAL.stroke_width(2),
        ))?;
        note(&mut chart, (end, goal), &format!("goal {goal:.0} kg"), GOAL)?;
    }
    chart.draw_series(points.iter().map(|point| Circle::new(*point, 2, DOT.mix(0.7).filled())))?;
    chart.draw_series(LineSeries::new(trend.iter().copied(), TREND.stroke_width(3)))?;
    note(&mut chart, (end, now), &format!("{now:.1} kg"), TREND)?;
    area.present()?;
    Ok(())
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

/// Writes beside the right end of a line.
fn note(chart: &mut Chart<'_, '_>, at: (f64, f64), words: &str, color: RGBColor) -> Outcome<()> {
    let style = text(16).color(&color);
    let label = EmptyElement::at(at) + Text::new(words.to_owned(), (8, -8), style);
    chart.plotting_area().draw(&label)?;
    Ok(())
}

fn text(size: i32) -> TextStyle<'static> {
    ("sans-serif", size).into()
}

/// An exponential average over about ten days: what the body does, without what the scales do.
fn smooth(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut trend = Vec::with_capacity(points.len());
    let mut last: Option<(f64, f64)> = None;
    for &(day, kg) in points {
        let value = last.map_or(kg, |(before, value)| {
            let keep = (-(day - before) / 10.0).exp();
            value * keep + kg * (1.0 - keep)
        });
        last = Some((day, value));
        trend.push((day, value));
    }
    trend
}
