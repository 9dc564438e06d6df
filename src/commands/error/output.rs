//! Errors of the terminal and of waiting.

use super::{CommandError, Kind};
use crate::{
    clock::Stop,
    ui::{OutputError, PromptError},
};

impl From<OutputError> for CommandError {
    fn from(error: OutputError) -> Self {
        let kind = match error {
            OutputError::Closed => Kind::OutputClosed,
            OutputError::Failed(_) => Kind::Failed,
        };
        Self::caused_by(kind, error)
    }
}

impl From<PromptError> for CommandError {
    fn from(error: PromptError) -> Self {
        let kind = match error {
            PromptError::NoTerminal { .. } => Kind::Usage,
            PromptError::Interrupted => Kind::Interrupted,
            PromptError::Failed(_) => Kind::Failed,
        };
        Self::caused_by(kind, error)
    }
}

impl From<Stop> for CommandError {
    fn from(stop: Stop) -> Self {
        let kind = match stop {
            Stop::Interrupted => Kind::Interrupted,
            Stop::TimedOut => Kind::Timeout,
        };
        Self::caused_by(kind, stop)
    }
}
