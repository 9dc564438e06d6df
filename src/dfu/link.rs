//! The DFU state machine, seen from the host: requests, waiting for the device, and returning to idle.

use super::{
    DfuError, Operation,
    protocol::{CLASS_IN, CLASS_OUT, FIRST_DATA_BLOCK, State, Status, StatusReply, command, request},
};
use crate::{
    clock::Clock,
    usb::{Handle, Setup, TransferError},
};
use std::time::{Duration, Instant};

/// Limit for one control transfer.
const TRANSFER_LIMIT: Duration = Duration::from_secs(5);
/// Limit for one operation of the device; erasing 128 KiB and rewriting the configuration take seconds.
const BUSY_LIMIT: Duration = Duration::from_secs(60);
/// Longest single pause a device can ask for; it may ask again.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Tries of a DfuSe command that the device stalls, and the pause between them.
const COMMAND_TRIES: u32 = 5;
const COMMAND_RETRY_PAUSE: Duration = Duration::from_secs(1);
/// Requests it may take an answering device to get to idle: out of an error, out of a transfer, a stale stall.
const IDLE_STEPS: u32 = 5;

/// A claimed DFU interface.
pub(super) struct Link {
    handle: Box<dyn Handle>,
    clock: Clock,
    interface: u8,
}

impl Link {
    pub(super) fn new(handle: Box<dyn Handle>, clock: Clock, interface: u8) -> Self {
        Self { handle, clock, interface }
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(super) fn string(&mut self, index: u8) -> Result<String, TransferError> {
        self.handle.string_descriptor(index)
    }

    /// Selects an alternate setting and makes sure that the device is idle.
    pub(super) fn select(&mut self, alternate: u8) -> Result<(), DfuError> {
        self.handle
            .set_alternate_setting(self.interface, alternate)
            .map_err(|source| DfuError::Transfer { operation: Operation::Select(alternate), source })?;
        self.go_idle()
    }

    /// Brings the device to dfuIDLE from whatever state a former session left it in.
    ///
    /// CLRSTATUS is sent in dfuERROR only: elsewhere Particle bootloaders answer it by going *into* dfuERROR.
    pub(super) fn go_idle(&mut self) -> Result<(), DfuError> {
        let operation = Operation::Idle;
        for _ in 0..IDLE_STEPS {
            let step = match self.status_after_work(operation).map(|reply| reply.state) {
                Ok(State::DfuIdle) => return Ok(()),
                Ok(State::Error) => self.control_out(request::CLRSTATUS, 0, &[]),
                Ok(State::DownloadIdle | State::UploadIdle) => self.control_out(request::ABORT, 0, &[]),
                Ok(state) => return Err(DfuError::UnexpectedState { operation, state }),
                // Generation 2 reports a failed write this way, once; the next answer is a proper one.
                Err(DfuError::Transfer { source: TransferError::Stall, .. }) => continue,
                Err(error) => return Err(error),
            };
            match step {
                // The state, not the answer to the request, decides what comes next.
                Ok(()) | Err(TransferError::Stall) => {}
                Err(source) => return Err(DfuError::Transfer { operation, source }),
            }
        }
        Err(DfuError::UnexpectedState { operation, state: State::Error })
    }

    /// Sets the address pointer; the device is in dfuDNLOAD-IDLE afterwards.
    pub(super) fn set_address(&mut self, address: u32) -> Result<(), DfuError> {
        self.command(Operation::SetAddress(address), &with_address(command::SET_ADDRESS, address))
    }

    /// Erases the sector that holds an address.
    pub(super) fn erase(&mut self, address: u32) -> Result<(), DfuError> {
        self.command(Operation::Erase(address), &with_address(command::ERASE, address))
    }

    /// Writes block number `index` behind the address pointer; `address` is for messages.
    pub(super) fn write_block(&mut self, index: u16, address: u32, data: &[u8]) -> Result<(), DfuError> {
        let operation = Operation::Write(address);
        match self.download(FIRST_DATA_BLOCK + index, data, operation) {
            Err(DfuError::Transfer { source: TransferError::Stall, .. }) => {
                let error = self.reason_of_stall(operation);
                self.go_idle()?;
                Err(error)
            }
            outcome => outcome,
        }
    }

    /// Reads block number `index` behind the address pointer. The device has to be in dfuIDLE or dfuUPLOAD-IDLE.
    pub(super) fn read_block(&mut self, index: u16, address: u32, length: u16) -> Result<Vec<u8>, DfuError> {
        let operation = Operation::Read(address);
        let expected = usize::from(length);
        match self.control_in(request::UPLOAD, FIRST_DATA_BLOCK + index, length) {
            Ok(bytes) if bytes.len() == expected => Ok(bytes),
            Ok(bytes) => {
                // A protected device sends nothing and says why in its status.
                let error = DfuError::ShortRead { address, expected, got: bytes.len() };
                Err(self.reported_failure(operation).unwrap_or(error))
            }
            Err(TransferError::Stall) => Err(self.reason_of_stall(operation)),
            Err(source) => Err(DfuError::Transfer { operation, source }),
        }
    }

    /// The DfuSe commands the bootloader says it knows.
    pub(super) fn commands(&mut self) -> Result<Vec<u8>, DfuError> {
        self.go_idle()?;
        let operation = Operation::Describe;
        let commands = self
            .control_in(request::UPLOAD, 0, 64)
            .map_err(|source| DfuError::Transfer { operation, source })?;
        self.go_idle()?;
        Ok(commands)
    }

    /// Sends what makes the device restart, and looks whether it does.
    ///
    /// Bootloaders report different states on the way out, and may be gone before they report any.
    pub(super) fn depart(&mut self, operation: Operation, block: u16, data: &[u8]) -> Result<(), DfuError> {
        self.control_out(request::DNLOAD, block, data)
            .map_err(|source| DfuError::Transfer { operation, source })?;
        let reply = match self.status_after_work(operation) {
            Err(DfuError::Transfer {
                source: TransferError::Disconnected | TransferError::Timeout, ..
            }) => {
                return Ok(());
            }
            reply => reply?,
        };
        match reply.state {
            State::DownloadIdle | State::ManifestSync | State::Manifest | State::ManifestWaitReset => Ok(()),
            State::Error => Err(failure(operation, reply.status)),
            state => Err(DfuError::UnexpectedState { operation, state }),
        }
    }

    /// Carries out a DfuSe command, again if the device stalls it.
    fn command(&mut self, operation: Operation, bytes: &[u8]) -> Result<(), DfuError> {
        let mut tries = 1;
        loop {
            match self.download(0, bytes, operation) {
                Err(DfuError::Transfer { source: TransferError::Stall, .. }) => {
                    let error = self.reason_of_stall(operation);
                    self.go_idle()?;
                    if error == DfuError::Protected || tries == COMMAND_TRIES {
                        return Err(error);
                    }
                    tries += 1;
                    self.clock.pause_to_the_end(COMMAND_RETRY_PAUSE);
                }
                outcome => return outcome,
            }
        }
    }

    /// Sends a block or command and waits until the device has carried it out. A stall of the block itself comes out
    /// as a transfer error; any other failure leaves the device idle.
    fn download(&mut self, block: u16, data: &[u8], operation: Operation) -> Result<(), DfuError> {
        self.control_out(request::DNLOAD, block, data)
            .map_err(|source| DfuError::Transfer { operation, source })?;
        let outcome = self.wait_until_done(operation);
        if matches!(outcome, Err(DfuError::Status { .. } | DfuError::Protected)) {
            self.go_idle()?;
        }
        outcome
    }

    /// Waits until the device has carried out what was sent, and looks how it fared.
    fn wait_until_done(&mut self, operation: Operation) -> Result<(), DfuError> {
        let reply = match self.status_after_work(operation) {
            // Generation 2: the erase or write failed. Asking again would get an innocent dfuDNLOAD-IDLE.
            Err(DfuError::Transfer { source: TransferError::Stall, .. }) => {
                return Err(DfuError::Status { operation, status: Status::ERR_STALLED_PACKET });
            }
            reply => reply?,
        };
        match reply.state {
            State::DownloadIdle if reply.status == Status::OK => Ok(()),
            State::DownloadIdle | State::Error => Err(failure(operation, reply.status)),
            state => Err(DfuError::UnexpectedState { operation, state }),
        }
    }

    /// Asks for the status until the device is no longer busy. The first of these requests starts the work.
    fn status_after_work(&mut self, operation: Operation) -> Result<StatusReply, DfuError> {
        let start = Instant::now();
        while start.elapsed() < BUSY_LIMIT {
            let reply = self.status().map_err(|source| DfuError::Transfer { operation, source })?;
            match reply.state {
                State::DownloadBusy | State::DownloadSync => self.pause(&reply),
                _ => return Ok(reply),
            }
        }
        Err(DfuError::Busy { operation, seconds: BUSY_LIMIT.as_secs() })
    }

    /// Why the device stalled a request: what its status says, or no more than that it did.
    fn reason_of_stall(&mut self, operation: Operation) -> DfuError {
        let stall = DfuError::Transfer { operation, source: TransferError::Stall };
        self.reported_failure(operation).unwrap_or(stall)
    }

    /// The failure in the device's status, if it reports one.
    fn reported_failure(&mut self, operation: Operation) -> Option<DfuError> {
        let reply = self.status().ok()?;
        (reply.status != Status::OK).then(|| failure(operation, reply.status))
    }

    fn pause(&self, reply: &StatusReply) {
        // Not cut short by Ctrl-C: what the device is doing is brought to its end.
        self.clock.pause_to_the_end(Duration::from_millis(reply.poll_timeout.into()).min(LONGEST_PAUSE));
    }

    fn status(&mut self) -> Result<StatusReply, TransferError> {
        let bytes = self.control_in(request::GETSTATUS, 0, StatusReply::LENGTH)?;
        let reply = StatusReply::decode(&bytes).ok_or(TransferError::Malformed("DFU status"))?;
        tracing::trace!(
            "DFU status {}, state {:?}, poll in {} ms",
            reply.status.name(),
            reply.state,
            reply.poll_timeout
        );
        Ok(reply)
    }

    fn control_in(&mut self, request: u8, value: u16, length: u16) -> Result<Vec<u8>, TransferError> {
        let setup = Setup { request_type: CLASS_IN, request, value, index: self.interface.into() };
        self.handle.control_in(setup, length, TRANSFER_LIMIT)
    }

    fn control_out(&mut self, request: u8, value: u16, data: &[u8]) -> Result<(), TransferError> {
        let setup = Setup { request_type: CLASS_OUT, request, value, index: self.interface.into() };
        self.handle.control_out(setup, data, TRANSFER_LIMIT)
    }
}

fn with_address(command: u8, address: u32) -> [u8; 5] {
    let [a, b, c, d] = address.to_le_bytes();
    [command, a, b, c, d]
}

fn failure(operation: Operation, status: Status) -> DfuError {
    match status {
        Status::ERR_VENDOR => DfuError::Protected,
        _ => DfuError::Status { operation, status },
    }
}
