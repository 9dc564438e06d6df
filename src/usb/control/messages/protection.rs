//! Lifting Device Protection and bringing it back.
//!
//! Source: particle-iot/device-os-protobuf, `control/config.proto`.

use prost::{Enumeration, Message};

/// Payload of [`SET_PROTECTED_STATE`](crate::usb::control::RequestType::SET_PROTECTED_STATE).
#[derive(Clone, PartialEq, Message)]
pub struct SetProtectedState {
    /// What is to be done.
    #[prost(enumeration = "ProtectionAction", tag = "1")]
    pub action: i32,
    /// With [`ProtectionAction::Prepare`].
    #[prost(message, optional, tag = "2")]
    pub prepare: Option<PrepareServiceMode>,
    /// With [`ProtectionAction::Confirm`].
    #[prost(message, optional, tag = "3")]
    pub confirm: Option<ConfirmServiceMode>,
}

/// What is done about Device Protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum ProtectionAction {
    /// Ends service mode.
    Reset = 0,
    /// Asks the device to prove who it is.
    Prepare = 1,
    /// Enters service mode, with the cloud's consent.
    Confirm = 2,
}

/// The cloud's part of the question.
#[derive(Clone, PartialEq, Message)]
pub struct PrepareServiceMode {
    /// 32 random bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub server_nonce: Vec<u8>,
}

/// The cloud's consent.
#[derive(Clone, PartialEq, Message)]
pub struct ConfirmServiceMode {
    /// ECDSA signature in DER.
    #[prost(bytes = "vec", tag = "1")]
    pub server_signature: Vec<u8>,
    /// SHA-256 of the cloud's public key (SubjectPublicKeyInfo in DER).
    #[prost(bytes = "vec", tag = "2")]
    pub server_public_key_fingerprint: Vec<u8>,
}

/// Reply to [`SET_PROTECTED_STATE`](crate::usb::control::RequestType::SET_PROTECTED_STATE).
#[derive(Clone, PartialEq, Message)]
pub struct SetProtectedStateReply {
    /// To [`ProtectionAction::Prepare`]; absent where nothing is protected.
    #[prost(message, optional, tag = "1")]
    pub prepare: Option<DeviceProof>,
}

/// The device's proof of who it is.
#[derive(Clone, PartialEq, Message)]
pub struct DeviceProof {
    /// 32 random bytes.
    #[prost(bytes = "vec", tag = "1")]
    pub device_nonce: Vec<u8>,
    /// ECDSA signature in DER.
    #[prost(bytes = "vec", tag = "2")]
    pub device_signature: Vec<u8>,
    /// SHA-256 of the device's public key (SubjectPublicKeyInfo in DER).
    #[prost(bytes = "vec", tag = "3")]
    pub device_public_key_fingerprint: Vec<u8>,
}
