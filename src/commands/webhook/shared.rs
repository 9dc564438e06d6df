//! What the commands for integrations have in common.

use crate::cloud::{Integration, IntegrationScope, WEBHOOK};

/// The kinds of integration the cloud has.
const KINDS: [&str; 4] = [WEBHOOK, "GoogleMaps", "GoogleCloudPubSub", "AzureIotHub"];

/// What the person calls the things that these commands are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noun {
    Webhook,
    Integration,
}

impl Noun {
    /// Those of a list that are meant. Webhooks are one kind of integration, others are meant only if they are named.
    pub fn select(self, all: Vec<Integration>, kind: Option<&str>) -> Vec<Integration> {
        let kind = match self {
            Self::Webhook => Some(kind.unwrap_or(WEBHOOK)),
            Self::Integration => kind,
        };
        all.into_iter().filter(|item| kind.is_none_or(|kind| item.kind() == kind)).collect()
    }

    /// The line above a list.
    pub fn found(self, count: usize) -> String {
        match self {
            Self::Webhook => format!("Found {count} hooks registered"),
            Self::Integration => format!("Found {count} integrations registered"),
        }
    }
}

/// Whose integrations a command is about.
#[derive(Debug, clap::Args)]
pub(super) struct ScopeArgs {
    /// Those of a product, by id or slug, instead of your own
    #[arg(long)]
    product: Option<String>,
    /// Those of an organization, by slug, instead of your own
    #[arg(long, value_name = "SLUG", conflicts_with = "product")]
    org: Option<String>,
}

impl ScopeArgs {
    pub fn scope(&self) -> IntegrationScope<'_> {
        match (&self.product, &self.org) {
            (Some(product), _) => IntegrationScope::Product(product),
            (None, Some(organization)) => IntegrationScope::Organization(organization),
            (None, None) => IntegrationScope::Account,
        }
    }
}

/// A kind of integration as people write it, in any case of letters.
pub(super) fn kind(text: &str) -> Result<&'static str, String> {
    let found = KINDS.into_iter().find(|kind| kind.eq_ignore_ascii_case(text));
    found.ok_or_else(|| format!("Invalid integration type \"{text}\". Valid types are: {}", KINDS.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integration(json: &str) -> Integration {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn webhooks_are_what_says_so_and_what_says_nothing() {
        let all = || {
            vec![
                integration(r#"{"id":"old"}"#),
                integration(r#"{"id":"new","integration_type":"Webhook"}"#),
                integration(r#"{"id":"maps","integration_type":"GoogleMaps"}"#),
            ]
        };
        let ids = |noun: Noun, kind: Option<&str>| -> Vec<String> {
            noun.select(all(), kind).into_iter().map(|item| item.id).collect()
        };
        assert_eq!(ids(Noun::Webhook, None), ["old", "new"]);
        assert_eq!(ids(Noun::Webhook, Some("GoogleMaps")), ["maps"]);
        assert_eq!(ids(Noun::Integration, None), ["old", "new", "maps"]);
    }

    #[test]
    fn kinds_are_known_in_any_case() {
        assert_eq!(kind("googlemaps"), Ok("GoogleMaps"));
        assert!(kind("Slack").unwrap_err().starts_with("Invalid integration type \"Slack\""));
    }
}
