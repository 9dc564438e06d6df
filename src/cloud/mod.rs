//! The REST API of the Particle Device Cloud, and of servers that speak like it.
//!
//! One file a resource. [`Cloud`] answers anybody; what belongs to an account hangs on a [`Session`], which cannot be
//! had without a token. A token travels in the `Authorization` header only, and only to the origin of the cloud's own
//! address.

mod account;
mod answer;
mod binaries;
mod device_claims;
mod device_os;
mod devices;
mod download;
mod error;
mod events;
mod flash;
mod functions;
mod integrations;
mod lenient;
mod libraries;
mod networks;
mod products;
mod provisioning;
mod redirect;
mod refusal;
mod request;
mod retry;
mod scope;
mod tokens;
mod trace;
mod transport;
mod user;
mod variables;

pub use account::{Account, ListedToken};
pub use binaries::{Binaries, Build, Compilation, CompilerErrors, Upload};
pub use device_claims::DeviceClaims;
pub use device_os::{DeviceOsVersion, DeviceOsVersions, Release, ReleasedModule};
pub use devices::{Claim, Device, Devices};
pub use download::Destination;
pub use error::CloudError;
pub use events::{Event, Events, Feed, News, Subscription};
pub use flash::{Firmware, Flash, FlashAnswer};
pub use functions::Functions;
pub use integrations::{Integration, IntegrationScope, Integrations, WEBHOOK};
pub use libraries::{Libraries, Library, LibraryScope, LibrarySelection};
pub use networks::{Network, Networks};
pub use products::{DevicePage, ImportAnswer, ProductDevice, ProductDevices, Selection};
pub use provisioning::Provisioning;
pub use refusal::{Refusal, RefusalKind};
pub use retry::Retry;
pub use scope::DeviceScope;
pub use tokens::{CurrentToken, Grant, Lifetime, LoginAnswer, Logins, MfaToken, Tokens};
pub use transport::CloudOptions;
pub use user::{User, Users};
pub use variables::Variables;

use crate::{
    secret::Secret,
    settings::{AccessToken, Setting},
};
use answer::Answer;
use request::Request;
use reqwest::Response;
use serde::de::DeserializeOwned;
use transport::Transport;
use url::Url;

/// A cloud, as anybody may talk to it.
pub struct Cloud<'a> {
    transport: Transport<'a>,
}

impl<'a> Cloud<'a> {
    /// Prepares to talk; sends nothing yet.
    pub fn new(options: CloudOptions<'a>) -> Result<Self, CloudError> {
        Ok(Self { transport: Transport::new(options)? })
    }

    /// Logging in.
    pub fn logins(&self) -> Logins<'_> {
        Logins::new(&self.transport)
    }

    /// Fetches a file from somewhere on the web.
    pub async fn fetch(&self, address: Setting<Url>) -> Result<Vec<u8>, CloudError> {
        self.transport.send(&Request::address(address), None).await?.into_bytes()
    }

    /// Fetches what is missing of a file on the web. After an error, what came is at the destination.
    pub async fn download(
        &self,
        address: &Setting<Url>,
        destination: &mut dyn Destination,
    ) -> Result<(), CloudError> {
        self.transport.download(address, destination).await
    }

    /// Talks on behalf of the one who knows the password of an account.
    pub fn account<'c>(&'c self, username: &'c str, password: &'c Secret) -> Account<'c> {
        Account::new(&self.transport, username, password)
    }

    /// Talks on behalf of the holder of a token that belongs to this cloud.
    pub fn authorize(&self, token: AccessToken) -> Session<'_> {
        Session { transport: &self.transport, token }
    }
}

/// A cloud, as the holder of an access token may talk to it.
pub struct Session<'c> {
    transport: &'c Transport<'c>,
    token: AccessToken,
}

impl Session<'_> {
    /// The account's devices.
    pub fn devices(&self) -> Devices<'_> {
        Devices::new(self)
    }

    /// Codes for claiming devices.
    pub fn device_claims(&self) -> DeviceClaims<'_> {
        DeviceClaims::new(self)
    }

    /// The cloud's compiler.
    pub fn binaries(&self) -> Binaries<'_> {
        Binaries::new(self)
    }

    /// What code can be compiled for.
    pub fn device_os_versions(&self) -> DeviceOsVersions<'_> {
        DeviceOsVersions::new(self)
    }

    /// Firmware for the devices in a scope, over the air.
    pub fn flash<'s>(&'s self, scope: DeviceScope<'s>) -> Flash<'s> {
        Flash::new(self, scope)
    }

    /// The functions of the devices in a scope.
    pub fn functions<'s>(&'s self, scope: DeviceScope<'s>) -> Functions<'s> {
        Functions::new(self, scope)
    }

    /// Firmware libraries.
    pub fn libraries(&self) -> Libraries<'_> {
        Libraries::new(self)
    }

    /// Mesh networks.
    pub fn networks(&self) -> Networks<'_> {
        Networks::new(self)
    }

    /// The devices of a product, given by its id or slug.
    pub fn product_devices<'s>(&'s self, product: &'s str) -> ProductDevices<'s> {
        ProductDevices::new(self, product)
    }

    /// Events, and the streams they come out of.
    pub fn events(&self) -> Events<'_> {
        Events::new(self)
    }

    /// What the cloud does when events are published.
    pub fn integrations<'s>(&'s self, scope: IntegrationScope<'s>) -> Integrations<'s> {
        Integrations::new(self, scope)
    }

    /// The keys that the cloud holds for devices.
    pub fn provisioning(&self) -> Provisioning<'_> {
        Provisioning::new(self)
    }

    /// Access tokens.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens::new(self)
    }

    /// The account itself.
    pub fn users(&self) -> Users<'_> {
        Users::new(self)
    }

    /// The variables of the devices in a scope.
    pub fn variables<'s>(&'s self, scope: DeviceScope<'s>) -> Variables<'s> {
        Variables::new(self, scope)
    }

    /// Sends a request and gives its answer, whatever it says.
    async fn answer(&self, request: &Request<'_>) -> Result<Answer, CloudError> {
        self.transport.send(request, Some(&self.token)).await
    }

    /// Sends a request and reads its answer as JSON.
    async fn json<T: DeserializeOwned>(&self, request: &Request<'_>) -> Result<T, CloudError> {
        self.answer(request).await?.json()
    }

    /// Sends a request whose answer is a stream.
    async fn stream(&self, request: &Request<'_>) -> Result<Response, CloudError> {
        self.transport.open(request, Some(&self.token)).await
    }

    /// Sends a request whose answer says no more than whether it was done.
    async fn done(&self, request: &Request<'_>) -> Result<(), CloudError> {
        self.answer(request).await?.confirmation()
    }
}

#[cfg(test)]
mod tests;
