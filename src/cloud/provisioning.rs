//! `/v1/provisioning/ID`: the public keys that the cloud holds for devices.

use super::{CloudError, Session, request::Request};
use crate::platform::{DeviceId, KeyAlgorithm};
use jiff::Timestamp;

/// The keys that the cloud holds for devices.
pub struct Provisioning<'s> {
    session: &'s Session<'s>,
}

impl<'s> Provisioning<'s> {
    pub(super) fn new(session: &'s Session<'_>) -> Self {
        Self { session }
    }

    /// Gives the cloud a device's public key (SPKI in PEM), in place of the one it holds. `product` is the product id
    /// for a device that is to be recorded as a member of one.
    ///
    /// May be repeated: the same key twice is the same as once.
    pub async fn send_public_key(
        &self,
        device: &DeviceId,
        public_key_pem: &str,
        algorithm: KeyAlgorithm,
        product: Option<&str>,
    ) -> Result<(), CloudError> {
        let order = format!("manual_{}", Timestamp::now().as_millisecond());
        let mut fields = vec![
            ("deviceID", device.as_str()),
            ("publicKey", public_key_pem),
            ("order", &order),
            ("filename", "cli"),
            ("algorithm", algorithm.cloud_name()),
        ];
        fields.extend(product.map(|product| ("product_id", product)));
        let request = Request::post(&["v1", "provisioning", device.as_str()]).form(fields).repeatable();
        self.session.done(&request).await
    }
}
