//! Updates over the air: what a device does with a file that the cloud sends it.
//!
//! Which checks a device makes: Device OS `system/src/system_update.cpp` and `hal/src/*/ota_flash_hal*`. Here only
//! applications are taken.

use super::{
    hub::Hub,
    program::Program,
    state::{DeviceState, Installed, Mode},
};
use crate::{
    firmware::{IntegrityError, Module, ModuleError, ModuleFunction},
    platform::{Anchor, ApplicationPlace, PlatformId},
};
use std::{sync::Arc, time::Duration};

/// How long a device takes to receive a file and to check it.
const UPDATE_TIME: Duration = Duration::from_secs(2);
/// The alternate setting that reaches the processor's own flash, where applications lie.
const INTERNAL_FLASH: u8 = 0;

/// Why a device did not update itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// The file is none.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// The file is damaged.
    #[error(transparent)]
    Integrity(#[from] IntegrityError),
    /// The file is for other hardware.
    #[error("the module is for platform {0}")]
    Platform(PlatformId),
    /// It is no application, or one that does not go where applications lie.
    #[error("the module does not fit into the place of the application")]
    Place,
    /// It needs a later Device OS.
    #[error("the module needs version {needed} of the system, and {present} is there")]
    Dependency {
        /// The module version it needs.
        needed: u16,
        /// The one there is.
        present: u16,
    },
    /// The device was reset or lost its power.
    #[error("the device went away in the middle")]
    Interrupted,
}

impl Hub {
    /// Lets a device take a file, and restarts it if it does.
    pub(super) fn update(
        self: &Arc<Self>,
        index: usize,
        file: Vec<u8>,
        done: impl FnOnce(Result<(), UpdateError>) + Send + 'static,
    ) {
        let epoch = self.socket(index).epoch;
        self.later(UPDATE_TIME, move |hub| done(hub.take_update(index, epoch, &file)));
    }

    fn take_update(self: &Arc<Self>, index: usize, epoch: u64, file: &[u8]) -> Result<(), UpdateError> {
        let mut socket = self.socket(index);
        if socket.epoch != epoch {
            return Err(UpdateError::Interrupted);
        }
        socket.device.board.state.install(file)?;
        self.restart(index, &mut socket, Mode::Normal);
        Ok(())
    }
}

impl DeviceState {
    /// Checks a module and writes it to where the application lies.
    fn install(&mut self, file: &[u8]) -> Result<(), UpdateError> {
        let module = Module::parse(file)?;
        module.verify()?;
        let prefix = module.prefix();
        if prefix.platform != self.platform.id {
            return Err(UpdateError::Platform(prefix.platform));
        }
        if !self.places().any(|place| belongs(&module, place)) {
            return Err(UpdateError::Place);
        }
        let present = self.os_version.module_version();
        let system = prefix.dependencies.iter().flatten();
        let mut system = system.filter(|needed| needed.function == ModuleFunction::SystemPart);
        if let Some(unmet) = system.find(|needed| needed.version > present) {
            return Err(UpdateError::Dependency { needed: unmet.version, present });
        }
        self.write(INTERNAL_FLASH, prefix.start, file);
        self.installed = Some(Installed { start: prefix.start, length: file.len() });
        Ok(())
    }

    /// Where this board has its application.
    fn places(&self) -> impl Iterator<Item = ApplicationPlace> + use<> {
        let layout = self.platform.firmware;
        let former = layout.and_then(|layout| layout.former_application);
        layout.map(|layout| layout.application).into_iter().chain(former)
    }

    /// The application that a device finds in its flash when it starts. One that was damaged since does not run.
    pub(super) fn program_in_flash(&self) -> Program {
        let Some(Installed { start, length }) = self.installed else { return Program::Tinker };
        let bytes = self.read(INTERNAL_FLASH, start, length);
        match Module::parse(&bytes) {
            Ok(module) if module.verify().is_ok() => Program::of_module(&module),
            _ => Program::Foreign,
        }
    }
}

/// Whether a module is an application that goes to this place.
fn belongs(module: &Module<'_>, place: ApplicationPlace) -> bool {
    let prefix = module.prefix();
    let function = if place.monolithic { ModuleFunction::Monolithic } else { ModuleFunction::UserPart };
    let there = match place.anchor {
        Anchor::Start(start) => prefix.start == start,
        Anchor::End(end) => u64::from(prefix.start) + module.length().actual == u64::from(end),
    };
    (prefix.function, prefix.index) == (function, place.index)
        && there
        && module.bytes().len() <= place.max_size as usize
}
