//! What follows a module's contents: product, hash, CRC.
//!
//! Read from the end, since its size varies:
//!
//! | offset from the end | size | field |
//! | ---: | ---: | --- |
//! | −4 | 4 | CRC-32 of everything before it, big-endian |
//! | −6 | 2 | size of the suffix without the CRC |
//! | −38 | 32 | SHA-256 of everything before it |
//! | −40 | 2 | reserved |
//! | −44 | 4 | product id and version, where the size says that they are there |
//! | | | extensions, from the start of the suffix |

use super::{
    extension::{self, Extension, Located, Product},
    prefix::CRC_SIZE,
};
use sha2::{Digest, Sha256};

/// Size of a suffix that has neither product nor extensions.
pub(super) const MIN_SUFFIX_SIZE: usize = 36;
/// Size of product id and version.
const PRODUCT_SIZE: usize = 4;
const SIZE_FROM_END: usize = CRC_SIZE + 2;
const HASH_FROM_END: usize = SIZE_FROM_END + 32;
const RESERVED_FROM_END: usize = HASH_FROM_END + 2;
const PRODUCT_FROM_END: usize = RESERVED_FROM_END + PRODUCT_SIZE;
/// Name, offset from the end and size of each field but the extensions.
pub(super) const SUFFIX_FIELDS: [(&str, usize, usize); 6] = [
    ("suffix.productId", PRODUCT_FROM_END, 2),
    ("suffix.productVersion", PRODUCT_FROM_END - 2, 2),
    ("suffix.reserved", RESERVED_FROM_END, 2),
    ("suffix.sha256", HASH_FROM_END, 32),
    ("suffix.size", SIZE_FROM_END, 2),
    ("crc", CRC_SIZE, CRC_SIZE),
];

/// The suffix of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suffix {
    /// Where it begins in the module.
    pub offset: usize,
    /// Its size as it says itself, without the CRC.
    pub size: u16,
    /// Fields beyond the fixed ones.
    pub extensions: Vec<Located>,
    /// Product id and version; `None` in a suffix that has no place for them.
    pub product: Option<Product>,
    /// Not in use.
    pub reserved: u16,
    /// SHA-256 of everything before it.
    pub sha256: [u8; 32],
    /// CRC-32 of everything before it.
    pub crc: u32,
}

/// The size that a suffix claims at the end of these bytes; `None` if they are too short for one.
pub(super) fn stated_size(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(bytes.len().checked_sub(SIZE_FROM_END)?..)?.first_chunk()?))
}

impl Suffix {
    /// Reads the suffix of a module whose contents begin at `contents`. A size that cannot be is kept, and the suffix
    /// read as the smallest one. `None` if there is no room for that. The end of a module will do in its place.
    pub fn parse(module: &[u8], contents: usize) -> Option<Self> {
        let size = stated_size(module)?;
        let from_end = |count: usize| module.get(module.len().checked_sub(count)?..);
        let room = module.len().checked_sub(contents)?.checked_sub(CRC_SIZE)?;
        let believable = (MIN_SUFFIX_SIZE..=room).contains(&usize::from(size));
        let length = if believable { size.into() } else { MIN_SUFFIX_SIZE };
        let offset = module.len().checked_sub(CRC_SIZE + length)?;
        let variable = module.get(offset..module.len() - RESERVED_FROM_END)?;
        let product = variable.last_chunk().map(|product| Product::parse(*product));
        Some(Self {
            offset,
            size,
            extensions: extension::parse_list(variable, PRODUCT_SIZE, offset).extensions,
            product,
            reserved: u16::from_le_bytes(*from_end(RESERVED_FROM_END)?.first_chunk()?),
            sha256: *from_end(HASH_FROM_END)?.first_chunk()?,
            crc: u32::from_be_bytes(*from_end(CRC_SIZE)?.first_chunk()?),
        })
    }

    /// Where the hash lies in a module of this length.
    pub(super) fn hash_offset(module_length: usize) -> usize {
        module_length.saturating_sub(HASH_FROM_END)
    }

    /// Where the CRC lies in a module of this length.
    pub(super) fn crc_offset(module_length: usize) -> usize {
        module_length.saturating_sub(CRC_SIZE)
    }
}

/// Appends a suffix, with hash and CRC of what is there. `None` if it is longer than a suffix can be.
pub(super) fn append(
    module: &mut Vec<u8>,
    extensions: &[Extension],
    product: Option<Product>,
    reserved: u16,
) -> Option<()> {
    let offset = module.len();
    for extension in extensions {
        extension.append_to(module)?;
    }
    match (extensions.last(), product) {
        (Some(Extension::ProductData(_)), _) | (None, None) => {}
        (Some(_), Some(product)) => {
            extension::append_end(module, 0);
            module.extend(product.encode());
        }
        (None, Some(product)) => module.extend(product.encode()),
        // Without it, the last bytes of the extensions would be taken for the product.
        (Some(_), None) => Extension::ProductData(Product::NONE).append_to(module)?,
    }
    let size =
        u16::try_from(module.len() - offset + MIN_SUFFIX_SIZE).ok().filter(|size| *size != u16::MAX)?;
    module.extend(reserved.to_le_bytes());
    module.extend([0; 32]);
    module.extend(size.to_le_bytes());
    module.extend([0; CRC_SIZE]);
    seal(module);
    Some(())
}

/// Makes hash and CRC fit. The module must have a suffix.
pub(super) fn seal(module: &mut [u8]) {
    let (hash, crc) = (Suffix::hash_offset(module.len()), Suffix::crc_offset(module.len()));
    let sha256 = Sha256::digest(&module[..hash]);
    module[hash..hash + sha256.len()].copy_from_slice(&sha256);
    let checksum = crc32fast::hash(&module[..crc]);
    module[crc..].copy_from_slice(&checksum.to_be_bytes());
}
