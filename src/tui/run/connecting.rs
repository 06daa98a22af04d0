//! Effects of setting up connections: tests, lists, and what is written to `ebb.toml`. Each runs in a task of
//! its own and answers with messages.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::engine::{Engine, Listing, NewCredential, NewProject, OnProbe, Removal, Request, TrustedKey, connect};
use crate::problem::Problem;
use crate::store::Cause;
use crate::tui::effect::Generation;
use crate::tui::message::Message;
use crate::workspace::{Environment, Location, Paths};

use super::carry::broken;
use super::{Exit, Runner};

impl Runner {
    /// The folder whose `ebb.toml` is meant: the open one's, or the one where a first one is made.
    fn folder(&self) -> PathBuf {
        match &self.engine.workspace().location {
            Location::File(file) => file.parent().unwrap_or(Path::new(".")).to_path_buf(),
            Location::Folder(_) | Location::None => Paths::of(&self.start.environment).config_dir,
        }
    }

    /// As it will be written.
    fn meant(&self, new: NewProject) -> NewProject {
        let is_open = matches!(self.engine.workspace().location, Location::File(_));
        if is_open { new } else { new.from_here(&self.start.environment) }
    }

    /// Into the `ebb.toml` that is open; without one, whoever started the screen makes it.
    pub(super) fn add_project(&mut self, new: NewProject) {
        if !matches!(self.engine.workspace().location, Location::File(_)) {
            self.exit = Some(Exit::Connect(new));
            return;
        }
        let (engine, environment, folder) = (self.engine.clone(), self.start.environment.clone(), self.folder());
        self.answered(async move {
            let project = added(&engine, folder, new, environment).await?;
            let words = format!("{project} added: its models are being synced");
            Ok(Message::SetUpSaved { words, project: Some(project) })
        });
    }

    pub(super) fn change_credential(&self, new: NewCredential) {
        let engine = self.engine.clone();
        self.written(async move {
            let secrets = engine.change_credential(&new).await?;
            Ok([vec![format!("{} has another credential.", new.connection)], secrets].concat().join(" "))
        });
    }

    pub(super) fn remove(&self, removal: Removal) {
        let engine = self.engine.clone();
        self.written(async move {
            let secrets = engine.remove(&removal).await?;
            let (Removal::Connection(name) | Removal::Project(name)) = removal;
            Ok([vec![format!("{name} removed.")], secrets].concat().join(" "))
        });
    }

    pub(super) fn trust_host(&self, key: TrustedKey) {
        let engine = self.engine.clone();
        self.answered(async move {
            let host = key.host.clone();
            engine.trust_host(key).await?;
            Ok(Message::HostTrusted { host })
        });
    }

    /// Tells of what was written, or why it was not.
    fn written(&self, work: impl Future<Output = Result<String, Problem>> + Send + 'static) {
        self.answered(async move { Ok(Message::SetUpSaved { words: work.await?, project: None }) });
    }

    /// Passes on what work comes to, or why it failed.
    fn answered(&self, work: impl Future<Output = Result<Message, Problem>> + Send + 'static) {
        let answer = self.answer.clone();
        tokio::spawn(async move {
            let message = work.await.unwrap_or_else(|problem| Message::RequestFailed(Box::new(problem)));
            // The screen may have been left meanwhile.
            let _gone = answer.send(message).await;
        });
    }

    pub(super) fn test_connection(&mut self, connection: String, generation: Generation) {
        let engine = self.engine.clone();
        self.test_with(generation, move |told, cancel| async move {
            let result = engine.test_connection(&connection, told, cancel).await.map_err(Box::new);
            Message::ConnectionTested { generation, result }
        });
    }

    pub(super) fn try_credential(&mut self, new: NewCredential, generation: Generation) {
        let engine = self.engine.clone();
        self.test_with(generation, move |told, cancel| async move {
            let result = engine.try_credential(&new, told, cancel).await.map_err(Box::new);
            Message::ConnectionTested { generation, result }
        });
    }

    pub(super) fn try_project(&mut self, new: NewProject, generation: Generation) {
        let (engine, folder, new) = (self.engine.clone(), self.folder(), self.meant(new));
        self.test_with(generation, move |told, cancel| async move {
            let result = engine.try_new(&folder, new, told, cancel).await.map(Box::new).map_err(Box::new);
            Message::ProjectTried { generation, result }
        });
    }

    /// Tells of every step as it comes. The test before ends.
    fn test_with<T>(
        &mut self,
        generation: Generation,
        test: impl FnOnce(OnProbe, CancellationToken) -> T + Send + 'static,
    ) where
        T: Future<Output = Message> + Send,
    {
        self.test.cancel();
        self.test = CancellationToken::new();
        let (answer, cancel) = (self.answer.clone(), self.test.clone());
        tokio::spawn(async move {
            let (sender, mut probes) = mpsc::unbounded_channel();
            let told = Arc::new(move |probe| {
                // Who does not listen any more has left.
                let _gone = sender.send(probe);
            });
            let listener = answer.clone();
            let pass_on = async move {
                while let Some(probe) = probes.recv().await {
                    let _gone = listener.send(Message::Probed { generation, probe: Box::new(probe) }).await;
                }
            };
            let (ended, ()) = tokio::join!(test(told, cancel), pass_on);
            let _gone = answer.send(ended).await;
        });
    }

    /// Tells of every page as it comes. The list before ends.
    pub(super) fn list(&mut self, listing: Listing, new: NewProject, generation: Generation) {
        self.listing.cancel();
        self.listing = CancellationToken::new();
        let (engine, folder, new) = (self.engine.clone(), self.folder(), self.meant(new));
        let (answer, cancel) = (self.answer.clone(), self.listing.clone());
        tokio::spawn(async move {
            let (sender, mut pages) = mpsc::unbounded_channel();
            let told = Arc::new(move |page| {
                let _gone = sender.send(page);
            });
            let listener = answer.clone();
            let pass_on = async move {
                while let Some(found) = pages.recv().await {
                    let _gone = listener.send(Message::ListGrew { generation, found }).await;
                }
            };
            let list = async {
                tokio::select! {
                    biased;
                    () = cancel.cancelled() => None,
                    listed = engine.list(listing, &folder, &new, told, &cancel) => Some(listed),
                }
            };
            let (listed, ()) = tokio::join!(list, pass_on);
            if let Some(listed) = listed {
                let _gone = answer.send(Message::ListEnded { generation, result: listed.map_err(Box::new) }).await;
            }
        });
    }
}

async fn added(engine: &Engine, folder: PathBuf, new: NewProject, environment: Environment) -> Result<String, Problem> {
    let work = tokio::task::spawn_blocking(move || connect(&folder, &new, &environment)).await;
    let (_, project) = work.unwrap_or_else(|error| Err(broken(&error.to_string())))?;
    engine.reload().await.map_err(|problems| {
        problems.into_iter().next().unwrap_or_else(|| broken("the file was refused without a reason"))
    })?;
    engine.submit(Request::SyncProject { project: project.clone(), cause: Cause::Initial });
    Ok(project)
}
