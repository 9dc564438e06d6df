//! `/v1/integrations`: what the cloud does when an event is published. The ordinary kind is the webhook.

use super::{CloudError, Session, request::Request};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Whose integrations a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntegrationScope<'p> {
    /// The account's.
    Account,
    /// Those of a product, given by its id or slug.
    Product(&'p str),
    /// Those of an organization, given by its slug.
    Organization(&'p str),
}

impl<'p> IntegrationScope<'p> {
    /// The path of the integrations, or of the one with this id.
    fn path(self, id: Option<&'p str>) -> Vec<&'p str> {
        let mut path = match self {
            Self::Account => vec!["v1"],
            Self::Product(product) => vec!["v1", "products", product],
            Self::Organization(organization) => vec!["v1", "orgs", organization],
        };
        path.push("integrations");
        path.extend(id);
        path
    }
}

/// An integration in a list.
#[derive(Clone, Debug, Deserialize)]
pub struct Integration {
    /// Its id.
    pub id: String,
    /// How the names of the events begin that set it off.
    #[serde(default)]
    pub event: Option<String>,
    /// What it calls. Not every kind calls a URL.
    #[serde(default)]
    pub url: Option<String>,
    /// The one device whose events set it off.
    #[serde(default, rename = "deviceID", alias = "deviceid")]
    pub device: Option<String>,
    /// When it was made, in the words of the cloud.
    #[serde(default)]
    pub created_at: Option<String>,
    #[serde(default)]
    integration_type: Option<String>,
}

impl Integration {
    /// Its kind. Servers that know webhooks only do not say so.
    pub fn kind(&self) -> &str {
        self.integration_type.as_deref().unwrap_or(WEBHOOK)
    }
}

/// The kind of integration that calls a URL.
pub const WEBHOOK: &str = "Webhook";

/// The integrations of an account, a product or an organization.
pub struct Integrations<'s> {
    session: &'s Session<'s>,
    scope: IntegrationScope<'s>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Created {
    Plain(Id),
    Nested { integration: Id },
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum List {
    Plain(Vec<Integration>),
    Nested {
        #[serde(alias = "webhooks")]
        integrations: Vec<Integration>,
    },
}

impl<'s> Integrations<'s> {
    pub(super) fn new(session: &'s Session<'_>, scope: IntegrationScope<'s>) -> Self {
        Self { session, scope }
    }

    /// All of them.
    pub async fn list(&self) -> Result<Vec<Integration>, CloudError> {
        Ok(match self.session.json(&Request::get(&self.scope.path(None))).await? {
            List::Plain(integrations) | List::Nested { integrations } => integrations,
        })
    }

    /// Makes one with these members; gives its id.
    pub async fn create(&self, members: &Map<String, Value>) -> Result<String, CloudError> {
        let request = Request::post(&self.scope.path(None)).json(members);
        Ok(match self.session.json(&request).await? {
            Created::Plain(created) | Created::Nested { integration: created } => created.id,
        })
    }

    /// Everything the cloud tells of one.
    pub async fn get(&self, id: &str) -> Result<Map<String, Value>, CloudError> {
        let mut answer: Map<String, Value> =
            self.session.json(&Request::get(&self.scope.path(Some(id)))).await?;
        // What it did lately stands beside it.
        let nested =
            ["integration", "webhook"].into_iter().find_map(|member| match answer.remove(member)? {
                Value::Object(members) => Some(members),
                _ => None,
            });
        Ok(nested.unwrap_or(answer))
    }

    /// Deletes one; it does nothing any more from now on.
    pub async fn delete(&self, id: &str) -> Result<(), CloudError> {
        self.session.done(&Request::delete(&self.scope.path(Some(id)))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scope_has_its_path() {
        assert_eq!(IntegrationScope::Account.path(None).join("/"), "v1/integrations");
        let product = IntegrationScope::Product("p-1").path(Some("id"));
        assert_eq!(product.join("/"), "v1/products/p-1/integrations/id");
        assert_eq!(IntegrationScope::Organization("acme").path(None).join("/"), "v1/orgs/acme/integrations");
    }

    #[test]
    fn lists_come_plain_and_nested() {
        let item = r#"{"id":"1","deviceID":"d","integration_type":null,"new":{}}"#;
        for list in [
            format!("[{item}]"),
            format!(r#"{{"integrations":[{item}]}}"#),
            format!(r#"{{"ok":true,"webhooks":[{item}]}}"#),
        ] {
            let (List::Plain(list) | List::Nested { integrations: list }) =
                serde_json::from_str(&list).unwrap();
            assert_eq!((list[0].device.as_deref(), list[0].kind()), (Some("d"), WEBHOOK));
        }
    }

    #[test]
    fn the_id_of_a_new_one_stands_in_one_of_two_places() {
        for answer in [r#"{"ok":true,"id":"1"}"#, r#"{"integration":{"id":"1","event":"e"}}"#] {
            let (Created::Plain(created) | Created::Nested { integration: created }) =
                serde_json::from_str(answer).unwrap();
            assert_eq!(created.id, "1");
        }
    }
}
