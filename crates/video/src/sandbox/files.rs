use std::os::fd::OwnedFd;
use std::path::Path;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, NetPort, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, Scope,
};

use super::{Access, Program};
use crate::Error;

/// The newest interface whose rights are asked for. An older kernel enforces those that it knows.
const NEWEST: ABI = ABI::V6;

/// What a loader reads to find libraries.
const LOADER_CACHE: &str = "/etc/ld.so.cache";

/// Landlock's rules for one child: a descriptor that it hands to the kernel.
///
/// Executed are the program and its loader. Read are its libraries, the loader's list of them, the number of processors
/// (`/sys/devices/system/cpu`), `/dev/urandom` and `/dev/null`. Written are the latter and the child's own folder. One
/// port is connected to.
/// `Ok(None)` where there is no Landlock.
pub(super) fn rules(program: &Program, access: &Access) -> Result<Option<OwnedFd>, Error> {
    build(program, access).map(Into::into).map_err(|error| Error::sandbox(format!("Landlock: {error}")))
}

fn build(program: &Program, access: &Access) -> Result<RulesetCreated, landlock::RulesetError> {
    let mut rules = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?;
    let execute = AccessFs::Execute | AccessFs::ReadFile;
    rules = allow(rules, &program.path, execute)?;
    for loader in &program.loaders {
        rules = allow(rules, loader, execute)?;
    }
    for folder in &program.libraries {
        rules = allow(rules, folder, AccessFs::ReadFile.into())?;
    }
    for file in [LOADER_CACHE, "/dev/urandom", "/sys/devices/system/cpu"] {
        rules = allow(rules, Path::new(file), AccessFs::ReadFile.into())?;
    }
    rules = allow(rules, Path::new("/dev/null"), AccessFs::ReadFile | AccessFs::WriteFile)?;
    if let Some(folder) = &access.folder {
        let own = AccessFs::ReadFile
            | AccessFs::ReadDir
            | AccessFs::WriteFile
            | AccessFs::Truncate
            | AccessFs::MakeReg
            | AccessFs::MakeDir
            | AccessFs::RemoveFile;
        rules = allow(rules, folder, own)?;
    }
    if let Some(port) = access.port {
        rules = rules.add_rule(NetPort::new(port, AccessNet::ConnectTcp))?;
    }
    Ok(rules)
}

/// Allows that file, or what lies beneath that folder. One that is not there needs no rule.
fn allow(
    rules: RulesetCreated,
    path: &Path,
    rights: BitFlags<AccessFs>,
) -> Result<RulesetCreated, landlock::RulesetError> {
    match PathFd::new(path) {
        Ok(file) => rules.add_rule(PathBeneath::new(file, rights)),
        Err(_) => Ok(rules),
    }
}
