//! What a program in the box cannot do, and can outside of it.
//!
//! Programs of every Debian stand in for a tool that was taken over: `cat`, `sh`, `bash` for connections, and `perl`,
//! which makes any system call.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::child::{Order, Reports, start};
use crate::range_server::RangeServer;
use crate::testing::Memory;
use crate::{Error, ErrorKind, Running};

/// A program in a box of that level, with limits that it does not meet.
struct Box {
    level: Level,
    identity: Option<Identity>,
    limits: Limits,
    folder: Option<TempDir>,
    server: Option<RangeServer>,
}

impl Box {
    fn of(level: Level) -> Self {
        let limits = Limits { wall: Duration::from_secs(20), processor: Duration::from_secs(20), ..Limits::default() };
        Self { level, identity: None, limits, folder: None, server: None }
    }

    async fn start(self, program: &str, words: &[&str]) -> Result<Running, Error> {
        let program = Program::open(Path::new(program)).await?;
        let order = Order {
            program: &program,
            arguments: words.iter().map(Into::into).collect(),
            folder: self.folder,
            server: self.server,
            limits: self.limits,
            progress: Reports::None,
        };
        start(&Sandbox::new(self.level, self.identity).unwrap(), order).await
    }

    /// What it prints.
    async fn says(self, program: &str, words: &[&str]) -> Result<String, Error> {
        let said = self.start(program, words).await?.collect().await?;
        Ok(String::from_utf8(said.to_vec()).unwrap())
    }
}

/// Whether this kernel enforces what a test is about. One that does not is one that [`Level::Required`] refuses.
fn enforced(what: impl Fn(Protection) -> bool) -> bool {
    let offered = Sandbox::probe();
    if what(offered) {
        return true;
    }
    assert_eq!(Sandbox::new(Level::Required, None).unwrap_err().kind(), ErrorKind::Sandbox);
    println!("not enforced by this kernel: {offered:?}");
    false
}

#[test]
fn what_is_required_and_missing_is_refused() {
    let whole = Protection { landlock: 4, seccomp: true };
    assert_eq!(Sandbox::with(Level::Required, None, whole).unwrap().protection(), whole);
    for (lacking, named) in [
        (Protection { landlock: 0, seccomp: true }, "this kernel lacks Landlock"),
        (Protection { landlock: 3, seccomp: true }, "rules for TCP (its interface is version 3"),
        (Protection { landlock: 7, seccomp: false }, "this kernel lacks seccomp"),
        (Protection { landlock: 0, seccomp: false }, "Landlock and seccomp"),
    ] {
        let Err(Error::Sandbox { detail }) = Sandbox::with(Level::Required, None, lacking) else {
            panic!("{lacking:?} was taken")
        };
        assert!(detail.contains(named), "{detail}");
        assert_eq!(Sandbox::with(Level::BestEffort, None, lacking).unwrap().protection(), lacking);
    }
    let off = Sandbox::with(Level::Off, None, whole).unwrap().protection();
    assert_eq!(off, Protection { landlock: 0, seccomp: false });
}

#[test]
fn nobody_runs_children_as_the_superuser_by_configuration() {
    for identity in [Identity { user: 0, group: 1 }, Identity { user: 1, group: 0 }] {
        assert_eq!(Sandbox::new(Level::Off, Some(identity)).unwrap_err().kind(), ErrorKind::Sandbox);
    }
}

#[tokio::test]
async fn files_of_the_machine_are_not_read() {
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    assert_eq!(Box::of(Level::Off).says("/bin/cat", &["/etc/passwd"]).await.unwrap(), users);
    if !enforced(Protection::files) {
        return;
    }
    for secret in ["/etc/passwd", "/proc/self/environ", "/proc/1/cmdline", "/dev/zero", "/usr/bin/env"] {
        let error = Box::of(Level::BestEffort).says("/bin/cat", &[secret]).await.unwrap_err();
        let Error::Failed { detail } = error else { panic!("{secret}: {error:?}") };
        assert!(detail.contains("Permission denied") && !detail.contains('/'), "{secret}: {detail}");
    }
}

