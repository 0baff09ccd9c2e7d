//! Edits a feature map with toml_edit: parses it, sets every pending task_id,
//! renders it. For each line on standard input it does that once to warm up and
//! then for a tenth of a second or more, and prints the nanoseconds it took on
//! average, the number of ids it set, and the bytes rendered.

use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

use toml_edit::{DocumentMut, Formatted, Item, TableLike, Value};

const TURN: Duration = Duration::from_millis(100);

fn main() {
    let path = std::env::args().nth(1).expect("usage: edit-toml-edit MAP");
    let source = std::fs::read_to_string(path).expect("read the map");
    let mut out = io::stdout();
    for line in io::stdin().lock().lines() {
        line.expect("read a line");
        edit(&source);
        let mut times = 0;
        let mut did = (0, 0);
        let started = Instant::now();
        while started.elapsed() < TURN {
            let (count, rendered) = edit(&source);
            did = (count, rendered.len());
            times += 1;
        }
        let took = started.elapsed().as_nanos() / times;
        writeln!(out, "{} {} {}", took, did.0, did.1).expect("answer");
    }
}

/// Sets every pending id of a map. Returns how many there were, and the new map.
fn edit(source: &str) -> (i64, String) {
    const FIRST: i64 = 40_000;
    let mut last = FIRST;
    let mut doc: DocumentMut = source.parse().expect("parse the map");
    let features = doc["features"].as_table_like_mut().expect("features");
    for (_, feature) in features.iter_mut() {
        let feature = feature.as_table_like_mut().expect("a feature");
        set(feature, &mut last);
        match feature.get_mut("user_stories") {
            Some(Item::Value(Value::Array(stories))) => {
                for story in stories.iter_mut() {
                    set(story.as_inline_table_mut().expect("a story"), &mut last);
                }
            }
            Some(Item::ArrayOfTables(stories)) => {
                for story in stories.iter_mut() {
                    set(story, &mut last);
                }
            }
            _ => {}
        }
    }
    (last - FIRST, doc.to_string())
}

/// Gives an item an id if it has none, and leaves the blanks and comments around the number.
fn set(item: &mut dyn TableLike, last: &mut i64) {
    if let Some(Item::Value(value)) = item.get_mut("task_id") {
        if value.as_integer() == Some(0) {
            *last += 1;
            let mut number = Formatted::new(*last);
            *number.decor_mut() = value.decor().clone();
            *value = Value::Integer(number);
        }
    }
}
