//! `particle keys new`

use super::{
    file_names::Stem,
    files::{self, Existing},
};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    keys::PrivateKey,
    platform::{KeyAlgorithm, Platform, Protocol},
    ui::{Page, Report},
};
use rand::rngs::OsRng;
use serde::Serialize;
use std::path::PathBuf;

/// Make a new key pair that a device can use
///
/// Writes FILE.pem and FILE.der, the private key, and FILE.pub.pem, the public key to send to the cloud. Which kind of
/// key it is depends on how the device talks to the cloud: RSA over TCP (Core, Photon, P1), elliptic curve over UDP
/// (everything else). Without --protocol, an attached device decides.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle keys new mykey --protocol udp")]
pub struct Args {
    /// Name of the files; an extension is taken off
    #[arg(value_name = "FILE", default_value = "device", hide_default_value = true)]
    file: PathBuf,
    /// How the device talks to the cloud
    #[arg(long)]
    protocol: Option<Protocol>,
    /// Replace files that exist
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewKey {
    algorithm: KeyAlgorithm,
    private_key: PathBuf,
    public_key: PathBuf,
    device_key: PathBuf,
}

impl Report for NewKey {
    fn render(&self, page: &mut Page) {
        page.line("New Key Created!");
    }
}

/// Makes the key.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let stem = Stem::of(&args.file);
    let existing = Existing::forced(args.force);
    files::check_free(&[stem.pem(), stem.public_pem(), stem.der()], existing)?;
    let protocol = match args.protocol {
        Some(protocol) => protocol,
        None => protocol_of_attached(context)?,
    };
    let key = PrivateKey::generate(protocol.algorithm(), &mut OsRng)?;
    files::write_key(&stem, &key, existing)?;
    Ok(context.ui.report(&NewKey {
        algorithm: key.algorithm(),
        private_key: stem.pem(),
        public_key: stem.public_pem(),
        device_key: stem.der(),
    })?)
}

/// The transport of what is attached; TCP where nothing is.
fn protocol_of_attached(context: &Context) -> CommandResult<Protocol> {
    let mut protocols: Vec<Protocol> = attached_platforms(context)
        .into_iter()
        .filter_map(|platform| Some(platform.keys?.default_protocol()))
        .collect();
    protocols.dedup();
    match protocols[..] {
        [] => {
            context.ui.note(
                "No device is attached, so this is an RSA key (for Core, Photon and P1); other devices need one made \
                 with `--protocol udp`.",
            );
            Ok(Protocol::Tcp)
        }
        [protocol] => Ok(protocol),
        _ => Err(CommandError::new(Kind::Ambiguous, "the attached devices need different kinds of key")
            .hint("say which with `--protocol tcp` (RSA) or `--protocol udp` (elliptic curve)")),
    }
}

/// What is attached, by USB id alone. A computer without USB has nothing attached.
fn attached_platforms(context: &Context) -> Vec<&'static Platform> {
    let buses = context.buses().unwrap_or_default();
    let devices = buses.iter().filter_map(|bus| bus.enumerate().ok()).flatten();
    devices.filter_map(|device| Some(Platform::by_usb_id(device.usb_id)?.platform)).collect()
}
