//! What comes out of an event stream.

use super::decoder::Message;
use serde::Serialize;
use serde_json::{Map, Value};

/// An event as the cloud tells it: `data`, `ttl`, `published_at`, `coreid`, whatever else it has to say, and at the end
/// the event's `name`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Event(Map<String, Value>);

impl Event {
    /// What was published with the event, if anything.
    pub fn data(&self) -> Option<&str> {
        self.0.get("data")?.as_str()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.text("name")
    }

    /// The id of the device that published it.
    pub fn core_id(&self) -> &str {
        self.text("coreid")
    }

    fn text(&self, member: &str) -> &str {
        self.0.get(member).and_then(Value::as_str).unwrap_or_default()
    }

    /// Reads a message of the stream. One without a name is none of ours, and is `None`.
    pub(super) fn read(message: Message) -> Option<Result<Self, serde_json::Error>> {
        let name = message.event?;
        Some(serde_json::from_str(&message.data).map(|mut members: Map<String, Value>| {
            members.insert("name".to_owned(), name.into());
            Self(members)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(event: Option<&str>, data: &str) -> Option<Result<Event, serde_json::Error>> {
        Event::read(Message { event: event.map(str::to_owned), data: data.to_owned() })
    }

    #[test]
    fn the_name_stands_last_and_nothing_is_lost() {
        let event = read(Some("led"), r#"{"data":"ON","ttl":60,"new":[1,"ü"]}"#).unwrap().unwrap();
        let line = serde_json::to_string(&event).unwrap();
        assert_eq!(line, r#"{"data":"ON","ttl":60,"new":[1,"ü"],"name":"led"}"#);
        assert_eq!(event.data(), Some("ON"));
        let nothing = read(Some("led"), r#"{"name":"x","data":null}"#).unwrap().unwrap();
        assert_eq!(serde_json::to_string(&nothing).unwrap(), r#"{"name":"led","data":null}"#);
        assert_eq!(nothing.data(), None);
    }

    #[test]
    fn what_is_no_event_is_told_apart() {
        assert!(read(None, "{}").is_none());
        for data in ["", "[1]", "ON", "{\"data\":"] {
            assert!(read(Some("led"), data).unwrap().is_err(), "{data}");
        }
    }
}
