//! From what stands in the form to what the engine is asked for, or to what is missing.

use super::fields::{Field, Kind, Place, Which};
use super::{Purpose, SetUp};
use crate::engine::{GivenSecret, NewAccess, NewCredential, NewProject};
use crate::workspace::{Secret, SecretRef};

/// The field that must be mended, and why.
pub(super) type Complaint = (Field, &'static str);

impl SetUp {
    /// The project that was described. Where `needs_address` is not set, a part of its address is enough.
    pub(super) fn described(&self, needs_address: bool) -> Result<NewProject, Complaint> {
        let address = self.trimmed(Field::Address);
        if address.is_empty() && needs_address {
            return Err((Field::Address, "a repository's address is needed"));
        }
        let connection_name = self.trimmed(Field::ConnectionName);
        if self.known.iter().any(|known| known.name == connection_name) {
            return Err((Field::ConnectionName, "a connection has this name already"));
        }
        Ok(NewProject {
            address,
            connection_name,
            branch: self.trimmed(Field::Branch),
            project_path: self.trimmed(Field::Path),
            provider: self.chosen_provider,
            access: self.access()?,
        })
    }

    /// The credential that was described for the connection that is changed.
    pub(super) fn credential_wanted(&self) -> Result<Option<NewCredential>, Complaint> {
        let Purpose::Change(connection) = &self.purpose else { return Ok(None) };
        Ok(Some(NewCredential {
            connection: connection.clone(),
            provider: self.chosen_provider,
            access: self.access()?,
        }))
    }

    fn access(&self) -> Result<NewAccess, Complaint> {
        if self.read().is_local {
            return Ok(NewAccess::Suggested);
        }
        if let Some(name) = self.connection() {
            return Ok(NewAccess::Existing(name.to_owned()));
        }
        Ok(match self.kind() {
            Kind::Suggested => NewAccess::Suggested,
            Kind::SshAgent => NewAccess::SshAgent,
            Kind::SshKey => self.ssh_key()?,
            Kind::Token => NewAccess::Token {
                secret: self.secret(Which::Token, "a token is needed")?,
                username: Some(self.trimmed(Field::Username)).filter(|name| !name.is_empty()),
            },
            Kind::GithubApp => NewAccess::GithubApp {
                app_id: self.number(Field::AppId, "the App's number is needed")?.unwrap_or_default(),
                installation_id: self.number(Field::Installation, "")?,
                private_key: self.secret(Which::AppKey, "the App's private key is needed")?,
            },
        })
    }

    fn ssh_key(&self) -> Result<NewAccess, Complaint> {
        let key = self.secret(Which::Key, "a private key is needed")?;
        let passphrase = match self.place(Which::Passphrase) {
            Place::Nowhere => None,
            _ => Some(self.secret(Which::Passphrase, "a passphrase is needed, or none")?),
        };
        Ok(match (key, passphrase) {
            (GivenSecret::At(SecretRef::File(path)), None) => NewAccess::SshKey(path),
            (private_key, passphrase) => NewAccess::SshPrivateKey { private_key, passphrase },
        })
    }

    pub(super) fn secret(&self, which: Which, missing: &'static str) -> Result<GivenSecret, Complaint> {
        let place = self.place(which);
        let field = Field::Secret(which, place);
        if field.pasted_key().is_some() {
            let key = self.keys.get(&which).ok_or((field, missing))?;
            return Ok(GivenSecret::Typed(key.secret().clone()));
        }
        let text = self.trimmed(field);
        if text.is_empty() {
            return Err((field, missing));
        }
        Ok(match place {
            Place::Typed | Place::Nowhere => GivenSecret::Typed(Secret::new(text)),
            Place::File => GivenSecret::At(SecretRef::File(text.into())),
            Place::Variable => GivenSecret::At(SecretRef::Env(text.trim_start_matches('$').to_owned())),
            Place::Command => GivenSecret::At(SecretRef::Command(text)),
            Place::Keyring => GivenSecret::At(SecretRef::Keyring(text)),
        })
    }

    /// None where nothing is typed and nothing is needed.
    fn number(&self, field: Field, missing: &'static str) -> Result<Option<u64>, Complaint> {
        let text = self.trimmed(field);
        match text.parse() {
            Ok(number) if number > 0 => Ok(Some(number)),
            _ if text.is_empty() && missing.is_empty() => Ok(None),
            _ if text.is_empty() => Err((field, missing)),
            _ => Err((field, "a number is needed")),
        }
    }
}
