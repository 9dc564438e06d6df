//! `particle keys load`

use super::{
    backup,
    file_names::Stem,
    files,
    slots::{Slots, with_slots},
};
use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{self, After, Filter},
    },
    keys::{self, KeyError, PrivateKey, slot},
    platform::{DeviceId, KeyAlgorithm, KeySlot, Protocol},
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Copy a private key from a file onto a device
///
/// FILE is PEM or DER, made by `particle keys new` or `particle keys save`, by openssl or by the older tool. The key
/// that the device had is saved first, beside FILE. A device in DFU mode (blinking yellow) stays in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle keys load mykey.der")]
pub struct Args {
    /// The private key; `.der` is added if there is no such file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Id or name of the device, if several are attached
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
    /// Load the key for this way of talking to the cloud
    #[arg(long)]
    protocol: Option<Protocol>,
    /// Write the key even if the device could not use it, to restore what was there
    #[arg(long)]
    force: bool,
    /// Do not read the key back to compare
    #[arg(long)]
    no_verify: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Loaded {
    device: DeviceId,
    protocol: Protocol,
    algorithm: KeyAlgorithm,
    backup: Option<PathBuf>,
}

impl Report for Loaded {
    fn render(&self, page: &mut Page) {
        if let Some(backup) = &self.backup {
            page.line(format_args!("Saved existing key to {}", backup.display()));
        }
        page.line("Saved!");
    }
}

/// What is to be written, before it is known to which kind of slot.
struct Plan {
    file: PathBuf,
    content: Content,
    protocol: Option<Protocol>,
    force: bool,
    verify: bool,
}

enum Content {
    /// A key.
    Key(PrivateKey),
    /// Bytes that are no key, written because of `--force`.
    Raw(Zeroizing<Vec<u8>>),
}

/// Loads the key.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let plan = Plan::make(context, &args)?;
    let device = attached::select(context, args.device.as_deref(), Filter::WithDfu)?;
    let loaded = with_slots(context, &device, After::Restore, |slots| {
        let (protocol, backup) = plan.carry_out(slots)?;
        let algorithm = protocol.algorithm();
        Ok(Loaded { device: device.id.clone(), protocol, algorithm, backup })
    })?;
    context.ui.report(&loaded)?;
    context.ui.note("Make sure that the cloud knows this key: `particle keys send` sends its public half.");
    Ok(())
}

impl Plan {
    fn make(context: &Context, args: &Args) -> CommandResult<Self> {
        let (file, bytes) = find(&args.file)?;
        let content = match keys::import(&bytes) {
            Ok(imported) => {
                if imported.was_converted() {
                    context.ui.note(format!(
                        "{} is in a form that devices do not understand (PKCS#8, as OpenSSL 3 writes it); it is \
                         converted.",
                        file.display()
                    ));
                }
                imported.into_private().map(Content::Key)
            }
            Err(_) if args.force => Ok(Content::Raw(Zeroizing::new(slot::without_padding(&bytes).to_vec()))),
            Err(error) => Err(error),
        };
        let content = content.map_err(|error| unusable(error, &file))?;
        Ok(Self { file, content, protocol: args.protocol, force: args.force, verify: !args.no_verify })
    }

    /// Backs up, writes; gives the transport whose key was replaced and the name of the backup.
    fn carry_out(&self, slots: &mut Slots) -> CommandResult<(Protocol, Option<PathBuf>)> {
        let protocol = slots.protocol(self.protocol)?;
        let old = slots.private_key(protocol)?;
        let image = self.image(protocol, &slots.private_slot(protocol)?)?;
        if image == old {
            return Ok((protocol, None));
        }
        let backup = backup::keep(&Stem::of(&self.file), protocol, &old)?;
        slots.set_private_key(protocol, &image, self.verify)?;
        Ok((protocol, backup))
    }

    /// The bytes for a slot.
    fn image(&self, protocol: Protocol, slot: &KeySlot) -> CommandResult<Zeroizing<Vec<u8>>> {
        let image = match &self.content {
            Content::Key(key) if self.force => slot::pad(key.device_der(), slot.size),
            Content::Key(key) => key.slot_image(protocol, slot),
            Content::Raw(bytes) => slot::pad(bytes, slot.size),
        };
        image.map_err(|error| unusable(error, &self.file))
    }
}

/// The file as named, or with `.der` for its extension.
fn find(typed: &Path) -> CommandResult<(PathBuf, Zeroizing<Vec<u8>>)> {
    for path in [typed.to_owned(), Stem::of(typed).der()] {
        if let Some(bytes) = files::read(&path)? {
            return Ok((path, bytes));
        }
    }
    let text = format!("I couldn't find the file: {}", typed.display());
    Err(CommandError::new(Kind::NotFound, text))
}

fn unusable(error: KeyError, file: &Path) -> CommandError {
    let force = matches!(error, KeyError::Unreadable(_) | KeyError::NotAKey | KeyError::Damaged(_));
    let error = CommandError::from(error).context(file.display().to_string());
    if force { error.hint("to put a backup back exactly as it was, add --force") } else { error }
}
