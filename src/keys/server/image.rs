//! Whole server slots: key, filling, address block.

use super::{AddressError, ServerAddress};
use crate::{
    keys::{KeyError, PublicKey, slot},
    platform::{KeyAlgorithm, Protocol, ServerSlot},
};

/// What a server slot holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSlotImage {
    /// The server's public key.
    pub key: PublicKey,
    /// Where the server is.
    pub address: ServerAddress,
}

impl ServerSlotImage {
    /// A slot's contents for `protocol`, if its firmware can use such a key.
    ///
    /// For TCP the firmware takes 256 bytes at offset 33 for the modulus and never looks at the exponent; only a
    /// SubjectPublicKeyInfo of a 2048-bit key with exponent 65537 lies that way.
    pub fn new(protocol: Protocol, key: PublicKey, address: ServerAddress) -> Result<Self, KeyError> {
        let (needed, found) = (protocol.algorithm(), key.algorithm());
        if needed != found {
            return Err(KeyError::WrongAlgorithm { needed, found });
        }
        const EXPONENT_65537: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];
        if found == KeyAlgorithm::Rsa && (key.bits() != 2048 || !key.to_spki_der().ends_with(&EXPONENT_65537))
        {
            return Err(KeyError::ServerRsa);
        }
        Ok(Self { key, address })
    }

    /// The bytes of the whole slot.
    pub fn build(&self, slot: &ServerSlot) -> Result<Vec<u8>, KeyError> {
        build(self.key.to_spki_der(), &self.address.to_block(), slot)
    }

    /// Reads a slot, or a file that was made for one.
    pub fn parse(protocol: Protocol, slot: &ServerSlot, bytes: &[u8]) -> Result<Self, KeyError> {
        let key = PublicKey::from_pem_or_der(bytes.get(..slot.address_block).unwrap_or(bytes))?;
        Self::new(protocol, key, Self::address(slot, bytes)?)
    }

    /// Reads the address alone, which works on a slot whose key is damaged.
    pub fn address(slot: &ServerSlot, bytes: &[u8]) -> Result<ServerAddress, AddressError> {
        let block = bytes.get(slot.address_block..).and_then(|rest| rest.first_chunk());
        ServerAddress::from_block(block.ok_or(AddressError::Damaged)?)
    }
}

pub(super) fn build(
    spki: &[u8],
    block: &[u8; ServerAddress::LENGTH],
    slot: &ServerSlot,
) -> Result<Vec<u8>, KeyError> {
    if spki.len() > slot.address_block {
        return Err(KeyError::DoesNotFit { length: spki.len(), slot: slot.address_block });
    }
    let mut image = slot::pad(spki, slot.size)?.to_vec();
    image[slot.address_block..slot.address_block + ServerAddress::LENGTH].copy_from_slice(block);
    Ok(image)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::PrivateKey;
    use rand::rngs::OsRng;

    const UDP: ServerSlot = ServerSlot { address: 3298, size: 320, address_block: 192 };
    const TCP: ServerSlot = ServerSlot { address: 2082, size: 512, address_block: 384 };
    const OWN_RSA: &[u8] = include_bytes!("../../../tests/data/keys/server_rsa.pub.pem");

    #[test]
    fn an_image_is_read_as_built() {
        let key = PublicKey::from_pem_or_der(OWN_RSA).unwrap();
        let address = ServerAddress::new("192.168.1.10".parse().unwrap(), Some(9000)).unwrap();
        let image = ServerSlotImage::new(Protocol::Tcp, key, address).unwrap();
        let bytes = image.build(&TCP).unwrap();
        assert_eq!(bytes[..294], *include_bytes!("../../../tests/data/keys/server_rsa.pub.der"));
        assert_eq!(bytes[384..390], [0, 4, 192, 168, 1, 10]);
        assert_eq!(bytes[450..452], 9000u16.to_be_bytes());
        assert_eq!(ServerSlotImage::parse(Protocol::Tcp, &TCP, &bytes), Ok(image));
    }

    #[test]
    fn a_key_firmware_cannot_use_is_refused() {
        let small = PublicKey::from_pem_or_der(include_bytes!("../../../tests/data/keys/rsa.der")).unwrap();
        let address = ServerAddress::default();
        assert_eq!(
            ServerSlotImage::new(Protocol::Tcp, small.clone(), address.clone()),
            Err(KeyError::ServerRsa)
        );
        let wrong = ServerSlotImage::new(Protocol::Udp, small, address).unwrap_err();
        assert!(matches!(wrong, KeyError::WrongAlgorithm { needed: KeyAlgorithm::Ec, .. }));
    }

    #[test]
    fn an_address_is_read_where_the_key_is_damaged() {
        let key = PrivateKey::generate(KeyAlgorithm::Ec, &mut OsRng).unwrap().public_key().clone();
        let address = ServerAddress::new("my.host".parse().unwrap(), None).unwrap();
        let mut bytes =
            ServerSlotImage::new(Protocol::Udp, key, address.clone()).unwrap().build(&UDP).unwrap();
        bytes[..91].fill(0);
        assert!(ServerSlotImage::parse(Protocol::Udp, &UDP, &bytes).is_err());
        assert_eq!(ServerSlotImage::address(&UDP, &bytes), Ok(address));
        assert_eq!(ServerSlotImage::address(&UDP, &bytes[..200]), Err(AddressError::Damaged));
    }
}
