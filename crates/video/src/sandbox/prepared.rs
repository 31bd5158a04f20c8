use std::ffi::{CString, OsString};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::process::Stdio;

use rustix::fs::{Mode, OFlags};
use rustix::pipe::PipeFlags;
use rustix::process::{Gid, Uid};
use tokio::process::{Child, Command};

use super::calls::{self, Executed};
use super::enter::{self, Entry, Step, Strings};
use super::{Limits, Program, Sandbox, files};
use crate::Error;

/// What one child may write to and connect to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Access {
    /// The folder that it works in, the only one that it writes to.
    pub(crate) folder: Option<PathBuf>,
    /// The only TCP port that it connects to.
    pub(crate) port: Option<u16>,
}

/// A child that is ready to be forked: everything that takes memory or may block is done.
pub(crate) struct Prepared {
    command: Command,
    report: OwnedFd,
}

impl Prepared {
    /// `program` in a box, with those arguments, an empty environment, nothing to read on its standard input, and pipes
    /// for what it says. It inherits `inherited`.
    pub(crate) fn new(
        sandbox: &Sandbox,
        program: &Program,
        arguments: Vec<OsString>,
        access: &Access,
        limits: &Limits,
        inherited: Option<OwnedFd>,
    ) -> Result<Self, Error> {
        let protection = sandbox.protection();
        let rules = if protection.files() { files::rules(program, access)? } else { None };
        let executable = above(&program.path, limits.open_files)?;
        let empty_path = CString::default();
        let filter = protection
            .seccomp
            .then(|| {
                let empty_path = empty_path.as_ptr() as u64;
                calls::filter(Executed { descriptor: executable.as_raw_fd(), empty_path })
            })
            .transpose()?;
        let (report, told) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK).map_err(system)?;

        let mut command = Command::new(&program.path);
        command
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .current_dir(access.folder.as_deref().unwrap_or_else(|| "/".as_ref()))
            .kill_on_drop(true);
        let entry = Entry {
            parent: rustix::process::getpid(),
            identity: sandbox.identity().map(|who| (Uid::from_raw(who.user), Gid::from_raw(who.group))),
            limits: limits.of_the_kernel(),
            inherited,
            rules,
            filter,
            program: executable,
            empty_path,
            arguments: strings(program, arguments)?,
            report: told,
        };
        enter::attach(&mut command, entry);
        Ok(Self { command, report })
    }

    /// Forks. Belongs on a thread that lives as long as the process, in the context of a runtime: the kernel kills a
    /// child when the thread that made it ends.
    pub(crate) fn spawn(mut self) -> Result<Child, Error> {
        self.command.spawn().map_err(|error| {
            let mut step = [0];
            let told = rustix::io::read(&self.report, &mut step[..]);
            match Step::ALL.into_iter().find(|known| told == Ok(1) && *known as u8 == step[0]) {
                Some(step) => Error::sandbox(format!("{}: {error}", step.name())),
                // It did not come as far as the box.
                None => Error::failed(format!("no child could be started: {error}")),
            }
        })
    }
}

/// Opens the program to be executed, with a number that is beyond what the child's limit allows.
fn above(path: &std::path::Path, open_files: u64) -> Result<OwnedFd, Error> {
    let file = rustix::fs::open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).map_err(system)?;
    let least = i32::try_from(open_files).map_err(|_| Error::sandbox("too many open files are allowed"))?;
    rustix::io::fcntl_dupfd_cloexec(&file, least).map_err(system)
}

fn strings(program: &Program, arguments: Vec<OsString>) -> Result<Strings, Error> {
    let name = program.path.file_name().unwrap_or_default().to_owned();
    let texts = [name].into_iter().chain(arguments).map(|text| CString::new(text.into_vec()));
    let texts = texts.collect::<Result<_, _>>().map_err(|_| Error::failed("an argument has a zero byte"))?;
    Ok(Strings::new(texts))
}

fn system(error: rustix::io::Errno) -> Error {
    Error::sandbox(error)
}
