//! Applications that are known by name. They are their publisher's, so they are fetched when they are needed, and
//! checked against the hash that is known of them.

mod table;

use crate::{
    cache::{Cache, sha256},
    cloud::Upload,
    commands::{CommandError, CommandResult, Context, Kind, device_os::not_kept, download::download},
    platform::Platform,
    settings::{Setting, Source},
};
use serde::Deserialize;
use table::{APPS, App};
use url::Url;

/// What a server of other applications says it has.
#[derive(Deserialize)]
struct Index {
    apps: Vec<Listed>,
}

/// One of them.
#[derive(Clone, Deserialize)]
struct Listed {
    app: String,
    platform: String,
    path: String,
    sha256: String,
}

/// Whether an application of this name is known.
pub(in crate::commands) fn is_known(name: &str) -> bool {
    APPS.iter().any(|app| app.name == name)
}

/// All names.
pub(in crate::commands) fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = APPS.iter().map(|app| app.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The application for a platform: from the cache, or, unless `offline`, from where it is offered.
pub(in crate::commands) fn fetch(
    context: &Context,
    name: &str,
    platform: &'static Platform,
    offline: bool,
) -> CommandResult<Upload> {
    let (address, hash) = locate(context, name, platform, offline)?;
    let cache = Cache::of_user();
    let upload = |content| Upload { name: format!("{name}-{}.bin", platform.name), content };
    if let Some(content) = cache.as_ref().and_then(|cache| cache.find(&hash)) {
        return Ok(upload(content));
    }
    if offline {
        return Err(not_kept(&format!("{name} for {}", platform.display_name)));
    }
    context.ui.note(format!("fetching {name} for {} from {}", platform.display_name, address.value));
    let shown = address.value.to_string();
    let check = |content: &[u8]| match sha256(content) == hash {
        true => Ok(()),
        false => {
            let text = format!("what {shown} offers is not the {name} that is known (its hash is another)");
            Err(CommandError::new(Kind::Verification, text))
        }
    };
    let content = download(context, name, &address, &format!("{hash}.bin"), check)?;
    if let Some(Err(error)) = cache.map(|cache| cache.keep(&content)) {
        context.ui.verbose(1, format!("{name} could not be kept for the next time: {error}"));
    }
    Ok(upload(content))
}

/// Address and hash of an application.
fn locate(
    context: &Context,
    name: &str,
    platform: &'static Platform,
    offline: bool,
) -> CommandResult<(Setting<Url>, String)> {
    let known = APPS.iter().find(|app| app.name == name && app.platform == platform.name);
    let missing = || none_for(name, platform.display_name);
    let Some(base) = context.settings()?.apps_url() else {
        let app = known.ok_or_else(missing)?;
        let base = Setting::new(parse(app.publisher.base())?, Source::Default);
        return Ok((below(&base, app.path)?, app.sha256.to_owned()));
    };
    match index(context, base, offline)? {
        Some(index) => {
            let is_meant = |listed: &&Listed| listed.app == name && listed.platform == platform.name;
            let listed = index.apps.iter().find(is_meant).ok_or_else(missing)?;
            Ok((below(base, &listed.path)?, listed.sha256.to_lowercase()))
        }
        None => {
            let App { path, sha256, .. } = known.ok_or_else(missing)?;
            Ok((below(base, path)?, (*sha256).to_owned()))
        }
    }
}

/// The index of a server; a mirror of the publisher has none. Offline, it is the one that was kept last.
fn index(context: &Context, base: &Setting<Url>, offline: bool) -> CommandResult<Option<Index>> {
    let (cache, record) = (Cache::of_user(), format!("apps/{}.json", sha256(base.value.as_str().as_bytes())));
    if offline {
        let kept = cache.and_then(|cache| cache.find_named(&record));
        return Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()));
    }
    let address = below(base, "index.json")?;
    let bytes = match context.block_on(context.cloud()?.fetch(address)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == Kind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let index = serde_json::from_slice(&bytes).map(Some).map_err(|error| {
        let text = format!("the index of applications at {} cannot be read: {error}", base.value);
        CommandError::new(Kind::Network, text)
    });
    if let Some(Err(error)) = cache.map(|cache| cache.keep_named(&record, &bytes)) {
        context.ui.verbose(1, format!("the index could not be kept for the next time: {error}"));
    }
    index
}

/// The address of a file below another address, which it cannot lead out of.
pub(in crate::commands) fn below(base: &Setting<Url>, path: &str) -> CommandResult<Setting<Url>> {
    let folder = format!("{}/", base.value.as_str().trim_end_matches('/'));
    let url = parse(&folder)?.join(path).ok().filter(|url| url.as_str().starts_with(&folder));
    let url = url.ok_or_else(|| {
        CommandError::new(Kind::Network, format!("{} names {path:?}, which is not below it", base.value))
    })?;
    Ok(Setting::new(url, base.source.clone()))
}

fn parse(address: &str) -> CommandResult<Url> {
    address.parse().map_err(|error| {
        CommandError::caused_by(Kind::Failed, error).context(format!("{address} is no address"))
    })
}

/// The complaint about an application that there is none of for a platform.
pub(super) fn none_for(name: &str, platform: &str) -> CommandError {
    CommandError::new(Kind::NotFound, format!("I don't have a {name} binary for {platform}."))
        .hint("name a file with the firmware instead")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_application_is_for_a_platform_and_has_an_address() {
        for app in APPS {
            assert!(Platform::by_name(app.platform).is_some(), "{}", app.platform);
            let base = Setting::new(parse(app.publisher.base()).unwrap(), Source::Default);
            assert!(below(&base, app.path).unwrap().value.path().ends_with(".bin"));
            assert!(app.sha256.len() == 64 && app.sha256.bytes().all(|digit| digit.is_ascii_hexdigit()));
        }
        assert_eq!(names()[..2], ["cc3000", "cc3000_1_14"]);
    }

    #[test]
    fn an_index_cannot_lead_elsewhere() {
        let base = Setting::new("https://host/apps".parse().unwrap(), Source::Default);
        assert_eq!(below(&base, "a/b@1.bin").unwrap().value.as_str(), "https://host/apps/a/b@1.bin");
        for path in ["../secret", "/etc", "https://other/", "//other/x"] {
            assert!(below(&base, path).is_err(), "{path}");
        }
    }
}
