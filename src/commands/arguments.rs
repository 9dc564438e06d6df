//! Arguments that many commands share.

use super::{CommandError, CommandResult, Kind};
use crate::{cloud::DeviceScope, platform::DeviceId, ui::ColorChoice};
use clap::Args;
use std::{ffi::OsString, time::Duration};

/// Options every command takes, before or after the command word.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Print the result as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Print results only
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more; twice to trace what goes over the wire
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_default_value = true)]
    pub color: ColorChoice,
    /// Same as --color never
    #[arg(long, global = true, overrides_with = "color")]
    pub no_color: bool,
    /// Never ask; fail where an answer is needed
    #[arg(long, global = true, alias = "non-interactive")]
    pub no_input: bool,
    /// Answer yes to every confirmation
    #[arg(short, long, global = true)]
    pub yes: bool,
    /// Use this profile for one command
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Talk to this cloud for one command
    #[arg(long, global = true, value_name = "URL")]
    pub api_url: Option<String>,
    /// Give up after this time (`30`, `500ms`, `2m`)
    #[arg(long, global = true, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Use devices that this host exports over USB/IP instead of local ones; may be repeated
    #[arg(long, global = true, value_name = "usbip://HOST:PORT")]
    pub usb_host: Vec<String>,
    /// Accepted for compatibility; this program never checks for updates by itself
    #[arg(long, global = true, hide = true)]
    pub no_update_check: bool,
    /// Accepted for compatibility; this program never checks for updates by itself
    #[arg(long, global = true, hide = true)]
    pub force_update_check: bool,
}

/// Which sandbox to use, if any. Stands before the command word.
#[derive(Args, Clone, Debug, Default)]
pub struct SandboxArgs {
    /// Use the sandbox instead of your account and devices; FILE holds its state
    // Not a `PathBuf`: clap takes no empty one, and empty is what stands for no file.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub sandbox: Option<OsString>,
}

/// Which product a device belongs to.
#[derive(Args, Clone, Debug, Default)]
pub struct ProductArgs {
    /// Id or slug of the product that the device belongs to
    #[arg(long)]
    pub product: Option<String>,
}

impl ProductArgs {
    /// Where devices are to be looked for.
    pub fn scope(&self) -> DeviceScope<'_> {
        self.product.as_deref().map_or(DeviceScope::Account, DeviceScope::Product)
    }

    /// Where this device is to be looked for.
    pub fn scope_of(&self, device: &str) -> CommandResult<DeviceScope<'_>> {
        if self.product.is_some() {
            device_of_product(device)?;
        }
        Ok(self.scope())
    }
}

/// The device of a product that a person means. The cloud knows those by their ids only.
pub fn device_of_product(device: &str) -> CommandResult<DeviceId> {
    device.parse().map_err(|_| {
        let message = format!("`device` must be an id when `--product` flag is set - received: {device}");
        CommandError::new(Kind::Usage, message)
    })
}

/// Reads a length of time: a number of seconds, or one with a unit (`ms`, `s`, `m`, `h`).
pub fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: f64 = digits.parse().map_err(|_| format!("{text:?} is not a length of time"))?;
    let seconds = match &text[digits.len()..] {
        "ms" => number / 1000.0,
        "" | "s" => number,
        "m" => number * 60.0,
        "h" => number * 3600.0,
        unit => return Err(format!("unknown unit {unit:?}: use ms, s, m or h")),
    };
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_of_a_product_is_named_by_its_id() {
        let account = ProductArgs::default();
        assert_eq!(account.scope_of("kitchen").unwrap(), DeviceScope::Account);
        let product = ProductArgs { product: Some("12345".into()) };
        assert_eq!(product.scope_of("0123456789ABCDEF01234567").unwrap(), DeviceScope::Product("12345"));
        assert_eq!(product.scope_of("kitchen").unwrap_err().kind(), Kind::Usage);
    }

    #[test]
    fn lengths_of_time() {
        assert_eq!(duration("30"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert!(duration("soon").is_err() && duration("3 days").is_err() && duration("-1").is_err());
    }
}
