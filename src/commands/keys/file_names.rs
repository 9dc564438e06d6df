//! How the files of one key are called.

use crate::platform::KeyAlgorithm;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// The name that the files of one key share, with its folder but without extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stem(PathBuf);

impl Stem {
    /// The stem of a name as typed: its extension, or `.pub.pem`, is taken off.
    pub(super) fn of(typed: &Path) -> Self {
        let stem = typed.with_extension("");
        let is_public = stem.extension().is_some_and(|extension| extension == "pub");
        Self(if is_public { stem.with_extension("") } else { stem })
    }

    /// The stem of the keys that `keys doctor` makes for a device, in the current folder.
    pub(super) fn of_new_key(device: &str, algorithm: KeyAlgorithm) -> Self {
        Self(PathBuf::from(format!("{device}_{algorithm}_new")))
    }

    /// The stem that backups of a device's server key are called after, in the current folder.
    pub(super) fn of_server_key(device: &str) -> Self {
        Self(PathBuf::from(format!("{device}_server")))
    }

    /// The private key as PEM.
    pub(super) fn pem(&self) -> PathBuf {
        self.with(".pem")
    }

    /// The public key as PEM.
    pub(super) fn public_pem(&self) -> PathBuf {
        self.with(".pub.pem")
    }

    /// The private key as the device stores it.
    pub(super) fn der(&self) -> PathBuf {
        self.with(".der")
    }

    /// The stem of backups of the key that is about to be replaced by this one: in the same folder,
    /// `backup_<algorithm>_<name>`. The second and later ones have a number.
    pub(super) fn backup(&self, algorithm: KeyAlgorithm, number: usize) -> Self {
        let mut name = OsString::from(format!("backup_{algorithm}_"));
        name.push(self.0.file_name().unwrap_or_default());
        if number > 1 {
            name.push(format!("_{number}"));
        }
        Self(self.0.with_file_name(name))
    }

    /// Appends an extension; [`Path::with_extension`] would take dots in the stem for one.
    fn with(&self, extension: &str) -> PathBuf {
        let mut path = self.0.clone().into_os_string();
        path.push(extension);
        path.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_is_taken_off_and_dots_in_folders_stay() {
        for (typed, der) in [
            ("mykey", "mykey.der"),
            ("mykey.der", "mykey.der"),
            ("mykey.pub.pem", "mykey.der"),
            ("./keys.d/mykey", "./keys.d/mykey.der"),
            ("/a/b.c/k.pem", "/a/b.c/k.der"),
        ] {
            assert_eq!(Stem::of(Path::new(typed)).der(), Path::new(der));
        }
    }

    #[test]
    fn backups_lie_beside_the_new_key() {
        let stem = Stem::of(Path::new("dir/mykey.der"));
        assert_eq!(stem.backup(KeyAlgorithm::Rsa, 1).der(), Path::new("dir/backup_rsa_mykey.der"));
        assert_eq!(stem.backup(KeyAlgorithm::Ec, 2).public_pem(), Path::new("dir/backup_ec_mykey_2.pub.pem"));
        let new = Stem::of_new_key("3a0027001247363335343834", KeyAlgorithm::Ec);
        assert_eq!(
            new.backup(KeyAlgorithm::Ec, 1).der(),
            Path::new("backup_ec_3a0027001247363335343834_ec_new.der")
        );
    }
}
