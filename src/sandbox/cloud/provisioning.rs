//! `POST /v1/provisioning/ID`: a device gets another public key.

use super::{SharedCloud, credentials::Caller, error::ApiError, fields::Fields, records::RegisteredKey};
use crate::{
    keys::PublicKey,
    platform::{DeviceId, KeyAlgorithm},
};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::post,
};
use serde_json::{Value, json};

/// Size of the RSA keys that devices have.
const RSA_BITS: usize = 1024;

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new().route("/v1/provisioning/{id}", post(provision))
}

async fn provision(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    let id: DeviceId = id.parse().map_err(|_| refused("The path must end with a device id"))?;
    if cloud.records().device_of(&caller.username, id.as_str()).is_none() {
        return Err(ApiError::unknown_device());
    }
    let named = fields.text("deviceID").is_none_or(|named| named.eq_ignore_ascii_case(id.as_str()));
    if !named {
        return Err(refused("deviceID is not the device of the path"));
    }
    let key = registered_key(&fields)?;
    cloud.update(|records| {
        if let Some(device) = records.device_mut(&id) {
            device.key = Some(key);
        }
    });
    Ok(Json(json!({ "ok": true, "id": id })))
}

/// The key in a request, if it is one a device can have.
fn registered_key(fields: &Fields) -> Result<RegisteredKey, ApiError> {
    let pem = fields.text("publicKey").ok_or_else(|| refused("publicKey is missing"))?;
    if !pem.trim_start().starts_with("-----BEGIN PUBLIC KEY-----") {
        return Err(refused("publicKey is not a PEM public key"));
    }
    let key = PublicKey::from_pem_or_der(pem.as_bytes())
        .map_err(|_| refused("publicKey cannot be read as a public key"))?;
    let algorithm = match fields.text("algorithm") {
        None | Some("rsa") => KeyAlgorithm::Rsa,
        Some("ecc") => KeyAlgorithm::Ec,
        Some(_) => return Err(refused("algorithm must be rsa or ecc")),
    };
    if key.algorithm() != algorithm {
        return Err(refused("publicKey is not a key of the algorithm given"));
    }
    if algorithm == KeyAlgorithm::Rsa && key.bits() != RSA_BITS {
        return Err(refused("an RSA key must have 1024 bits"));
    }
    Ok(RegisteredKey { algorithm, pem: key.to_pem() })
}

fn refused(message: &str) -> ApiError {
    ApiError::failure(StatusCode::BAD_REQUEST, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    // openssl ecparam -name prime256v1 -genkey -noout | openssl ec -pubout
    const EC: &str = "-----BEGIN PUBLIC KEY-----\n\
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE16SI1EieFg2Ei+uw8kxDNGEQ0Z+t
\
        iiAb0TCO6ZSCfyds6vsnlMbYakXiELOgYNP3n0sVJoio6Cu93lNf+R64Eg==
\
        -----END PUBLIC KEY-----\n";

    fn request(algorithm: &str, pem: &str) -> Result<RegisteredKey, ApiError> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("algorithm", algorithm)
            .append_pair("publicKey", pem)
            .finish();
        registered_key(&Fields::parse("application/x-www-form-urlencoded", body.as_bytes())?)
    }

    #[test]
    fn a_key_must_be_what_it_is_said_to_be() {
        assert_eq!(request("ecc", EC).unwrap().algorithm, KeyAlgorithm::Ec);
        assert!(request("rsa", EC).is_err());
        assert!(request("dsa", EC).is_err());
        assert!(request("ecc", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").is_err());
        assert!(request("ecc", "").is_err());
    }
}
