//! What is asked of a cloud.

use crate::{secret::Secret, settings::Setting};
use reqwest::Method;
use serde::Serialize;
use std::{borrow::Cow, time::Duration};
use url::Url;
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
    pub field: Cow<'static, str>,
    /// The name of the file it is, if it is one. May be a relative path.
    pub file: Option<String>,
    pub content: Vec<u8>,
}

impl Part {
    /// A field with a text in it.
    pub fn text(field: &'static str, text: impl Into<String>) -> Self {
        Self { field: field.into(), file: None, content: text.into().into_bytes() }
    }

    /// A field with a file in it.
    pub fn file(field: impl Into<Cow<'static, str>>, name: impl Into<String>, content: Vec<u8>) -> Self {
        Self { field: field.into(), file: Some(name.into()), content }
    }
}

/// What a request is about.
pub(super) enum Target<'r> {
    /// A resource of the cloud, by the segments of its path.
    Resource(Vec<&'r str>),
    /// Something on the web, and what named it. Tokens and passwords are not sent there, unless it is the cloud after
    /// all.
    Address(Setting<Url>),
}

/// One request, before it is known where to and with which token it goes.
pub(super) struct Request<'r> {
    pub method: Method,
    pub target: Target<'r>,
    /// What stands behind the question mark of the address.
    pub query: Vec<(&'static str, String)>,
    /// Name and password of an account, for the few requests that a token will not do for.
    pub account: Option<(&'r str, &'r Secret)>,
    pub body: Body,
    /// The first byte of the answer that is wanted; what comes before it is there already.
    pub from: usize,
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

    /// Asks for a part of a resource to be changed, which is as good done twice as once.
    pub fn patch(segments: &[&'r str]) -> Self {
        Self { repeatable: true, ..Self::new(Method::PATCH, segments) }
    }

    /// Asks for a resource to be deleted. A repetition meets a resource that is gone, which would look like a failure,
    /// so it is not repeated by itself.
    pub fn delete(segments: &[&'r str]) -> Self {
        Self::new(Method::DELETE, segments)
    }

    /// Asks for a file on the web.
    pub fn address(address: Setting<Url>) -> Self {
        Self { target: Target::Address(address), ..Self::get(&[]) }
    }

    fn new(method: Method, segments: &[&'r str]) -> Self {
        Self {
            method,
            target: Target::Resource(segments.to_vec()),
            query: Vec::new(),
            account: None,
            body: Body::Empty,
            from: 0,
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

    /// Wants the answer from this byte on.
    pub fn from(mut self, first: usize) -> Self {
        self.from = first;
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

    /// May take this long to be answered.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// May not be sent again by itself, for it does more when it is done twice.
    pub fn once(mut self) -> Self {
        self.repeatable = false;
        self
    }

    /// May be sent again after a failure on the way.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }
}
