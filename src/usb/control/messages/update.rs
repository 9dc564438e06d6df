//! Firmware updates over USB.
//!
//! Source: particle-iot/device-os-protobuf, `control/storage.proto`.

use prost::Message;

/// Payload of [`START_FIRMWARE_UPDATE`](crate::usb::control::RequestType::START_FIRMWARE_UPDATE).
#[derive(Clone, PartialEq, Message)]
pub struct StartFirmwareUpdate {
    /// Bytes of the file, which holds one module, or several combined ones.
    #[prost(uint32, tag = "1")]
    pub size: u32,
    /// 0 for a file as it is; 1, for one compressed with miniz, was used before Device OS 2.0.0 only.
    #[prost(uint32, tag = "2")]
    pub format: u32,
}

/// Reply to [`START_FIRMWARE_UPDATE`](crate::usb::control::RequestType::START_FIRMWARE_UPDATE).
#[derive(Clone, PartialEq, Message)]
pub struct StartFirmwareUpdateReply {
    /// Most bytes that the device takes at a time.
    #[prost(uint32, tag = "1")]
    pub chunk_size: u32,
}

/// Payload of [`FIRMWARE_UPDATE_DATA`](crate::usb::control::RequestType::FIRMWARE_UPDATE_DATA).
#[derive(Clone, PartialEq, Message)]
pub struct FirmwareUpdateData {
    /// The bytes that follow those sent before.
    #[prost(bytes = "vec", tag = "1")]
    pub data: Vec<u8>,
}

/// Payload of [`FINISH_FIRMWARE_UPDATE`](crate::usb::control::RequestType::FINISH_FIRMWARE_UPDATE).
#[derive(Clone, PartialEq, Message)]
pub struct FinishFirmwareUpdate {
    /// Check the file and then give the update up.
    #[prost(bool, tag = "1")]
    pub validate_only: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_encode() {
        assert_eq!(StartFirmwareUpdate { size: 5324, format: 0 }.encode_to_vec(), [8, 0xCC, 0x29]);
        assert_eq!(FirmwareUpdateData { data: vec![1, 2] }.encode_to_vec(), [0x0A, 2, 1, 2]);
        assert!(FinishFirmwareUpdate { validate_only: false }.encode_to_vec().is_empty());
        let reply = StartFirmwareUpdateReply::decode([8, 0x80, 8].as_slice()).unwrap();
        assert_eq!(reply.chunk_size, 1024);
    }
}
