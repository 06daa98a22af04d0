//! The tree of a template. The parser makes it, the resolver fills in the bindings, and from then on
//! nothing changes it: threads share it.

use std::sync::Arc;

use num_bigint::BigInt;

use super::error::{Error, Span};
use super::filters::Filter;
use super::predicates::Predicate;
use super::value::BinaryOperator;

/// A text of the template's table: a string literal or a name. Each interpreter keeps its own
/// reference-counted copy of the table, so that evaluating a literal copies no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TextId(pub(super) u32);

/// Where a name's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// In the scope, or one of Jinja's globals.
    Global,
    /// In a slot of the running function's frame.
    Slot(u32),
    /// In a cell shared with an enclosing function.
    Captured(u32),
}

#[derive(Debug)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) span: Span,
    /// Levels of the tree below and with this one; the parser bounds it, so that walks may recurse.
    pub(super) height: u16,
}

#[derive(Debug)]
pub(super) enum ExprKind {
    None,
    Bool(bool),
    Int(i64),
    BigInt(Arc<BigInt>),
    Float(f64),
    Text(TextId),
    Name {
        name: TextId,
        binding: Binding,
    },
    List(Vec<Expr>),
    Tuple(Vec<Expr>),
    Dict(Vec<(Expr, Expr)>),
    Attribute(Box<Expr>, TextId),
    Item(Box<Expr>, Box<Expr>),
    Slice(Box<[Option<Expr>; 3]>),
    Call(Box<CallExpr>),
    Filter(Box<FilterExpr>),
    Test(Box<TestExpr>),
    /// What a `{% filter %}` or `{% set %}...{% endset %}` block printed.
    BlockText,
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Plus(Box<Expr>),
    And(Box<[Expr; 2]>),
    Or(Box<[Expr; 2]>),
    Binary(BinaryOperator, Box<[Expr; 2]>),
    Concat(Vec<Expr>),
    Compare(Box<Expr>, Vec<(CompareOperator, Expr)>),
    Conditional {
        test: Box<Expr>,
        then: Box<Expr>,
        otherwise: Option<Box<Expr>>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CompareOperator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

#[derive(Debug, Default)]
pub(super) struct CallArgs {
    pub(super) positional: Vec<Expr>,
    pub(super) keyword: Vec<(TextId, Expr)>,
    pub(super) star: Option<Expr>,
    pub(super) double_star: Option<Expr>,
}

#[derive(Debug)]
pub(super) struct CallExpr {
    pub(super) callee: Expr,
    pub(super) args: CallArgs,
}

#[derive(Debug)]
pub(super) struct FilterExpr {
    pub(super) input: Expr,
    pub(super) name: TextId,
    /// Missing when no such filter exists and the use stands where Jinja2 complains only when it is
    /// reached: inside of a condition.
    pub(super) filter: Option<Filter>,
    pub(super) args: CallArgs,
}

#[derive(Debug)]
pub(super) struct TestExpr {
    pub(super) input: Expr,
    pub(super) name: TextId,
    /// As for filters.
    pub(super) test: Option<Predicate>,
    pub(super) args: CallArgs,
}

/// What `{% set %}` and `{% for %}` assign to.
#[derive(Debug)]
pub(super) enum Target {
    Name {
        name: TextId,
        binding: Binding,
    },
    Tuple(Vec<Target>, Span),
    /// `{% set namespace.attribute = ... %}`.
    Attribute {
        object: TextId,
        binding: Binding,
        attribute: TextId,
        span: Span,
    },
}

/// How a slot starts when its scope is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Load {
    /// Undefined until it is set.
    Missing,
    /// The global of that name until it is set.
    Global,
    /// The value of an enclosing scope's variable.
    Copy(Binding),
}

/// Statements with variables of their own.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) loads: Vec<(u32, Load)>,
    pub(super) statements: Vec<Statement>,
}

#[derive(Debug)]
pub(super) enum Statement {
    Text(Box<str>),
    Print(Expr),
    Do(Expr),
    Set(Target, Expr),
    SetBlock { target: Target, filter: Option<Expr>, body: Body },
    If { branches: Vec<(Expr, Vec<Statement>)>, otherwise: Vec<Statement> },
    For(Box<For>),
    Macro { target: Target, definition: Arc<MacroDefinition> },
    CallBlock { call: Expr, body: Arc<MacroDefinition> },
    FilterBlock { filter: Expr, body: Body },
    With { targets: Vec<Target>, values: Vec<Expr>, body: Body },
    Break,
    Continue,
}

