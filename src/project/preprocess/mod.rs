//! From a Wiring sketch (`.ino`) to C++: `Particle.h` is included and functions are declared ahead of their use.

mod functions;
mod mask;

use functions::Definitions;
use mask::Masked;

/// The first line of what is made here. Files that have it may be overwritten.
const BANNER: &[u8] = b"// THIS IS A GENERATED FILE - DO NOT EDIT\n";
/// What files made by this or another program say of themselves near their beginning.
const GENERATED: &[u8] = b"THIS IS A GENERATED FILE";
/// How far into a file that is looked for.
const GENERATED_WITHIN: usize = 400;

/// Headers either of which declares the whole API.
const API_HEADERS: &[&[u8]] = &[b"Particle.h", b"application.h"];
/// With one of these `#pragma`s, a file is left as it is.
const OPT_OUTS: &[&[u8]] = &[b"PARTICLE_NO_PREPROCESSOR", b"SPARK_NO_PREPROCESSOR"];

/// Turns a sketch into C++. `name` is what error messages of the compiler are to call the sketch.
///
/// The source itself is not changed. `#line` directives see to it that the compiler counts its lines as they are there.
pub fn preprocess(source: &[u8], name: &str) -> Vec<u8> {
    let source = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    let masked = Masked::new(source);
    let directives: Vec<&[u8]> = masked.directives.iter().map(|range| &source[range.clone()]).collect();
    if let Some(index) = directives.iter().position(|line| is_opt_out(line)) {
        let start = masked.directives[index].start;
        return [&source[..start], b"// ", &source[start..]].concat();
    }
    let mut result = BANNER.to_vec();
    if !directives.iter().any(|line| includes_api(line)) {
        result.extend_from_slice(b"#include \"Particle.h\"\n");
    }
    result.extend_from_slice(&line_directive(1, name));
    let declarations = declarations(source, &masked);
    if declarations.is_empty() {
        result.extend_from_slice(source);
        return result;
    }
    let (prelude, code) = source.split_at(start_of_code(source, &masked));
    result.extend_from_slice(prelude);
    if !result.ends_with(b"\n") {
        result.push(b'\n');
    }
    result.extend_from_slice(&declarations);
    let line = prelude.iter().filter(|byte| **byte == b'\n').count() + 1;
    result.extend_from_slice(&line_directive(line, name));
    result.extend_from_slice(code);
    result
}

/// Whether a file says that it was generated, so that nothing is lost if it is generated anew.
pub fn is_generated(contents: &[u8]) -> bool {
    let beginning = &contents[..contents.len().min(GENERATED_WITHIN)];
    beginning.windows(GENERATED.len()).any(|window| window == GENERATED)
}

/// Declarations of the functions that are defined and not declared, a line each.
fn declarations(source: &[u8], masked: &Masked) -> Vec<u8> {
    let definitions = Definitions::find(masked);
    let spelling = |head: &std::ops::Range<usize>| -> Vec<u8> {
        let words = masked.code[head.clone()].split(u8::is_ascii_whitespace);
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(&b' ')
    };
    let declared: Vec<Vec<u8>> = definitions.declared.iter().map(spelling).collect();
    let missing = definitions.functions.into_iter().filter(|head| !declared.contains(&spelling(head)));
    missing.flat_map(|head| [&source[head], b";\n"].concat()).collect()
}

/// Where the declarations go: in front of the first code, but not between `#if` and `#endif`.
fn start_of_code(source: &[u8], masked: &Masked) -> usize {
    let code = masked.code.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(source.len());
    let mut conditions = Vec::new();
    for line in masked.directives.iter().filter(|line| line.start < code) {
        let word = directive_word(&source[line.clone()]);
        if word.starts_with(b"if") {
            conditions.push(line.start);
        } else if word == b"endif" {
            conditions.pop();
        }
    }
    let start = conditions.first().copied().unwrap_or(code);
    let line = source[..start].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    // What is in front of the code in its line may be the end of a comment, which cannot be cut.
    if source[line..start].trim_ascii().is_empty() { line } else { start }
}

fn line_directive(line: usize, name: &str) -> Vec<u8> {
    let name = name.replace('\\', "\\\\").replace('"', "\\\"").replace(['\r', '\n'], " ");
    format!("#line {line} \"{name}\"\n").into_bytes()
}

/// The word behind the `#`.
fn directive_word(line: &[u8]) -> &[u8] {
    let text = line.strip_prefix(b"#").unwrap_or(line).trim_ascii_start();
    &text[..text.iter().take_while(|byte| mask::is_word(**byte)).count()]
}

fn is_opt_out(line: &[u8]) -> bool {
    let words = line.split(|byte| !mask::is_word(*byte)).filter(|word| !word.is_empty());
    let words: Vec<&[u8]> = words.take(2).collect();
    words.first() == Some(&&b"pragma"[..]) && words.get(1).is_some_and(|word| OPT_OUTS.contains(word))
}

