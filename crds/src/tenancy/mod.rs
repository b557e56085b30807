//! Departments, how they are fenced in, and where their systems live.

pub mod access_grant;
pub mod adoption;
pub mod approval;
pub mod approval_policy;
pub mod budget;
pub mod department;
pub mod flow;
pub mod grant;
pub mod isolation_profile;
pub mod removal;
pub mod resource_request;
pub mod work_calendar;
pub mod workspace;
pub mod workspace_set;
