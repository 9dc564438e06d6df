//! The templates of webhooks: `{{name}}` and `{{{name}}}`, a part of the Mustache language.

use super::super::events::Event;
use serde_json::{Map, Value};

/// What the names in a template stand for.
pub(super) struct Variables {
    values: Value,
}

impl Variables {
    /// The event's own variables, under the names of today and of old, and the members of its data if that is JSON.
    pub(super) fn of_event(event: &Event) -> Self {
        let data = event.data.as_deref().unwrap_or_default();
        let mut values = match serde_json::from_str(data) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        for prefix in ["PARTICLE", "SPARK"] {
            let device = if prefix == "SPARK" { "CORE" } else { "DEVICE" };
            values.insert(format!("{prefix}_{device}_ID"), event.core_id.as_str().into());
            values.insert(format!("{prefix}_EVENT_NAME"), event.name.as_str().into());
            values.insert(format!("{prefix}_EVENT_VALUE"), data.into());
            values.insert(format!("{prefix}_PUBLISHED_AT"), event.time().into());
        }
        Self { values: Value::Object(values) }
    }

    /// The members of an answer, if that is JSON.
    pub(super) fn of_answer(answer: &str) -> Self {
        Self { values: serde_json::from_str(answer).unwrap_or(Value::Null) }
    }

    /// The value at a path such as `list.0.name`, as text. What is not there is nothing.
    fn look_up(&self, path: &str) -> String {
        let pointer: String = path.split('.').map(|member| format!("/{member}")).collect();
        match self.values.pointer(&pointer) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        }
    }

    /// Fills in a text. Values between two braces are escaped for HTML, those between three are not.
    pub(super) fn fill(&self, template: &str) -> String {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, tag)) = rest.split_once("{{") {
            filled.push_str(before);
            let (end, raw) = if tag.starts_with('{') { ("}}}", true) } else { ("}}", false) };
            let Some((name, after)) = tag[usize::from(raw)..].split_once(end) else {
                filled.push_str("{{");
                rest = tag;
                continue;
            };
            let value = self.look_up(name.trim());
            filled.push_str(&if raw { value } else { escape_html(&value) });
            rest = after;
        }
        filled + rest
    }

    /// Fills in every text in a JSON value, names of members included.
    pub(super) fn fill_all(&self, template: &Value) -> Value {
        match template {
            Value::String(text) => self.fill(text).into(),
            Value::Array(items) => items.iter().map(|item| self.fill_all(item)).collect(),
            Value::Object(members) => self.fill_members(members).into(),
            value => value.clone(),
        }
    }

    /// Fills in every text in an object.
    pub(super) fn fill_members(&self, members: &Map<String, Value>) -> Map<String, Value> {
        members.iter().map(|(name, value)| (self.fill(name), self.fill_all(value))).collect()
    }
}

fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn fill(template: &str) -> String {
        let values = json!({ "name": "a<b", "list": [{ "x": 1 }], "none": null });
        Variables { values }.fill(template)
    }

    #[test]
    fn names_are_replaced_by_their_values() {
        assert_eq!(fill("{{name}} {{{name}}} {{ list.0.x }}"), "a&lt;b a<b 1");
        assert_eq!(fill("[{{none}}{{missing}}{{list.7.x}}]"), "[]");
        assert_eq!(fill("{{list.0}}"), "{&quot;x&quot;:1}");
    }

    #[test]
    fn what_is_no_tag_stays() {
        for text in ["{name}", "{{name", "{{{name}}", "}}", ""] {
            assert_eq!(fill(text), text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_filled_in(template in "[{}a. ü]{0,24}") {
            fill(&template);
        }
    }
}
