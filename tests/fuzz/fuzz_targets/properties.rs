//! `.properties` files: any text is kept as it is, and a value that is set can be read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use particle::project::{Properties, Syntax};

fuzz_target!(|text: &str| {
    for syntax in [Syntax::Plain, Syntax::Java] {
        let mut properties = Properties::parse(text, syntax);
        assert_eq!(properties.to_text(), text);
        properties.set("version", "1.2.3");
        let again = Properties::parse(&properties.to_text(), syntax);
        assert_eq!(again.get("version").as_deref(), Some("1.2.3"));
    }
});
