//! What a sandbox has in it when it is new.

use super::{
    SandboxError, StateLock,
    bench::DeviceState,
    cloud::{Account, DeviceRecord, Member, Product, Records, RegisteredKey, catalogue},
    profile,
    state::State,
};
use crate::{
    keys::{KeyError, PrivateKey, server::default_image},
    platform::{DeviceId, Generation, KeyAlgorithm, Platform},
};
use rand::rngs::OsRng;

/// Length of pauses unless asked otherwise: true to the hardware.
const TIME_SCALE: f64 = 1.0;
/// The boards on a new bench unless asked otherwise. The first of them needs help.
const BOARDS: [&str; 3] = ["photon", "electron", "boron"];
/// Password of every account.
const PASSWORD: &str = "sandbox";
/// Whose the devices are.
const OWNER: &str = "ada@example.com";
/// The account with two-step login.
const CAREFUL_USER: &str = "grace@example.com";
/// What that account's authenticator app would show.
const LOGIN_CODE: &str = "123456";

/// The fleets: number, name in addresses, name for people, and whose it is. The first has the last device in it.
const PRODUCTS: [(u32, &str, &str, &str); 2] =
    [(12345, "sensors-v1", "Sensors", OWNER), (12346, "gateways-v1", "Gateways", CAREFUL_USER)];

/// What a new sandbox is to hold.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// The boards on the bench. Of several with the same name the second is called `NAME_2`, and so on.
    pub boards: Vec<&'static Platform>,
    /// Length of every pause.
    pub time_scale: f64,
}

impl Default for Inventory {
    fn default() -> Self {
        let boards = BOARDS.iter().filter_map(|name| Platform::by_name(name)).collect();
        Self { boards, time_scale: TIME_SCALE }
    }
}

impl Inventory {
    /// Replaces a sandbox's state by a new one, with nobody logged in.
    pub fn start_afresh(&self, lock: &StateLock) -> Result<(), SandboxError> {
        profile::remove(lock.location())?;
        self.make()?.write(lock.location())
    }

    /// Makes the accounts, the devices and what the cloud knows of them. All keys are new.
    ///
    /// Every device is in order but the first: the key it holds is a good one, but not the one the cloud knows.
    pub(super) fn make(&self) -> Result<State, SandboxError> {
        let mut records = Records { accounts: accounts(), ..Records::default() };
        let mut bench = Vec::new();
        for (index, platform) in self.boards.iter().enumerate() {
            let number = 1 + self.boards[..index].iter().filter(|other| other.id == platform.id).count();
            let (device, key) = device(platform, number)?;
            let known = if index == 0 { registered(&generate(key.algorithm())?) } else { registered(&key) };
            let name =
                if number == 1 { platform.name.to_owned() } else { format!("{}_{number}", platform.name) };
            records.devices.push(DeviceRecord {
                id: device.id.clone(),
                name: Some(name),
                owner: Some(OWNER.to_owned()),
                wanted_by: None,
                platform_id: platform.id,
                key: Some(known),
                last_heard: None,
            });
            bench.push(device);
        }
        records.products = products(records.devices.last());
        records.libraries = catalogue()?;
        Ok(State::new(self.time_scale, records, bench))
    }
}

/// One account with a password alone, and one that also asks for a login code.
fn accounts() -> Vec<Account> {
    let account = |username: &str, otp: Option<&str>| Account {
        username: username.to_owned(),
        password: PASSWORD.to_owned(),
        otp: otp.map(str::to_owned),
    };
    vec![account(OWNER, None), account(CAREFUL_USER, Some(LOGIN_CODE))]
}

/// A product of each account, for devices of the platform of `member`, which is in the first.
fn products(member: Option<&DeviceRecord>) -> Vec<Product> {
    let Some(member) = member else { return Vec::new() };
    let product = |(id, slug, name, owner): (u32, &str, &str, &str)| Product {
        id,
        slug: slug.to_owned(),
        name: name.to_owned(),
        owner: owner.to_owned(),
        platform_id: member.platform_id,
        members: (owner == OWNER).then(|| (member.id.clone(), Member::default())).into_iter().collect(),
    };
    PRODUCTS.map(product).into()
}

/// A device in order, and the key in it.
fn device(platform: &'static Platform, number: usize) -> Result<(DeviceState, PrivateKey), SandboxError> {
    let mut device = DeviceState::new(platform, id(platform, number)?)?;
    for slots in platform.keys.map_or(&[][..], |keys| keys.protocols) {
        device.write_server_slot(slots.protocol, &default_image(slots.protocol, &slots.server)?);
    }
    let key = generate(device.protocol().algorithm())?;
    device.write_private_key(key.device_der());
    Ok((device, key))
}

/// The id of the nth board of a platform, the same in every sandbox. It begins as those of its generation do.
fn id(platform: &Platform, number: usize) -> Result<DeviceId, SandboxError> {
    let prefix = match platform.generation {
        Generation::One => "53ff6c06",
        Generation::Two | Generation::None => "3a002700",
        Generation::Three => "e00fce68",
        Generation::Four => "0a10aced",
    };
    Ok(format!("{prefix}{:012x}{number:04x}", platform.id.0).parse()?)
}

fn generate(algorithm: KeyAlgorithm) -> Result<PrivateKey, KeyError> {
    PrivateKey::generate(algorithm, &mut OsRng)
}

fn registered(key: &PrivateKey) -> RegisteredKey {
    RegisteredKey { algorithm: key.algorithm(), pem: key.public_key().to_pem() }
}