fn includes_api(line: &[u8]) -> bool {
    let what = line.splitn(3, |byte| matches!(byte, b'"' | b'<' | b'>')).nth(1);
    directive_word(line) == b"include" && what.is_some_and(|header| API_HEADERS.contains(&header))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cpp(source: &str) -> String {
        let text = String::from_utf8(preprocess(source.as_bytes(), "app.ino")).unwrap();
        assert!(is_generated(text.as_bytes()) || source.contains("NO_PREPROCESSOR"));
        text.strip_prefix("// THIS IS A GENERATED FILE - DO NOT EDIT\n").unwrap_or(&text).to_owned()
    }

    #[test]
    fn functions_are_declared_in_front_of_the_first_code() {
        let source = "/* A\n sketch */\n#include \"Foo.h\"\n\nTimer timer(1000, onTimer);\nvoid setup() {\n}\nvoid onTimer()\n{\n}\n";
        let expected = "#include \"Particle.h\"\n#line 1 \"app.ino\"\n/* A\n sketch */\n#include \"Foo.h\"\n\nvoid setup();\nvoid onTimer();\n#line 5 \"app.ino\"\nTimer timer(1000, onTimer);\nvoid setup() {\n}\nvoid onTimer()\n{\n}\n";
        assert_eq!(cpp(source), expected);
    }

    #[test]
    fn a_sketch_that_includes_the_api_is_not_given_it_again() {
        for include in
            ["#include \"Particle.h\"", "#include <Particle.h>", " # include \"application.h\" // x"]
        {
            assert!(cpp(include).starts_with("#line 1"), "{include}");
        }
        for none in
            ["// #include \"Particle.h\"", "#include \"MyParticle.h\"", "#define X \"Particle.h\"", ""]
        {
            assert!(cpp(none).starts_with("#include \"Particle.h\"\n#line 1"), "{none}");
        }
    }

    #[test]
    fn what_is_declared_is_not_declared_again() {
        assert_eq!(
            cpp("#include \"Particle.h\"\nvoid f( int a );\nvoid f( int  a ) {}\n").matches("void f").count(),
            2
        );
    }

    #[test]
    fn declarations_do_not_depend_on_a_condition() {
        let source =
            "#include \"Particle.h\"\n#ifdef A\n#define B\n#endif\n#if C\nint c;\n#endif\nvoid setup() {}\n";
        assert!(
            cpp(source).contains("#endif\nvoid setup();\n#line 5 \"app.ino\"\n#if C\n"),
            "{}",
            cpp(source)
        );
    }

    #[test]
    fn a_comment_is_not_cut() {
        assert!(
            cpp("/* one\ntwo */ void setup() {}")
                .ends_with("/* one\ntwo */ \nvoid setup();\n#line 2 \"app.ino\"\nvoid setup() {}")
        );
    }

    #[test]
    fn a_sketch_may_ask_to_be_left_alone() {
        let source = "#include \"Particle.h\"\n#pragma PARTICLE_NO_PREPROCESSOR\nvoid loop() {}\n";
        assert_eq!(cpp(source), source.replace("#pragma", "// #pragma"));
        assert!(cpp("#pragma SPARK_NO_PREPROCESSOR\n").starts_with("// #pragma"));
        assert!(cpp("#pragma once\n").contains("\n#pragma once"));
    }

    #[test]
    fn names_are_written_as_c_has_it() {
        assert!(preprocess(b"", "dir\\x\"y.ino").ends_with(b"#line 1 \"dir\\\\x\\\"y.ino\"\n"));
    }

    #[test]
    fn windows_line_ends_and_old_encodings_are_kept() {
        let result = preprocess(b"// caf\xe9\r\nvoid setup() {\r\n}\r\n", "a.ino");
        assert!(result.ends_with(b"// caf\xe9\r\nvoid setup();\n#line 2 \"a.ino\"\nvoid setup() {\r\n}\r\n"));
    }

    proptest! {
        #[test]
        fn the_source_is_all_there(source in "[ab#/*\"'\\\\(){};= \n]{0,80}|(void f\\(\\) \\{|\\}|\n|/\\*|\\*/|#if x\n|#endif\n|;){0,12}") {
            let result = preprocess(source.as_bytes(), "a.ino");
            let masked = Masked::new(source.as_bytes());
            let declared = !declarations(source.as_bytes(), &masked).is_empty();
            let start = if declared { start_of_code(source.as_bytes(), &masked) } else { 0 };
            let (prelude, code) = source.split_at(start);
            prop_assert!(result.ends_with(code.as_bytes()));
            let prelude = format!("#line 1 \"a.ino\"\n{prelude}");
            prop_assert!(result.windows(prelude.len()).any(|window| window == prelude.as_bytes()));
        }
    }
}
