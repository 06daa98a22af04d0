//! Secrets: a reference that may stand in `ebb.toml`, and the value, which can't be printed.

mod command;
mod forget;
mod keep;
mod resolve;
mod scrub;

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

pub use forget::Fate;
pub use keep::keep as keep_secret;
pub use resolve::SecretError;
pub(super) use scrub::MASK;
pub use scrub::Scrubber;

/// Where a secret is to be found. The only thing about it that configuration may say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SecretRef {
    /// An environment variable of this process.
    Env(String),
    /// A file that only we can read; its last line break is not part of the secret.
    File(PathBuf),
    /// A command whose standard output is the secret, e.g. `op read op://vault/item`.
    Command(String),
    /// An entry of the system's keyring.
    Keyring(String),
}

/// A secret's value. No `Debug`, `Display` or `Serialize` shows it; its memory is wiped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself. Call it where it leaves for the other side, nowhere earlier.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests;
