//! The filter of `particle usb list`.

use crate::platform::{DeviceId, Platform};

/// Which of the attached devices to show.
#[derive(Clone, Debug)]
pub enum Filter {
    /// Those that are connected to the cloud, or those that are not.
    Online(bool),
    /// Those of a platform.
    Platform(&'static Platform),
    /// The one with this id.
    Id(DeviceId),
    /// Those with this name.
    Name(String),
}

impl Filter {
    /// Reads a filter as it is typed: `online`, `offline`, a platform, a device id, and else a name.
    pub fn parse(text: &str) -> Self {
        match text {
            "online" => return Self::Online(true),
            "offline" => return Self::Online(false),
            _ => {}
        }
        if let Ok(id) = text.parse() {
            return Self::Id(id);
        }
        match Platform::by_name(text) {
            Some(platform) => Self::Platform(platform),
            None => Self::Name(text.to_owned()),
        }
    }

    /// Whether only the cloud can tell which devices it admits.
    pub fn needs_cloud(&self) -> bool {
        matches!(self, Self::Online(_) | Self::Name(_))
    }

    /// Whether a device is to be shown.
    pub fn admits(&self, device: &Described<'_>) -> bool {
        match self {
            Self::Online(online) => device.online == *online,
            Self::Platform(platform) => device.platform.id == platform.id,
            Self::Id(id) => device.id == Some(id),
            Self::Name(name) => device.name == Some(name),
        }
    }
}

/// What a filter looks at.
#[derive(Clone, Copy, Debug)]
pub struct Described<'a> {
    /// Its platform.
    pub platform: &'static Platform,
    /// Its id, where it is known.
    pub id: Option<&'a DeviceId>,
    /// Its name in the cloud.
    pub name: Option<&'a str>,
    /// Whether the cloud says that it is online.
    pub online: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_admits_what_it_says() {
        let id = "3a0027001247363335343834".parse().unwrap();
        let photon = Platform::by_name("photon").unwrap();
        let device = Described { platform: photon, id: Some(&id), name: Some("Alpha"), online: true };
        for (text, admitted) in [
            ("online", true),
            ("offline", false),
            ("photon", true),
            ("p", true),
            ("boron", false),
            ("3A0027001247363335343834", true),
            ("000000000000000000000000", false),
            ("Alpha", true),
            ("Beta", false),
        ] {
            assert_eq!(Filter::parse(text).admits(&device), admitted, "{text}");
        }
    }
}
