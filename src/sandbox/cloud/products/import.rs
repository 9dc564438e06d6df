//! Putting devices into a product: one or many, by whatever identifies them.

use super::ProductScope;
use crate::{
    platform::DeviceId,
    sandbox::{
        bench::DeviceView,
        cloud::{CloudState, Records, error::ApiError, fields::Fields},
    },
};
use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::{StatusCode, header::CONTENT_TYPE},
};
use serde_json::{Value, json};

/// The devices that a request names.
pub(super) struct Import(Vec<String>);

impl<S: Send + Sync> FromRequest<S> for Import {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let content_type = request.headers().get(CONTENT_TYPE).map(|value| value.as_bytes().to_owned());
        let identifiers = if content_type.is_some_and(|kind| kind.starts_with(b"multipart/form-data")) {
            let parts = Multipart::from_request(request, state).await;
            let parts = parts.map_err(|_| refused("the form cannot be read"))?;
            from_parts(parts).await?
        } else {
            from_fields(&Fields::from_request(request, state).await?)?
        };
        if identifiers.is_empty() {
            return Err(refused("no device ids were given"));
        }
        Ok(Self(identifiers))
    }
}

/// One `id`, or several `ids`.
fn from_fields(fields: &Fields) -> Result<Vec<String>, ApiError> {
    check_method(fields.text("import_method"))?;
    let one = fields.text("id").map(str::to_owned);
    Ok(one.into_iter().chain(fields.texts("ids")).collect())
}

/// The lines of a file, or one `id`.
async fn from_parts(mut parts: Multipart) -> Result<Vec<String>, ApiError> {
    let unreadable = |error: MultipartError| ApiError::failure(error.status(), "the form cannot be read");
    let mut identifiers = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        let text = part.text().await.map_err(unreadable)?;
        match name.as_str() {
            "file" | "id" => {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                identifiers.extend(lines.map(str::to_owned));
            }
            "import_method" => check_method(Some(&text))?,
            _ => {}
        }
    }
    Ok(identifiers)
}

fn check_method(method: Option<&str>) -> Result<(), ApiError> {
    match method {
        None | Some("one" | "many") => Ok(()),
        Some(_) => Err(refused("import_method must be one or many")),
    }
}

fn refused(text: &str) -> ApiError {
    ApiError::failure(StatusCode::BAD_REQUEST, text)
}

/// What became of the devices.
#[derive(Default)]
struct Outcome {
    updated: Vec<DeviceId>,
    existing: Vec<DeviceId>,
    /// Devices of people who have nothing to do with the product.
    nonmember: Vec<DeviceId>,
    invalid: Vec<String>,
}

/// What may become of one device.
enum Fate {
    Updated,
    Existing,
    Nonmember,
    Invalid,
}

impl Import {
    /// Carries it out, and gives the answer to it.
    pub(super) fn carry_out(self, cloud: &CloudState, scope: &ProductScope) -> Result<Value, ApiError> {
        let bench = cloud.bench().devices();
        let outcome = cloud.update(|records| {
            let mut outcome = Outcome::default();
            for identifier in self.0 {
                let Some(id) = identify(&bench, &identifier) else {
                    outcome.invalid.push(identifier);
                    continue;
                };
                match put(records, scope, &id)? {
                    Fate::Updated => outcome.updated.push(id),
                    Fate::Existing => outcome.existing.push(id),
                    Fate::Nonmember => outcome.nonmember.push(id),
                    Fate::Invalid => outcome.invalid.push(identifier),
                }
            }
            Ok::<_, ApiError>(outcome)
        })?;
        Ok(json!({
            "updated": outcome.updated.len(),
            "updatedDeviceIds": outcome.updated,
            "existingDeviceIds": outcome.existing,
            "nonmemberDeviceIds": outcome.nonmember,
            "invalidDeviceIds": outcome.invalid,
        }))
    }
}

/// The device with this id, serial number, IMEI or ICCID. Every id of the right form is taken for that of a device
/// somewhere; the other numbers lead to devices on the bench only.
fn identify(bench: &[DeviceView], identifier: &str) -> Option<DeviceId> {
    identifier.parse().ok().or_else(|| {
        let is_meant = |device: &&DeviceView| {
            let labels = [&device.serial_number, &device.imei, &device.iccid];
            labels.into_iter().flatten().any(|label| label == identifier)
        };
        bench.iter().find(is_meant).map(|device| device.id.clone())
    })
}

/// Puts one device into the product, unless it is something else or in another one.
fn put(records: &mut Records, scope: &ProductScope, id: &DeviceId) -> Result<Fate, ApiError> {
    let platform = scope.product(records)?.platform_id;
    if let Some(product) = records.product_of(id) {
        return Ok(if product.id == scope.id { Fate::Existing } else { Fate::Invalid });
    }
    match records.device(id) {
        Some(device) if device.platform_id != platform => return Ok(Fate::Invalid),
        Some(device) if device.owner.as_ref().is_some_and(|owner| *owner != scope.caller.username) => {
            return Ok(Fate::Nonmember);
        }
        _ => {}
    }
    scope.product_mut(records)?.members.insert(id.clone(), super::Member::default());
    Ok(Fate::Updated)
}
