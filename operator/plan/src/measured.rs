//! Amounts as numbers: read from what people write, compared and added part by part, and written as native quotas.

use std::collections::BTreeMap;

use crds::{Amounts, Share};

use crate::quantity::{BadQuantity, Count, Mebibytes, MilliCpu, thousandths};

/// How many parts an amount has.
const PARTS: usize = 7;

/// The parts, as people call them: Chinese name and field.
const NAMES: [(&str, &str); PARTS] = [
    ("处理器", "cpu"),
    ("内存", "memory"),
    ("存储", "storage"),
    ("容器组", "pods"),
    ("数据卷", "volumes"),
    ("服务", "services"),
    ("命名空间", "namespaces"),
];

/// An amount of everything that a budget speaks of: CPU in thousandths of a core, memory and storage in MiB, and counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured([u64; PARTS]);

/// One part of an amount that does not fit, for a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooMuch {
    /// What it is, in Chinese and as a field.
    pub what: String,
    /// How much was asked for.
    pub asked: String,
    /// How much there was.
    pub left: String,
}

impl Measured {
    /// More than there can be of anything.
    pub const ALL: Self = Self([u64::MAX; PARTS]);
    /// One namespace and nothing else.
    pub const NAMESPACE: Self = Self([0, 0, 0, 0, 0, 0, 1]);

    /// Reads amounts.
    ///
    /// # Errors
    /// [`BadQuantity`] with the amount that cannot be read.
    pub fn parse(amounts: &Amounts) -> Result<Self, BadQuantity> {
        let Amounts { cpu, memory, storage, pods, volumes, services, namespaces } = amounts;
        let mebibytes = |text: &str| Mebibytes::parse(text).map(|amount| amount.0);
        let counts = [*pods, *volumes, *services, *namespaces].map(u64::from);
        let [pods, volumes, services, namespaces] = counts;
        let cpu = MilliCpu::parse(cpu)?.0;
        Ok(Self([cpu, mebibytes(memory)?, mebibytes(storage)?, pods, volumes, services, namespaces]))
    }

    /// Reads the share of one namespace, which is one namespace itself.
    ///
    /// # Errors
    /// [`BadQuantity`] with the amount that cannot be read.
    pub fn of_share(share: &Share) -> Result<Self, BadQuantity> {
        let Share { cpu, memory, storage, pods, volumes, services } = share.clone();
        Self::parse(&Amounts { cpu, memory, storage, pods, volumes, services, namespaces: 1 })
    }

    /// Reads what is charged to a native quota, whose amounts may be of any form that the API server writes.
    #[must_use]
    pub fn charged(used: &BTreeMap<String, String>) -> Self {
        let of = |key: &str| used.get(key).map_or("0", String::as_str);
        // Requests and limits of memory have one bound: whichever is more counts.
        let memory = milli(of("requests.memory")).max(milli(of("limits.memory")));
        let mebibytes = |milli: u128| u64::try_from(milli.div_ceil(1000 << 20)).unwrap_or(u64::MAX);
        let count = |key: &str| u64::try_from(milli(of(key)).div_ceil(1000)).unwrap_or(u64::MAX);
        Self([
            u64::try_from(milli(of("requests.cpu"))).unwrap_or(u64::MAX),
            mebibytes(memory),
            mebibytes(milli(of("requests.storage"))),
            count("pods"),
            count("persistentvolumeclaims"),
            count("services"),
            1,
        ])
    }

