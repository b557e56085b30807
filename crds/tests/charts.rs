//! Sentences that charts say word for word as the catalogue does.

use crds::Message;
use std::{fs, path::Path};

fn says(chart: &str, message: &Message) -> bool {
    let chart = Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts").join(chart);
    fs::read_to_string(chart).is_ok_and(|chart| chart.contains(&message.to_string()))
}

#[test]
fn what_a_policy_says_is_what_the_catalogue_has() {
    assert!(says("zhengyun-hub/templates/admission.yaml", &Message::StepBackBy {}));
    assert!(says("zhengyun-site/templates/admission-adoption.yaml", &Message::MarkBy {}));
}
