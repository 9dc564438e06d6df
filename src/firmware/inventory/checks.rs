//! The checks that a device makes of its modules.

/// What came of a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckResult {
    /// The device has not made it, or does not tell.
    #[default]
    NotChecked,
    /// As it should be.
    Passed,
    /// Not as it should be.
    Failed,
}

/// The checks of one module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// Its CRC.
    pub integrity: CheckResult,
    /// It is where its prefix says.
    pub address_range: CheckResult,
    /// It is for this board.
    pub platform: CheckResult,
    /// What it needs is there.
    pub dependencies: CheckResult,
}

impl Checks {
    const INTEGRITY: u32 = 0x02;
    const DEPENDENCIES: u32 = 0x04;
    const ADDRESS_RANGE: u32 = 0x08;
    const PLATFORM: u32 = 0x10;

    /// Reads the bits of the checks made and of those passed, in the form of the console and of Device OS 5.6.0 and
    /// later. Source: Device OS `hal/inc/ota_flash_hal.h`.
    pub fn from_bits(made: u32, passed: u32) -> Self {
        let result = |bit: u32| match (made & bit != 0, passed & bit != 0) {
            (false, _) => CheckResult::NotChecked,
            (true, true) => CheckResult::Passed,
            (true, false) => CheckResult::Failed,
        };
        Self {
            integrity: result(Self::INTEGRITY),
            address_range: result(Self::ADDRESS_RANGE),
            platform: result(Self::PLATFORM),
            dependencies: result(Self::DEPENDENCIES),
        }
    }

    /// Reads the bits of the messages before Device OS 5.6.0, which tell of two checks whether they failed and
    /// nothing of the others. Source: device-os-protobuf `control/storage.proto`.
    pub fn from_early_failures(failures: u32) -> Self {
        const INTEGRITY: u32 = 1;
        const DEPENDENCIES: u32 = 2;
        let result = |bit: u32| if failures & bit == 0 { CheckResult::Passed } else { CheckResult::Failed };
        Self { integrity: result(INTEGRITY), dependencies: result(DEPENDENCIES), ..Self::default() }
    }

    /// The checks by name, in the order in which they are shown.
    pub fn named(self) -> [(&'static str, CheckResult); 4] {
        [
            ("Integrity", self.integrity),
            ("Address Range", self.address_range),
            ("Platform", self.platform),
            ("Dependencies", self.dependencies),
        ]
    }

    /// Whether any check was made and failed.
    pub fn any_failed(self) -> bool {
        self.named().iter().any(|(_, result)| *result == CheckResult::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_checked_neither_passes_nor_fails() {
        let checks = Checks::from_bits(0x1E, 0x1A);
        assert_eq!(checks.dependencies, CheckResult::Failed);
        assert_eq!(checks.platform, CheckResult::Passed);
        assert_eq!(Checks::from_bits(0, 0x1E), Checks::default());
        let early = Checks::from_early_failures(2);
        assert_eq!(
            early.named().map(|(_, result)| result),
            [CheckResult::Passed, CheckResult::NotChecked, CheckResult::NotChecked, CheckResult::Failed]
        );
        assert!(early.any_failed() && !Checks::from_early_failures(0).any_failed());
    }
}