    /// Reads what a node leaves to pods, by resource name; memory is rounded down, as none can be promised that is not there.
    #[must_use]
    pub fn of_node<'a>(of: impl Fn(&str) -> Option<&'a str>) -> Self {
        let milli = |name: &str| of(name).and_then(thousandths).unwrap_or(0);
        let number = |value: u128| u64::try_from(value).unwrap_or(u64::MAX);
        let memory = number(milli("memory") / (1000 << 20));
        Self([number(milli("cpu")), memory, 0, number(milli("pods") / 1000), 0, 0, 0])
    }

    /// One part: 0 is CPU, 1 memory, 2 storage.
    #[must_use]
    pub(crate) fn part(&self, at: usize) -> u64 {
        self.0[at]
    }

    /// Writes the amounts as people would.
    #[must_use]
    pub fn amounts(&self) -> Amounts {
        let [cpu, memory, storage, pods, volumes, services, namespaces] = self.0;
        let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Amounts {
            cpu: if cpu.is_multiple_of(1000) { (cpu / 1000).to_string() } else { format!("{cpu}m") },
            memory: memory_text(memory),
            storage: memory_text(storage),
            pods: count(pods),
            volumes: count(volumes),
            services: count(services),
            namespaces: count(namespaces),
        }
    }

    /// The hard limits of the native quota. Ways past the network isolation are zero.
    #[must_use]
    pub fn hard(&self) -> BTreeMap<String, String> {
        let [cpu, memory, storage, pods, volumes, services, _] = self.0;
        [
            ("requests.cpu", MilliCpu(cpu).to_string()),
            ("requests.memory", Mebibytes(memory).to_string()),
            ("limits.memory", Mebibytes(memory).to_string()),
            ("requests.storage", Mebibytes(storage).to_string()),
            ("pods", Count(pods).to_string()),
            ("persistentvolumeclaims", Count(volumes).to_string()),
            ("services", Count(services).to_string()),
            ("services.nodeports", "0".to_owned()),
            ("services.loadbalancers", "0".to_owned()),
        ]
        .into_iter()
        .map(|(resource, amount)| (resource.to_owned(), amount))
        .collect()
    }

    /// Each part by its name in base units, as metrics have them: cores, bytes and counts.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a metric is a float")]
    pub fn base_units(&self) -> [(&'static str, f64); PARTS] {
        let mut parts = NAMES.map(|(_, field)| (field, 0.0));
        for (at, (part, amount)) in parts.iter_mut().zip(self.0).enumerate() {
            part.1 = match at {
                0 => amount as f64 / 1000.0,
                1 | 2 => amount as f64 * f64::from(1 << 20),
                _ => amount as f64,
            };
        }
        parts
    }

    /// Part by part the larger one.
    #[must_use]
    pub fn max(&self, other: &Self) -> Self {
        self.with(other, Ord::max)
    }

    /// Part by part the smaller one.
    #[must_use]
    pub fn min(&self, other: &Self) -> Self {
        self.with(other, Ord::min)
    }

    /// Both together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        self.with(other, u64::saturating_add)
    }

    /// What is left, part by part; nothing where there is less.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.with(other, u64::saturating_sub)
    }

    /// Each part times `by` over `of`, rounded up.
    #[must_use]
    pub fn scaled(&self, by: u64, of: u64) -> Self {
        Self(self.0.map(|part| part.saturating_mul(by).div_ceil(of)))
    }

    /// Each part up to the next multiple of that part of `step`; a part without a step stays.
    #[must_use]
    pub fn in_steps_of(&self, step: &Self) -> Self {
        self.with(step, |part, step| if step == 0 { part } else { part.div_ceil(step).saturating_mul(step) })
    }

    /// Whether every part fits.
    #[must_use]
    pub fn fits(&self, into: &Self) -> bool {
        self.0.iter().zip(into.0).all(|(part, into)| *part <= into)
    }

    /// Whether there is none of anything.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0 == [0; PARTS]
    }

    /// Whether pods can run on it at all.
    #[must_use]
    pub fn can_run(&self) -> bool {
        self.0[0] > 0 && self.0[1] > 0
    }

    /// Whether there is a namespace in it.
    #[must_use]
    pub fn has_namespace(&self) -> bool {
        self.0[PARTS - 1] > 0
    }

    /// All of them together.
    pub fn sum<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        all.into_iter().fold(Self::default(), |sum, one| sum.plus(one))
    }

    /// The first part that does not fit into what is left.
    #[must_use]
    pub fn too_much(&self, left: &Self) -> Option<TooMuch> {
        let at = (0..PARTS).find(|at| self.0[*at] > left.0[*at])?;
        let (zh, field) = NAMES[at];
        let text = |all: &Self| match at {
            0 => all.amounts().cpu,
            1 | 2 => memory_text(all.0[at]),
            _ => all.0[at].to_string(),
        };
        Some(TooMuch { what: format!("{zh} {field}"), asked: text(self), left: text(left) })
    }

    /// Whether any part is above a limit, where nothing of a part means that it is not limited.
    #[must_use]
    pub fn exceeds_where_limited(&self, limit: &Self) -> bool {
        self.0.iter().zip(limit.0).any(|(amount, limit)| limit > 0 && *amount > limit)
    }

    /// Whether more storage, or more volumes, is wanted than there is here.
    #[must_use]
    pub fn storage_grows(&self, wanted: &Self) -> bool {
        [2, 4].iter().any(|at| wanted.0[*at] > self.0[*at])
    }

    /// How full nodes of a capacity would be: the fullest of CPU, memory and pods, in per cent.
    #[must_use]
    pub fn fullest_of_nodes(&self, capacity: &Self) -> Option<(String, u64)> {
        let parts = [0, 1, 3].into_iter().filter(|at| capacity.0[*at] > 0);
        let percent = |at: usize| self.0[at].saturating_mul(100).div_ceil(capacity.0[at]);
        let named = parts.map(|at| (format!("{} {}", NAMES[at].0, NAMES[at].1), percent(at)));
        named.max_by_key(|(_, percent)| *percent)
    }

    fn with(&self, other: &Self, of: impl Fn(u64, u64) -> u64) -> Self {
        let mut parts = [0; PARTS];
        for (part, (one, two)) in parts.iter_mut().zip(self.0.into_iter().zip(other.0)) {
            *part = of(one, two);
        }
        Self(parts)
    }
}

