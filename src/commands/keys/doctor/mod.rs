//! `particle keys doctor`

mod advice;
mod new_key;
mod ownership;

use super::{
    backup,
    file_names::Stem,
    send,
    slots::{Slots, slots_for, with_slots},
};
use crate::{
    cloud::Session,
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{self, After, Filter},
        online,
    },
    keys::PrivateKey,
    platform::{DeviceId, KeyAlgorithm, Protocol},
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Give a device a new key and tell the cloud, so that it can connect again
///
/// For a device that stays blinking cyan because its key and the one the cloud knows differ. Needs the device attached
/// by USB and you logged in. Saves the old key, makes a new one, writes it to the device, sends its public half to the
/// cloud and restarts the device. The files of both keys are kept in the current folder. When it was interrupted, run
/// it again: it goes on with the key it had made.
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "Example: particle keys doctor 0123456789abcdef01234567")]
pub struct Args {
    /// Id or name of the device; `particle identify` shows the id
    #[arg(value_name = "DEVICE")]
    device: String,
    /// Replace the key for this way of talking to the cloud
    #[arg(long)]
    protocol: Option<Protocol>,
    /// Id or slug of the product that the device belongs to
    #[arg(long = "product_id", alias = "product-id", visible_alias = "product", value_name = "PRODUCT")]
    product: Option<String>,
    /// Make another key even if an earlier run left one
    #[arg(long)]
    force: bool,
    /// Do not read the key back to compare
    #[arg(long)]
    no_verify: bool,
    /// Wait until the device is online, and fail if it does not get there
    #[arg(long)]
    wait: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Treated {
    device: DeviceId,
    protocol: Protocol,
    algorithm: KeyAlgorithm,
    backup: Option<PathBuf>,
    private_key: PathBuf,
    public_key: PathBuf,
    device_key: PathBuf,
    online: Option<bool>,
}

impl Report for Treated {
    fn render(&self, page: &mut Page) {
        match self.online {
            Some(true) => page.line("Your device is online."),
            Some(false) => page.line("Your device is not online yet."),
            None => {}
        }
    }
}

/// What is to be done to which device.
struct Plan {
    device: DeviceId,
    protocol: Protocol,
    stem: Stem,
    product: Option<String>,
    force: bool,
    verify: bool,
}

/// A device whose key was replaced.
struct Replaced {
    /// What its slot held before, unless that was the new key already.
    old: Option<Zeroizing<Vec<u8>>>,
    backup: Option<PathBuf>,
    key: PrivateKey,
}

/// How the attempt ended once the device had its new key.
enum Ending {
    Sent(Box<Treated>),
    Refused(CommandError),
}

/// Repairs the device's keys.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let session = context.session()?;
    let treated = treat(context, &session, &args)?;
    finish(context, &session, treated, args.wait)
}

/// Repairs the keys of a device as the command does without options, and waits for nothing.
pub(in crate::commands) fn renew(context: &Context, device: &DeviceId) -> CommandResult {
    let args = Args { device: device.to_string(), ..Args::default() };
    treat(context, &context.session()?, &args).map(drop)
}

/// Gives the device a new key, and tells the cloud.
fn treat(context: &Context, session: &Session<'_>, args: &Args) -> CommandResult<Treated> {
    let id = ownership::check(context, session, &args.device)?;
    let target = attached::select(context, Some(id.as_str()), Filter::WithDfu)?;
    if let Some(protocol) = args.protocol {
        slots_for(target.platform(), protocol)?;
    }
    let ending = with_slots(context, &target, After::Restart, |slots| {
        let plan = Plan::new(id, slots.protocol(args.protocol)?, args);
        let replaced = plan.replace(context, slots)?;
        plan.announce(context, session, slots, replaced)
    })?;
    match ending {
        Ending::Sent(treated) => {
            context.ui.line("Okay!  New keys in place, your device should restart.")?;
            Ok(*treated)
        }
        Ending::Refused(error) => Err(error),
    }
}

impl Plan {
    fn new(device: DeviceId, protocol: Protocol, args: &Args) -> Self {
        let stem = Stem::of_new_key(device.as_str(), protocol.algorithm());
        let product = args.product.clone();
        Self { device, protocol, stem, product, force: args.force, verify: !args.no_verify }
    }

