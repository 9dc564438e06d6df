//! The HTTP request that a webhook makes of an event.

use super::{record::Webhook, template::Variables};
use crate::sandbox::cloud::events::Event;
use reqwest::{Client, Method, RequestBuilder, Url};
use serde_json::{Map, Value, json};
use url::Host;

/// A request ready to be sent, or why there can be none.
pub(super) fn request(client: &Client, hook: &Webhook, event: &Event) -> Result<RequestBuilder, String> {
    let variables = Variables::of_event(event);
    let url = variables.fill(hook.text("url").unwrap_or_default());
    let url: Url = url.parse().map_err(|error| format!("the URL is none: {error}"))?;
    if !is_loopback(&url) {
        return Err("the sandbox calls addresses of this computer only".to_owned());
    }
    let method = hook.text("requestType").unwrap_or("POST").to_ascii_uppercase();
    let method: Method = method.parse().map_err(|_| "the requestType is no method".to_owned())?;
    let content = Content { hook, variables, event };
    let mut request = client.request(method.clone(), url);
    request = request.query(&content.query(&method));
    for (name, value) in content.members("headers").unwrap_or_default() {
        request = request.header(name, text_of(&value));
    }
    let auth = content.members("auth").unwrap_or_default();
    if let Some(username) = auth.get("username").and_then(Value::as_str) {
        request = request.basic_auth(username, auth.get("password").and_then(Value::as_str));
    }
    Ok(content.body(request, &method))
}

/// The parts of a request that are made of templates.
struct Content<'h> {
    hook: &'h Webhook,
    variables: Variables,
    event: &'h Event,
}

impl Content<'_> {
    /// A setting with members, filled in.
    fn members(&self, name: &str) -> Option<Map<String, Value>> {
        Some(self.variables.fill_members(self.hook.settings.get(name)?.as_object()?))
    }

    /// What is sent without being asked for, unless that was ruled out.
    fn defaults(&self) -> Map<String, Value> {
        let defaults = json!({
            "event": self.event.name,
            "data": self.event.data.as_deref().unwrap_or_default(),
            "coreid": self.event.core_id,
            "published_at": self.event.time(),
        });
        match defaults {
            Value::Object(members) if !self.hook.flag("noDefaults") => members,
            _ => Map::new(),
        }
    }

    fn with_defaults(&self, members: Map<String, Value>) -> Map<String, Value> {
        let mut all = self.defaults();
        all.extend(members);
        all
    }

    /// A request without body has the defaults in its query.
    fn query(&self, method: &Method) -> Vec<(String, String)> {
        let query = self.members("query").unwrap_or_default();
        pairs(if *method == Method::GET { self.with_defaults(query) } else { query })
    }

    fn body(&self, request: RequestBuilder, method: &Method) -> RequestBuilder {
        let settings = &self.hook.settings;
        if *method == Method::GET {
            request
        } else if let Some(body) = settings.get("body").and_then(Value::as_str) {
            request.body(self.variables.fill(body))
        } else if let Some(json) = self.members("json") {
            request.json(&self.with_defaults(json))
        } else if let Some(json) = settings.get("json").filter(|json| !json.is_boolean() && !json.is_null()) {
            request.json(&self.variables.fill_all(json))
        } else {
            request.form(&pairs(self.with_defaults(self.members("form").unwrap_or_default())))
        }
    }
}

fn pairs(members: Map<String, Value>) -> Vec<(String, String)> {
    members.into_iter().map(|(name, value)| (name, text_of(&value))).collect()
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Nobody else's computer may be called because of what somebody tries out in a sandbox.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_computer_is_called() {
        let called = |url: &str| is_loopback(&url.parse().unwrap());
        assert!(called("http://127.0.0.1:80/x") && called("http://[::1]/") && called("https://localhost/"));
        assert!(!called("http://localhost.example.com/") && !called("http://10.0.0.1/"));
        assert!(!called("file:///etc/passwd"));
    }
}
