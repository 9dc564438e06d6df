//! How firmware gets onto a device that is attached: modules in, the steps that flash them out.
//!
//! A plan is a value. It is made as a whole before anything is written, and nothing in it lies outside the places that
//! the table of platforms names.
//!
//! What decides the order: a module that another one needs comes first; what the running system takes comes before DFU
//! mode, unless the device is in DFU mode already and its system may be what is broken; assets come last, for the
//! application that needs them takes them. In DFU mode, the Device Configuration Table is written before any part of
//! the system: bootloaders of generation 2 reach it through functions of the system that was there when they started.

mod dependencies;
mod error;
mod image;
mod place;
mod subject;
#[cfg(test)]
mod tests;

pub use error::PlanError;
pub use image::{Image, Trust};
pub use subject::{OsVersion, Subject};

use super::{CheckResult, Dependency, ModuleFunction, Prefix};
use crate::platform::{Anchor, StagingArea};
use place::{Destination, INTERNAL_FLASH};
use subject::os_version_of;

/// The alternate setting of the DFU interface that reaches the Device Configuration Table.
const CONFIGURATION: u8 = 1;
/// Device OS 3.1.0 as a module version: applications that need it lie elsewhere than those before.
const FIRST_VERSION_ELSEWHERE: u16 = 3103;
/// As much of a former application as has to be erased so that it is none any more.
const BLANK_SIZE: usize = 4096;

/// What is wanted beside the modules themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Write the application to where a factory reset takes it from.
    pub factory: bool,
    /// Flash what is for another platform or lacks what it needs.
    pub force: bool,
}

/// Why something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is a module, and this is its place.
    Module,
    /// It is the application that a factory reset brings back.
    Factory,
    /// It is a module that the system puts in its place when it starts.
    Staged,
    /// It tells the system that there is such a module.
    Flag,
    /// It erases the head of an application that would run in place of the new one.
    Blank,
}

/// Something that is written over DFU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// What to call it: for modules, the file it comes from.
    pub name: String,
    /// Why it is written.
    pub purpose: Purpose,
    /// The module, where it is one that says what it is.
    pub module: Option<Prefix>,
    /// Alternate setting of the DFU interface.
    pub alternate: u8,
    /// Address of the first byte.
    pub address: u32,
    /// Bytes of the module that are not written.
    pub stripped: usize,
    /// What is written.
    pub data: Vec<u8>,
}

/// A module that the running system takes by control request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The file it comes from.
    pub name: String,
    /// The module.
    pub module: Prefix,
    /// What is sent.
    pub data: Vec<u8>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The device restarts into DFU mode.
    EnterDfu,
    /// Something is written over DFU.
    Write(Write),
    /// The bootloader starts the firmware.
    Restart,
    /// The running system takes a module, and starts again if it has to.
    Transfer(Transfer),
}

/// How modules get onto a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Names of modules that are on the device already.
    pub skipped: Vec<String>,
}

impl Plan {
    /// Works out the steps that flash these modules, or says why it cannot be done.
    pub fn make(subject: &Subject, images: Vec<Image>, options: Options) -> Result<Self, PlanError> {
        check_platform(subject, &images, options)?;
        check_twice(&images)?;
        let images = dependencies::sort(images);
        if !options.force && !options.factory {
            dependencies::check(subject, &images)?;
        }
        let mut parts = Parts::default();
        for image in &images {
            let destination = match options.factory {
                true => place::factory(subject.platform, image)?,
                false => place::destination(subject.platform, image)?,
            };
            parts.add(subject, &images, image, destination, options)?;
        }
        check_overlap(&parts.written)?;
        Ok(parts.in_order(subject))
    }

