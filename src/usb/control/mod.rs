//! Vendor control requests: the service protocol, its messages and its result codes.

pub mod service;
