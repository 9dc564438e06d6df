//! Passwords of mesh networks.

use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    secret::Secret,
    usb::control::mesh::NetworkPassword,
};

const FLAG: &str = "--password";

/// The password given on the command line, checked.
pub(super) fn given(password: Option<&Secret>) -> CommandResult<Option<NetworkPassword>> {
    Ok(password.cloned().map(NetworkPassword::try_from).transpose()?)
}

/// Asks for the password of a network.
pub(super) fn ask(context: &Context<'_>) -> CommandResult<NetworkPassword> {
    Ok(Secret::new(context.ui.ask_secret("Enter the network password", FLAG)?).try_into()?)
}

/// Asks for a password for a new network, twice.
pub(super) fn choose(context: &Context<'_>) -> CommandResult<NetworkPassword> {
    let password = Secret::new(context.ui.ask_secret("Enter a password for the new network", FLAG)?);
    let repeated = Secret::new(context.ui.ask_secret("Confirm the password", FLAG)?);
    if password != repeated {
        return Err(CommandError::new(Kind::Failed, "The entered passwords do not match"));
    }
    Ok(password.try_into()?)
}