    /// Whether there is nothing to be done.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// The steps by the mode in which they are carried out.
#[derive(Default)]
struct Parts {
    /// Writes to the staging area and the flag, which have to come before the system is written.
    staged: Vec<Write>,
    written: Vec<Write>,
    transferred: Vec<Transfer>,
    assets: Vec<Transfer>,
    skipped: Vec<String>,
}

impl Parts {
    fn add(
        &mut self,
        subject: &Subject,
        images: &[Image],
        image: &Image,
        destination: Destination,
        options: Options,
    ) -> Result<(), PlanError> {
        match (destination, image.prefix) {
            (Destination::Dfu { .. }, Some(_))
                if !options.force && !options.factory && is_there_for_sure(subject, image) =>
            {
                self.skipped.push(image.name.clone());
            }
            (Destination::Dfu { alternate, address }, prefix) => {
                if let Some(former) = former_application(subject, image).filter(|_| !options.factory) {
                    self.written.push(former);
                }
                let purpose = if options.factory { Purpose::Factory } else { Purpose::Module };
                self.written.push(Write {
                    name: image.name.clone(),
                    purpose,
                    module: prefix,
                    alternate,
                    address,
                    stripped: image.stripped,
                    data: image.contents().to_vec(),
                });
            }
            (_, Some(prefix)) if is_present(subject, image) && !options.force => {
                tracing::debug!("{} is there already: {:?}", image.name, prefix.function);
                self.skipped.push(image.name.clone());
            }
            (Destination::Staged, Some(_)) if by_staging_area(subject) => {
                self.stage(subject, images, image)?;
            }
            (Destination::Staged | Destination::ControlRequest, Some(prefix)) => {
                if !subject.in_dfu && !subject.takes_modules {
                    return Err(PlanError::NoControlRequests(image.name.clone()));
                }
                let transfer =
                    Transfer { name: image.name.clone(), module: prefix, data: image.module.clone() };
                match prefix.function {
                    ModuleFunction::Asset => self.assets.push(transfer),
                    _ => self.transferred.push(transfer),
                }
            }
            (_, None) => return Err(PlanError::NoPlace(image.name.clone())),
        }
        Ok(())
    }

    /// Leaves a bootloader where the system finds it at its next start.
    fn stage(&mut self, subject: &Subject, images: &[Image], image: &Image) -> Result<(), PlanError> {
        let no_place = || PlanError::NoPlace(image.name.clone());
        let layout = subject.platform.firmware.ok_or_else(no_place)?;
        let staging = layout.staging.ok_or_else(no_place)?;
        let data = image.module.clone();
        if data.len() > staging.max_size as usize {
            let (size, room) = (data.len(), staging.max_size);
            return Err(PlanError::TooLarge { file: image.name.clone(), size, room });
        }
        self.staged.push(Write {
            name: image.name.clone(),
            purpose: Purpose::Staged,
            module: image.prefix,
            alternate: staging.alternate,
            address: staging_address(&staging, subject, images),
            stripped: 0,
            data,
        });
        self.staged.push(Write {
            name: "the flag for it".to_owned(),
            purpose: Purpose::Flag,
            module: None,
            alternate: CONFIGURATION,
            address: StagingArea::UPDATE_FLAG,
            stripped: 0,
            data: vec![StagingArea::UPDATE_PENDING],
        });
        Ok(())
    }

