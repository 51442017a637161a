//! The cores that everything runs on.

use std::fmt;

/// Some of the machine's cores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cores {
    /// One for all.
    One,
    /// All that there are.
    All,
}

/// The settings in which this machine can measure.
pub fn settings() -> &'static [Cores] {
    if cfg!(target_os = "linux") {
        &[Cores::One, Cores::All]
    } else {
        &[Cores::All]
    }
}

impl Cores {
    /// This thread, and all threads and processes that it starts from now on, keep to these cores.
    #[cfg(target_os = "linux")]
    pub fn keep_to(self) {
        use std::sync::OnceLock;

        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

        static ALLOWED: OnceLock<CpuSet> = OnceLock::new();
        let allowed = ALLOWED.get_or_init(|| sched_getaffinity(None).unwrap());
        let mut cores = *allowed;
        if self == Cores::One {
            let first = (0..CpuSet::MAX_CPU).find(|core| allowed.is_set(*core));
            cores.clear();
            cores.set(first.unwrap());
        }
        sched_setaffinity(None, &cores).unwrap();
    }

    /// Nothing: there is only one setting.
    #[cfg(not(target_os = "linux"))]
    pub fn keep_to(self) {}
}

impl fmt::Display for Cores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cores::One => f.write_str("one core, which server and load generator share"),
            Cores::All => f.write_str("all cores, which server and load generator share"),
        }
    }
}
