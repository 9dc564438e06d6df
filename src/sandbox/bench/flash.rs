//! How the memories behind the DFU alternate settings behave, board by board.
//!
//! Sources: Device OS bootloaders `usbd_dfu_mal.*`, `usbd_flash_if.c`, `flash_if.c`, `spi_if.c`; reference manuals
//! of the processors for sector sizes.

use super::memory::Memory;
use crate::platform::{AlternateSetting, Mcu, Span};

/// The device did not erase or write what it was told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused;

/// The rules of one memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flash {
    extent: Span,
    technology: Technology,
    /// Never erased or written.
    locked: Span,
    /// The bootloader reads back what it wrote and fails if it differs.
    verifies: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Technology {
    /// Programming only clears bits; erasing sets all bits of a sector of this size.
    Nor { sector: u32 },
    /// NOR flash with the STM32F2's sectors: 4 of 16 KiB, one of 64 KiB, the rest of 128 KiB.
    NorOfStm32f2,
    /// The Device Configuration Table: the bootloader rewrites it as a whole, so that any byte can be written at any
    /// time, and erasing does nothing.
    Table,
}

const NOTHING: Span = Span { start: 0, end: 0 };

impl Flash {
    /// The memory behind an alternate setting of a board with this processor.
    pub(super) fn new(mcu: Mcu, setting: &AlternateSetting) -> Self {
        let technology = match (mcu, setting.number) {
            (Mcu::Stm32f103, 0) => Technology::Nor { sector: 0x400 },
            (Mcu::Stm32f205, 0) => Technology::NorOfStm32f2,
            (Mcu::Stm32f205 | Mcu::Nrf52840 | Mcu::Rtl872x, 1) => Technology::Table,
            _ => Technology::Nor { sector: 0x1000 },
        };
        // The older bootloaders guard themselves; the newer ones leave that to the host.
        let locked = match (mcu, setting.number) {
            (Mcu::Stm32f103, 0) => Span { start: 0x0800_0000, end: 0x0800_5000 },
            (Mcu::Stm32f205, 0) => Span { start: 0x0800_0000, end: 0x0802_0000 },
            _ => NOTHING,
        };
        Self { extent: setting.extent, technology, locked, verifies: mcu == Mcu::Stm32f205 }
    }

    /// Bytes from the memory; `None` if any of them lies outside.
    pub(super) fn read(&self, memory: &Memory, address: u32, length: usize) -> Option<Vec<u8>> {
        self.extent.holds(address, length).then(|| memory.read(address, length))
    }

    /// Erases the sector that holds the address.
    pub(super) fn erase(&self, memory: &mut Memory, address: u32) -> Result<(), Refused> {
        let sector = self.sector(address);
        self.check(address, 1)?;
        if let Some(sector) = sector {
            memory.erase(sector.start, (sector.end - sector.start) as usize);
        }
        Ok(())
    }

    /// Writes bytes as the technology allows.
    pub(super) fn program(&self, memory: &mut Memory, address: u32, data: &[u8]) -> Result<(), Refused> {
        self.check(address, data.len())?;
        if self.technology == Technology::Table {
            memory.write(address, data);
            return Ok(());
        }
        let mut programmed = memory.read(address, data.len());
        programmed.iter_mut().zip(data).for_each(|(stored, new)| *stored &= new);
        memory.write(address, &programmed);
        if self.verifies && programmed != data { Err(Refused) } else { Ok(()) }
    }

    fn check(&self, address: u32, length: usize) -> Result<(), Refused> {
        let end = address.saturating_add(u32::try_from(length).unwrap_or(u32::MAX));
        let wanted = Span { start: address, end };
        if self.extent.holds(address, length) && !self.locked.overlaps(wanted) {
            Ok(())
        } else {
            Err(Refused)
        }
    }

    /// The sector that holds the address, where there are sectors.
    fn sector(&self, address: u32) -> Option<Span> {
        let size = match self.technology {
            Technology::Nor { sector } => sector,
            Technology::NorOfStm32f2 => match address {
                ..0x0801_0000 => 0x4000,
                0x0801_0000..0x0802_0000 => 0x1_0000,
                _ => 0x2_0000,
            },
            Technology::Table => return None,
        };
        let start = address - address % size;
        Some(Span { start, end: start.saturating_add(size) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{platform::Platform, sandbox::bench::memory::ERASED};

    fn flash(platform: &str, number: u8) -> Flash {
        let platform = Platform::by_name(platform).unwrap();
        Flash::new(platform.mcu, platform.flash.unwrap().alternate_setting(number).unwrap())
    }

    #[test]
    fn spi_flash_of_the_core_needs_erasing_and_says_nothing() {
        let (flash, mut memory) = (flash("core", 1), Memory::default());
        flash.program(&mut memory, 0x2000, &[0xF0]).unwrap();
        flash.program(&mut memory, 0x2000, &[0x3F]).unwrap();
        assert_eq!(memory.read(0x2000, 1), [0x30]);
        flash.erase(&mut memory, 0x2FFF).unwrap();
        assert_eq!(memory.read(0x2000, 1), [ERASED]);
    }

    #[test]
    fn a_photon_notices_that_it_could_not_program() {
        let (flash, mut memory) = (flash("photon", 0), Memory::default());
        flash.program(&mut memory, 0x080A_0000, &[0]).unwrap();
        assert_eq!(flash.program(&mut memory, 0x080A_0000, &[1]), Err(Refused));
        flash.erase(&mut memory, 0x080B_0000).unwrap();
        assert_eq!(memory.read(0x080A_0000, 1), [ERASED]);
    }

    #[test]
    fn a_photon_guards_its_bootloader_and_every_board_its_extent() {
        let mut memory = Memory::default();
        let photon = flash("photon", 0);
        assert_eq!(photon.erase(&mut memory, 0x0801_FFFF), Err(Refused));
        assert_eq!(photon.program(&mut memory, 0x080F_FFFF, &[0, 0]), Err(Refused));
        assert_eq!(flash("boron", 2).read(&memory, 0x803F_FFFF, 2), None);
        assert_eq!(flash("tracker", 2).read(&memory, 0x807F_FFFF, 1), Some(vec![ERASED]));
    }

    #[test]
    fn the_configuration_table_is_rewritten_in_place() {
        let (flash, mut memory) = (flash("boron", 1), Memory::default());
        flash.program(&mut memory, 34, &[1]).unwrap();
        flash.erase(&mut memory, 34).unwrap();
        flash.program(&mut memory, 34, &[0xFE]).unwrap();
        assert_eq!(memory.read(34, 1), [0xFE]);
    }
}
