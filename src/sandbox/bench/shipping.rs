//! The firmware that a device leaves the factory with.

use super::{
    application::Application,
    inventory::INTERNAL_FLASH,
    os_version::OsVersion,
    program::Program,
    state::{DeviceState, NoFirmware},
};
use crate::{
    firmware::Module,
    platform::{Anchor, FirmwareLayout},
    sandbox::release,
};

impl DeviceState {
    /// Puts the modules of a release into the device, and nothing else of what it may have held.
    pub fn ship(&mut self, version: OsVersion) -> Result<(), NoFirmware> {
        let no_firmware = |_| NoFirmware(version, self.platform.name);
        let modules = release::modules(self.platform, version).map_err(no_firmware)?;
        if let Some(layout) = self.platform.firmware {
            self.forget_modules(layout);
        }
        for released in &modules {
            let module =
                Module::parse(&released.bytes).map_err(|_| NoFirmware(version, self.platform.name))?;
            self.put_in_place(&module);
        }
        self.os_version = version;
        self.look_at_modules();
        self.application = Application::start(Program::Tinker);
        Ok(())
    }

    fn forget_modules(&mut self, layout: &FirmwareLayout) {
        let system = layout
            .system
            .iter()
            .flat_map(|place| place.anchors.iter().map(|anchor| (*anchor, place.max_size)));
        let applications = layout.applications().map(|place| (place.anchor, place.max_size));
        let memory = self.memories.entry(INTERNAL_FLASH).or_default();
        for (anchor, size) in system.chain(applications) {
            let start = match anchor {
                Anchor::Start(start) => start,
                Anchor::End(end) => end - size,
            };
            memory.erase(start, size as usize);
        }
        self.ncp = None;
        self.assets.clear();
        self.waiting.clear();
    }
}
