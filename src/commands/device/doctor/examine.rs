//! Finding out what is wrong, without changing anything.

use super::{
    diagnosis::{CloudRecord, Diagnosis, FailedModule, Firmware, Keys, Mode},
    finding::Finding,
};
use crate::{
    commands::{
        CommandResult, Context, Kind,
        attached::{self, After, Operator, Target, read_inventory},
        keys::slots::{slots_for, with_slots},
    },
    platform::{Generation, ModuleFunction, release_of},
    usb::control::{
        ControlChannel, ControlError, REQUEST_LIMIT, RequestType, ResultCode,
        messages::{DeviceMode, KnownNetworksReply},
    },
};

/// Asks the device, its bootloader and the cloud.
///
/// A device that runs its firmware is brought into DFU mode and back, for its keys are to be seen nowhere else.
pub(super) fn examine(context: &Context<'_>, target: &Target) -> CommandResult<Diagnosis> {
    let operator = Operator::new(context.buses()?, &context.clock);
    let (mode, firmware) = match target.attached.dfu {
        true => (Mode::Dfu, Some(read_modules(context, &operator, target)?)),
        false => ask_firmware(context, &operator, target)?,
    };
    let keys = match mode {
        Mode::Protected => None,
        _ => look_at_keys(context, target)?,
    };
    let mut diagnosis = Diagnosis {
        device: target.id.clone(),
        platform: target.platform(),
        mode,
        firmware,
        keys,
        cloud: ask_cloud(context, target)?,
        findings: Vec::new(),
    };
    diagnosis.findings = Finding::of(&diagnosis);
    Ok(diagnosis)
}

/// What is in the flash of a device in DFU mode, whose firmware cannot be asked.
fn read_modules(context: &Context<'_>, operator: &Operator, target: &Target) -> CommandResult<Firmware> {
    let inventory = attached::examine(context.ui, operator, target)?.subject.inventory.unwrap_or_default();
    let layout = target.platform().firmware;
    let system = layout.iter().flat_map(|layout| layout.system);
    let missing = system.filter(|place| {
        place.function == ModuleFunction::SystemPart && inventory.find(place.function, place.index).is_none()
    });
    Ok(Firmware {
        version: inventory.system_version().and_then(release_of).map(str::to_owned),
        failed_modules: Some(FailedModule::among(&inventory)),
        missing_modules: missing.map(|place| place.function.describe(place.index)).collect(),
        ..Firmware::default()
    })
}

fn ask_firmware(
    context: &Context<'_>,
    operator: &Operator,
    target: &Target,
) -> CommandResult<(Mode, Option<Firmware>)> {
    let _progress = context.ui.spinner("Asking the device...");
    let asked = operator.control(&target.attached).and_then(|mut channel| questions(&mut channel, target));
    match asked {
        Ok((mode, firmware)) => Ok((mode, Some(firmware))),
        Err(ControlError::Refused(ResultCode::PROTECTED)) => Ok((Mode::Protected, None)),
        Err(ControlError::Stopped(stop)) => Err(stop.into()),
        Err(error) => {
            context.ui.verbose(1, format!("the device's firmware tells nothing: {error}"));
            Ok((Mode::Running, None))
        }
    }
}

fn questions(channel: &mut ControlChannel, target: &Target) -> Result<(Mode, Firmware), ControlError> {
    let platform = target.platform();
    let version = channel.system_version()?;
    let mode = channel.device_mode()?.unwrap_or(DeviceMode::Normal);
    let connection = if_known(channel.connection_status())?;
    let inventory = if_known(read_inventory(channel, platform.id))?;
    let networks = match platform.radio.wifi && platform.generation >= Generation::Three {
        true => if_known(channel.call::<KnownNetworksReply>(
            RequestType::WIFI_GET_KNOWN_NETWORKS,
            &(),
            REQUEST_LIMIT,
        ))?,
        false => None,
    };
    let firmware = Firmware {
        version,
        connection: connection.map(Into::into),
        known_networks: networks.map(|reply| reply.networks.len()),
        failed_modules: inventory.as_ref().map(FailedModule::among),
        missing_modules: Vec::new(),
    };
    Ok((mode.into(), firmware))
}

/// What firmware answers to a question that not every version knows.
fn if_known<T>(answer: Result<T, ControlError>) -> Result<Option<T>, ControlError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.is_not_supported() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is in the key slots. `None` if the device cannot be brought into DFU mode from here.
fn look_at_keys(context: &Context<'_>, target: &Target) -> CommandResult<Option<Keys>> {
    let looked = with_slots(context, target, After::Restore, |slots| {
        let protocol = slots.protocol(None)?;
        let slot = slots_for(target.platform(), protocol)?.server;
        let (private_key, server) = (slots.private_key(protocol)?, slots.server(protocol)?);
        Ok(Keys::read(protocol, &slot, &private_key, &server))
    });
    match looked {
        Ok(keys) => Ok(Some(keys)),
        Err(error) if error.kind() == Kind::WrongMode => {
            context.ui.warn(format!("the keys were not looked at: {}", error.message()));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// What the cloud knows. `None` if nobody is logged in or the cloud does not answer.
fn ask_cloud(context: &Context<'_>, target: &Target) -> CommandResult<Option<CloudRecord>> {
    let _progress = context.ui.spinner("Checking with the cloud...");
    let asked = context.session().and_then(|session| {
        let devices = session.devices();
        context.block_on(devices.get(target.id.as_str()))
    });
    match asked {
        Ok(device) => Ok(Some(CloudRecord {
            yours: true,
            name: device.given_name().map(str::to_owned),
            online: device.is_online(),
        })),
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Permission) => {
            Ok(Some(CloudRecord { yours: false, name: None, online: false }))
        }
        Err(error) if matches!(error.kind(), Kind::Interrupted | Kind::Timeout) => Err(error),
        Err(error) => {
            context.ui.note(format!("The cloud was not asked: {}", error.message()));
            Ok(None)
        }
    }
}
