//! A bootloader in memory: the DFU states, the quirks and the poll timeouts of each generation, and faults on demand.

use crate::{
    dfu::{
        MemoryMap,
        protocol::{State, Status, StatusReply, command, request},
    },
    platform::{FlashLayout, Mcu, Platform},
    usb::{
        Handle, Setup, TransferError, UsbError,
        descriptor::{Configuration, Interface},
    },
};
use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

/// What goes wrong, each once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The next so many DfuSe commands are stalled.
    StallCommands(u32),
    /// An erase or write fails in the way of its generation.
    FailWork,
    /// An UPLOAD gives half of what was asked for.
    ShortRead,
    /// A written block has a bit turned over.
    FlipBit,
    /// The device disappears before the given DNLOAD (counted from now, commands included).
    Unplug(u32),
    /// The device is gone before it answers the GETSTATUS of a leave request.
    GoneOnLeave,
}

/// What the device is to do at the next GETSTATUS.
enum Work {
    SetPointer(u32),
    Erase(u32),
    Write(u32, Vec<u8>),
    Leave,
}

pub(super) struct Model {
    layout: &'static FlashLayout,
    mcu: Mcu,
    pub(super) state: State,
    status: Status,
    work: Option<Work>,
    pointer: u32,
    alternate: u8,
    pub(super) memories: Vec<(MemoryMap, Vec<u8>)>,
    pub(super) faults: Vec<Fault>,
    /// Security mode string, where this bootloader has one.
    pub(super) security: Option<&'static str>,
    pub(super) knows_safe_mode: bool,
    pub(super) gone: bool,
    /// Called before each DNLOAD.
    pub(super) on_download: Option<Box<dyn FnMut(u32) + Send>>,
    downloads: u32,
    pub(super) sent: Vec<(Setup, Vec<u8>)>,
}

/// A device in DFU mode, and the test's view of it.
#[derive(Clone)]
pub(super) struct Bootloader(Arc<Mutex<Model>>);

impl Bootloader {
    pub(super) fn new(platform: &str) -> Self {
        let platform = Platform::by_name(platform).unwrap();
        let layout = platform.flash.unwrap();
        let memories = layout.alternate_settings.iter().map(|setting| {
            let map = MemoryMap::parse(setting.memory_map).unwrap();
            let size = map.segments.last().unwrap().end - map.segments[0].start;
            (map, vec![0xFF; size as usize])
        });
        Self(Arc::new(Mutex::new(Model {
            layout,
            mcu: platform.mcu,
            state: State::DfuIdle,
            status: Status::OK,
            work: None,
            pointer: 0,
            alternate: 0,
            memories: memories.collect(),
            faults: Vec::new(),
            security: None,
            knows_safe_mode: false,
            gone: false,
            on_download: None,
            downloads: 0,
            sent: Vec::new(),
        })))
    }

    pub(super) fn model(&self) -> MutexGuard<'_, Model> {
        self.0.lock().unwrap()
    }

    pub(super) fn layout(&self) -> &'static FlashLayout {
        self.model().layout
    }

    pub(super) fn handle(&self) -> Box<dyn Handle> {
        Box::new(self.clone())
    }
}

impl Model {
    /// The data of every DNLOAD so far that was a DfuSe command with this first byte.
    pub(super) fn commands(&self, first: u8) -> Vec<Vec<u8>> {
        let is_command = |setup: &Setup| setup.request == request::DNLOAD && setup.value == 0;
        let commands = self.sent.iter().filter(|(setup, data)| is_command(setup) && data[0] == first);
        commands.map(|(_, data)| data.clone()).collect()
    }

    pub(super) fn bytes(&mut self, alternate: u8, address: u32, length: usize) -> &mut [u8] {
        let (map, bytes) = &mut self.memories[usize::from(alternate)];
        let offset = (address - map.segments[0].start) as usize;
        &mut bytes[offset..offset + length]
    }

    fn take_fault(&mut self, fault: Fault) -> bool {
        let found = self.faults.iter().position(|candidate| *candidate == fault);
        found.map(|index| self.faults.remove(index)).is_some()
    }

    fn stalls_command(&mut self) -> bool {
        let left = self.faults.iter_mut().find_map(|fault| match fault {
            Fault::StallCommands(left) if *left > 0 => Some(left),
            _ => None,
        });
        left.map(|left| *left -= 1).is_some()
    }

