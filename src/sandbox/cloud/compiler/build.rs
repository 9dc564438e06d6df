//! Making modules.

use super::{
    code, constants,
    imports::Imports,
    registered::{self, Registration},
    submission::File,
    targets::Target,
};
use crate::{
    platform::Platform,
    sandbox::{
        bench::{Constants, Program},
        cloud::error::ApiError,
        release,
    },
};
use axum::http::StatusCode;
use sha2::{Digest, Sha256};

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
    let functions = registered::calls(&sources, "function");
    let variables = registered::calls(&sources, "variable");
    let constants = Constants {
        returns: constants::returns(&sources, &functions),
        values: constants::values(&sources, &variables),
    };
    let names = |calls: Vec<Registration>| calls.into_iter().map(|call| call.name).collect();
    let program = Program::Compiled {
        functions: names(functions),
        variables: names(variables),
        constants,
        answers_requests: sources
            .iter()
            .any(|source| source.places_of("ctrl_request_custom_handler").next().is_some()),
    };
    let module = release::application(platform, target.version, &program, &digest(files));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_depends_on_names_and_contents() {
        let file = |name: &str, content: &str| File { name: name.into(), content: content.into() };
        let one = digest(&[file("a", "bc"), file("d", "")]);
        assert_ne!(one, digest(&[file("ab", "c"), file("d", "")]));
        assert_ne!(one, digest(&[file("a", "bd"), file("d", "")]));
        assert_eq!(one, digest(&[file("a", "bc"), file("d", "")]));
    }
}
