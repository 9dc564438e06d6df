//! `particle usb list`

use super::filter::{Described, Filter};
use crate::{
    cloud::Device,
    commands::{
        CommandResult, Context,
        attached::{Operator, concurrently, heed_interrupts},
    },
    ui::{Page, Report},
    usb::{
        AttachedDevice, UsbError,
        control::{ControlError, ResultCode, messages::DeviceMode},
        discover,
    },
};
use serde::Serialize;
use std::time::Duration;

/// How long the names in the cloud are waited for where they are only decoration.
const NAMES_LIMIT: Duration = Duration::from_secs(5);

/// List the devices connected by USB
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Show only these: `online`, `offline`, a platform, a device id or a device name
    #[arg(value_name = "FILTER")]
    filter: Option<String>,
    /// Leave out devices in DFU mode
    #[arg(long)]
    exclude_dfu: bool,
    /// Print device ids only
    #[arg(long)]
    ids_only: bool,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    heed_interrupts(&context.clock);
    let filter = args.filter.as_deref().map(Filter::parse);
    let mut devices = discover(context.buses()?)?;
    devices.retain(|device| !(args.exclude_dfu && device.dfu));
    let nothing_attached = devices.is_empty();
    let records = records(context, &devices, filter.as_ref(), args.ids_only)?;
    if let Some(filter) = &filter {
        devices.retain(|device| filter.admits(&describe(device, &records)));
    }
    if args.ids_only {
        let ids = devices.iter().filter_map(|device| device.id().map(ToString::to_string));
        return Ok(context.ui.report(&Ids(ids.collect()))?);
    }
    let states = {
        let _progress = context.ui.spinner("Getting device information...");
        let operator = Operator::new(context.buses()?, &context.clock);
        concurrently(&devices, |device| state_of(&operator, device))
    };
    context.clock.check()?;
    if states.contains(&State::Forbidden) {
        context.ui.warn("Missing permissions to access a USB device; run `particle usb configure`");
    }
    let mut listed: Vec<Listed> =
        devices.iter().zip(states).map(|(device, state)| Listed::new(device, state, &records)).collect();
    listed.sort_by_cached_key(|device| (device.shown_name().to_lowercase(), device.id.clone()));
    Ok(context.ui.report(&List { devices: listed, nothing_attached })?)
}

/// What a device says about itself when it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Normal,
    Listening,
    Dfu,
    Protected,
    Busy,
    Forbidden,
    Unknown,
}

impl State {
    /// What stands behind the platform.
    fn suffix(self) -> &'static str {
        match self {
            Self::Normal | Self::Unknown => "",
            Self::Listening => ", LISTENING",
            Self::Dfu => ", DFU",
            Self::Protected => ", PROTECTED",
            Self::Busy => ", BUSY",
            Self::Forbidden => ", NO PERMISSION",
        }
    }
}

fn state_of(operator: &Operator, device: &AttachedDevice) -> State {
    match &device.identity {
        Err(UsbError::Busy(_)) => return State::Busy,
        Err(UsbError::Permission(_)) => return State::Forbidden,
        _ if device.dfu => return State::Dfu,
        _ => {}
    }
    match operator.control(device).and_then(|mut channel| channel.device_mode()) {
        Ok(Some(DeviceMode::Normal)) => State::Normal,
        Ok(Some(DeviceMode::Listening)) => State::Listening,
        Err(ControlError::Refused(ResultCode::PROTECTED)) => State::Protected,
        Err(ControlError::Open(UsbError::Busy(_))) => State::Busy,
        Err(ControlError::Open(UsbError::Permission(_))) => State::Forbidden,
        Ok(None) | Err(_) => State::Unknown,
    }
}

/// The account's devices, where somebody is logged in. A cloud that cannot be asked is an error only if the filter
/// needs it.
fn records(
    context: &Context<'_>,
    devices: &[AttachedDevice],
    filter: Option<&Filter>,
    ids_only: bool,
) -> CommandResult<Vec<Device>> {
    let needed = filter.is_some_and(Filter::needs_cloud);
    if devices.is_empty() || (ids_only && !needed) {
        return Ok(Vec::new());
    }
    let records = context.session().and_then(|session| {
        let devices = session.devices();
        context.block_on(async {
            match needed {
                true => devices.list().await,
                false => tokio::time::timeout(NAMES_LIMIT, devices.list()).await.unwrap_or(Ok(Vec::new())),
            }
        })
    });
    match records {
        Err(error) if !needed => {
            context.ui.verbose(1, format!("names are not shown: {}", error.message()));
            Ok(Vec::new())
        }
        records => records,
    }
}

fn record_of<'a>(device: &AttachedDevice, records: &'a [Device]) -> Option<&'a Device> {
    let id = device.id()?;
    records.iter().find(|record| record.device_id().as_ref() == Some(id))
}

fn describe<'a>(device: &'a AttachedDevice, records: &'a [Device]) -> Described<'a> {
    let record = record_of(device, records);
    Described {
        platform: device.platform,
        id: device.id(),
        name: record.and_then(Device::given_name),
        online: record.is_some_and(Device::is_online),
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Ids(Vec<String>);

impl Report for Ids {
    fn render(&self, page: &mut Page) {
        for id in &self.0 {
            page.line(id);
        }
    }
}

/// One device as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    id: Option<String>,
    name: Option<String>,
    platform: &'static str,
    platform_id: u16,
    state: State,
    online: Option<bool>,
    bus: String,
    address: String,
    #[serde(skip)]
    display_name: &'static str,
}

impl Listed {
    fn new(device: &AttachedDevice, state: State, records: &[Device]) -> Self {
        let record = record_of(device, records);
        Self {
            id: device.id().map(ToString::to_string),
            name: record.and_then(Device::given_name).map(str::to_owned),
            platform: device.platform.name,
            platform_id: device.platform.id.0,
            state,
            online: record.map(Device::is_online),
            bus: device.bus.name(),
            address: device.address.to_string(),
            display_name: device.platform.display_name,
        }
    }

    fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or("<no name>")
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List {
    devices: Vec<Listed>,
    #[serde(skip)]
    nothing_attached: bool,
}

impl Report for List {
    fn render(&self, page: &mut Page) {
        if self.nothing_attached {
            page.line("No devices found.");
        }
        for device in &self.devices {
            let name = page.foreign(device.shown_name()).into_owned();
            let id = device.id.as_deref().unwrap_or("<unknown>");
            page.line(format_args!("{name} [{id}] ({}{})", device.display_name, device.state.suffix()));
        }
    }
}
