//! What is to be written to a server slot.

use crate::{
    commands::{
        CommandError, CommandResult, Kind,
        keys::files::{self, Existing},
    },
    keys::{
        PublicKey,
        server::{ServerAddress, ServerSlotImage, default_image, particle_key},
    },
    platform::{Protocol, ServerSlot},
};
use std::path::{Path, PathBuf};

/// Where the key comes from.
pub(super) enum KeySource {
    /// The key of Particle's cloud.
    Particle,
    /// A file, which may hold an address as well.
    File {
        /// Its name.
        path: PathBuf,
        /// Its contents.
        bytes: Vec<u8>,
        /// The key in it.
        key: PublicKey,
    },
}

impl KeySource {
    /// Reads the file, if one is named.
    pub(super) fn load(file: Option<&Path>) -> CommandResult<Self> {
        let Some(path) = file else { return Ok(Self::Particle) };
        let Some(bytes) = files::read(path)? else {
            let message =
                format!("Please specify a server key in DER format. There is no file {}", path.display());
            return Err(CommandError::new(Kind::NotFound, message));
        };
        let key = PublicKey::from_pem_or_der(&bytes).map_err(|error| {
            CommandError::from(error)
                .context(path.display().to_string())
                .hint("Make sure you specified the public key")
        })?;
        Ok(Self::File { path: path.to_owned(), bytes: bytes.to_vec(), key })
    }
}

/// What is to be done, apart from which device it is done to.
pub(super) struct Plan {
    pub(super) key: KeySource,
    /// The address to store; without one, the file's own or the firmware's.
    pub(super) address: Option<ServerAddress>,
    pub(super) output: Option<PathBuf>,
    pub(super) existing: Existing,
    pub(super) verify: bool,
}

impl Plan {
    /// The bytes of a whole slot.
    pub(super) fn image(&self, protocol: Protocol, slot: &ServerSlot) -> CommandResult<Vec<u8>> {
        let image = match (&self.key, &self.address) {
            (KeySource::Particle, None) => default_image(protocol, slot)?,
            (KeySource::Particle, Some(address)) => {
                ServerSlotImage::new(protocol, particle_key(protocol)?, address.clone())?.build(slot)?
            }
            (KeySource::File { key, bytes, .. }, address) => {
                let address = match address {
                    Some(address) => address.clone(),
                    None => address_in(bytes, slot)?,
                };
                ServerSlotImage::new(protocol, key.clone(), address)?.build(slot)?
            }
        };
        Ok(image)
    }

    /// Whether the device will get a key of its owner's and yet connect to the firmware's own server.
    pub(super) fn forgets_the_address(&self, address: &ServerAddress) -> bool {
        matches!(self.key, KeySource::File { .. }) && address.host.is_none()
    }

    /// The name of the file made for a kind of device, beside the key: with the host in it where one was given.
    pub(super) fn generated_name(&self, key: &Path, protocol: Protocol) -> PathBuf {
        let stem = key.file_stem().unwrap_or_default().to_string_lossy();
        let name = match self.address.as_ref().and_then(|address| address.host.as_ref()) {
            Some(host) => {
                format!("{stem}-{}-{}.der", host.to_string().replace('.', "_"), protocol.algorithm())
            }
            None => format!("{stem}-padded.der"),
        };
        key.with_file_name(name)
    }
}

/// The address in a file that is the image of a slot; a key alone has none.
fn address_in(bytes: &[u8], slot: &ServerSlot) -> CommandResult<ServerAddress> {
    if bytes.len() < slot.address_block + ServerAddress::LENGTH || bytes.starts_with(b"-----") {
        return Ok(ServerAddress::default());
    }
    Ok(ServerSlotImage::address(slot, bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    fn slot(platform: &str, protocol: Protocol) -> &'static ServerSlot {
        &Platform::by_name(platform).unwrap().keys.unwrap().slots(protocol).unwrap().server
    }

    fn plan(host: Option<&str>, key: KeySource) -> Plan {
        let address = host.map(|host| ServerAddress::new(host.parse().unwrap(), Some(9000)).unwrap());
        Plan { key, address, output: None, existing: Existing::Keep, verify: true }
    }

    fn file(bytes: &[u8]) -> KeySource {
        let key = PublicKey::from_pem_or_der(bytes).unwrap();
        KeySource::File { path: "own.pub.pem".into(), bytes: bytes.to_vec(), key }
    }

    const OWN: &[u8] = include_bytes!("../../../../tests/data/keys/server_rsa.pub.pem");

    #[test]
    fn without_anything_the_published_image_is_written() {
        let slot = slot("core", Protocol::Tcp);
        let image = plan(None, KeySource::Particle).image(Protocol::Tcp, slot).unwrap();
        assert_eq!(image, default_image(Protocol::Tcp, slot).unwrap());
    }

    #[test]
    fn an_image_keeps_its_address_unless_another_is_given() {
        let slot = slot("photon", Protocol::Tcp);
        let first = plan(Some("192.168.1.10"), file(OWN)).image(Protocol::Tcp, slot).unwrap();
        assert_eq!(plan(None, file(&first)).image(Protocol::Tcp, slot).unwrap(), first);
        let other = plan(Some("my.server"), file(&first)).image(Protocol::Tcp, slot).unwrap();
        let address = ServerSlotImage::address(slot, &other).unwrap();
        assert_eq!(address.effective_host(Protocol::Tcp), "my.server");
    }

    #[test]
    fn a_bare_key_leads_to_the_firmwares_own_server() {
        let slot = slot("photon", Protocol::Tcp);
        let plan = plan(None, file(OWN));
        let image = plan.image(Protocol::Tcp, slot).unwrap();
        assert!(plan.forgets_the_address(&ServerSlotImage::address(slot, &image).unwrap()));
    }

    #[test]
    fn made_files_are_named_after_key_and_host() {
        let name = |host, key| plan(host, file(OWN)).generated_name(Path::new(key), Protocol::Tcp);
        assert_eq!(name(Some("10.0.0.2"), "dir/own.pem"), Path::new("dir/own-10_0_0_2-rsa.der"));
        assert_eq!(name(None, "own.pem"), Path::new("own-padded.der"));
    }
}
