//! What a template may cost. Templates come from repositories that nobody here wrote: each limit ends
//! a render with a clear error, well within a second.

/// The limits of one interpreter's work between two calls of [`super::Interpreter::reset`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Statements, expressions, loop turns and copied items.
    pub steps: u64,
    /// Bytes that one template or macro may print.
    pub output_bytes: usize,
    /// Macros within macros.
    pub depth: usize,
    /// Bytes of the thread's stack that a render may use. Threads have at least 2 MiB; the rest is for
    /// what a host's functions need.
    pub stack_bytes: usize,
    /// Items of one `range()`; the sandbox of Jinja2 has 100,000.
    pub range: usize,
    /// Bytes of one string, and 16-byte units of one list.
    pub string_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 10_000_000,
            output_bytes: 32 << 20,
            depth: 100,
            stack_bytes: 1_280 << 10,
            range: 100_000,
            string_bytes: 32 << 20,
        }
    }
}
