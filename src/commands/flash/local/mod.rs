//! `particle flash --usb`, `--local`, `--factory`: from this computer, without the cloud on the way.

mod firmware;

use super::{Args, known_apps, payload};
use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{self, Choice, Filter, Operator, Patient, examine, flash_all, select_several, show},
        device_os,
        outcome::first_failure,
        serial::{self, port::PortArgs, subject::SubjectArgs},
    },
    firmware::{
        Dependency, ModuleFunction,
        plan::{Image, Options, Plan},
    },
    ui::{Page, Report},
};
use firmware::Firmware;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// How firmware gets to a device that is attached to this computer.
#[derive(clap::Args, Debug)]
pub struct LocalArgs {
    /// Over USB: a binary, a bundle or a known application
    #[arg(long, conflicts_with_all = ["cloud", "wait", "product", "serial", "local"])]
    usb: bool,
    /// Over USB, whatever it takes: source code is compiled, and Device OS brought to what it needs
    #[arg(long, conflicts_with_all = ["cloud", "wait", "product", "serial"])]
    local: bool,
    /// Over USB, to where a factory reset takes the application from
    #[arg(long, conflicts_with_all = ["cloud", "wait", "product", "serial", "local"])]
    factory: bool,
    /// Over the serial port, in listening mode
    #[arg(long, conflicts_with_all = ["cloud", "wait", "product", "all", "force", "dry_run"])]
    serial: bool,
    #[command(flatten)]
    port: PortArgs,
    /// Id or name of an attached device; may be repeated
    #[arg(long = "device", value_name = "DEVICE", conflicts_with = "all")]
    attached: Vec<String>,
    /// Every attached device
    #[arg(long)]
    all: bool,
    /// With --local, leave Device OS as it is
    #[arg(long, requires = "local")]
    application_only: bool,
    /// Flash what is damaged, for another platform, lacks what it needs, or is there already
    #[arg(long)]
    force: bool,
    /// Fetch nothing: use what was fetched before
    #[arg(long)]
    offline: bool,
}

impl LocalArgs {
    /// Whether the device is one that is attached to this computer, and is flashed over USB.
    pub(super) fn is_over_usb(&self) -> bool {
        self.usb || self.local || self.factory
    }

    /// Whether the device is flashed over its serial port.
    pub(super) fn is_over_serial(&self) -> bool {
        self.serial
    }

    /// The first option that only makes sense for devices that are attached.
    pub(super) fn misplaced(&self) -> Option<&'static str> {
        let given = [
            (!self.attached.is_empty(), "--device"),
            (self.all, "--all"),
            (self.force, "--force"),
            (self.offline, "--offline"),
            (self.port.port.is_some(), "--port"),
        ];
        given.into_iter().find(|(given, _)| *given).map(|(_, name)| name)
    }
}

/// What is to be flashed, and to which devices.
struct Request {
    devices: Vec<String>,
    firmware: Firmware,
}

/// How it went with each device.
#[derive(Serialize)]
#[serde(transparent)]
struct Flashed(Vec<attached::Outcome>);

impl Report for Flashed {
    fn render(&self, page: &mut Page) {
        match &self.0[..] {
            [only] if only.done => page.line("\nFlash success!"),
            [_] => {}
            several => {
                for outcome in several {
                    let text = if outcome.done { "Flash success!" } else { "Flash failed." };
                    page.line(format_args!("{}: {text}", outcome.device));
                }
            }
        }
    }
}

/// Flashes attached devices.
pub(super) fn run(context: &Context, args: &Args) -> CommandResult {
    let request = resolve(context, args)?;
    if args.sources.list_files {
        return request.firmware.report(context);
    }
    let choices = select_several(context, &request.devices, args.local.all, Filter::WithDfu)?;
    let operator = Operator::new(context.buses()?, &context.clock);
    let mut planned = Vec::new();
    for Choice { label, target } in choices {
        let result = target.and_then(|target| {
            let patient = examine(context.ui, &operator, &target)?;
            let plan = plan(context, args, &request.firmware, &patient)?;
            Ok((patient, plan))
        });
        planned.push((label, result));
    }
    if args.sources.dry_run {
        return show(context, planned);
    }
    let results = flash_all(context, planned, args.local.force)?;
    context.ui.report(&Flashed(results.iter().map(attached::Outcome::of).collect()))?;
    first_failure(context, results)
}

