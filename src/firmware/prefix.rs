//! The 24 bytes that say what a module is and where it goes.
//!
//! All integers are little-endian. Source: Device OS `services/inc/module_info.h`.
//!
//! | offset | size | field |
//! | ---: | ---: | --- |
//! | 0 | 4 | start address, of the file's first byte |
//! | 4 | 4 | end address, where the CRC lies |
//! | 8 | 1 | reserved |
//! | 9 | 1 | flags |
//! | 10 | 2 | version |
//! | 12 | 2 | platform |
//! | 14 | 1 | function |
//! | 15 | 1 | index |
//! | 16 | 4 | first dependency: function, index, version |
//! | 20 | 4 | second dependency |

use super::ModuleFunction;
use crate::platform::PlatformId;

/// Size of a prefix without extensions.
pub const PREFIX_SIZE: usize = 24;
/// Name, offset and size of each field.
pub(super) const PREFIX_FIELDS: [(&str, usize, usize); 10] = [
    ("start", 0, 4),
    ("end", 4, 4),
    ("reserved", 8, 1),
    ("flags", FLAGS_OFFSET, 1),
    ("version", 10, 2),
    ("platformId", 12, 2),
    ("functionId", 14, 1),
    ("index", 15, 1),
    ("dependencies[0]", 16, 4),
    ("dependencies[1]", 20, 4),
];
/// Offset of the flags in the prefix.
pub(super) const FLAGS_OFFSET: usize = 9;
/// Size of the CRC, which the end address does not count.
pub(super) const CRC_SIZE: usize = 4;

/// How a module is packed. Bits this program does not know are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u8);

impl Flags {
    /// The prefix is not written to the device.
    pub const DROP_MODULE_INFO: Self = Self(0x01);
    /// The module is compressed.
    pub const COMPRESSED: Self = Self(0x02);
    /// Another module follows in the same file.
    pub const COMBINED: Self = Self(0x04);
    /// The module is encrypted.
    pub const ENCRYPTED: Self = Self(0x08);
    /// Extensions follow the prefix.
    pub const PREFIX_EXTENSIONS: Self = Self(0x10);
    /// All flags that are known.
    pub const KNOWN: Self = Self(0x1F);

    /// Whether all flags of `other` are set.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// These flags with those of `other` set.
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These flags with those of `other` cleared.
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// A module that must be on the device, in this version or a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Its function; never [`ModuleFunction::None`] in a module that was parsed.
    pub function: ModuleFunction,
    /// Which of the modules of that function.
    pub index: u8,
    /// The oldest version that will do.
    pub version: u16,
}

impl Dependency {
    fn parse(bytes: [u8; 4]) -> Option<Option<Self>> {
        let [function, index, low, high] = bytes;
        match (ModuleFunction::from(function), index, u16::from_le_bytes([low, high])) {
            (ModuleFunction::None, 0, 0) => Some(None),
            (ModuleFunction::None, _, _) => None,
            (function, index, version) => Some(Some(Self { function, index, version })),
        }
    }

    fn encode(dependency: Option<Self>) -> [u8; 4] {
        let Some(Self { function, index, version }) = dependency else { return [0; 4] };
        let [low, high] = version.to_le_bytes();
        [function.into(), index, low, high]
    }
}

/// The fields of the prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// Address of the module's first byte, also where the prefix is not at its start.
    pub start: u32,
    /// Address of the CRC.
    pub end: u32,
    /// Not in use, or the processor the module is for.
    pub reserved: u8,
    /// How the module is packed.
    pub flags: Flags,
    /// Version of the module.
    pub version: u16,
    /// Platform it was compiled for.
    pub platform: PlatformId,
    /// What it is for.
    pub function: ModuleFunction,
    /// Which of the modules of that function it is.
    pub index: u8,
    /// What it needs on the device.
    pub dependencies: [Option<Dependency>; 2],
}

impl Prefix {
    /// Reads a prefix; `None` where the bytes contradict themselves and so are something else.
    pub fn parse(bytes: &[u8; PREFIX_SIZE]) -> Option<Self> {
        let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let four = |at: usize| [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        let prefix = Self {
            start: u32::from_le_bytes(four(0)),
            end: u32::from_le_bytes(four(4)),
            reserved: bytes[8],
            flags: Flags(bytes[FLAGS_OFFSET]),
            version: half(10),
            platform: PlatformId(half(12)),
            function: ModuleFunction::from(bytes[14]),
            index: bytes[15],
            dependencies: [Dependency::parse(four(16))?, Dependency::parse(four(20))?],
        };
        (prefix.end > prefix.start && prefix.function != ModuleFunction::None).then_some(prefix)
    }

    /// The bytes of the prefix.
    pub fn encode(&self) -> [u8; PREFIX_SIZE] {
        let mut bytes = [0; PREFIX_SIZE];
        bytes[0..4].copy_from_slice(&self.start.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.end.to_le_bytes());
        bytes[8] = self.reserved;
        bytes[FLAGS_OFFSET] = self.flags.0;
        bytes[10..12].copy_from_slice(&self.version.to_le_bytes());
        bytes[12..14].copy_from_slice(&self.platform.0.to_le_bytes());
        bytes[14] = self.function.into();
        bytes[15] = self.index;
        bytes[16..20].copy_from_slice(&Dependency::encode(self.dependencies[0]));
        bytes[20..24].copy_from_slice(&Dependency::encode(self.dependencies[1]));
        bytes
    }

    /// Length of the module by its addresses, the CRC included.
    pub fn length(&self) -> u64 {
        u64::from(self.end) - u64::from(self.start.min(self.end)) + CRC_SIZE as u64
    }
}
