//! What can be found wrong with code without compiling it.

use super::{
    imports::{Imports, Missing},
    include::Headers,
    scan::Source,
    submission::File,
};
use std::fmt;

/// Endings of what is compiled.
const COMPILED: [&str; 5] = [".ino", ".cpp", ".cc", ".cxx", ".c"];
const HEADERS: [&str; 4] = [".h", ".hpp", ".hh", ".hxx"];
/// Of these there must be one of each.
const ENTRY_POINTS: [&str; 2] = ["setup", "loop"];

/// An error as a compiler reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Diagnostic {
    file: String,
    line: usize,
    column: usize,
    problem: String,
    /// The line, as it was sent.
    shown: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, problem, shown } = self;
        writeln!(f, "{file}:{line}:{column}: {problem}")?;
        writeln!(f, " {shown}")?;
        write!(f, " {:>column$}", "^")
    }
}

/// Reads the files that are code.
pub(super) fn sources(files: &[File]) -> Vec<Source<'_>> {
    let is_code = |file: &&File| {
        COMPILED.iter().chain(&HEADERS).any(|ending| file.name.to_lowercase().ends_with(ending))
    };
    files.iter().filter(is_code).map(|file| Source::new(&file.name, &file.content)).collect()
}

/// Everything that is wrong with the files, in their order.
pub(super) fn check(files: &[File], sources: &[Source<'_>], imports: &Imports) -> Vec<Diagnostic> {
    let headers = Headers::new(files.iter().map(|file| file.name.as_str()), imports);
    let mut diagnostics: Vec<Diagnostic> = imports.missing.iter().map(not_in_catalogue).collect();
    diagnostics.extend(sources.iter().flat_map(|source| check_file(source, &headers)));
    let Some(application) = application(sources) else {
        diagnostics.push(nothing_to_compile());
        return diagnostics;
    };
    for name in ENTRY_POINTS {
        if !sources.iter().any(|source| defines(source, name)) {
            diagnostics.push(at(application, 1, format!("error: undefined reference to `{name}'")));
        }
    }
    diagnostics
}

/// The file that is taken for the application: the first that is compiled and is of no library.
fn application<'s, 'f>(sources: &'s [Source<'f>]) -> Option<&'s Source<'f>> {
    sources.iter().find(|source| {
        let name = source.name.to_lowercase();
        !name.starts_with("lib/") && COMPILED.iter().any(|ending| name.ends_with(ending))
    })
}

fn not_in_catalogue(missing: &Missing) -> Diagnostic {
    Diagnostic {
        file: "project.properties".to_owned(),
        line: missing.line,
        column: 1,
        problem: format!("error: library {} was not found", missing.library),
        shown: missing.text.clone(),
    }
}

fn nothing_to_compile() -> Diagnostic {
    Diagnostic {
        file: "src".to_owned(),
        line: 1,
        column: 1,
        problem: "fatal error: no application file (.ino or .cpp) was sent".to_owned(),
        shown: String::new(),
    }
}

fn check_file(source: &Source<'_>, headers: &Headers<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut conditions = 0_usize;
    let mut conditional = false;
    for (line, directive, text) in source.directives() {
        let name = directive.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        match name {
            "if" | "ifdef" | "ifndef" => {
                conditions += 1;
                // The guard of a header leaves nothing out.
                conditional |= name != "ifndef";
            }
            "endif" => conditions = conditions.saturating_sub(1),
            "error" if conditions == 0 => {
                let message = text.split_once("error").map_or("", |(_, message)| message.trim());
                found.push(at(source, line, format!("error: #error {message}")));
            }
            // What stands under a condition may be for another platform.
            "include" if conditions == 0 || !conditional => {
                found.extend(missing(source, line, text, headers))
            }
            _ => {}
        }
    }
    if let Some((line, problem)) = source.unterminated {
        found.push(at(source, line, format!("error: {problem}")));
    } else if !conditional {
        found.extend(unbalanced(source));
    }
    found.sort_by_key(|diagnostic| diagnostic.line);
    found
}

