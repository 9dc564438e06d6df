//! The key slots of an attached device, through its bootloader.

use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{After, DfuSession, Target},
    },
    dfu::WriteOptions,
    platform::{KeyLayout, KeySlot, Platform, Protocol, ProtocolKeys},
    ui::Ui,
};
use zeroize::Zeroizing;

/// A device in DFU mode whose key slots can be read and written.
pub(in crate::commands) struct Slots<'c> {
    ui: &'c Ui,
    session: DfuSession<'c>,
    layout: &'static KeyLayout,
    platform: &'static Platform,
}

/// Works on the key slots of a device in DFU mode, which is left afterwards as `after` says, or as suits the failure.
pub(in crate::commands) fn with_slots<T>(
    context: &Context,
    target: &Target,
    after: After,
    work: impl FnOnce(&mut Slots) -> CommandResult<T>,
) -> CommandResult<T> {
    let layout = key_layout(target.platform())?;
    let session = DfuSession::enter(context, target)?;
    let mut slots = Slots { ui: context.ui, session, layout, platform: target.platform() };
    let outcome = work(&mut slots);
    slots.session.conclude(outcome, after)
}

/// Where the keys of a platform lie.
pub(super) fn key_layout(platform: &Platform) -> CommandResult<&'static KeyLayout> {
    platform.keys.ok_or_else(|| {
        let name = platform.with_article();
        CommandError::new(Kind::Failed, format!("{name} has no keys that can be reached over USB"))
    })
}

/// The slots for a transport that was asked for.
pub(in crate::commands) fn slots_for(
    platform: &'static Platform,
    protocol: Protocol,
) -> CommandResult<&'static ProtocolKeys> {
    key_layout(platform)?.slots(protocol).ok_or_else(|| {
        let name = platform.with_article();
        CommandError::new(Kind::Usage, format!("{name} does not talk to the cloud over {protocol}"))
            .hint("leave --protocol out")
    })
}

impl Slots<'_> {
    /// The transport asked for, or the one the device uses.
    pub(in crate::commands) fn protocol(&mut self, requested: Option<Protocol>) -> CommandResult<Protocol> {
        match (requested, self.layout.transport_flag) {
            (Some(protocol), _) => Ok(slots_for(self.platform, protocol)?.protocol),
            (None, None) => Ok(self.layout.default_protocol()),
            (None, Some(address)) => {
                let flag = self.read(address, 1, "Reading the device's protocol")?;
                Ok(self.layout.protocol_of_flag(flag.first().copied().unwrap_or(0xFF)))
            }
        }
    }

    /// Makes the device use another transport.
    pub(super) fn set_protocol(&mut self, protocol: Protocol) -> CommandResult {
        let (Some(address), Some(flag)) =
            (self.layout.transport_flag, self.layout.flag_of_protocol(protocol))
        else {
            return Err(protocol_is_fixed());
        };
        self.write(address, &[flag], true, "Changing the device's protocol")
    }

    /// Where the device's private key lies.
    pub(super) fn private_slot(&self, protocol: Protocol) -> CommandResult<KeySlot> {
        Ok(slots_for(self.platform, protocol)?.private)
    }

    /// The raw bytes of the slot for the device's private key.
    pub(in crate::commands) fn private_key(
        &mut self,
        protocol: Protocol,
    ) -> CommandResult<Zeroizing<Vec<u8>>> {
        let slot = self.private_slot(protocol)?;
        self.read(slot.address, slot.size, "Reading the device's key")
    }

    /// Fills the slot for the device's private key.
    pub(super) fn set_private_key(
        &mut self,
        protocol: Protocol,
        image: &[u8],
        verify: bool,
    ) -> CommandResult {
        let slot = self.private_slot(protocol)?;
        self.write(slot.address, image, verify, "Writing key to device")
    }

    /// The raw bytes of the slot for the server's key and address.
    pub(in crate::commands) fn server(&mut self, protocol: Protocol) -> CommandResult<Vec<u8>> {
        let slot = slots_for(self.platform, protocol)?.server;
        Ok(self.read(slot.address, slot.size, "Reading the server's address")?.to_vec())
    }

    /// Fills the slot for the server's key and address.
    pub(super) fn set_server(&mut self, protocol: Protocol, image: &[u8], verify: bool) -> CommandResult {
        let slot = slots_for(self.platform, protocol)?.server;
        self.write(slot.address, image, verify, "Writing the server's key to the device")
    }

    fn read(&mut self, address: u32, length: usize, what: &str) -> CommandResult<Zeroizing<Vec<u8>>> {
        let progress = self.ui.spinner(what);
        let bytes = self.session.dfu().read(self.layout.alternate_setting, address, length, &mut |_, _| ());
        drop(progress);
        Ok(Zeroizing::new(bytes?))
    }

    fn write(&mut self, address: u32, bytes: &[u8], verify: bool, what: &str) -> CommandResult {
        let progress = self.ui.byte_bar(bytes.len() as u64, what);
        let options = WriteOptions { verify, ..WriteOptions::default() };
        let alternate = self.layout.alternate_setting;
        let dfu = self.session.dfu();
        dfu.write(alternate, address, bytes, &options, &mut |done, _| progress.set(done))?;
        Ok(())
    }
}

/// The complaint about a platform with one transport.
pub(super) fn protocol_is_fixed() -> CommandError {
    CommandError::new(Kind::Failed, "Protocol cannot be changed for this device")
        .hint("only the Electron and the E Series can use either tcp or udp")
}
