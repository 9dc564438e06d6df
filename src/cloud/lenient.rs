//! Reading what servers write where there is nothing, or something else than they should.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;

/// For `deserialize_with`: null is as good as nothing.
pub(super) fn null_is_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// For `deserialize_with`: the texts in a list, whatever else is in it or in place of it.
pub(super) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => items.into_iter().filter_map(into_text).collect(),
        _ => Vec::new(),
    })
}

/// For `deserialize_with`: the members of an object that are texts, whatever else is in it or in place of it.
pub(super) fn text_members<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Object(members) => {
            members.into_iter().filter_map(|(name, value)| Some((name, into_text(value)?))).collect()
        }
        _ => BTreeMap::new(),
    })
}

fn into_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}
