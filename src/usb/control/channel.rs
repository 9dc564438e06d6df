//! The host's side of the service protocol.
//!
//! A request is announced (INIT), its payload sent (SEND), its progress asked for (CHECK) and its reply fetched
//! (RECV). Source: Device OS `system/src/usb_control_request_channel.cpp`.

use super::{
    ControlError, RequestType, ResultCode,
    service::{CHUNK, MAX_PAYLOAD, REPLY_LENGTH, ServiceReply, Status, VENDOR_IN, VENDOR_OUT, request},
};
use crate::{
    clock::Clock,
    platform::{ControlRequests, Platform},
    usb::{Handle, Setup, TransferError},
};
use prost::Message;
use std::time::{Duration, Instant};

/// Limit for one control transfer.
pub(super) const TRANSFER_LIMIT: Duration = Duration::from_secs(5);
/// Limit for most requests, from INIT to the last byte of the reply.
pub const REQUEST_LIMIT: Duration = Duration::from_secs(60);
/// Pauses between two questions about a request, in milliseconds; the last one is kept to.
const BACK_OFF: [u64; 9] = [50, 50, 100, 100, 250, 250, 500, 500, 1000];
/// The request id that means all of them.
const ALL_REQUESTS: u16 = 0;

/// An open device to which control requests can be sent, one at a time.
///
/// No interface is claimed: the device's serial console can stay in use.
pub struct ControlChannel {
    pub(super) handle: Box<dyn Handle>,
    clock: Clock,
    pub(super) out_needs_data_stage: bool,
}

impl ControlChannel {
    /// Takes over an open device and drops what an earlier session may have left unfinished on it.
    ///
    /// [`ControlError::NoneTaken`] for platforms that never answer control requests; nothing is sent to those.
    pub fn open(
        handle: Box<dyn Handle>,
        platform: &'static Platform,
        clock: &Clock,
    ) -> Result<Self, ControlError> {
        if platform.control_requests == ControlRequests::No {
            return Err(ControlError::NoneTaken(platform));
        }
        let out_needs_data_stage = platform.out_needs_data_stage;
        let mut channel = Self { handle, clock: clock.clone(), out_needs_data_stage };
        match channel.reset(ALL_REQUESTS) {
            // Firmware without the service protocol stalls here; raw vendor requests may still work.
            Ok(()) | Err(ControlError::Transfer(TransferError::Stall)) => Ok(channel),
            Err(error) => Err(error),
        }
    }

    /// Sends a request with a protobuf payload and decodes the reply.
    pub fn call<Reply: Message + Default>(
        &mut self,
        kind: RequestType,
        payload: &impl Message,
        limit: Duration,
    ) -> Result<Reply, ControlError> {
        let reply = self.request(kind, &payload.encode_to_vec(), limit)?;
        Reply::decode(reply.as_slice()).map_err(|_| ControlError::Malformed("reply"))
    }

    /// Sends a request and gives the reply's payload. A request that fails is taken off the device.
    ///
    /// The limit holds for the whole request and is real time.
    pub fn request(
        &mut self,
        kind: RequestType,
        payload: &[u8],
        limit: Duration,
    ) -> Result<Vec<u8>, ControlError> {
        let mut wait = Wait::new(&self.clock, limit);
        let (id, has_buffer) = self.announce(kind, payload, &mut wait)?;
        let outcome = self.carry_out(id, has_buffer, payload, wait.again());
        outcome.map_err(|error| match error {
            // A device that restarts shows as either, depending on the operating system.
            ControlError::Transfer(TransferError::Disconnected | TransferError::Other(_)) => {
                ControlError::Lost
            }
            error => {
                // The request has failed already; that it cannot be taken back is no news.
                let _ = self.reset(id);
                error
            }
        })
    }

    /// INIT, again and again while the device is busy with other requests. Gives the request's id and whether the
    /// device has a buffer for the payload already.
    fn announce(
        &mut self,
        kind: RequestType,
        payload: &[u8],
        wait: &mut Wait,
    ) -> Result<(u16, bool), ControlError> {
        let size = u16::try_from(payload.len()).map_err(|_| ControlError::TooLong(payload.len()))?;
        loop {
            let reply = match self.service(request::INIT, size, kind.0) {
                Err(ControlError::Transfer(TransferError::Stall)) => return Err(ControlError::Unsupported),
                other => other?,
            };
            match reply.status {
                Status::Ok | Status::Pending => {
                    let id =
                        reply.id.ok_or(ControlError::Malformed("service reply: it has no request id"))?;
                    return Ok((id, reply.status == Status::Ok));
                }
                Status::Busy => wait.pause()?,
                other => return Err(failure(other)),
            }
        }
    }

