use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

use crate::Error;

/// What ffmpeg, its codecs, a C library and its threads call, whatever the arguments. Which files may be opened is
/// Landlock's.
const ALLOWED: &[libc::c_long] = &[
    // Descriptors.
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_pwrite64,
    libc::SYS_pwritev,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_close_range,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    // Files.
    libc::SYS_openat,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_newfstatat,
    libc::SYS_fstat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_mkdirat,
    libc::SYS_unlinkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_umask,
    // Memory.
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_mlock,
    libc::SYS_munlock,
    // Threads. Their start is in `conditions`.
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_get_robust_list,
    libc::SYS_rseq,
    libc::SYS_set_tid_address,
    libc::SYS_membarrier,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_getparam,
    libc::SYS_sched_getscheduler,
    libc::SYS_sched_get_priority_max,
    libc::SYS_sched_get_priority_min,
    libc::SYS_getpriority,
    libc::SYS_getcpu,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // Signals to itself, by the kernel. Those that a process sends to another one are not here.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    // The clock, and what it is.
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_gettimeofday,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getppid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getrusage,
    libc::SYS_times,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_getrandom,
    // Its one connection. Which sockets there are, and what is sent, is in `conditions`; whereto, is Landlock's.
    libc::SYS_connect,
    libc::SYS_getsockopt,
    libc::SYS_setsockopt,
    libc::SYS_getsockname,
    libc::SYS_getpeername,
    libc::SYS_recvfrom,
    libc::SYS_shutdown,
];

/// Calls that only `x86_64` has, each with a younger one above.
#[cfg(target_arch = "x86_64")]
const ALLOWED_HERE: &[libc::c_long] = &[
    libc::SYS_arch_prctl,
    libc::SYS_open,
    libc::SYS_access,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_readlink,
    libc::SYS_mkdir,
    libc::SYS_rmdir,
    libc::SYS_unlink,
    libc::SYS_rename,
    libc::SYS_dup2,
    libc::SYS_poll,
    libc::SYS_select,
    libc::SYS_time,
    libc::SYS_getrlimit,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_HERE: &[libc::c_long] = &[];

/// The one program that is executed: a descriptor above every limit, so that no other file ever has its number, and the
/// address of the empty path that goes with it, which nobody inside knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Executed {
    pub(super) descriptor: i32,
    pub(super) empty_path: u64,
}

/// Whether filters exist for the processor that this is built for.
pub(super) fn known_processor() -> bool {
    TargetArch::try_from(std::env::consts::ARCH).is_ok()
}

/// The filter of one child. Whatever is not let through fails with `ENOSYS`, as on a kernel that lacks it: C libraries
/// have an older way for everything new.
pub(super) fn filter(executed: Executed) -> Result<BpfProgram, Error> {
    compile(executed).map_err(|error| Error::sandbox(format!("seccomp: {error}")))
}

fn compile(executed: Executed) -> Result<BpfProgram, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        ALLOWED.iter().chain(ALLOWED_HERE).map(|call| (*call, Vec::new())).collect();
    rules.extend(conditions(executed)?);
    SeccompFilter::new(
        rules,
        SeccompAction::Errno(libc::ENOSYS as u32),
        SeccompAction::Allow,
        std::env::consts::ARCH.try_into()?,
    )?
    .try_into()
}

