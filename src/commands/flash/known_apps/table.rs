//! Which applications their publisher offers, and what is known of each.

/// Where a publisher has its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Publisher {
    /// The current Node tool.
    Current,
    /// An older one, which had applications that are gone since.
    Older,
}

impl Publisher {
    /// The address that the paths are below.
    pub(super) fn base(self) -> &'static str {
        match self {
            Self::Current => "https://raw.githubusercontent.com/particle-iot/particle-cli/v3.49.2/assets",
            Self::Older => "https://raw.githubusercontent.com/particle-iot/particle-cli/v2.10.0/assets",
        }
    }
}

/// An application for a platform.
pub(super) struct App {
    pub name: &'static str,
    pub platform: &'static str,
    pub publisher: Publisher,
    pub path: &'static str,
    pub sha256: &'static str,
}

const fn app(
    name: &'static str,
    platform: &'static str,
    publisher: Publisher,
    path: &'static str,
    sha256: &'static str,
) -> App {
    App { name, platform, publisher, path, sha256 }
}

/// Every application.
#[rustfmt::skip]
pub(super) const APPS: &[App] = &[
    app("tinker", "argon", Publisher::Current, "knownApps/argon/tinker/tinker-0.8.0-rc.27-argon.bin",
        "7ae06a42c3387ebf1991c8a64353b11f46ee704bf99475c11bf2e38fab3b3121"),
    app("tinker", "b5som", Publisher::Current, "knownApps/b5som/tinker/tinker-1.5.0-b5som.bin",
        "d5aa20171d776af1a6b24acf927f71430768c68cddedc6bc6773f96f1433dc09"),
    app("tinker", "boron", Publisher::Current, "knownApps/boron/tinker/tinker-0.8.0-rc.27-boron.bin",
        "1542d71c7bc9f1afd53f210e9ad16d7b0d3cb242b121675c51499c2c2b36552f"),
    app("tinker", "bsom", Publisher::Current, "knownApps/bsom/tinker/tinker-1.1.0-rc.1-bsom.bin",
        "eaba9654e9ce64402a8241dd3654cb91ea411eaca583010e947b8bf06eec982c"),
    app("tinker", "core", Publisher::Current, "knownApps/core/tinker/core_tinker.bin",
        "8e55851b39bcfb6a6ada1ee26fe968e36662abe7c1cee814b3f52e1d2616f051"),
    app("tinker-usb-debugging", "electron", Publisher::Current, "knownApps/electron/tinker-usb-debugging/tinker-usb-debugging-0.6.0-electron.bin",
        "80ee543738ae31ca339191324139bf1a157448e65c41cec971451a1b6cc3f179"),
    app("tinker", "electron", Publisher::Current, "knownApps/electron/tinker/electron_tinker.bin",
        "c505033c91cdd6dadb1c5f386ea60fbf6986fd1f67cd7d7d8f9d3cfc3dd6688a"),
    app("tinker", "esomx", Publisher::Current, "knownApps/esomx/tinker/tinker-6.3.4-esomx.bin",
        "ee5d17d0182fbf1da6b95d0d8f1e3940e84f1ffda90664c66a8823fdbf2f21a2"),
    app("tinker", "msom", Publisher::Current, "knownApps/msom/tinker/tinker-6.3.4-msom.bin",
        "3a70ec3b14a6f284418a8dac9c8ca4deefd513e125f3e5786d8c17f6cef0dff5"),
    app("tinker", "p1", Publisher::Current, "knownApps/p1/tinker/tinker-0.4.5-p1.bin",
        "e4f6a51fb68407c39d535153d279ffa9a5ca09b9ee2dd2007d5c6469feff12f0"),
    app("tinker", "p2", Publisher::Current, "knownApps/p2/tinker/tinker-5.0.0-p2.bin",
        "f8ddd12640b4a8d76c14ea289556a2141d4617f8e6ba9d0fd2749cc9b8a501b7"),
    app("tinker", "photon", Publisher::Current, "knownApps/photon/tinker/tinker-0.4.5-photon.bin",
        "4122f115129c3565f6a56a0625beb15fcb366200e797160ae334776eecf7013f"),
    app("tinker", "tracker", Publisher::Current, "knownApps/tracker/tinker/tracker-tinker@1.5.4-rc.1.bin",
        "0fa027b1c3bc9b5af54feba84643d053d55d6e4e12c207a64c3c650dca2bd09d"),
    app("tinker", "trackerm", Publisher::Current, "knownApps/trackerm/tinker/tinker-5.8.0-trackerm.bin",
        "a0d7e1742115aab550c2e55c2ed8f1fe9958fea1fec38ad50cedaa518b21420e"),
    app("tinker", "xenon", Publisher::Current, "knownApps/xenon/tinker/tinker-0.8.0-rc.27-xenon.bin",
        "779c196446fe35b0f2b4dd4f4ecb070e7a71c72c1bce6b4dd544e3b268f64648"),
    app("doctor", "core", Publisher::Older, "binaries/core_doctor.bin",
        "d37ee413578dc8d8e210d907f1298b5899869f39784acd99ec9871fefe21db93"),
    app("doctor", "electron", Publisher::Older, "binaries/electron_doctor.bin",
        "f974f6fb825f81c3777e756db76d3d436f868dc2c8faadb815b1ff5b1936cd1f"),
    app("doctor", "p1", Publisher::Older, "binaries/p1_doctor.bin",
        "7e52af943180d9f1b98ea53ab196c9d8cebf9a4b90d42a6df16c6cadbe602ed0"),
    app("doctor", "photon", Publisher::Older, "binaries/photon_doctor.bin",
        "f7846c51b787a1a1bf30a5c06e38664aba9285a235fa40b945938323cc8dfdc2"),
    app("cc3000", "core", Publisher::Older, "binaries/cc3000-patch-programmer.bin",
        "7291e032472121b1f70f9daf56e4de175f21beba50172da8fbe737e2e2734670"),
    app("cc3000_1_14", "core", Publisher::Older, "binaries/cc3000-patch-programmer_1_14.bin",
        "7df4ee5c284ec2bdd209398ee64068d86c57c59465f6d56018fee874517dbb45"),
    app("deep_update_2014_06", "core", Publisher::Older, "binaries/deep_update_2014_06.bin",
        "fd5a64395e5c454f8f0485689371141bc2297e2d1d03a90c0367c2b7734fa2f8"),
    app("voodoo", "core", Publisher::Older, "binaries/voodoospark.bin",
        "552c2201edbe15c3464c7be62992c9599f0742062f60b4bf6c33f8b5ee46d2b8"),
];
