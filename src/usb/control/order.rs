//! Orders that change what a device is doing, and questions about it, for every age of firmware.
//!
//! Firmware from 0.8.0 on takes orders as service requests; 0.6.0 to 0.7.0 knows raw vendor requests only.

use super::{
    ControlChannel, ControlError, RequestType,
    channel::{REQUEST_LIMIT, TRANSFER_LIMIT},
    messages::{DeviceMode, DeviceModeReply, SetSetupDone},
    raw::{self, RawNumbers, RawRequest},
};
use crate::usb::TransferError;
use std::time::Duration;

/// Limit for a question that only decides what is shown.
const QUESTION_LIMIT: Duration = Duration::from_secs(10);
/// The byte sent where a board cannot do without a data stage.
const DUMMY: &[u8] = &[0];

/// Something a running device can be told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Restart.
    Reset,
    /// Restart into DFU mode.
    EnterDfu,
    /// Restart into safe mode.
    EnterSafeMode,
    /// Enter listening mode.
    StartListening,
    /// Leave listening mode.
    StopListening,
}

impl Order {
    fn request_type(self) -> RequestType {
        match self {
            Self::Reset => RequestType::RESET,
            Self::EnterDfu => RequestType::DFU_MODE,
            Self::EnterSafeMode => RequestType::SAFE_MODE,
            Self::StartListening => RequestType::START_LISTENING,
            Self::StopListening => RequestType::STOP_LISTENING,
        }
    }

    fn raw_request(self, numbers: &RawNumbers) -> Option<RawRequest> {
        match self {
            Self::Reset => Some(numbers.reset),
            Self::EnterDfu => Some(numbers.dfu),
            Self::EnterSafeMode => numbers.safe_mode,
            Self::StartListening => Some(numbers.start_listening),
            Self::StopListening => numbers.stop_listening,
        }
    }

    /// Whether the device goes away when it obeys, perhaps before it has acknowledged the order.
    fn restarts(self) -> bool {
        matches!(self, Self::Reset | Self::EnterDfu | Self::EnterSafeMode)
    }
}

impl ControlChannel {
    /// Gives an order, by whichever request the firmware knows.
    ///
    /// [`ControlError::Unsupported`] if it knows none. A device that hangs is still restarted by a raw request
    /// (Device OS 2.0.0 and later).
    pub fn order(&mut self, order: Order) -> Result<(), ControlError> {
        match self.request(order.request_type(), &[], REQUEST_LIMIT) {
            Ok(_) => Ok(()),
            // Device OS 0.8.0 to 1.0.1 restarts before its answer has been fetched.
            Err(ControlError::Lost) if order.restarts() => Ok(()),
            Err(ControlError::Unsupported) => {
                let numbers = self.raw_numbers()?.ok_or(ControlError::Unsupported)?;
                let request = order.raw_request(numbers).ok_or(ControlError::Unsupported)?;
                self.raw_order(request, order.restarts())
            }
            Err(ControlError::Timeout) if order == Order::Reset => self.raw_order(raw::NUMBERS.reset, true),
            Err(error) => Err(error),
        }
    }

    /// The version of Device OS. `None` if the firmware does not tell.
    pub fn system_version(&mut self) -> Result<Option<String>, ControlError> {
        let Some(numbers) = self.raw_numbers()? else { return Ok(None) };
        Ok(self.raw_question(numbers.version)?.filter(|version| !version.is_empty()))
    }

    /// Whether the device is listening. `None` if the firmware does not tell.
    pub fn device_mode(&mut self) -> Result<Option<DeviceMode>, ControlError> {
        match self.call::<DeviceModeReply>(RequestType::GET_DEVICE_MODE, &(), QUESTION_LIMIT) {
            Ok(reply) => Ok(Some(reply.mode())),
            Err(error) if error.is_not_supported() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Marks set-up as done or not. Generation 3 and later; from Device OS 4.0.0 on it cannot be undone.
    pub fn set_setup_done(&mut self, done: bool) -> Result<(), ControlError> {
        self.call(RequestType::SET_SETUP_DONE, &SetSetupDone { done }, REQUEST_LIMIT)
    }

    /// Which raw requests the firmware knows. `None` before Device OS 0.6.0.
    fn raw_numbers(&mut self) -> Result<Option<&'static RawNumbers>, ControlError> {
        for numbers in [&raw::NUMBERS, &raw::NUMBERS_0_6_0] {
            if self.raw_question(numbers.version)?.is_some() {
                return Ok(Some(numbers));
            }
        }
        Ok(None)
    }

    /// Asks a raw question. `None` if the device does not know it.
    fn raw_question(&mut self, question: RawRequest) -> Result<Option<String>, ControlError> {
        match self.handle.control_in(question.setup_in(), raw::REPLY_LENGTH, TRANSFER_LIMIT) {
            Ok(bytes) => {
                let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
                Ok(Some(String::from_utf8_lossy(text).into_owned()))
            }
            Err(TransferError::Stall) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn raw_order(&mut self, request: RawRequest, restarts: bool) -> Result<(), ControlError> {
        let data = if self.out_needs_data_stage { DUMMY } else { &[] };
        match self.handle.control_out(request.setup_out(), data, TRANSFER_LIMIT) {
            Ok(()) => Ok(()),
            Err(TransferError::Stall) => Err(ControlError::Unsupported),
            Err(TransferError::Disconnected | TransferError::Other(_)) if restarts => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