    fn in_order(self, subject: &Subject) -> Plan {
        let transfers = |list: Vec<Transfer>| list.into_iter().map(Step::Transfer);
        let mut dfu: Vec<Step> = self.staged.into_iter().chain(self.written).map(Step::Write).collect();
        // A device that was put into DFU mode for this is to run again, whatever was there already.
        if !dfu.is_empty() || subject.in_dfu {
            dfu.push(Step::Restart);
        }
        let mut steps = Vec::new();
        if subject.in_dfu {
            steps.extend(dfu);
            steps.extend(transfers(self.transferred));
        } else {
            steps.extend(transfers(self.transferred));
            if !dfu.is_empty() {
                steps.push(Step::EnterDfu);
            }
            steps.extend(dfu);
        }
        steps.extend(transfers(self.assets));
        Plan { steps, skipped: self.skipped }
    }
}

fn check_platform(subject: &Subject, images: &[Image], options: Options) -> Result<(), PlanError> {
    let expected = subject.platform.id;
    let stranger = images.iter().find_map(|image| {
        let prefix = image.prefix.filter(|prefix| prefix.function != ModuleFunction::Asset)?;
        (prefix.platform != expected).then(|| (image.name.clone(), prefix.platform))
    });
    match stranger {
        Some((file, found)) if !options.force => Err(PlanError::Platform { file, expected, found }),
        _ => Ok(()),
    }
}

/// Two files with the same part of the firmware are a mistake.
fn check_twice(images: &[Image]) -> Result<(), PlanError> {
    let part = |image: &Image| match (image.prefix, &image.asset) {
        (_, Some(asset)) => Some((ModuleFunction::Asset, 0, asset.name.clone())),
        (Some(prefix), None) => Some((prefix.function, prefix.index, String::new())),
        (None, None) => None,
    };
    for (index, image) in images.iter().enumerate() {
        if let Some(other) = images[..index].iter().find(|other| part(other) == part(image)) {
            return Err(PlanError::Twice(other.name.clone(), image.name.clone()));
        }
    }
    Ok(())
}

fn check_overlap(written: &[Write]) -> Result<(), PlanError> {
    let span = |write: &Write| u64::from(write.address)..u64::from(write.address) + write.data.len() as u64;
    for (index, one) in written.iter().enumerate() {
        let overlaps = |other: &&Write| {
            let (a, b) = (span(one), span(other));
            one.alternate == other.alternate && a.start < b.end && b.start < a.end
        };
        if let Some(other) = written[..index].iter().find(overlaps) {
            return Err(PlanError::Overlap(other.name.clone(), one.name.clone()));
        }
    }
    Ok(())
}

/// Whether bootloaders go through the staging area: where the running system does not take them, and where it may be
/// what is broken.
fn by_staging_area(subject: &Subject) -> bool {
    let has_one = subject.platform.firmware.is_some_and(|layout| layout.staging.is_some());
    has_one && (subject.in_dfu || !subject.takes_modules)
}

/// Where the system that starts next looks for a module: the one that is flashed along with it, or the one there is.
fn staging_address(staging: &StagingArea, subject: &Subject, images: &[Image]) -> u32 {
    const SYSTEM: (ModuleFunction, u8) = (ModuleFunction::SystemPart, 1);
    let system = |prefix: &Prefix| (prefix.function, prefix.index) == SYSTEM;
    let flashed = images.iter().filter_map(|image| image.prefix).find(system);
    let flashed = flashed.map(|prefix| os_version_of(prefix.version));
    let version = flashed.or_else(|| subject.os_version());
    staging.address_for(version.unwrap_or((u8::MAX, 0, 0)))
}

/// The write that ends a former application which would be run in place of this one.
fn former_application(subject: &Subject, image: &Image) -> Option<Write> {
    let former = subject.platform.firmware?.former_application?;
    let prefix = image.prefix.filter(|prefix| prefix.function == ModuleFunction::UserPart)?;
    let [Some(Dependency { version, .. }), _] = prefix.dependencies else { return None };
    let Anchor::Start(address) = former.anchor else { return None };
    if version < FIRST_VERSION_ELSEWHERE || prefix.start == address {
        return None;
    }
    // A longer application covers the place and needs no help.
    let reaches_it = u64::from(prefix.start) + image.contents().len() as u64 > u64::from(address);
    (!reaches_it).then(|| Write {
        name: "the place of the former application".to_owned(),
        purpose: Purpose::Blank,
        module: None,
        alternate: INTERNAL_FLASH,
        address,
        stripped: 0,
        data: vec![0xFF; BLANK_SIZE],
    })
}

/// Whether there is no need to put a running device into DFU mode for a module: it says that the module is there, whole
/// and by its hash, and that no former application would run in its place. In DFU mode memory itself is compared.
fn is_there_for_sure(subject: &Subject, image: &Image) -> bool {
    let (Some(inventory), Some(prefix)) = (&subject.inventory, image.prefix) else { return false };
    let told = inventory.find(prefix.function, prefix.index);
    let is_there = told.is_some_and(|module| {
        let is_same = match &image.sha256 {
            Some(hash) => module.hash.as_deref() == Some(hash),
            // A SoftDevice, which has no hash; its version is the number that Nordic gave this very build.
            None => module.version == prefix.version,
        };
        module.checks.integrity == CheckResult::Passed && is_same
    });
    let is_passed_over = prefix.function == ModuleFunction::UserPart && subject.passes_over(prefix.index);
    !subject.in_dfu && is_there && !is_passed_over
}

/// Whether the device says that it has exactly this module or asset. Device OS before 5.6.0 does not tell the hashes of
/// modules; there the version has to do.
fn is_present(subject: &Subject, image: &Image) -> bool {
    if let Some(asset) = &image.asset {
        return subject.has_asset(asset);
    }
    let Some(prefix) = image.prefix else { return false };
    let present = subject.module(prefix.function, prefix.index);
    present.is_some_and(|module| match &module.hash {
        Some(hash) => image.sha256.is_some_and(|sha256| hash == &sha256[..]),
        None => module.version == prefix.version,
    })
}
