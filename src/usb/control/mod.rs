//! Vendor control requests: the service protocol, its messages and its result codes.

pub mod messages;
pub mod raw;
mod request_type;
mod result_code;
pub mod service;

pub use request_type::RequestType;
pub use result_code::ResultCode;
