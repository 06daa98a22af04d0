//! `node`, as the macros that name it see it: dbt's keys, made when they are asked for. It knows whether
//! it was looked at: a name that was made without a look holds for every node.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use super::node_json::node_json;
use crate::dbt::node::Node;
use crate::jinja::{Args, Dict, Error, Interpreter, Object, Value};

/// A node that a macro is called with.
pub(crate) struct NodeView {
    node: Arc<Node>,
    seen: Cell<bool>,
    whole: OnceCell<Value>,
}

impl NodeView {
    pub(crate) fn new(node: Arc<Node>) -> Self {
        Self { node, seen: Cell::new(false), whole: OnceCell::new() }
    }

    /// Whether anything of the node has been read since this was last asked.
    pub(crate) fn take_seen(&self) -> bool {
        self.seen.take()
    }

    /// Everything, as a dict.
    fn whole(&self) -> &Value {
        self.seen.set(true);
        self.whole.get_or_init(|| Value::from_json(&node_json(&self.node)))
    }

    /// What such macros mostly ask for, without making the rest.
    fn quick(&self, key: &str) -> Option<Value> {
        let node = &self.node;
        let text = |text: &str| Value::from(text);
        Some(match key {
            "name" => text(&node.name),
            "resource_type" => text(node.kind.resource_type()),
            "package_name" => text(&node.package_name),
            "unique_id" => text(&node.unique_id),
            "path" => text(&node.path),
            "original_file_path" => text(&node.original_file_path),
            "version" => node.version.as_ref().map_or(Value::None, Value::from_json),
            "fqn" => Value::list(node.fqn.iter().map(|part| text(part)).collect()),
            "tags" => Value::list(node.tags.iter().map(|tag| text(tag)).collect()),
            "config" => {
                let entries = node.config.iter().map(|(key, value)| (key.as_str(), Value::from_json(value)));
                Value::dict(entries.collect::<Dict>())
            }
            _ => return None,
        })
    }
}

impl Object for NodeView {
    fn type_name(&self) -> &'static str {
        "dict"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        self.seen.set(true);
        self.quick(name).or_else(|| self.whole().as_dict()?.borrow().get_str(name).cloned())
    }

    fn get_item(&self, key: &Value) -> Option<Value> {
        self.get_attr(key.as_str()?)
    }

    fn call_method(&self, interpreter: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        Some(interpreter.call_method(self.whole(), name, args.clone()))
    }

    fn contains(&self, item: &Value) -> Option<bool> {
        Some(self.get_item(item).is_some())
    }

    fn iterate(&self) -> Option<Vec<Value>> {
        Some(self.whole().as_dict()?.borrow().iter().map(|(key, _)| key.clone()).collect())
    }

    fn len(&self) -> Option<usize> {
        Some(self.whole().as_dict()?.borrow().len())
    }

    fn truthy(&self) -> bool {
        true
    }

    fn is_mapping(&self) -> bool {
        true
    }

    fn repr(&self) -> String {
        self.whole().repr()
    }

    fn to_json(&self) -> Option<serde_json::Value> {
        self.seen.set(true);
        Some(node_json(&self.node))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::dbt::node::NodeKind;
    use crate::jinja::{Limits, Scope, Template};
    use std::rc::Rc;

    struct One(Rc<NodeView>);

    impl Scope for One {
        fn lookup(&self, name: &str) -> Option<Value> {
            (name == "node").then(|| Value::Object(Rc::clone(&self.0) as Rc<dyn Object>))
        }
    }

    /// What a template prints about a node, and whether the view says that it was looked at.
    fn look(text: &str) -> (String, bool) {
        let node = Node { name: "orders".to_owned(), schema: "shop".to_owned(), ..Node::new(NodeKind::Model) };
        let view = Rc::new(NodeView::new(Arc::new(node)));
        let cancelled = AtomicBool::new(false);
        let scope: Rc<dyn Scope> = Rc::new(One(Rc::clone(&view)));
        let template = Template::parse("t", text).unwrap();
        let printed = Interpreter::new(Limits::default(), &cancelled).render(&template, &scope).unwrap();
        (printed, view.take_seen())
    }

    #[test]
    fn answers_as_a_dict_does() {
        let table = [
            ("{{ node.name }}", "orders"),
            ("{{ node['schema'] }}", "shop"),
            ("{{ node.get('name') }}", "orders"),
            ("{{ node.get('nothing', 'else') }}", "else"),
            ("{{ node.config.get('alias', 'x') }}", "x"),
            ("{{ 'fqn' in node }} {{ 'nothing' in node }}", "True False"),
            ("{{ node is mapping }}", "True"),
            ("{{ node.nothing is defined }}", "False"),
            ("{{ (node | list)[0] }}", "database"),
            ("{{ node.resource_type }}", "model"),
        ];
        for (text, expected) in table {
            assert_eq!(look(text).0, expected, "{text}");
        }
    }

    #[test]
    fn knows_whether_it_was_looked_at() {
        for text in ["a", "{% if node %}a{% endif %}", "{% if node is none %}b{% endif %}"] {
            assert!(!look(text).1, "{text}");
        }
        for text in ["{{ node.name }}", "{{ node.nothing }}", "{{ node['name'] }}", "{{ 'x' in node }}", "{{ node }}"] {
            assert!(look(text).1, "{text}");
        }
    }
}
