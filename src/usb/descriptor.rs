//! Configuration and string descriptors (USB 2.0, chapter 9).

/// A parsed configuration descriptor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// bConfigurationValue.
    pub value: u8,
    /// Interface descriptors, one for each alternate setting, in the order sent.
    pub interfaces: Vec<Interface>,
}

/// One alternate setting of an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// bInterfaceNumber.
    pub number: u8,
    /// bAlternateSetting.
    pub alternate: u8,
    /// bInterfaceClass.
    pub class: u8,
    /// bInterfaceSubClass.
    pub subclass: u8,
    /// bInterfaceProtocol.
    pub protocol: u8,
    /// iInterface.
    pub name_index: u8,
    /// Endpoints.
    pub endpoints: Vec<Endpoint>,
    /// Class-specific descriptors that stand behind the interface, whole (length and type byte included).
    pub class_descriptors: Vec<Vec<u8>>,
}

/// An endpoint descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// bEndpointAddress; bit 7 set means towards the host.
    pub address: u8,
    /// Transfer type: 0 control, 1 isochronous, 2 bulk, 3 interrupt.
    pub transfer_type: u8,
    /// wMaxPacketSize.
    pub max_packet_size: u16,
}

/// Descriptor type of a device.
pub const DEVICE: u8 = 1;
/// Descriptor type of a configuration.
pub const CONFIGURATION: u8 = 2;
/// Descriptor type of a string.
pub const STRING: u8 = 3;
const INTERFACE: u8 = 4;
const ENDPOINT: u8 = 5;

impl Configuration {
    /// Parses a whole configuration descriptor set. `None` if it does not begin with a configuration descriptor.
    ///
    /// A set that is cut short gives what stands before the cut.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut descriptors = Descriptors(bytes);
        let head = descriptors.next().filter(|head| head[1] == CONFIGURATION && head.len() >= 9)?;
        let mut configuration = Configuration { value: head[5], interfaces: Vec::new() };
        for descriptor in descriptors {
            let interface = configuration.interfaces.last_mut();
            match (descriptor[1], interface) {
                (INTERFACE, _) if descriptor.len() >= 9 => configuration.interfaces.push(Interface {
                    number: descriptor[2],
                    alternate: descriptor[3],
                    class: descriptor[5],
                    subclass: descriptor[6],
                    protocol: descriptor[7],
                    name_index: descriptor[8],
                    ..Interface::default()
                }),
                (ENDPOINT, Some(interface)) if descriptor.len() >= 7 => interface.endpoints.push(Endpoint {
                    address: descriptor[2],
                    transfer_type: descriptor[3] & 3,
                    max_packet_size: u16::from_le_bytes([descriptor[4], descriptor[5]]),
                }),
                (_, Some(interface)) => interface.class_descriptors.push(descriptor.to_vec()),
                _ => {}
            }
        }
        Some(configuration)
    }
}

/// Splits a descriptor set; stops at a length that cannot be right. Every item has at least two bytes.
struct Descriptors<'a>(&'a [u8]);

impl<'a> Iterator for Descriptors<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(*self.0.first()?);
        if length < 2 || length > self.0.len() {
            return None;
        }
        let (descriptor, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(descriptor)
    }
}

/// The text of a string descriptor (UTF-16LE behind a two-byte head).
pub fn string(bytes: &[u8]) -> Option<String> {
    let length = usize::from(*bytes.first()?).min(bytes.len());
    if length < 2 || *bytes.get(1)? != STRING {
        return None;
    }
    let units: Vec<u16> =
        bytes[2..length].chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    Some(String::from_utf16_lossy(&units))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn interfaces_endpoints_and_class_descriptors_are_found() {
        let bytes = [
            9, 2, 36, 0, 1, 1, 0, 0xC0, 50, // configuration
            9, 4, 0, 1, 0, 0xFE, 1, 2, 5, // interface, DFU
            9, 0x21, 0x0B, 0xFF, 0, 0, 0x10, 0x1A, 1, // functional
            7, 5, 0x81, 2, 64, 0, 0, // endpoint
        ];
        let configuration = Configuration::parse(&bytes).unwrap();
        let interface = &configuration.interfaces[0];
        assert_eq!((configuration.value, interface.alternate, interface.name_index), (1, 1, 5));
        assert_eq!(interface.class_descriptors[0][5..7], [0, 0x10]);
        assert_eq!(interface.endpoints[0].max_packet_size, 64);
    }

    #[test]
    fn strings_are_utf16() {
        assert_eq!(string(&[6, 3, b'h', 0, b'i', 0]).as_deref(), Some("hi"));
        assert_eq!(string(&[6, 2, b'h', 0, b'i', 0]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Configuration::parse(&bytes);
            let _ = string(&bytes);
        }
    }
}
