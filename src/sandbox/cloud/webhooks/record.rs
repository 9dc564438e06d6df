//! What the cloud keeps of webhooks.

use crate::sandbox::cloud::events::Event;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Name of the ordinary kind of integration, the only one that the sandbox calls.
pub(super) const WEBHOOK: &str = "Webhook";

/// An integration: what is done when an event is published.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Webhook {
    /// 24 hexadecimal digits.
    pub id: String,
    /// Whose events it waits for.
    pub scope: WebhookScope,
    /// When it was made.
    pub created_at: Timestamp,
    /// Everything it was made with.
    pub settings: Map<String, Value>,
}

/// Whose events a webhook waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WebhookScope {
    /// An account's.
    Account(String),
    /// A product's.
    Product(u32),
}

impl Webhook {
    /// A setting that is a text with something in it.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.settings.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A setting that is a flag.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.settings.get(name).is_some_and(|value| value == true || value == "true")
    }

    /// What kind of integration it is.
    pub(super) fn kind(&self) -> &str {
        self.text("integration_type").unwrap_or(WEBHOOK)
    }

    /// The one device whose events it waits for. Programs write its name in two ways.
    pub(super) fn device(&self) -> Option<&str> {
        self.text("deviceID").or_else(|| self.text("deviceid"))
    }

    /// Whether an event sets it off. Events about webhooks do not.
    pub(super) fn waits_for(&self, event: &Event) -> bool {
        let ours = match &self.scope {
            WebhookScope::Account(account) => event.audience.account.as_ref() == Some(account),
            WebhookScope::Product(product) => event.audience.product == Some(*product),
        };
        ours && !event.is_by_cloud()
            && self.kind() == WEBHOOK
            && self.text("event").is_some_and(|prefix| event.name.starts_with(prefix))
            && self.device().is_none_or(|device| event.core_id.eq_ignore_ascii_case(device))
    }

    /// How the cloud describes it.
    pub(super) fn describe(&self) -> Value {
        let mut described = json!({
            "id": self.id,
            "event": self.text("event"),
            "created_at": format!("{:.3}", self.created_at),
            "integration_type": self.kind(),
        });
        for (name, value) in self.settings.iter().filter(|(name, _)| *name != "deviceid") {
            described[name.as_str()] = value.clone();
        }
        if let Some(device) = self.device() {
            described["deviceID"] = device.into();
        }
        described
    }
}
