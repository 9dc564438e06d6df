//! Putting a module together.

use super::{
    BuildError, Dependency, Extension, Module, ModuleFunction, Prefix, Product, extension,
    prefix::{CRC_SIZE, Flags},
    suffix,
};
use crate::platform::{Anchor, Platform, PlatformId};

/// Modules whose prefix has extensions start at a multiple of this.
const ALIGNMENT: usize = 8;

/// The parts of a module, of which [`ModuleParts::build`] makes one.
///
/// Addresses, sizes, hash and CRC are worked out; so is the flag for extensions of the prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleParts {
    /// Which address is given.
    pub anchor: Anchor,
    /// Not in use, or the processor the module is for.
    pub reserved: u8,
    /// How the module is packed.
    pub flags: Flags,
    /// Version of the module.
    pub version: u16,
    /// Platform it is for.
    pub platform: PlatformId,
    /// What it is for.
    pub function: ModuleFunction,
    /// Which of the modules of that function it is.
    pub index: u8,
    /// What it needs on the device.
    pub dependencies: [Option<Dependency>; 2],
    /// What lies before the prefix.
    pub before_prefix: Vec<u8>,
    /// Fields behind the prefix.
    pub prefix_extensions: Vec<Extension>,
    /// What lies between prefix and suffix.
    pub contents: Vec<u8>,
    /// Fields in the suffix.
    pub suffix_extensions: Vec<Extension>,
    /// Product, for a suffix whose last extension does not hold it.
    pub product: Option<Product>,
    /// Not in use.
    pub suffix_reserved: u16,
}

impl ModuleParts {
    /// A module without contents.
    pub fn new(platform: PlatformId, function: ModuleFunction, index: u8, anchor: Anchor) -> Self {
        Self {
            anchor,
            reserved: 0,
            flags: Flags::default(),
            version: 0,
            platform,
            function,
            index,
            dependencies: [None; 2],
            before_prefix: Vec::new(),
            prefix_extensions: Vec::new(),
            contents: Vec::new(),
            suffix_extensions: Vec::new(),
            product: None,
            suffix_reserved: 0,
        }
    }

    /// The module.
    pub fn build(&self) -> Result<Vec<u8>, BuildError> {
        let length = match self.anchor {
            Anchor::Start(_) => 0,
            // The length does not depend on the addresses.
            Anchor::End(_) => u32::try_from(self.assemble(0)?.len()).map_err(|_| BuildError::Address)?,
        };
        match self.anchor {
            Anchor::Start(start) => self.assemble(start),
            Anchor::End(end) => self.assemble(end.checked_sub(length).ok_or(BuildError::Address)?),
        }
    }

    fn assemble(&self, start: u32) -> Result<Vec<u8>, BuildError> {
        let mut module = self.before_prefix.clone();
        module.extend(self.prefix(start, 0).encode());
        self.append_prefix_extensions(&mut module, start).ok_or(BuildError::Extensions)?;
        module.extend(&self.contents);
        let extensions = self.located(&self.suffix_extensions, start);
        suffix::append(&mut module, &extensions, self.product, self.suffix_reserved)
            .ok_or(BuildError::Extensions)?;
        let length = u32::try_from(module.len() - CRC_SIZE).map_err(|_| BuildError::Address)?;
        let end = start.checked_add(length).ok_or(BuildError::Address)?;
        let prefix = self.prefix(start, end).encode();
        module[self.before_prefix.len()..][..prefix.len()].copy_from_slice(&prefix);
        suffix::seal(&mut module);
        Ok(module)
    }

    fn prefix(&self, start: u32, end: u32) -> Prefix {
        let flags = self.flags.without(Flags::PREFIX_EXTENSIONS);
        let flags =
            if self.prefix_extensions.is_empty() { flags } else { flags.with(Flags::PREFIX_EXTENSIONS) };
        Prefix {
            start,
            end,
            reserved: self.reserved,
            flags,
            version: self.version,
            platform: self.platform,
            function: self.function,
            index: self.index,
            dependencies: self.dependencies,
        }
    }

    fn append_prefix_extensions(&self, module: &mut Vec<u8>, start: u32) -> Option<()> {
        if self.prefix_extensions.is_empty() {
            return Some(());
        }
        for extension in self.located(&self.prefix_extensions, start) {
            extension.append_to(module)?;
        }
        let end = module.len() - self.before_prefix.len() + extension::HEADER_SIZE;
        let padding = end.next_multiple_of(ALIGNMENT) - end;
        extension::append_end(module, padding as u16);
        Some(())
    }

    /// The extensions, with the start address in those that hold it.
    fn located(&self, extensions: &[Extension], start: u32) -> Vec<Extension> {
        let mut extensions = extensions.to_vec();
        for extension in &mut extensions {
            if let (Extension::DynamicLocation { module_start, .. }, Anchor::End(_)) =
                (extension, self.anchor)
            {
                *module_start = start;
            }
        }
        extensions
    }
}

impl Module<'_> {
    /// The parts of this module; built again, they are this module, with hash and CRC put right.
    pub fn parts(&self) -> ModuleParts {
        let prefix = self.prefix();
        let suffix = self.suffix();
        let extensions = |list: &[extension::Located]| -> Vec<Extension> {
            list.iter().map(|located| located.extension.clone()).collect()
        };
        let suffix_extensions = extensions(&suffix.extensions);
        let in_extension = matches!(suffix_extensions.last(), Some(Extension::ProductData(_)));
        ModuleParts {
            anchor: self.anchor(),
            reserved: prefix.reserved,
            flags: prefix.flags,
            version: prefix.version,
            platform: prefix.platform,
            function: prefix.function,
            index: prefix.index,
            dependencies: prefix.dependencies,
            before_prefix: self.before_prefix().to_vec(),
            prefix_extensions: extensions(self.prefix_extensions()),
            contents: self.contents().to_vec(),
            product: suffix.product.filter(|_| !in_extension),
            suffix_extensions,
            suffix_reserved: suffix.reserved,
        }
    }

    /// Which of its addresses stays when the module becomes longer or shorter.
    fn anchor(&self) -> Anchor {
        let prefix = self.prefix();
        let grows_left = |platform: &Platform| {
            let application = platform.firmware.map(|firmware| firmware.application.anchor);
            matches!(application, Some(Anchor::End(_))) && prefix.function == ModuleFunction::UserPart
        };
        if prefix.flags.contains(Flags::PREFIX_EXTENSIONS)
            || prefix.platform.platform().is_some_and(grows_left)
        {
            Anchor::End(prefix.end.saturating_add(CRC_SIZE as u32))
        } else {
            Anchor::Start(prefix.start)
        }
    }
}
