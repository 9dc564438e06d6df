//! `particle setup`: account, Wi-Fi, claiming and a name, one after the other.

mod account;
mod attached;
mod finish;
mod host;
mod network;
mod network_file;
mod over_cable;
mod over_softap;
mod report;

use super::{CommandResult, Context, attached::heed_interrupts, serial::subject::SubjectArgs, wifi::file};
use crate::softap::DeviceAddresses;
use attached::Attached;
use over_cable::Verdict;
use std::path::PathBuf;

/// Set up a Photon, P1 or Core: account, Wi-Fi, claiming and a name
///
/// A device on the cable is set up over it. A Photon or P1 elsewhere is looked for by Wi-Fi, and has to be in listening
/// mode: hold its MODE or SETUP button until its light blinks blue. Of a device on the cable that is set up in another
/// way, it says how. Without a terminal, give --file and --yes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    subject: SubjectArgs,
    /// Look for a device by Wi-Fi, whatever is attached by USB
    #[arg(long, conflicts_with_all = ["port", "device"])]
    wifi: bool,
    /// Accepted for compatibility: networks are always looked for, unless --manual is given
    #[arg(long, hide = true, conflicts_with = "manual")]
    scan: bool,
    /// Leave this computer's Wi-Fi alone: you change between networks yourself
    #[arg(long)]
    manual: bool,
    /// Where the device is in its own network, if not at 192.168.0.1; without --wifi, this computer is in that network
    #[arg(long, value_name = "HOST[:PORT]", conflicts_with_all = ["port", "device"])]
    softap: Option<DeviceAddresses>,
    /// Read the network and what opens it from this JSON file, as `serial wifi --file` does
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// What to call the device
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// Sets a device up.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    heed_interrupts(&context.clock);
    let file = args.file.as_deref().map(file::read).transpose()?;
    context.ui.note("> Setup is easy! Let's get started...");
    if args.wifi || args.softap.is_some() {
        return over_softap::run(context, &account::choose(context)?, &args, file, None);
    }
    match attached::find(context, &args.subject)? {
        Attached::Elsewhere(notice) => Ok(context.ui.report(&notice)?),
        Attached::Nothing => {
            let question = "Would you like to scan for nearby Photons in Wi-Fi setup mode?";
            if !args.manual && !context.ui.confirm(question, true, "--yes")? {
                return Err(host::goodbye());
            }
            over_softap::run(context, &account::choose(context)?, &args, file, None)
        }
        Attached::Here(subject) => {
            let account = account::choose(context)?;
            match over_cable::run(context, &account, &args, &subject, file.as_ref())? {
                Verdict::Done => Ok(()),
                Verdict::OverItsNetwork(mac) => over_softap::run(context, &account, &args, file, mac),
            }
        }
    }
}