#[tokio::test]
async fn only_its_own_folder_is_written_to() {
    let elsewhere = TempDir::new().unwrap();
    let file = elsewhere.path().join("taken");
    let write = format!("echo x > inside; echo y > {} || echo no > refused", file.display());
    let sandboxed = Box { folder: Some(TempDir::new().unwrap()), ..Box::of(Level::BestEffort) };
    let folder = sandboxed.start("/bin/sh", &["-c", &write]).await.unwrap().finish().await.unwrap();
    assert_eq!(std::fs::read_to_string(folder.path().join("inside")).unwrap(), "x\n");
    if enforced(Protection::files) {
        assert!(!file.exists());
        assert_eq!(std::fs::read_to_string(folder.path().join("refused")).unwrap(), "no\n");
    }
    let open = Box { folder: Some(TempDir::new().unwrap()), ..Box::of(Level::Off) };
    open.start("/bin/sh", &["-c", &write]).await.unwrap().finish().await.unwrap();
    assert_eq!(std::fs::read_to_string(file).unwrap(), "y\n");
}

#[tokio::test]
async fn only_the_range_server_is_reached() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let other = elsewhere.local_addr().unwrap().port();
    let connect = |port: u16| format!("exec 3<>/dev/tcp/127.0.0.1/{port} && echo connected");
    for level in [Level::Off, Level::BestEffort] {
        let server = RangeServer::start(Memory::new("x"), 10).unwrap();
        let script = connect(server.port());
        let sandboxed = Box { server: Some(server), ..Box::of(level) };
        assert_eq!(sandboxed.says("/bin/bash", &["-c", &script]).await.unwrap(), "connected\n");
    }
    assert_eq!(Box::of(Level::Off).says("/bin/bash", &["-c", &connect(other)]).await.unwrap(), "connected\n");
    if enforced(Protection::tcp) {
        let server = RangeServer::start(Memory::new("x"), 10).unwrap();
        let sandboxed = Box { server: Some(server), ..Box::of(Level::BestEffort) };
        let error = sandboxed.says("/bin/bash", &["-c", &connect(other)]).await.unwrap_err();
        assert!(matches!(&error, Error::Failed { detail } if detail.contains("Permission denied")), "{error:?}");
    }
}

/// Makes system calls, and prints the number of each one's error, or 0.
fn calls(calls: &[(libc::c_long, String)]) -> String {
    let line = |(number, arguments): &(libc::c_long, String)| {
        format!("$! = 0; $r = syscall({number}, {arguments}); print(($r < 0 ? $! + 0 : 0), qq(\\n));")
    };
    calls.iter().map(line).collect()
}

