//! What a bootloader does with a downloaded block: a DfuSe command, or data to write.

use super::{Bootloader, EXTENDED_COMMANDS, Family, turn_one_bit};
use crate::{
    dfu::protocol::{FIRST_DATA_BLOCK, Status, command},
    sandbox::{
        bench::{
            board::{Board, Disturbance, End},
            state::{Mode, Protection},
        },
        fault::Moment,
    },
};
use std::time::Duration;

/// What a DNLOAD brought.
pub(super) struct Block {
    /// wValue: 0 for a command, from 2 on for data.
    pub(super) number: u16,
    /// The data stage.
    pub(super) data: Vec<u8>,
}

/// Where carrying out a block leads.
pub(super) enum Done {
    /// More can be downloaded.
    Idle,
    /// The device is told to go.
    Leave,
}

/// Why a block was not carried out.
pub(super) enum Failure {
    /// The bootloader's own reason.
    Refused(Status),
    /// A fault that was ordered.
    Disturbed(End),
}

impl Block {
    /// Whether even a protected device carries it out.
    pub(super) fn is_allowed_when_protected(&self) -> bool {
        let allowed = [command::ENTER_SAFE_MODE, command::CLEAR_SECURITY_OVERRIDE];
        self.number == 0 && self.data.first().is_some_and(|name| allowed.contains(name))
    }
}

impl Bootloader {
    /// Carries out a downloaded block.
    pub(super) fn execute(&mut self, block: &Block, board: &mut Board) -> Result<Done, Failure> {
        match (block.number, block.data.as_slice()) {
            (0, &[command::SET_ADDRESS, a, b, c, d]) => {
                self.pointer = u32::from_le_bytes([a, b, c, d]);
                Ok(Done::Idle)
            }
            (0, &[command::ERASE, a, b, c, d]) => self.erase(u32::from_le_bytes([a, b, c, d]), board),
            (0, [name, ..]) if self.family == Family::Modern => {
                self.execute_modern(*name, &block.data, board)
            }
            (0, _) => Err(Failure::Refused(Status::ERR_STALLED_PACKET)),
            (1, _) if self.family == Family::Modern => Err(Failure::Refused(Status::ERR_TARGET)),
            (1, _) => Ok(Done::Idle),
            (number, data) => self.write(self.address(number), data, board),
        }
    }

    fn erase(&mut self, address: u32, board: &mut Board) -> Result<Done, Failure> {
        if let Some(Disturbance::Ends(end)) = board.disturbance(Moment::DfuErase) {
            return Err(Failure::Disturbed(end));
        }
        if self.family != Family::Modern {
            self.pointer = address;
        }
        done(board.erase(self.alternate, address))
    }

    fn write(&self, address: u32, data: &[u8], board: &mut Board) -> Result<Done, Failure> {
        let mut data = data.to_vec();
        match board.disturbance(Moment::DfuWrite) {
            Some(Disturbance::Ends(end)) => return Err(Failure::Disturbed(end)),
            Some(Disturbance::Corrupts) => turn_one_bit(&mut data),
            _ => {}
        }
        if self.family != Family::Modern {
            // They program whole words.
            data.resize(data.len().next_multiple_of(4), 0xFF);
        }
        done(board.program(self.alternate, address, &data))
    }

    fn execute_modern(&mut self, name: u8, data: &[u8], board: &mut Board) -> Result<Done, Failure> {
        let extended = board.state.bootloader() >= EXTENDED_COMMANDS;
        let status = match name {
            0 => return Ok(Done::Idle),
            command::ENTER_SAFE_MODE if extended => {
                self.leave_to = Mode::SafeMode;
                return Ok(Done::Leave);
            }
            command::CLEAR_SECURITY_OVERRIDE if extended => {
                if board.state.protection == Protection::ServiceMode {
                    board.state.end_service_mode();
                    board.changed = true;
                }
                return Ok(Done::Idle);
            }
            command::ERASE if data.len() == 1 => Status::ERR_TARGET,
            command::ERASE | command::SET_ADDRESS | command::READ_UNPROTECT => Status::ERR_UNKNOWN,
            _ => Status::ERR_STALLED_PACKET,
        };
        Err(Failure::Refused(status))
    }

    /// Where a block goes to or comes from.
    pub(super) fn address(&self, block: u16) -> u32 {
        let offset = u32::from(block - FIRST_DATA_BLOCK) * u32::from(self.transfer_size);
        self.pointer.wrapping_add(offset)
    }

    /// Milliseconds until the device is ready, scaled like all its times.
    ///
    /// Generation 2 reports the time of the other operation: its table is looked up the wrong way round.
    pub(super) fn poll_timeout(&self, block: &Block, board: &Board) -> u32 {
        let erases = block.number == 0 && block.data.first() == Some(&command::ERASE);
        let milliseconds = match (self.family, self.alternate, erases) {
            (Family::Core, 0, _) => 50,
            (Family::Core, _, true) => 20,
            (Family::Core, _, false) => 30,
            (Family::Stm32f2, 1, true) => 500,
            (Family::Stm32f2, 1, false) => 1,
            _ => 0,
        };
        board.clock.scaled(Duration::from_millis(milliseconds)).as_millis() as u32
    }
}

fn done(carried_out: bool) -> Result<Done, Failure> {
    if carried_out { Ok(Done::Idle) } else { Err(Failure::Refused(Status::ERR_UNKNOWN)) }
}
