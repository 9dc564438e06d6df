//! Projects and libraries on disk: their descriptions, which of their files a build sends, and archives of them.

mod archive;
mod error;
pub mod library;
mod manifest;
mod migration;
pub mod name;
pub mod preprocess;
mod properties;
mod scaffold;
pub mod selection;
pub mod template;

pub use archive::{Archive, ArchiveError};
pub use error::ProjectError;
pub use manifest::{Dependency, Manifest, ManifestKind};
pub use migration::Migration;
pub use properties::{Properties, Syntax};
pub use scaffold::Scaffold;
pub use selection::{Selection, SourceFile, select};
