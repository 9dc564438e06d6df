//! What can go wrong in a DFU session.

use super::{
    MemoryMapError,
    protocol::{State, Status},
};
use crate::{
    clock::Stop,
    usb::{TransferError, UsbError},
};
use std::fmt;

/// What the device was asked to do when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Bringing the bootloader into its idle state.
    Idle,
    /// Selecting an alternate setting.
    Select(u8),
    /// Setting the address pointer.
    SetAddress(u32),
    /// Erasing the sector at an address.
    Erase(u32),
    /// Writing a block at an address.
    Write(u32),
    /// Reading a block at an address.
    Read(u32),
    /// Asking what the bootloader can do.
    Describe,
    /// Restarting.
    Leave,
    /// Restarting into safe mode.
    EnterSafeMode,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operation::Idle => f.write_str("make the bootloader ready"),
            Operation::Select(alternate) => write!(f, "select memory {alternate}"),
            Operation::SetAddress(address) => write!(f, "go to address {address:#010x}"),
            Operation::Erase(address) => write!(f, "erase the sector at {address:#010x}"),
            Operation::Write(address) => write!(f, "write at {address:#010x}"),
            Operation::Read(address) => write!(f, "read at {address:#010x}"),
            Operation::Describe => f.write_str("ask what the bootloader can do"),
            Operation::Leave => f.write_str("restart the device"),
            Operation::EnterSafeMode => f.write_str("restart the device into safe mode"),
        }
    }
}

/// A DFU session that could not do what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DfuError {
    /// The device cannot be used at all.
    #[error(transparent)]
    Usb(#[from] UsbError),
    /// The device offers no DFU interface.
    #[error("the device has no DFU interface")]
    NoDfuInterface,
    /// The device, or the table of platforms, has no such alternate setting.
    #[error("the device has no memory {0} (DFU alternate setting)")]
    NoSuchMemory(u8),
    /// The interface string is no memory map.
    #[error(transparent)]
    MemoryMap(#[from] MemoryMapError),
    /// The range is not in the memory map. Nothing was sent.
    #[error("{length} bytes at {address:#010x} do not lie within {memory:?} of the device")]
    OutsideMap {
        /// First address.
        address: u32,
        /// Number of bytes.
        length: usize,
        /// Name of the memory.
        memory: String,
    },
    /// The memory map does not permit the operation. Nothing was sent.
    #[error("the memory at {address:#010x} cannot be {operation}")]
    NotPermitted {
        /// Start of the segment concerned.
        address: u32,
        /// `read`, `written`.
        operation: &'static str,
    },
    /// Writing there would make the board unusable. Nothing was sent.
    #[error(
        "the range {start:#010x} to {end:#010x} holds what the board needs to start and is never written"
    )]
    Forbidden {
        /// First address of the range concerned.
        start: u32,
        /// One past its last address.
        end: u32,
    },
    /// The device is under Device Protection.
    #[error("Operation could not be completed due to Device Protection.")]
    Protected,
    /// A transfer failed.
    #[error("cannot {operation}: {source}")]
    Transfer {
        /// What was being done.
        operation: Operation,
        /// How the transfer failed.
        source: TransferError,
    },
    /// The bootloader reported a failure.
    #[error("the device failed to {operation} ({})", status.name())]
    Status {
        /// What was being done.
        operation: Operation,
        /// The reported code.
        status: Status,
    },
    /// The bootloader stayed busy for longer than any flash memory takes.
    #[error("the device is still busy after {seconds} s, asked to {operation}")]
    Busy {
        /// What was being done.
        operation: Operation,
        /// How long that was waited for.
        seconds: u64,
    },
    /// The bootloader is in a state it has no reason to be in.
    #[error("the device went into the state {state:?} when asked to {operation}")]
    UnexpectedState {
        /// What was being done.
        operation: Operation,
        /// State reported.
        state: State,
    },
    /// A read ended early.
    #[error("the device sent {got} of {expected} bytes at {address:#010x}")]
    ShortRead {
        /// Address of the block.
        address: u32,
        /// Bytes asked for.
        expected: usize,
        /// Bytes that came.
        got: usize,
    },
    /// What was read back is not what was written.
    #[error("verification failed: the device holds something else than was written at {address:#010x}")]
    Verification {
        /// First address that differs.
        address: u32,
    },
    /// This bootloader is too old for the operation, or made for another board.
    #[error("the bootloader of this device cannot {0}")]
    Unsupported(Operation),
    /// Ctrl-C or `--timeout`, noticed between two transfers. The bootloader was brought back to idle.
    #[error("{stop}: the device is still in DFU mode; {left}")]
    Stopped {
        /// Which of the two.
        stop: Stop,
        /// What has happened to the memory.
        left: LeftAs,
    },
}

/// What an interrupted operation has done to the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftAs {
    /// Nothing.
    Unchanged,
    /// Written in part.
    Partial {
        /// First address of the operation.
        address: u32,
        /// Bytes written.
        written: u64,
        /// Bytes that were to be written.
        total: u64,
    },
    /// Written as a whole, but not read back.
    Unverified,
}

impl fmt::Display for LeftAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LeftAs::Unchanged => f.write_str("its memory was not changed"),
            LeftAs::Partial { address, written, total } => {
                write!(f, "{written} of {total} bytes at {address:#010x} are written")
            }
            LeftAs::Unverified => f.write_str("everything is written but was not read back"),
        }
    }
}
