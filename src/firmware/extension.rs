//! The fields that modules carry beyond the fixed ones: type (2 bytes), length (2 bytes, these four included), data.

use super::{Dependency, ModuleFunction};
use sha2::{Digest, Sha256};

/// Size of an extension without data.
pub(super) const HEADER_SIZE: usize = 4;
const SHA256_SIZE: usize = 32;
/// Marks a SHA-256 among kinds of hashes.
const SHA256_KIND: u8 = 0;
/// Stands before the product id.
const NO_PRODUCT_ID: [u8; 2] = [0xFF; 2];

mod kind {
    pub(super) const END: u16 = 0;
    pub(super) const PRODUCT_DATA: u16 = 1;
    pub(super) const DYNAMIC_LOCATION: u16 = 2;
    pub(super) const DEPENDENCY: u16 = 3;
    pub(super) const HASH: u16 = 0x10;
    pub(super) const NAME: u16 = 0x11;
    pub(super) const ASSET_DEPENDENCY: u16 = 0x12;
    pub(super) const SECURITY_MODE: u16 = 0x13;
    pub(super) const ASSET_TYPE: u16 = 0x14;
    pub(super) const INVALID: u16 = 0xFFFF;
}

/// Which product the firmware belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    /// Product id. For firmware that belongs to no product the platform's number, or 0xFFFF.
    pub id: u16,
    /// Version of the product's firmware.
    pub version: u16,
}

impl Product {
    /// What stands where there is no product.
    pub const NONE: Self = Self { id: 0xFFFF, version: 0xFFFF };

    /// Whether this names a product.
    pub fn is_some(self) -> bool {
        self.id != Self::NONE.id && self.version != Self::NONE.version
    }

    pub(super) fn parse([a, b, c, d]: [u8; 4]) -> Self {
        Self { id: u16::from_le_bytes([a, b]), version: u16::from_le_bytes([c, d]) }
    }

    pub(super) fn encode(self) -> [u8; 4] {
        let ([a, b], [c, d]) = (self.id.to_le_bytes(), self.version.to_le_bytes());
        [a, b, c, d]
    }
}

/// The hash of an asset.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hash {
    kind: u8,
    bytes: Vec<u8>,
}

impl Hash {
    /// The SHA-256 of `data`.
    pub fn of(data: &[u8]) -> Self {
        Self { kind: SHA256_KIND, bytes: Sha256::digest(data).to_vec() }
    }

    /// Whether `data` has this hash. `None` for a kind of hash that is not known here.
    pub fn matches(&self, data: &[u8]) -> Option<bool> {
        (self.kind == SHA256_KIND && self.bytes.len() == SHA256_SIZE).then(|| *self == Self::of(data))
    }

    /// The bytes of the hash.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A hash at the start of `data`, and what follows it.
    fn parse(data: &[u8]) -> Option<(Self, &[u8])> {
        let (&[kind, length], rest) = data.split_first_chunk()?;
        let (bytes, rest) = rest.split_at_checked(length.into())?;
        Some((Self { kind, bytes: bytes.to_vec() }, rest))
    }

    fn encode(&self) -> Vec<u8> {
        // A hash is parsed from a length of one byte, or is a SHA-256.
        let length = u8::try_from(self.bytes.len()).unwrap_or(u8::MAX);
        [&[self.kind, length], self.bytes.as_slice()].concat()
    }
}

/// A file that the application needs beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetDependency {
    /// Name of the file.
    pub name: String,
    /// Hash of its contents.
    pub hash: Hash,
}

/// One field beyond the fixed ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extension {
    /// The product. Being the last extension, it ends where the suffix has the product without extensions.
    ProductData(Product),
    /// Where an application that grows to the left is, and where the parts lie that the system starts from.
    DynamicLocation {
        /// Start address of the module.
        module_start: u32,
        /// Where the table of functions is copied to.
        dynalib_load: u32,
        /// Where it is copied from.
        dynalib_start: u32,
    },
    /// A dependency beyond the two of the prefix.
    Dependency {
        /// What is needed.
        module: Dependency,
        /// Processor or device it is for.
        target: u32,
    },
    /// Hash of an asset.
    Hash(Hash),
    /// Name of an asset.
    Name(String),
    /// An asset that the application needs.
    AssetDependency(AssetDependency),
    /// How far the device is locked.
    SecurityMode {
        /// 0 none, 1 protected.
        mode: u8,
        /// Certificate and the like.
        data: Vec<u8>,
    },
    /// What an asset is: 0 a file, 1 environment of the application, 2 a copy of the environment.
    AssetType(u8),
    /// Something newer, or with contents that do not fit its type.
    Unknown {
        /// Its type.
        kind: u16,
        /// Its data.
        data: Vec<u8>,
    },
}

impl Extension {
    fn parse(kind: u16, data: &[u8]) -> Self {
        Self::parse_known(kind, data).unwrap_or_else(|| Self::Unknown { kind, data: data.to_vec() })
    }

