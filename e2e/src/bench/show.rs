//! The figures as a table for people, Chinese first.

use std::fmt::Write as _;

use super::Report;
use super::before::Before;
use super::figure::{Budget, Figure, Row, Unit, Words};
use super::machine::Machine;
use crate::playground::table;

const HEADING: [&str; 5] = ["测量 (what)", "结果 (value)", "下限 (floor)", "倍数 (ratio)", "预算 (budget)"];

/// A whole run, beside an earlier one if there is one.
#[must_use]
pub fn report(report: &Report, before: Option<&Before>) -> String {
    let mut text = machine(&report.machine);
    if let Some(Before { made: [began, commit, cpu, cores], .. }) = before {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  上次 (before): {began}, zhengyun {commit}; {cpu}, {cores} 核 (cores)");
    }
    for figure in &report.figures {
        text.push('\n');
        text += &one(figure, before);
    }
    text
}

fn machine(machine: &Machine) -> String {
    let Machine { cores, memory_mib, cpu, kernel, components, product, commit, profile, began, load } =
        machine;
    let commit = commit.as_deref().unwrap_or("-");
    let components: Vec<String> =
        components.iter().map(|(name, version)| format!("{name} {version}")).collect();
    format!(
        "政云基准 (Zhengyun benchmarks)  {began}
  机器 (machine): {cpu}, {cores} 核 (cores), {memory_mib} MiB, Linux {kernel}, 开始时负载 (load at start) {load}
  版本 (versions): zhengyun {product} {commit} {profile}; {}
",
        components.join(", ")
    )
}

fn one(figure: &Figure, before: Option<&Before>) -> String {
    let mut text = format!("{}  {}\n", figure.name, both(&figure.title));
    let rows: Vec<[String; 5]> = figure.rows.iter().map(cells).collect();
    text += &match before {
        None => table::render(HEADING, &rows),
        Some(before) => {
            let [what, value, floor, ratio, budget] = HEADING;
            let beside = |(row, [what, value, floor, ratio, budget]): (&Row, [String; 5])| {
                let then = before.value(figure.name, &row.id);
                let then = then.map_or_else(|| "-".to_owned(), |then| compared(row, then));
                [what, value, then, floor, ratio, budget]
            };
            let rows: Vec<[String; 6]> = figure.rows.iter().zip(rows).map(beside).collect();
            table::render([what, value, "上次 (before)", floor, ratio, budget], &rows)
        }
    };
    for note in &figure.notes {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  注 (note): {}", both(note));
    }
    text
}

fn both(words: &Words) -> String {
    format!("{} ({})", words.zh, words.en)
}

fn cells(row: &Row) -> [String; 5] {
    let Row { id: _, what, unit, value, floor, budget } = row;
    let nothing = || "-".to_owned();
    [
        both(what),
        amount(*value, *unit),
        floor.map_or_else(nothing, |floor| amount(floor, *unit)),
        floor.filter(|floor| *floor > 0.0).map_or_else(nothing, |floor| format!("{:.2}", value / floor)),
        budget.map_or_else(nothing, |budget| {
            let (sign, limit) = match budget {
                Budget::AtMost(limit) => ('≤', limit),
                Budget::AtLeast(limit) => ('≥', limit),
            };
            let kept = if budget.is_kept_by(*value) { '✓' } else { '✗' };
            format!("{sign} {} {kept}", amount(limit, *unit))
        }),
    ]
}

/// An earlier value, and by how much this one is above or below it.
fn compared(row: &Row, then: f64) -> String {
    let change = (row.value / then - 1.0) * 100.0;
    let change = if change.is_finite() { format!(" ({change:+.0}%)") } else { String::new() };
    amount(then, row.unit) + &change
}

/// Three digits that mean something, or all of a whole number.
fn amount(value: f64, unit: Unit) -> String {
    let number = match value.abs() {
        _ if value.fract() == 0.0 => format!("{value:.0}"),
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    };
    format!("{number} {}", unit.symbol()).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Name;

    #[test]
    fn a_figure_is_shown_with_its_units_beside_its_floor_and_budget() {
        let mut figure = Figure::new(Name::Drift, "漂移", "drift");
        figure
            .row("median", Words::new("中位数", "median"), Unit::Milliseconds, 51.26)
            .floor(12.5)
            .budget(Budget::AtMost(300.0));
        figure.row("count", Words::new("次数", "times"), Unit::Number, 50.0);
        figure.row("rate", Words::new("速率", "rate"), Unit::PerSecond, 79.0).budget(Budget::AtLeast(80.0));
        figure.note("一轮一个对象", "one object each");
        assert_eq!(
            one(&figure, None),
            "drift  漂移 (drift)
  测量 (what)      结果 (value)  下限 (floor)  倍数 (ratio)  预算 (budget)
  中位数 (median)  51.3 ms       12.5 ms       4.10          ≤ 300 ms ✓
  次数 (times)     50            -             -             -
  速率 (rate)      79 /s         -             -             ≥ 80 /s ✗
  注 (note): 一轮一个对象 (one object each)
"
        );
    }

    #[test]
    fn an_earlier_value_stands_beside_with_what_changed() {
        let row = |value| Row {
            id: "x".into(),
            what: Words::new("甲", "a"),
            unit: Unit::Milliseconds,
            value,
            floor: None,
            budget: None,
        };
        assert_eq!(compared(&row(50.0), 40.0), "40 ms (+25%)");
        assert_eq!(compared(&row(0.0), 0.0), "0 ms");
    }

    #[test]
    fn numbers_have_the_digits_that_mean_something() {
        let shown = [0.034, 1.0, 12.345, 123.45, 90_000.0].map(|value| amount(value, Unit::Number));
        assert_eq!(shown, ["0.03", "1", "12.3", "123", "90000"]);
    }
}
