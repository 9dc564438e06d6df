//! `/v1/devices/DEVICE/NAME`: variables are read, functions called.

use super::{
    CloudState, SharedCloud, credentials::Caller, error::ApiError, fields::Fields, products::ProductScope,
    records::DeviceRecord,
};
use crate::platform::DeviceId;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use serde_json::{Map, Value, json};

/// Longest argument that any device takes, in bytes (Device OS API reference, `Particle.function`).
const LONGEST_ARGUMENT: usize = 1024;

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new()
        .route("/v1/devices/{device}/{name}", get(read).post(call))
        .route("/v1/products/{product}/devices/{device}/{name}", get(read_in_product).post(call_in_product))
}

/// What a device that is online has registered: variables with their types, and functions.
pub(super) fn registered(cloud: &CloudState, id: &DeviceId) -> (Value, Value) {
    let variables = cloud.bench().variables(id).unwrap_or_default();
    let types: Map<String, Value> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), type_of(value).into())).collect();
    (types.into(), json!(cloud.bench().functions(id).unwrap_or_default()))
}

/// The cloud's word for the type of a value.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "double",
        Value::Number(_) => "int32",
        _ => "string",
    }
}

async fn read(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path((device, name)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    let device = owned(&cloud, &caller, &device)?;
    value(&cloud, &device, &name)
}

async fn read_in_product(
    State(cloud): State<SharedCloud>,
    scope: ProductScope,
    Path((_, device, name)): Path<(String, String, String)>,
) -> Result<Json<Value>, ApiError> {
    let device = scope.device(&cloud.records(), &device)?;
    value(&cloud, &device, &name)
}

async fn call(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path((device, name)): Path<(String, String)>,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    let device = owned(&cloud, &caller, &device)?;
    return_value(&cloud, &device, &name, &fields)
}

async fn call_in_product(
    State(cloud): State<SharedCloud>,
    scope: ProductScope,
    Path((_, device, name)): Path<(String, String, String)>,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    let device = scope.device(&cloud.records(), &device)?;
    return_value(&cloud, &device, &name, &fields)
}

/// The caller's device with this id or name.
fn owned(cloud: &CloudState, caller: &Caller, device: &str) -> Result<DeviceRecord, ApiError> {
    let records = cloud.records();
    records.device_of(&caller.username, device).cloned().ok_or_else(ApiError::unknown_device)
}

/// Reads a variable of a device.
fn value(cloud: &CloudState, device: &DeviceRecord, name: &str) -> Result<Json<Value>, ApiError> {
    check_online(cloud, device)?;
    let variables = cloud.bench().variables(&device.id).map_err(|_| timed_out())?;
    let (_, value) = variables
        .into_iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| ApiError::failure(StatusCode::NOT_FOUND, &format!("Variable {name} not found")))?;
    Ok(Json(json!({
        "cmd": "VarReturn",
        "name": name,
        "result": value,
        "coreInfo": {
            "last_heard": device.last_heard,
            "connected": true,
            "deviceID": device.id,
            "product_id": cloud.records().product_id_of(device),
        },
    })))
}

/// Calls a function of a device.
fn return_value(
    cloud: &CloudState,
    device: &DeviceRecord,
    name: &str,
    fields: &Fields,
) -> Result<Json<Value>, ApiError> {
    check_online(cloud, device)?;
    let argument = argument(fields)?;
    let result = cloud.bench().call(&device.id, name, argument).map_err(|_| timed_out())?;
    let result = result
        .ok_or_else(|| ApiError::failure(StatusCode::NOT_FOUND, &format!("Function {name} not found")))?;
    Ok(Json(json!({ "id": device.id, "name": device.name, "connected": true, "return_value": result })))
}

/// The argument of a call. The reference calls it `arg`, and every client `args`.
fn argument(fields: &Fields) -> Result<&str, ApiError> {
    let argument = match fields.member("args").or_else(|| fields.member("arg")) {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text,
        Some(_) => return Err(ApiError::failure(StatusCode::BAD_REQUEST, "args must be a text")),
    };
    if argument.len() > LONGEST_ARGUMENT {
        let text = format!("args may have {LONGEST_ARGUMENT} bytes at most");
        return Err(ApiError::failure(StatusCode::BAD_REQUEST, &text));
    }
    Ok(argument)
}

fn check_online(cloud: &CloudState, device: &DeviceRecord) -> Result<(), ApiError> {
    if cloud.presence(device).is_online() { Ok(()) } else { Err(timed_out()) }
}

fn timed_out() -> ApiError {
    ApiError::failure(StatusCode::REQUEST_TIMEOUT, "Timed out.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_a_text_or_nothing() {
        let fields = |body: &str| Fields::parse("application/json", body.as_bytes()).unwrap();
        assert_eq!(argument(&fields("{}")).unwrap(), "");
        assert_eq!(argument(&fields(r#"{"args":""}"#)).unwrap(), "");
        assert_eq!(argument(&fields(r#"{"arg":"D7"}"#)).unwrap(), "D7");
        assert!(argument(&fields(r#"{"args":7}"#)).is_err());
        assert!(argument(&fields(&format!(r#"{{"args":"{}"}}"#, "x".repeat(1025)))).is_err());
    }
}
