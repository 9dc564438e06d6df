//! A file that is to be flashed, taken apart.

use super::PlanError;
use crate::firmware::{
    AssetDependency, Extension, Flags, Module, ModuleError, ModuleFunction, PackError, Prefix, decompress,
    separate,
};

/// How much is believed of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Take it although it is damaged.
    pub force: bool,
    /// It was checked against a hash that was known beforehand, so it may say nothing of itself.
    pub known: bool,
}

/// One module, ready to be flashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Name of the file it comes from.
    pub name: String,
    /// What it says of itself. Applications of the first Core firmware say nothing.
    pub prefix: Option<Prefix>,
    /// The module with prefix and suffix, as a running system takes it.
    pub module: Vec<u8>,
    /// How many of its first bytes are not written to memory.
    pub stripped: usize,
    /// The SHA-256 in its suffix, by which devices tell modules apart.
    pub sha256: Option<[u8; 32]>,
    /// The file that an asset holds.
    pub asset: Option<AssetDependency>,
}

impl Image {
    /// The modules in a file: several where they were combined, each unpacked where it was compressed.
    pub fn read(name: &str, file: &[u8], trust: Trust) -> Result<Vec<Self>, PlanError> {
        match separate(file) {
            Ok(modules) => modules.iter().map(|module| Self::of_module(name, module, trust)).collect(),
            Err(error) if error == ModuleError::NoInformation || trust.known || trust.force => {
                Ok(vec![Self::without_information(name, file)])
            }
            Err(error) => Err(PlanError::Module { file: name.to_owned(), error }),
        }
    }

    fn of_module(name: &str, bytes: &[u8], trust: Trust) -> Result<Self, PlanError> {
        let module =
            Module::parse(bytes).map_err(|error| PlanError::Module { file: name.to_owned(), error })?;
        if let Err(error) = module.verify()
            && !trust.force
        {
            return Err(PlanError::Damaged { file: name.to_owned(), error });
        }
        let prefix = *module.prefix();
        let dropped = prefix.flags.contains(Flags::DROP_MODULE_INFO);
        if prefix.flags.contains(Flags::COMPRESSED) && !dropped {
            let packed = |error| PlanError::Packed { file: name.to_owned(), error };
            return Self::of_module(name, &unpacked(&module).map_err(packed)?, trust);
        }
        Ok(Self {
            name: name.to_owned(),
            prefix: Some(prefix),
            module: bytes.to_vec(),
            stripped: if dropped { module.prefix_size() } else { 0 },
            sha256: module.sha256().map(|hash| hash.stored),
            asset: asset_of(&module),
        })
    }

    fn without_information(name: &str, file: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            prefix: None,
            module: file.to_vec(),
            stripped: 0,
            sha256: None,
            asset: None,
        }
    }

    /// The bytes that belong into memory.
    pub fn contents(&self) -> &[u8] {
        self.module.get(self.stripped..).unwrap_or_default()
    }

    /// What it is for.
    pub fn function(&self) -> Option<ModuleFunction> {
        self.prefix.map(|prefix| prefix.function)
    }

    /// Whether it is compressed or encrypted, so that its bytes do not go into memory as they are.
    pub(super) fn is_packed(&self) -> bool {
        self.prefix.is_some_and(|prefix| {
            prefix.flags.contains(Flags::COMPRESSED) || prefix.flags.contains(Flags::ENCRYPTED)
        })
    }
}

/// The module that a compressed one holds, which is not compressed in its turn.
fn unpacked(module: &Module<'_>) -> Result<Vec<u8>, PackError> {
    let original = decompress(module)?;
    match Module::parse(&original)?.prefix().flags.contains(Flags::COMPRESSED) {
        true => Err(PackError::Compression),
        false => Ok(original),
    }
}

/// Name and hash of the file in an asset.
fn asset_of(module: &Module<'_>) -> Option<AssetDependency> {
    let name = module.name()?.to_owned();
    let hash = module.extensions().find_map(|extension| match extension {
        Extension::Hash(hash) => Some(hash.clone()),
        _ => None,
    });
    Some(AssetDependency { name, hash: hash? }).filter(|_| module.prefix().function == ModuleFunction::Asset)
}