    /// Backs the old key up, makes the new one, writes it. The device is not touched before both are in files.
    fn replace(&self, context: &Context, slots: &mut Slots) -> CommandResult<Replaced> {
        let old = slots.private_key(self.protocol)?;
        let earlier = if self.force { None } else { new_key::of_earlier_run(&self.stem, self.protocol)? };
        if let Some(key) = earlier {
            context
                .ui
                .note(format!("Going on with the key of an earlier run, {}", self.stem.der().display()));
            new_key::complete(&self.stem, &key)?;
            return self.write(context, slots, old, key);
        }
        let key = new_key::make(&self.stem, self.protocol, self.force)?;
        context.ui.line("New Key Created!")?;
        self.write(context, slots, old, key)
    }

    fn write(
        &self,
        context: &Context,
        slots: &mut Slots,
        old: Zeroizing<Vec<u8>>,
        key: PrivateKey,
    ) -> CommandResult<Replaced> {
        let image = key.slot_image(self.protocol, &slots.private_slot(self.protocol)?)?;
        if image == old {
            context.ui.note("The device has this key already.");
            return Ok(Replaced { old: None, backup: None, key });
        }
        let backup = backup::keep(&self.stem, self.protocol, &old)?;
        if let Some(backup) = &backup {
            context.ui.line(format!("Saved existing key to {}", backup.display()))?;
        }
        slots.set_private_key(self.protocol, &image, self.verify)?;
        context.ui.line("Saved!")?;
        Ok(Replaced { old: Some(old), backup, key })
    }

    /// Tells the cloud. Where that fails the new key stays on the device, unless the person wants the old one back.
    fn announce(
        &self,
        context: &Context,
        session: &Session<'_>,
        slots: &mut Slots,
        replaced: Replaced,
    ) -> CommandResult<Ending> {
        let public = replaced.key.public_key();
        match send::submit(context, session, &self.device, public, self.product.as_deref()) {
            Ok(()) => {
                context.ui.line("submitting public key succeeded!")?;
                Ok(Ending::Sent(Box::new(self.treated(replaced))))
            }
            Err(error) if matches!(error.kind(), Kind::Interrupted | Kind::Timeout) => {
                Err(advice::after_refusal(error, self))
            }
            Err(error) => {
                let went_back = self.offer_the_old_key(context, slots, &replaced, &error)?;
                let error = if went_back {
                    advice::after_going_back(error)
                } else {
                    advice::after_refusal(error, self)
                };
                Ok(Ending::Refused(error))
            }
        }
    }

    fn offer_the_old_key(
        &self,
        context: &Context,
        slots: &mut Slots,
        replaced: &Replaced,
        error: &CommandError,
    ) -> CommandResult<bool> {
        let Some(old) = &replaced.old else { return Ok(false) };
        if !context.ui.can_ask() || context.ui.options().assume_yes {
            return Ok(false);
        }
        context.ui.warn(error.message());
        let question = "The cloud does not know the device's new key. Put the old key back?";
        if !context.ui.confirm(question, false, "--yes")? {
            return Ok(false);
        }
        slots.set_private_key(self.protocol, old, self.verify)?;
        Ok(true)
    }

    fn treated(&self, replaced: Replaced) -> Treated {
        Treated {
            device: self.device.clone(),
            protocol: self.protocol,
            algorithm: replaced.key.algorithm(),
            backup: replaced.backup,
            private_key: self.stem.pem(),
            public_key: self.stem.public_pem(),
            device_key: self.stem.der(),
            online: None,
        }
    }
}

/// Says, where somebody waits for it, whether the device came online.
fn finish(context: &Context, session: &Session<'_>, mut treated: Treated, wait: bool) -> CommandResult {
    let looked =
        (wait || context.ui.shows_progress()).then(|| online::wait(context, session, &treated.device));
    treated.online = looked.as_ref().and_then(|looked| looked.as_ref().ok().copied());
    context.ui.report(&treated)?;
    match looked {
        Some(Err(error)) => Err(error.context("The keys are in place, but the device was not seen online")),
        Some(Ok(false)) if wait => Err(advice::not_online(&treated.device)),
        _ => Ok(()),
    }
}
