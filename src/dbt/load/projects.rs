//! The root project and its packages, before anything of theirs is read.

use std::rc::Rc;
use std::sync::Arc;

use super::Load;
use crate::dbt::context::{Context, NativeContext, Phase, Shared, Target, Uses, UsesLog};
use crate::dbt::locate::locate;
use crate::dbt::macros::Macros;
use crate::dbt::packages::read_packages;
use crate::dbt::problems::Problems;
use crate::dbt::project::{ProjectFile, read_project};
use crate::jinja::{Interpreter, Limits};

impl Load<'_> {
    /// The root first, then its packages; and what their settings looked at.
    pub(super) fn read_projects(&self, problems: &mut Problems) -> Option<(Vec<ProjectFile>, Uses)> {
        let (path, text) = locate(self.tree, self.options, problems)?;
        let macros = Macros::empty(self.options.adapter);
        let bare = Arc::new(Shared::new(Target::new(self.options), indexmap::IndexMap::new(), macros));
        let mut interpreter = Interpreter::new(Limits::default(), self.options.cancelled);
        let uses: Rc<UsesLog> = Rc::default();
        let context = |phase: Phase| -> Rc<Context> { Context::of_package(&bare, phase, "", &uses) };
        let root = {
            let renderer = NativeContext::new(context(Phase::Project), &mut interpreter);
            read_project(&path, &text, &self.options.dbt_version, &renderer, problems)?
        };
        *problems = std::mem::take(problems).named(&root.name);
        let packages = {
            let renderer = NativeContext::new(context(Phase::Packages), &mut interpreter);
            read_packages(self.tree, &root, &self.options.dbt_version, &renderer, problems)
        };
        Some((std::iter::once(root).chain(packages).collect(), uses.take()))
    }
}
