//! The keys in a virtual device's configuration, as its firmware deals with them.

use super::state::DeviceState;
use crate::{
    keys::{KeyError, PrivateKey, slot},
    platform::Generation,
};
use rand::rngs::OsRng;

impl DeviceState {
    /// Makes a key of its own for a device that finds its slot erased, as firmware since generation 2 does when it
    /// starts. The cloud does not know that key.
    pub(super) fn make_missing_key(&mut self) -> Result<(), KeyError> {
        let erased = self.private_key_slot().first() == Some(&slot::ERASED);
        if !erased || self.platform.generation == Generation::One {
            return Ok(());
        }
        let key = PrivateKey::generate(self.protocol().algorithm(), &mut OsRng)?;
        self.write_private_key(key.device_der());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{keys::device_reader, platform::Platform};

    #[test]
    fn an_erased_slot_is_filled_once_and_damage_is_left_alone() {
        let platform = Platform::by_name("boron").unwrap();
        let mut state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
        state.make_missing_key().unwrap();
        let slot = state.private_key_slot();
        assert!(device_reader::read(state.protocol(), &slot).is_ok());
        state.make_missing_key().unwrap();
        assert_eq!(state.private_key_slot(), slot);
        state.write_private_key(&[0]);
        state.make_missing_key().unwrap();
        assert!(device_reader::read(state.protocol(), &state.private_key_slot()).is_err());
    }
}
