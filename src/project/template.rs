//! What new projects and libraries begin with.

use super::{Properties, Syntax};

/// A file to be made: its name, with `/` between folders, and what is in it.
pub type NewFile = (String, String);

/// The files of a new project.
pub fn project(name: &str) -> Vec<NewFile> {
    let source = "\
#include \"Particle.h\"

// Connect to the cloud by itself, and run setup() and loop() meanwhile.
SYSTEM_MODE(AUTOMATIC);
SYSTEM_THREAD(ENABLED);

// Show what is logged on the serial console: `particle serial monitor --follow`
SerialLogHandler logHandler(LOG_LEVEL_INFO);

// Runs once, when the device starts.
void setup() {
}

// Runs over and over again.
void loop() {
}
";
    let readme = format!(
        "\
# {name}

Firmware for a [Particle](https://docs.particle.io) device.

| what | where |
| --- | --- |
| the program | `src/{name}.ino` |
| name and libraries used | `project.properties` |
| libraries of your own, and changed ones | `lib/NAME/src` |

## Compile and flash

    particle compile photon
    particle flash my_device

Name your own kind of device, or the device itself.

## Libraries

    particle library search NAME
    particle library add NAME

Then `#include \"NAME.h\"` in the program.
"
    );
    vec![
        ("project.properties".into(), format!("name={name}\n#assetOtaDir=assets\n#env=env.json\n")),
        ("README.md".into(), readme),
        (format!("src/{name}.ino"), source.into()),
    ]
}

/// Fields of `library.properties`. Those that are not known become a commented line with a hint.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs, reason = "each is the field of its name")]
pub struct LibraryFields<'a> {
    pub name: &'a str,
    pub version: Option<&'a str>,
    pub author: Option<&'a str>,
    pub license: Option<&'a str>,
    pub sentence: Option<&'a str>,
    pub url: Option<&'a str>,
    pub repository: Option<&'a str>,
    pub architectures: Option<&'a str>,
}

impl LibraryFields<'_> {
    /// The text of the file.
    pub fn to_text(self) -> String {
        let fields = [
            ("name", Some(self.name), ""),
            ("version", self.version, "version of this library, like 1.0.0"),
            ("author", self.author, "who wrote this library"),
            ("license", self.license, "the licence of this library, like MIT"),
            ("sentence", self.sentence, "what this library is for, in one sentence"),
            ("paragraph", None, "more about it; shown behind the sentence"),
            ("url", self.url, "web page of this library"),
            (
                "repository",
                self.repository,
                "where its sources are, like https://github.com/me/my_library.git",
            ),
            (
                "architectures",
                self.architectures,
                "boards it is limited to, like particle-photon,particle-electron",
            ),
        ];
        let mut text = String::new();
        for (field, value, hint) in fields {
            let mut line = Properties::parse("", Syntax::Java);
            match value {
                Some(value) => line.set(field, value),
                None => line = Properties::parse(&format!("# {field}={hint}\n"), Syntax::Java),
            }
            text.push_str(&line.to_text());
        }
        text
    }
}

/// The files of a new library.
pub fn library(name: &str, version: &str, author: &str, year: i16) -> Vec<NewFile> {
    let fields =
        LibraryFields { name, version: Some(version), author: Some(author), ..LibraryFields::default() };
    let properties =
        format!("# Fill in what is missing and take the # away in front of it.\n{}", fields.to_text());
    let class = class_name(name);
    vec![
        ("library.properties".into(), properties),
        ("README.md".into(), library_readme(name, &class)),
        (
            "LICENSE".into(),
            format!("Copyright {year} {author}\n\nPut the text of the licence of your choice here.\n"),
        ),
        (format!("src/{name}.cpp"), library_source(name, &class)),
        (format!("src/{name}.h"), library_header(name, &class, author)),
        ("examples/usage/usage.ino".into(), library_example(name, &class)),
    ]
}

/// The name of a library without what cannot be in the name of a class, with a capital letter in front.
fn class_name(name: &str) -> String {
    let mut name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    // A class cannot begin with a digit, a library can.
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("Lib{name}") } else { name }
}

fn instance_name(class: &str) -> String {
    let mut name = class.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    name
}

fn library_readme(name: &str, class: &str) -> String {
    let example = library_example(name, class);
    format!(
        "\
# {name}

A library for [Particle](https://docs.particle.io) devices.

## Use

    particle library add {name}

```cpp
{example}```

## Change

The sources are in `src`, an example is in `examples/usage`. Compile the example with

    particle compile photon examples/usage

Upload a private version with `particle library upload`, and let everybody use it with
`particle library publish {name}`. Each version can be published once: change it in `library.properties`.
"
    )
}

fn library_header(name: &str, class: &str, author: &str) -> String {
    let author = author.replace(['\r', '\n'], " ");
    format!(
        "\
#pragma once

// {name}, by {author}

#include \"Particle.h\"

class {class} {{
public:
    /// To be called from setup().
    void begin();

    /// To be called from loop().
    void process();
}};
"
    )
}

fn library_source(name: &str, class: &str) -> String {
    format!(
        "\
#include \"{name}.h\"

// Hardware can be used from here on; in a constructor it is too early.
void {class}::begin() {{
    Serial.println(\"{name}: begin\");
}}

void {class}::process() {{
}}
"
    )
}

fn library_example(name: &str, class: &str) -> String {
    let instance = instance_name(class);
    format!(
        "\
#include \"{name}.h\"

{class} {instance};

void setup() {{
    {instance}.begin();
}}

void loop() {{
    {instance}.process();
}}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_named_after_libraries() {
        for (library, class, instance) in [
            ("doorbell", "Doorbell", "doorbell"),
            ("my-lib+x", "Mylibx", "mylibx"),
            ("My_Lib", "My_Lib", "my_Lib"),
            ("3d", "Lib3d", "lib3d"),
        ] {
            assert_eq!((class_name(library).as_str(), instance_name(class).as_str()), (class, instance));
        }
    }

    #[test]
    fn fields_that_are_not_known_are_hinted_at() {
        let text =
            LibraryFields { name: "a", sentence: Some("one\ntwo"), ..LibraryFields::default() }.to_text();
        assert!(text.starts_with("name=a\n# version=") && text.contains("\nsentence=one\\ntwo\n"), "{text}");
    }
}
