//! How a person brings a device into a mode that it cannot be ordered into.

use crate::{platform::Platform, usb::control::Order};

/// What to do by hand to the same end as an order.
pub(super) fn for_order(platform: &Platform, order: Order) -> String {
    match order {
        Order::EnterDfu => dfu_instructions(platform),
        Order::EnterSafeMode => safe_mode_instructions(platform),
        Order::StartListening => listening_instructions(platform),
        Order::Reset | Order::StopListening => reset_instructions(platform),
    }
}

/// What to do by hand to get DFU mode, one line a step.
pub(super) fn dfu_instructions(platform: &Platform) -> String {
    let (reset, mode) = (platform.buttons.reset, platform.buttons.mode);
    format!(
        "Your device will blink yellow when in DFU mode.\n\
         If your device is not blinking yellow, please:\n\
         1) Press and hold both the {reset} and {mode} buttons simultaneously.\n\
         2) Release only the {reset} button while continuing to hold the {mode} button.\n\
         3) Release the {mode} button once the device begins to blink yellow."
    )
}

/// What to do by hand to get listening mode.
fn listening_instructions(platform: &Platform) -> String {
    let mode = platform.buttons.mode;
    format!("hold the {mode} button for about three seconds until the device blinks dark blue")
}

/// What to do by hand to get safe mode.
fn safe_mode_instructions(platform: &Platform) -> String {
    let (reset, mode) = (platform.buttons.reset, platform.buttons.mode);
    format!(
        "hold both the {reset} and {mode} buttons, release {reset}, and release {mode} when the device blinks \
         magenta"
    )
}

/// What to do by hand to restart the device.
fn reset_instructions(platform: &Platform) -> String {
    format!("press the {} button", platform.buttons.reset)
}
