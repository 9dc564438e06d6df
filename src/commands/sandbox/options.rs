//! The options of `particle sandbox`.

use crate::{
    platform::Platform,
    sandbox::{
        Adjustment, Inventory, StartOptions,
        bench::{Mode, OsVersion, OsVersionError, Protection},
        fault::Fault,
    },
};
use clap::ValueEnum;

/// How to run the sandbox.
#[derive(Debug, Default, PartialEq, clap::Args)]
#[group(skip)]
pub(super) struct ServeArgs {
    /// TCP port of the cloud; without it any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// TCP port of the USB/IP server; without it any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    usbip_port: u16,
    /// TCP port of the Wi-Fi network that the first Photon or P1 opens to be set up; without it any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    softap_port: u16,
    #[command(flatten)]
    bench: BenchArgs,
    /// Put a device into a mode before starting (`normal`, `listening`, `safe-mode`, `dfu`); may be repeated
    #[arg(long, value_name = "DEVICE=MODE", value_parser = mode)]
    mode: Vec<(String, Adjustment)>,
    /// Give a device another version of Device OS; may be repeated
    #[arg(long, value_name = "DEVICE=VERSION", value_parser = os_version)]
    os_version: Vec<(String, Adjustment)>,
    /// Put a device under Device Protection; may be repeated
    #[arg(long, value_name = "DEVICE")]
    protect: Vec<String>,
    /// Let a device's application print a log to its serial port; may be repeated
    #[arg(long, value_name = "DEVICE")]
    serial_log: Vec<String>,
    /// Let a device's application claim the line speeds 14400 and 28800, which then lead to no other mode; may be repeated
    #[arg(long, value_name = "DEVICE")]
    no_touch: Vec<String>,
    /// Be a cloud without a compile service, as local clouds are: source code is sent to the devices
    #[arg(long)]
    local_cloud: bool,
    /// Let something go wrong, such as unplug@dfu-write:3 or http-429@POST:/v1/provisioning*2; may be repeated
    #[arg(long, value_name = "ACTION@PHASE")]
    fault: Vec<Fault>,
}

/// What a new sandbox is to be like.
#[derive(Debug, Default, PartialEq, clap::Args)]
#[group(skip)]
pub(super) struct BenchArgs {
    /// Boards of a new sandbox, such as photon,electron,boron
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',', value_parser = platform)]
    devices: Vec<&'static Platform>,
    /// Length of every pause, 1 being true to the hardware
    #[arg(long, value_name = "FACTOR", value_parser = time_scale)]
    time_scale: Option<f64>,
}

impl ServeArgs {
    /// Whether the boards are named, which only a new sandbox can heed.
    pub(super) fn names_boards(&self) -> bool {
        !self.bench.devices.is_empty()
    }

    /// How the sandbox is to be started.
    pub(super) fn start_options(self) -> StartOptions {
        let protected = |device| (device, Adjustment::Protection(Protection::Protected));
        let logging = |device| (device, Adjustment::SerialLog(true));
        let untouchable = |device| (device, Adjustment::NoTouch(true));
        let adjustments = self.mode.into_iter().chain(self.os_version);
        let adjustments = adjustments.chain(self.protect.into_iter().map(protected));
        let adjustments = adjustments.chain(self.serial_log.into_iter().map(logging));
        StartOptions {
            api_port: self.port,
            usbip_port: self.usbip_port,
            softap_port: self.softap_port,
            time_scale: self.bench.time_scale,
            inventory: self.bench.inventory(),
            adjustments: adjustments.chain(self.no_touch.into_iter().map(untouchable)).collect(),
            faults: self.fault,
            local_cloud: self.local_cloud,
        }
    }
}

impl BenchArgs {
    /// What to make a new sandbox of.
    pub(super) fn inventory(&self) -> Inventory {
        let mut inventory = Inventory::default();
        if !self.devices.is_empty() {
            inventory.boards.clone_from(&self.devices);
        }
        inventory.time_scale = self.time_scale.unwrap_or(inventory.time_scale);
        inventory
    }
}

/// Reads the name of a board that a bench can hold.
fn platform(name: &str) -> Result<&'static Platform, String> {
    let platform = Platform::by_name(name).filter(|platform| platform.flash.is_some());
    platform.ok_or_else(|| "there is no virtual board of that name".to_owned())
}

/// Reads a factor for pauses.
pub(super) fn time_scale(text: &str) -> Result<f64, String> {
    let scale: Option<f64> = text.parse().ok().filter(|scale| (0.0..=100.0).contains(scale));
    scale.ok_or_else(|| "give a number from 0 to 100".to_owned())
}

fn mode(text: &str) -> Result<(String, Adjustment), String> {
    let (device, mode) = text.split_once('=').ok_or("write DEVICE=MODE")?;
    Ok((device.to_owned(), Adjustment::Mode(Mode::from_str(mode, true)?)))
}

fn os_version(text: &str) -> Result<(String, Adjustment), String> {
    let (device, version) = text.split_once('=').ok_or("write DEVICE=VERSION")?;
    let version: OsVersion = version.parse().map_err(|error: OsVersionError| error.to_string())?;
    Ok((device.to_owned(), Adjustment::OsVersion(version)))
}
