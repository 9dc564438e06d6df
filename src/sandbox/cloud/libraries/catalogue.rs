//! The libraries of a new sandbox. They are small, but what they say they do is what they do.

use super::{Library, Release, record::ReleaseError};
use crate::project::{Archive, ArchiveError};
use jiff::{SignedDuration, Timestamp};

/// A library that is yet to be packed.
struct Draft {
    name: &'static str,
    sentence: &'static str,
    owner: Option<&'static str>,
    official: bool,
    verified: bool,
    featured: bool,
    installs: u64,
    /// Number, whether it is public, and how many days ago it was uploaded.
    releases: &'static [(&'static str, bool, i64)],
    dependencies: &'static str,
    header: &'static str,
    source: &'static str,
    example: &'static str,
}

const ROLLING_AVERAGE: Draft = Draft {
    name: "RollingAverage",
    sentence: "The average of the last few values",
    owner: None,
    official: true,
    verified: true,
    featured: false,
    installs: 5120,
    releases: &[("1.0.0", true, 900), ("1.1.0", true, 400)],
    dependencies: "",
    header: include_str!("catalogue/RollingAverage.h"),
    source: include_str!("catalogue/RollingAverage.cpp"),
    example: include_str!("catalogue/RollingAverage.ino"),
};

const INTERNET_BUTTON: Draft = Draft {
    name: "InternetButton",
    sentence: "Four buttons, and a sensor that knows which way is down",
    owner: None,
    official: false,
    verified: true,
    featured: true,
    installs: 7680,
    releases: &[("0.1.10", true, 800), ("0.1.11", true, 300)],
    dependencies: "dependencies.RollingAverage=1.1.0\n",
    header: include_str!("catalogue/InternetButton.h"),
    source: include_str!("catalogue/InternetButton.cpp"),
    example: include_str!("catalogue/InternetButton.ino"),
};

const TRAFFIC_LIGHT: Draft = Draft {
    name: "TrafficLight",
    sentence: "Three lamps, of which one is on",
    owner: Some("ada@example.com"),
    official: false,
    verified: false,
    featured: false,
    installs: 12,
    releases: &[("1.0.0", true, 30)],
    dependencies: "",
    header: include_str!("catalogue/TrafficLight.h"),
    source: include_str!("catalogue/TrafficLight.cpp"),
    example: include_str!("catalogue/TrafficLight.ino"),
};

const DOOR_CHIME: Draft = Draft {
    name: "DoorChime",
    sentence: "A chime of two notes",
    owner: Some("grace@example.com"),
    official: false,
    verified: false,
    featured: false,
    installs: 48,
    releases: &[("0.2.0", true, 60), ("0.3.0", false, 5)],
    dependencies: "",
    header: include_str!("catalogue/DoorChime.h"),
    source: include_str!("catalogue/DoorChime.cpp"),
    example: include_str!("catalogue/DoorChime.ino"),
};

/// Particle's libraries, one of Ada's, and one of Grace's of which a version is hers alone.
pub fn catalogue() -> Result<Vec<Library>, ReleaseError> {
    [ROLLING_AVERAGE, INTERNET_BUTTON, TRAFFIC_LIGHT, DOOR_CHIME].iter().map(Draft::pack).collect()
}

impl Draft {
    fn pack(&self) -> Result<Library, ReleaseError> {
        let mut library = Library {
            name: self.name.to_owned(),
            owner: self.owner.map(str::to_owned),
            official: self.official,
            verified: self.verified,
            featured: self.featured,
            installs: self.installs,
            releases: Vec::new(),
        };
        for (version, public, age) in self.releases {
            let date = Timestamp::now().saturating_sub(SignedDuration::from_hours(24 * age));
            let date = date.unwrap_or(Timestamp::UNIX_EPOCH);
            let archive = self.archive(version)?.to_bytes().map_err(ArchiveError::from)?;
            let (_, release) = Release::read(archive, date)?;
            library.put(Release { public: *public, ..release });
        }
        Ok(library)
    }

    fn archive(&self, version: &str) -> Result<Archive, ReleaseError> {
        let Self { name, sentence, .. } = self;
        let author = self.owner.unwrap_or("Particle");
        let files = [
            (
                "library.properties".to_owned(),
                format!(
                    "name={name}\nversion={version}\nauthor={author}\nlicense=Apache-2.0\nsentence={sentence}\n\
                     architectures=*\n{}",
                    self.dependencies
                ),
            ),
            (
                "README.md".to_owned(),
                format!("# {name}\n\n{sentence}.\n\nThis library is part of the sandbox.\n"),
            ),
            ("LICENSE".to_owned(), format!("{name} may be used under the Apache License, Version 2.0.\n")),
            (format!("src/{name}.h"), self.header.to_owned()),
            (format!("src/{name}.cpp"), self.source.to_owned()),
            ("examples/usage/usage.ino".to_owned(), self.example.to_owned()),
        ];
        let mut archive = Archive::default();
        for (file, contents) in files {
            archive.add(&file, contents.into_bytes())?;
        }
        Ok(archive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_library_needs_is_in_the_catalogue() {
        let catalogue = catalogue().unwrap();
        for release in catalogue.iter().flat_map(|library| &library.releases) {
            for (name, version) in release.dependencies() {
                let needed = catalogue.iter().find(|library| library.name == name).unwrap();
                assert!(needed.release("", Some(version)).is_some(), "{name} {version}");
            }
        }
    }
}
