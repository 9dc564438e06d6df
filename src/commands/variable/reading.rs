//! What was read from a variable.

use super::source::Source;
use crate::{
    cloud::{DeviceScope, Session},
    commands::{CommandError, CommandResult},
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

/// A variable's value at a time, or why it could not be read.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reading {
    pub device: String,
    pub variable: String,
    /// When the device was asked.
    pub time: Timestamp,
    pub value: Value,
    pub error: Option<String>,
}

impl Reading {
    /// Asks the device.
    pub(super) async fn take(
        session: &Session<'_>,
        scope: DeviceScope<'_>,
        source: &Source,
        time: Timestamp,
    ) -> CommandResult<Self> {
        match session.variables(scope).read(&source.device, &source.variable).await {
            Ok(value) => Ok(Self::new(source, time, value)),
            Err(error) => Err(source.explain(session, scope, error).await),
        }
    }

    /// A value that was read.
    pub(super) fn new(source: &Source, time: Timestamp, value: Value) -> Self {
        let Source { device, variable } = source.clone();
        Self { device, variable, time, value, error: None }
    }

    /// A value that could not be read.
    pub(super) fn failed(source: &Source, time: Timestamp, error: &CommandError) -> Self {
        Self { error: Some(error.message().to_owned()), ..Self::new(source, time, Value::Null) }
    }

    /// The value as a person or a script reads it: texts without quotes, whole numbers without a fraction.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match &self.value {
            Value::String(text) => Cow::Borrowed(text),
            Value::Number(number) => match number.as_f64() {
                Some(value) if number.is_f64() => Cow::Owned(value.to_string()),
                _ => Cow::Owned(number.to_string()),
            },
            other => Cow::Owned(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_shown_as_they_are() {
        let source = Source { device: "x".into(), variable: "v".into() };
        for (value, text) in [
            (json!(72.1), "72.1"),
            (json!(22.0), "22"),
            (json!(-1), "-1"),
            (json!(true), "true"),
            (json!(null), "null"),
            (json!("21 °C, sunny"), "21 °C, sunny"),
            (json!({ "a": [1] }), r#"{"a":[1]}"#),
        ] {
            assert_eq!(Reading::new(&source, Timestamp::UNIX_EPOCH, value).text(), text);
        }
    }
}
