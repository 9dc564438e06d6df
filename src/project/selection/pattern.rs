//! The patterns of `particle.include` and `particle.ignore`.

use super::walk::{Found, Walk, inside};
use crate::project::ProjectError;
use globset::{GlobBuilder, GlobMatcher};
use std::{fs, path::Path};

/// Why a line is no pattern.
#[derive(Debug, thiserror::Error)]
pub(super) enum PatternError {
    /// Its brackets or braces are not closed.
    #[error(transparent)]
    Glob(#[from] globset::Error),
    /// A group of a kind that says how often, or what not.
    #[error("`{0}(...)` is not understood here; `{{a,b}}` stands for either of two")]
    Group(char),
    /// A group without an end.
    #[error("a `(` is not closed")]
    OpenGroup,
}

/// A pattern, put in terms of the folder that is sent: `src/**/*.txt`, `../parts/*.h`.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    text: String,
    matcher: GlobMatcher,
}

impl Pattern {
    /// Reads a pattern that stands in a file of the folder `base` (a name such as `lib/foo`, or nothing).
    pub fn new(base: &str, pattern: &str) -> Result<Self, PatternError> {
        let text = normalised(base, &without_groups(pattern)?);
        let glob = GlobBuilder::new(&text).literal_separator(true).empty_alternates(true).build()?;
        Ok(Self { matcher: glob.compile_matcher(), text })
    }

    /// Whether a file of this name is meant. Wildcards do not stand for the dot of a hidden file.
    pub fn matches(&self, name: &str) -> bool {
        let hidden = name.split('/').any(is_hidden);
        (!hidden || self.names_hidden()) && self.matcher.is_match(name)
    }

    /// Looks for the files that are meant, which may lie outside the folder.
    pub fn find(&self, folder: &Path, walk: Walk) -> Result<Vec<Found>, ProjectError> {
        let start = self.literal_start();
        let place = inside(folder, start);
        if !self.has_wildcards() {
            let file = Found { path: place, name: start.to_owned(), exact: true };
            return Ok(if file.path.is_file() { vec![file] } else { Vec::new() });
        }
        if !place.is_dir() {
            return Ok(Vec::new());
        }
        let walk = Walk { hidden: self.names_hidden(), ..walk };
        let files = walk.files(&place)?.into_iter().map(|file| match start {
            "" => file,
            start => Found { name: format!("{start}/{}", file.name), ..file },
        });
        Ok(files.filter(|file| self.matches(&file.name)).collect())
    }

    fn has_wildcards(&self) -> bool {
        self.text.contains(is_special)
    }

    /// The folders in front of the first wildcard; of a pattern without any, all of it.
    fn literal_start(&self) -> &str {
        let end = match self.text.find(is_special) {
            Some(special) => self.text[..special].rfind('/').unwrap_or(0),
            None => self.text.len(),
        };
        &self.text[..end]
    }

    fn names_hidden(&self) -> bool {
        self.text.split('/').any(is_hidden)
    }
}

/// The pattern with `@(a|b)` written as `{a,b}` and `?(a|b)` as `{a,b,}`, as the shell's extended patterns have them.
fn without_groups(pattern: &str) -> Result<String, PatternError> {
    let mut text = String::with_capacity(pattern.len());
    let mut closing = Vec::new();
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('\\', Some(_)) => text.extend([Some(c), rest.next()].into_iter().flatten()),
            ('@' | '?', Some('(')) => {
                rest.next();
                text.push('{');
                closing.push(if c == '?' { ",}" } else { "}" });
            }
            ('!' | '+' | '*', Some('(')) => return Err(PatternError::Group(c)),
            ('|', _) if !closing.is_empty() => text.push(','),
            (')', _) if !closing.is_empty() => text.extend(closing.pop()),
            _ => text.push(c),
        }
    }
    if closing.is_empty() { Ok(text) } else { Err(PatternError::OpenGroup) }
}

fn is_hidden(component: &str) -> bool {
    component.starts_with('.') && component != ".."
}

fn is_special(c: char) -> bool {
    matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '\\')
}