    fn is_old(&self) -> bool {
        matches!(self.mcu, Mcu::Stm32f103 | Mcu::Stm32f205)
    }

    /// Refuses a request: stall and, on newer bootloaders, dfuERROR with a status.
    fn refuse(&mut self, status: Status) -> TransferError {
        if !self.is_old() {
            (self.state, self.status) = (State::Error, status);
        }
        TransferError::Stall
    }

    fn download(&mut self, block: u16, data: &[u8]) -> Result<(), TransferError> {
        self.downloads += 1;
        let downloads = self.downloads;
        if let Some(hook) = &mut self.on_download {
            hook(downloads);
        }
        if self.take_fault(Fault::Unplug(downloads)) {
            self.gone = true;
            return Err(TransferError::Disconnected);
        }
        if !matches!(self.state, State::DfuIdle | State::DownloadIdle) {
            return Err(self.refuse(Status::ERR_STALLED_PACKET));
        }
        if block == 0 && self.stalls_command() {
            return Err(self.refuse(Status::ERR_STALLED_PACKET));
        }
        let protected = self.security == Some("sm=p") && data.first() != Some(&command::ENTER_SAFE_MODE);
        if protected && !data.is_empty() {
            return Err(self.refuse(Status::ERR_VENDOR));
        }
        self.work = Some(match (block, data) {
            (_, []) => Work::Leave,
            (0, [command::SET_ADDRESS, address @ ..]) => Work::SetPointer(little_endian(address)),
            (0, [command::ERASE, address @ ..]) => Work::Erase(little_endian(address)),
            (0, [command::ENTER_SAFE_MODE]) if self.knows_safe_mode => Work::Leave,
            (0 | 1, _) => return Err(self.refuse(Status::ERR_STALLED_PACKET)),
            (block, data) => {
                Work::Write(self.pointer + u32::from(block - 2) * self.block_size(), data.to_vec())
            }
        });
        self.state = State::DownloadSync;
        Ok(())
    }

    fn block_size(&self) -> u32 {
        self.layout.transfer_size.into()
    }

    fn upload(&mut self, block: u16, length: u16) -> Result<Vec<u8>, TransferError> {
        if !matches!(self.state, State::DfuIdle | State::UploadIdle) {
            return Err(self.refuse(Status::ERR_STALLED_PACKET));
        }
        if block == 0 {
            let mut commands = vec![0, command::SET_ADDRESS, command::ERASE];
            commands.extend(self.knows_safe_mode.then_some(command::ENTER_SAFE_MODE));
            return Ok(commands);
        }
        self.state = State::UploadIdle;
        let length = if self.take_fault(Fault::ShortRead) { length / 2 } else { length };
        let address = self.pointer + u32::from(block - 2) * self.block_size();
        Ok(self.bytes(self.alternate, address, length.into()).to_vec())
    }

    /// GETSTATUS: the first after a DNLOAD starts the work and says busy, the next one says how it fared.
    fn get_status(&mut self) -> Result<StatusReply, TransferError> {
        match (self.state, self.work.take()) {
            (State::DownloadSync, Some(Work::Leave)) => {
                self.gone = true;
                if self.take_fault(Fault::GoneOnLeave) {
                    return Err(TransferError::Disconnected);
                }
                self.state = if self.is_old() { State::DownloadIdle } else { State::Manifest };
            }
            (State::DownloadSync, Some(work)) => {
                self.state = State::DownloadBusy;
                self.work = Some(work);
            }
            (State::DownloadBusy, Some(work)) => {
                self.state = State::DownloadIdle;
                self.carry_out(work)?;
            }
            _ => {}
        }
        let poll_timeout = if self.is_old() { 50 } else { 0 };
        Ok(StatusReply { status: self.status, poll_timeout, state: self.state, string_index: 0 })
    }