#[derive(Debug)]
pub(super) struct For {
    pub(super) span: Span,
    pub(super) target: Target,
    pub(super) items: Expr,
    pub(super) test: Option<Expr>,
    /// The slot of `loop`, when the body uses it.
    pub(super) loop_slot: Option<u32>,
    pub(super) recursive: bool,
    pub(super) body: Body,
    pub(super) otherwise: Body,
}

/// One parameter of a macro; it lives in the slot of its place.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: TextId,
    pub(super) default: Option<Expr>,
}

/// A macro, or the body of a `{% call %}` block.
#[derive(Debug)]
pub(super) struct MacroDefinition {
    /// A call block's body has no name.
    pub(super) name: Option<TextId>,
    pub(super) parameters: Vec<Parameter>,
    /// The slots of the special names, when the body uses them.
    pub(super) caller: Option<u32>,
    pub(super) kwargs: Option<u32>,
    pub(super) varargs: Option<u32>,
    pub(super) function: Function,
}

/// A function's frame: its number of slots, and which variables of the enclosing function it shares.
#[derive(Debug, Default)]
pub(super) struct Function {
    pub(super) slots: u32,
    /// Each is a slot or a captured cell of the enclosing function.
    pub(super) captures: Vec<Binding>,
    pub(super) body: Body,
}

/// Highest tree of an expression; CPython's own parser bears about as much.
const HEIGHT: u16 = 200;

impl Expr {
    /// Fails when the tree gets higher than walks may recurse.
    pub(super) fn new(kind: ExprKind, span: Span) -> Result<Self, Error> {
        let height = 1 + kind.children_height();
        if height > HEIGHT {
            return Err(Error::syntax("the expression is nested too deeply", span));
        }
        Ok(Self { kind, span, height })
    }

    /// Whether Jinja2 computes it before the template runs: nothing in it has a name or is called.
    pub(super) fn is_constant(&self) -> bool {
        match &self.kind {
            ExprKind::None
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::BigInt(_)
            | ExprKind::Float(_)
            | ExprKind::Text(_) => true,
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Concat(items) => {
                items.iter().all(Self::is_constant)
            }
            ExprKind::Dict(entries) => entries.iter().all(|(key, value)| key.is_constant() && value.is_constant()),
            ExprKind::Not(operand) | ExprKind::Negate(operand) | ExprKind::Plus(operand) => operand.is_constant(),
            ExprKind::And(both) | ExprKind::Or(both) | ExprKind::Binary(_, both) => both.iter().all(Self::is_constant),
            ExprKind::Compare(first, rest) => first.is_constant() && rest.iter().all(|(_, item)| item.is_constant()),
            _ => false,
        }
    }
}

impl ExprKind {
    fn children_height(&self) -> u16 {
        let all = |items: &[Expr]| items.iter().map(|item| item.height).max().unwrap_or(0);
        match self {
            Self::None
            | Self::Bool(_)
            | Self::Int(_)
            | Self::BigInt(_)
            | Self::Float(_)
            | Self::Text(_)
            | Self::Name { .. }
            | Self::BlockText => 0,
            Self::List(items) | Self::Tuple(items) | Self::Concat(items) => all(items),
            Self::Dict(entries) => entries.iter().map(|(key, value)| key.height.max(value.height)).max().unwrap_or(0),
            Self::Attribute(operand, _) | Self::Not(operand) | Self::Negate(operand) | Self::Plus(operand) => {
                operand.height
            }
            Self::Item(owner, key) => owner.height.max(key.height),
            Self::Slice(parts) => parts.iter().flatten().map(|part| part.height).max().unwrap_or(0),
            Self::Call(call) => call.callee.height.max(call.args.height()),
            Self::Filter(filter) => filter.input.height.max(filter.args.height()),
            Self::Test(test) => test.input.height.max(test.args.height()),
            Self::And(both) | Self::Or(both) | Self::Binary(_, both) => all(both.as_slice()),
            Self::Compare(first, rest) => rest.iter().map(|(_, item)| item.height).max().unwrap_or(0).max(first.height),
            Self::Conditional { test, then, otherwise } => {
                let otherwise = otherwise.as_ref().map_or(0, |otherwise| otherwise.height);
                test.height.max(then.height).max(otherwise)
            }
        }
    }
}

impl CallArgs {
    /// Every argument.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Expr> {
        let keyword = self.keyword.iter().map(|(_, value)| value);
        self.positional.iter().chain(keyword).chain(&self.star).chain(&self.double_star)
    }

    fn height(&self) -> u16 {
        self.iter().map(|argument| argument.height).max().unwrap_or(0)
    }
}
