//! Git: reach a repository, bring one branch's tip, read its tree out of the object store.
//!
//! No working copy is ever made and no prompt ever reaches our terminal. Transport is ours (protocol
//! v2 over HTTPS and over the user's `ssh`); libgit2 keeps the objects. Host keys are verified,
//! credentials are tried a bounded number of times, and the server's own words reach the error.

mod fetch;
mod remote;

pub use fetch::{Commit, FetchLimits, FetchProgress, FetchRequest, FetchStage, Fetched};
pub use remote::{Credential, Provider, Remote, RemoteError};
