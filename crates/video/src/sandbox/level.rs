use super::{calls, enter};
use crate::Error;

/// How much of the box is demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Level {
    /// Files, network and system calls are boxed in, or nothing runs. Needs Linux 6.7 with Landlock, and seccomp.
    #[default]
    Required,
    /// What this kernel can enforce is enforced.
    BestEffort,
    /// Neither Landlock nor seccomp. Limits, the empty environment, closed descriptors and the session of its own stay.
    Off,
}

/// A user that children run as, where this process may choose: an account that owns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The user, not 0.
    pub user: u32,
    /// The only group, not 0.
    pub group: u32,
}

/// What this kernel, on this processor, can enforce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Protection {
    /// The version of Landlock's interface; 0 without Landlock. Files are boxed in from 1 on, TCP from 4 on, signals
    /// from 6 on.
    pub landlock: u32,
    /// Whether system calls are filtered. Filters exist for `x86_64` and `aarch64`.
    pub seccomp: bool,
}

impl Protection {
    /// Whether a child cannot open files other than its own.
    pub const fn files(self) -> bool {
        self.landlock >= 1
    }

    /// Whether a child cannot connect to anything but the port it was given.
    pub const fn tcp(self) -> bool {
        self.landlock >= 4
    }

    /// What is missing for [`Level::Required`].
    fn missing(self) -> Option<String> {
        let mut missing = Vec::new();
        if !self.tcp() {
            missing.push(match self.landlock {
                0 => "Landlock".to_owned(),
                version => format!("Landlock's rules for TCP (its interface is version {version}, and 4 is needed)"),
            });
        }
        if !self.seccomp {
            missing.push("seccomp for this processor".to_owned());
        }
        (!missing.is_empty()).then(|| missing.join(" and "))
    }
}

/// How children are boxed in. Made once, for all of them.
#[derive(Debug, Clone, Copy)]
pub struct Sandbox {
    protection: Protection,
    identity: Option<Identity>,
}

impl Sandbox {
    /// A box of that level, for children that run as `identity`, or as this process does.
    ///
    /// Fails with [`Error::Sandbox`] if the level is [`Level::Required`] and something is missing, if `identity` is the
    /// superuser or its group, and if this process may not choose who its children are.
    pub fn new(level: Level, identity: Option<Identity>) -> Result<Self, Error> {
        Self::with(level, identity, Self::probe())
    }

    /// As [`Sandbox::new`], for a kernel that offers `offered`.
    pub(super) fn with(level: Level, identity: Option<Identity>, offered: Protection) -> Result<Self, Error> {
        if let Some(identity) = identity {
            if identity.user == 0 || identity.group == 0 {
                return Err(Error::sandbox("children are not to run as the superuser"));
            }
            if !rustix::process::geteuid().is_root() {
                return Err(Error::sandbox("only the superuser can run children as another user"));
            }
        }
        let protection = match level {
            Level::Off => Protection { landlock: 0, seccomp: false },
            Level::BestEffort => offered,
            Level::Required => match offered.missing() {
                None => offered,
                Some(missing) => return Err(Error::sandbox(format!("this kernel lacks {missing}"))),
            },
        };
        Ok(Self { protection, identity })
    }

    /// What this kernel can enforce.
    pub fn probe() -> Protection {
        Protection { landlock: enter::landlock_version(), seccomp: calls::known_processor() && enter::has_seccomp() }
    }

    /// What is enforced for each child.
    pub const fn protection(&self) -> Protection {
        self.protection
    }

    /// Who children run as, if not as this process.
    pub const fn identity(&self) -> Option<Identity> {
        self.identity
    }
}
