//! Where each field of a module lies.

use super::{Located, Module, prefix::PREFIX_FIELDS, suffix::SUFFIX_FIELDS};

/// A field and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, with the part of the module it belongs to: `prefix.start`, `suffix.extensions[0]`, `crc`.
    pub name: String,
    /// Offset in the module.
    pub offset: usize,
    /// Size in bytes.
    pub size: usize,
}

impl Module<'_> {
    /// The fields in the order in which they lie in the module.
    pub fn layout(&self) -> Vec<Field> {
        let prefix = PREFIX_FIELDS.iter().map(|&(name, offset, size)| Field {
            name: format!("prefix.{name}"),
            offset: self.prefix_offset() + offset,
            size,
        });
        let length = self.bytes().len();
        let has_product = self.suffix().product.is_some();
        let suffix = SUFFIX_FIELDS
            .iter()
            .filter(|(name, ..)| has_product || !name.starts_with("suffix.product"))
            .map(|&(name, from_end, size)| Field { name: name.to_owned(), offset: length - from_end, size });
        prefix
            .chain(extensions("prefix", self.prefix_extensions()))
            .chain(extensions("suffix", &self.suffix().extensions))
            .chain(suffix)
            .collect()
    }
}

fn extensions<'a>(part: &'static str, list: &'a [Located]) -> impl Iterator<Item = Field> + 'a {
    list.iter().enumerate().map(move |(number, located)| Field {
        name: format!("{part}.extensions[{number}]"),
        offset: located.offset,
        size: located.size(),
    })
}
