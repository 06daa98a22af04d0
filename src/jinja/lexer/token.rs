//! What a template is made of, and how Jinja2's messages call it.

use crate::jinja::error::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::jinja) enum TokenKind {
    /// Text outside of tags.
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Integer,
    Float,
    Add,
    Subtract,
    Divide,
    FloorDivide,
    Multiply,
    Remainder,
    Power,
    Tilde,
    LeftBracket,
    RightBracket,
    LeftParenthesis,
    RightParenthesis,
    LeftBrace,
    RightBrace,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Assign,
    Dot,
    Colon,
    Pipe,
    Comma,
    Semicolon,
    End,
}

impl TokenKind {
    /// What a message calls a token of this kind, where its own text does not matter.
    pub(in crate::jinja) fn describe(self) -> &'static str {
        match self {
            Self::Data => "template data / text",
            Self::VariableBegin => "begin of print statement",
            Self::VariableEnd => "end of print statement",
            Self::BlockBegin => "begin of statement block",
            Self::BlockEnd => "end of statement block",
            Self::Name => "name",
            Self::String => "string",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::End => "end of template",
            _ => self.symbol(),
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Multiply => "*",
            Self::Remainder => "%",
            Self::Power => "**",
            Self::Tilde => "~",
            Self::LeftBracket => "[",
            Self::RightBracket => "]",
            Self::LeftParenthesis => "(",
            Self::RightParenthesis => ")",
            Self::LeftBrace => "{",
            Self::RightBrace => "}",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Assign => "=",
            Self::Dot => ".",
            Self::Colon => ":",
            Self::Pipe => "|",
            Self::Comma => ",",
            Self::Semicolon => ";",
            _ => "",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::jinja) struct Token {
    pub(in crate::jinja) kind: TokenKind,
    /// For `Data`, exactly the text that is printed.
    pub(in crate::jinja) span: Span,
}
