//! Where events are listened for.

/// Whose events a subscription is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feed {
    /// Those of the account's devices.
    Account,
    /// Those the account may see, wherever they come from. Needs a prefix.
    Firehose,
    /// Those of one device of the account, by id or name.
    Device(String),
    /// Those of a product, by id or slug.
    Product(String),
    /// Those of one device of a product.
    ProductDevice {
        /// Id or slug of the product.
        product: String,
        /// Id of the device.
        device: String,
    },
}

impl Feed {
    /// The path of the stream with the events whose names begin with `prefix`.
    pub(super) fn path<'f>(&'f self, prefix: Option<&'f str>) -> Vec<&'f str> {
        let mut path = match self {
            Self::Account => vec!["v1", "devices", "events"],
            Self::Firehose => vec!["v1", "events"],
            Self::Device(device) => vec!["v1", "devices", device, "events"],
            Self::Product(product) => vec!["v1", "products", product, "events"],
            Self::ProductDevice { product, device } => {
                vec!["v1", "products", product, "devices", device, "events"]
            }
        };
        path.extend(prefix);
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feed_has_its_path() {
        let path = |feed: Feed, prefix: Option<&str>| feed.path(prefix).join("/");
        let (product, device) = ("12345".to_owned(), "id".to_owned());
        assert_eq!(path(Feed::Account, None), "v1/devices/events");
        assert_eq!(path(Feed::Firehose, Some("temp")), "v1/events/temp");
        assert_eq!(path(Feed::Device("kitchen".into()), Some("temp")), "v1/devices/kitchen/events/temp");
        assert_eq!(path(Feed::Product(product.clone()), None), "v1/products/12345/events");
        let feed = Feed::ProductDevice { product, device };
        assert_eq!(path(feed, Some("a")), "v1/products/12345/devices/id/events/a");
    }
}
