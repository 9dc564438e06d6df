//! What can be told of functions and variables without running the code.

use super::{registered::Registration, scan::Source};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Types of whole numbers.
const INTEGERS: [&str; 11] = [
    "char", "int", "int16_t", "int32_t", "int8_t", "long", "short", "uint16_t", "uint32_t", "uint8_t",
    "unsigned",
];

/// What the registered functions return that return the same number wherever they return.
pub(super) fn returns(sources: &[Source<'_>], functions: &[Registration]) -> BTreeMap<String, i32> {
    find(sources, functions, return_at)
}

/// What the registered variables are declared with: a literal, or nothing.
pub(super) fn values(sources: &[Source<'_>], variables: &[Registration]) -> BTreeMap<String, Value> {
    find(sources, variables, value_at)
}

/// For each registration the first thing that is found at a place of its name in the code.
fn find<T>(
    sources: &[Source<'_>],
    registrations: &[Registration],
    look: impl Fn(&Source<'_>, usize, &str) -> Option<T>,
) -> BTreeMap<String, T> {
    let known = registrations.iter().filter(|registration| !registration.what.is_empty());
    let found = known.filter_map(|Registration { name, what }| {
        let mut places = sources.iter().flat_map(|source| source.places_of(what).map(move |at| (source, at)));
        Some((name.clone(), places.find_map(|(source, at)| look(source, at, what))?))
    });
    found.collect()
}

/// What the function returns whose name stands here, if this is where it is defined.
fn return_at(source: &Source<'_>, at: usize, name: &str) -> Option<i32> {
    let parameters = source.code[at + name.len()..].trim_start().strip_prefix('(')?;
    let (_, rest) = parameters.split_once(')')?;
    let body = block(rest.trim_start().strip_prefix('{')?)?;
    let mut returned = body.split("return").skip(1).map(|rest| rest.split(';').next()?.trim().parse().ok());
    let first: i32 = returned.next()??;
    returned.all(|other| other == Some(first)).then_some(first)
}

/// The code up to the brace that ends it.
fn block(code: &str) -> Option<&str> {
    let mut depth = 1;
    let end = code.char_indices().find_map(|(at, character)| {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    });
    Some(&code[..end?])
}

/// What the variable is declared with whose name stands here, if this is where it is declared.
fn value_at(source: &Source<'_>, at: usize, name: &str) -> Option<Value> {
    let before = source.code[..at].trim_end();
    let declared = before.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next()?;
    let rest = source.text[at + name.len()..].trim_start();
    let (is_array, rest) = match rest.strip_prefix('[') {
        Some(size) => (true, size.split_once(']')?.1.trim_start()),
        None => (false, rest),
    };
    let literal = match rest.strip_prefix('=') {
        Some(literal) => Some(literal.trim_start()),
        None if rest.starts_with(';') => None,
        None => return None,
    };
    let number = || literal.and_then(|literal| literal.split([';', ',']).next()).unwrap_or("0").trim();
    match declared {
        "bool" => Some(json!(number() == "true")),
        "double" | "float" => Some(json!(number().trim_end_matches('f').parse::<f64>().ok()?)),
        "String" => Some(json!(text(literal)?)),
        "char" if is_array => Some(json!(text(literal)?)),
        integer if INTEGERS.contains(&integer) => Some(json!(number().parse::<i32>().ok()?)),
        _ => None,
    }
}

/// A text without escapes in it.
fn text(literal: Option<&str>) -> Option<String> {
    let Some(literal) = literal else { return Some(String::new()) };
    let (text, _) = literal.strip_prefix('"')?.split_once('"')?;
    (!text.contains('\\')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn registered(name: &str) -> Registration {
        Registration { name: format!("the {name}"), what: name.to_owned() }
    }

    #[test]
    fn numbers_that_are_always_returned_are_found() {
        let code = r#"
            int check(String command);
            int brew(String what) { if (what == "tea") { return 7; } return 200; }
            int check(String command) {
                // return 5;
                if (command == "return 3;") { return 200; }
                return 200;
            }
            int level(String) { return analogRead(A0); }
            int nothing(String) {}
        "#;
        let sources = [Source::new("a.ino", code.as_bytes())];
        let names = ["brew", "check", "level", "nothing", "missing"].map(registered);
        assert_eq!(returns(&sources, &names), [("the check".to_owned(), 200)].into());
    }

    #[test]
    fn literals_that_variables_begin_with_are_found() {
        let code = r#"
            String name = "stroby"; char place[16] = "attic"; char letter[] = "a\"b";
            static int version = 42; unsigned long count; int left, right = 3;
            double warmth = 21.5f; float cold; bool on = true; String later;
            int sum = 1 + 2; Thing thing = 5; // int hidden = 1;
            void setup() { version = 7; }
        "#;
        let sources = [Source::new("a.ino", code.as_bytes())];
        let names = [
            "name", "place", "letter", "version", "count", "left", "right", "warmth", "cold", "on", "later",
            "sum", "thing", "hidden",
        ]
        .map(registered);
        let found = values(&sources, &names);
        let expected = [
            ("name", json!("stroby")),
            ("place", json!("attic")),
            ("version", json!(42)),
            ("count", json!(0)),
            ("warmth", json!(21.5)),
            ("cold", json!(0.0)),
            ("on", json!(true)),
            ("later", json!("")),
        ];
        assert_eq!(found, expected.map(|(name, value)| (format!("the {name}"), value)).into());
    }

    proptest! {
        #[test]
        fn any_code_is_survived(code in "[a-c(){}=;\"\\[\\] 1ä]{0,60}|(int|return|char| |a|\\[|\\]|=|;|\\(|\\)|\\{){0,20}") {
            let sources = [Source::new("a.ino", code.as_bytes())];
            let names = ["a", "b"].map(registered);
            returns(&sources, &names);
            values(&sources, &names);
        }
    }
}
