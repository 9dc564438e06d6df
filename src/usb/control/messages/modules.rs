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
    /// Bytes.
    #[prost(uint32, tag = "11")]
    pub size: u32,
}
