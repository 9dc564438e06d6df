//! What is asked of a cloud.

use crate::secret::Secret;
use reqwest::Method;
use serde::Serialize;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long an ordinary answer may take.
const ORDINARY_LIMIT: Duration = Duration::from_secs(60);

/// What a request carries.
pub(super) enum Body {
    /// Nothing.
    Empty,
    /// `application/x-www-form-urlencoded`, encoded.
    Form(Zeroizing<String>),
    /// `application/json`, encoded.
    Json(Zeroizing<String>),
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
}

/// One part of a body of several.
pub(super) struct Part {
    /// The field it stands for.
    pub field: &'static str,
    /// The name of the file it is, if it is one.
    pub file: Option<&'static str>,
    pub content: Vec<u8>,
}

/// One request, before it is known where to and with which token it goes.
pub(super) struct Request<'r> {
    pub method: Method,
    pub segments: Vec<&'r str>,
    /// What stands behind the question mark of the address.
    pub query: Vec<(&'static str, String)>,
    /// Name and password of an account, for the few requests that a token will not do for.
    pub account: Option<(&'r str, &'r Secret)>,
    pub body: Body,
    /// Whether sending it twice does no more than sending it once.
    pub repeatable: bool,
    /// How long the whole answer may take, in real time; `None` for one that is not meant to end.
    pub limit: Option<Duration>,
}

impl<'r> Request<'r> {
    /// Asks for a resource.
    pub fn get(segments: &[&'r str]) -> Self {
        Self { repeatable: true, ..Self::new(Method::GET, segments) }
    }

    /// Asks for a stream. Whoever reads it decides how long that may take.
    pub fn stream(segments: &[&'r str]) -> Self {
        Self { limit: None, ..Self::new(Method::GET, segments) }
    }

    /// Asks for something to be done.
    pub fn post(segments: &[&'r str]) -> Self {
        Self::new(Method::POST, segments)
    }

    /// Asks for a resource to be changed. The changes asked for here say what is to be, so that twice is the same as
    /// once.
    pub fn put(segments: &[&'r str]) -> Self {
        Self { repeatable: true, ..Self::new(Method::PUT, segments) }
    }

    /// Asks for a resource to be deleted. A repetition meets a resource that is gone, which would look like a failure,
    /// so it is not repeated by itself.
    pub fn delete(segments: &[&'r str]) -> Self {
        Self::new(Method::DELETE, segments)
    }

    fn new(method: Method, segments: &[&'r str]) -> Self {
        Self {
            method,
            segments: segments.to_vec(),
            query: Vec::new(),
            account: None,
            body: Body::Empty,
            repeatable: false,
            limit: Some(ORDINARY_LIMIT),
        }
    }

    /// Says more about what is wanted, in the address.
    pub fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Comes from whoever knows the password of an account.
    pub fn account(mut self, username: &'r str, password: &'r Secret) -> Self {
        self.account = Some((username, password));
        self
    }

    /// Carries parts, such as files.
    pub fn multipart(mut self, parts: Vec<Part>) -> Self {
        self.body = Body::Multipart(parts);
        self
    }

    /// Carries form fields.
    pub fn form<K: AsRef<str>, V: AsRef<str>>(mut self, fields: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.body = Body::Form(Zeroizing::new(form.finish()));
        self
    }

    /// Carries a JSON document.
    pub fn json(mut self, document: &impl Serialize) -> Self {
        // What is sent are texts, numbers and lists of them, which all have a form in JSON.
        self.body = Body::Json(Zeroizing::new(serde_json::to_string(document).unwrap_or_default()));
        self
    }

    /// May be sent again after a failure on the way.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }
}
