//! Making modules.

use super::{code, imports::Imports, registered, submission::File, targets::Target};
use crate::{
    firmware::{BuildError, Dependency, Extension, ModuleFunction, ModuleParts, Product},
    platform::{Anchor, Mcu, Platform},
    sandbox::{
        bench::{OsVersion, Program},
        cloud::error::ApiError,
    },
};
use axum::http::StatusCode;
use sha2::{Digest, Sha256};

/// What every module is filled up with, so that it has the size of a small application.
const FILLING: usize = 5000;
/// Data and uninitialised data of every module.
const DATA: usize = 108;
const BSS: usize = 1528;

/// What compiling gives.
pub(super) struct Build {
    /// The module.
    pub module: Vec<u8>,
    /// What GNU `size` would say of it.
    pub size_info: String,
}

/// Checks the files and makes a module that stands for them.
pub(super) fn build(
    platform: &'static Platform,
    target: Target,
    files: &[File],
    imports: &Imports,
) -> Result<Build, ApiError> {
    let sources = code::sources(files);
    let problems = code::check(files, &sources, imports);
    if !problems.is_empty() {
        let text: Vec<String> = problems.iter().map(ToString::to_string).collect();
        return Err(not_compiled(&text.join("\n")));
    }
    let program = Program::Compiled {
        functions: registered::names(&sources, "function"),
        variables: registered::names(&sources, "variable"),
    };
    let module = module(platform, target.version, &program, &digest(files));
    let module = module.map_err(|error| not_compiled(&format!("ld: error: {error}")))?;
    let text = module.len();
    let total = text + DATA + BSS;
    let size_info = format!(
        "   text\t   data\t    bss\t    dec\t    hex\tfilename\n{text:>7}\t{DATA:>7}\t{BSS:>7}\t{total:>7}\t{total:>7x}\t/workspace/target/workspace.elf\n"
    );
    Ok(Build { module, size_info })
}

/// What the service says of code with errors in it. To HTTP, that is a success.
fn not_compiled(errors: &str) -> ApiError {
    ApiError::failures(StatusCode::OK, errors)
        .with("code", 1)
        .with("output", "Compiler timed out or encountered an error")
}

/// A hash of all files and their names.
fn digest(files: &[File]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for file in files {
        for bytes in [file.name.as_bytes(), &file.content] {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
    }
    hash.finalize().into()
}

/// A module for a platform and a version of Device OS with a program in it; `seed` decides what else is.
pub(in crate::sandbox::cloud) fn module(
    platform: &'static Platform,
    version: OsVersion,
    program: &Program,
    seed: &[u8],
) -> Result<Vec<u8>, BuildError> {
    let OsVersion(major, minor, patch) = version;
    let place = platform.firmware.ok_or(BuildError::Address)?.application_for((major, minor, patch));
    let function = if place.monolithic { ModuleFunction::Monolithic } else { ModuleFunction::UserPart };
    let mut contents = program.to_contents();
    contents.extend(seed.iter().cycle().take(FILLING));
    let mut parts = ModuleParts {
        contents,
        version: version.module_version(),
        product: Some(Product::NONE),
        ..ModuleParts::new(platform.id, function, place.index, place.anchor)
    };
    parts.dependencies[0] = (!place.monolithic).then(|| Dependency {
        function: ModuleFunction::SystemPart,
        index: last_system_part(platform),
        version: version.module_version(),
    });
    if let Anchor::End(_) = place.anchor {
        // The bootloader looks at the end, which is where it always is, for where the module begins.
        parts.suffix_extensions.push(Extension::DynamicLocation {
            module_start: 0,
            dynalib_load: 0,
            dynalib_start: 0,
        });
    }
    let module = parts.build()?;
    if module.len() > place.max_size as usize { Err(BuildError::Address) } else { Ok(module) }
}

/// The system part that the application is linked against.
fn last_system_part(platform: &Platform) -> u8 {
    match platform.mcu {
        Mcu::Stm32f205 => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{firmware::Module, platform::PLATFORMS};

    #[test]
    fn every_platform_gets_a_sound_module() {
        for platform in PLATFORMS.iter().filter(|platform| platform.firmware.is_some()) {
            let version = OsVersion::usual(platform);
            let bytes = module(platform, version, &Program::Tinker, b"seed").unwrap();
            let parsed = Module::parse(&bytes).unwrap();
            parsed.verify().unwrap();
            assert_eq!(parsed.prefix().platform, platform.id, "{}", platform.name);
            assert_eq!(Program::of_module(&parsed), Program::Tinker, "{}", platform.name);
        }
    }

    #[test]
    fn the_hash_depends_on_names_and_contents() {
        let file = |name: &str, content: &str| File { name: name.into(), content: content.into() };
        let one = digest(&[file("a", "bc"), file("d", "")]);
        assert_ne!(one, digest(&[file("ab", "c"), file("d", "")]));
        assert_ne!(one, digest(&[file("a", "bd"), file("d", "")]));
        assert_eq!(one, digest(&[file("a", "bc"), file("d", "")]));
    }

    #[test]
    fn applications_moved_on_nrf52840_boards() {
        let boron = Platform::by_name("boron").unwrap();
        let index = |version| {
            let bytes = module(boron, version, &Program::Tinker, b"seed").unwrap();
            Module::parse(&bytes).unwrap().prefix().index
        };
        assert_eq!([index(OsVersion(2, 3, 1)), index(OsVersion(3, 3, 1))], [1, 2]);
    }
}
