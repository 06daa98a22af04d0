//! What the semantic layer refers to: metrics to the semantic models of their measures or to other metrics,
//! saved queries and exposures to metrics, semantic models to the relations of their models.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::context::Failure;
use super::node::{Node, NodeKind, Nodes};
use super::problems::codes;
use super::python;

/// Metrics within metrics.
const DEEPEST: usize = 50;

/// Connects every node, and says what could not be: by `unique_id`.
pub(crate) fn connect(root: &str, nodes: &mut Nodes) -> Vec<(String, Failure)> {
    let index = Index::of(root, nodes);
    let mut found = Vec::new();
    let mut links: Vec<(String, Linked)> = Vec::new();
    for node in nodes.values().filter(|node| node.enabled) {
        let linked = match node.kind {
            NodeKind::Metric => index.metric(nodes, node, 0),
            NodeKind::SavedQuery => index.named(node, queried_metrics(node)),
            _ if !node.metrics.is_empty() => index.named(node, node.metrics.clone()),
            _ => continue,
        };
        match linked {
            Ok(linked) => links.push((node.unique_id.clone(), linked)),
            Err(failure) => found.push((node.unique_id.clone(), failure)),
        }
    }
    for (id, linked) in links {
        let Some(node) = nodes.get_mut(&id).map(Arc::make_mut) else { continue };
        for parent in linked.parents {
            if !node.depends_on_nodes.contains(&parent) {
                node.depends_on_nodes.push(parent);
            }
        }
        if node.kind == NodeKind::Metric
            && let Some(Value::Object(params)) = node.details.get_mut("type_params")
        {
            params.insert("input_measures".to_owned(), Value::Array(linked.measures));
        }
    }
    relate_semantic_models(nodes);
    found
}

/// What one node rests on.
#[derive(Default)]
struct Linked {
    parents: Vec<String>,
    measures: Vec<Value>,
}

struct Index {
    root: String,
    /// Metric name -> package -> `unique_id`.
    metrics: HashMap<String, IndexMap<String, String>>,
    /// Measure name -> `unique_id` of its semantic model.
    measures: HashMap<String, String>,
}

impl Index {
    fn of(root: &str, nodes: &Nodes) -> Self {
        let mut index = Self { root: root.to_owned(), metrics: HashMap::new(), measures: HashMap::new() };
        for node in nodes.values().filter(|node| node.enabled) {
            if node.kind == NodeKind::Metric {
                let packages = index.metrics.entry(node.name.clone()).or_default();
                packages.insert(node.package_name.clone(), node.unique_id.clone());
            } else if node.kind == NodeKind::SemanticModel {
                let measures = node.details.get("measures").and_then(Value::as_array).into_iter().flatten();
                for name in measures.filter_map(|measure| measure.get("name")).map(python::text) {
                    index.measures.entry(name).or_insert_with(|| node.unique_id.clone());
                }
            }
        }
        index
    }

    /// The metric of a name as a node of `package` sees it: the root's, its own package's, any.
    fn find(&self, name: &str, package: Option<&str>, own: &str) -> Option<&String> {
        let packages = self.metrics.get(name)?;
        match package {
            Some(package) => packages.get(package),
            None => packages.get(&self.root).or_else(|| packages.get(own)).or_else(|| packages.values().next()),
        }
    }

    /// What metrics of these names lead to.
    fn named(&self, node: &Node, names: Vec<Vec<String>>) -> Result<Linked, Failure> {
        let mut linked = Linked::default();
        for name in names {
            let (package, name) = match name.as_slice() {
                [package, name] => (Some(package.as_str()), name),
                [.., name] => (None, name),
                [] => continue,
            };
            let id = self.find(name, package, &node.package_name).ok_or_else(|| {
                let kind = super::context::subject(node);
                failure(format!("{kind} depends on a metric named '{name}' which was not found"))
            })?;
            linked.parents.push(id.clone());
        }
        Ok(linked)
    }

