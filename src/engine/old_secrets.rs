//! Secrets that a change to `ebb.toml` leaves without a use: removed where ebb has kept them, else named with what
//! removes them, so that none is left behind unknown.

use crate::workspace::{Auth, Environment, Fate, Paths, SecretRef, Workspace};

/// Those that a connection refers to before the change, and none does after it.
pub(super) fn unused(before: &Workspace, after: &Workspace) -> Vec<SecretRef> {
    let still = all(after);
    let mut unused: Vec<SecretRef> = Vec::new();
    for reference in all(before) {
        if !still.contains(&reference) && !unused.contains(&reference) {
            unused.push(reference);
        }
    }
    unused
}

/// What would become of them, in words.
pub(super) fn told(unused: &[SecretRef], workspace: &Workspace, environment: &Environment) -> Vec<String> {
    let fate = |reference: &SecretRef| {
        let folder = Paths::of(environment).config_dir.join("secrets");
        match reference.fate(&folder, workspace.base(environment), environment) {
            Fate::Goes { place } => Some(format!("The old secret in {place} is removed then.")),
            Fate::Stays { place, remove } => Some(stays(&place, &remove)),
            Fate::Elsewhere => None,
        }
    };
    unused.iter().filter_map(fate).collect()
}

/// Removes those that are ours. Gives what became of them, in words.
pub(super) fn forget(unused: &[SecretRef], workspace: &Workspace, environment: &Environment) -> Vec<String> {
    let forget = |reference: &SecretRef| {
        let folder = Paths::of(environment).config_dir.join("secrets");
        match reference.forget(&folder, workspace.base(environment), environment) {
            Fate::Goes { place } => Some(format!("The old secret in {place} is removed.")),
            Fate::Stays { place, remove } => Some(stays(&place, &remove)),
            Fate::Elsewhere => None,
        }
    };
    unused.iter().filter_map(forget).collect()
}

fn stays(place: &str, remove: &str) -> String {
    format!("The old secret stays in {place}; to remove it: {remove}")
}

fn all(workspace: &Workspace) -> Vec<SecretRef> {
    let of = |auth: &Auth| match auth {
        Auth::Anonymous | Auth::SshAgent | Auth::SshKey(_) => Vec::new(),
        Auth::Token(secret) => vec![secret.clone()],
        Auth::SshPrivateKey(key) => [Some(key.key.clone()), key.passphrase.clone()].into_iter().flatten().collect(),
        Auth::GithubApp(app) => vec![app.private_key.clone()],
    };
    workspace.settings.git.values().flat_map(|git| of(&git.auth)).collect()
}
