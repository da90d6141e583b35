//! Draws a year of weights as an SVG chart.
//!
//! ```sh
//! cargo run -p example-weight-chart
//! cargo run -p example-weight-chart -- --help
//! ```
//!
//! This runs offline against a sandbox, which is an OAuth provider for tests. With FatSecret's key in
//! the environment the program reads a real account; see `examples/README.md`.

use std::{
    env,
    fs::{self, File, OpenOptions},
    io::{self, Write, stdin, stdout},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use clap::Parser;
use jiff::{ToSpan, ZonedDateTime, civil::Date};
use plotters::prelude::*;
use tripod::fatsecret::{Amount, FatSecret, Pace};
use tripod::{AccessToken, Callback, Client, Consumer, Provider, Session};
use tripod_sandbox::Sandbox;

const INK: RGBColor = RGBColor(38, 50, 56);
const FAINT: RGBColor = RGBColor(144, 164, 174);
const DOT: RGBColor = RGBColor(120, 170, 160);
const TREND: RGBColor = RGBColor(0, 105, 92);
const GOAL: RGBColor = RGBColor(216, 96, 42);

/// Draws the weights of the last year as an SVG chart.
#[derive(Parser)]
#[command(after_help = EXAMPLES)]
struct Arguments {
    /// The file to write; only you will be able to read it
    #[arg(default_value = "target/weight_chart.svg")]
    file: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  cargo run -p example-weight-chart                   invented weights, from a sandbox
  cargo run -p example-weight-chart -- my-chart.svg   another file

Environment (without it, the weights are invented):
  FATSECRET_CONSUMER_KEY, FATSECRET_CONSUMER_SECRET   your application at FatSecret
  FATSECRET_ACCESS_TOKEN, FATSECRET_ACCESS_SECRET     a stored grant; without it, you log in";

/// Says something to the user. If nobody reads it, the chart is drawn all the same.
macro_rules! say {
    ($($text:tt)*) => {{
        let _ = writeln!(stdout(), $($text)*);
    }};
}

#[tokio::main]
async fn main() -> Result<()> {
    let file = Arguments::parse().file;
    let (fatsecret, _sandbox) = connect().await?;
    let today = ZonedDateTime::now().date();

    let since = today.checked_sub(1.year())?;
    let days = fatsecret.weights(since..=today).into_vec().await?;
    let weights: Vec<(Date, f64)> =
        days.iter().map(|day| (day.date, day.weight_kg.to_f64())).collect();
    let goal = fatsecret.profile().await?.goal_weight_kg.map(Amount::to_f64);

    let mut svg = String::new();
    draw(SVGBackend::with_string(&mut svg, (1000, 560)), &weights, goal)?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    private_file(&file)?.write_all(svg.as_bytes())?;
    say!("The chart of {} weights is in {}", weights.len(), file.display());
    say!("Powered by fatsecret");
    Ok(())
}

/// Connects to a FatSecret account if the environment has a consumer key, and otherwise to a sandbox
/// with a year of invented data.
///
/// The sandbox stops when it is dropped, so the caller keeps it.
async fn connect() -> Result<(FatSecret<Session>, Option<Sandbox>)> {
    if env::var_os("FATSECRET_CONSUMER_KEY").is_none() {
        say!("FATSECRET_CONSUMER_KEY is not set: using a sandbox with invented data.\n");
        let sandbox = Sandbox::start().await?;
        sandbox.seed_example_year()?;
        let client = Client::new(sandbox.provider(), sandbox.consumer())?;
        return Ok((FatSecret::new(client.session(sandbox.grant())), Some(sandbox)));
    }
    let client = Client::new(Provider::fatsecret(), Consumer::from_env("FATSECRET")?)?;
    let session = match AccessToken::from_env("FATSECRET")? {
        Some(token) => client.session(token),
        None => ask_for_approval(&client).await?,
    };
    // 20 calls a minute are reported to be safe.
    Ok((FatSecret::new(session).with_pace(&Pace::new()), None))
}

async fn ask_for_approval(client: &Client) -> Result<Session> {
    let issued = client.begin(Callback::out_of_band()).request_token().await?;
    say!("Open {} and type the code that FatSecret shows:", issued.authorization_url());
    // Waiting for the user blocks this thread, which has nothing else to do.
    let pin = stdin().lines().next().context("no code was typed")??;
    Ok(issued.authorize(&pin)?.exchange().await?)
}

/// Creates or empties a file that, on Unix, only this user can read: weights are health data.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // The mode above is for a new file. An older one may have been readable by others.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.set_len(0)?;
    Ok(file)
}

fn draw(backend: SVGBackend<'_>, weights: &[(Date, f64)], goal: Option<f64>) -> Result<()> {
    let (Some(first), Some(last)) = (weights.first(), weights.last()) else {
        bail!("there are no weights in the last year");
    };
    // The x axis counts days since the first weight, because plotters cannot divide an axis of jiff dates.
    let day = |date: Date| f64::from((date - first.0).get_days());
    let points: Vec<_> = weights.iter().map(|(date, kg)| (day(*date), *kg)).collect();
    let trend = smooth(&points);

    let values = || points.iter().map(|(_, kg)| *kg).chain(goal);
    let low = (values().fold(f64::INFINITY, f64::min) - 1.0).floor();
    let high = (values().fold(f64::NEG_INFINITY, f64::max) + 1.0).ceil();
    let end = day(last.0).max(7.0);

    let area = backend.into_drawing_area();
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

/// Writes a label beside the right end of a line.
fn note(chart: &mut Chart<'_, '_>, at: (f64, f64), words: &str, color: RGBColor) -> Result<()> {
    let style = text(16).color(&color);
    let label = EmptyElement::at(at) + Text::new(words.to_owned(), (8, -8), style);
    chart.plotting_area().draw(&label)?;
    Ok(())
}

fn text(size: i32) -> TextStyle<'static> {
    ("sans-serif", size).into()
}

/// Smooths the weights: an exponential average over about ten days, which hides the changes from one
/// day to the next.
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
