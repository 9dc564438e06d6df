//! What a module is for.

/// The part a module plays on a device. Numbers this program does not know are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModuleFunction {
    /// Nothing; also fills the place of a dependency that is not there.
    None,
    /// Data used by the system.
    Resource,
    /// Starts the system, and offers DFU.
    Bootloader,
    /// System and application in one.
    Monolithic,
    /// A part of Device OS.
    SystemPart,
    /// The application.
    UserPart,
    /// Configuration.
    Settings,
    /// Firmware of a network coprocessor.
    Ncp,
    /// The radio's own firmware, the SoftDevice.
    RadioStack,
    /// A file for the application.
    Asset,
    /// Something newer.
    Unknown(u8),
}

impl ModuleFunction {
    /// Whether this program knows what the number stands for.
    pub fn is_known(self) -> bool {
        !matches!(self, Self::None | Self::Unknown(_))
    }

    /// Its name in JSON. `None` where it is not known.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Resource => "resource",
            Self::Bootloader => "bootloader",
            Self::Monolithic => "monolithic",
            Self::SystemPart => "systemPart",
            Self::UserPart => "userPart",
            Self::Settings => "settings",
            Self::Ncp => "ncp",
            Self::RadioStack => "radioStack",
            Self::Asset => "asset",
            Self::None | Self::Unknown(_) => return None,
        })
    }

    /// What people call the module of this kind with this number.
    pub fn describe(self, index: u8) -> String {
        match self {
            Self::Bootloader if index == 0 => "bootloader".to_owned(),
            Self::Bootloader => format!("bootloader {index}"),
            Self::Monolithic => "monolithic firmware".to_owned(),
            Self::SystemPart => format!("system part {index}"),
            Self::UserPart => format!("application module {index}"),
            Self::Ncp => "network coprocessor firmware".to_owned(),
            Self::RadioStack => "radio stack".to_owned(),
            Self::Asset => "asset".to_owned(),
            other => format!("module of kind {} with number {index}", u8::from(other)),
        }
    }
}

impl From<u8> for ModuleFunction {
    fn from(number: u8) -> Self {
        match number {
            0 => Self::None,
            1 => Self::Resource,
            2 => Self::Bootloader,
            3 => Self::Monolithic,
            4 => Self::SystemPart,
            5 => Self::UserPart,
            6 => Self::Settings,
            7 => Self::Ncp,
            8 => Self::RadioStack,
            9 => Self::Asset,
            other => Self::Unknown(other),
        }
    }
}

impl From<ModuleFunction> for u8 {
    fn from(function: ModuleFunction) -> Self {
        match function {
            ModuleFunction::None => 0,
            ModuleFunction::Resource => 1,
            ModuleFunction::Bootloader => 2,
            ModuleFunction::Monolithic => 3,
            ModuleFunction::SystemPart => 4,
            ModuleFunction::UserPart => 5,
            ModuleFunction::Settings => 6,
            ModuleFunction::Ncp => 7,
            ModuleFunction::RadioStack => 8,
            ModuleFunction::Asset => 9,
            ModuleFunction::Unknown(other) => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_kept() {
        for number in 0..=u8::MAX {
            assert_eq!(u8::from(ModuleFunction::from(number)), number);
        }
    }
}
