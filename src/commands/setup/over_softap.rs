//! Setting a device up over its own network.

use super::{
    Args,
    account::Account,
    finish::{self, Configured, Outcome},
    host::{self, Way},
    network, network_file,
};
use crate::{
    commands::{CommandResult, Context, Kind, wifi::file::CredentialsFile},
    platform::DeviceId,
    serial::MacAddress,
    softap::{DeviceAddresses, SoftAp},
};
use rand::rngs::OsRng;

/// Sets up, again and again until the device is online or the person has had enough. `mac` is the address of the device
/// that is meant, where it is known.
pub(super) fn run(
    context: &Context<'_>,
    account: &Account,
    args: &Args,
    file: Option<CredentialsFile>,
    mac: Option<MacAddress>,
) -> CommandResult {
    let addresses = args.softap.clone().unwrap_or_else(DeviceAddresses::usual);
    let mut given = file.map(network_file::Network::try_from).transpose()?;
    loop {
        let way = host::find(context, args, mac)?;
        // The device's network leads nowhere else, so everything from the cloud has to be got before.
        let claim_code = {
            let _spinner = context.ui.spinner("Obtaining magical secure claim code from the cloud...");
            context.block_on(account.session(context)?.device_claims().create())?
        };
        let back = host::go(context, &way)?;
        let configured = configure(context, &addresses, claim_code.expose(), given.take());
        // Also after a failure, but then that is what the person has to know.
        let returned = host::come_back(context, &back, configured.is_ok());
        let id = configured.map_err(|error| match way {
            Way::Open | Way::ByHand if error.kind() == Kind::NoDevice => error
                .hint("this computer has to be in the network of the device, which is called Photon-XXXX"),
            _ => error,
        })?;
        returned.map_err(|error| {
            error
                .hint(format!("the device {id} has its settings; `particle list` shows whether it is online"))
        })?;
        match finish::run(context, account, &Configured::over_softap(id), args.name.as_deref())? {
            Outcome::Done => return Ok(()),
            Outcome::Reconfigure => {
                context.ui.note("Put the device into listening mode again: hold its MODE or SETUP button until its light blinks blue.");
            }
        }
    }
}

/// Gives the device a network and sends it there.
fn configure(
    context: &Context<'_>,
    addresses: &DeviceAddresses,
    claim_code: &str,
    given: Option<network_file::Network>,
) -> CommandResult<DeviceId> {
    let device = {
        let _spinner = context.ui.spinner("Waiting for the device...");
        SoftAp::find(addresses, &context.clock)?
    };
    let network = network::choose(context, &device, given)?;
    let _spinner = context.ui.spinner("Sending the Wi-Fi settings to the device...");
    let identity = device.identity()?;
    let key = device.public_key()?;
    device.set_claim_code(claim_code)?;
    device.configure(&network, &key, &mut OsRng)?;
    device.connect()?;
    Ok(identity.id)
}
