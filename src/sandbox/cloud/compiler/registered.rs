//! What code registers with the cloud.

use super::scan::Source;

/// The names that calls of `Particle.METHOD("name", ...)` register, in their order.
pub(super) fn names(sources: &[Source<'_>], method: &str) -> Vec<String> {
    let mut names = Vec::new();
    for source in sources {
        for at in source.places_of(method) {
            if let Some(name) = name_at(source, at, method).filter(|name| !names.contains(name)) {
                names.push(name);
            }
        }
    }
    names
}

fn name_at(source: &Source<'_>, at: usize, method: &str) -> Option<String> {
    let object = source.code[..at].trim_end().strip_suffix('.')?.trim_end();
    if !object.ends_with("Particle") && !object.ends_with("Spark") {
        return None;
    }
    let arguments = source.text[at + method.len()..].trim_start().strip_prefix('(')?;
    let (name, _) = arguments.trim_start().strip_prefix('"')?.split_once('"')?;
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registrations_are_read_and_comments_are_not() {
        let code = r#"
            Particle.function("brew", brewCoffee);
            Particle . function( "pour", &Machine::pour, this);
            // Particle.function("tea", tea);
            other.function("x", y);
            Spark.variable("cups", cups);
        "#;
        let sources = [Source::new("a.ino", code.as_bytes())];
        assert_eq!(names(&sources, "function"), ["brew", "pour"]);
        assert_eq!(names(&sources, "variable"), ["cups"]);
    }
}
