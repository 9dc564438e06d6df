//! `/v1/binaries`: the cloud's compiler, and what comes out of it.

use super::{
    CloudError, Session,
    answer::Answer,
    request::{Part, Request},
};
use crate::platform::PlatformId;
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// How long the compiler may take. It gives up on its own long before.
pub(super) const COMPILER_LIMIT: Duration = Duration::from_secs(600);
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(300);

/// A file that is sent: source code, or a binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its name; for source code the path within the project, with `/` between the parts.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// How compiling ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compilation {
    /// With a binary.
    Done(Build),
    /// With errors in the code.
    Failed(CompilerErrors),
}

/// A binary that the cloud keeps for a while.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Build {
    /// The name it is to be fetched by.
    pub binary_id: String,
    /// The version of Device OS it was compiled for.
    #[serde(default)]
    pub build_target_version: Option<String>,
    /// What GNU `size` says of it.
    #[serde(default, rename = "sizeInfo")]
    pub size_info: Option<String>,
    /// What the compiler had to say although it succeeded.
    #[serde(default)]
    pub warnings: Vec<Value>,
}

/// What the compiler found wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompilerErrors {
    /// Its messages, each of one or more lines.
    pub messages: Vec<String>,
}

/// An answer of the compiler that did not make a binary. Any status goes with it.
#[derive(Default, Deserialize)]
struct Failure {
    ok: Option<bool>,
    output: Option<String>,
    #[serde(default)]
    errors: Vec<Value>,
}

impl CompilerErrors {
    /// The errors in an answer, if those of a compiler are in it. Other refusals have no `output`.
    pub(super) fn find(answer: &Answer) -> Option<Self> {
        let failure: Failure = answer.content().unwrap_or_default();
        let output = failure.output?;
        if failure.ok != Some(false) && failure.errors.is_empty() {
            return None;
        }
        let texts = failure.errors.iter().filter_map(text).map(str::to_owned);
        let messages: Vec<String> = texts.collect();
        Some(Self { messages: if messages.is_empty() { vec![output] } else { messages } })
    }
}

/// A message is a text, or an object with the text in `error`.
fn text(message: &Value) -> Option<&str> {
    message.as_str().or_else(|| message["error"].as_str())
}

/// The cloud's compiler.
pub struct Binaries<'s> {
    session: &'s Session<'s>,
}

impl<'s> Binaries<'s> {
    pub(super) fn new(session: &'s Session<'_>) -> Self {
        Self { session }
    }

    /// Compiles files for a platform, and for a version of Device OS or the one that the cloud takes without.
    ///
    /// May be repeated: compiling twice makes two binaries of the same contents.
    pub async fn compile(
        &self,
        platform: PlatformId,
        target: Option<&str>,
        files: &[Upload],
    ) -> Result<Compilation, CloudError> {
        let mut parts = file_parts(files);
        parts.push(Part::text("platform_id", platform.to_string()));
        parts.push(target_part(target));
        let request = Request::post(&["v1", "binaries"]).multipart(parts).limit(COMPILER_LIMIT).repeatable();
        let answer = self.session.answer(&request).await?;
        match CompilerErrors::find(&answer) {
            Some(errors) => Ok(Compilation::Failed(errors)),
            None => Ok(Compilation::Done(answer.json()?)),
        }
    }

    /// Fetches a binary.
    pub async fn download(&self, build: &Build) -> Result<Vec<u8>, CloudError> {
        let request = Request::get(&["v1", "binaries", &build.binary_id]).limit(DOWNLOAD_LIMIT);
        self.session.answer(&request).await?.into_bytes()
    }
}

/// Files as the parts of a form: `file`, `file2`, `file3` and so on, each with its path for a name.
pub(super) fn file_parts(files: &[Upload]) -> Vec<Part> {
    let field = |number| if number == 1 { "file".to_owned() } else { format!("file{number}") };
    let part =
        |(number, file): (usize, &Upload)| Part::file(field(number), file.name.clone(), file.content.clone());
    (1..).zip(files).map(part).collect()
}

/// Which version of Device OS is wanted.
pub(super) fn target_part(target: Option<&str>) -> Part {
    match target {
        Some(version) => Part::text("build_target_version", version),
        None => Part::text("latest", "true"),
    }
}
