//! The firmware modules of a device.
//!
//! Source: particle-iot/device-os-protobuf, `control/storage.proto`.

use prost::Message;

/// Reply to [`MODULE_INFO`](crate::usb::control::RequestType::MODULE_INFO), from Device OS 1.1.0 (generation 2) or 0.9.0 on.
#[derive(Clone, PartialEq, Message)]
pub struct ModuleInfoReply {
    /// The modules as told before Device OS 5.6.0.
    #[prost(message, repeated, tag = "1")]
    pub early_modules: Vec<EarlyModule>,
    /// The modules as told from Device OS 5.6.0 on.
    #[prost(message, repeated, tag = "2")]
    pub modules: Vec<Module>,
}

/// A firmware module as told before Device OS 5.6.0. Every module is in the main store.
#[derive(Clone, PartialEq, Message)]
pub struct EarlyModule {
    /// 1 bootloader, 2 system part, 3 user part, 4 monolithic, 5 network co-processor, 6 radio stack.
    #[prost(uint32, tag = "1")]
    pub kind: u32,
    /// Counts modules of the same kind.
    #[prost(uint32, tag = "2")]
    pub index: u32,
    /// Version of the module.
    #[prost(uint32, tag = "3")]
    pub version: u32,
    /// Bytes.
    #[prost(uint32, tag = "4")]
    pub size: u32,
    /// Checks that failed: bit 0 integrity, bit 1 dependencies.
    #[prost(uint32, tag = "5")]
    pub failures: u32,
    /// What it needs on the device; kinds as above.
    #[prost(message, repeated, tag = "6")]
    pub dependencies: Vec<ModuleDependency>,
}

/// A firmware module as told from Device OS 5.6.0 on.
#[derive(Clone, PartialEq, Message)]
pub struct Module {
    /// 2 bootloader, 3 monolithic, 4 system part, 5 user part, 7 network co-processor, 8 radio stack, 9 asset.
    #[prost(uint32, tag = "1")]
    pub kind: u32,
    /// Counts modules of the same kind.
    #[prost(uint32, tag = "2")]
    pub index: u32,
    /// Version of the module.
    #[prost(uint32, tag = "3")]
    pub version: u32,
    /// 0 main, 1 factory, 2 backup, 3 scratchpad.
    #[prost(uint32, tag = "4")]
    pub store: u32,
    /// Bytes there is room for.
    #[prost(uint32, tag = "5")]
    pub max_size: u32,
    /// Checks made: bit 1 integrity, 2 dependencies, 3 address range, 4 platform.
    #[prost(fixed32, tag = "6")]
    pub checked: u32,
    /// Checks passed, bits as in `checked`.
    #[prost(fixed32, tag = "7")]
    pub passed: u32,
    /// SHA-256 of the module.
    #[prost(bytes = "vec", tag = "8")]
    pub hash: Vec<u8>,
    /// What it needs on the device; kinds as above.
    #[prost(message, repeated, tag = "9")]
    pub dependencies: Vec<ModuleDependency>,
    /// The files it needs beside it.
    #[prost(message, repeated, tag = "10")]
    pub assets: Vec<ModuleAsset>,
    /// Bytes.
    #[prost(uint32, tag = "11")]
    pub size: u32,
    /// Whether it protects the device.
    #[prost(message, optional, tag = "12")]
    pub security: Option<ModuleSecurity>,
}

/// A module that must be on the device, in this version or a later one.
#[derive(Clone, PartialEq, Message)]
pub struct ModuleDependency {
    /// Kind, by the numbers of the message that this one is part of.
    #[prost(uint32, tag = "1")]
    pub kind: u32,
    /// Counts modules of the same kind.
    #[prost(uint32, tag = "2")]
    pub index: u32,
    /// The oldest version that will do.
    #[prost(uint32, tag = "3")]
    pub version: u32,
}

/// A file that an application needs beside it.
#[derive(Clone, PartialEq, Message)]
pub struct ModuleAsset {
    /// SHA-256 of its contents.
    #[prost(bytes = "vec", tag = "1")]
    pub hash: Vec<u8>,
    /// Its name.
    #[prost(string, tag = "2")]
    pub name: String,
    /// Bytes.
    #[prost(uint32, tag = "3")]
    pub size: u32,
    /// Bytes that it takes in the device's storage.
    #[prost(uint32, tag = "4")]
    pub storage_size: u32,
}

/// What a bootloader does for the device's security.
#[derive(Clone, PartialEq, Message)]
pub struct ModuleSecurity {
    /// 0 none, 1 protected.
    #[prost(uint32, tag = "1")]
    pub mode: u32,
    /// Fingerprint of the certificate by which it knows its owner.
    #[prost(bytes = "vec", tag = "2")]
    pub certificate_fingerprint: Vec<u8>,
}

/// Reply to [`ASSET_INFO`](crate::usb::control::RequestType::ASSET_INFO), from Device OS 5.6.0 on.
#[derive(Clone, PartialEq, Message)]
pub struct AssetInfoReply {
    /// The files that are there.
    #[prost(message, repeated, tag = "1")]
    pub available: Vec<ModuleAsset>,
    /// The files that the application needs.
    #[prost(message, repeated, tag = "2")]
    pub required: Vec<ModuleAsset>,
}
