//! `particle keys send`

use super::{file_names::Stem, files};
use crate::{
    cloud::Session,
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{self, Filter},
    },
    keys::PublicKey,
    platform::{DeviceId, KeyAlgorithm},
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Send the public key of a device to the cloud
///
/// The device must hold the private half: see `particle keys load`. FILE may hold either half, as PEM or DER; only the
/// public one is sent. Without DEVICE, the attached device is meant.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "particle keys send [DEVICE] [FILE]",
    after_help = "Example: particle keys send 0123456789abcdef01234567 device.pub.pem"
)]
pub struct Args {
    /// Id or name of the device
    #[arg(value_name = "DEVICE")]
    first: Option<String>,
    /// The key; `.pub.pem` is added if there is no such file, and the device's id is the name without it
    #[arg(value_name = "FILE")]
    second: Option<PathBuf>,
    /// Id or slug of the product that the device belongs to
    #[arg(long = "product_id", alias = "product-id", visible_alias = "product", value_name = "PRODUCT")]
    product: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    device: DeviceId,
    algorithm: KeyAlgorithm,
    file: PathBuf,
}

impl Report for Sent {
    fn render(&self, page: &mut Page) {
        page.line("submitting public key succeeded!");
    }
}

/// What was typed, sorted out.
#[derive(Debug, PartialEq, Eq)]
struct Typed {
    device: Option<String>,
    file: Option<PathBuf>,
}

impl Typed {
    /// A lone argument is a device if it looks like an id, else a file.
    fn of(first: Option<String>, second: Option<PathBuf>) -> Self {
        match (first, second) {
            (Some(only), None) if only.parse::<DeviceId>().is_err() => {
                Self { device: None, file: Some(only.into()) }
            }
            (device, file) => Self { device, file },
        }
    }
}

/// Sends the key.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let session = context.session()?;
    let typed = Typed::of(args.first, args.second);
    // A file that cannot be sent is noticed before the cloud is asked for a name.
    let named = typed.file.as_deref().map(read).transpose()?;
    let device = match &typed.device {
        Some(device) => named_device(context, device)?,
        None => attached::select(context, None, Filter::Any)?.id,
    };
    let (file, key) = match named {
        Some(found) => found,
        None => read(Path::new(device.as_str()))?,
    };
    submit(context, &session, &device, &key, args.product.as_deref())?;
    Ok(context.ui.report(&Sent { device, algorithm: key.algorithm(), file })?)
}

/// Gives the cloud the public key of a device.
pub(super) fn submit(
    context: &Context,
    session: &Session,
    device: &DeviceId,
    key: &PublicKey,
    product: Option<&str>,
) -> CommandResult {
    context.ui.line(format!("attempting to add a new public key for device {device}"))?;
    let (provisioning, pem) = (session.provisioning(), key.to_pem());
    let request = provisioning.send_public_key(device, &pem, key.algorithm(), product);
    context.block_on(request).map_err(|error| error.context("Error sending public key to server"))
}

/// An id is taken as it is; a name is asked of the cloud.
fn named_device(context: &Context, named: &str) -> CommandResult<DeviceId> {
    match named.parse() {
        Ok(id) => Ok(id),
        Err(_) => context
            .device_id_of(named)
            .map_err(|error| error.hint("use `particle identify` to find your device id")),
    }
}

/// The key in the file as named, or with `.pub.pem` for its extension.
fn read(typed: &Path) -> CommandResult<(PathBuf, PublicKey)> {
    for path in [typed.to_owned(), Stem::of(typed).public_pem()] {
        if let Some(bytes) = files::read(&path)? {
            let key = PublicKey::from_pem_or_der(&bytes)
                .map_err(|error| CommandError::from(error).context(path.display().to_string()))?;
            return Ok((path, key));
        }
    }
    let missing = Stem::of(typed).public_pem();
    Err(CommandError::new(Kind::NotFound, format!("Couldn't find {}", missing.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(device: Option<&str>, file: Option<&str>) -> Typed {
        Typed { device: device.map(str::to_owned), file: file.map(PathBuf::from) }
    }

    #[test]
    fn a_lone_argument_is_an_id_or_a_file() {
        let id = "3a0027001247363335343834";
        assert_eq!(Typed::of(Some(id.into()), Some("k.pem".into())), typed(Some(id), Some("k.pem")));
        assert_eq!(Typed::of(Some("red".into()), Some("k.pem".into())), typed(Some("red"), Some("k.pem")));
        assert_eq!(Typed::of(Some("device.pub.pem".into()), None), typed(None, Some("device.pub.pem")));
        assert_eq!(Typed::of(Some(id.into()), None), typed(Some(id), None));
        assert_eq!(Typed::of(None, None), typed(None, None));
    }
}
