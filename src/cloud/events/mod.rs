//! Events: publishing them, and the streams they come out of.

mod decoder;
mod event;
mod feed;
mod subscription;

pub use event::Event;
pub use feed::Feed;
pub use subscription::{News, Subscription};

use super::{CloudError, Session, request::Request};
use serde::Serialize;

/// The events of an account and of its products.
pub struct Events<'s> {
    session: &'s Session<'s>,
}

/// The body of a request to publish.
#[derive(Serialize)]
struct Publication<'p> {
    name: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'p str>,
    private: bool,
}

impl<'s> Events<'s> {
    pub(super) fn new(session: &'s Session<'_>) -> Self {
        Self { session }
    }

    /// Publishes an event to the account's devices and streams, or to the streams of a product.
    pub async fn publish(
        &self,
        product: Option<&str>,
        name: &str,
        data: Option<&str>,
    ) -> Result<(), CloudError> {
        let path = match product {
            Some(product) => vec!["v1", "products", product, "events"],
            None => vec!["v1", "devices", "events"],
        };
        // There are no public events any more, but servers of old take what does not say so for one.
        let publication = Publication { name, data, private: true };
        self.session.done(&Request::post(&path).json(&publication)).await
    }

    /// Subscribes to the events of a feed, or to those whose names begin with `prefix`. Nothing is sent before the
    /// subscription is asked for news.
    pub fn subscribe(&self, feed: Feed, prefix: Option<String>) -> Subscription<'s> {
        Subscription::new(self.session, feed, prefix)
    }
}
