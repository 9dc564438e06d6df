//! Memory maps as the interface strings of a DfuSe bootloader describe them (ST UM0424, "DFU descriptors").
//!
//! `@NAME/0xADDRESS/COUNT*SIZE[BKM]ACCESS,...`: sectors of one group follow one another from its address, and there
//! may be several groups.

use std::ops::Range;

/// Which operations a segment permits, as the letter behind the sector size says (`a` to `g` for 1 to 7).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Access(u8);

impl Access {
    const READ: u8 = 1;
    const ERASE: u8 = 2;
    const WRITE: u8 = 4;

    fn from_letter(letter: char) -> Option<Self> {
        ('a'..='g').contains(&letter).then_some(Self(letter as u8 & 7))
    }

    /// Whether the segment can be read.
    pub fn readable(self) -> bool {
        self.0 & Self::READ != 0
    }

    /// Whether the segment can, and before writing has to, be erased by sectors.
    pub fn erasable(self) -> bool {
        self.0 & Self::ERASE != 0
    }

    /// Whether the segment can be written.
    pub fn writable(self) -> bool {
        self.0 & Self::WRITE != 0
    }
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let letter = |present, letter| if present { letter } else { '-' };
        let letters =
            [letter(self.readable(), 'r'), letter(self.erasable(), 'e'), letter(self.writable(), 'w')];
        f.write_str(&String::from_iter(letters))
    }
}

/// A run of sectors of one size and one kind of access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// First address.
    pub start: u32,
    /// One past the last address.
    pub end: u32,
    /// Bytes in a sector.
    pub sector_size: u32,
    /// What is permitted.
    pub access: Access,
}

/// What an alternate setting reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryMap {
    /// Name of the memory, such as `Internal Flash`.
    pub name: String,
    /// Segments in the order of the string.
    pub segments: Vec<Segment>,
}

/// A string that is no memory map.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a memory map: {reason}")]
pub struct MemoryMapError {
    text: String,
    reason: &'static str,
}

/// More segments than any board has; a longer map is refused.
const MAX_SEGMENTS: usize = 64;
/// More memory than any board has; a larger map is refused.
const MAX_SIZE: u64 = 64 * 1024 * 1024;

impl MemoryMap {
    /// Parses an interface string.
    pub fn parse(text: &str) -> Result<Self, MemoryMapError> {
        parse(text).map_err(|reason| MemoryMapError { text: text.chars().take(80).collect(), reason })
    }

    /// Whether the bootloader hides this memory: Device Protection leaves every segment erasable and nothing else.
    pub fn is_locked(&self) -> bool {
        self.segments.iter().all(|segment| segment.access == Access(Access::ERASE))
    }

    /// The segments that hold `range`, in order of address, each with its part of it. `None` where the map has a gap.
    pub fn cover(&self, range: Range<u32>) -> Option<Vec<(&Segment, Range<u32>)>> {
        let mut parts = Vec::new();
        let mut position = range.start;
        while position < range.end {
            let segment = self.segment_at(position)?;
            let end = segment.end.min(range.end);
            parts.push((segment, position..end));
            position = end;
        }
        Some(parts)
    }

    /// The segment that holds an address.
    pub fn segment_at(&self, address: u32) -> Option<&Segment> {
        self.segments.iter().find(|segment| (segment.start..segment.end).contains(&address))
    }
}

fn parse(text: &str) -> Result<MemoryMap, &'static str> {
    let body = text.trim().strip_prefix('@').ok_or("it does not begin with @")?;
    let mut fields = body.split('/');
    let name = fields.next().unwrap_or_default().trim().to_owned();
    let mut segments = Vec::new();
    while let Some(address) = fields.next() {
        let sectors = fields.next().ok_or("an address without sectors")?;
        parse_group(address, sectors, &mut segments)?;
    }
    if segments.is_empty() {
        return Err("it has no segments");
    }
    Ok(MemoryMap { name, segments })
}

fn parse_group(address: &str, sectors: &str, segments: &mut Vec<Segment>) -> Result<(), &'static str> {
    let digits = address.trim().strip_prefix("0x").ok_or("an address without 0x")?;
    let mut start = u32::from_str_radix(digits, 16).map_err(|_| "an address that is no number")?;
    for run in sectors.split(',') {
        let (count, sector_size, access) = parse_run(run.trim())?;
        let size = u64::from(count) * u64::from(sector_size);
        let mapped: u64 = segments.iter().map(|segment| u64::from(segment.end - segment.start)).sum();
        if segments.len() == MAX_SEGMENTS || mapped + size > MAX_SIZE {
            return Err("it is larger than the memory of any board");
        }
        let end = u32::try_from(u64::from(start) + size).map_err(|_| "it goes beyond 32-bit addresses")?;
        segments.push(Segment { start, end, sector_size, access });
        start = end;
    }
    Ok(())
}

