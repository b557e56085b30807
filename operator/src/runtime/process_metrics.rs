//! What the process itself takes of its machine, under the names that all exporters use.

use crds::metrics;
use procfs::WithCurrentSystemInfo as _;
use procfs::process::Process;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use super::metrics::register;

/// Registers what is true now; what the kernel does not tell is left out.
pub(super) fn register_into(registry: &mut Registry) {
    let Ok(process) = Process::myself() else { return };
    if let Ok(stat) = process.stat() {
        #[expect(clippy::cast_precision_loss, reason = "clock ticks and bytes stay far below 2^53")]
        let (cpu, memory) = (
            (stat.utime + stat.stime) as f64 / procfs::ticks_per_second() as f64,
            stat.rss_bytes().get() as f64,
        );
        register(registry, &metrics::PROCESS_CPU, ConstCounter::new(cpu));
        register(registry, &metrics::PROCESS_MEMORY, ConstGauge::new(memory));
        if let Ok(boot) = procfs::boot_time_secs() {
            #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 stay far below 2^53")]
            let began = boot as f64 + stat.starttime as f64 / procfs::ticks_per_second() as f64;
            register(registry, &metrics::PROCESS_START, ConstGauge::new(began));
        }
    }
    if let Ok(files) = process.fd_count() {
        register(
            registry,
            &metrics::PROCESS_FILES,
            ConstGauge::new(u32::try_from(files).unwrap_or(u32::MAX)),
        );
    }
}
