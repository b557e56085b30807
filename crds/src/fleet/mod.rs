//! The district, its data centres, and what hub and sites tell each other.

pub mod allotment;
pub mod applied_bundle;
pub mod data_center;
pub mod district;
pub mod escrow_ledger;
pub mod order;
pub mod ruling;
pub mod site_bundle;
pub mod site_report;
pub mod token_issuer;
