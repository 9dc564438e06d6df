//! Vendor control requests: the service protocol, its messages and its result codes.

mod channel;
mod error;
pub mod mesh;
pub mod messages;
mod network;
mod order;
pub mod raw;
mod request_type;
mod result_code;
pub mod service;
#[cfg(test)]
mod tests;
mod update;
mod wifi;

pub use channel::{ControlChannel, REQUEST_LIMIT};
pub use error::ControlError;
pub use order::Order;
pub use request_type::RequestType;
pub use result_code::ResultCode;
