//! The state of a district, for the error of a failed test: what a person would look at first.

use std::fmt::Write as _;

use crate::control_plane::ControlPlane;
use crate::district::District;
use crate::process::Component;

const LOG_LINES: usize = 40;
/// Of each control plane's objects; enough for the few kinds that matter, and a terminal still scrolls.
const OBJECT_BYTES: usize = 20_000;

pub(crate) async fn of(district: &District) -> String {
    let mut text = String::from("the state of the district:\n");
    section(&mut text, district.hub().plane(), district.hub().product().ok()).await;
    for site in district.sites() {
        section(&mut text, site.plane(), site.agent().ok()).await;
    }
    text
}

async fn section(text: &mut String, plane: &ControlPlane, product: Option<&Component>) {
    // Writing into a String cannot fail.
    let _ = writeln!(text, "=== {}", plane.name());
    if let Some(product) = product {
        let state = if product.alive() { "runs" } else { "has ended" };
        let _ = writeln!(text, "--- {} {state}; its log:\n{}", product.name(), product.log_tail(LOG_LINES));
    }
    if !plane.apiserver().alive() {
        let _ = writeln!(
            text,
            "--- its API server has ended; its log:\n{}",
            plane.apiserver().log_tail(LOG_LINES)
        );
        return;
    }
    // The category holds every kind of ours; `managedFields` is left out by kubectl itself.
    let asked =
        plane.kubectl(["get", "zhengyun", "--all-namespaces", "--output=yaml", "--request-timeout=5s"]);
    let objects = asked.await.unwrap_or_else(|error| format!("{error:#}"));
    let end = objects.floor_char_boundary(OBJECT_BYTES);
    let _ = writeln!(text, "--- its objects of our kinds:\n{}", &objects[..end]);
    if end < objects.len() {
        let _ = writeln!(text, "… and {} bytes more", objects.len() - end);
    }
}
