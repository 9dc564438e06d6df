//! Firmware for the patient: Device OS, and applications that are known by name.

use crate::{
    commands::{
        CommandResult, Context,
        attached::{Operator, Target, examine, flash_all},
        device_os::{self, LATEST},
        flash::known_apps,
        outcome::first_failure,
    },
    firmware::plan::{Image, Options, Plan, Trust},
};

/// Brings Device OS up to date.
pub(super) fn update(context: &Context<'_>, target: &Target) -> CommandResult {
    let platform = target.platform();
    let release = device_os::release(context, platform, LATEST, false)?;
    context.ui.note(format!("The newest Device OS for {} is {}.", platform.display_name, release.version));
    flash(context, target, device_os::modules(context, platform, &release, false)?)
}

/// Gives it an application.
pub(super) fn give_application(context: &Context<'_>, target: &Target, name: &str) -> CommandResult {
    let file = known_apps::fetch(context, name, target.platform(), false)?;
    flash(context, target, Image::read(&file.name, &file.content, Trust { known: true, force: false })?)
}

fn flash(context: &Context<'_>, target: &Target, images: Vec<Image>) -> CommandResult {
    let patient = examine(context.ui, &Operator::new(context.buses()?, &context.clock), target)?;
    let plan = Plan::make(&patient.subject, images, Options::default())?;
    let results = flash_all(context, vec![(target.id.to_string(), Ok((patient, plan)))], false)?;
    first_failure(context, results)
}