/// Flashes the device behind a serial port.
pub(super) fn over_serial(context: &Context, args: &Args) -> CommandResult {
    let (device, files) = words(args);
    let mut devices = args.local.attached.iter().cloned().chain(device);
    let subject = SubjectArgs { port: args.local.port.clone(), device: devices.next() };
    match (devices.next(), &files[..]) {
        (None, [file]) => serial::flash::flash(context, file, &subject, args.local.offline),
        (_, []) => Err(CommandError::new(Kind::Usage, "You must specify a device or a file")),
        _ => Err(CommandError::new(Kind::Usage, "one file goes to one device over a serial port")),
    }
}

/// The steps for one device.
fn plan(context: &Context, args: &Args, firmware: &Firmware, patient: &Patient) -> CommandResult<Plan> {
    let platform = patient.subject.platform;
    let mut images = firmware.images(context, args, platform)?;
    if args.local.local && !args.local.application_only {
        images.extend(device_os_for(context, args, firmware, patient, &images)?);
    }
    if images.is_empty() {
        return Err(CommandError::new(Kind::NotFound, "No files found to flash"));
    }
    let options = Options { factory: args.local.factory, force: args.local.force };
    Ok(Plan::make(&patient.subject, images, options)?)
}

/// The Device OS that has to be there for what is flashed: the one asked for, or the one that the application needs
/// where the device has an older one, or a damaged one. Whoever flashes parts of the system has chosen for themselves.
fn device_os_for(
    context: &Context,
    args: &Args,
    firmware: &Firmware,
    patient: &Patient,
    images: &[Image],
) -> CommandResult<Vec<Image>> {
    let platform = patient.subject.platform;
    let is_system = |image: &Image| image.function() == Some(ModuleFunction::SystemPart);
    if platform.firmware.is_none_or(|layout| layout.application.monolithic) || images.iter().any(is_system) {
        return Ok(Vec::new());
    }
    let version = match &args.target {
        Some(version) => version.clone(),
        None if firmware.is_known_application() => return Ok(Vec::new()),
        None => match needed_system(images) {
            Some(needed) if patient.subject.lacks(&needed) => needed.version.to_string(),
            _ => return Ok(Vec::new()),
        },
    };
    let release = device_os::release(context, platform, &version, args.local.offline)?;
    let images = device_os::modules(context, platform, &release, args.local.offline)?;
    // The radio stack and the firmware of other processors are left to `update`.
    let kept = |image: &Image| {
        matches!(image.function(), Some(ModuleFunction::SystemPart | ModuleFunction::Bootloader))
            && !image.prefix.is_some_and(|prefix| prefix.flags.contains(crate::firmware::Flags::ENCRYPTED))
    };
    Ok(images.into_iter().filter(kept).collect())
}

/// The newest part of the system that an application among these needs.
fn needed_system(images: &[Image]) -> Option<Dependency> {
    let applications = images.iter().filter(|image| image.function() == Some(ModuleFunction::UserPart));
    let needed = applications.filter_map(|image| image.prefix).flat_map(|prefix| prefix.dependencies);
    let systems = needed.flatten().filter(|needed| needed.function == ModuleFunction::SystemPart);
    systems.max_by_key(|needed| needed.version)
}

/// The device and the files that follow it, or the files alone. A single word is a file, except with `--local`, which
/// takes the project in the current folder where there is no file.
fn words(args: &Args) -> (Option<String>, Vec<PathBuf>) {
    let first = args.device.iter().map(PathBuf::from);
    let mut words: Vec<PathBuf> = first.chain(args.sources.files.iter().cloned()).collect();
    let begins_with_device =
        words.first().is_some_and(|first| is_device(first)) && (args.local.local || words.len() > 1);
    let device = begins_with_device.then(|| words.remove(0).to_string_lossy().into_owned());
    (device, words)
}

/// Whether a word that could be a file is none, and so names a device.
fn is_device(word: &Path) -> bool {
    !word.exists() && !payload::is_binary(word) && !word.to_str().is_some_and(known_apps::is_known)
}

/// Finds out which of the words are devices and which are files.
fn resolve(context: &Context, args: &Args) -> CommandResult<Request> {
    let (device, files) = words(args);
    let devices: Vec<String> = args.local.attached.iter().cloned().chain(device).collect();
    if files.is_empty() && !args.local.local {
        return Err(CommandError::new(Kind::Usage, "You must specify a device or a file")
            .hint("name a binary, or a known application such as tinker"));
    }
    if args.local.all && !devices.is_empty() {
        return Err(CommandError::new(Kind::Usage, "name devices or use --all, not both"));
    }
    let firmware = Firmware::choose(context, args, files)?;
    Ok(Request { devices, firmware })
}
