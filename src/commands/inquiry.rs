//! A question to a device (what does this function return, what is in this variable) that got no answer.

use super::{CommandError, Kind};
use crate::cloud::{CloudError, Device, DeviceScope, RefusalKind, Session};

/// What was asked of which device.
#[derive(Clone, Copy)]
pub(super) struct Inquiry<'a> {
    /// Who asked.
    pub session: &'a Session<'a>,
    /// Where the device is looked for.
    pub scope: DeviceScope<'a>,
    /// The device as it was typed.
    pub device: &'a str,
    /// What was asked for.
    pub member: Member<'a>,
}

/// What a device registers with the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member<'a> {
    Function(&'a str),
    Variable(&'a str),
}

impl Inquiry<'_> {
    /// What a failure means. Clouds answer much the same where the device does not exist, is offline or has nothing of
    /// this name, so the device's details are asked for.
    pub(super) async fn explain(&self, error: CloudError) -> CommandError {
        let Some(refusal) = error.refusal() else { return self.in_words(error.into()) };
        match refusal.kind {
            // The public cloud's words for a device that the account does not have.
            RefusalKind::NotFound if refusal.status.as_u16() == 403 => self.no_such_device(),
            RefusalKind::NotFound | RefusalKind::Other => self.look_closer(error).await,
            RefusalKind::DeviceTimeout => {
                let hint = format!("`particle list {}` tells whether the device is online", self.device);
                self.in_words(CommandError::from(error).hint(hint))
            }
            _ => self.in_words(error.into()),
        }
    }

    async fn look_closer(&self, error: CloudError) -> CommandError {
        match self.session.devices().details(self.scope, self.device).await {
            Ok(device) if !device.is_online() => {
                self.in_words(CommandError::new(Kind::Offline, format!("{} is offline", self.device)))
            }
            Ok(device) => match self.member.names_in(&device) {
                Some(names) if !names.contains(&self.member.name()) => self.no_such_member(&names),
                _ => self.in_words(error.into()),
            },
            Err(error) if error.is_refusal(RefusalKind::NotFound) => self.no_such_device(),
            // The first failure says more than that of the question about it.
            Err(_) => self.in_words(error.into()),
        }
    }

    fn no_such_device(&self) -> CommandError {
        let error = CommandError::new(Kind::NotFound, format!("Device not found: {}", self.device));
        match self.scope {
            DeviceScope::Account => error.hint("`particle list` shows the devices of your account"),
            DeviceScope::Product(product) => {
                error.hint(format!("`particle product device list {product}` shows those of the product"))
            }
        }
    }

    fn no_such_member(&self, names: &[&str]) -> CommandError {
        let message = match self.member {
            Member::Function(name) => format!("Function call failed: Function `{name}` not found"),
            Member::Variable(name) => format!("Error while reading value: Variable `{name}` not found"),
        };
        let kind = self.member.kind();
        let hint = if names.is_empty() {
            format!("{} has no {kind}s", self.device)
        } else {
            format!("{} has the {kind}s {}", self.device, names.join(", "))
        };
        CommandError::new(Kind::NotFound, message).hint(hint)
    }

    /// Says what was being done.
    fn in_words(&self, error: CommandError) -> CommandError {
        match self.member {
            Member::Function(name) => error.context(format!("Error calling function: `{name}`")),
            Member::Variable(_) => error.context("Error while reading value"),
        }
    }
}

impl<'a> Member<'a> {
    fn name(self) -> &'a str {
        match self {
            Self::Function(name) | Self::Variable(name) => name,
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Function(_) => "function",
            Self::Variable(_) => "variable",
        }
    }

    /// The names of a device's members of this kind, where they are known.
    fn names_in(self, device: &Device) -> Option<Vec<&str>> {
        match self {
            Self::Function(_) => Some(device.functions.as_ref()?.iter().map(String::as_str).collect()),
            Self::Variable(_) => Some(device.variables.as_ref()?.keys().map(String::as_str).collect()),
        }
    }
}
