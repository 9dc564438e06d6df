//! What code registers with the cloud.

use super::scan::Source;

/// A call that registers something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Registration {
    /// The name for the cloud.
    pub(super) name: String,
    /// The function or variable; empty if it has no name in the code.
    pub(super) what: String,
}

/// The calls of `Particle.METHOD("name", what)`, in their order, the first of each name.
pub(super) fn calls(sources: &[Source<'_>], method: &str) -> Vec<Registration> {
    let mut calls: Vec<Registration> = Vec::new();
    for source in sources {
        for at in source.places_of(method) {
            let call = call_at(source, at, method);
            if let Some(call) = call.filter(|call| calls.iter().all(|known| known.name != call.name)) {
                calls.push(call);
            }
        }
    }
    calls
}

fn call_at(source: &Source<'_>, at: usize, method: &str) -> Option<Registration> {
    let object = source.code[..at].trim_end().strip_suffix('.')?.trim_end();
    if !object.ends_with("Particle") && !object.ends_with("Spark") {
        return None;
    }
    let arguments = source.text[at + method.len()..].trim_start().strip_prefix('(')?;
    let (name, rest) = arguments.trim_start().strip_prefix('"')?.split_once('"')?;
    let rest = rest.trim_start().strip_prefix(',').unwrap_or_default().trim_start();
    // Of `&Machine::pour` the last part.
    let what = rest.split([',', ')']).next().unwrap_or_default().rsplit([':', '&', ' ']).next();
    let what = what.filter(|what| what.chars().all(|c| c.is_alphanumeric() || c == '_'));
    Some(Registration { name: name.to_owned(), what: what.unwrap_or_default().to_owned() })
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
        let call = |name: &str, what: &str| Registration { name: name.to_owned(), what: what.to_owned() };
        assert_eq!(calls(&sources, "function"), [call("brew", "brewCoffee"), call("pour", "pour")]);
        assert_eq!(calls(&sources, "variable"), [call("cups", "cups")]);
    }
}
