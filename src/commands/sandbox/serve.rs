//! `particle sandbox`: running one in the foreground.

use super::overview::Overview;
use crate::{
    clock::Stop,
    commands::{CommandError, CommandResult, Context, Kind},
    platform::Platform,
    sandbox::{
        Addresses, ControlClient, Inventory, Location, Sandbox, SandboxError, StartOptions, StateLock,
        bench::Mode, control::Status, fault::Fault,
    },
    ui::{Page, Report},
};
use serde::Serialize;
use std::{path::PathBuf, time::Duration};

/// How to run the sandbox.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Args {
    /// TCP port of the cloud; without it any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// TCP port of the USB/IP server; without it any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    usbip_port: u16,
    #[command(flatten)]
    bench: BenchArgs,
    /// Put a device into a mode before starting (`normal`, `listening`, `safe-mode`, `dfu`); may be repeated
    #[arg(long, value_name = "DEVICE=MODE", value_parser = device_mode)]
    mode: Vec<(String, Mode)>,
    /// Let something go wrong, such as unplug@dfu-write:3 or http-429@POST:/v1/provisioning*2; may be repeated
    #[arg(long, value_name = "ACTION@PHASE")]
    fault: Vec<Fault>,
}

/// What a new sandbox is to be like.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct BenchArgs {
    /// Boards of a new sandbox, such as photon,electron,boron
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',', value_parser = platform)]
    devices: Vec<&'static Platform>,
    /// Length of every pause, 1 being true to the hardware
    #[arg(long, value_name = "FACTOR", value_parser = time_scale)]
    time_scale: Option<f64>,
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

/// What a person or a script needs to know to use a sandbox that has started.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready<'a> {
    event: &'static str,
    #[serde(flatten)]
    addresses: &'a Addresses,
    state: PathBuf,
    profile: PathBuf,
    #[serde(flatten)]
    contents: Overview,
}

impl Report for Ready<'_> {
    fn render(&self, page: &mut Page) {
        page.line(format_args!("Cloud    {}", self.addresses.api_url));
        page.line(format_args!("USB/IP   {}", self.addresses.usbip));
        page.line(format_args!("State    {}", self.state.display()));
        self.contents.render(page);
    }
}

/// Runs the sandbox until it is interrupted.
pub fn run(context: &Context, location: Location, args: Args) -> CommandResult {
    context.clock.stop_on_signals().map_err(|error| CommandError::caused_by(Kind::Failed, error))?;
    let lock = StateLock::try_take(&location)?.ok_or_else(|| in_use(&location))?;
    if !args.bench.devices.is_empty() && location.state_file().exists() {
        return Err(has_devices(&location));
    }
    let sandbox = Sandbox::start(
        lock,
        &StartOptions {
            api_port: args.port,
            usbip_port: args.usbip_port,
            time_scale: args.bench.time_scale,
            modes: args.mode,
            faults: args.fault,
            inventory: args.bench.inventory(),
        },
    )?;
    let outcome = announce(context, &sandbox).and_then(|()| wait(context));
    sandbox.stop()?;
    outcome
}

fn announce(context: &Context, sandbox: &Sandbox) -> CommandResult {
    let status: Status = context.block_on(ControlClient::new(sandbox.addresses())?.status())?;
    let location = sandbox.location();
    let ready = Ready {
        event: "ready",
        addresses: sandbox.addresses(),
        state: location.state_file().to_owned(),
        profile: location.profile_folder(),
        contents: Overview(status),
    };
    sandbox.announce()?;
    if context.ui.is_json() {
        return Ok(context.ui.json_line(&ready)?);
    }
    context.ui.report(&ready)?;
    context.ui.note("Running until Ctrl-C. In another terminal: particle --sandbox COMMAND");
    Ok(())
}

/// Ctrl-C is how a sandbox is meant to end.
fn wait(context: &Context) -> CommandResult {
    loop {
        match context.clock.pause(Duration::from_secs(3600)) {
            Ok(()) => {}
            Err(Stop::Interrupted) => return Ok(()),
            Err(stop) => return Err(stop.into()),
        }
    }
}

/// Another process has the state.
pub(super) fn in_use(location: &Location) -> CommandError {
    let error = SandboxError::InUse { path: location.state_file().to_owned() };
    CommandError::from(error).hint("stop that one with Ctrl-C, or name another file with --state FILE")
}

fn has_devices(location: &Location) -> CommandError {
    let message = format!("{} has its devices already", location.state_file().display());
    CommandError::new(Kind::Usage, message)
        .hint("`particle sandbox reset --devices ...` replaces them, --state FILE makes another sandbox")
}

fn platform(name: &str) -> Result<&'static Platform, String> {
    let platform = Platform::by_name(name).filter(|platform| platform.flash.is_some());
    platform.ok_or_else(|| "there is no virtual board of that name".to_owned())
}

pub(super) fn time_scale(text: &str) -> Result<f64, String> {
    let scale: Option<f64> = text.parse().ok().filter(|scale| (0.0..=100.0).contains(scale));
    scale.ok_or_else(|| "give a number from 0 to 100".to_owned())
}

fn device_mode(text: &str) -> Result<(String, Mode), String> {
    use clap::ValueEnum;
    let (device, mode) = text.split_once('=').ok_or_else(|| "write DEVICE=MODE".to_owned())?;
    Ok((device.to_owned(), Mode::from_str(mode, true)?))
}
