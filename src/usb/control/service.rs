//! The bytes of the service protocol: an asynchronous request channel multiplexed over endpoint 0.
//!
//! Sources: Device OS `system/src/usb_control_request_channel.cpp`, `system/inc/system_control.h`; particle-usb
//! `src/usb-protocol.js`. Integers are little endian.

/// bmRequestType of a vendor request towards the host.
pub const VENDOR_IN: u8 = 0xC0;
/// bmRequestType of a vendor request towards the device.
pub const VENDOR_OUT: u8 = 0x40;
/// wLength of INIT, CHECK and RESET; the device insists on at least this.
pub const REPLY_LENGTH: u16 = 64;
/// Largest chunk of one SEND or RECV.
pub const CHUNK: usize = 4096;
/// Largest payload of a request or reply.
pub const MAX_PAYLOAD: usize = 65535;

/// bRequest values.
pub mod request {
    /// Begins a request: wIndex type, wValue payload size.
    pub const INIT: u8 = 1;
    /// Asks how a request fares: wIndex id.
    pub const CHECK: u8 = 2;
    /// Sends a piece of the payload: wIndex id.
    pub const SEND: u8 = 3;
    /// Fetches a piece of the reply: wIndex id.
    pub const RECV: u8 = 4;
    /// Drops a request, or all with id 0: wIndex id.
    pub const RESET: u8 = 5;
    /// A raw vendor request, answered without the service protocol: wIndex says what.
    pub const RAW: u8 = 0x50;
}

/// How the device fared with a service request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done, or go on.
    Ok,
    /// Failed.
    Error,
    /// Not yet.
    Pending,
    /// All places are taken.
    Busy,
    /// No memory for the payload.
    NoMemory,
    /// There is no request with this id.
    NotFound,
}

/// Numbers of [`Status`] on the wire.
const STATUSES: [Status; 6] =
    [Status::Ok, Status::Error, Status::Pending, Status::Busy, Status::NoMemory, Status::NotFound];

const HAS_STATUS: u32 = 1;
const HAS_ID: u32 = 2;
const HAS_SIZE: u32 = 4;
const HAS_RESULT: u32 = 8;

/// The answer to INIT, CHECK and RESET.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceReply {
    /// How it fared.
    pub status: Status,
    /// Id of the new request.
    pub id: Option<u16>,
    /// Bytes of reply payload to fetch.
    pub size: Option<u32>,
    /// Result code of the request.
    pub result: Option<i32>,
}

impl ServiceReply {
    /// A reply that carries only a status.
    pub fn of_status(status: Status) -> Self {
        Self { status, id: None, size: None, result: None }
    }

    /// Decodes a reply. `None` if it is cut short, has no status, or has one that does not exist.
    pub fn decode(mut bytes: &[u8]) -> Option<Self> {
        let flags = u32::from_le_bytes(take(&mut bytes)?);
        if flags & HAS_STATUS == 0 {
            return None;
        }
        let status = *STATUSES.get(usize::from(u16::from_le_bytes(take(&mut bytes)?)))?;
        let id = field(&mut bytes, flags & HAS_ID)?.map(u16::from_le_bytes);
        let size = field(&mut bytes, flags & HAS_SIZE)?.map(u32::from_le_bytes);
        let result = field(&mut bytes, flags & HAS_RESULT)?.map(i32::from_le_bytes);
        Some(Self { status, id, size, result })
    }

    /// Encodes a reply.
    pub fn encode(&self) -> Vec<u8> {
        let flag = |present: bool, flag| if present { flag } else { 0 };
        let flags = HAS_STATUS
            | flag(self.id.is_some(), HAS_ID)
            | flag(self.size.is_some(), HAS_SIZE)
            | flag(self.result.is_some(), HAS_RESULT);
        let status = STATUSES.iter().position(|status| *status == self.status).unwrap_or_default() as u16;
        let mut bytes = flags.to_le_bytes().to_vec();
        bytes.extend(status.to_le_bytes());
        bytes.extend(self.id.iter().flat_map(|id| id.to_le_bytes()));
        bytes.extend(self.size.iter().flat_map(|size| size.to_le_bytes()));
        bytes.extend(self.result.iter().flat_map(|result| result.to_le_bytes()));
        bytes
    }
}

/// The next `N` bytes. `None` when there are not that many.
fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*head)
}

/// The next `N` bytes if the flag announces them. `None` when they are announced and missing.
fn field<const N: usize>(bytes: &mut &[u8], flag: u32) -> Option<Option<[u8; N]>> {
    if flag == 0 { Some(None) } else { take(bytes).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_samples_decode() {
        let cases: [(&[u8], ServiceReply); 4] = [
            (&[1, 0, 0, 0, 0, 0], ServiceReply::of_status(Status::Ok)),
            (&[3, 0, 0, 0, 0, 0, 1, 0], ServiceReply { id: Some(1), ..ServiceReply::of_status(Status::Ok) }),
            (
                &[13, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0],
                ServiceReply { size: Some(2), result: Some(0), ..ServiceReply::of_status(Status::Ok) },
            ),
            (
                &[9, 0, 0, 0, 0, 0, 0x88, 0xFF, 0xFF, 0xFF],
                ServiceReply { result: Some(-120), ..ServiceReply::of_status(Status::Ok) },
            ),
        ];
        for (bytes, reply) in cases {
            assert_eq!(ServiceReply::decode(bytes), Some(reply));
            assert_eq!(reply.encode(), bytes);
        }
        assert_eq!(ServiceReply::decode(&[1, 0, 0, 0, 6, 0]), None);
        assert_eq!(ServiceReply::decode(&[2, 0, 0, 0, 0, 0]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Some(reply) = ServiceReply::decode(&bytes) {
                prop_assert_eq!(ServiceReply::decode(&reply.encode()), Some(reply));
            }
        }
    }
}
