//! Bringing firmware to devices, one after another.

use super::{
    known_apps,
    payload::Payload,
    watch::{self, Watch},
};
use crate::{
    cloud::{Device, DeviceScope, Feed, Firmware, FlashAnswer, Session, Upload},
    commands::{
        CommandError, CommandResult, Context, Kind,
        compile::{
            build::{self, Outcome, build, not_compiled},
            list, target,
        },
        device,
        sources::Sources,
    },
    platform::{Platform, PlatformId},
    project::Selection,
};
use std::collections::HashMap;

/// The name a compiled binary is sent under.
const FIRMWARE_NAME: &str = "firmware.bin";
/// The same for one in a bundle.
const BUNDLE_NAME: &str = "firmware.zip";

/// What is to be done with each device.
#[derive(Clone, Copy)]
pub(super) struct Order<'a> {
    /// What to send.
    pub payload: &'a Payload,
    /// The version of Device OS to compile for.
    pub target: Option<&'a str>,
    /// Whether to wait until the device has taken it.
    pub wait: bool,
}

/// What a device of some platform is sent.
#[derive(Clone)]
enum Shipment {
    /// A binary.
    Binary(Upload),
    /// Source code, for a cloud that compiles it on its way.
    Sources(Vec<Upload>),
}

/// A delivery to several devices. What was compiled or fetched for one serves the others of its platform.
pub(super) struct Delivery<'a, 'c> {
    context: &'a Context<'c>,
    session: &'a Session<'a>,
    order: Order<'a>,
    product: Option<&'a str>,
    ready: HashMap<PlatformId, Shipment>,
}

impl<'a, 'c> Delivery<'a, 'c> {
    pub(super) fn new(
        context: &'a Context<'c>,
        session: &'a Session<'a>,
        order: Order<'a>,
        product: Option<&'a str>,
    ) -> Self {
        Self { context, session, order, product, ready: HashMap::new() }
    }

    /// Sends the firmware to a device, given by id or name.
    pub(super) fn flash(&mut self, name: &str) -> CommandResult {
        let what = format!("Failed to flash {name}");
        let details = self.details(name).map_err(|error| device::failed(&what, name, error))?;
        let shipment = self.shipment(name, &details).map_err(|error| error.context(&what))?;
        if let Some(product) = self.product {
            self.mark_as_development(product, &details.id).map_err(|error| error.context(&what))?;
        }
        self.context.ui.note(format!("attempting to flash firmware to your device {name}"));
        self.send(&details.id, &shipment).map_err(|error| device::failed(&what, name, error))
    }

    fn details(&self, name: &str) -> CommandResult<Device> {
        match self.product {
            Some(product) => {
                let devices = self.session.product_devices(product);
                Ok(self.context.block_on(devices.get(name))?.device)
            }
            None => self.context.block_on(self.session.devices().get(name)),
        }
    }

    /// What this device is to get. Fails before anything is sent if it is not for the device.
    fn shipment(&mut self, name: &str, device: &Device) -> CommandResult<Shipment> {
        let Some(platform) = device.platform() else {
            return match self.order.payload {
                Payload::Binary(binary) => Ok(Shipment::Binary(binary.upload.clone())),
                Payload::Sources(sources) => Ok(Shipment::Sources(build::read(&sources.selection)?)),
                Payload::KnownApp(app) => Err(known_apps::none_for(app, "a platform that is not known here")),
            };
        };
        if let Some(ready) = self.ready.get(&platform.id) {
            return Ok(ready.clone());
        }
        let shipment = match self.order.payload {
            Payload::Binary(binary) => {
                check_platform(&binary.upload.name, binary.platform, name, platform)?;
                Shipment::Binary(binary.upload.clone())
            }
            Payload::KnownApp(app) => {
                Shipment::Binary(known_apps::fetch(self.context, app, platform, false)?)
            }
            Payload::Sources(sources) => self.compile(name, platform, sources)?,
        };
        self.ready.insert(platform.id, shipment.clone());
        Ok(shipment)
    }

