#![allow(unsafe_code)]

//! From fork to exec: the calls that close the box, in their order.
//!
//! Between the two, the child is a copy of one thread of a program with many, and may only do what is safe in a signal
//! handler (signal-safety(7)): system calls on what was prepared before the fork. Nothing here allocates, locks or
//! unwinds.

use std::convert::Infallible;
use std::ffi::{CString, c_char, c_long};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::ptr;

use rustix::process::{Gid, Pid, Resource, Rlimit, Signal, Uid};
use rustix::thread::{CapabilitySet, CapabilitySets};
use seccompiler::BpfProgram;
use tokio::process::Command;

/// What a child needs on its way, all of it prepared before the fork.
pub(super) struct Entry {
    /// The process that forks: if it is gone, so is the child.
    pub(super) parent: Pid,
    pub(super) identity: Option<(Uid, Gid)>,
    pub(super) limits: [(Resource, Rlimit); 6],
    /// A pipe that the child inherits.
    pub(super) inherited: Option<OwnedFd>,
    /// Landlock's rules.
    pub(super) rules: Option<OwnedFd>,
    /// The filter of system calls.
    pub(super) filter: Option<BpfProgram>,
    /// What is executed.
    pub(super) program: OwnedFd,
    /// `""`, where the filter expects it.
    pub(super) empty_path: CString,
    pub(super) arguments: Strings,
    /// A pipe on which the step that failed is told.
    pub(super) report: OwnedFd,
}

/// C's array of strings, with the null at its end.
pub(super) struct Strings {
    pointers: Vec<*const c_char>,
    /// What the pointers point to.
    _owned: Vec<CString>,
}

impl Strings {
    pub(super) fn new(owned: Vec<CString>) -> Self {
        // The text of a `CString` lies on the heap, and stays there when the `CString` moves.
        let pointers = owned.iter().map(|text| text.as_ptr()).chain([ptr::null()]).collect();
        Self { pointers, _owned: owned }
    }
}

// SAFETY: the pointers lead to texts that the same value owns and never changes; they are read by the kernel only.
unsafe impl Send for Strings {}
// SAFETY: as above; there is nothing in it that changes.
unsafe impl Sync for Strings {}

/// The steps, as they are told when one fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Step {
    Session = 1,
    Identity,
    Capabilities,
    Privileges,
    Parent,
    Limits,
    Descriptors,
    Landlock,
    Seccomp,
    Execute,
}

impl Step {
    pub(super) const ALL: [Self; 10] = [
        Self::Session,
        Self::Identity,
        Self::Capabilities,
        Self::Privileges,
        Self::Parent,
        Self::Limits,
        Self::Descriptors,
        Self::Landlock,
        Self::Seccomp,
        Self::Execute,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Session => "a session of its own",
            Self::Identity => "another user",
            Self::Capabilities => "no capabilities",
            Self::Privileges => "no new privileges",
            Self::Parent => "the death of its parent",
            Self::Limits => "limits",
            Self::Descriptors => "closed descriptors",
            Self::Landlock => "Landlock",
            Self::Seccomp => "seccomp",
            Self::Execute => "starting the program",
        }
    }
}

/// Lets a child of `command` close its box and become `entry`'s program. What the command itself would execute is never
/// reached.
pub(super) fn attach(command: &mut Command, entry: Entry) {
    // SAFETY: `enter` is async-signal-safe, as this file's first lines say: it makes system calls on what `entry`
    // holds.
    unsafe { command.pre_exec(move || enter(&entry)) };
}

/// Comes back only with an error.
fn enter(entry: &Entry) -> io::Result<()> {
    let mut step = Step::Session;
    let Err(error) = close_and_execute(entry, &mut step);
    // Where the report is lost, the error itself still arrives.
    let _ = rustix::io::write(&entry.report, &[step as u8]);
    Err(error)
}

