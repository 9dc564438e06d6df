//! Slots of fixed size with a DER structure at the start and 0xFF, the erased state of flash, behind it.

use super::KeyError;
use zeroize::Zeroizing;

/// Value of erased flash.
pub const ERASED: u8 = 0xFF;

/// Fills a slot of `size` bytes: the structure, then 0xFF.
pub fn pad(der: &[u8], size: usize) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if der.len() > size {
        return Err(KeyError::DoesNotFit { length: der.len(), slot: size });
    }
    let mut image = Zeroizing::new(vec![ERASED; size]);
    image[..der.len()].copy_from_slice(der);
    Ok(image)
}

/// The DER SEQUENCE at the start of `bytes`, by its own length. `None` when there is none or it is cut short.
pub fn cut(bytes: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    let (&[tag, first], rest) = bytes.split_first_chunk()?;
    if tag != SEQUENCE {
        return None;
    }
    let (header, contents) = match first {
        0x00..=0x7F => (2, usize::from(first)),
        0x81 => (3, usize::from(*rest.first()?)),
        0x82 => (4, usize::from(u16::from_be_bytes(*rest.first_chunk()?))),
        _ => return None,
    };
    bytes.get(..header + contents)
}

/// `bytes` without the 0xFF or 0x00 that fills them up at the end.
pub fn without_padding(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !matches!(byte, 0xFF | 0x00)).map_or(0, |last| last + 1);
    &bytes[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn too_long_a_key_does_not_fit() {
        assert_eq!(pad(&[0; 5], 4).unwrap_err(), KeyError::DoesNotFit { length: 5, slot: 4 });
        assert_eq!(pad(&[7; 2], 4).unwrap().as_slice(), [7, 7, 0xFF, 0xFF]);
    }

    #[test]
    fn what_is_cut_short_is_not_cut() {
        assert_eq!(cut(&[0x30, 2, 1, 1, 0xFF]), Some(&[0x30, 2, 1, 1][..]));
        assert_eq!(cut(&[0x30, 0x81, 1, 9, 9]), Some(&[0x30, 0x81, 1, 9][..]));
        assert_eq!(cut(&[0x30, 0x82, 0, 1, 9, 9]), Some(&[0x30, 0x82, 0, 1, 9][..]));
        for short in [&[0x30, 3, 1, 1][..], &[0x30, 0x82, 1], &[0x30, 0x84, 0, 0, 0, 0], &[0x31, 0], &[]] {
            assert_eq!(cut(short), None);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(cut(&bytes).is_none_or(|found| bytes.starts_with(found)));
            prop_assert!(bytes.starts_with(without_padding(&bytes)));
        }
    }
}
