//! Shares as people read them.

use crds::Share;

/// `cpu 16, memory 64Gi, ...`
pub(crate) fn amount(share: &Share) -> String {
    parts(share).map(|(name, amount)| format!("{name} {amount}")).join(", ")
}

/// Both sides of a change, only what differs in it; a dash where there was no share.
pub(crate) fn change(from: Option<&Share>, to: &Share) -> (String, String) {
    let Some(from) = from else { return ("-".to_owned(), amount(to)) };
    let both = parts(from).into_iter().zip(parts(to)).filter(|(from, to)| from.1 != to.1);
    let (from, to): (Vec<String>, Vec<String>) =
        both.map(|(from, to)| (format!("{} {}", from.0, from.1), format!("{} {}", to.0, to.1))).unzip();
    (from.join(", "), to.join(", "))
}

fn parts(share: &Share) -> [(&'static str, String); 6] {
    let Share { cpu, memory, storage, pods, volumes, services } = share;
    [
        ("cpu", cpu.clone()),
        ("memory", memory.clone()),
        ("storage", storage.clone()),
        ("pods", pods.to_string()),
        ("volumes", volumes.to_string()),
        ("services", services.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_shows_what_differs_and_only_that() {
        let one = Share { cpu: "16".into(), memory: "64Gi".into(), pods: 50, ..Share::default() };
        let other = Share { cpu: "8".into(), pods: 20, ..one.clone() };
        assert_eq!(change(Some(&one), &other), ("cpu 16, pods 50".into(), "cpu 8, pods 20".into()));
        assert_eq!(change(None, &other).0, "-");
        assert_eq!(amount(&other), "cpu 8, memory 64Gi, storage , pods 20, volumes 0, services 0");
    }
}
