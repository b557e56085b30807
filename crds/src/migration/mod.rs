//! The register of information systems.

pub mod system;
