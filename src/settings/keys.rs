//! The names of settings, as the Node tool writes them.

/// Address of the cloud.
pub const API_URL: &str = "apiUrl";
/// The token of the person logged in.
pub const ACCESS_TOKEN: &str = "access_token";
/// Address of the known applications.
pub const APPS_URL: &str = "appsUrl";
/// When the token expires (RFC 3339), or null for never.
pub const ACCESS_TOKEN_EXPIRES_AT: &str = "access_token_expires_at";
/// Who is logged in.
pub const USERNAME: &str = "username";
/// Proxy for all requests.
pub const PROXY_URL: &str = "proxyUrl";

/// Every setting the Node tool knows. Some have no effect here and are kept for it.
const KNOWN: &[&str] = &[
    API_URL,
    APPS_URL,
    ACCESS_TOKEN,
    ACCESS_TOKEN_EXPIRES_AT,
    USERNAME,
    PROXY_URL,
    "clientId",
    "dirExcludeFilename",
    "dirIncludeFilename",
    "disableUpdateCheck",
    "flashWarningShownOn",
    "manifestHost",
    "MAX_FILE_SIZE",
    "minimumApiDelay",
    "notSourceExtensions",
    "serial_follow_delay",
    "showIncludedSourceFiles",
    "tachyonCacheLimitGB",
    "tachyonMeta",
    "updateCheckInterval",
    "updateCheckTimeout",
    "useSudoForDfu",
    "wirelessSetupFilter",
];

/// The known setting that a text names, in any case of letters.
pub fn known(text: &str) -> Option<&'static str> {
    KNOWN.iter().copied().find(|key| key.eq_ignore_ascii_case(text))
}