/// Base and pattern in one, without `.` and, but for the beginning, `..`.
fn normalised(base: &str, pattern: &str) -> String {
    let base: Vec<String> = base.split('/').map(globset::escape).collect();
    let mut components: Vec<&str> = Vec::new();
    for component in base.iter().map(String::as_str).chain(pattern.split('/')) {
        match component {
            "" | "." => {}
            ".." if components.last().is_some_and(|last| *last != "..") => {
                components.pop();
            }
            component => components.push(component),
        }
    }
    components.join("/")
}

/// The patterns of all `particle.include` and `particle.ignore` files in a folder.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// What is sent beside the usual.
    pub include: Vec<Pattern>,
    /// What is not sent.
    pub ignore: Vec<Pattern>,
}

impl Rules {
    /// Reads those among the files of a folder that hold patterns.
    pub fn among(files: &[Found]) -> Result<Self, ProjectError> {
        let mut rules = Self::default();
        for file in files {
            let (base, name) = file.name.rsplit_once('/').unwrap_or(("", &file.name));
            match name {
                "particle.include" => rules.include.extend(read(file, base)?),
                "particle.ignore" => rules.ignore.extend(read(file, base)?),
                _ => {}
            }
        }
        Ok(rules)
    }
}

fn read(file: &Found, base: &str) -> Result<Vec<Pattern>, ProjectError> {
    let contents = fs::read(&file.path).map_err(ProjectError::reading(&file.path))?;
    let text = String::from_utf8(contents).map_err(|_| ProjectError::NotText(file.path.clone()))?;
    let text = text.trim_start_matches('\u{feff}');
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(line, pattern)| {
            Pattern::new(base, pattern).map_err(|error| ProjectError::Pattern {
                path: file.path.clone(),
                line,
                reason: error.to_string(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(base: &str, pattern: &str, name: &str) -> bool {
        Pattern::new(base, pattern).unwrap().matches(name)
    }

    #[test]
    fn patterns_are_relative_to_their_file() {
        assert!(matches("lib/foo", "src/*.txt", "lib/foo/src/a.txt"));
        assert!(!matches("lib/foo", "src/*.txt", "src/a.txt"));
        assert!(matches("lib/foo", "../bar/**", "lib/bar/deep/a.h"));
        assert!(matches("", "../parts/*.h", "../parts/a.h"));
        assert!(matches("odd[1]", "./*.h", "odd[1]/a.h"));
    }

    #[test]
    fn wildcards() {
        assert!(matches("", "**/*.{txt,md}", "a.txt") && matches("", "**/*.{txt,md}", "x/y/a.md"));
        assert!(!matches("", "*.h", "src/a.h"), "a star stays within a folder");
        assert!(matches("", "a?[0-9].h", "ab3.h") && !matches("", "a?[0-9].h", "a/3.h"));
        assert!(!matches("", "docs", "docs/a.h"), "the name of a folder alone means nothing in it");
        assert!(!matches("", "**", ".hidden/a.h") && matches("", ".hidden/*", ".hidden/a.h"));
    }

    #[test]
    fn groups_of_the_shell_are_alternatives() {
        assert!(matches("", "src/@(a|b).h", "src/a.h") && !matches("", "src/@(a|b).h", "src/c.h"));
        assert!(matches("", "a?(1|2).h", "a.h") && matches("", "a?(1|2).h", "a2.h"));
        assert!(matches("", "a(1|2).h", "a(1|2).h"), "without a sign in front they are what they are");
        let refused = |pattern| Pattern::new("", pattern).unwrap_err().to_string();
        assert_eq!(refused("!(a).h"), "`!(...)` is not understood here; `{a,b}` stands for either of two");
        assert_eq!(refused("@(a|b"), "a `(` is not closed");
    }

    #[test]
    fn the_walk_begins_where_the_wildcards_do() {
        let start = |pattern| Pattern::new("", pattern).unwrap().literal_start().to_owned();
        assert_eq!(start("../parts/deep/*.h"), "../parts/deep");
        assert_eq!(start("*.h"), "");
        assert_eq!(start("notes/readme.txt"), "notes/readme.txt");
    }

    proptest! {
        #[test]
        fn any_line_is_a_pattern_or_refused(base in "[a-c./\\[{]{0,8}", line in "[a-c./*?\\[\\]{}()|@,!\\\\-]{0,20}") {
            if let Ok(pattern) = Pattern::new(&base, &line) {
                pattern.matches("a/b.c");
                pattern.literal_start();
            }
        }
    }
}
