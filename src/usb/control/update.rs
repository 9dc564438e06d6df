//! Sending a firmware module to the running system.
//!
//! START announces the size and gives the size of the pieces; DATA sends them in order; FINISH has the device check
//! the module and take it, for which most modules need a restart. Source: Device OS
//! `system/src/control/storage.cpp`.

use super::{
    ControlChannel, ControlError, REQUEST_LIMIT, RequestType, ResultCode,
    messages::{FinishFirmwareUpdate, FirmwareUpdateData, StartFirmwareUpdate, StartFirmwareUpdateReply},
};
use std::time::Duration;

/// Limit for a request during which the device erases memory or checks a module.
const FLASH_LIMIT: Duration = Duration::from_secs(240);
/// A module as it is, not compressed by the file format of old.
const PLAIN: u32 = 0;
/// What is sent at a time at most, whatever the device says: a payload has 64 KiB at most.
const MAX_PIECE: usize = 16 * 1024;
/// How often the whole module is sent before a device counts as unwilling, and how long it is left alone in between.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

impl ControlChannel {
    /// Sends a module, which the device then checks and takes. `progress` is told bytes sent and bytes in all.
    ///
    /// What a busy device refuses is tried again as a whole. After any failure, and on an interrupt between two pieces,
    /// the update is taken off the device, which runs on as before. A device that restarts before the answer to the
    /// last request was fetched has taken the module.
    pub fn update_firmware(
        &mut self,
        module: &[u8],
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), ControlError> {
        let mut attempt = 1;
        loop {
            match self.try_update(module, progress) {
                Err(error) if attempt < ATTEMPTS && may_pass(&error) => {
                    tracing::debug!("firmware update, attempt {attempt}: {error}");
                    self.pause(PAUSE)?;
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    fn try_update(&mut self, module: &[u8], progress: &mut dyn FnMut(u64, u64)) -> Result<(), ControlError> {
        let outcome = self.send_module(module, progress).and_then(|()| self.finish_update());
        if let Err(error) = &outcome
            && !matches!(error, ControlError::Lost | ControlError::Transfer(_) | ControlError::Unsupported)
        {
            // The update has failed already; that it cannot be taken back is no news.
            let _ = self.request(RequestType::CANCEL_FIRMWARE_UPDATE, &[], REQUEST_LIMIT);
        }
        outcome
    }

    fn finish_update(&mut self) -> Result<(), ControlError> {
        let finish = FinishFirmwareUpdate { validate_only: false };
        match self.call::<()>(RequestType::FINISH_FIRMWARE_UPDATE, &finish, FLASH_LIMIT) {
            Err(ControlError::Lost) => Ok(()),
            outcome => outcome,
        }
    }

    fn send_module(&mut self, module: &[u8], progress: &mut dyn FnMut(u64, u64)) -> Result<(), ControlError> {
        let size = u32::try_from(module.len()).map_err(|_| ControlError::TooLong(module.len()))?;
        let start = StartFirmwareUpdate { size, format: PLAIN };
        let reply: StartFirmwareUpdateReply =
            self.call(RequestType::START_FIRMWARE_UPDATE, &start, FLASH_LIMIT)?;
        let piece = usize::try_from(reply.chunk_size).unwrap_or(MAX_PIECE).min(MAX_PIECE);
        if piece == 0 {
            return Err(ControlError::Malformed("reply: it takes no bytes at a time"));
        }
        let mut sent = 0;
        progress(0, size.into());
        for data in module.chunks(piece) {
            self.call::<()>(
                RequestType::FIRMWARE_UPDATE_DATA,
                &FirmwareUpdateData { data: data.to_vec() },
                FLASH_LIMIT,
            )?;
            sent += data.len() as u64;
            progress(sent, size.into());
        }
        Ok(())
    }
}

/// Whether a failure is one of a device that has other things to do.
fn may_pass(error: &ControlError) -> bool {
    matches!(
        error,
        ControlError::Timeout
            | ControlError::Cancelled
            | ControlError::NoMemory
            | ControlError::Refused(ResultCode::BUSY)
    )
}
