//! Sentences that charts say word for word as the catalogue does.

use crds::Message;
use std::{fs, path::Path};

#[test]
fn who_may_take_a_step_back_is_said_alike_by_chart_and_catalogue() {
    let chart = Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts/zhengyun-hub/templates/admission.yaml");
    let chart = fs::read_to_string(chart).unwrap();
    assert!(chart.contains(&Message::StepBackBy {}.to_string()));
}
