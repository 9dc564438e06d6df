//! The functions that a source text defines, and the types.

use super::mask::{Masked, is_word};
use std::{collections::HashSet, ops::Range};

/// Words that look like the name of a function in front of a parenthesis, or like its type in front of the name.
const NO_FUNCTION: &[&[u8]] = &[
    b"if",
    b"else",
    b"while",
    b"for",
    b"do",
    b"switch",
    b"catch",
    b"return",
    b"new",
    b"operator",
    b"template",
    b"typedef",
    b"using",
    b"auto",
    b"constexpr",
    b"friend",
    b"decltype",
];

/// What the code of a file defines, not counting what is in namespaces and classes.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    /// Heads of functions (`int f(char c)`) that can be declared ahead of everything, in order.
    pub functions: Vec<Range<usize>>,
    /// Heads of functions that are declared already.
    pub declared: Vec<Range<usize>>,
}

impl Definitions {
    /// Finds them. Functions that mention a type of the same file are left out: it is not known ahead.
    pub fn find(masked: &Masked) -> Self {
        let mut scan = Scan { masked, statement: 0, types: HashSet::new(), found: Self::default() };
        scan.run();
        let Scan { types, mut found, .. } = scan;
        found.functions.retain(|head| !words(&masked.code[head.clone()]).any(|word| types.contains(word)));
        found
    }
}

struct Scan<'a> {
    masked: &'a Masked,
    /// Where the current statement begins.
    statement: usize,
    types: HashSet<&'a [u8]>,
    found: Definitions,
}

impl<'a> Scan<'a> {
    fn run(&mut self) {
        let code = &self.masked.code;
        let mut place = 0;
        let mut parentheses = 0usize;
        while let Some(byte) = code.get(place) {
            match byte {
                b'(' => parentheses += 1,
                b')' => parentheses = parentheses.saturating_sub(1),
                b';' if parentheses == 0 => {
                    self.end_of_statement(place);
                    self.statement = place + 1;
                }
                b'{' => {
                    let end = behind_block(code, place);
                    if parentheses == 0 {
                        self.block(place, end);
                    }
                    place = end;
                    continue;
                }
                _ => {}
            }
            place += 1;
        }
    }

    /// A block has been passed, the body of something.
    fn block(&mut self, start: usize, end: usize) {
        let code: &'a [u8] = &self.masked.code;
        let head = &code[self.statement..start];
        self.types.extend(type_defined_by(head));
        if words(head).next() == Some(b"typedef") {
            return;
        }
        if let Some(function) = self.function_head(start) {
            self.found.functions.push(function);
            self.statement = end;
        } else if !head.contains(&b'=') {
            self.statement = end;
        }
    }

    fn end_of_statement(&mut self, end: usize) {
        let code: &'a [u8] = &self.masked.code;
        let statement = &code[self.statement..end];
        match words(statement).next() {
            Some(b"typedef") => self.types.extend(name_of_typedef(statement)),
            Some(b"using") => self.types.extend(words(statement).nth(1)),
            _ => {
                self.types.extend(type_defined_by(statement));
                self.found.declared.extend(self.function_head(end));
            }
        }
    }

    /// The head of the function whose body or semicolon is at `end`, if it is one that can be declared elsewhere:
    /// type, name and parameters, without default values.
    fn function_head(&self, end: usize) -> Option<Range<usize>> {
        let code = &self.masked.code;
        let text = trim_end(&code[self.statement..end]);
        let text = text.strip_suffix(b"noexcept").map_or(text, trim_end);
        let close = self.statement + text.len();
        if !text.ends_with(b")") {
            return None;
        }
        let open = opening(code, self.statement, close - 1)?;
        let name_end = self.statement + trim_end(&code[self.statement..open]).len();
        let name = word_before(code, self.statement, name_end)?;
        let start = start_of_type(code, self.statement, name.start);
        let typed = words(&code[start..name.start]).next().is_some();
        let excluded = words(&code[start..name.end]).any(|word| NO_FUNCTION.contains(&word));
        let member = trim_end(&code[start..name.start]).ends_with(b"::");
        let template = words(&code[self.statement..start]).any(|word| word == b"template");
        let defaults = code[open..close].contains(&b'=');
        let end = self.statement + trim_end(&code[self.statement..end]).len();
        let divided = self.masked.directives.iter().any(|line| line.start < end && start < line.end);
        let plain = typed && !excluded && !member && !template && !defaults && !divided;
        plain.then_some(start..end)
    }
}

