//! The rows. Adding a platform is adding one here.

use super::{
    Buttons, ControlRequests, Generation, Mcu, Platform, PlatformId, Radio, UsbId, UsbIds, firmware, flash,
    keys,
};

/// Ids by the vendor's rule: product 0xC000 + platform in normal mode, 0xD000 + platform in DFU mode.
const fn particle_usb(platform: u16) -> UsbIds {
    UsbIds {
        dfu: Some(UsbId { vendor: 0x2b04, product: 0xd000 + platform }),
        ..particle_usb_without_dfu(platform)
    }
}

const fn particle_usb_without_dfu(platform: u16) -> UsbIds {
    UsbIds { normal: UsbId { vendor: 0x2b04, product: 0xc000 + platform }, dfu: None }
}

/// The Core predates Particle's own vendor id and uses OpenMoko's.
const CORE_USB: UsbIds = UsbIds {
    normal: UsbId { vendor: 0x1d50, product: 0x607d },
    dfu: Some(UsbId { vendor: 0x1d50, product: 0x607f }),
};

const NO_RADIO: Radio = Radio { wifi: false, cellular: false, ble: false, gnss: false };

/// A board whose memory this program does not reach.
const ELSEWHERE: Platform = Platform {
    id: PlatformId(u16::MAX),
    name: "",
    display_name: "",
    aliases: &[],
    generation: Generation::None,
    mcu: Mcu::Other,
    usb: None,
    radio: NO_RADIO,
    keys: None,
    flash: None,
    firmware: None,
    control_requests: ControlRequests::No,
    out_needs_data_stage: false,
    protectable: false,
    mesh: false,
    softap: false,
    buttons: Buttons::RESET_AND_MODE,
    left_behind: false,
    public: false,
};

/// STM32F205 boards.
const GENERATION_2: Platform = Platform {
    generation: Generation::Two,
    mcu: Mcu::Stm32f205,
    keys: Some(&keys::DCT_TCP_ONLY),
    flash: Some(&flash::PHOTON),
    firmware: Some(&firmware::PHOTON),
    control_requests: ControlRequests::Since(0, 8, 0),
    public: true,
    ..ELSEWHERE
};

/// nRF52840 boards.
const GENERATION_3: Platform = Platform {
    generation: Generation::Three,
    mcu: Mcu::Nrf52840,
    keys: Some(&keys::DCT_UDP_ONLY),
    flash: Some(&flash::NRF_4MB),
    firmware: Some(&firmware::NRF_4MB),
    control_requests: ControlRequests::Since(0, 9, 0),
    public: true,
    ..ELSEWHERE
};

/// RTL872x boards.
const GENERATION_4: Platform = Platform {
    generation: Generation::Four,
    mcu: Mcu::Rtl872x,
    flash: Some(&flash::RTL),
    firmware: Some(&firmware::RTL),
    out_needs_data_stage: true,
    protectable: true,
    ..GENERATION_3
};

