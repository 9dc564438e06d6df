//! The address of a cloud.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::{fmt, net::IpAddr, str::FromStr};
use url::{Host, Origin, Url};

/// Particle's public cloud.
pub const DEFAULT_API_URL: &str = "https://api.particle.io";

/// A text that is no address of a cloud.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiUrlError {
    /// No URL at all.
    #[error("{0}")]
    Malformed(#[from] url::ParseError),
    /// Neither `http` nor `https`.
    #[error("it has to begin with https:// or http://")]
    Scheme,
    /// A user name, password, query or fragment, none of which a cloud's address has.
    #[error("only scheme, host, port and path may stand in it")]
    Extra,
}

/// The base address of a cloud's REST API: `http` or `https`, without credentials, query or fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiUrl(Url);

/// A path segment that an address cannot carry: URLs give `.` and `..` a meaning, and leave no place for nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot be part of an address")]
pub struct SegmentError(pub String);

/// Everything but the unreserved characters of RFC 3986. The parser of URLs would leave out line breaks and tabs that
/// are not encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl ApiUrl {
    /// Scheme, host and port: whom a token may be shown to.
    pub fn origin(&self) -> Origin {
        self.0.origin()
    }

    /// The address itself.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Host, and the port where it is not the scheme's own.
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether the address leads to this computer.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            None => false,
        }
    }

    /// Whether connections are encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether what is sent can be read on the way: `http` to another computer.
    pub fn is_readable_on_the_way(&self) -> bool {
        !self.is_encrypted() && !self.is_loopback()
    }

    /// The address of a resource. Every segment is percent-encoded, so that none can lead elsewhere.
    pub fn resource(&self, segments: &[&str]) -> Result<Url, SegmentError> {
        if let Some(unusable) = segments.iter().find(|segment| matches!(**segment, "" | "." | "..")) {
            return Err(SegmentError((*unusable).to_owned()));
        }
        let mut path = self.0.path().trim_end_matches('/').to_owned();
        for segment in segments {
            path.push('/');
            path.extend(utf8_percent_encode(segment, RESERVED));
        }
        let mut url = self.0.clone();
        url.set_path(&path);
        Ok(url)
    }
}

impl Default for ApiUrl {
    fn default() -> Self {
        #[allow(clippy::expect_used, reason = "a constant, and a test holds it")]
        DEFAULT_API_URL.parse().expect("the public cloud's address is one")
    }
}

impl FromStr for ApiUrl {
    type Err = ApiUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text.trim())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ApiUrlError::Scheme);
        }
        let credentials = !url.username().is_empty() || url.password().is_some();
        if credentials || url.query().is_some() || url.fragment().is_some() {
            return Err(ApiUrlError::Extra);
        }
        Ok(Self(url))
    }
}

impl fmt::Display for ApiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    fn api(text: &str) -> ApiUrl {
        text.parse().unwrap()
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(api("https://api.particle.io").origin(), api("https://API.particle.io:443/").origin());
        assert_ne!(api("https://api.particle.io").origin(), api("http://api.particle.io").origin());
        assert_ne!(api("http://localhost:8080").origin(), api("http://localhost:8081").origin());
    }

    #[test]
    fn the_default_is_the_public_cloud() {
        assert_eq!(ApiUrl::default().to_string(), DEFAULT_API_URL);
    }

    #[test]
    fn only_web_addresses_without_extras_are_taken() {
        assert_eq!("ftp://host".parse::<ApiUrl>(), Err(ApiUrlError::Scheme));
        assert_eq!("https://me:secret@host".parse::<ApiUrl>(), Err(ApiUrlError::Extra));
        assert_eq!("https://host/?access_token=x".parse::<ApiUrl>(), Err(ApiUrlError::Extra));
        assert!("api.particle.io".parse::<ApiUrl>().is_err());
    }

    #[test]
    fn plain_http_is_readable_unless_it_stays_here() {
        assert!(api("http://192.168.1.10:8080").is_readable_on_the_way());
        for here in
            ["http://localhost:8080", "http://127.0.0.2", "http://[::1]:80", "https://api.particle.io"]
        {
            assert!(!api(here).is_readable_on_the_way(), "{here}");
        }
    }

    #[test]
    fn segments_are_encoded_and_follow_the_base_path() {
        let url = api("http://host/base/").resource(&["v1", "devices", "a/b ?#%2e"]).unwrap();
        assert_eq!(url.as_str(), "http://host/base/v1/devices/a%2Fb%20%3F%23%252e");
        assert!(api("http://host").resource(&["v1", ".."]).is_err());
        assert!(api("http://host").resource(&["v1", ""]).is_err());
    }

    proptest! {
        #[test]
        fn no_segment_leads_elsewhere_or_gets_lost(segment in "(?s).+") {
            if let Ok(url) = api("http://host").resource(&["v1", "devices", &segment]) {
                let path: Vec<_> = url.path_segments().unwrap().collect();
                prop_assert_eq!(path.len(), 3, "{}", url);
                prop_assert!(path[..2] == ["v1", "devices"] && url.query().is_none() && url.fragment().is_none());
                prop_assert_eq!(percent_decode_str(path[2]).decode_utf8().unwrap(), segment);
            }
        }
    }
}