/// As people write it: the largest unit that divides the amount.
fn memory_text(mebibytes: u64) -> String {
    let units = [(20, "Ti"), (10, "Gi")];
    let fits = |bits: u32| mebibytes != 0 && mebibytes.trailing_zeros() >= bits;
    match units.into_iter().find(|(bits, _)| fits(*bits)) {
        Some((bits, unit)) => format!("{}{unit}", mebibytes >> bits),
        None if mebibytes == 0 => "0Gi".into(),
        None => format!("{mebibytes}Mi"),
    }
}

/// Thousandths in a quantity that the API server wrote; all there can be in one that cannot be read, so that it never counts for
/// less than it is.
fn milli(quantity: &str) -> u128 {
    thousandths(quantity).unwrap_or(u128::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amounts(cpu: &str, memory: &str, pods: u32) -> Amounts {
        let storage = "0Gi".into();
        Amounts { cpu: cpu.into(), memory: memory.into(), storage, pods, ..Amounts::default() }
    }

    #[test]
    fn amounts_are_read_and_written_the_same() {
        for one in [amounts("1000", "64Gi", 3), amounts("1500m", "0Gi", 0), amounts("0", "1536Mi", 1_000)] {
            assert_eq!(Measured::parse(&one).unwrap().amounts(), one);
        }
        let nothing = Measured::parse(&Amounts::default()).unwrap();
        assert!(nothing.is_zero() && !nothing.can_run());
    }

    #[test]
    fn the_first_part_that_does_not_fit_is_named() {
        let of = |cpu, memory, pods| Measured::parse(&amounts(cpu, memory, pods)).unwrap();
        let said = of("16", "128Gi", 5).too_much(&of("16", "64Gi", 5)).unwrap();
        assert_eq!(said, TooMuch { what: "内存 memory".into(), asked: "128Gi".into(), left: "64Gi".into() });
        assert_eq!(of("1", "1Gi", 1).too_much(&of("1", "1Gi", 1)), None);
    }

    #[test]
    fn metrics_have_cores_bytes_and_counts() {
        let parts = Measured::parse(&amounts("1500m", "2Gi", 3)).unwrap().base_units();
        assert_eq!(parts[..4], [("cpu", 1.5), ("memory", 2_147_483_648.0), ("storage", 0.0), ("pods", 3.0)]);
    }

    #[test]
    fn what_cannot_be_read_counts_for_everything() {
        let used = BTreeMap::from([("pods".to_owned(), "many".to_owned())]);
        assert_eq!(Measured::charged(&used).amounts().pods, u32::MAX);
    }

    #[test]
    fn of_requests_and_limits_the_larger_one_is_charged() {
        let used =
            [("requests.memory", "1Gi"), ("limits.memory", "2Gi"), ("pods", "3"), ("requests.cpu", "250m")];
        let used = used.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        assert_eq!(
            Measured::charged(&used).amounts(),
            Amounts { namespaces: 1, ..amounts("250m", "2Gi", 3) }
        );
    }
}
