//! Puts the real world together: workspace, store, catalogue, Git, clock.

use std::sync::Arc;

use crate::git::HttpProviders;
use crate::problem::{Catalogue, Problem};
use crate::store::Store;
use crate::workspace::{Assignment, Environment, Location, Paths, Workspace};

use super::handle::Engine;
use super::packages::HttpDownloads;
use super::repositories::GitRepositories;
use super::world::{Drivers, SystemClock, World};

/// Name of the history in a workspace's state folder.
const HISTORY: &str = "history.db";

impl Engine {
    /// Opens a workspace: reads its configuration and its history. Starts nothing: see
    /// [`Engine::begin`]. Blocks for a few milliseconds; must be called inside of the tokio runtime.
    ///
    /// Without a workspace the history is kept nowhere and ends with the engine.
    pub fn open(location: Location, environment: Environment, flags: Vec<Assignment>) -> Result<Self, Vec<Problem>> {
        let workspace = Workspace::load(location, &environment, &flags)?;
        let paths = Paths::of(&environment);
        let store = match &workspace.location {
            Location::None => Store::in_memory(),
            location @ (Location::File(_) | Location::Folder(_)) => {
                Store::open(&paths.state_of(location).join(HISTORY))
            }
        };
        let world = World {
            repositories: Arc::new(GitRepositories),
            providers: Arc::new(HttpProviders::default()),
            downloads: Arc::new(HttpDownloads::default()),
            warehouses: Arc::new(Drivers),
            clock: Arc::new(SystemClock),
            store: Arc::new(store.map_err(|error| vec![Problem::from(error)])?),
            catalogue: Arc::new(Catalogue::builtin()),
            environment,
            paths,
        };
        Ok(Self::start(world, workspace, flags))
    }
}
