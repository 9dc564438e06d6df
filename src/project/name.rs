//! Names and versions of projects and libraries.

/// What is said of a name that will not do.
pub const NAME_RULE: &str = "must only contain letters, numbers, dashes, underscores and plus signs.";
/// What is said of a version that will not do.
pub const VERSION_RULE: &str = "must be formatted like 1.0.0";
/// What is said of a text that is missing.
pub const BLANK_RULE: &str = "can't be blank";

/// What is wrong with a name, if anything.
pub fn problem_with_name(name: &str) -> Option<&'static str> {
    let begins_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    let goes_on_well = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '+'));
    match (name.trim().is_empty(), begins_well && goes_on_well) {
        (true, _) => Some(BLANK_RULE),
        (false, false) => Some(NAME_RULE),
        (false, true) => None,
    }
}

/// What is wrong with a version, if anything.
pub fn problem_with_version(version: &str) -> Option<&'static str> {
    let parts: Vec<&str> = version.split('.').collect();
    let numbers = parts.iter().all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()));
    match version.trim().is_empty() {
        true => Some(BLANK_RULE),
        false => (parts.len() != 3 || !numbers).then_some(VERSION_RULE),
    }
}

/// What is wrong with a text that has to be there, if anything.
pub fn problem_with_text(text: &str) -> Option<&'static str> {
    text.trim().is_empty().then_some(BLANK_RULE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in ["doorbell", "my-lib_2+x", "3d"] {
            assert_eq!(problem_with_name(name), None, "{name}");
        }
        for name in ["my lib", "-lib", "_lib", "a/b", "..", "grün", "a=b"] {
            assert_eq!(problem_with_name(name), Some(NAME_RULE), "{name}");
        }
        assert_eq!(problem_with_name(" "), Some(BLANK_RULE));
    }

    #[test]
    fn versions() {
        assert_eq!(problem_with_version("0.10.2"), None);
        for version in ["1", "1.0", "1.0.0-rc.1", "v1.0.0", "1..0", "1.0.0.0"] {
            assert_eq!(problem_with_version(version), Some(VERSION_RULE), "{version}");
        }
        assert_eq!(problem_with_version(""), Some(BLANK_RULE));
    }
}
