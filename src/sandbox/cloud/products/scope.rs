//! Whose product an address is about.

use super::Product;
use crate::sandbox::cloud::{DeviceRecord, Records, SharedCloud, credentials::Caller, error::ApiError};
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{StatusCode, request::Parts},
};

/// The product named by `{product}` in the path, which the caller manages. A handler that takes it cannot be reached
/// otherwise.
pub(in crate::sandbox::cloud) struct ProductScope {
    /// Who is asking.
    pub(in crate::sandbox::cloud) caller: Caller,
    /// The product's number.
    pub(in crate::sandbox::cloud) id: u32,
}

impl FromRequestParts<SharedCloud> for ProductScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, cloud: &SharedCloud) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, cloud).await?;
        let path = RawPathParams::from_request_parts(parts, cloud).await.map_err(|_| unknown_product())?;
        let named = path.iter().find_map(|(name, value)| (name == "product").then_some(value));
        let records = cloud.records();
        let product = named.and_then(|named| records.product(named)).ok_or_else(unknown_product)?;
        if product.owner != caller.username {
            let error = ApiError::failure(StatusCode::FORBIDDEN, "Permission Denied");
            return Err(error.with("info", "You are not on the team of this product"));
        }
        Ok(Self { id: product.id, caller })
    }
}

fn unknown_product() -> ApiError {
    ApiError::failure(StatusCode::NOT_FOUND, "Product not found")
}

impl ProductScope {
    /// The product.
    pub(in crate::sandbox::cloud) fn product<'r>(
        &self,
        records: &'r Records,
    ) -> Result<&'r Product, ApiError> {
        records.products.iter().find(|product| product.id == self.id).ok_or_else(unknown_product)
    }

    /// A device of the product, by its id in any case of letters. Names will not do here.
    pub(in crate::sandbox::cloud) fn device(
        &self,
        records: &Records,
        id: &str,
    ) -> Result<DeviceRecord, ApiError> {
        let product = self.product(records)?;
        let device = id.parse().ok().and_then(|id| product.device(records, &id));
        device.ok_or_else(|| ApiError::failure(StatusCode::NOT_FOUND, "Device not found for this product"))
    }

    /// Changes the product.
    pub(in crate::sandbox::cloud) fn product_mut<'r>(
        &self,
        records: &'r mut Records,
    ) -> Result<&'r mut Product, ApiError> {
        records.products.iter_mut().find(|product| product.id == self.id).ok_or_else(unknown_product)
    }
}
