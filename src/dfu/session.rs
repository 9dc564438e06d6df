//! A device in DFU mode: opening it, what it reaches, and leaving.

use super::{
    DfuError, MemoryMap, Operation,
    link::Link,
    protocol::{DEFAULT_TRANSFER_SIZE, FIRST_DATA_BLOCK, FUNCTIONAL_DESCRIPTOR, command},
};
use crate::{
    clock::Clock,
    platform::{AlternateSetting, FlashLayout},
    usb::{Handle, TransferError, UsbError, descriptor::Interface},
};
use std::collections::BTreeMap;

/// Class and subclass of a DFU interface (USB DFU 1.1, table 4.1).
const DFU_CLASS: (u8, u8) = (0xFE, 1);
/// Smallest and largest block we move. Linux takes no control transfer larger than a page.
const TRANSFER_SIZES: std::ops::RangeInclusive<u16> = 64..=4096;
/// A session with a bootloader.
pub struct Dfu {
    pub(super) link: Link,
    layout: &'static FlashLayout,
    /// Bytes in a block.
    pub(super) transfer_size: u16,
    /// String index of each alternate setting's memory map.
    names: BTreeMap<u8, u8>,
    maps: BTreeMap<u8, MemoryMap>,
}

impl Dfu {
    /// Claims the DFU interface of an open device and brings the bootloader to idle.
    ///
    /// `layout` is the row of the platform table for this device.
    pub fn open(
        mut handle: Box<dyn Handle>,
        clock: &Clock,
        layout: &'static FlashLayout,
    ) -> Result<Self, DfuError> {
        let configuration = handle.configuration().map_err(UsbError::from)?;
        let is_dfu = |interface: &&Interface| (interface.class, interface.subclass) == DFU_CLASS;
        let settings: Vec<&Interface> = configuration.interfaces.iter().filter(is_dfu).collect();
        let number = settings.first().ok_or(DfuError::NoDfuInterface)?.number;
        let transfer_size = transfer_size(&settings);
        let names = settings.iter().map(|setting| (setting.alternate, setting.name_index)).collect();
        handle.claim_interface(number)?;
        let mut link = Link::new(handle, clock.clone(), number);
        link.go_idle()?;
        Ok(Self { link, layout, transfer_size, names, maps: BTreeMap::new() })
    }

    /// The memory map of an alternate setting, as the bootloader itself describes it.
    pub fn memory_map(&mut self, alternate: u8) -> Result<&MemoryMap, DfuError> {
        if !self.maps.contains_key(&alternate) {
            let index = *self.names.get(&alternate).ok_or(DfuError::NoSuchMemory(alternate))?;
            let text = self
                .link
                .string(index)
                .map_err(|source| DfuError::Transfer { operation: Operation::Describe, source })?;
            tracing::debug!("DFU alternate setting {alternate}: {text}");
            self.maps.insert(alternate, MemoryMap::parse(&text)?);
        }
        self.maps.get(&alternate).ok_or(DfuError::NoSuchMemory(alternate))
    }

    /// Whether Device Protection is on.
    ///
    /// Bootloaders before Device OS 6.1.2 have no string that says so and lock every memory instead.
    pub fn is_protected(&mut self) -> Result<bool, DfuError> {
        match self.layout.security_string.map(|index| self.link.string(index)) {
            Some(Ok(text)) if security_mode(&text).is_some() => Ok(security_mode(&text) == Some("p")),
            Some(Err(source @ (TransferError::Disconnected | TransferError::Timeout))) => {
                Err(DfuError::Transfer { operation: Operation::Describe, source })
            }
            _ => {
                let first = self.names.keys().next().copied().unwrap_or_default();
                Ok(self.memory_map(first)?.is_locked())
            }
        }
    }

    /// Makes the device restart and run its firmware; it disappears from the bus about half a second later.
    pub fn leave(mut self) -> Result<(), DfuError> {
        self.link.go_idle()?;
        self.link.depart(Operation::Leave, FIRST_DATA_BLOCK, &[])
    }

    /// Makes the device restart into safe mode. Bootloaders before Device OS 6.1.1 cannot.
    pub fn enter_safe_mode(mut self) -> Result<(), DfuError> {
        let operation = Operation::EnterSafeMode;
        if !self.link.commands()?.contains(&command::ENTER_SAFE_MODE) {
            return Err(DfuError::Unsupported(operation));
        }
        self.link.depart(operation, 0, &[command::ENTER_SAFE_MODE])
    }

    /// The row of the platform table for an alternate setting.
    pub(super) fn setting(&self, alternate: u8) -> Result<&'static AlternateSetting, DfuError> {
        self.layout.alternate_setting(alternate).ok_or(DfuError::NoSuchMemory(alternate))
    }
}

/// The value of `sm` in a list such as `sm=o;...`.
fn security_mode(text: &str) -> Option<&str> {
    text.split(';').find_map(|pair| pair.trim().strip_prefix("sm="))
}

/// wTransferSize of the functional descriptor, which stands behind one or all of the alternate settings.
fn transfer_size(settings: &[&Interface]) -> u16 {
    settings
        .iter()
        .flat_map(|setting| &setting.class_descriptors)
        .find_map(|descriptor| match descriptor[..] {
            [_, FUNCTIONAL_DESCRIPTOR, _, _, _, low, high, ..] => Some(u16::from_le_bytes([low, high])),
            _ => None,
        })
        .unwrap_or(DEFAULT_TRANSFER_SIZE)
        .clamp(*TRANSFER_SIZES.start(), *TRANSFER_SIZES.end())
}
