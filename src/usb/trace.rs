//! What goes over the wire, for `-vv`: the head and length of each transfer, never its data, which may be a key.

use super::{Handle, Setup, TransferError, UsbError};
use std::{fmt, time::Duration};
use tracing::trace;

/// A handle whose transfers are traced.
pub(super) struct Traced {
    handle: Box<dyn Handle>,
    device: String,
}

impl Traced {
    /// Traces the transfers of `handle` under the name `device`.
    pub(super) fn new(handle: Box<dyn Handle>, device: String) -> Self {
        Self { handle, device }
    }

    fn show<T>(
        &self,
        what: fmt::Arguments<'_>,
        outcome: Result<T, TransferError>,
        length: impl Fn(&T) -> usize,
    ) -> Result<T, TransferError> {
        match &outcome {
            Ok(done) => trace!("{} {what}: {} bytes", self.device, length(done)),
            Err(error) => trace!("{} {what}: {error}", self.device),
        }
        outcome
    }
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:02x} {:02x} value {:04x} index {:04x}",
            self.request_type, self.request, self.value, self.index
        )
    }
}

impl Handle for Traced {
    fn control_in(&mut self, setup: Setup, length: u16, timeout: Duration) -> Result<Vec<u8>, TransferError> {
        let outcome = self.handle.control_in(setup, length, timeout);
        self.show(format_args!("control in {setup} length {length}"), outcome, Vec::len)
    }

    fn control_out(&mut self, setup: Setup, data: &[u8], timeout: Duration) -> Result<(), TransferError> {
        let outcome = self.handle.control_out(setup, data, timeout);
        self.show(format_args!("control out {setup}"), outcome, |()| data.len())
    }

    fn bulk_in(&mut self, endpoint: u8, length: usize, timeout: Duration) -> Result<Vec<u8>, TransferError> {
        let outcome = self.handle.bulk_in(endpoint, length, timeout);
        self.show(format_args!("bulk in {endpoint:02x} length {length}"), outcome, Vec::len)
    }

    fn bulk_out(&mut self, endpoint: u8, data: &[u8], timeout: Duration) -> Result<usize, TransferError> {
        let outcome = self.handle.bulk_out(endpoint, data, timeout);
        self.show(format_args!("bulk out {endpoint:02x} length {}", data.len()), outcome, |taken| *taken)
    }

    fn claim_interface(&mut self, interface: u8) -> Result<(), UsbError> {
        trace!("{} claim interface {interface}", self.device);
        self.handle.claim_interface(interface)
    }

    fn set_alternate_setting(&mut self, interface: u8, alternate: u8) -> Result<(), TransferError> {
        let outcome = self.handle.set_alternate_setting(interface, alternate);
        self.show(format_args!("alternate setting {alternate} of interface {interface}"), outcome, |()| 0)
    }
}
