//! What a device answers to a control request, and how to say it.
//!
//! Source: Device OS `services/inc/system_error.h`.

use std::fmt;

/// The result of a control request as the device gives it; zero is success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResultCode(pub i32);

impl ResultCode {
    /// Done.
    pub const OK: Self = Self(0);
    /// It failed, and the device does not say why.
    pub const ERROR: Self = Self(-100);
    /// It has other things to do.
    pub const BUSY: Self = Self(-110);
    /// The firmware does not know the request.
    pub const NOT_SUPPORTED: Self = Self(-120);
    /// The application on the device has forbidden the request.
    pub const NOT_ALLOWED: Self = Self(-130);
    /// It took too long.
    pub const TIMEOUT: Self = Self(-160);
    /// There is no such thing.
    pub const NOT_FOUND: Self = Self(-170);
    /// There is more of it than fits.
    pub const TOO_LARGE: Self = Self(-190);
    /// The request does not follow from what was done before it.
    pub const INVALID_STATE: Self = Self(-210);
    /// The request's payload makes no sense.
    pub const INVALID_ARGUMENT: Self = Self(-270);
    /// The request's payload cannot be read.
    pub const BAD_DATA: Self = Self(-280);
    /// A number in the request, or the length of its data, is beyond what there is.
    pub const OUT_OF_RANGE: Self = Self(-290);
    /// A firmware update does not hold a module that the device can find.
    pub const OTA_MODULE_NOT_FOUND: Self = Self(-1300);
    /// A module in a firmware update is of no use to the device.
    pub const OTA_UNSUPPORTED_MODULE: Self = Self(-1310);
    /// A module in a firmware update is damaged.
    pub const OTA_INTEGRITY_CHECK_FAILED: Self = Self(-1330);
    /// The device lacks what a module in a firmware update needs.
    pub const OTA_DEPENDENCY_CHECK_FAILED: Self = Self(-1340);
    /// A module in a firmware update does not go where it says.
    pub const OTA_INVALID_ADDRESS: Self = Self(-1350);
    /// A firmware update is empty, or larger than there is room for.
    pub const OTA_INVALID_SIZE: Self = Self(-1351);
    /// A module in a firmware update is for other hardware.
    pub const OTA_INVALID_PLATFORM: Self = Self(-1360);
    /// A module in a firmware update is packed in a way that the device does not know.
    pub const OTA_INVALID_FORMAT: Self = Self(-1370);
    /// Device Protection is on.
    pub const PROTECTED: Self = Self(-1801);
    /// Another key was meant.
    pub const KEY_MISMATCH: Self = Self(-1802);
    /// A signature was made with another key, or for something else.
    pub const INVALID_SIGNATURE: Self = Self(-1803);

    /// What the code means. `None` for codes without a published name.
    pub fn message(self) -> Option<&'static str> {
        let message = match self.0 {
            0 => "OK",
            -100 => "Unknown error",
            -110 => "Resource is busy",
            -120 => "Not supported",
            -130 => "Not allowed",
            -140 => "Operation cancelled",
            -150 => "Operation aborted",
            -160 => "Timeout error",
            -170 => "Not found",
            -180 => "Already exists",
            -190 => "Data is too large",
            -200 => "Limit exceeded",
            -210 => "Invalid state",
            -220 => "IO error",
            -230 => "Network error",
            -240 => "Protocol error",
            -250 => "Internal error",
            -260 => "Memory allocation error",
            -270 => "Invalid argument",
            -280 => "Invalid data format",
            -290 => "Out of range",
            -1300 => "Module not found",
            -1310 => "Unsupported module",
            -1320 => "Module validation failed",
            -1330 => "Module integrity check failed",
            -1340 => "Module dependency check failed",
            -1350 => "Invalid module address",
            -1351 => "Invalid module size",
            -1360 => "Invalid module platform",
            -1370 => "Invalid module format",
            -1380 => "Firmware updates are disabled",
            -1390 => "Firmware update error",
            -1801 => "Device is protected",
            -1802 => "Unrecognized cryptographic key",
            -1803 => "Signature validation failed",
            _ => return None,
        };
        Some(message)
    }
}

impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message() {
            Some(message) => f.write_str(message),
            None => write!(f, "error {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_without_a_name_are_shown_as_numbers() {
        assert_eq!(ResultCode::NOT_SUPPORTED.to_string(), "Not supported");
        assert_eq!(ResultCode(-4711).to_string(), "error -4711");
    }
}
