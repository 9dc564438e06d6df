//! Releases of Device OS: which modules a board gets, fetched when they are needed and kept for the next time.

use super::{CommandError, CommandResult, Context, Kind, download::download};
use crate::{
    cache::Cache,
    cloud::{Release, ReleasedModule},
    firmware::{
        Module,
        plan::{Image, Trust},
    },
    platform::Platform,
    settings::Setting,
};
use url::Url;

/// The word for the newest version.
pub(super) const LATEST: &str = "latest";

/// A release for a platform: by its name such as `6.3.4`, by the version of its modules such as `6305`, or the newest.
///
/// Offline, it is one that was asked for before in the same words.
pub(super) fn release(
    context: &Context,
    platform: &'static Platform,
    version: &str,
    offline: bool,
) -> CommandResult<Release> {
    let cache = Cache::of_user();
    let known = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    if version.is_empty() || !known(version) {
        return Err(CommandError::new(Kind::Usage, format!("Invalid version: {version}")));
    }
    let record = format!("device-os/{}/{version}.json", platform.name);
    if offline {
        let kept = cache.and_then(|cache| cache.find_named(&record));
        let release = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        return release
            .ok_or_else(|| not_kept(&format!("Device OS {version} for {}", platform.display_name)));
    }
    let session = context.session()?;
    let versions = session.device_os_versions();
    let release =
        context.block_on(versions.get(platform.id, version)).map_err(|error| match error.kind() {
            Kind::NotFound => CommandError::new(
                Kind::NotFound,
                format!("Device OS version not found for platform: {} version: {version}", platform.id),
            ),
            _ => error,
        })?;
    if let (Some(cache), Ok(bytes)) = (cache, serde_json::to_vec(&release)) {
        keep(context, &cache, &record, &bytes);
    }
    Ok(release)
}

/// The modules of a release but for its application, each checked. What an earlier call fetched is not fetched again.
pub(super) fn modules(
    context: &Context,
    platform: &'static Platform,
    release: &Release,
    offline: bool,
) -> CommandResult<Vec<Image>> {
    let wanted: Vec<_> = release.modules.iter().filter(|module| !module.is_application()).collect();
    let mut announced = false;
    let mut images = Vec::new();
    for module in wanted {
        let record = record(platform, release, module)?;
        let kept = Cache::of_user().and_then(|cache| cache.find_named(&record));
        let bytes = match kept.filter(|bytes| check(module, bytes).is_ok()) {
            Some(bytes) => bytes,
            None if offline => return Err(not_kept(&module.filename)),
            None => {
                if !std::mem::replace(&mut announced, true) {
                    context.ui.note(format!("Downloading Device OS {}", release.version));
                }
                fetch(context, release, module, &record)?
            }
        };
        images.extend(Image::read(&module.filename, &bytes, Trust::default())?);
    }
    if announced {
        context.ui.note(format!("Downloaded Device OS {}", release.version));
    }
    Ok(images)
}

fn fetch(
    context: &Context,
    release: &Release,
    module: &ReleasedModule,
    record: &str,
) -> CommandResult<Vec<u8>> {
    let cannot = |error: CommandError| error.context(format!("cannot download {}", module.filename));
    let base: Url = release.base_url.parse().map_err(|error| {
        let text = format!("{:?}, which the cloud names, is no address", release.base_url);
        cannot(CommandError::caused_by(Kind::Network, error).context(text))
    })?;
    // Whoever set the cloud's address has set that of its files.
    let base = Setting::new(base, context.settings()?.api_url().source.clone());
    let address = super::flash::below(&base, &module.filename).map_err(cannot)?;
    let bytes = download(context, &module.filename, &address, record, |bytes| check(module, bytes));
    let bytes = bytes.map_err(cannot)?;
    if let Some(cache) = Cache::of_user() {
        keep(context, &cache, record, &bytes);
    }
    Ok(bytes)
}

/// Where a module is kept. The cloud's names of versions and files are data: they do not lead out of the folder.
fn record(platform: &'static Platform, release: &Release, module: &ReleasedModule) -> CommandResult<String> {
    let plain = |name: &str| {
        let permitted = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
        !name.is_empty() && !name.starts_with('.') && name.chars().all(permitted)
    };
    match plain(&release.version) && plain(&module.filename) {
        true => Ok(format!("device-os/{}/{}/{}", platform.name, release.version, module.filename)),
        false => {
            let text = format!(
                "the cloud names a file {:?} of version {:?}, which cannot be",
                module.filename, release.version
            );
            Err(CommandError::new(Kind::Network, text))
        }
    }
}

/// Whether this is the module that the release names, and undamaged.
fn check(module: &ReleasedModule, bytes: &[u8]) -> CommandResult {
    let found = Module::parse(bytes)?;
    found.verify()?;
    let crc = format!("{:08x}", found.crc().stored);
    match module.crc() {
        Some(expected) if !expected.eq_ignore_ascii_case(&crc) => {
            let text = format!("its CRC is {crc}, and should be {expected}");
            Err(CommandError::new(Kind::Verification, text))
        }
        _ => Ok(()),
    }
}

fn keep(context: &Context, cache: &Cache, record: &str, bytes: &[u8]) {
    if let Err(error) = cache.keep_named(record, bytes) {
        context.ui.verbose(1, format!("{record} could not be kept for the next time: {error}"));
    }
}

/// The complaint about something that was not fetched before.
pub(super) fn not_kept(what: &str) -> CommandError {
    CommandError::new(Kind::NotFound, format!("{what} was not fetched before"))
        .hint("leave --offline out once, and it is kept for the next time")
}
