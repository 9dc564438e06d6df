//! Several modules in one file.

use super::{Flags, Module, ModuleError, prefix::FLAGS_OFFSET, suffix};

/// The modules of a file, one after the other. All but the last have the flag that says that another one follows.
pub fn split(file: &[u8]) -> Result<Vec<Module<'_>>, ModuleError> {
    let mut modules = Vec::new();
    let mut rest = file;
    loop {
        let module = Module::parse_first(rest)?;
        rest = &rest[module.bytes().len()..];
        modules.push(module);
        if rest.is_empty() {
            return Ok(modules);
        }
    }
}

/// The modules of a file as they were before they were combined.
pub fn separate(file: &[u8]) -> Result<Vec<Vec<u8>>, ModuleError> {
    Ok(split(file)?
        .iter()
        .map(|module| with_flags(module, module.prefix().flags.without(Flags::COMBINED)))
        .collect())
}

/// One file of several modules.
pub fn combine(modules: &[Module]) -> Vec<u8> {
    let Some((last, others)) = modules.split_last() else { return Vec::new() };
    let flagged = |module| with_flags(module, module.prefix().flags.with(Flags::COMBINED));
    let mut file: Vec<u8> = others.iter().flat_map(flagged).collect();
    file.extend(last.bytes());
    file
}

/// The module with these flags. One that has them already is left alone, damaged or not.
fn with_flags(module: &Module, flags: Flags) -> Vec<u8> {
    let mut bytes = module.bytes().to_vec();
    if flags != module.prefix().flags {
        bytes[module.prefix_offset() + FLAGS_OFFSET] = flags.0;
        suffix::seal(&mut bytes);
    }
    bytes
}
