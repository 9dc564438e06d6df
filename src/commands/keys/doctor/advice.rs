//! What to do when the device has its new key and something else went wrong.

use super::Plan;
use crate::{
    commands::{CommandError, Kind},
    platform::DeviceId,
};

const SUPPORT: &str = "https://support.particle.io";

/// The cloud does not have the key that the device has.
pub(super) fn after_refusal(error: CommandError, plan: &Plan) -> CommandError {
    let (device, file) = (&plan.device, plan.stem.public_pem());
    let file = file.display();
    let product = plan.product.as_ref().map(|product| format!(" --product_id {product}")).unwrap_or_default();
    error
        .hint(format!(
            "the device has its new key but the cloud does not know it: when the reason is gone, run \
             `particle keys send {device} {file}{product}`"
        ))
        .hint(format!("if it goes on failing, contact {SUPPORT} and give them the public key, {file}"))
}

/// The device has its old key again.
pub(super) fn after_going_back(error: CommandError) -> CommandError {
    error.hint(format!(
        "the device has its old key again, as before; run the command again when the reason is gone, or contact \
         {SUPPORT}"
    ))
}

/// Both have the key, and yet the device does not connect.
pub(super) fn not_online(device: &DeviceId) -> CommandError {
    CommandError::new(Kind::Offline, format!("device {device} has its new key but is not online"))
        .hint("look at its light: blinking green or blue means that it has no network yet")
        .hint("if it blinks cyan, its server key may be wrong: `particle keys server` restores it")
        .hint(format!("else contact {SUPPORT}"))
}
