//! What a read or write amounts to, and whether it may be done at all. Decided before anything is sent.

use super::{DfuError, MemoryMap, memory_map::Segment};
use crate::platform::{AlternateSetting, Span};
use std::ops::Range;

/// A stretch of a write: at most one sector, or all that lies between two sectors that need erasing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The sector to be erased first.
    pub(super) erase: Option<Range<u32>>,
    /// The part of the data that goes here.
    pub(super) data: Range<u32>,
}

impl Step {
    /// Whether the erased sector holds more than this write brings.
    pub(super) fn erases_more(&self) -> bool {
        self.erase.as_ref().is_some_and(|sector| *sector != self.data)
    }
}

/// Refuses a read that is not wholly in readable segments.
pub(super) fn check_read(map: &MemoryMap, address: u32, length: usize) -> Result<(), DfuError> {
    if map.is_locked() {
        return Err(DfuError::Protected);
    }
    for (segment, _) in cover(map, address, length)? {
        if !segment.access.readable() {
            return Err(DfuError::NotPermitted { address: segment.start, operation: "read" });
        }
    }
    Ok(())
}

/// The steps of a write, in order of address; refuses one that leaves the map, or that the map, the platform table or
/// Device Protection forbid.
///
/// With `preserve`, what shares an erased sector with the data has to be readable too, to be put back.
pub(super) fn write_steps(
    map: &MemoryMap,
    setting: &AlternateSetting,
    address: u32,
    length: usize,
    preserve: bool,
) -> Result<Vec<Step>, DfuError> {
    if map.is_locked() {
        return Err(DfuError::Protected);
    }
    let mut steps = Vec::new();
    for (segment, part) in cover(map, address, length)? {
        if !segment.access.writable() {
            return Err(DfuError::NotPermitted { address: segment.start, operation: "written" });
        }
        if segment.access.erasable() && !setting.rewrites_in_place {
            let sector_size = setting.erase_step.unwrap_or(segment.sector_size);
            steps.extend(sectors(segment, sector_size, part));
        } else {
            steps.push(Step { erase: None, data: part });
        }
    }
    for step in &steps {
        check_forbidden(setting, step)?;
        if preserve && step.erases_more() {
            let sector = step.erase.as_ref().unwrap_or(&step.data);
            check_read(map, sector.start, sector.len())?;
        }
    }
    Ok(steps)
}

fn cover(map: &MemoryMap, address: u32, length: usize) -> Result<Vec<(&Segment, Range<u32>)>, DfuError> {
    u32::try_from(length)
        .ok()
        .and_then(|length| address.checked_add(length))
        .and_then(|end| map.cover(address..end))
        .ok_or_else(|| DfuError::OutsideMap { address, length, memory: map.name.clone() })
}

/// Splits a part of a segment at the sector boundaries, which count from the start of the segment.
fn sectors(segment: &Segment, size: u32, part: Range<u32>) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut position = part.start;
    while position < part.end {
        let start = position - (position - segment.start) % size;
        let end = segment.end.min(start.saturating_add(size));
        let data = position..end.min(part.end);
        position = data.end;
        steps.push(Step { erase: Some(start..end), data });
    }
    steps
}

fn check_forbidden(setting: &AlternateSetting, step: &Step) -> Result<(), DfuError> {
    let touched = step.erase.as_ref().unwrap_or(&step.data);
    let touched = Span { start: touched.start, end: touched.end };
    match setting.forbidden.iter().find(|span| span.overlaps(touched)) {
        Some(span) => Err(DfuError::Forbidden { start: span.start, end: span.end }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;
    use proptest::prelude::*;

    fn steps(platform: &str, alternate: u8, address: u32, length: usize) -> Result<Vec<Step>, DfuError> {
        let layout = Platform::by_name(platform).unwrap().flash.unwrap();
        let setting = layout.alternate_setting(alternate).unwrap();
        write_steps(&MemoryMap::parse(setting.memory_map).unwrap(), setting, address, length, true)
    }

    #[test]
    fn a_core_key_erases_its_sector() {
        let expected = Step { erase: Some(0x2000..0x3000), data: 0x2000..0x2400 };
        assert_eq!(steps("core", 1, 0x2000, 1024), Ok(vec![expected]));
    }

    #[test]
    fn configuration_memory_is_never_erased() {
        for platform in ["photon", "electron", "boron", "p2"] {
            let expected = Step { erase: None, data: 3106..3298 };
            assert_eq!(steps(platform, 1, 3106, 192), Ok(vec![expected]), "{platform}");
        }
    }

    #[test]
    fn old_bootloaders_that_advertise_8_kib_sectors_are_erased_by_4() {
        let layout = Platform::by_name("tracker").unwrap().flash.unwrap();
        let map = MemoryMap::parse("@External Flash   /0x80000000/1024*008Kg").unwrap();
        let setting = layout.alternate_setting(2).unwrap();
        let steps = write_steps(&map, setting, 0x8000_1000, 8192, true).unwrap();
        let erased: Vec<u32> = steps.iter().map(|step| step.erase.as_ref().unwrap().start).collect();
        assert_eq!(erased, [0x8000_1000, 0x8000_2000]);
    }

    #[test]
    fn what_a_board_needs_to_start_is_refused() {
        let forbidden = |outcome| matches!(outcome, Err(DfuError::Forbidden { .. }));
        assert!(forbidden(steps("photon", 0, 0x0800_C000, 4)));
        assert!(forbidden(steps("boron", 0, 0x000F_3FFF, 2)));
        assert!(forbidden(steps("p2", 0, 0x0805_FFFF, 1)));
        assert!(matches!(steps("photon", 0, 0x0800_0000, 4), Err(DfuError::NotPermitted { .. })));
        assert!(steps("photon", 0, 0x0802_0000, 4).is_ok());
    }

    #[test]
    fn what_is_outside_the_map_is_refused() {
        let outside = |outcome| matches!(outcome, Err(DfuError::OutsideMap { .. }));
        assert!(outside(steps("boron", 1, 0x3FFF, 2)));
        assert!(outside(steps("boron", 2, 0x0020_0000, 1)));
        assert!(outside(steps("boron", 2, u32::MAX, 2)));
        assert!(outside(steps("boron", 1, 0, usize::MAX)));
        assert!(steps("boron", 1, 0x3FFF, 1).is_ok());
    }

    #[test]
    fn a_locked_map_means_protection() {
        let map = MemoryMap::parse("@DCT Flash   /0x00000000/1*016Kb").unwrap();
        let setting = Platform::by_name("boron").unwrap().flash.unwrap().alternate_setting(1).unwrap();
        assert_eq!(write_steps(&map, setting, 0, 1, true), Err(DfuError::Protected));
        assert_eq!(check_read(&map, 0, 1), Err(DfuError::Protected));
    }

    proptest! {
        #[test]
        fn steps_join_to_the_range_and_stay_in_their_sectors(
            address in 0x0802_0000u32..0x0810_0000,
            length in 0usize..0x10_0000,
        ) {
            if let Ok(steps) = steps("photon", 0, address, length) {
                let mut position = address;
                for step in &steps {
                    let sector = step.erase.clone().unwrap();
                    prop_assert_eq!(step.data.start, position);
                    prop_assert!(sector.start <= step.data.start && step.data.end <= sector.end);
                    prop_assert_eq!((sector.start % 0x2_0000, sector.len()), (0, 0x2_0000));
                    position = step.data.end;
                }
                prop_assert_eq!(position as usize, address as usize + length);
            }
        }
    }
}
