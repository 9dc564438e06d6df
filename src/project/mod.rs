//! Projects and libraries on disk: their descriptions, which of their files a build sends, and archives of them.

mod archive;
mod error;
pub mod library;
mod manifest;
pub mod name;
mod properties;
pub mod selection;

pub use archive::{Archive, ArchiveError};
pub use error::ProjectError;
pub use manifest::{Dependency, Manifest, ManifestKind};
pub use properties::{Properties, Syntax};
pub use selection::{Selection, SourceFile, select};
