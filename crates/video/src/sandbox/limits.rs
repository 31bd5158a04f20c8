use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit};

/// How much one child may use. The kernel enforces all but `wall` and `written`, which its supervisor watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Time on the clock, from the start to the end, waiting for whoever reads the result included.
    pub wall: Duration,
    /// Processor time of all threads together; in whole seconds, at least one.
    pub processor: Duration,
    /// Bytes of memory: heap, stacks and what else is private and written to; not the program and its libraries.
    pub memory: u64,
    /// Bytes of everything that is written: to the standard output, or into all files together.
    pub written: u64,
    /// Open files, connections and pipes.
    pub open_files: u64,
    /// Threads of all processes of the user that the child runs as. The kernel asks nobody who is the superuser.
    pub threads: u64,
}

impl Default for Limits {
    /// Five minutes on the clock, twenty of a processor, 2 GiB of memory, 100 MiB written, 64 open files, 4096 threads.
    fn default() -> Self {
        Self {
            wall: Duration::from_mins(5),
            processor: Duration::from_mins(20),
            memory: 2 << 30,
            written: 100 << 20,
            open_files: 64,
            threads: 4096,
        }
    }
}

impl Limits {
    /// What the kernel is told. None is over what this process has itself: nobody can give away more.
    pub(super) fn of_the_kernel(&self) -> [(Resource, Rlimit); 6] {
        // At the soft limit a program hears of it and can end in order; two seconds later it is killed.
        let seconds = self.processor.as_secs().max(1);
        [
            (Resource::Cpu, seconds, seconds.saturating_add(2)),
            (Resource::Data, self.memory, self.memory),
            (Resource::Fsize, self.written, self.written),
            (Resource::Nofile, self.open_files, self.open_files),
            (Resource::Nproc, self.threads, self.threads),
            (Resource::Core, 0, 0),
        ]
        .map(|(resource, current, maximum)| {
            let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
            (resource, Rlimit { current: Some(current.min(most)), maximum: Some(maximum.min(most)) })
        })
    }
}