/// Goes behind the brace that closes the one at `open`, or to the end.
fn behind_block(code: &[u8], open: usize) -> usize {
    let mut depth = 0usize;
    for (index, byte) in code.iter().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return index + 1,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// The parenthesis that the one at `close` closes.
fn opening(code: &[u8], start: usize, close: usize) -> Option<usize> {
    let mut depth = 0usize;
    for index in (start..=close).rev() {
        match code[index] {
            b')' => depth += 1,
            b'(' if depth == 1 => return Some(index),
            b'(' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn word_before(code: &[u8], start: usize, end: usize) -> Option<Range<usize>> {
    let length = code[start..end].iter().rev().take_while(|byte| is_word(**byte)).count();
    let word = end - length..end;
    (length > 0 && !code[word.start].is_ascii_digit()).then_some(word)
}

/// Where the type in front of a name begins: behind the last thing that can be in no type, such as a macro's `)`.
fn start_of_type(code: &[u8], start: usize, end: usize) -> usize {
    let in_type = |byte: u8| is_word(byte) || byte.is_ascii_whitespace() || b"*&:<>,\"".contains(&byte);
    let length = code[start..end].iter().rev().take_while(|byte| in_type(**byte)).count();
    let text = &code[end - length..end];
    end - text.trim_ascii_start().len()
}

/// The name of the class, structure, union or enumeration that a statement begins to define or announces.
fn type_defined_by(statement: &[u8]) -> Option<&[u8]> {
    const KINDS: &[&[u8]] = &[b"struct", b"class", b"union", b"enum"];
    if statement.contains(&b'(') {
        return None;
    }
    let mut words = words(statement).skip_while(|word| !KINDS.contains(word));
    words.next()?;
    words.find(|word| !KINDS.contains(word))
}

/// `typedef ... NAME;`, and `typedef ... (*NAME)(...);`
fn name_of_typedef(statement: &[u8]) -> Option<&[u8]> {
    match statement.windows(2).position(|two| two == b"(*") {
        Some(pointer) => words(&statement[pointer..]).next(),
        None => words(statement).last(),
    }
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !is_word(*byte)).filter(|word| !word.is_empty())
}

fn trim_end(text: &[u8]) -> &[u8] {
    text.trim_ascii_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions(source: &str) -> Vec<&str> {
        let found = Definitions::find(&Masked::new(source.as_bytes()));
        found.functions.into_iter().map(|head| &source[head]).collect()
    }

    #[test]
    fn plain_functions() {
        assert_eq!(
            functions("void setup() {\n if (x) { }\n}\nvoid loop()\n{\n}"),
            ["void setup()", "void loop()"]
        );
        assert_eq!(functions("static unsigned long long f(const char* s, int a[3]) {}").len(), 1);
        assert_eq!(functions("std::vector<int>* f(void (*callback)(int), String& s) {}").len(), 1);
        assert_eq!(functions("extern \"C\" void isr() noexcept {}"), ["extern \"C\" void isr() noexcept"]);
    }

    #[test]
    fn macros_in_front_do_not_belong_to_the_type() {
        assert_eq!(functions("SYSTEM_MODE(MANUAL)\nvoid setup() {}"), ["void setup()"]);
        assert_eq!(functions("STARTUP(WiFi.on()); void setup() {}"), ["void setup()"]);
        assert_eq!(functions("__attribute__((used)) int f() {}"), ["int f()"]);
    }

    #[test]
    fn what_cannot_be_declared_ahead() {
        for source in [
            "class A { void f() {} };",
            "namespace n { void f() {} }",
            "extern \"C\" { void f() {} }",
            "A::A() {}",
            "void A::f() {}",
            "void A::f() const {}",
            "template <typename T> T f(T t) {}",
            "void f(int a = 1) {}",
            "auto f() {}",
            "int a[] = { 1 };",
            "auto f = [](int a) { return a; };",
            "int a{1};",
            "bool operator==(int a, int b) {}",
            "#define F(x) void x() {}\n",
            "void f(\n#ifdef X\nint a\n#endif\n) {}",
            "// void f() {}\n/* void g() {} */ const char* s = \"void h() {\";",
            "SerialLogHandler handler(LOG_LEVEL, {{\"app\", LOG_LEVEL}});",
        ] {
            assert_eq!(functions(source), <[&str; 0]>::default(), "{source}");
        }
    }

    #[test]
    fn types_of_the_file_are_not_known_ahead() {
        for definition in [
            "struct P { int x; };",
            "class P : public Q { };",
            "enum class P : int { A };",
            "typedef struct { int x; } P;",
            "typedef int P;",
            "typedef void (*P)(int);",
            "using P = int;",
            "struct P;",
        ] {
            let source = format!("{definition}\nP f() {{}}\nvoid g(P* p) {{}}\nint h() {{}}");
            assert_eq!(functions(&source), ["int h()"], "{definition}");
        }
    }

    #[test]
    fn declarations() {
        let source = "void f(int a);\nextern int g(); int x = f(1);";
        let found = Definitions::find(&Masked::new(source.as_bytes()));
        let declared: Vec<&str> = found.declared.into_iter().map(|head| &source[head]).collect();
        assert_eq!(declared, ["void f(int a)", "extern int g()"]);
    }
}
