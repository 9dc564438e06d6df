//! A firmware module, taken apart.

use super::{
    IntegrityError, ModuleError, ModuleFunction, PREFIX_SIZE, Prefix, Suffix,
    extension::{self, Extension, Located},
    locate::locate,
    prefix::Flags,
    suffix::{self, MIN_SUFFIX_SIZE},
};
use sha2::{Digest, Sha256};

/// In place of a suffix's size: the file has neither prefix nor suffix.
const NO_INFORMATION: u16 = 0xFFFF;

/// A module and where its parts lie. Its hash and CRC need not be right; [`Module::verify`] tells.
#[derive(Clone, Debug)]
pub struct Module<'a> {
    bytes: &'a [u8],
    prefix_offset: usize,
    prefix: Prefix,
    prefix_extensions: extension::Found,
    suffix: Suffix,
}

/// What a module says of itself, beside what is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check<T> {
    /// What it says.
    pub stored: T,
    /// What is so.
    pub actual: T,
}

impl<T: PartialEq> Check<T> {
    /// Whether the two agree.
    pub fn is_ok(&self) -> bool {
        self.stored == self.actual
    }
}

impl<'a> Module<'a> {
    /// Reads a file that holds one module.
    pub fn parse(file: &'a [u8]) -> Result<Self, ModuleError> {
        if suffix::stated_size(file) == Some(NO_INFORMATION) {
            return Err(ModuleError::NoInformation);
        }
        let (offset, prefix) = locate(file)?;
        Self::assemble(file, offset, prefix)
    }

    /// Reads the module that a file begins with. Where the prefix says that another one follows, it is `file` up to
    /// there, else all of it.
    pub(super) fn parse_first(file: &'a [u8]) -> Result<Self, ModuleError> {
        let module = Self::parse(file)?;
        let length = usize::try_from(module.prefix.length()).unwrap_or(usize::MAX);
        match file.get(..length) {
            Some(first) if module.prefix.flags.contains(Flags::COMBINED) => {
                Self::assemble(first, module.prefix_offset, module.prefix)
            }
            _ => Ok(module),
        }
    }

    fn assemble(bytes: &'a [u8], prefix_offset: usize, prefix: Prefix) -> Result<Self, ModuleError> {
        let after = prefix_offset + PREFIX_SIZE;
        let prefix_extensions = if prefix.flags.contains(Flags::PREFIX_EXTENSIONS) {
            let last = Suffix::crc_offset(bytes.len()).saturating_sub(MIN_SUFFIX_SIZE);
            let region = bytes.get(after..last).ok_or(ModuleError::NotAModule)?;
            extension::parse_list(region, 0, after)
        } else {
            extension::Found::default()
        };
        let suffix = Suffix::parse(bytes, after + prefix_extensions.size).ok_or(ModuleError::NotAModule)?;
        Ok(Self { bytes, prefix_offset, prefix, prefix_extensions, suffix })
    }

    /// All bytes of the module.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The prefix.
    pub fn prefix(&self) -> &Prefix {
        &self.prefix
    }

    /// Where the prefix lies.
    pub fn prefix_offset(&self) -> usize {
        self.prefix_offset
    }

    /// Size of the prefix with its extensions.
    pub fn prefix_size(&self) -> usize {
        PREFIX_SIZE + self.prefix_extensions.size
    }

    /// Extensions behind the prefix.
    pub fn prefix_extensions(&self) -> &[Located] {
        &self.prefix_extensions.extensions
    }

    /// The suffix.
    pub fn suffix(&self) -> &Suffix {
        &self.suffix
    }

    /// Extensions behind the prefix and in the suffix.
    pub fn extensions(&self) -> impl Iterator<Item = &Extension> {
        self.prefix_extensions().iter().chain(&self.suffix.extensions).map(|located| &located.extension)
    }

    /// What lies before the prefix: a vector table, or nothing.
    pub fn before_prefix(&self) -> &'a [u8] {
        &self.bytes[..self.prefix_offset]
    }

    /// What lies between prefix and suffix.
    pub fn contents(&self) -> &'a [u8] {
        &self.bytes[self.prefix_offset + self.prefix_size()..self.suffix.offset]
    }

    /// The CRC.
    pub fn crc(&self) -> Check<u32> {
        let covered = &self.bytes[..Suffix::crc_offset(self.bytes.len())];
        Check { stored: self.suffix.crc, actual: crc32fast::hash(covered) }
    }

    /// The hash. `None` in a SoftDevice, which has none that is valid.
    pub fn sha256(&self) -> Option<Check<[u8; 32]>> {
        let softdevice = self.prefix.function == ModuleFunction::RadioStack
            && self.prefix.flags.contains(Flags::DROP_MODULE_INFO);
        let covered = &self.bytes[..Suffix::hash_offset(self.bytes.len())];
        (!softdevice).then(|| Check { stored: self.suffix.sha256, actual: Sha256::digest(covered).into() })
    }

    /// The length.
    pub fn length(&self) -> Check<u64> {
        Check { stored: self.prefix.length(), actual: self.bytes.len() as u64 }
    }

    /// Fails where the module is not what it says it is.
    pub fn verify(&self) -> Result<(), IntegrityError> {
        let (crc, length) = (self.crc(), self.length());
        if !crc.is_ok() {
            return Err(IntegrityError::Crc { stored: crc.stored, actual: crc.actual });
        }
        if !length.is_ok() {
            return Err(IntegrityError::Length { stored: length.stored, actual: length.actual });
        }
        let suffix_size = Suffix::crc_offset(self.bytes.len()) - self.suffix.offset;
        if suffix_size != usize::from(self.suffix.size) {
            return Err(IntegrityError::SuffixSize(self.suffix.size));
        }
        if self.sha256().is_some_and(|hash| !hash.is_ok()) {
            return Err(IntegrityError::Hash);
        }
        Ok(())
    }
}
