use std::env;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use lightmill_testkit::conformance::{Case, Suite};
use lightmill_testkit::{Client, Response, Tolerance};

use super::{Exceptions, check};

/// What answers the recorded requests of a dialect.
pub trait Servers: Send + Sync + Sized + 'static {
    /// The folder of its cases.
    const DIALECT: &'static str;
    /// The table of exceptions.
    const EXCEPTIONS: &'static str;

    /// Gets ready; servers start when a case needs them.
    fn new(suite: Suite) -> Self;

    /// What is asked.
    fn suite(&self) -> &Suite;

    /// A client of the server that answers this case.
    fn client(&self, case: &Case) -> Result<Client, String>;

    /// How close the pixels of an answer must be to what was recorded.
    fn tolerance(case: &Case, response: &Response) -> Tolerance;
}

/// Runs one test per case, named after it, and `more`.
pub fn run<S: Servers>(more: Vec<Trial>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // More threads than this only make a debug build's answers late.
    arguments.test_threads.get_or_insert(4);
    let mut trials = more;
    match Suite::find(S::DIALECT).unwrap() {
        Some(suite) => trials.extend(replay::<S>(suite)),
        None if env::var_os("CI").is_some() => {
            trials.push(Trial::test("recorded_cases", || Err("the recorded cases are missing".into())));
        }
        None => trials.push(
            Trial::test("recorded_cases_are_missing_set_LIGHTMILL_CONFORMANCE", || Ok(())).with_ignored_flag(true),
        ),
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn replay<S: Servers>(suite: Suite) -> Vec<Trial> {
    let exceptions = Arc::new(Exceptions::parse(S::EXCEPTIONS).unwrap());
    let servers = Arc::new(S::new(suite));
    let mut trials = vec![{
        let (exceptions, servers) = (Arc::clone(&exceptions), Arc::clone(&servers));
        Trial::test("every_exception_belongs_to_a_case", move || Ok(exceptions.check_against(servers.suite())?))
    }];
    for (index, case) in servers.suite().cases.iter().enumerate() {
        let (exceptions, servers) = (Arc::clone(&exceptions), Arc::clone(&servers));
        trials.push(Trial::test(case.name.clone(), move || {
            let suite = servers.suite();
            let case = &suite.cases[index];
            let client = servers.client(case)?;
            Ok(check::case(suite, case, exceptions.of(&case.name), client, S::tolerance)?)
        }));
    }
    trials
}
