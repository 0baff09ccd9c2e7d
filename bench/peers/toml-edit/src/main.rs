//! Edits a feature map with toml_edit: parses it, sets every pending task_id,
//! renders it. For each line on standard input it does that once and prints
//! the nanoseconds it took, the number of ids it set, and the bytes rendered.

use std::io::{self, BufRead, Write};
use std::time::Instant;

use toml_edit::{DocumentMut, Formatted, Item, TableLike, Value};

fn main() {
    let path = std::env::args().nth(1).expect("usage: edit-toml-edit MAP");
    let source = std::fs::read_to_string(path).expect("read the map");
    let mut out = io::stdout();
    for line in io::stdin().lock().lines() {
        line.expect("read a line");
        let started = Instant::now();
        let mut doc: DocumentMut = source.parse().expect("parse the map");
        let mut next = 40_000;
        let features = doc["features"].as_table_like_mut().expect("features");
        for (_, feature) in features.iter_mut() {
            let feature = feature.as_table_like_mut().expect("a feature");
            set(feature, &mut next);
            match feature.get_mut("user_stories") {
                Some(Item::Value(Value::Array(stories))) => {
                    for story in stories.iter_mut() {
                        set(story.as_inline_table_mut().expect("a story"), &mut next);
                    }
                }
                Some(Item::ArrayOfTables(stories)) => {
                    for story in stories.iter_mut() {
                        set(story, &mut next);
                    }
                }
                _ => {}
            }
        }
        let rendered = doc.to_string();
        let took = started.elapsed().as_nanos();
        writeln!(out, "{} {} {}", took, next - 40_000, rendered.len()).expect("answer");
    }
}

/// Gives an item an id if it has none, and leaves the blanks and comments around the number.
fn set(item: &mut dyn TableLike, next: &mut i64) {
    if let Some(Item::Value(value)) = item.get_mut("task_id") {
        if value.as_integer() == Some(0) {
            *next += 1;
            let mut number = Formatted::new(*next);
            *number.decor_mut() = value.decor().clone();
            *value = Value::Integer(number);
        }
    }
}
