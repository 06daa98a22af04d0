//! Git: reach a repository, bring one branch's tip, read its tree out of the object store, push a commit.
//!
//! No working copy is ever made and no prompt ever reaches our terminal. Transport is ours (protocol
//! v2 over HTTPS and over the user's `ssh`); libgit2 keeps the objects. Host keys are verified,
//! credentials are tried a bounded number of times, and the server's own words reach the error.

mod address;
pub mod author;
mod error;
mod fetch;
mod host_key;
mod objects;
mod patience;
mod protocol;
mod providers;
mod push;
mod remote;
mod transport;
mod trust;
mod usernames;

pub use address::Address;
pub use error::{HostKeys, KeyFault, KnownKey, Obstacle, OfferedKey, RemoteError};
pub use fetch::{
    Branches, Commit, FetchLimits, FetchProgress, FetchRequest, FetchStage, Fetched, branches, fetch, may_push, tip,
};
pub use host_key::{HostKey, HostKeyRequest, host_key, ssh_host};
pub use objects::{Contents, Found, LeftOut, Listing, Paths, Repository, TreeError, TreeFile, TreeReader};
pub use providers::{
    ApiError, AppRequest, CredentialFacts, Facts, GitHubApp, HttpProviders, InspectRequest, InstallationToken,
    ListPlace, ListedPage, ListedRepository, RepositoryFacts, usual_api,
};
pub use push::{FileChange, PushRequest, Pushed, push};
pub use remote::{Credential, Provider, Remote};
pub use transport::Published;
pub use trust::{Trust, trust_host};
