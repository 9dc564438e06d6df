//! Firmware updates by control request: a file comes in pieces, is checked as a whole, and is put in place by a reset.
//!
//! Source: Device OS `system/src/control/storage.cpp`, `system/src/firmware_update.cpp`.

use super::{Outcome, RESET_DELAY};
use crate::{
    firmware::{ModuleFunction, split},
    sandbox::bench::{
        board::Board, os_version::OsVersion, staging::Area, state::Mode, update::ApplicationNeeds,
    },
    usb::control::{
        ResultCode,
        messages::{FinishFirmwareUpdate, FirmwareUpdateData, StartFirmwareUpdate, StartFirmwareUpdateReply},
    },
};
use prost::Message;
use std::time::Duration;

/// What devices ask for at a time.
const CHUNK_SIZE: u32 = 1024;
/// Devices say from this version on what is wrong with an update.
const REASONS_GIVEN: OsVersion = OsVersion(2, 0, 0);
/// How long it takes to hand firmware over to a network coprocessor.
const NCP_TIME: Duration = Duration::from_secs(10);

/// A file that is coming in.
#[derive(Clone, Copy, Debug)]
pub(in crate::sandbox::bench) struct Incoming {
    area: Area,
    size: usize,
    received: usize,
}

/// Makes room for a file. One that was coming in before is given up.
pub(super) fn start(payload: &[u8], board: &mut Board) -> Outcome {
    let Ok(StartFirmwareUpdate { size, format }) = StartFirmwareUpdate::decode(payload) else {
        return ResultCode::INVALID_ARGUMENT.into();
    };
    board.incoming = None;
    let Some(area) = board.state.update_area().filter(|_| format == 0) else {
        return ResultCode::NOT_SUPPORTED.into();
    };
    if size == 0 || size > area.size {
        return reason(ResultCode::OTA_INVALID_SIZE, board).into();
    }
    board.state.clear_update_area(area, size as usize);
    board.changed = true;
    board.incoming = Some(Incoming { area, size: size as usize, received: 0 });
    Outcome::of(&StartFirmwareUpdateReply { chunk_size: CHUNK_SIZE })
}

/// Takes the next piece. A piece that cannot be ends the update.
pub(super) fn data(payload: &[u8], board: &mut Board) -> Outcome {
    let Ok(FirmwareUpdateData { data }) = FirmwareUpdateData::decode(payload) else {
        return ResultCode::INVALID_ARGUMENT.into();
    };
    let Some(incoming) = &mut board.incoming else { return ResultCode::INVALID_STATE.into() };
    if data.is_empty() || data.len() > incoming.size - incoming.received {
        board.incoming = None;
        return ResultCode::OUT_OF_RANGE.into();
    }
    let Area { alternate, address, .. } = incoming.area;
    let address = address + incoming.received as u32;
    incoming.received += data.len();
    board.state.write(alternate, address, &data);
    board.changed = true;
    ResultCode::OK.into()
}

/// Checks the file, and resets the device to put its modules in place.
pub(super) fn finish(payload: &[u8], board: &mut Board) -> Outcome {
    let Ok(FinishFirmwareUpdate { validate_only }) = FinishFirmwareUpdate::decode(payload) else {
        return ResultCode::INVALID_ARGUMENT.into();
    };
    let Some(Incoming { area, size, received }) = board.incoming.take() else {
        return ResultCode::INVALID_STATE.into();
    };
    if received != size {
        return ResultCode::INVALID_STATE.into();
    }
    let file = board.state.read(area.alternate, area.address, size);
    match board.state.check_update(&file, ApplicationNeeds::Later) {
        Err(error) => return reason(error.result_code(), board).into(),
        Ok(_) if validate_only => {}
        Ok(modules) => {
            board.state.await_start(area, &modules);
            board.restart(Mode::Normal, RESET_DELAY + handing_over(&file));
        }
    }
    ResultCode::OK.into()
}

/// Gives the update up, if there is one.
pub(super) fn cancel(board: &mut Board) -> Outcome {
    board.incoming = None;
    ResultCode::OK.into()
}

fn handing_over(file: &[u8]) -> Duration {
    let ncp = split(file)
        .is_ok_and(|modules| modules.iter().any(|module| module.prefix().function == ModuleFunction::Ncp));
    if ncp { NCP_TIME } else { Duration::ZERO }
}

/// The code, or that of an unknown error from devices that have no codes for this.
fn reason(code: ResultCode, board: &Board) -> ResultCode {
    if board.state.os_version >= REASONS_GIVEN { code } else { ResultCode::ERROR }
}

#[cfg(test)]
mod tests;
