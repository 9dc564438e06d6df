//! The file that is to be flashed, checked before anything is sent.

use crate::{
    commands::{CommandError, CommandResult, Context, Kind, flash::known_apps},
    firmware::{Bundle, Module, Prefix},
    platform::Platform,
};
use std::{fs, io::ErrorKind, path::Path};

/// Larger files are no firmware.
const MAX_SIZE: u64 = 16 * 1024 * 1024;

/// A module that fits the device, as far as is known.
pub(super) struct Firmware {
    /// What to call it.
    pub(super) name: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// What it says of itself.
    pub(super) module: Prefix,
}

/// Refuses what would have to be compiled first.
pub(super) fn refuse_sources(path: &Path) -> CommandResult {
    const SOURCES: [&str; 8] = ["ino", "pde", "c", "cpp", "cc", "cxx", "h", "hpp"];
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let message = if path.is_dir() {
        "You cannot flash a directory over USB".to_owned()
    } else if extension.is_some_and(|extension| SOURCES.contains(&extension.as_str())) {
        format!("{} is source code, and only binaries go over a serial port", path.display())
    } else {
        return Ok(());
    };
    let error = CommandError::new(Kind::Usage, message);
    Err(error.hint("compile it first: `particle compile PLATFORM SOURCES --saveTo firmware.bin`"))
}

impl Firmware {
    /// Reads a file, or fetches a known application unless `offline`. `platform` is that of the device, where it is known.
    pub(super) fn load(
        context: &Context<'_>,
        path: &Path,
        platform: Option<&'static Platform>,
        offline: bool,
    ) -> CommandResult<Self> {
        let (name, bytes) = match path.to_str().filter(|name| !path.exists() && known_apps::is_known(name)) {
            Some(app) => {
                let platform = platform.ok_or_else(|| unknown_platform(app))?;
                let upload = known_apps::fetch(context, app, platform, offline)?;
                (upload.name, upload.content)
            }
            None => (path.display().to_string(), read(path)?),
        };
        let checked = check(&bytes, platform);
        let module = checked.map_err(|error| error.context(format!("{name} cannot be flashed")))?;
        Ok(Self { name, bytes, module })
    }
}

/// What a file says of itself, if it is a module that fits.
fn check(file: &[u8], platform: Option<&Platform>) -> CommandResult<Prefix> {
    if Bundle::is_archive(file) {
        let text = "it is a bundle, and only a single module goes over a serial port";
        return Err(CommandError::new(Kind::Usage, text).hint("`particle flash --usb BUNDLE` takes it"));
    }
    let module = Module::parse(file)?;
    module.verify()?;
    let wanted = module.prefix().platform;
    match platform.filter(|platform| platform.id != wanted) {
        None => Ok(*module.prefix()),
        Some(device) => {
            let other = wanted
                .platform()
                .map_or_else(|| format!("platform {wanted}"), |other| other.display_name.to_owned());
            let message = format!("it is for {other}, and the device is {}", device.with_article());
            Err(CommandError::new(Kind::Usage, message)
                .hint(format!("compile it again: `particle compile {}`", device.name)))
        }
    }
}

fn read(path: &Path) -> CommandResult<Vec<u8>> {
    let unreadable = |error: std::io::Error| {
        if error.kind() == ErrorKind::NotFound {
            let names = known_apps::names().join(", ");
            let message = format!("File does not exist and no known app found: {}", path.display());
            return CommandError::new(Kind::NotFound, message)
                .hint(format!("applications that are known by name: {names}"));
        }
        CommandError::caused_by(Kind::Failed, error).context(format!("cannot read {}", path.display()))
    };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_SIZE {
        return Err(CommandError::new(Kind::Failed, format!("{} is too large for firmware", path.display())));
    }
    fs::read(path).map_err(unreadable)
}

fn unknown_platform(app: &str) -> CommandError {
    let message = format!("{app} is another one on each platform, and the port does not tell which this is");
    CommandError::new(Kind::Usage, message).hint("give the file itself")
}
