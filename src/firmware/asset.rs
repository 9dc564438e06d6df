//! Files for the application, and how the application names them.

use super::{
    AssetDependency, BuildError, Extension, Flags, Hash, Module, ModuleFunction, ModuleParts, PackError,
    Product, compression,
};
use crate::platform::{Anchor, PlatformId};

/// Assets are for any platform; this is what stands in its place.
const ANY_PLATFORM: PlatformId = PlatformId(0);

/// A file that is flashed along with the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Name of the file.
    pub name: String,
    /// Its contents.
    pub data: Vec<u8>,
}

impl Asset {
    /// How an application says that it needs this file.
    pub fn dependency(&self) -> AssetDependency {
        AssetDependency { name: self.name.clone(), hash: Hash::of(&self.data) }
    }

    /// The module in which the file goes to the device.
    pub fn to_module(&self) -> Result<Vec<u8>, PackError> {
        let parts = ModuleParts {
            flags: Flags::DROP_MODULE_INFO.with(Flags::COMPRESSED),
            contents: compression::pack(&self.data)?,
            suffix_extensions: vec![
                Extension::Hash(Hash::of(&self.data)),
                Extension::Name(self.name.clone()),
                Extension::ProductData(Product::NONE),
            ],
            ..ModuleParts::new(ANY_PLATFORM, ModuleFunction::Asset, 0, Anchor::Start(0))
        };
        Ok(parts.build()?)
    }

    /// The file that a module holds.
    pub fn from_module(module: &Module) -> Result<Self, PackError> {
        module.verify()?;
        if module.prefix().function != ModuleFunction::Asset {
            return Err(PackError::NotAnAsset);
        }
        let compressed = module.prefix().flags.contains(Flags::COMPRESSED);
        let data = if compressed { compression::decompress(module)? } else { module.contents().to_vec() };
        let name = module.name().ok_or(PackError::NotAnAsset)?.to_owned();
        Ok(Self { name, data })
    }
}

impl Module<'_> {
    /// The name that an asset has.
    pub fn name(&self) -> Option<&str> {
        self.extensions().find_map(|extension| match extension {
            Extension::Name(name) => Some(name.as_str()),
            _ => None,
        })
    }
}

/// The files that an application needs.
pub fn asset_dependencies<'m>(module: &'m Module<'_>) -> impl Iterator<Item = &'m AssetDependency> {
    module.extensions().filter_map(|extension| match extension {
        Extension::AssetDependency(asset) => Some(asset),
        _ => None,
    })
}

/// The application with these files as the ones it needs, and no others.
///
/// They are named where there is room for the module to grow: behind the prefix if it grows to the left, else in the
/// suffix.
pub fn with_assets(module: &Module, assets: Vec<AssetDependency>) -> Result<Vec<u8>, BuildError> {
    let mut parts = module.parts();
    for extensions in [&mut parts.prefix_extensions, &mut parts.suffix_extensions] {
        extensions.retain(|extension| !matches!(extension, Extension::AssetDependency(_)));
    }
    let extensions = match parts.anchor {
        Anchor::End(_) => &mut parts.prefix_extensions,
        Anchor::Start(_) => &mut parts.suffix_extensions,
    };
    extensions.splice(..0, assets.into_iter().map(Extension::AssetDependency));
    parts.build()
}
