//! Libraries that need others in turn.

use super::reference::Reference;
use crate::commands::{CommandError, CommandResult, Kind};
use std::collections::{HashSet, VecDeque};

/// Most libraries that one leads to. A cloud that names more is not to be followed for ever.
const MOST_LIBRARIES: usize = 100;

/// The libraries that are wanted and all that they need: each once, however often it is named, and the one that was
/// named first.
pub(super) struct Needs {
    waiting: VecDeque<Need>,
    known: HashSet<String>,
}

/// A library that is to be looked at.
pub(super) struct Need {
    pub library: Reference,
    /// Whether another library needs it; else somebody named it.
    pub indirect: bool,
}

impl Needs {
    /// Begins with what somebody named.
    pub fn of(libraries: impl IntoIterator<Item = Reference>) -> Self {
        let mut needs = Self { waiting: VecDeque::new(), known: HashSet::new() };
        needs.push(libraries, false);
        needs
    }

    /// Adds what a library needs.
    pub fn add(&mut self, libraries: impl IntoIterator<Item = Reference>) {
        self.push(libraries, true);
    }

    fn push(&mut self, libraries: impl IntoIterator<Item = Reference>, indirect: bool) {
        for library in libraries {
            if self.known.insert(library.name.to_ascii_lowercase()) {
                self.waiting.push_back(Need { library, indirect });
            }
        }
    }

    /// The next library to look at.
    pub fn next(&mut self) -> CommandResult<Option<Need>> {
        if self.known.len() > MOST_LIBRARIES {
            let message = format!("These are more than {MOST_LIBRARIES} libraries that need each other");
            return Err(CommandError::new(Kind::Failed, message));
        }
        Ok(self.waiting.pop_front())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> Reference {
        text.parse().unwrap()
    }

    #[test]
    fn libraries_that_need_each_other_come_to_an_end() {
        let mut needs = Needs::of([reference("a")]);
        let mut seen = Vec::new();
        while let Some(need) = needs.next().unwrap() {
            seen.push((need.library.to_string(), need.indirect));
            needs.add(["B@1.0.0", "A@2.0.0", "b@3.0.0"].map(reference));
        }
        assert_eq!(seen, [("a".to_owned(), false), ("B@1.0.0".to_owned(), true)]);
    }

    #[test]
    fn a_cloud_without_end_is_not_followed() {
        let mut needs = Needs::of((0..=MOST_LIBRARIES).map(|number| reference(&format!("lib{number}"))));
        assert!(needs.next().is_err());
    }
}
