//! What can be wrong with a module.

/// Why bytes cannot be read as a module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModuleError {
    /// No prefix was found.
    #[error("this is no Particle binary: nothing in it says for which platform it is")]
    NotAModule,
    /// A binary without prefix and suffix, marked as such.
    #[error("it does not contain inspection information")]
    NoInformation,
    /// The file ends before the module does.
    #[error("the binary is cut short: it should be {expected} bytes long, and there are {length}")]
    Truncated {
        /// Length by the addresses in the prefix.
        expected: u64,
        /// Length of the file.
        length: u64,
    },
}

/// In what a module contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntegrityError {
    /// The CRC is not that of the contents.
    #[error("the CRC is wrong (should be {stored:08x} but is {actual:08x})")]
    Crc {
        /// What the module says.
        stored: u32,
        /// What its contents have.
        actual: u32,
    },
    /// The hash is not that of the contents.
    #[error("the hash is wrong")]
    Hash,
    /// The length by the addresses is not that of the file.
    #[error("the length is wrong (should be {stored} but is {actual})")]
    Length {
        /// By the addresses.
        stored: u64,
        /// Of the file.
        actual: u64,
    },
    /// The suffix cannot be as large as it says.
    #[error("the suffix cannot be {0} bytes long")]
    SuffixSize(u16),
}

/// Why a module cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The addresses do not allow for its length.
    #[error("the module does not fit between its addresses")]
    Address,
    /// Extensions have lengths of 16 bits.
    #[error("the names and other fields of the module are too long")]
    Extensions,
}

/// Why a module cannot be compressed, decompressed or made into another one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// It is not a module, or what comes out is none.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// The module is damaged.
    #[error(transparent)]
    Integrity(#[from] IntegrityError),
    /// The result would be no module.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The compressed data is damaged, or of a kind that is not known.
    #[error("the compressed data of the module is damaged")]
    Compression,
    /// The module says that it is larger than any device could take.
    #[error("the module says that it has {0} bytes when decompressed, which is more than any device takes")]
    TooLarge(u64),
    /// Not of the kind needed.
    #[error("the module is no asset")]
    NotAnAsset,
}