/// `COUNT*SIZE`, an optional unit (blank or `B` bytes, `K`, `M`), and the letter of access.
fn parse_run(run: &str) -> Result<(u32, u32, Access), &'static str> {
    const MALFORMED: &str = "a sector run that is not COUNT*SIZE, unit, access";
    let (count, rest) = run.split_once('*').ok_or(MALFORMED)?;
    let access = rest.chars().next_back().and_then(Access::from_letter).ok_or(MALFORMED)?;
    let size = &rest[..rest.len() - 1];
    let (size, unit) = match size.chars().next_back() {
        Some('K') => (&size[..size.len() - 1], 1024),
        Some('M') => (&size[..size.len() - 1], 1024 * 1024),
        Some(' ' | 'B') => (&size[..size.len() - 1], 1),
        _ => (size, 1),
    };
    let number = |digits: &str| digits.trim().parse::<u32>().ok().filter(|number| *number > 0);
    let sector_size = number(size).and_then(|size| size.checked_mul(unit)).ok_or(MALFORMED)?;
    Ok((number(count).ok_or(MALFORMED)?, sector_size, access))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::PLATFORMS;
    use proptest::prelude::*;

    fn segment(start: u32, end: u32, sector_size: u32, letter: char) -> Segment {
        Segment { start, end, sector_size, access: Access::from_letter(letter).unwrap() }
    }

    #[test]
    fn a_photon_has_sectors_of_three_sizes() {
        let map =
            MemoryMap::parse("@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg").unwrap();
        assert_eq!(map.name, "Internal Flash");
        assert_eq!(
            map.segments,
            [
                segment(0x0800_0000, 0x0800_C000, 16384, 'a'),
                segment(0x0800_C000, 0x0801_0000, 16384, 'g'),
                segment(0x0801_0000, 0x0802_0000, 65536, 'g'),
                segment(0x0802_0000, 0x0810_0000, 131_072, 'g'),
            ]
        );
    }

    #[test]
    fn letters_name_three_bits() {
        let shown: Vec<String> =
            ('a'..='g').map(|letter| format!("{:?}", Access::from_letter(letter).unwrap())).collect();
        assert_eq!(shown, ["r--", "-e-", "re-", "--w", "r-w", "-ew", "rew"]);
    }

    #[test]
    fn units_spaces_and_several_groups_are_understood() {
        let map = MemoryMap::parse(" @Two /0x0/2*512 a,1*1Mg/0x90000000/3*256Be").unwrap();
        assert_eq!(
            map.segments,
            [
                segment(0, 1024, 512, 'a'),
                segment(1024, 1024 + 1024 * 1024, 1024 * 1024, 'g'),
                segment(0x9000_0000, 0x9000_0300, 256, 'e'),
            ]
        );
        assert!(map.cover(1000..1030).is_some_and(|parts| parts.len() == 2));
        assert_eq!(map.cover(0x8FFF_FFFF..0x9000_0001), None);
    }

    #[test]
    fn only_a_map_of_all_b_is_locked() {
        assert!(MemoryMap::parse("@DCT Flash /0x0/1*016Kb").unwrap().is_locked());
        assert!(!MemoryMap::parse("@DCT Flash /0x0/1*016Kb,1*016Ke").unwrap().is_locked());
    }

    #[test]
    fn every_string_of_the_platform_table_parses() {
        for layout in PLATFORMS.iter().filter_map(|platform| platform.flash) {
            for setting in layout.alternate_settings {
                let map = MemoryMap::parse(setting.memory_map).unwrap();
                assert!(map.segments.iter().any(|segment| segment.access.writable()));
            }
        }
    }

    #[test]
    fn maps_beyond_any_board_are_refused() {
        for text in [
            "Internal Flash/0x0/1*4Ka",
            "@Internal Flash",
            "@x/0x0",
            "@x/0x0/1*4Kh",
            "@x/0x0/0*4Ka",
            "@x/0x0/1*0Ka",
            "@x/0x0/1*99999Ma",
            "@x/0x0/4000000000*1Ma",
            "@x/0xFFFFF000/2*4Ka",
            "@x/12/1*4Ka",
            "@x/0x0/1*4Kä",
        ] {
            assert!(MemoryMap::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC{0,120}") {
            let _ = MemoryMap::parse(&text);
        }

        #[test]
        fn anything_that_looks_like_a_map_is_survived(
            text in "@[a-z ]{0,8}(/0x[0-9A-F]{0,9}/[0-9]{0,12}\\*[0-9]{0,12}[ BKM]?[a-h]?(,[0-9]{1,3}\\*[0-9]{1,3}[KM]g)?){0,3}"
        ) {
            if let Ok(map) = MemoryMap::parse(&text) {
                let size: u64 = map.segments.iter().map(|s| u64::from(s.end - s.start)).sum();
                prop_assert!(size <= MAX_SIZE);
            }
        }

        #[test]
        fn written_maps_are_read_back(
            start in 0u32..0x9000_0000,
            runs in proptest::collection::vec((1u32..64, 1u32..64, proptest::char::range('a', 'g')), 1..6),
        ) {
            let text: Vec<String> =
                runs.iter().map(|(count, size, access)| format!("{count:02}*{size:03}K{access}")).collect();
            let map = MemoryMap::parse(&format!("@Flash /0x{start:08X}/{}", text.join(","))).unwrap();
            let mut position = start;
            for (segment, (count, size, access)) in map.segments.iter().zip(&runs) {
                prop_assert_eq!(segment.start, position);
                position += count * size * 1024;
                prop_assert_eq!(segment.end, position);
                prop_assert_eq!(segment.access, Access::from_letter(*access).unwrap());
            }
            prop_assert_eq!(map.segments.len(), runs.len());
        }
    }
}