/// An include of a header that is nowhere. Headers in angle brackets are the compiler's own.
fn missing(source: &Source<'_>, line: usize, text: &str, headers: &Headers<'_>) -> Option<Diagnostic> {
    let (before, rest) = text.split_once('"')?;
    let (header, _) = rest.split_once('"')?;
    if headers.resolves(source.name, header) {
        return None;
    }
    let problem = format!("fatal error: {header}: No such file or directory");
    Some(Diagnostic { column: before.chars().count() + 1, ..at(source, line, problem) })
}

/// The first bracket that does not belong to another one.
fn unbalanced(source: &Source<'_>) -> Option<Diagnostic> {
    let mut open: Vec<(char, usize)> = Vec::new();
    for (offset, character) in source.code.char_indices() {
        let opening = match character {
            '(' | '[' | '{' => {
                open.push((character, offset));
                continue;
            }
            ')' => '(',
            ']' => '[',
            '}' => '{',
            _ => continue,
        };
        if open.pop().is_none_or(|(last, _)| last != opening) {
            let problem = format!("error: expected declaration before '{character}' token");
            return Some(at(source, source.line_of(offset), problem));
        }
    }
    let (bracket, offset) = open.pop()?;
    Some(at(source, source.line_of(offset), format!("error: '{bracket}' is not closed at end of input")))
}

/// Whether a file defines a function of this name: `name(...) {`.
fn defines(source: &Source<'_>, name: &str) -> bool {
    source.places_of(name).any(|at| {
        let rest = source.code[at + name.len()..].trim_start();
        let Some(arguments) = rest.strip_prefix('(') else { return false };
        arguments.split_once(')').is_some_and(|(_, body)| body.trim_start().starts_with('{'))
    })
}

fn at(source: &Source<'_>, line: usize, problem: String) -> Diagnostic {
    let shown = source.text.lines().nth(line - 1).unwrap_or_default().to_owned();
    Diagnostic { file: source.name.to_owned(), line, column: 1, problem, shown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const APPLICATION: &str = "#include \"a.h\"\nvoid setup() {}\nvoid loop() { /* } */ }\n";

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let file = |(name, content): &(&str, &str)| File { name: (*name).into(), content: (*content).into() };
        let files: Vec<File> = files.iter().map(file).collect();
        let first_line = |diagnostic: &Diagnostic| diagnostic.to_string().lines().next().unwrap().to_owned();
        check(&files, &sources(&files), &Imports::default()).iter().map(first_line).collect()
    }

    #[test]
    fn an_application_in_order_has_no_problems() {
        let guarded = "#ifndef A_H\n#define A_H\n#include <vector>\nstruct A { int a[2]; };\n#endif\n";
        assert!(problems(&[("src/app.ino", APPLICATION), ("src/a.h", guarded)]).is_empty());
        let divided = "#if defined(SPARK)\n#include \"other.h\"\nvoid setup() {\n#else\nvoid setup() {\n#endif\n}\nvoid loop(void)\n{\n}\n";
        assert!(problems(&[("app.cpp", divided)]).is_empty());
    }

    #[test]
    fn problems_name_file_line_and_column() {
        assert_eq!(
            problems(&[("src/app.ino", APPLICATION)]),
            ["src/app.ino:1:10: fatal error: a.h: No such file or directory"]
        );
        assert_eq!(
            problems(&[("app.ino", "int x;\n#error \"no way\"\nvoid setup() {}\nvoid loop() {\n")]),
            [
                "app.ino:2:1: error: #error \"no way\"",
                "app.ino:4:1: error: '{' is not closed at end of input"
            ]
        );
        assert_eq!(
            problems(&[("app.ino", "void setup();\nvoid loop() {}\n")]),
            ["app.ino:1:1: error: undefined reference to `setup'"]
        );
        assert_eq!(
            problems(&[("lib/x/src/x.cpp", "int x;"), ("a.h", "")]),
            ["src:1:1: fatal error: no application file (.ino or .cpp) was sent"]
        );
    }

    proptest! {
        #[test]
        fn any_code_is_checked(code in "[#a-z\"'(){}\\[\\]/*\n ]{0,80}") {
            let _ = problems(&[("app.ino", &code)]);
        }
    }
}
