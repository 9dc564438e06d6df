//! `particle keys save`

use super::{
    file_names::Stem,
    files::{self, Existing},
    slots::with_slots,
};
use crate::{
    atomic_file::Access,
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{self, After, Filter},
    },
    keys::{PublicKey, device_reader, slot},
    platform::{DeviceId, KeyAlgorithm, Protocol},
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::PathBuf;

/// Copy the private key of a device into a file
///
/// Writes FILE.der, the private key, and FILE.pub.pem, its public half. The device goes back to the mode it was in.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle keys save mykey.der")]
pub struct Args {
    /// Name of the file; its extension becomes `.der`
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Id or name of the device, if several are attached
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
    /// Save the key for this way of talking to the cloud
    #[arg(long)]
    protocol: Option<Protocol>,
    /// Replace files that exist
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Saved {
    device: DeviceId,
    protocol: Protocol,
    algorithm: KeyAlgorithm,
    device_key: PathBuf,
    public_key: PathBuf,
}

impl Report for Saved {
    fn render(&self, page: &mut Page) {
        page.line("Saved!");
    }
}

/// Saves the key.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let stem = Stem::of(&args.file);
    let existing = Existing::forced(args.force);
    let (device_key, public_key) = (stem.der(), stem.public_pem());
    files::check_free(&[device_key.clone(), public_key.clone()], existing)?;
    let device = attached::select(context, args.device.as_deref(), Filter::WithDfu)?;
    let (protocol, bytes) = with_slots(context, &device, After::Restore, |slots| {
        let protocol = slots.protocol(args.protocol)?;
        Ok((protocol, slots.private_key(protocol)?))
    })?;

    let Ok(public) = PublicKey::from_pem_or_der(&bytes) else {
        files::write(&device_key, &bytes, Access::Owner, existing)?;
        return Err(corrupt().hint(format!("what the device holds was written to {}", device_key.display())));
    };
    files::write(&device_key, slot::cut(&bytes).unwrap_or(&bytes), Access::Owner, existing)?;
    files::write(&public_key, public.to_pem().as_bytes(), Access::Everyone, existing)?;
    if let Err(error) = device_reader::read(protocol, &bytes) {
        context
            .ui
            .warn(format!("the device cannot use this key: {error}; `particle keys doctor` makes a new one"));
    }
    let algorithm = public.algorithm();
    Ok(context.ui.report(&Saved { device: device.id, protocol, algorithm, device_key, public_key })?)
}

fn corrupt() -> CommandError {
    CommandError::new(
        Kind::Verification,
        "Unable to generate public key from the key downloaded from the device. This usually means you had a \
         corrupt key on the device.",
    )
    .hint("`particle keys doctor ID` gives the device a new key")
}
