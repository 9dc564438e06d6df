//! The one room that speaks to the terminal.
//!
//! What a script reads goes to standard output; progress, notes, warnings, hints and prompts go to standard error.
//! Nothing here knows what a device or a key is.

mod output;
mod page;
mod progress;
mod prompt;
mod terminal_text;
mod time;

pub use output::{ColorChoice, OutputError, Ui, UiOptions};
pub use page::{Page, Report, escape_controls};
pub use progress::Progress;
pub use prompt::PromptError;
pub use terminal_text::TerminalText;
pub use time::{local_time, local_time_in_words};
