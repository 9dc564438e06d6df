//! Fields of the device's configuration, set back to what they are by themselves.

use crate::{
    commands::{
        CommandResult, Context,
        attached::{After, DfuSession, Target},
    },
    dfu::WriteOptions,
    keys::slot::ERASED,
    platform::ConfigurationField,
};

/// Erases a field, which gives it its default value.
pub(super) fn erase(context: &Context<'_>, target: &Target, field: ConfigurationField) -> CommandResult {
    let mut session = DfuSession::enter(context, target)?;
    let erased = vec![ERASED; field.length];
    let alternate = ConfigurationField::ALTERNATE_SETTING;
    let outcome =
        session.dfu().write(alternate, field.address, &erased, &WriteOptions::default(), &mut |_, _| ());
    session.conclude(outcome.map_err(Into::into), After::Restore)
}
