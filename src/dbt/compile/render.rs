//! One node's text rendered for good.

use std::rc::Rc;
use std::sync::Arc;

use crate::dbt::context::{CompileFacts, Context, Failure, Phase, Shared, Uses, Worker};
use crate::dbt::node::{Node, NodeKind};
use crate::dbt::parse::define_kwargs;
use crate::dbt::resolve::Manifest;
use crate::jinja::UndefinedPolicy;

/// A node's SQL before the ephemeral models are put in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Compiled {
    pub(crate) sql: String,
    /// `unique_id`s of the ephemeral models that it refers to.
    pub(crate) ephemeral: Vec<String>,
}

/// What rendering a node gave.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    pub(crate) outcome: Result<Compiled, Failure>,
    /// `unique_id`s of the macros that it called, even if it failed in the end.
    pub(crate) macros: Vec<String>,
    /// What it looked at.
    pub(crate) uses: Uses,
}

/// Whether dbt compiles a node of this kind.
pub(crate) fn is_compiled(node: &Node) -> bool {
    let kind = matches!(
        node.kind,
        NodeKind::Model | NodeKind::Snapshot | NodeKind::Analysis | NodeKind::Test | NodeKind::Operation
    );
    kind && node.enabled && node.language == "sql" && !node.raw_code.trim().is_empty()
}

/// Renders a node; nothing for what is not compiled.
pub(crate) fn compile_node(
    worker: &mut Worker<'_>,
    shared: &Arc<Shared>,
    manifest: &Arc<Manifest>,
    node: &Arc<Node>,
) -> Option<Rendered> {
    is_compiled(node).then(|| {
        let facts = CompileFacts { manifest: Arc::clone(manifest), graph: Rc::clone(&worker.graph) };
        let context = Context::of_node(shared, Phase::Compile(Rc::new(facts)), Arc::clone(node), &worker.uses);
        worker.begin(UndefinedPolicy::Default);
        let outcome = define_kwargs(worker, &context, node).and_then(|()| render(worker, &context, node));
        let macros = context.record().macros.take().into_iter().collect();
        drop(context);
        Rendered { outcome, macros, uses: worker.take_uses() }
    })
}

fn render(worker: &mut Worker<'_>, context: &Rc<Context>, node: &Node) -> Result<Compiled, Failure> {
    let rendered = worker.template(node).and_then(|template| worker.interpreter.render(&template, &context.scope()));
    let sql = rendered.map_err(|error| context.explain(&error))?;
    Ok(Compiled { sql, ephemeral: context.record().ephemeral.take().into_iter().collect() })
}
