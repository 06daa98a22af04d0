//! The command line: one file a command. No business logic: everything is asked of the engine.
