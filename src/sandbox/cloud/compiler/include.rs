//! Which headers there are.

use super::imports::Imports;
use std::collections::HashSet;

/// Headers of Device OS and of the C library that code names in quotes.
const PROVIDED: [&str; 14] = [
    "application.h",
    "arduino.h",
    "math.h",
    "particle.h",
    "particle_user.h",
    "stdarg.h",
    "stdbool.h",
    "stddef.h",
    "stdint.h",
    "stdio.h",
    "stdlib.h",
    "string.h",
    "time.h",
    "wire.h",
];
/// How the names of further headers of Device OS begin.
const PROVIDED_PREFIXES: [&str; 5] = ["spark_", "system_", "wiring_", "protocol_", "rgbled"];

/// The headers that the files of a project can include. Names may begin with `../`: files from beside the project.
pub(super) struct Headers<'f> {
    names: HashSet<String>,
    /// Folders that are searched.
    folders: Vec<String>,
    /// Libraries that the service adds.
    imports: &'f Imports,
}

impl<'f> Headers<'f> {
    /// Those among the files of these names, and those of libraries.
    pub(super) fn new(names: impl IntoIterator<Item = &'f str>, imports: &'f Imports) -> Self {
        let names: HashSet<String> = names.into_iter().map(normalize).collect();
        let mut folders = vec![String::new(), "src".to_owned()];
        for name in &names {
            if let Some((library, rest)) = name.strip_prefix("lib/").and_then(|rest| rest.split_once('/')) {
                let source = if rest.starts_with("src/") { "src/" } else { "" };
                folders.push(format!("lib/{library}/{source}"));
            }
        }
        Self { names, folders, imports }
    }

    /// Whether an include in the file `including` leads anywhere.
    pub(super) fn resolves(&self, including: &str, header: &str) -> bool {
        let folder = including.rsplit_once('/').map_or("", |(folder, _)| folder);
        let has = |folder: &str| self.names.contains(&normalize(&format!("{folder}/{header}")));
        has(folder)
            || self.folders.iter().any(|folder| has(folder))
            || is_provided(header)
            || self.imports.has(header)
    }
}

fn is_provided(header: &str) -> bool {
    let header = header.to_lowercase();
    PROVIDED.contains(&header.as_str()) || PROVIDED_PREFIXES.iter().any(|prefix| header.starts_with(prefix))
}

/// Resolves `.` and `..` as far as that does not lead out of the project.
fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_where_the_service_looks() {
        let names = ["src/app.ino", "src/a.h", "lib/x/src/x.h", "lib/y/y.h", "top.h"];
        let imports = Imports::default();
        let headers = Headers::new(names, &imports);
        for header in ["a.h", "x.h", "y.h", "top.h", "../top.h", "Particle.h", "spark_wiring.h"] {
            assert!(headers.resolves("src/app.ino", header), "{header}");
        }
        for header in ["b.h", "../a.h", "../../../../top.h", "lib/x/src/z.h", "relay.h"] {
            assert!(!headers.resolves("src/app.ino", header), "{header}");
        }
    }

    #[test]
    fn files_from_beside_the_project_are_found() {
        let imports = Imports::default();
        let headers = Headers::new(["app.ino", "../helper/helper.cpp", "../helper/helper.h"], &imports);
        assert!(headers.resolves("../helper/helper.cpp", "helper.h"));
        assert!(headers.resolves("app.ino", "../helper/helper.h"));
        assert!(!headers.resolves("app.ino", "helper.h"));
    }
}