#[tokio::test]
async fn calls_that_lead_out_do_not_exist() {
    if !enforced(|offered| offered.seccomp) {
        return;
    }
    let flags = |flags: i32| flags.to_string();
    let socket = |domain: i32, kind: i32, protocol: i32| (libc::SYS_socket, format!("{domain}, {kind}, {protocol}"));
    let none = || "0, 0, 0, 0, 0, 0".to_owned();
    let refused: Vec<(libc::c_long, String)> = vec![
        socket(libc::AF_UNIX, libc::SOCK_STREAM, 0),
        socket(libc::AF_INET, libc::SOCK_DGRAM, 0),
        socket(libc::AF_INET, libc::SOCK_RAW, 1),
        socket(libc::AF_INET, libc::SOCK_STREAM, libc::IPPROTO_MPTCP),
        socket(libc::AF_INET6, libc::SOCK_STREAM, 0),
        socket(libc::AF_NETLINK, libc::SOCK_RAW, 0),
        socket(libc::AF_PACKET, libc::SOCK_RAW, 0),
        (libc::SYS_sendto, format!("0, 0, 0, {}, 0, 0", libc::MSG_FASTOPEN)),
        (libc::SYS_sendto, "0, 0, 0, 0, 4096, 16".to_owned()),
        (libc::SYS_clone, format!("{}, 0, 0, 0, 0", libc::SIGCHLD)),
        (libc::SYS_clone, format!("{}, 0, 0, 0, 0", libc::CLONE_NEWUSER)),
        (libc::SYS_prctl, format!("{}, 1, 0, 0, 0", libc::PR_SET_DUMPABLE)),
        (libc::SYS_prlimit64, "0, 7, 4096, 0".to_owned()),
        (libc::SYS_fcntl, format!("1, {}, 1", libc::F_SETOWN)),
        (libc::SYS_execveat, format!("{}, 0, 0, 0, 0", libc::AT_FDCWD)),
        (libc::SYS_execveat, format!("64, 4096, 0, 0, {}", libc::AT_EMPTY_PATH)),
        (libc::SYS_unshare, flags(libc::CLONE_NEWUSER)),
        (libc::SYS_clone3, none()),
        (libc::SYS_execve, none()),
        (libc::SYS_bind, none()),
        (libc::SYS_listen, none()),
        (libc::SYS_kill, none()),
        (libc::SYS_tgkill, none()),
        (libc::SYS_ptrace, none()),
        (libc::SYS_process_vm_readv, none()),
        (libc::SYS_mount, none()),
        (libc::SYS_bpf, none()),
        (libc::SYS_keyctl, none()),
        (libc::SYS_setns, none()),
        (libc::SYS_kexec_load, none()),
        (libc::SYS_init_module, none()),
        (libc::SYS_finit_module, none()),
        (libc::SYS_io_uring_setup, none()),
        (libc::SYS_userfaultfd, none()),
        (libc::SYS_perf_event_open, none()),
        (libc::SYS_memfd_create, none()),
        (libc::SYS_setrlimit, none()),
        (libc::SYS_seccomp, none()),
    ];
    let said = Box::of(Level::BestEffort).says("/usr/bin/perl", &["-e", &calls(&refused)]).await.unwrap();
    let errors: Vec<i32> = said.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(errors.len(), refused.len());
    for (call, error) in refused.iter().zip(errors) {
        assert_eq!(error, libc::ENOSYS, "{call:?}");
    }
    // What a child needs still works, and what is refused works outside.
    let needed = [socket(libc::AF_INET, libc::SOCK_STREAM, libc::IPPROTO_TCP), (libc::SYS_getpid, String::from("0"))];
    assert_eq!(Box::of(Level::BestEffort).says("/usr/bin/perl", &["-e", &calls(&needed)]).await.unwrap(), "0\n0\n");
    let outside = [socket(libc::AF_UNIX, libc::SOCK_STREAM, 0), (libc::SYS_kill, "$$ + 0, 0".to_owned())];
    assert_eq!(Box::of(Level::Off).says("/usr/bin/perl", &["-e", &calls(&outside)]).await.unwrap(), "0\n0\n");
}

#[tokio::test]
async fn nothing_else_is_executed() {
    let script = ["-c", "exec /bin/echo executed"];
    assert_eq!(Box::of(Level::Off).says("/bin/sh", &script).await.unwrap(), "executed\n");
    if enforced(|offered| offered.seccomp) {
        let error = Box::of(Level::BestEffort).says("/bin/sh", &script).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Failed, "{error:?}");
    }
}

#[tokio::test]
async fn it_has_no_children() {
    let bomb = ["-c", "bomb() { bomb & bomb & }; bomb"];
    assert_eq!(Box::of(Level::Off).says("/bin/sh", &["-c", "(echo forked) | cat"]).await.unwrap(), "forked\n");
    if enforced(|offered| offered.seccomp) {
        let error = Box::of(Level::BestEffort).says("/bin/sh", &bomb).await.unwrap_err();
        let Error::Failed { detail } = error else { panic!("{error:?}") };
        assert!(detail.contains("annot fork"), "{detail}");
    }
}

#[tokio::test]
async fn files_have_a_size() {
    let script = ["-c", "while :; do echo 0123456789012345678901234567890123456789; done > large"];
    let limits = Limits { written: 64 << 10, ..Box::of(Level::BestEffort).limits };
    let sandboxed = Box { limits, folder: Some(TempDir::new().unwrap()), ..Box::of(Level::BestEffort) };
    let error = sandboxed.start("/bin/sh", &script).await.unwrap().finish().await.unwrap_err();
    assert_eq!(error.to_string(), "the result is over the limit of 65536 bytes");
}

#[tokio::test]
async fn many_small_files_have_a_size_together() {
    let script = ["-c", "i=0; while :; do i=$((i+1)); echo 0123456789 > file$i; done"];
    let limits = Limits { written: 1000, ..Box::of(Level::BestEffort).limits };
    let sandboxed = Box { limits, folder: Some(TempDir::new().unwrap()), ..Box::of(Level::BestEffort) };
    let error = sandboxed.start("/bin/sh", &script).await.unwrap().finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error:?}");
}

