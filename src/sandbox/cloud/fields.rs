//! Request bodies: the cloud takes forms and JSON objects alike.

use super::error::ApiError;
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header::CONTENT_TYPE},
};
use serde_json::{Map, Value};

/// The members of a request body.
pub(super) struct Fields {
    members: Map<String, Value>,
    is_form: bool,
}

impl Fields {
    /// Reads a body of the given content type. A missing body has no members.
    pub(super) fn parse(content_type: &str, body: &[u8]) -> Result<Self, ApiError> {
        let refused = |message: &str| ApiError::failure(StatusCode::BAD_REQUEST, message);
        let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_form = media_type == "application/x-www-form-urlencoded";
        let members = match media_type.as_str() {
            _ if body.is_empty() => Map::new(),
            "application/x-www-form-urlencoded" => url::form_urlencoded::parse(body)
                .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
                .collect(),
            "application/json" => {
                serde_json::from_slice(body).map_err(|_| refused("the body is no JSON object"))?
            }
            _ => return Err(refused("the body must be application/json or a form")),
        };
        Ok(Self { members, is_form })
    }

    /// Whether the body came as a form.
    pub(super) fn is_form(&self) -> bool {
        self.is_form
    }

    /// All members.
    pub(super) fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// A member, whatever it is.
    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// A member that is a text with something in it.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// The texts of a member that is a list.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let items = self.members.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    }

    /// A member that says yes or no, as JSON or as a form writes it.
    pub(super) fn flag(&self, name: &str) -> bool {
        match self.members.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => matches!(text.as_str(), "true" | "1"),
            _ => false,
        }
    }

    /// A member that is a whole number, as JSON or as a form writes it.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        match self.members.get(name)? {
            Value::String(text) => text.parse().ok(),
            value => value.as_u64(),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|error| ApiError::failure(error.status(), "the body cannot be read"))?;
        Self::parse(&content_type, &body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_and_json_say_the_same() {
        let form = Fields::parse("application/x-www-form-urlencoded; charset=utf-8", b"a=x%20y&n=5&f=true");
        let json = Fields::parse("application/json", br#"{"a": "x y", "n": 5, "f": true}"#);
        for fields in [form.unwrap(), json.unwrap()] {
            assert_eq!(fields.text("a"), Some("x y"));
            assert_eq!(fields.number("n"), Some(5));
            assert!(fields.flag("f") && !fields.flag("a"));
        }
        assert!(Fields::parse("text/plain", b"a=b").is_err());
        assert!(Fields::parse("application/json", b"[1]").is_err());
    }

    proptest! {
        #[test]
        fn any_body_is_read_or_refused(json: bool, body: Vec<u8>) {
            let media_type = if json { "application/json" } else { "application/x-www-form-urlencoded" };
            let _ = Fields::parse(media_type, &body);
        }
    }
}
