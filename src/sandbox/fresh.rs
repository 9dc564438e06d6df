//! What a sandbox has in it when it is new.

use super::{
    cloud::{Account, Records},
    state::State,
};

/// Length of pauses unless asked otherwise: true to the hardware.
const TIME_SCALE: f64 = 1.0;

/// What a new sandbox is to hold.
#[derive(Clone, Debug, Default)]
pub struct Inventory {}

/// A new sandbox's state.
pub(super) fn state(_inventory: &Inventory) -> State {
    State::new(TIME_SCALE, Records { accounts: accounts(), ..Records::default() })
}

/// One account with a password alone, and one that also asks for a login code.
fn accounts() -> Vec<Account> {
    let account = |username: &str, otp: Option<&str>| Account {
        username: username.to_owned(),
        password: "sandbox".to_owned(),
        otp: otp.map(str::to_owned),
    };
    vec![account("ada@example.com", None), account("grace@example.com", Some("123456"))]
}
