//! What is attached: Particle devices on all buses, with their ids.

use super::{Bus, BusAddress, Handle, UsbError, trace::Traced};
use crate::platform::{DeviceId, Platform, UsbIdentity};
use std::{fmt, sync::Arc};

/// A Particle device on a bus.
#[derive(Clone)]
pub struct AttachedDevice {
    /// The bus it is on.
    pub bus: Arc<dyn Bus>,
    /// Where on that bus.
    pub address: BusAddress,
    /// What it is.
    pub platform: &'static Platform,
    /// Whether its bootloader is offering DFU.
    pub dfu: bool,
    /// Who it is, or why that is not known. `Ok(None)` is a device whose serial number is no device id.
    pub identity: Result<Option<DeviceId>, UsbError>,
}

impl AttachedDevice {
    /// The device id, where it is known.
    pub fn id(&self) -> Option<&DeviceId> {
        self.identity.as_ref().ok()?.as_ref()
    }

    /// Opens the device.
    pub fn open(&self) -> Result<Box<dyn Handle>, UsbError> {
        let handle = self.bus.open(&self.address)?;
        Ok(Box::new(Traced::new(handle, self.address.to_string())))
    }
}

impl fmt::Debug for AttachedDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttachedDevice")
            .field("bus", &self.bus.name())
            .field("address", &self.address)
            .field("platform", &self.platform.name)
            .field("dfu", &self.dfu)
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

/// Lists the Particle devices on all buses, in the order of the buses and of each bus's own enumeration.
///
/// A device that is busy or forbidden is listed with what is known of it; only a bus that cannot be used at all is
/// an error.
pub fn discover(buses: &[Arc<dyn Bus>]) -> Result<Vec<AttachedDevice>, UsbError> {
    discover_where(buses, |_| true)
}

/// As [`discover`], for the devices whose USB id satisfies `wanted`; the others are not touched.
pub fn discover_where(
    buses: &[Arc<dyn Bus>],
    wanted: impl Fn(&UsbIdentity) -> bool,
) -> Result<Vec<AttachedDevice>, UsbError> {
    let mut devices = Vec::new();
    for bus in buses {
        for enumerated in bus.enumerate()? {
            let Some(identity) = Platform::by_usb_id(enumerated.usb_id).filter(|identity| wanted(identity))
            else {
                continue;
            };
            let serial_number = bus.serial_number(&enumerated.address);
            if matches!(serial_number, Err(UsbError::NotFound(_))) {
                continue;
            }
            devices.push(AttachedDevice {
                bus: Arc::clone(bus),
                address: enumerated.address,
                platform: identity.platform,
                dfu: identity.dfu,
                identity: serial_number.map(|text| text.as_deref().and_then(DeviceId::from_serial_number)),
            });
        }
    }
    Ok(devices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{platform::UsbId, usb::Enumerated};

    /// A bus whose devices can be listed but not opened.
    struct Shelf(Vec<(UsbId, Result<Option<String>, UsbError>)>);

    impl Bus for Shelf {
        fn name(&self) -> String {
            "shelf".to_owned()
        }

        fn is_remote(&self) -> bool {
            false
        }

        fn enumerate(&self) -> Result<Vec<Enumerated>, UsbError> {
            let devices = self.0.iter().enumerate().map(|(place, (usb_id, _))| Enumerated {
                address: BusAddress(place.to_string()),
                usb_id: *usb_id,
            });
            Ok(devices.collect())
        }

        fn serial_number(&self, address: &BusAddress) -> Result<Option<String>, UsbError> {
            self.0[address.0.parse::<usize>().unwrap()].1.clone()
        }

        fn open(&self, address: &BusAddress) -> Result<Box<dyn Handle>, UsbError> {
            Err(UsbError::Busy(address.clone()))
        }
    }

    fn particle(product: u16) -> UsbId {
        UsbId { vendor: 0x2b04, product }
    }

    #[test]
    fn busy_devices_are_listed_and_strangers_are_not() {
        let busy = UsbError::Busy(BusAddress("1".to_owned()));
        let shelf: Arc<dyn Bus> = Arc::new(Shelf(vec![
            (particle(0xd006), Ok(Some("3A0027001247363335343834".to_owned()))),
            (particle(0xc00d), Err(busy.clone())),
            (UsbId { vendor: 0x1d6b, product: 2 }, Ok(None)),
            (particle(0xc00a), Err(UsbError::NotFound(BusAddress("3".to_owned())))),
        ]));
        let devices = discover(&[shelf]).unwrap();
        assert_eq!(devices.len(), 2);
        assert_eq!(devices[0].id().unwrap().as_str(), "3a0027001247363335343834");
        assert!(devices[0].dfu && devices[0].platform.name == "photon");
        assert_eq!((devices[1].platform.name, devices[1].identity.clone()), ("boron", Err(busy)));
    }
}
