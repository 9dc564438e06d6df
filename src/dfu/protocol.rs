//! Requests, states and status codes on the wire (USB DFU 1.1; ST UM0424 for DfuSe; Device OS bootloaders).

/// bmRequestType of class requests towards the device.
pub const CLASS_OUT: u8 = 0x21;
/// bmRequestType of class requests towards the host.
pub const CLASS_IN: u8 = 0xA1;
/// Descriptor type of the DFU functional descriptor.
pub const FUNCTIONAL_DESCRIPTOR: u8 = 0x21;
/// Transfer size where no functional descriptor says otherwise.
pub const DEFAULT_TRANSFER_SIZE: u16 = 1024;

/// bRequest values.
pub mod request {
    /// Leaves the application; unused by Particle bootloaders.
    pub const DETACH: u8 = 0;
    /// Sends a block or a DfuSe command.
    pub const DNLOAD: u8 = 1;
    /// Fetches a block.
    pub const UPLOAD: u8 = 2;
    /// Asks for status, state and poll timeout; also makes the device carry out the last DNLOAD.
    pub const GETSTATUS: u8 = 3;
    /// Leaves the error state.
    pub const CLRSTATUS: u8 = 4;
    /// Asks for the state alone.
    pub const GETSTATE: u8 = 5;
    /// Returns to idle.
    pub const ABORT: u8 = 6;
}

/// First byte of a DfuSe command (DNLOAD with wValue 0).
pub mod command {
    /// Sets the address pointer; a little-endian address follows.
    pub const SET_ADDRESS: u8 = 0x21;
    /// Erases the sector that holds the address; a little-endian address follows.
    pub const ERASE: u8 = 0x41;
    /// Lifts read protection; no Particle bootloader has it.
    pub const READ_UNPROTECT: u8 = 0x92;
    /// Particle: leave DFU into safe mode (Device OS 6.1.1 bootloaders, generation 3 and later).
    pub const ENTER_SAFE_MODE: u8 = 0xFA;
    /// Particle: end service mode, so that Device Protection holds again.
    pub const CLEAR_SECURITY_OVERRIDE: u8 = 0xFB;
}

/// wValue of the first data block: address = pointer + (wValue - 2) * transfer size.
pub const FIRST_DATA_BLOCK: u16 = 2;

/// bState of GETSTATUS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are those of the DFU specification, table A.2")]
pub enum State {
    AppIdle = 0,
    AppDetach = 1,
    DfuIdle = 2,
    DownloadSync = 3,
    DownloadBusy = 4,
    DownloadIdle = 5,
    ManifestSync = 6,
    Manifest = 7,
    ManifestWaitReset = 8,
    UploadIdle = 9,
    Error = 10,
}

impl State {
    /// The state with this number.
    pub fn from_byte(byte: u8) -> Option<Self> {
        use State::*;
        const ALL: [State; 11] = [
            AppIdle,
            AppDetach,
            DfuIdle,
            DownloadSync,
            DownloadBusy,
            DownloadIdle,
            ManifestSync,
            Manifest,
            ManifestWaitReset,
            UploadIdle,
            Error,
        ];
        ALL.get(usize::from(byte)).copied()
    }
}

/// bStatus of GETSTATUS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u8);

impl Status {
    /// No error.
    pub const OK: Status = Status(0);
    /// The file is not for this device; also: address out of range.
    pub const ERR_TARGET: Status = Status(1);
    /// Writing failed.
    pub const ERR_WRITE: Status = Status(3);
    /// Erasing failed.
    pub const ERR_ERASE: Status = Status(4);
    /// Programming failed.
    pub const ERR_PROG: Status = Status(6);
    /// Reading back gave something else.
    pub const ERR_VERIFY: Status = Status(7);
    /// The address is out of range.
    pub const ERR_ADDRESS: Status = Status(8);
    /// Vendor-specific; Particle bootloaders: the device is protected.
    pub const ERR_VENDOR: Status = Status(0x0B);
    /// Something went wrong.
    pub const ERR_UNKNOWN: Status = Status(0x0E);
    /// The device stalled an unexpected request.
    pub const ERR_STALLED_PACKET: Status = Status(0x0F);

    /// The specification's name of the code.
    pub fn name(self) -> &'static str {
        const NAMES: [&str; 16] = [
            "OK",
            "errTARGET",
            "errFILE",
            "errWRITE",
            "errERASE",
            "errCHECK_ERASED",
            "errPROG",
            "errVERIFY",
            "errADDRESS",
            "errNOTDONE",
            "errFIRMWARE",
            "errVENDOR",
            "errUSBR",
            "errPOR",
            "errUNKNOWN",
            "errSTALLEDPKT",
        ];
        NAMES.get(usize::from(self.0)).copied().unwrap_or("unknown status")
    }
}

/// The six bytes of GETSTATUS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusReply {
    /// How the last request fared.
    pub status: Status,
    /// Milliseconds to wait before the next GETSTATUS (24 bits).
    pub poll_timeout: u32,
    /// State the device is in now.
    pub state: State,
    /// Index of a string that describes the status.
    pub string_index: u8,
}

impl StatusReply {
    /// Bytes on the wire.
    pub const LENGTH: u16 = 6;

    /// Decodes a reply. `None` if it is cut short or names a state that does not exist.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let [status, low, middle, high, state, string_index] = *bytes.first_chunk()?;
        Some(Self {
            status: Status(status),
            poll_timeout: u32::from_le_bytes([low, middle, high, 0]),
            state: State::from_byte(state)?,
            string_index,
        })
    }

    /// Encodes a reply.
    pub fn encode(&self) -> [u8; 6] {
        let [low, middle, high, _] = self.poll_timeout.to_le_bytes();
        [self.status.0, low, middle, high, self.state as u8, self.string_index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_samples_decode() {
        let busy = StatusReply::decode(&[0, 0xF4, 1, 0, 4, 0]).unwrap();
        assert_eq!((busy.status, busy.poll_timeout, busy.state), (Status::OK, 500, State::DownloadBusy));
        assert_eq!(busy.encode(), [0, 0xF4, 1, 0, 4, 0]);
        let error = StatusReply::decode(&[1, 0, 0, 0, 0x0A, 0]).unwrap();
        assert_eq!((error.status.name(), error.state), ("errTARGET", State::Error));
        assert_eq!(StatusReply::decode(&[0, 0, 0, 0, 11, 0]), None);
        assert_eq!(StatusReply::decode(&[0, 0, 0, 0, 2]), None);
    }
}
