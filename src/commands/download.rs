//! Files from the web. One that was interrupted goes on where it ended, also in the next run.

use super::{CommandResult, Context};
use crate::{
    cache::{Cache, PartialFile},
    cloud::Destination,
    settings::Setting,
};
use url::Url;

/// What to do about a download that broke off.
const KEPT: &str = "what came is kept: the same command goes on from there";

impl Destination for PartialFile {
    fn length(&self) -> usize {
        self.content().len()
    }

    fn append(&mut self, bytes: &[u8]) {
        PartialFile::append(self, bytes);
    }

    fn start_over(&mut self) {
        self.clear();
    }
}

/// Fetches a file, called `name`, which has to pass a check. What came of it before it broke off is kept in the cache as
/// the part of `record`. Where that turns out to be of another file, all is fetched.
pub(super) fn download(
    context: &Context,
    name: &str,
    address: &Setting<Url>,
    record: &str,
    check: impl Fn(&[u8]) -> CommandResult,
) -> CommandResult<Vec<u8>> {
    let mut part = Cache::of_user().map(|cache| cache.partial(record)).unwrap_or_default();
    loop {
        let held = part.content().len();
        if held > 0 {
            context.ui.note(format!("going on with {name} behind the {held} bytes that are there"));
        }
        let spinner = context.ui.spinner(format!("Downloading {name}..."));
        let outcome = context.block_on(context.cloud()?.download(address, &mut part));
        drop(spinner);
        if let Err(error) = outcome {
            return Err(if part.content().is_empty() { error } else { error.hint(KEPT) });
        }
        match check(part.content()) {
            Ok(()) => return Ok(part.finish()),
            Err(error) if held == 0 => {
                part.clear();
                return Err(error);
            }
            Err(error) => {
                context.ui.verbose(1, format!("what there was of {name} does not fit: {}", error.message()));
                part.clear();
            }
        }
    }
}
