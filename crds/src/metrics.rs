//! What the processes count: names, labels and meanings, as fixed as the kinds, because alert rules and dashboards rest on them.
//!
//! Every metric also carries the label `component`, `hub` or `site`, and on a site `site`.

/// How a metric behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It sorts observations into buckets.
    Histogram,
}

impl MetricKind {
    /// As the text that Prometheus reads has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// Which process counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// `zhengyun hub`.
    Hub,
    /// `zhengyun site`.
    Site,
}

impl Component {
    /// The value of the label `component`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::Site => "site",
        }
    }
}

/// One metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its whole name.
    pub name: &'static str,
    /// How it behaves.
    pub kind: MetricKind,
    /// Its labels beside those that all have.
    pub labels: &'static [&'static str],
    /// Who counts it.
    pub by: &'static [Component],
    /// What it says, in Chinese.
    pub zh: &'static str,
    /// What it says, in English.
    pub en: &'static str,
}

const BOTH: &[Component] = &[Component::Hub, Component::Site];
const HUB: &[Component] = &[Component::Hub];
const SITE: &[Component] = &[Component::Site];

macro_rules! metrics {
    ($($constant:ident: $kind:ident $name:literal $labels:tt $by:ident, $zh:literal, $en:literal;)+) => {
        $(
            #[doc = $en]
            pub const $constant: Metric = Metric {
                name: $name,
                kind: MetricKind::$kind,
                labels: &$labels,
                by: $by,
                zh: $zh,
                en: $en,
            };
        )+

        /// Every metric, in the order in which a reader meets them.
        pub const ALL: &[Metric] = &[$($constant),+];
    };
}

metrics! {
    BUILD: Gauge "zhengyun_build_info" ["version"] BOTH,
        "程序版本,恒为 1", "the version of the program, always 1";
    LEADER: Gauge "zhengyun_leader" [] BOTH,
        "本进程是否为主", "whether this process leads";
    PASSES: Counter "zhengyun_passes_total" ["slice", "outcome"] BOTH,
        "处理次数,按类别与结果(applied、waiting、skipped、failed、abandoned)",
        "passes by slice and outcome (applied, waiting, skipped, failed, abandoned)";
    PASS_SECONDS: Histogram "zhengyun_pass_duration_seconds" ["slice"] BOTH,
        "一次处理所用秒数,按类别", "seconds of a pass by slice";
    WRITES: Counter "zhengyun_writes_total" ["kind"] BOTH,
        "写入次数,按对象类别", "writes by kind";
    WATCH_ERRORS: Counter "zhengyun_watch_errors_total" ["kind"] BOTH,
        "监视(watch)失败次数,按对象类别", "failures of watches by kind";
    MALFORMED: Counter "zhengyun_malformed_objects_total" ["kind"] BOTH,
        "读不懂的对象次数,按对象类别", "objects that could not be read, by kind";

    SITE_CONTACT_AGE: Gauge "zhengyun_site_contact_age_seconds" ["site"] HUB,
        "距上次收到该机房信号的秒数", "seconds since the site was heard";
    SITE_READY: Gauge "zhengyun_site_ready" ["site"] HUB,
        "该机房的 Ready 是否为 True", "whether the site's Ready is True";
    SITE_SETS: Gauge "zhengyun_site_sets" ["site", "state"] HUB,
        "该机房的指令组数,按状态(told 已下发、accepted 已接受、applied 已生效、blocked 受阻、quarantined 待裁定、contested 争用、unknown 中心无记录)",
        "sets of orders of the site by state (told, accepted, applied, blocked, quarantined, contested, unknown)";
    OBJECTS: Gauge "zhengyun_objects" ["kind", "ready"] HUB,
        "登记对象数,按类别与 Ready(true、false、unknown)", "registered objects by kind and Ready (true, false, unknown)";
    ALLOTMENTS: Gauge "zhengyun_allotments" ["site", "resource", "stage"] HUB,
        "各单位在该机房的配额合计(cpu 为核,memory、storage 为字节,其余为个数),按阶段(granted 批复、told 下达、counted 计入)",
        "what departments have at the site together (cpu in cores, memory and storage in bytes, else counts) by stage (granted, told, counted)";

    HUB_CONTACT_AGE: Gauge "zhengyun_hub_contact_age_seconds" [] SITE,
        "距上次联系上中心的秒数,只由为主的进程给出", "seconds since the hub was heard, said by the process that leads";
    CREDENTIAL_EXPIRY: Gauge "zhengyun_credential_expiry_timestamp_seconds" [] SITE,
        "访问中心的凭证何时到期(1970 年起的秒数)", "when the credential for the hub ends, in seconds since 1970";
    SETS: Gauge "zhengyun_sets" ["state"] SITE,
        "本机房的指令组数,按状态(accepted 已接受、applied 已生效、blocked 受阻、quarantined 待裁定、contested 争用)",
        "sets of orders by state (accepted, applied, blocked, quarantined, contested)";
    DRIFT: Counter "zhengyun_drift_corrections_total" [] SITE,
        "他人改动被恢复的次数(漂移)", "changes by others that were put back";
    NODES_READY: Gauge "zhengyun_nodes_ready" [] SITE,
        "就绪节点数", "nodes that are Ready";
    NAMESPACES: Gauge "zhengyun_namespaces" [] SITE,
        "本平台的命名空间数", "namespaces that stand for departments";

    PROCESS_CPU: Counter "process_cpu_seconds_total" [] BOTH,
        "进程所用处理器秒数", "seconds of CPU that the process used";
    PROCESS_MEMORY: Gauge "process_resident_memory_bytes" [] BOTH,
        "进程占用内存字节数", "resident memory of the process in bytes";
    PROCESS_FILES: Gauge "process_open_fds" [] BOTH,
        "进程打开的文件数", "files that the process holds open";
    PROCESS_START: Gauge "process_start_time_seconds" [] BOTH,
        "进程何时启动(1970 年起的秒数)", "when the process began, in seconds since 1970";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_conventions_of_prometheus() {
        for (index, metric) in ALL.iter().enumerate() {
            let Metric { name, kind, labels, by, zh, .. } = metric;
            assert!(name.starts_with("zhengyun_") || name.starts_with("process_"), "{name}");
            assert_eq!(*kind == MetricKind::Counter, name.ends_with("_total"), "{name}");
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
            assert!(ALL[..index].iter().all(|other| other.name != *name), "{name} twice");
            // Those are the ones that all have, or that Prometheus sets.
            assert!(
                !labels.iter().any(|label| ["component", "job", "instance", "le"].contains(label)),
                "{name}"
            );
            assert!(
                !(by.contains(&Component::Site) && labels.contains(&"site")),
                "{name} has the label site twice"
            );
            assert!(zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{name}");
        }
    }
}
