//! The access token.

use crate::secret::Secret;
use std::str::FromStr;

/// What a cloud gave a person to prove who they are. It is wiped when dropped and no formatter shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken(Secret);

/// A text that is no token: empty, or with characters that no request header can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an access token is one word of letters, digits and punctuation")]
pub struct TokenError;

impl AccessToken {
    /// The token itself, to be sent or stored.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for AccessToken {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError);
        }
        Ok(Self(Secret::new(text.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_printable_word() {
        assert_eq!(" abc\n".parse::<AccessToken>().unwrap().expose(), "abc");
        assert!("".parse::<AccessToken>().is_err());
        assert!("a b".parse::<AccessToken>().is_err());
        assert!("a\r\nHost: evil".parse::<AccessToken>().is_err());
    }
}