/// Calls that depend on their arguments.
fn conditions(executed: Executed) -> Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError> {
    /// A thread, in the namespaces that it is in: no process.
    const NAMESPACES: i32 = libc::CLONE_NEWNS
        | libc::CLONE_NEWCGROUP
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUSER
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET;
    let thread = masked(0, (libc::CLONE_THREAD | NAMESPACES) as u64, libc::CLONE_THREAD as u64)?;
    // TCP over IPv4 and nothing that stands in for it: Landlock knows no MPTCP.
    let kind = !(libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK) as u32;
    let socket = |protocol: i32| {
        Ok(vec![
            equal(0, libc::AF_INET as u64)?,
            masked(1, u64::from(kind), libc::SOCK_STREAM as u64)?,
            equal(2, protocol as u64)?,
        ])
    };
    // Without an address: what is sent with one could open a connection that Landlock does not see.
    let send = vec![
        masked(3, libc::MSG_FASTOPEN as u64, 0)?,
        SeccompCondition::new(4, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)?,
    ];
    // Reads limits, and cannot set them.
    let limits = SeccompCondition::new(2, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)?;
    let execute = vec![
        equal(0, executed.descriptor as u64)?,
        SeccompCondition::new(1, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, executed.empty_path)?,
        equal(4, libc::AT_EMPTY_PATH as u64)?,
    ];
    let descriptors =
        [libc::F_GETFD, libc::F_SETFD, libc::F_GETFL, libc::F_SETFL, libc::F_DUPFD, libc::F_DUPFD_CLOEXEC];
    Ok(BTreeMap::from([
        (libc::SYS_clone, any([vec![thread]])?),
        (libc::SYS_socket, any([socket(0)?, socket(libc::IPPROTO_TCP)?])?),
        (libc::SYS_sendto, any([send])?),
        (libc::SYS_prlimit64, any([vec![limits]])?),
        (libc::SYS_execveat, any([execute])?),
        (libc::SYS_prctl, any([vec![equal(0, libc::PR_SET_NAME as u64)?]])?),
        (
            libc::SYS_fcntl,
            descriptors
                .iter()
                .map(|command| SeccompRule::new(vec![equal(1, *command as u64)?]))
                .collect::<Result<_, _>>()?,
        ),
    ]))
}

fn any<const N: usize>(
    alternatives: [Vec<SeccompCondition>; N],
) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    alternatives.into_iter().map(SeccompRule::new).collect()
}

/// An argument of 32 bits that is `value`.
fn equal(argument: u8, value: u64) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)
}

/// An argument of 32 bits whose bits in `mask` are those of `value`.
fn masked(argument: u8, mask: u64, value: u64) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(mask), value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_processor_that_is_built_for_has_a_filter() {
        assert!(known_processor());
        let filter = filter(Executed { descriptor: 64, empty_path: 0x1234 }).unwrap();
        // The kernel takes 4096 instructions.
        assert!((100..4096).contains(&filter.len()), "{}", filter.len());
    }

    #[test]
    fn nothing_that_leads_out_is_let_through() {
        for call in [
            libc::SYS_ptrace,
            libc::SYS_process_vm_readv,
            libc::SYS_process_vm_writev,
            libc::SYS_mount,
            libc::SYS_umount2,
            libc::SYS_pivot_root,
            libc::SYS_chroot,
            libc::SYS_bpf,
            libc::SYS_perf_event_open,
            libc::SYS_userfaultfd,
            libc::SYS_io_uring_setup,
            libc::SYS_keyctl,
            libc::SYS_add_key,
            libc::SYS_request_key,
            libc::SYS_unshare,
            libc::SYS_setns,
            libc::SYS_kexec_load,
            libc::SYS_init_module,
            libc::SYS_finit_module,
            libc::SYS_delete_module,
            libc::SYS_clone3,
            libc::SYS_execve,
            libc::SYS_bind,
            libc::SYS_listen,
            libc::SYS_accept4,
            libc::SYS_socketpair,
            libc::SYS_sendmsg,
            libc::SYS_sendmmsg,
            libc::SYS_kill,
            libc::SYS_tkill,
            libc::SYS_tgkill,
            libc::SYS_rt_sigqueueinfo,
            libc::SYS_pidfd_open,
            libc::SYS_pidfd_getfd,
            libc::SYS_setrlimit,
            libc::SYS_memfd_create,
            libc::SYS_ioctl,
            libc::SYS_seccomp,
            libc::SYS_setuid,
            libc::SYS_capset,
            libc::SYS_linkat,
            libc::SYS_symlinkat,
            libc::SYS_mknodat,
            libc::SYS_fchmodat,
        ] {
            assert!(!ALLOWED.contains(&call) && !ALLOWED_HERE.contains(&call), "{call}");
        }
    }
}
