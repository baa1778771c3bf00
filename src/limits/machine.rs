//! What the machine has and the process takes, as Linux tells it.

use std::fs::read_to_string;

/// Bytes that are free, where the system reports it: of the machine, and of the container.
pub fn free() -> Option<u64> {
    let machine = read_to_string("/proc/meminfo").ok();
    let machine = machine.and_then(|text| line(&text, "MemAvailable:")?.checked_mul(1024));
    match (machine, container()) {
        (Some(machine), Some(container)) => Some(machine.min(container)),
        (machine, container) => machine.or(container),
    }
}

/// Bytes of memory that the machine has.
pub(super) fn total() -> Option<u64> {
    let text = read_to_string("/proc/meminfo").ok()?;
    line(&text, "MemTotal:")?.checked_mul(1024)
}

/// Bytes that this process holds in memory.
pub fn resident() -> Option<u64> {
    let text = read_to_string("/proc/self/status").ok()?;
    line(&text, "VmRSS:")?.checked_mul(1024)
}

/// The number after a name at the beginning of a line.
fn line(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|l| l.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// What a control group leaves: its limit less what cannot be given back.
fn container() -> Option<u64> {
    let group = |file: &str| read_to_string(format!("/sys/fs/cgroup/{file}")).ok();
    let number = |file: &str| group(file)?.trim().parse::<u64>().ok();
    let limit = number("memory.max")?;
    let cached = group("memory.stat").and_then(|text| line(&text, "inactive_file"));
    let taken = number("memory.current")?.saturating_sub(cached.unwrap_or(0));
    Some(limit.saturating_sub(taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_after_their_names() {
        let text = "MemTotal:       16384 kB\nMemAvailable:    8000 kB\n";
        assert_eq!(line(text, "MemAvailable:"), Some(8000));
        assert_eq!(line(text, "MemFree:"), None);
    }

    #[test]
    fn a_process_takes_less_than_the_machine_has() {
        let (Some(resident), Some(total)) = (resident(), total()) else {
            return eprintln!("skipped: the system reports no memory");
        };
        assert!(0 < resident && resident < total);
    }
}