#[tokio::test]
async fn time_and_processor_have_an_end() {
    let script = ["-c", "while :; do :; done"];
    let own = Box::of(Level::BestEffort).limits;
    let limits = Limits { wall: Duration::from_millis(200), ..own };
    let error = Box { limits, ..Box::of(Level::BestEffort) }.says("/bin/sh", &script).await.unwrap_err();
    assert!(matches!(error, Error::TimedOut { limit } if limit == limits.wall), "{error:?}");
    let limits = Limits { processor: Duration::from_secs(1), ..own };
    let error = Box { limits, ..Box::of(Level::BestEffort) }.says("/bin/sh", &script).await.unwrap_err();
    assert!(matches!(error, Error::TimedOut { limit } if limit == limits.processor), "{error:?}");
}

#[tokio::test]
async fn memory_has_an_end() {
    let script = ["-e", "$x = 'x' x (256 << 20); print length $x"];
    let enough = Box::of(Level::BestEffort).says("/usr/bin/perl", &script).await.unwrap();
    assert_eq!(enough, (256 << 20).to_string());
    let limits = Limits { memory: 128 << 20, ..Box::of(Level::BestEffort).limits };
    let error = Box { limits, ..Box::of(Level::BestEffort) }.says("/usr/bin/perl", &script).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error:?}");
}

#[tokio::test]
async fn open_files_have_an_end() {
    let script = "for (1..200) { open(my $f, '<', '/dev/null') or last; push @f, $f } print scalar @f";
    let limits = Limits { open_files: 32, ..Box::of(Level::BestEffort).limits };
    let opened: u64 = Box { limits, ..Box::of(Level::BestEffort) }
        .says("/usr/bin/perl", &["-e", script])
        .await
        .unwrap()
        .parse()
        .unwrap();
    assert!((20..32).contains(&opened), "{opened}");
}

#[tokio::test]
async fn it_inherits_nothing() {
    // A careless library left this one open for every child.
    let (careless, _end) = rustix::pipe::pipe().unwrap();
    let number = std::os::fd::AsRawFd::as_raw_fd(&careless);
    assert!(std::env::var_os("PATH").is_some());
    let check = calls(&[(libc::SYS_fcntl, format!("{number}, {}, 0", libc::F_GETFD))]);
    for level in [Level::Off, Level::BestEffort] {
        let said = Box::of(level).says("/usr/bin/perl", &["-e", &format!("{check} print keys %ENV")]).await.unwrap();
        assert_eq!(said, format!("{}\n", libc::EBADF), "{level:?}");
    }
}

#[tokio::test]
async fn it_may_be_another_user() {
    if !rustix::process::geteuid().is_root() {
        let identity = Some(Identity { user: 65534, group: 65534 });
        assert_eq!(Sandbox::new(Level::Off, identity).unwrap_err().kind(), ErrorKind::Sandbox);
        return;
    }
    let identity = Some(Identity { user: 65534, group: 65533 });
    for level in [Level::Off, Level::BestEffort] {
        let sandboxed = Box { identity, ..Box::of(level) };
        let said = sandboxed.says("/usr/bin/perl", &["-e", "print qq($< $> $( $))"]).await.unwrap();
        assert_eq!(said, "65534 65534 65533 65533", "{level:?}");
    }
}

#[tokio::test]
async fn it_has_no_capabilities() {
    let said = Box::of(Level::Off).says("/bin/cat", &["/proc/self/status"]).await.unwrap();
    let value = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    for set in ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"] {
        assert_eq!(value(set), "0000000000000000", "{set}");
    }
    assert_eq!(value("NoNewPrivs:"), "1");
    assert_eq!(value("NSsid:").parse::<u32>().unwrap(), value("NSpid:").parse::<u32>().unwrap());
}

#[tokio::test]
async fn what_cannot_start_says_at_which_step() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("script");
    std::fs::write(&script, "#!/bin/sh\necho started\n").unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let error = Box::of(Level::BestEffort).says(script.to_str().unwrap(), &[]).await.unwrap_err();
    assert!(matches!(&error, Error::Sandbox { detail } if detail.starts_with("starting the program: ")), "{error:?}");
}