    fn carry_out(&mut self, work: Work) -> Result<(), TransferError> {
        if !matches!(work, Work::SetPointer(_)) && self.take_fault(Fault::FailWork) {
            if self.mcu == Mcu::Stm32f205 {
                return Err(TransferError::Stall);
            }
            (self.state, self.status) = (State::Error, Status::ERR_WRITE);
            return Ok(());
        }
        let setting = self.layout.alternate_setting(self.alternate).unwrap();
        let in_place = setting.rewrites_in_place;
        match work {
            Work::SetPointer(address) => self.pointer = address,
            Work::Erase(_) if in_place => {}
            Work::Erase(address) => {
                let segment = self.memories[usize::from(self.alternate)].0.segment_at(address).unwrap();
                let size = setting.erase_step.unwrap_or(segment.sector_size);
                let start = address - (address - segment.start) % size;
                self.bytes(self.alternate, start, size as usize).fill(0xFF);
                self.pointer = address;
            }
            Work::Write(address, mut data) => {
                data[0] ^= u8::from(self.take_fault(Fault::FlipBit));
                let target = self.bytes(self.alternate, address, data.len());
                for (cell, byte) in target.iter_mut().zip(data) {
                    // Flash can only clear bits.
                    *cell = if in_place { byte } else { *cell & byte };
                }
            }
            Work::Leave => {}
        }
        Ok(())
    }

    fn clear_status(&mut self) -> Result<(), TransferError> {
        let was_error = self.state == State::Error;
        self.state = if was_error { State::DfuIdle } else { State::Error };
        self.status = if was_error { Status::OK } else { Status::ERR_STALLED_PACKET };
        if was_error || self.is_old() { Ok(()) } else { Err(TransferError::Stall) }
    }

    fn abort(&mut self) -> Result<(), TransferError> {
        match self.state {
            State::Error if self.is_old() => Ok(()),
            State::Error => Err(TransferError::Stall),
            _ => {
                self.state = State::DfuIdle;
                Ok(())
            }
        }
    }
}

impl Handle for Bootloader {
    fn control_in(
        &mut self,
        setup: Setup,
        length: u16,
        _timeout: Duration,
    ) -> Result<Vec<u8>, TransferError> {
        let mut model = self.model();
        if model.gone {
            return Err(TransferError::Disconnected);
        }
        match (setup.request_type, setup.request) {
            (0x80, 6) => model.string(setup.value as u8),
            (0xA1, request::GETSTATUS) => Ok(model.get_status()?.encode().to_vec()),
            (0xA1, request::UPLOAD) => model.upload(setup.value, length),
            _ => Err(TransferError::Stall),
        }
    }

    fn control_out(&mut self, setup: Setup, data: &[u8], _timeout: Duration) -> Result<(), TransferError> {
        let mut model = self.model();
        if model.gone {
            return Err(TransferError::Disconnected);
        }
        model.sent.push((setup, data.to_vec()));
        match setup.request {
            request::DNLOAD => model.download(setup.value, data),
            request::CLRSTATUS => model.clear_status(),
            request::ABORT => model.abort(),
            _ => Err(TransferError::Stall),
        }
    }

    fn configuration(&mut self) -> Result<Configuration, TransferError> {
        let layout = self.layout();
        let [low, high] = layout.transfer_size.to_le_bytes();
        let settings = layout.alternate_settings.iter();
        let mut interfaces: Vec<Interface> = settings
            .map(|setting| Interface {
                alternate: setting.number,
                class: 0xFE,
                subclass: 1,
                protocol: 2,
                name_index: setting.number + 4,
                ..Interface::default()
            })
            .collect();
        // Some bootloaders put the functional descriptor behind the last alternate setting only.
        interfaces.last_mut().unwrap().class_descriptors =
            vec![vec![9, 0x21, 0x0B, 255, 0, low, high, 0x1A, 1]];
        Ok(Configuration { value: 1, interfaces })
    }

    fn claim_interface(&mut self, _interface: u8) -> Result<(), UsbError> {
        Ok(())
    }

    fn set_alternate_setting(&mut self, _interface: u8, alternate: u8) -> Result<(), TransferError> {
        self.model().alternate = alternate;
        Ok(())
    }

    fn bulk_in(&mut self, _: u8, _: usize, _: Duration) -> Result<Vec<u8>, TransferError> {
        Err(TransferError::Stall)
    }

    fn bulk_out(&mut self, _: u8, _: &[u8], _: Duration) -> Result<usize, TransferError> {
        Err(TransferError::Stall)
    }
}

impl Model {
    fn string(&self, index: u8) -> Result<Vec<u8>, TransferError> {
        let text = match index {
            0xFA => self.security.ok_or(TransferError::Stall)?,
            index => self.layout.alternate_setting(index - 4).ok_or(TransferError::Stall)?.memory_map,
        };
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        Ok([2 + 2 * text.len() as u8, 3].into_iter().chain(units).collect())
    }
}

fn little_endian(address: &[u8]) -> u32 {
    u32::from_le_bytes(address.try_into().unwrap())
}
