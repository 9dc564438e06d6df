//! Writing memory.

use super::{
    Dfu, DfuError, LeftAs,
    plan::{self, Step},
};

/// How to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteOptions {
    /// Keep what shares an erased sector with the data: read it first and write it back.
    pub preserve: bool,
    /// Read back and compare.
    pub verify: bool,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self { preserve: true, verify: true }
    }
}

impl Dfu {
    /// Writes `data` to an address of an alternate setting, erasing sectors where that is needed.
    ///
    /// A range that leaves the memory map, is not writable, or that the platform table forbids is refused before
    /// anything is sent. `progress` is told bytes of `data` written and bytes in all. An interrupt is looked at
    /// between blocks, but a sector whose other contents have to be put back is finished first.
    pub fn write(
        &mut self,
        alternate: u8,
        address: u32,
        data: &[u8],
        options: &WriteOptions,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), DfuError> {
        let setting = self.setting(alternate)?;
        if self.is_protected()? {
            return Err(DfuError::Protected);
        }
        let map = self.memory_map(alternate)?;
        let steps = plan::write_steps(map, setting, address, data.len(), options.preserve)?;
        self.link.select(alternate)?;
        progress(0, data.len() as u64);
        let mut writer = Writer { dfu: self, address, data, progress, touched: false };
        let contents = writer.run(&steps, options.preserve)?;
        self.link.go_idle()?;
        if options.verify {
            self.verify(&contents)?;
        }
        Ok(())
    }

    /// Compares the memory with what was written there.
    fn verify(&mut self, contents: &[(u32, Vec<u8>)]) -> Result<(), DfuError> {
        for (address, written) in contents {
            let found =
                self.read_range(*address, written.len(), &mut |_, _| ()).map_err(|error| match error {
                    DfuError::Stopped { stop, .. } => DfuError::Stopped { stop, left: LeftAs::Unverified },
                    error => error,
                })?;
            if let Some(offset) = found.iter().zip(written).position(|(found, written)| found != written) {
                return Err(DfuError::Verification { address: address + offset as u32 });
            }
        }
        Ok(())
    }
}

/// A write under way.
struct Writer<'a> {
    dfu: &'a mut Dfu,
    address: u32,
    data: &'a [u8],
    progress: &'a mut dyn FnMut(u64, u64),
    /// Whether anything was erased or written yet.
    touched: bool,
}

impl Writer<'_> {
    /// Carries out the steps; gives what should now be in the memory.
    fn run(&mut self, steps: &[Step], preserve: bool) -> Result<Vec<(u32, Vec<u8>)>, DfuError> {
        let mut contents = Vec::with_capacity(steps.len());
        for step in steps {
            self.check(step.data.start)?;
            let restores = preserve && step.erases_more();
            let (start, content) = if restores { self.merge(step)? } else { self.own(step) };
            if let Some(sector) = &step.erase {
                self.touched = true;
                self.dfu.link.erase(sector.start)?;
            }
            self.write_blocks(start, &content, !restores)?;
            contents.push((start, content));
        }
        Ok(contents)
    }

    /// The data of a step alone.
    fn own(&self, step: &Step) -> (u32, Vec<u8>) {
        let offset = |address: u32| (address - self.address) as usize;
        (step.data.start, self.data[offset(step.data.start)..offset(step.data.end)].to_vec())
    }

    /// The data of a step amid what its sector holds now.
    fn merge(&mut self, step: &Step) -> Result<(u32, Vec<u8>), DfuError> {
        let sector = step.erase.as_ref().unwrap_or(&step.data);
        let left = self.left(step.data.start);
        let mut content =
            self.dfu.read_range(sector.start, sector.len(), &mut |_, _| ()).map_err(|error| match error {
                DfuError::Stopped { stop, .. } => DfuError::Stopped { stop, left },
                error => error,
            })?;
        let offset = (step.data.start - sector.start) as usize;
        content[offset..offset + step.data.len()].copy_from_slice(&self.own(step).1);
        Ok((sector.start, content))
    }

    /// Writes a run of blocks behind one address pointer.
    fn write_blocks(&mut self, start: u32, content: &[u8], interruptible: bool) -> Result<(), DfuError> {
        // The block number is 16 bits wide; runs of this many blocks keep well below.
        const BLOCKS_PER_POINTER: usize = 0x8000;
        let block_size = usize::from(self.dfu.transfer_size);
        let mut position = start;
        for (number, block) in content.chunks(block_size).enumerate() {
            if interruptible {
                self.check(position)?;
            }
            let index = number % BLOCKS_PER_POINTER;
            if index == 0 {
                self.dfu.link.set_address(position)?;
            }
            self.touched = true;
            self.dfu.link.write_block(index as u16, position, block)?;
            position += block.len() as u32;
            let written = self.written(position);
            (self.progress)(written, self.data.len() as u64);
        }
        Ok(())
    }

    /// Bytes of the data that lie before an address.
    fn written(&self, position: u32) -> u64 {
        u64::from(position.saturating_sub(self.address)).min(self.data.len() as u64)
    }

    fn left(&self, position: u32) -> LeftAs {
        if !self.touched {
            return LeftAs::Unchanged;
        }
        LeftAs::Partial {
            address: self.address,
            written: self.written(position),
            total: self.data.len() as u64,
        }
    }

    /// Ends the write if the person asked for it, with the bootloader idle.
    fn check(&mut self, position: u32) -> Result<(), DfuError> {
        let Err(stop) = self.dfu.link.clock().check() else { return Ok(()) };
        self.dfu.link.go_idle()?;
        Err(DfuError::Stopped { stop, left: self.left(position) })
    }
}
