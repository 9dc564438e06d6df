//! Reading memory.

use super::{Dfu, DfuError, LeftAs, plan};

/// Blocks read behind one address pointer; the block number is 16 bits wide.
const BLOCKS_PER_POINTER: usize = 0x8000;

impl Dfu {
    /// Reads `length` bytes from an address of an alternate setting.
    ///
    /// The range has to lie within readable segments of the memory map. `progress` is told bytes done and bytes in all.
    pub fn read(
        &mut self,
        alternate: u8,
        address: u32,
        length: usize,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Vec<u8>, DfuError> {
        plan::check_read(self.memory_map(alternate)?, address, length)?;
        self.link.select(alternate)?;
        self.read_range(address, length, progress)
    }

    /// Reads a range of the selected alternate setting that is known to be readable.
    pub(super) fn read_range(
        &mut self,
        address: u32,
        length: usize,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Vec<u8>, DfuError> {
        let mut bytes = Vec::with_capacity(length);
        progress(0, length as u64);
        while bytes.len() < length {
            let run_address = address + bytes.len() as u32;
            let run_length = (length - bytes.len()).min(BLOCKS_PER_POINTER * usize::from(self.transfer_size));
            let done = bytes.len() as u64;
            let mut run_progress = |run_done: u64| progress(done + run_done, length as u64);
            match self.read_run(run_address, run_length, &mut run_progress) {
                Ok(run) => bytes.extend(run),
                // Bootloaders are known to cut the first read after a reset short, and to serve the second.
                Err(DfuError::ShortRead { .. }) => {
                    bytes.extend(self.read_run(run_address, run_length, &mut run_progress)?);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(bytes)
    }

    /// Reads what can be reached with one setting of the address pointer; leaves the device idle.
    fn read_run(
        &mut self,
        address: u32,
        length: usize,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Vec<u8>, DfuError> {
        self.link.go_idle()?;
        self.link.set_address(address)?;
        // UPLOAD is not accepted in dfuDNLOAD-IDLE, and the pointer survives ABORT.
        self.link.go_idle()?;
        let outcome = self.read_blocks(address, length, progress);
        match &outcome {
            // There is nobody left to bring to idle.
            Err(DfuError::Transfer { .. }) => {}
            _ => self.link.go_idle()?,
        }
        outcome
    }

    fn read_blocks(
        &mut self,
        address: u32,
        length: usize,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Vec<u8>, DfuError> {
        let mut bytes = Vec::with_capacity(length);
        for index in 0.. {
            let wanted = (length - bytes.len()).min(usize::from(self.transfer_size)) as u16;
            if wanted == 0 {
                break;
            }
            self.link.clock().check().map_err(|stop| DfuError::Stopped { stop, left: LeftAs::Unchanged })?;
            bytes.extend(self.link.read_block(index, address + bytes.len() as u32, wanted)?);
            progress(bytes.len() as u64);
        }
        Ok(bytes)
    }
}
