//! Docs blocks, and the descriptions that quote them.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::context::{Context, Failure, Look, Phase, Shared, UsesLog, Worker, has_template};
use super::definitions::DocsDefinition;
use super::node::{Node, NodeKind};
use super::problems::{Problems, codes};
use super::project::ProjectFile;
use super::read::{ProjectFiles, ProjectPath, read_text};
use super::tree::FileTree;
use crate::jinja::{
    Block, BlockKind, Error, Interpreter, Limits, Scope, Template, UndefinedPolicy, Value, scan_blocks,
};

/// Every docs block, by name, then by package.
#[derive(Debug, Default)]
pub(crate) struct DocsBlocks {
    blocks: HashMap<String, Vec<(String, String)>>,
    definitions: Vec<DocsDefinition>,
}

impl DocsBlocks {
    /// Reads a project's docs blocks.
    pub(crate) fn read(
        &mut self,
        tree: &dyn FileTree,
        project: &ProjectFile,
        files: &ProjectFiles,
        problems: &mut Problems,
    ) {
        for file in files.search(&project.docs_paths, &[".md"]) {
            let text = match read_text(tree, &file, || problems.file_subject(&file.path)) {
                Ok((text, _)) => text,
                Err(problem) => {
                    problems.push(*problem);
                    continue;
                }
            };
            match scan_blocks(&text, &[BlockKind::Docs]).and_then(rendered) {
                Ok(blocks) => {
                    for (name, contents) in blocks.into_iter().filter_map(|block| Some((block.name?, block.contents))) {
                        self.add(&project.name, &file, name, contents.trim().to_owned());
                    }
                }
                Err(error) => {
                    let at = super::yaml::Mark { line: error.line(), column: error.column() };
                    problems.at(codes::JINJA_SYNTAX, &file.path, &text, at, error.message());
                }
            }
        }
    }

    fn add(&mut self, package: &str, file: &ProjectPath, name: String, contents: String) {
        self.definitions.push(DocsDefinition {
            unique_id: format!("doc.{package}.{name}"),
            name: name.clone(),
            package_name: package.to_owned(),
            path: file.relative.clone(),
            original_file_path: file.original(),
            block_contents: contents.clone(),
        });
        self.blocks.entry(name).or_default().push((package.to_owned(), contents));
    }

    /// All of them, in the order of their files.
    pub(crate) fn definitions(&self) -> &[DocsDefinition] {
        &self.definitions
    }

    /// What `doc(name)` means in a node of `package`.
    fn find(&self, root: &str, package: &str, wanted: Option<&str>, name: &str) -> Option<&str> {
        let blocks = self.blocks.get(name)?;
        let of =
            |package: &str| blocks.iter().find(|(owner, _)| owner == package).map(|(_, contents)| contents.as_str());
        match wanted {
            Some(wanted) => of(wanted),
            None => of(root).or_else(|| of(package)).or_else(|| blocks.first().map(|(_, contents)| contents.as_str())),
        }
    }
}

/// What the blocks of one file may cost: there is nothing to compute with.
const FILE_STEPS: u64 = 200_000;

/// The blocks with their contents rendered, as dbt does: in a context without a single name.
fn rendered(mut blocks: Vec<Block>) -> Result<Vec<Block>, Error> {
    struct Nothing;
    impl Scope for Nothing {
        fn lookup(&self, _: &str) -> Option<Value> {
            None
        }
    }
    let never = AtomicBool::new(false);
    let nothing: Rc<dyn Scope> = Rc::new(Nothing);
    let mut interpreter = Interpreter::new(Limits { steps: FILE_STEPS, ..Limits::default() }, &never);
    for block in blocks.iter_mut().filter(|block| has_template(&block.contents)) {
        let template = Template::parse("docs", &block.contents)?;
        block.contents = interpreter.render(&template, &nothing)?;
    }
    Ok(blocks)
}

/// Renders a node's descriptions and its columns'.
pub(crate) fn render_descriptions(
    worker: &mut Worker<'_>,
    shared: &Arc<Shared>,
    docs: &Arc<DocsBlocks>,
    node: &mut Node,
) -> Vec<Failure> {
    let owner = (node.package_name.clone(), node.unique_id.clone());
    let mut details: Vec<(&'static str, String)> = Vec::new();
    if node.kind == NodeKind::Source
        && let Some(text) = node.details.get("source_description").and_then(serde_json::Value::as_str)
    {
        details.push(("source_description", text.to_owned()));
    }
    let texts = std::iter::once(&mut node.description)
        .chain(node.columns.values_mut().map(|column| &mut column.description))
        .chain(details.iter_mut().map(|(_, text)| text));
    let failures = render_texts(worker, shared, docs, (&owner.0, &owner.1), texts);
    for (key, text) in details {
        node.details.insert(key.to_owned(), text.into());
    }
    failures
}

/// Renders texts of `(package, unique_id)` that may quote docs blocks.
pub(crate) fn render_texts<'t>(
    worker: &mut Worker<'_>,
    shared: &Arc<Shared>,
    docs: &Arc<DocsBlocks>,
    (package, unique_id): (&str, &str),
    texts: impl Iterator<Item = &'t mut String>,
) -> Vec<Failure> {
    let mut failures = Vec::new();
    let mut context = None;
    for text in texts.filter(|text| has_template(text)) {
        let context = context.get_or_insert_with(|| docs_context(shared, docs, (package, unique_id), &worker.uses));
        worker.begin(UndefinedPolicy::Default);
        let rendered = Template::parse("description", text)
            .and_then(|template| worker.interpreter.render(&template, &context.scope()))
            .and_then(|rendered| shared.keep(text.len(), rendered.len()).map(|()| rendered));
        match rendered {
            Ok(rendered) => *text = rendered,
            Err(error) => {
                let failure = context.explain(&error);
                let is_missing = missing_doc(error.message()).is_some();
                let code = if is_missing { codes::DOC_MISSING } else { failure.code };
                failures.push(Failure { code, line: 0, column: 0, ..failure });
            }
        }
    }
    failures
}

/// The name of the docs block that a failure misses.
pub(crate) fn missing_doc(message: &str) -> Option<&str> {
    message.split_once(" depends on doc '")?.1.split('\'').next()
}

fn docs_context(
    shared: &Arc<Shared>,
    docs: &Arc<DocsBlocks>,
    (package, unique_id): (&str, &str),
    uses: &Rc<UsesLog>,
) -> Rc<Context> {
    let context = Context::of_package(shared, Phase::Yaml, package, uses);
    let uses = Rc::clone(uses);
    let (docs, root) = (Arc::clone(docs), shared.root_name().to_owned());
    let (package, unique_id) = (package.to_owned(), unique_id.to_owned());
    let doc = Value::function("doc", move |interpreter, args| {
        interpreter.charge_args(&args)?;
        let (wanted, name) = match args.positional.as_slice() {
            [name] => (None, name.to_str()),
            [wanted, name] => (Some(wanted.to_str()), name.to_str()),
            given => return Err(Error::raised(format!("doc() takes at most two arguments ({} given)", given.len()))),
        };
        uses.add(Look::Doc(&name));
        docs.find(&root, &package, wanted.as_deref(), &name).map(Value::from).ok_or_else(|| {
            let within = wanted.map_or_else(String::new, |wanted| format!("in package '{wanted}'"));
            Error::raised(format!(
                "Documentation for '{unique_id}' depends on doc '{name}' {within} which was not found"
            ))
        })
    });
    context.define("doc", doc);
    context
}
