//! The DFU side of a device: DFU 1.1 with ST's DfuSe commands, as each generation's bootloader answers.
//!
//! Sources: Device OS `bootloader/src/core/usb_prop.c`, `platform/MCU/STM32F2xx/STM32_USB_Device_Driver/src/
//! usbd_dfu_{core,mal}.c`, `bootloader/src/nRF52840/usbd_dfu.{h,cpp}`.

mod execution;

use super::{
    board::{Board, Disturbance, End},
    os_version::OsVersion,
    state::Mode,
    transfer::{Answer, SetupPacket},
};
use crate::{
    dfu::protocol::{State, Status, StatusReply, command, request},
    platform::{Mcu, Platform},
    sandbox::fault::Moment,
};
use execution::{Block, Done, Failure};
use std::time::Duration;

/// The reset comes this long after the GETSTATUS that saw the device leave.
const LEAVE_DELAY: Duration = Duration::from_millis(500);
/// String index of the text behind errVENDOR.
pub(super) const ERROR_STRING: u8 = 10;
/// The text behind errVENDOR.
pub(super) const PROTECTED_TEXT: &str = "Device is in protected mode";
/// Bootloaders know safe mode and the end of service mode from this version on.
const EXTENDED_COMMANDS: OsVersion = OsVersion(6, 1, 1);

/// The three bodies of bootloader code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// Spark Core: reports no failure at all.
    Core,
    /// Generation 2: a failed erase or write stalls the status stage of the GETSTATUS that carries it out.
    Stm32f2,
    /// nRF52840 and RTL872x: keeps to the specification.
    Modern,
}

/// A running bootloader.
pub(super) struct Bootloader {
    family: Family,
    transfer_size: u16,
    alternate: u8,
    state: State,
    status: Status,
    string_index: u8,
    pointer: u32,
    /// The last DNLOAD, until GETSTATUS has it carried out.
    pending: Option<Block>,
    /// The mode the device comes back in once it leaves.
    leave_to: Mode,
}

impl Bootloader {
    /// A bootloader fresh from reset.
    pub(super) fn new(platform: &Platform) -> Self {
        let family = match platform.mcu {
            Mcu::Stm32f103 => Family::Core,
            Mcu::Stm32f205 => Family::Stm32f2,
            _ => Family::Modern,
        };
        Self {
            family,
            transfer_size: platform.flash.map_or(0, |flash| flash.transfer_size),
            alternate: 0,
            state: State::DfuIdle,
            status: Status::OK,
            string_index: 0,
            pointer: 0,
            pending: None,
            leave_to: Mode::Normal,
        }
    }

    /// The selected alternate setting.
    pub(super) fn alternate(&self) -> u8 {
        self.alternate
    }

    /// Selects an alternate setting that exists.
    pub(super) fn select(&mut self, alternate: u8) {
        self.alternate = alternate;
    }

    /// A bus reset, or a new configuration: back to idle. The address pointer stays.
    pub(super) fn bus_reset(&mut self) {
        self.return_to_idle();
        self.alternate = 0;
    }

    fn return_to_idle(&mut self) {
        self.state = State::DfuIdle;
        self.status = Status::OK;
        self.string_index = 0;
        self.pending = None;
        self.leave_to = Mode::Normal;
    }

    /// Answers a class request.
    pub(super) fn request(&mut self, setup: &SetupPacket, data: &[u8], board: &mut Board) -> Answer {
        match (setup.request, setup.is_in()) {
            (request::DETACH, false) => self.detach(board),
            (request::DNLOAD, false) => self.download(setup, data, board),
            (request::UPLOAD, true) => self.upload(setup, board),
            (request::GETSTATUS, true) => self.get_status(board),
            (request::CLRSTATUS, false) => self.clear_status(),
            (request::GETSTATE, true) => self.get_state(),
            (request::ABORT, false) => self.abort(),
            _ => Answer::Stall,
        }
    }

    fn detach(&mut self, board: &mut Board) -> Answer {
        if self.abort() == Answer::Accepted {
            board.restart(Mode::Dfu, Duration::ZERO);
            return Answer::Accepted;
        }
        Answer::Stall
    }

    fn download(&mut self, setup: &SetupPacket, data: &[u8], board: &mut Board) -> Answer {
        if !matches!(self.state, State::DfuIdle | State::DownloadIdle)
            || data.len() > self.transfer_size.into()
        {
            return self.unexpected();
        }
        if data.is_empty() {
            if let Some(Disturbance::Ends(end)) = board.disturbance(Moment::DfuLeave) {
                return end.into();
            }
            self.state = State::ManifestSync;
        } else {
            self.pending = Some(Block { number: setup.value, data: data.to_vec() });
            self.state = State::DownloadSync;
        }
        Answer::Accepted
    }

    fn upload(&mut self, setup: &SetupPacket, board: &mut Board) -> Answer {
        if !matches!(self.state, State::DfuIdle | State::UploadIdle) || setup.length > self.transfer_size {
            return self.unexpected();
        }
        match setup.value {
            0 => {
                self.state = match self.family {
                    Family::Core | Family::Stm32f2 if setup.length <= 3 => State::UploadIdle,
                    _ => State::DfuIdle,
                };
                Answer::Data(self.commands(board).to_vec())
            }
            1 => self.unexpected(),
            number => self.upload_block(number, setup.length, board),
        }
    }