    fn carry_out(
        &mut self,
        id: u16,
        has_buffer: bool,
        payload: &[u8],
        mut wait: Wait,
    ) -> Result<Vec<u8>, ControlError> {
        if !payload.is_empty() {
            if !has_buffer {
                self.await_request(id, &mut wait)?;
                wait = wait.again();
            }
            self.send(id, payload, &wait)?;
        }
        let reply = self.await_request(id, &mut wait)?;
        match ResultCode(reply.result.ok_or(ControlError::Malformed("service reply: it has no result"))?) {
            ResultCode::OK => self.receive(id, reply.size.unwrap_or(0) as usize, &wait),
            refusal => Err(ControlError::Refused(refusal)),
        }
    }

    /// CHECK until the device has finished the step it is at.
    fn await_request(&mut self, id: u16, wait: &mut Wait) -> Result<ServiceReply, ControlError> {
        loop {
            let reply = self.service(request::CHECK, 0, id)?;
            match reply.status {
                Status::Ok => return Ok(reply),
                Status::Pending => wait.pause()?,
                other => return Err(failure(other)),
            }
        }
    }

    fn send(&mut self, id: u16, payload: &[u8], wait: &Wait) -> Result<(), ControlError> {
        let setup = Setup { request_type: VENDOR_OUT, request: request::SEND, value: 0, index: id };
        for chunk in payload.chunks(CHUNK) {
            wait.check()?;
            self.handle.control_out(setup, chunk, TRANSFER_LIMIT)?;
        }
        Ok(())
    }

    fn receive(&mut self, id: u16, size: usize, wait: &Wait) -> Result<Vec<u8>, ControlError> {
        if size > MAX_PAYLOAD {
            return Err(ControlError::Malformed("service reply: it announces too many bytes"));
        }
        let setup = Setup { request_type: VENDOR_IN, request: request::RECV, value: 0, index: id };
        let mut payload = Vec::with_capacity(size);
        while payload.len() < size {
            wait.check()?;
            let length = (size - payload.len()).min(CHUNK);
            let chunk = self.handle.control_in(setup, length as u16, TRANSFER_LIMIT)?;
            if chunk.len() != length {
                return Err(ControlError::Malformed("reply: it is shorter than announced"));
            }
            payload.extend(chunk);
        }
        Ok(payload)
    }

    /// Leaves the device alone for a while.
    pub(super) fn pause(&self, duration: Duration) -> Result<(), ControlError> {
        Ok(self.clock.pause(duration)?)
    }

    /// Takes a request off the device.
    fn reset(&mut self, id: u16) -> Result<(), ControlError> {
        self.service(request::RESET, 0, id).map(|_| ())
    }

    fn service(&mut self, request: u8, value: u16, index: u16) -> Result<ServiceReply, ControlError> {
        let setup = Setup { request_type: VENDOR_IN, request, value, index };
        let bytes = self.handle.control_in(setup, REPLY_LENGTH, TRANSFER_LIMIT)?;
        ServiceReply::decode(&bytes).ok_or(ControlError::Malformed("service reply"))
    }
}

fn failure(status: Status) -> ControlError {
    match status {
        Status::NotFound => ControlError::Cancelled,
        Status::NoMemory => ControlError::NoMemory,
        _ => ControlError::Refused(ResultCode::ERROR),
    }
}

/// Waiting for one request: back-off within a limit.
struct Wait {
    clock: Clock,
    deadline: Instant,
    attempts: usize,
}

impl Wait {
    fn new(clock: &Clock, limit: Duration) -> Self {
        Self { clock: clock.clone(), deadline: Instant::now() + limit, attempts: 0 }
    }

    /// The same deadline, with the back-off at its beginning.
    fn again(self) -> Self {
        Self { attempts: 0, ..self }
    }

    fn check(&self) -> Result<(), ControlError> {
        self.clock.check()?;
        if Instant::now() < self.deadline { Ok(()) } else { Err(ControlError::Timeout) }
    }

    fn pause(&mut self) -> Result<(), ControlError> {
        self.check()?;
        let step = self.attempts.min(BACK_OFF.len() - 1);
        self.attempts += 1;
        Ok(self.clock.pause(Duration::from_millis(BACK_OFF[step]))?)
    }
}