    fn parse_known(kind: u16, data: &[u8]) -> Option<Self> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        Some(match kind {
            kind::PRODUCT_DATA => {
                let (&high, low) = data.split_first_chunk()?;
                let product = Product::parse(low.try_into().ok()?);
                (high == NO_PRODUCT_ID).then_some(Self::ProductData(product))?
            }
            kind::DYNAMIC_LOCATION => {
                let [module_start, dynalib_load, dynalib_start] = words(data)?;
                Self::DynamicLocation { module_start, dynalib_load, dynalib_start }
            }
            kind::DEPENDENCY => {
                let [module, target] = words(data)?;
                let [function, index, low, high] = module.to_le_bytes();
                let (function, version) = (ModuleFunction::from(function), u16::from_le_bytes([low, high]));
                Self::Dependency { module: Dependency { function, index, version }, target }
            }
            kind::HASH => match Hash::parse(data)? {
                (hash, []) => Self::Hash(hash),
                _ => return None,
            },
            kind::NAME => Self::Name(text(data)?),
            kind::ASSET_DEPENDENCY => {
                let (hash, name) = Hash::parse(data)?;
                Self::AssetDependency(AssetDependency { name: text(name)?, hash })
            }
            kind::SECURITY_MODE => {
                let (&mode, data) = data.split_first()?;
                Self::SecurityMode { mode, data: data.to_vec() }
            }
            kind::ASSET_TYPE => match *data {
                [kind, 0] => Self::AssetType(kind),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// The number of its type.
    pub fn kind(&self) -> u16 {
        match self {
            Self::ProductData(_) => kind::PRODUCT_DATA,
            Self::DynamicLocation { .. } => kind::DYNAMIC_LOCATION,
            Self::Dependency { .. } => kind::DEPENDENCY,
            Self::Hash(_) => kind::HASH,
            Self::Name(_) => kind::NAME,
            Self::AssetDependency(_) => kind::ASSET_DEPENDENCY,
            Self::SecurityMode { .. } => kind::SECURITY_MODE,
            Self::AssetType(_) => kind::ASSET_TYPE,
            Self::Unknown { kind, .. } => *kind,
        }
    }

    /// Its data, without type and length.
    pub fn data(&self) -> Vec<u8> {
        match self {
            Self::ProductData(product) => [&NO_PRODUCT_ID[..], &product.encode()].concat(),
            Self::DynamicLocation { module_start, dynalib_load, dynalib_start } => {
                [module_start, dynalib_load, dynalib_start].map(|word| word.to_le_bytes()).concat()
            }
            Self::Dependency { module: Dependency { function, index, version }, target } => {
                let [low, high] = version.to_le_bytes();
                [[u8::from(*function), *index, low, high], target.to_le_bytes()].concat()
            }
            Self::Hash(hash) => hash.encode(),
            Self::Name(name) => name.as_bytes().to_vec(),
            Self::AssetDependency(AssetDependency { name, hash }) => {
                [&hash.encode(), name.as_bytes()].concat()
            }
            Self::SecurityMode { mode, data } => [std::slice::from_ref(mode), data].concat(),
            Self::AssetType(kind) => vec![*kind, 0],
            Self::Unknown { data, .. } => data.clone(),
        }
    }

    /// Appends type, length and data; `None` if the data is longer than an extension can be.
    pub(super) fn append_to(&self, bytes: &mut Vec<u8>) -> Option<()> {
        let data = self.data();
        let length = u16::try_from(HEADER_SIZE + data.len()).ok()?;
        bytes.extend(header(self.kind(), length));
        bytes.extend(data);
        Some(())
    }
}

/// The four bytes before the data.
fn header(kind: u16, length: u16) -> [u8; HEADER_SIZE] {
    let ([a, b], [c, d]) = (kind.to_le_bytes(), length.to_le_bytes());
    [a, b, c, d]
}

/// Ends a list of extensions, with `padding` bytes of nothing.
pub(super) fn append_end(bytes: &mut Vec<u8>, padding: u16) {
    bytes.extend(header(kind::END, HEADER_SIZE as u16 + padding));
    bytes.resize(bytes.len() + usize::from(padding), 0);
}

/// `N` little-endian words, and nothing else.
fn words<const N: usize>(data: &[u8]) -> Option<[u32; N]> {
    let words: Vec<u32> =
        data.chunks(4).map(|word| word.try_into().map(u32::from_le_bytes)).collect::<Result<_, _>>().ok()?;
    words.try_into().ok()
}

/// An extension and where in the module it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Offset of its type in the module.
    pub offset: usize,
    /// What it is.
    pub extension: Extension,
}

impl Located {
    /// Size with type and length.
    pub fn size(&self) -> usize {
        HEADER_SIZE + self.extension.data().len()
    }
}

/// A list of extensions as found in a module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) extensions: Vec<Located>,
    /// Number of bytes they take, the end included.
    pub(super) size: usize,
}

/// Reads extensions up to the end of the list, or to what is none. `reserve` bytes at the end of `region` are not
/// looked at. `offset` is where the region lies in the module.
pub(super) fn parse_list(region: &[u8], reserve: usize, offset: usize) -> Found {
    let mut found = Found::default();
    while let Some((header, rest)) = region[found.size..].split_first_chunk::<HEADER_SIZE>() {
        let [a, b, c, d] = *header;
        let (kind, length) = (u16::from_le_bytes([a, b]), usize::from(u16::from_le_bytes([c, d])));
        let data = length.checked_sub(HEADER_SIZE).and_then(|length| rest.get(..length));
        let (Some(data), true) = (data, kind != kind::INVALID && rest.len() + HEADER_SIZE > reserve) else {
            break;
        };
        let at = offset + found.size;
        found.size += length;
        if kind == kind::END {
            break;
        }
        found.extensions.push(Located { offset: at, extension: Extension::parse(kind, data) });
    }
    found
}
