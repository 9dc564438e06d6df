//! What is in a sandbox, as text.

use crate::{
    sandbox::control::{AccountStatus, DeviceStatus, Status},
    ui::{Page, Report},
};
use serde::Serialize;

/// Accounts and devices of a sandbox.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Overview(pub(super) Status);

impl Report for Overview {
    fn render(&self, page: &mut Page) {
        page.line("Devices");
        if self.0.devices.is_empty() {
            page.line("  none");
        }
        for device in &self.0.devices {
            render_device(device, page);
        }
        page.line("Accounts");
        for account in &self.0.accounts {
            render_account(account, page);
        }
    }
}

fn render_device(device: &DeviceStatus, page: &mut Page) {
    let name = page.foreign(device.name.as_deref().unwrap_or("<no name>"));
    let online = match &device.reason {
        None => "online".to_owned(),
        Some(reason) => format!("offline: {reason}"),
    };
    page.line(format_args!("  {name} [{}] is {online}", device.id));
    let cable = if device.plugged { device.mode.as_str() } else { "unplugged" };
    let protected = if device.protected { ", protected" } else { "" };
    page.line(format_args!(
        "    {}, Device OS {}, {cable}{protected}, USB/IP bus id {}",
        device.platform, device.os_version, device.bus_id
    ));
    if let Some(trouble) = &device.trouble {
        page.line(format_args!("    it cannot run its application: {trouble}"));
    }
    page.line(format_args!(
        "    key: {}; the cloud holds: {}",
        device.device_key.as_deref().unwrap_or("none it can read"),
        device.cloud_key.as_deref().unwrap_or("none"),
    ));
    page.line(format_args!("    server: {}", device.server.as_deref().unwrap_or("damaged")));
    if let Some(asker) = &device.wanted_by {
        page.line(format_args!("    {} has asked for it", page.foreign(asker)));
    }
    if let Some(softap) = &device.softap {
        page.line(format_args!("    its own Wi-Fi network: --softap {softap}, or http://{softap}"));
    }
    if let Some(terminal) = &device.terminal {
        page.line(format_args!("    terminal: {}", terminal.display()));
    }
}

fn render_account(account: &AccountStatus, page: &mut Page) {
    let code = account.otp.as_ref().map(|otp| format!(", login code {otp}")).unwrap_or_default();
    page.line(format_args!("  {}, password {}{code}", account.username, account.password));
}
