//! The cloud: an HTTP server on loopback that answers as the Particle Device Cloud does.
//!
//! One file a resource, each with its `routes`. The shapes of answers follow the public API reference
//! (<https://docs.particle.io/reference/cloud-apis/api/>) and what the Node tool reads.

mod access_tokens;
mod apps;
mod calls;
mod compiler;
mod credentials;
mod device_claims;
mod devices;
mod error;
mod events;
mod faults;
mod fields;
mod files;
mod libraries;
mod logins;
mod networks;
mod oauth;
mod products;
mod protection;
mod provisioning;
mod records;
mod server;
mod updates;
mod users;
mod webhooks;

pub use device_claims::ClaimCode;
pub(super) use devices::answer_transfer;
pub(super) use error::ApiError;
pub use libraries::{DELETE_TOKEN, Library, PackedFiles, Release, ReleaseError, catalogue};
pub use networks::{Network, NetworkMember};
pub use products::{Member, Product};
pub use records::{AccessToken, Account, DeviceRecord, Records, RegisteredKey};
pub use server::CloudServer;
pub use webhooks::Webhook;

use super::{
    bench::{Bench, DeviceView},
    control,
    fault::Faults,
    presence::{Presence, Reason},
};
use crate::keys::PrivateKey;
use axum::{Router, extract::DefaultBodyLimit, http::StatusCode, middleware};
use compiler::Shelf;
use events::{Event, EventHub};
use jiff::Timestamp;
use logins::Logins;
use protection::Nonces;
use rand::{RngCore, rngs::OsRng};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc::SyncSender};

/// Most bytes of a request body.
const BODY_LIMIT: usize = 4 << 20;

/// What all requests share.
pub struct CloudState {
    records: Mutex<Records>,
    logins: Mutex<Logins>,
    events: EventHub,
    bench: Arc<Bench>,
    faults: Arc<Faults>,
    shelf: Mutex<Shelf>,
    /// The cloud's own key, with which it consents to lifting Device Protection.
    own_key: Option<PrivateKey>,
    /// The questions that devices have yet to answer.
    nonces: Mutex<Nonces>,
    /// Whether there is a compile service. Local clouds have none.
    has_compiler: bool,
    changes: SyncSender<()>,
}

pub(super) type SharedCloud = Arc<CloudState>;

impl CloudState {
    /// A cloud that knows `records`, and tells `changes` whenever they change. The devices on the bench connect to it.
    pub fn new(
        mut records: Records,
        bench: Arc<Bench>,
        faults: Arc<Faults>,
        changes: SyncSender<()>,
    ) -> Self {
        let own_key =
            records.own_key().inspect_err(|error| tracing::warn!("no key of the cloud's own: {error}"));
        Self {
            own_key: own_key.ok(),
            nonces: Mutex::default(),
            records: Mutex::new(records),
            logins: Mutex::default(),
            events: EventHub::default(),
            bench,
            faults,
            shelf: Mutex::default(),
            has_compiler: true,
            changes,
        }
    }

    /// The same without a compile service of its own: source code is sent to the devices.
    pub fn without_compiler(self) -> Self {
        Self { has_compiler: false, ..self }
    }

    /// The devices.
    pub fn bench(&self) -> &Bench {
        &self.bench
    }

    /// What the cloud knows, to be looked at.
    pub fn records(&self) -> MutexGuard<'_, Records> {
        // Records are changed in single steps, so even those of a handler that panicked are whole.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update<T>(&self, change: impl FnOnce(&mut Records) -> T) -> T {
        let result = change(&mut self.records());
        // A full channel means that a change is already waiting to be saved.
        let _ = self.changes.try_send(());
        result
    }

    /// Whether a device is connected, now.
    fn presence(&self, record: &DeviceRecord) -> Presence {
        let devices = self.bench.devices();
        match devices.iter().find(|device| device.id == record.id) {
            Some(device) => self.presence_of(device, record.key.as_ref()),
            None => Presence::Offline(Reason::Absent),
        }
    }

    /// Whether a device on the bench is connected, if this is the key registered for it.
    pub(super) fn presence_of(&self, device: &DeviceView, registered: Option<&RegisteredKey>) -> Presence {
        Presence::of(device, registered, self.own_key.as_ref().map(PrivateKey::public_key))
    }

    /// Remembers which devices are online, and lets the devices and the subscribers know.
    pub fn note_who_is_online(&self) {
        let bench = self.bench.devices();
        let mut changed = Vec::new();
        let mut records = self.records();
        for view in &bench {
            let Some(device) = records.device(&view.id) else { continue };
            let online = self.presence_of(view, device.key.as_ref()).is_online();
            if online {
                self.hear_out(&mut records, view);
            }
            let Some(device) = records.device_mut(&view.id) else { continue };
            if online {
                device.last_heard = Some(Timestamp::now());
            }
            // It cannot have left the bench.
            let _ = self.bench.set_connected(&view.id, online);
            if self.events.note_presence(&view.id, online) {
                changed.push((device.clone(), online));
            }
        }
        let event = |(device, online): &(DeviceRecord, bool)| {
            let product = records.product_of(&device.id).map(|product| product.id);
            Event::status(device, product, *online)
        };
        let news: Vec<Event> = changed.iter().map(event).collect();
        drop(records);
        news.into_iter().for_each(|event| self.events.publish(event));
    }

    /// Takes note of what a device that is online tells of itself: the claim code it has been given, and its network.
    fn hear_out(&self, records: &mut Records, device: &DeviceView) {
        let code = device.claim_code.as_ref();
        let claimed = code.is_some_and(|code| records.claim_by_code(&device.id, code));
        if claimed {
            // It cannot have left the bench.
            let _ = self.bench.set_claimed(&device.id);
        }
        let network = device.mesh_network.as_ref();
        let joined =
            network.is_some_and(|network| records.confirm_membership(&device.id, &network.network_id));
        if claimed || joined {
            // A full channel means that a change is already waiting to be saved.
            let _ = self.changes.try_send(());
        }
    }

    /// The binaries that the compiler made.
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn logins(&self) -> MutexGuard<'_, Logins> {
        self.logins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account with this name and password. A wrong one is counted.
    fn sign_in(&self, username: &str, password: &str) -> Result<Account, ApiError> {
        let account = self.records().account(username).cloned();
        account.filter(|account| account.password == password).ok_or_else(|| {
            self.logins().failed();
            ApiError::oauth(StatusCode::BAD_REQUEST, "invalid_grant", "User credentials are invalid")
        })
    }
}

/// Every resource of the cloud. A new one is a file and a line here.
fn router(cloud: SharedCloud) -> Router {
    let compiler = if cloud.has_compiler { compiler::routes() } else { Router::new() };
    Router::new()
        .merge(oauth::routes())
        .merge(users::routes())
        .merge(access_tokens::routes())
        .merge(apps::routes())
        .merge(calls::routes())
        .merge(compiler)
        .merge(device_claims::routes())
        .merge(devices::routes())
        .merge(libraries::routes())
        .merge(events::routes())
        .merge(networks::routes())
        .merge(products::routes())
        .merge(protection::routes())
        .merge(provisioning::routes())
        .merge(webhooks::routes())
        .merge(control::routes::routes())
        .fallback(|| async { ApiError::failure(StatusCode::NOT_FOUND, "no such route") })
        .layer(middleware::from_fn(credentials::token_to_header))
        .layer(middleware::from_fn_with_state(Arc::clone(&cloud), faults::strike))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(cloud)
}

/// A secret of 40 hexadecimal digits, the form of the cloud's tokens.
fn random_token() -> String {
    let mut bytes = [0; 20];
    OsRng.fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
