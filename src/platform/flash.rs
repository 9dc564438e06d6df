//! What DFU reaches on each kind of board.
//!
//! The memory-map strings are the names of the bootloader's alternate settings (ST UM0424 grammar); the forbidden
//! ranges are ours: most bootloaders advertise more than they should, and a write there ends the board.
//! Source: Device OS bootloaders, v0.8.0 to v6.2.0.

/// A half-open range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First address.
    pub start: u32,
    /// One past the last address.
    pub end: u32,
}

impl Span {
    /// Whether all of `length` addresses from `address` on lie in the range.
    pub fn holds(self, address: u32, length: usize) -> bool {
        let (start, end) = (u64::from(self.start), u64::from(self.end));
        let first = u64::from(address);
        first >= start && first + length as u64 <= end
    }

    /// Whether the two ranges share an address.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// One alternate setting of the DFU interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlternateSetting {
    /// bAlternateSetting.
    pub number: u8,
    /// The interface string: an ST memory map.
    pub memory_map: &'static str,
    /// The addresses the map covers; a bootloader serves nothing outside.
    pub extent: Span,
    /// Ranges that must never be erased or written, whatever the map says.
    pub forbidden: &'static [Span],
    /// Erase in steps of this size, whatever the map says.
    pub erase_step: Option<u32>,
    /// The bootloader itself reads, modifies and writes back: nothing is to be erased, whatever the map says.
    pub rewrites_in_place: bool,
}

/// The DFU side of a board.
#[derive(Debug, PartialEq, Eq)]
pub struct FlashLayout {
    /// wTransferSize of the functional descriptor.
    pub transfer_size: u16,
    /// Index of the string in which newer bootloaders state their security mode, where it is safe to ask for one.
    pub security_string: Option<u8>,
    /// Alternate settings in order of their number.
    pub alternate_settings: &'static [AlternateSetting],
}

impl FlashLayout {
    /// The alternate setting with this number.
    pub fn alternate_setting(&self, number: u8) -> Option<&AlternateSetting> {
        self.alternate_settings.iter().find(|setting| setting.number == number)
    }
}

/// String of bootloaders since Device OS 6.1.2: `sm=o` open, `sm=p` protected, `sm=s` service mode.
const SECURITY_STRING: Option<u8> = Some(0xFA);

const fn plain(number: u8, memory_map: &'static str, extent: Span) -> AlternateSetting {
    AlternateSetting {
        number,
        memory_map,
        extent,
        forbidden: &[],
        erase_step: None,
        rewrites_in_place: false,
    }
}

/// The Device Configuration Table, on every board that has one: erase is a no-op there, and a write keeps everything
/// around it.
const fn configuration(memory_map: &'static str) -> AlternateSetting {
    AlternateSetting { rewrites_in_place: true, ..plain(1, memory_map, Span { start: 0, end: 0x4000 }) }
}

pub(super) const CORE: FlashLayout = FlashLayout {
    transfer_size: 1024,
    security_string: None,
    alternate_settings: &[
        AlternateSetting {
            forbidden: &[Span { start: 0x0800_0000, end: 0x0800_5000 }],
            ..plain(
                0,
                "@Internal Flash  /0x08000000/20*001Ka,108*001Kg",
                Span { start: 0x0800_0000, end: 0x0802_0000 },
            )
        },
        plain(1, "@SPI Flash : SST25x/0x00000000/512*04Kg", Span { start: 0, end: 0x20_0000 }),
    ],
};

// The bootloader refuses erase and write below 0x08020000: its own sector, the DCT and the EEPROM emulation.
const GEN2_INTERNAL: AlternateSetting = AlternateSetting {
    forbidden: &[Span { start: 0x0800_0000, end: 0x0802_0000 }],
    ..plain(
        0,
        "@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg",
        Span { start: 0x0800_0000, end: 0x0810_0000 },
    )
};
const GEN2_DCT: AlternateSetting = configuration("@DCT Flash   /0x00000000/01*016Kg");

pub(super) const PHOTON: FlashLayout = FlashLayout {
    transfer_size: 4096,
    security_string: None,
    alternate_settings: &[GEN2_INTERNAL, GEN2_DCT],
};

pub(super) const P1: FlashLayout = FlashLayout {
    transfer_size: 4096,
    security_string: None,
    alternate_settings: &[
        GEN2_INTERNAL,
        GEN2_DCT,
        plain(2, "@Serial Flash   /0x00000000/256*004Kg", Span { start: 0, end: 0x10_0000 }),
    ],
};

const NRF_INTERNAL: AlternateSetting = AlternateSetting {
    forbidden: &[Span { start: 0, end: 0x1000 }, Span { start: 0xF_4000, end: 0x10_0000 }],
    ..plain(
        0,
        "@Internal Flash   /0x00000000/1*004Ka,47*004Kg,192*004Kg,4*004Kg,4*004Kg,8*004Ka",
        Span { start: 0, end: 0x10_0000 },
    )
};
const NRF_DCT: AlternateSetting = configuration("@DCT Flash   /0x00000000/1*016Ke");

/// Flash beside the processor. Bootloaders before 2.2.0 advertise 8 KiB sectors there but erase 4 KiB a command.
const fn nrf_external(memory_map: &'static str, size: u32) -> AlternateSetting {
    const START: u32 = 0x8000_0000;
    let extent = Span { start: START, end: START + size };
    AlternateSetting { erase_step: Some(4096), ..plain(2, memory_map, extent) }
}

pub(super) const NRF_4MB: FlashLayout = FlashLayout {
    transfer_size: 4096,
    security_string: SECURITY_STRING,
    alternate_settings: &[
        NRF_INTERNAL,
        NRF_DCT,
        nrf_external("@External Flash   /0x80000000/1024*004Kg", 0x40_0000),
    ],
};

pub(super) const NRF_8MB: FlashLayout = FlashLayout {
    transfer_size: 4096,
    security_string: SECURITY_STRING,
    alternate_settings: &[
        NRF_INTERNAL,
        NRF_DCT,
        nrf_external("@External Flash   /0x80000000/2048*004Kg", 0x80_0000),
    ],
};

pub(super) const RTL: FlashLayout = FlashLayout {
    transfer_size: 4096,
    security_string: SECURITY_STRING,
    alternate_settings: &[
        AlternateSetting {
            forbidden: &[Span { start: 0x0800_0000, end: 0x0806_0000 }],
            ..plain(
                0,
                "@Internal Flash   /0x08000000/2048*004Kg",
                Span { start: 0x0800_0000, end: 0x0880_0000 },
            )
        },
        configuration("@DCT Flash   /0x00000000/1*016Ke"),
    ],
};
