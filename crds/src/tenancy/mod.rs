//! Departments, how they are fenced in, and where their systems live.

pub mod department;
pub mod isolation_profile;
pub mod removal;
pub mod workspace;