fn close_and_execute(entry: &Entry, step: &mut Step) -> io::Result<Infallible> {
    rustix::process::setsid()?;
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));

    *step = Step::Identity;
    if let Some((user, group)) = entry.identity {
        rustix::thread::set_thread_groups(&[])?;
        rustix::thread::set_thread_res_gid(group, group, group)?;
        rustix::thread::set_thread_res_uid(user, user, user)?;
    }
    *step = Step::Capabilities;
    let none = CapabilitySet::empty();
    rustix::thread::set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })?;
    // Without it neither Landlock nor seccomp is open to everybody; and exec gives nothing back.
    *step = Step::Privileges;
    rustix::thread::set_no_new_privs(true)?;

    // After the change of user, which would clear it. The parent may have died before.
    *step = Step::Parent;
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if rustix::process::getppid() != Some(entry.parent) {
        return Err(io::Error::from_raw_os_error(libc::ESRCH));
    }

    *step = Step::Limits;
    for (resource, limit) in &entry.limits {
        rustix::process::setrlimit(*resource, *limit)?;
    }

    *step = Step::Descriptors;
    close_on_exec()?;
    if let Some(pipe) = &entry.inherited {
        rustix::io::fcntl_setfd(pipe, rustix::io::FdFlags::empty())?;
    }

    *step = Step::Landlock;
    if let Some(rules) = &entry.rules {
        // SAFETY: the descriptor is open; the kernel reads nothing of ours.
        call(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, rules.as_fd().as_raw_fd(), 0) })?;
    }
    *step = Step::Seccomp;
    if let Some(filter) = &entry.filter {
        let program =
            libc::sock_fprog { len: filter.len() as libc::c_ushort, filter: filter.as_ptr().cast_mut().cast() };
        // SAFETY: `program` leads to `len` instructions, which have C's layout (`repr(C)`, the fields of `sock_filter`)
        // and outlive the call; the kernel copies them and writes nothing.
        call(unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program) })?;
    }

    *step = Step::Execute;
    let environment: [*const c_char; 1] = [ptr::null()];
    // SAFETY: both arrays end with a null, and all strings in them with a zero; they outlive the call, which only comes
    // back if it failed.
    call(unsafe {
        libc::syscall(
            libc::SYS_execveat,
            entry.program.as_raw_fd(),
            entry.empty_path.as_ptr(),
            entry.arguments.pointers.as_ptr(),
            environment.as_ptr(),
            libc::AT_EMPTY_PATH,
        )
    })?;
    Err(io::Error::from_raw_os_error(libc::ENOEXEC))
}

/// Has everything but the three standard descriptors closed by exec.
fn close_on_exec() -> io::Result<()> {
    const FIRST: libc::c_int = 3;
    // SAFETY: no memory is passed.
    let closed =
        call(unsafe { libc::syscall(libc::SYS_close_range, FIRST, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) });
    match closed.as_ref().map_err(io::Error::raw_os_error) {
        // Linux before 5.11.
        Err(Some(libc::ENOSYS | libc::EINVAL)) => {
            for descriptor in FIRST..1 << 16 {
                // SAFETY: no memory is passed. One that is not open is an error that changes nothing.
                unsafe { libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC) };
            }
            Ok(())
        }
        _ => closed,
    }
}

/// The version of Landlock's interface in this kernel; 0 without Landlock.
pub(super) fn landlock_version() -> u32 {
    const VERSION: libc::c_uint = 1;
    // SAFETY: with this flag the kernel reads no memory, and gives a number.
    let version = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, ptr::null::<u8>(), 0_usize, VERSION) };
    u32::try_from(version).unwrap_or(0)
}

/// Whether this kernel takes filters that let a call fail.
pub(super) fn has_seccomp() -> bool {
    let action: u32 = libc::SECCOMP_RET_ERRNO;
    // SAFETY: the kernel reads the four bytes of `action`.
    call(unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_GET_ACTION_AVAIL, 0, &raw const action) }).is_ok()
}

fn call(result: c_long) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
