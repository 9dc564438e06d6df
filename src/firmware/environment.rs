//! Environment variables that go to the device along with the application.
//!
//! Names and limits: `binary-version-reader`, `moduleEncoding.js`; the message: device-os-protobuf, `EnvVars`.

use super::Asset;
use prost::Message;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// Name of the asset that takes them to the device.
const ASSET_NAME: &str = "env-vars";
/// The most bytes that asset may have.
const MAX_SIZE: usize = 16 * 1024;
const MAX_NAME_LENGTH: usize = 128;
/// The most variables that there may be.
const MAX_COUNT: usize = 100;

/// Why these cannot be environment variables.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// The text is no JSON.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// The document is something else.
    #[error("it is not a JSON object of names and texts")]
    NotAnObject,
    /// A name with other characters, or too many.
    #[error(
        "{0:?} cannot be the name of a variable: capital letters, digits and underscores make one, of up to 128"
    )]
    Name(String),
    /// A value that is no text.
    #[error("the value of {0} is not a text")]
    NotText(String),
    /// More variables than a device takes.
    #[error("there are {0} variables, and a device takes {MAX_COUNT}")]
    TooMany(usize),
    /// More bytes than a device takes.
    #[error("names and values are {0} bytes long together, and a device takes {MAX_SIZE}")]
    TooLarge(usize),
}

/// Environment variables, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentVariables(Vec<(String, String)>);

/// What a device reads.
#[derive(Clone, PartialEq, Message)]
struct EnvVars {
    #[prost(message, repeated, tag = "1")]
    variables: Vec<Variable>,
}

#[derive(Clone, PartialEq, Message)]
struct Variable {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    value: String,
}

impl EnvironmentVariables {
    /// Reads the JSON object in which people write them.
    pub fn parse(json: &[u8]) -> Result<Self, EnvironmentError> {
        let Value::Object(members) = serde_json::from_slice(json)? else {
            return Err(EnvironmentError::NotAnObject);
        };
        if members.len() > MAX_COUNT {
            return Err(EnvironmentError::TooMany(members.len()));
        }
        let variables: Result<Vec<_>, _> = members.into_iter().map(variable).collect();
        let variables = Self(variables?);
        match variables.encode().len() {
            size if size > MAX_SIZE => Err(EnvironmentError::TooLarge(size)),
            _ => Ok(variables),
        }
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The JSON object in which people read them.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }

    /// The file in which they go to the device.
    pub fn to_asset(&self) -> Asset {
        Asset { name: ASSET_NAME.to_owned(), data: self.encode() }
    }

    fn encode(&self) -> Vec<u8> {
        let variable = |(name, value): (&str, &str)| Variable { name: name.into(), value: value.into() };
        EnvVars { variables: self.iter().map(variable).collect() }.encode_to_vec()
    }
}

impl Serialize for EnvironmentVariables {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = self.iter().map(|(name, value)| (name.to_owned(), Value::from(value)));
        members.collect::<Map<String, Value>>().serialize(serializer)
    }
}

fn variable((name, value): (String, Value)) -> Result<(String, String), EnvironmentError> {
    let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let starts_well = name.starts_with(|c: char| !c.is_ascii_digit());
    if !starts_well || name.len() > MAX_NAME_LENGTH || !name.chars().all(allowed) {
        return Err(EnvironmentError::Name(name));
    }
    match value {
        Value::String(value) => Ok((name, value)),
        _ => Err(EnvironmentError::NotText(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(json: &str) -> Result<EnvironmentVariables, String> {
        EnvironmentVariables::parse(json.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_asset_is_the_message_that_devices_read() {
        let variables = parse(r#"{"B": "1", "_A2": ""}"#).unwrap();
        let asset = variables.to_asset();
        assert_eq!(asset.name, "env-vars");
        assert_eq!(asset.data, b"\x0a\x06\x0a\x01B\x12\x011\x0a\x05\x0a\x03_A2");
        assert_eq!(variables.to_json().unwrap(), b"{\n  \"B\": \"1\",\n  \"_A2\": \"\"\n}");
    }

    #[test]
    fn what_a_device_would_not_take_is_refused() {
        for (json, complaint) in [
            ("[]", "not a JSON object"),
            (r#"{"a": "x"}"#, "\"a\" cannot be the name"),
            (r#"{"1A": "x"}"#, "cannot be the name"),
            (r#"{"": "x"}"#, "cannot be the name"),
            (r#"{"A": 1}"#, "the value of A is not a text"),
            ("{", "EOF"),
        ] {
            let error = parse(json).unwrap_err();
            assert!(error.contains(complaint), "{error}");
        }
        let long = format!(r#"{{"A": "{}"}}"#, "x".repeat(MAX_SIZE));
        assert!(parse(&long).unwrap_err().contains("bytes long together"));
        let many: Map<String, Value> = (0..101).map(|number| (format!("A{number}"), "".into())).collect();
        assert!(parse(&Value::from(many).to_string()).unwrap_err().contains("101 variables"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(json in "[{}\\[\\]\":,A-Z0-9_a ]{0,30}") {
            if let Ok(variables) = parse(&json) {
                let again = EnvironmentVariables::parse(&variables.to_json().unwrap()).unwrap();
                prop_assert_eq!(again, variables);
            }
        }
    }
}