    fn upload_block(&mut self, number: u16, length: u16, board: &mut Board) -> Answer {
        let disturbance = board.disturbance(Moment::DfuRead);
        if let Some(Disturbance::Ends(end)) = disturbance {
            self.fail_if_modern(end);
            return end.into();
        }
        self.state = State::UploadIdle;
        if self.family == Family::Modern && board.state.is_protected() {
            self.fail(Status::ERR_VENDOR);
            return Answer::Data(Vec::new());
        }
        let bytes = board.read(self.alternate, self.address(number), length.into());
        match (bytes, self.family) {
            (Some(mut bytes), _) => {
                if disturbance == Some(Disturbance::Corrupts) {
                    turn_one_bit(&mut bytes);
                }
                Answer::Data(bytes)
            }
            (None, Family::Modern) => self.unexpected(),
            // The older bootloaders send whatever is in their buffer.
            (None, _) => Answer::Data(vec![0; length.into()]),
        }
    }

    /// The reply to GETSTATUS, which also carries out what was downloaded.
    fn get_status(&mut self, board: &mut Board) -> Answer {
        match self.state {
            State::DownloadSync => match self.pending.take() {
                Some(block) => self.carry_out(&block, board),
                None => {
                    self.state = State::DownloadIdle;
                    self.report(State::DownloadIdle)
                }
            },
            State::ManifestSync => {
                self.state = State::ManifestWaitReset;
                board.restart(self.leave_to, LEAVE_DELAY);
                // The older bootloaders report a state in which dfu-util leaves no message behind.
                self.report(if self.family == Family::Modern { State::Manifest } else { State::DownloadIdle })
            }
            State::ManifestWaitReset if self.family == Family::Modern => self.unexpected(),
            state => self.report(state),
        }
    }

    /// The first GETSTATUS behind a DNLOAD: says "busy", then does the work.
    fn carry_out(&mut self, block: &Block, board: &mut Board) -> Answer {
        if self.family == Family::Modern && board.state.is_protected() && !block.is_allowed_when_protected() {
            self.fail(Status::ERR_VENDOR);
            return self.report(State::Error);
        }
        let busy = StatusReply {
            status: self.status,
            poll_timeout: self.poll_timeout(block, board),
            state: State::DownloadBusy,
            string_index: 0,
        };
        let outcome = self.execute(block, board);
        let after = if self.family == Family::Modern { State::DownloadIdle } else { State::DownloadSync };
        self.state = match outcome {
            Ok(Done::Leave) => State::ManifestSync,
            _ => after,
        };
        match (outcome, self.family) {
            (Ok(_), _) | (Err(Failure::Refused(_)), Family::Core) => Answer::Data(busy.encode().to_vec()),
            (Err(Failure::Refused(_)), Family::Stm32f2) => Answer::Stall,
            (Err(Failure::Refused(status)), Family::Modern) => {
                self.fail(status);
                Answer::Data(busy.encode().to_vec())
            }
            (Err(Failure::Disturbed(end)), _) => {
                self.fail_if_modern(end);
                end.into()
            }
        }
    }

    fn clear_status(&mut self) -> Answer {
        match (self.state, self.family) {
            (State::Error, _) => {
                self.return_to_idle();
                Answer::Accepted
            }
            (_, Family::Modern) => self.unexpected(),
            // Without a stall, but into the error state all the same.
            _ => {
                self.fail(Status::ERR_UNKNOWN);
                Answer::Accepted
            }
        }
    }

    fn get_state(&mut self) -> Answer {
        if self.family == Family::Modern && self.state == State::ManifestWaitReset {
            return self.unexpected();
        }
        Answer::Data(vec![self.state as u8])
    }

    fn abort(&mut self) -> Answer {
        match (self.state, self.family) {
            (State::Error | State::Manifest | State::ManifestWaitReset, Family::Modern) => self.unexpected(),
            // Accepted and ignored.
            (State::Error | State::Manifest | State::ManifestWaitReset, _) => Answer::Accepted,
            _ => {
                self.return_to_idle();
                Answer::Accepted
            }
        }
    }

    fn report(&self, state: State) -> Answer {
        let reply =
            StatusReply { status: self.status, poll_timeout: 0, state, string_index: self.string_index };
        Answer::Data(reply.encode().to_vec())
    }

    /// A request for which there is no transition: a stall, and on newer boards the error state.
    fn unexpected(&mut self) -> Answer {
        if self.family == Family::Modern {
            self.fail(Status::ERR_UNKNOWN);
        }
        Answer::Stall
    }

    fn fail_if_modern(&mut self, end: End) {
        if self.family == Family::Modern && end == End::Stall {
            self.fail(Status::ERR_UNKNOWN);
        }
    }

    fn fail(&mut self, status: Status) {
        self.state = State::Error;
        self.status = status;
        self.string_index = if status == Status::ERR_VENDOR { ERROR_STRING } else { 0 };
    }

    fn commands(&self, board: &Board) -> &'static [u8] {
        const ALL: &[u8] = &[
            0,
            command::SET_ADDRESS,
            command::ERASE,
            command::ENTER_SAFE_MODE,
            command::CLEAR_SECURITY_OVERRIDE,
        ];
        let extended = self.family == Family::Modern && board.state.bootloader() >= EXTENDED_COMMANDS;
        if extended { ALL } else { &ALL[..3] }
    }
}

fn turn_one_bit(bytes: &mut [u8]) {
    if let Some(byte) = bytes.first_mut() {
        *byte ^= 1;
    }
}

#[cfg(test)]
mod tests;