/// Every platform this program knows.
pub static PLATFORMS: &[Platform] = &[
    Platform {
        id: PlatformId(0),
        name: "core",
        display_name: "Core",
        aliases: &["c"],
        generation: Generation::One,
        mcu: Mcu::Stm32f103,
        usb: Some(CORE_USB),
        radio: Radio { wifi: true, ..NO_RADIO },
        keys: Some(&keys::CORE),
        flash: Some(&flash::CORE),
        firmware: Some(&firmware::CORE),
        buttons: Buttons::RST_AND_MODE,
        left_behind: true,
        public: true,
        ..ELSEWHERE
    },
    Platform { id: PlatformId(3), name: "gcc", display_name: "GCC", ..ELSEWHERE },
    Platform {
        id: PlatformId(6),
        name: "photon",
        display_name: "Photon",
        aliases: &["p"],
        usb: Some(particle_usb(6)),
        radio: Radio { wifi: true, ..NO_RADIO },
        softap: true,
        buttons: Buttons::RESET_AND_SETUP,
        ..GENERATION_2
    },
    Platform {
        id: PlatformId(8),
        name: "p1",
        display_name: "P1",
        usb: Some(particle_usb(8)),
        radio: Radio { wifi: true, ..NO_RADIO },
        flash: Some(&flash::P1),
        softap: true,
        buttons: Buttons::RESET_AND_SETUP,
        ..GENERATION_2
    },
    Platform {
        id: PlatformId(10),
        name: "electron",
        display_name: "Electron",
        aliases: &["e"],
        usb: Some(particle_usb(10)),
        radio: Radio { cellular: true, ..NO_RADIO },
        keys: Some(&keys::DCT_UDP_OR_TCP),
        firmware: Some(&firmware::ELECTRON),
        ..GENERATION_2
    },
    Platform {
        id: PlatformId(11),
        name: "esp32",
        display_name: "ESP32",
        radio: Radio { wifi: true, ..NO_RADIO },
        ..ELSEWHERE
    },
    Platform {
        id: PlatformId(12),
        name: "argon",
        display_name: "Argon",
        aliases: &["a"],
        usb: Some(particle_usb(12)),
        radio: Radio { wifi: true, ble: true, ..NO_RADIO },
        firmware: Some(&firmware::NRF_4MB_NCP),
        protectable: true,
        mesh: true,
        ..GENERATION_3
    },
    Platform {
        id: PlatformId(13),
        name: "boron",
        display_name: "Boron",
        aliases: &["b"],
        usb: Some(particle_usb(13)),
        radio: Radio { cellular: true, ble: true, ..NO_RADIO },
        protectable: true,
        mesh: true,
        ..GENERATION_3
    },
    Platform {
        id: PlatformId(14),
        name: "xenon",
        display_name: "Xenon",
        aliases: &["x"],
        usb: Some(particle_usb(14)),
        radio: Radio { ble: true, ..NO_RADIO },
        firmware: Some(&firmware::NRF_FORMER),
        mesh: true,
        left_behind: true,
        ..GENERATION_3
    },
    Platform {
        id: PlatformId(15),
        name: "esomx",
        display_name: "E-SoM-X",
        usb: Some(particle_usb(15)),
        radio: Radio { cellular: true, ble: true, ..NO_RADIO },
        flash: Some(&flash::NRF_8MB),
        firmware: Some(&firmware::NRF_8MB),
        protectable: true,
        ..GENERATION_3
    },
    Platform {
        id: PlatformId(22),
        name: "asom",
        display_name: "A-SoM",
        aliases: &["a-series"],
        usb: Some(particle_usb(22)),
        radio: Radio { wifi: true, ble: true, ..NO_RADIO },
        firmware: Some(&firmware::NRF_FORMER_NCP),
        mesh: true,
        left_behind: true,
        public: false,
        ..GENERATION_3
    },
    Platform {
        id: PlatformId(23),
        name: "bsom",
        display_name: "B-SoM",
        aliases: &["b-series"],
        usb: Some(particle_usb(23)),
        radio: Radio { cellular: true, ble: true, ..NO_RADIO },
        protectable: true,
        mesh: true,
        ..GENERATION_3
    },
    Platform {
        id: PlatformId(24),
        name: "xsom",
        display_name: "X-SoM",
        aliases: &["x-series"],
        usb: Some(particle_usb(24)),
        radio: Radio { ble: true, ..NO_RADIO },
        firmware: Some(&firmware::NRF_FORMER),
        mesh: true,
        left_behind: true,
        public: false,
        ..GENERATION_3
    },
    Platform {
        id: PlatformId(25),
        name: "b5som",
        display_name: "B5-SoM",
        usb: Some(particle_usb(25)),
        radio: Radio { cellular: true, ble: true, ..NO_RADIO },
        flash: Some(&flash::NRF_8MB),
        firmware: Some(&firmware::NRF_8MB),
        protectable: true,
        mesh: true,
        ..GENERATION_3
    },
    Platform {
        id: PlatformId(26),
        name: "tracker",
        display_name: "Asset Tracker / Monitor One",
        aliases: &["assettracker"],
        usb: Some(particle_usb(26)),
        radio: Radio { cellular: true, ble: true, gnss: true, ..NO_RADIO },
        flash: Some(&flash::NRF_8MB),
        firmware: Some(&firmware::NRF_8MB_NCP),
        protectable: true,
        ..GENERATION_3
    },
    Platform {
        id: PlatformId(28),
        name: "trackerm",
        display_name: "Tracker-M",
        generation: Generation::Three,
        usb: Some(particle_usb(28)),
        radio: Radio { cellular: true, ble: true, gnss: true, ..NO_RADIO },
        ..GENERATION_4
    },
    Platform {
        id: PlatformId(31),
        name: "raspberrypi",
        display_name: "Raspberry Pi",
        aliases: &["pi", "raspi", "raspberry-pi", "r"],
        radio: Radio { wifi: true, ..NO_RADIO },
        ..ELSEWHERE
    },
    Platform {
        id: PlatformId(32),
        name: "p2",
        display_name: "Photon 2 / P2",
        aliases: &["photon2"],
        usb: Some(particle_usb(32)),
        radio: Radio { wifi: true, ble: true, ..NO_RADIO },
        ..GENERATION_4
    },
    Platform {
        id: PlatformId(35),
        name: "msom",
        display_name: "M-SoM",
        aliases: &["muon"],
        usb: Some(particle_usb(35)),
        radio: Radio { wifi: true, cellular: true, ble: true, gnss: true },
        ..GENERATION_4
    },
    Platform {
        id: PlatformId(37),
        name: "electron2",
        display_name: "Electron 2",
        usb: Some(particle_usb(37)),
        radio: Radio { cellular: true, ble: true, ..NO_RADIO },
        flash: Some(&flash::NRF_8MB),
        firmware: Some(&firmware::NRF_8MB),
        ..GENERATION_3
    },
    Platform {
        id: PlatformId(38),
        name: "sulu",
        display_name: "Sulu",
        usb: Some(particle_usb(38)),
        radio: Radio { wifi: true, cellular: true, ble: true, ..NO_RADIO },
        ..GENERATION_4
    },
    Platform {
        id: PlatformId(42),
        name: "tachyon",
        display_name: "Tachyon",
        usb: Some(particle_usb_without_dfu(42)),
        radio: Radio { wifi: true, cellular: true, gnss: true, ..NO_RADIO },
        public: true,
        ..ELSEWHERE
    },
    Platform { id: PlatformId(43), name: "linux", display_name: "Linux", public: true, ..ELSEWHERE },
    Platform {
        id: PlatformId(82),
        name: "oak",
        display_name: "Oak",
        aliases: &["o"],
        radio: Radio { wifi: true, ..NO_RADIO },
        ..ELSEWHERE
    },
    Platform {
        id: PlatformId(88),
        name: "duo",
        display_name: "Duo",
        aliases: &["d"],
        mcu: Mcu::Stm32f205,
        usb: Some(particle_usb(88)),
        radio: Radio { wifi: true, ble: true, ..NO_RADIO },
        keys: Some(&keys::DCT_TCP_ONLY),
        flash: Some(&flash::P1),
        softap: true,
        buttons: Buttons::RESET_AND_SETUP,
        ..ELSEWHERE
    },
    Platform {
        id: PlatformId(103),
        name: "bluz",
        display_name: "Bluz",
        aliases: &["bl"],
        radio: Radio { ble: true, ..NO_RADIO },
        ..ELSEWHERE
    },
    Platform {
        id: PlatformId(269),
        name: "bluz-gateway",
        display_name: "Bluz Gateway",
        aliases: &["bg"],
        radio: Radio { ble: true, ..NO_RADIO },
        ..ELSEWHERE
    },
    Platform {
        id: PlatformId(270),
        name: "bluz-beacon",
        display_name: "Bluz Beacon",
        aliases: &["bb"],
        radio: Radio { ble: true, ..NO_RADIO },
        ..ELSEWHERE
    },
];