    fn metric(&self, nodes: &Nodes, node: &Node, depth: usize) -> Result<Linked, Failure> {
        if depth > DEEPEST {
            return Err(failure(format!("The metric `{}` rests on itself, or on too many others.", node.name)));
        }
        let params = node.details.get("type_params");
        let param = |key: &str| params.and_then(|params| params.get(key)).filter(|value| !value.is_null());
        let kind = node.details.get("type").and_then(Value::as_str).unwrap_or_default();
        match kind {
            "simple" | "cumulative" => self.on_measures(node, param("measure").into_iter()),
            "conversion" => {
                let conversion = param("conversion_type_params");
                let measure = |key: &str| conversion.and_then(|params| params.get(key));
                self.on_measures(node, ["base_measure", "conversion_measure"].into_iter().filter_map(measure))
            }
            "ratio" => {
                let inputs: Vec<&Value> = ["numerator", "denominator"].into_iter().filter_map(param).collect();
                if inputs.len() < 2 {
                    let message = "Invalid ratio metric. Both a numerator and denominator must be specified";
                    return Err(failure(message.to_owned()));
                }
                self.on_metrics(nodes, node, inputs.into_iter(), depth)
            }
            "derived" => {
                let inputs = param("metrics").and_then(Value::as_array).into_iter().flatten();
                self.on_metrics(nodes, node, inputs, depth)
            }
            other => Err(failure(format!("'{other}' is not a valid MetricType"))),
        }
    }

    fn on_measures<'v>(&self, node: &Node, measures: impl Iterator<Item = &'v Value>) -> Result<Linked, Failure> {
        let mut linked = Linked::default();
        for measure in measures {
            let name = measure.get("name").map(python::text).unwrap_or_default();
            let Some(semantic_model) = self.measures.get(&name) else {
                return Err(failure(format!(
                    "A semantic model having a measure `{name}` does not exist but was referenced."
                )));
            };
            linked.add(semantic_model.clone(), std::slice::from_ref(measure));
        }
        if linked.parents.is_empty() {
            return Err(failure(format!("The metric `{}` should have a measure defined, but it does not.", node.name)));
        }
        Ok(linked)
    }

    fn on_metrics<'v>(
        &self,
        nodes: &Nodes,
        node: &Node,
        inputs: impl Iterator<Item = &'v Value>,
        depth: usize,
    ) -> Result<Linked, Failure> {
        let mut linked = Linked::default();
        for input in inputs {
            let name = input.get("name").map(python::text).unwrap_or_default();
            let target = self.find(&name, None, &node.package_name).and_then(|id| nodes.get(id));
            let Some(target) = target else {
                return Err(failure(format!("The metric `{name}` does not exist but was referenced.")));
            };
            let below = self.metric(nodes, target, depth + 1)?;
            linked.add(target.unique_id.clone(), &below.measures);
        }
        Ok(linked)
    }
}

impl Linked {
    fn add(&mut self, parent: String, measures: &[Value]) {
        if !self.parents.contains(&parent) {
            self.parents.push(parent);
        }
        for measure in measures {
            if !self.measures.contains(measure) {
                self.measures.push(measure.clone());
            }
        }
    }
}

fn queried_metrics(node: &Node) -> Vec<Vec<String>> {
    let names = node.details.get("query_params").and_then(|params| params.get("metrics")).and_then(Value::as_array);
    names.into_iter().flatten().map(|name| vec![python::text(name)]).collect()
}

/// Puts the relation of its model into each semantic model.
fn relate_semantic_models(nodes: &mut Nodes) {
    let relation = |node: &Node| {
        json!({
            "alias": node.alias, "schema_name": node.schema, "database": node.database,
            "relation_name": node.relation_name,
        })
    };
    let relations: Vec<(String, Value)> = nodes
        .values()
        .filter(|node| node.kind == NodeKind::SemanticModel)
        .filter_map(|node| Some((node.unique_id.clone(), relation(nodes.get(node.depends_on_nodes.first()?)?))))
        .collect();
    for (id, relation) in relations {
        if let Some(node) = nodes.get_mut(&id) {
            Arc::make_mut(node).details.insert("node_relation".to_owned(), relation);
        }
    }
}

fn failure(message: String) -> Failure {
    Failure { code: codes::PROPERTIES_INVALID, message, line: 0, column: 0, stack: Vec::new() }
}