    fn compile(&self, name: &str, platform: &'static Platform, sources: &Sources) -> CommandResult<Shipment> {
        let (context, session) = (self.context, self.session);
        context.ui.line(format!("Compiling code for {name}"))?;
        let target = target::choose(context, session, platform, self.order.target)?;
        if let Some(target) = &target {
            target.announce(context, platform)?;
        }
        list(context, sources)?;
        match build(context, session, platform, target.as_ref(), &sources.selection)? {
            Outcome::Built(built) => {
                let content = sources.pack(FIRMWARE_NAME.to_owned(), &built.binary)?;
                let name = if sources.attachments.is_some() { BUNDLE_NAME } else { FIRMWARE_NAME };
                Ok(Shipment::Binary(Upload { name: name.into(), content }))
            }
            Outcome::NoCompiler(_) => {
                context.ui.note("This cloud has no compiler of its own: it gets the source code.");
                Ok(Shipment::Sources(build::read(&sources.selection)?))
            }
        }
    }

    fn mark_as_development(&self, product: &'a str, id: &str) -> CommandResult {
        let (ui, flash) = (self.context.ui, self.session.flash(DeviceScope::Product(product)));
        ui.line(format!("Marking device {id} as a development device"))?;
        self.context.block_on(flash.mark_as_development(id))?;
        ui.line(format!(
            "Device {id} is now marked as a developement device and will NOT receive automatic product firmware updates."
        ))?;
        ui.line("To resume normal updates, please visit:")?;
        Ok(ui.line(format!("https://console.particle.io/{product}/devices/unmark-development/{id}"))?)
    }

    /// Sends it, and if asked to waits for what becomes of it.
    fn send(&self, id: &str, shipment: &Shipment) -> CommandResult {
        let context = self.context;
        let firmware = match shipment {
            Shipment::Binary(upload) => Firmware::Binary(upload),
            Shipment::Sources(files) => Firmware::Sources { files, target: self.order.target },
        };
        let scope = self.product.map_or(DeviceScope::Account, DeviceScope::Product);
        let flash = self.session.flash(scope);
        let spinner = context.ui.spinner("Flashing...");
        if !self.order.wait {
            let answer = context.block_on(flash.send(id, firmware))?;
            drop(spinner);
            return self.report(answer);
        }
        let events = self.session.events();
        let mut watch = Watch::new(id, events.subscribe(self.feed(id), Some(watch::PREFIX.to_owned())));
        // The stream has to be open before there is anything to be heard in it.
        context.block_on(watch.open())?;
        let answer = context.block_on(flash.send(id, firmware))?;
        self.report(answer)?;
        spinner.message("Waiting for the device...");
        context.block_on(watch.outcome(context.ui))
    }

    fn feed(&self, id: &str) -> Feed {
        match self.product {
            Some(product) => Feed::ProductDevice { product: product.to_owned(), device: id.to_owned() },
            None => Feed::Device(id.to_owned()),
        }
    }

    fn report(&self, answer: FlashAnswer) -> CommandResult {
        let ui = self.context.ui;
        match (answer, self.order.payload) {
            (FlashAnswer::Started(text), _) => {
                Ok(ui.line(format!("Flash device OK: {}", ui.foreign(&text)))?)
            }
            (FlashAnswer::NotCompiled(errors), Payload::Sources(sources)) => {
                Err(not_compiled(&errors, &sources.selection))
            }
            (FlashAnswer::NotCompiled(errors), _) => Err(not_compiled(&errors, &Selection::default())),
        }
    }
}

/// Fails, naming both platforms, if a binary is not for the device.
fn check_platform(
    file: &str,
    binary: Option<PlatformId>,
    device: &str,
    platform: &'static Platform,
) -> CommandResult {
    let Some(other) = binary.filter(|binary| *binary != platform.id) else { return Ok(()) };
    let other =
        other.platform().map_or_else(|| format!("platform {other}"), |other| other.display_name.into());
    let text =
        format!("{file} is for {other}, and {device} is a device of platform {}", platform.display_name);
    Err(CommandError::new(Kind::Usage, text)
        .hint(format!("compile it again: `particle compile {}`", platform.name)))
}
