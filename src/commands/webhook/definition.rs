//! What an integration is made of, from arguments or from a file.

use crate::{
    cloud::WEBHOOK,
    commands::{CommandError, CommandResult, Kind},
};
use serde_json::{Map, Value};
use std::{fs, io::ErrorKind, path::Path};

/// Names that files have for members, and the cloud's own.
const OLD_NAMES: [(&str, &str); 3] =
    [("eventName", "event"), ("deviceID", "deviceid"), ("deviceId", "deviceid")];

/// The members of an integration as they are sent to the cloud. Those that this program does not know are sent along.
#[derive(Debug)]
pub(super) struct Definition(Map<String, Value>);

impl Definition {
    /// Out of members as a file or the command line has them. A kind named on the command line beats that of a file.
    pub fn new(mut members: Map<String, Value>, kind: Option<&str>) -> CommandResult<Self> {
        for (old, name) in OLD_NAMES {
            if let Some(value) = members.get(old).filter(|_| !members.contains_key(name)).cloned() {
                members.shift_remove(old);
                members.insert(name.to_owned(), value);
            }
        }
        if kind.is_some() || !members.contains_key("integration_type") {
            members.insert("integration_type".to_owned(), kind.unwrap_or(WEBHOOK).into());
        }
        let definition = Self(members);
        if definition.text("event").is_none() {
            return Err(CommandError::new(Kind::Usage, "Please specify an event name"));
        }
        definition.complete()
    }

    /// A webhook needs a URL, and to some clouds also a method.
    fn complete(mut self) -> CommandResult<Self> {
        if self.kind() == Some(WEBHOOK) {
            if self.text("url").is_none() {
                return Err(CommandError::new(Kind::Usage, "Please specify a url"));
            }
            self.0.entry("requestType").or_insert_with(|| "POST".into());
        }
        Ok(self)
    }

    pub fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    /// How the names of the events begin that set it off.
    pub fn event(&self) -> Option<&str> {
        self.text("event")
    }

    /// What kind of integration it is.
    pub fn kind(&self) -> Option<&str> {
        self.text("integration_type")
    }

    /// What it calls.
    pub fn url(&self) -> Option<&str> {
        self.text("url")
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|text| !text.is_empty())
    }
}

/// The members in a file.
pub(super) fn read(path: &Path) -> CommandResult<Map<String, Value>> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => CommandError::new(Kind::NotFound, format!("{shown} is not found.")),
        _ => CommandError::caused_by(Kind::Failed, error).context(shown.to_string()),
    })?;
    parse(&text).map_err(|problem| {
        CommandError::new(Kind::Failed, format!("{shown}:{problem}"))
            .hint("Please check your .json file for syntax error.")
    })
}

/// Reads JSON as it stands in the documents: with comment lines, and a backslash before the braces of a template, which
/// is left over from how the documents are made. A failure begins with line and column.
fn parse(text: &str) -> Result<Map<String, Value>, String> {
    let text = text.trim_start_matches('\u{feff}');
    let lines: Vec<&str> = text.lines().collect();
    // No text in JSON goes over a line break, so nothing that begins a line is part of one.
    let readable = |line: &&str| match line.trim_start().starts_with('#') {
        true => String::new(),
        false => line.replace(r"\{{", "{{"),
    };
    let json = lines.iter().map(readable).collect::<Vec<_>>().join("\n");
    serde_json::from_str(&json).map_err(|error| {
        let line = lines.get(error.line().saturating_sub(1)).copied().unwrap_or_default();
        let problem = error.to_string();
        let problem = problem.split(" at line ").next().unwrap_or_default();
        format!("{}:{}: {problem}", error.line(), original_column(line, error.column()))
    })
}

/// The column in the file for one in what was read of it.
fn original_column(line: &str, column: usize) -> usize {
    let left_out = line.match_indices(r"\{{").enumerate();
    column + left_out.take_while(|(before, (position, _))| position - before < column).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn object(json: Value) -> Map<String, Value> {
        json.as_object().unwrap().clone()
    }

    #[test]
    fn old_names_are_given_the_clouds_own_and_the_rest_is_kept() {
        let file =
            json!({ "eventName": "e", "url": "u", "deviceID": "d", "_": {"x": [1]}, "mydevices": true });
        let definition = Definition::new(object(file), None).unwrap();
        let expected = json!({
            "url": "u", "_": {"x": [1]}, "mydevices": true, "event": "e", "deviceid": "d",
            "integration_type": "Webhook", "requestType": "POST",
        });
        assert_eq!(Value::Object(definition.0), expected);
        let both = json!({ "event": "e", "eventName": "x", "url": "u", "requestType": "GET" });
        let definition = Definition::new(object(both), None).unwrap();
        assert_eq!((definition.event(), definition.text("requestType")), (Some("e"), Some("GET")));
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = |members: Value, kind: Option<&str>| {
            Definition::new(object(members), kind).map_err(|error| error.message().to_owned())
        };
        assert_eq!(missing(json!({ "url": "u" }), None).unwrap_err(), "Please specify an event name");
        assert_eq!(missing(json!({ "event": "e" }), None).unwrap_err(), "Please specify a url");
        let maps =
            missing(json!({ "event": "e", "integration_type": "Webhook" }), Some("GoogleMaps")).unwrap();
        assert_eq!((maps.kind(), maps.text("requestType")), (Some("GoogleMaps"), None));
    }

    #[test]
    fn comment_lines_and_escaped_braces_are_read_as_they_are_meant() {
        let file = "\u{feff}# A webhook\r\n{\r\n  # two\n \"a\": \"\\{{X}} # no comment \\\"\", \"b\": \"\\{{{Y}}}\"\n}\n";
        assert_eq!(
            Value::Object(parse(file).unwrap()),
            json!({ "a": "{{X}} # no comment \"", "b": "{{{Y}}}" })
        );
    }

    #[test]
    fn what_is_wrong_is_found_where_it_stands() {
        let problem = |text: &str| parse(text).unwrap_err();
        assert_eq!(problem("# x\n{\n  \"a\": 1,\n}\n"), "4:1: trailing comma");
        assert_eq!(problem("{\n \"a\": \"\\{{X}}\" 1}"), "2:16: expected `,` or `}`");
        assert_eq!(problem(""), "1:0: EOF while parsing a value");
        assert!(problem("[1]").starts_with("1:0: invalid type: sequence"), "{}", problem("[1]"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[#{}\\[\\]\":,\\\\a\n\r\u{feff} ]{0,40}") {
            let _ = parse(&text);
        }
    }
}
