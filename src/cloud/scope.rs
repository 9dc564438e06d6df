//! Where devices are found: `/v1/devices`, or below a product.

/// Whose devices a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceScope<'p> {
    /// The account's.
    Account,
    /// Those of a product, given by its id or slug.
    Product(&'p str),
}

impl<'p> DeviceScope<'p> {
    /// The path of the devices, or with `rest` of something below them.
    pub(super) fn path(self, rest: &[&'p str]) -> Vec<&'p str> {
        let mut path = match self {
            Self::Account => vec!["v1", "devices"],
            Self::Product(product) => vec!["v1", "products", product, "devices"],
        };
        path.extend(rest);
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_has_devices_of_its_own() {
        assert_eq!(DeviceScope::Account.path(&["id", "fn"]), ["v1", "devices", "id", "fn"]);
        assert_eq!(DeviceScope::Product("p-1").path(&["id"]), ["v1", "products", "p-1", "devices", "id"]);
    }
}
