//! Golden pictures: every operation with its main parameters, on every family of sources, against a picture that was
//! looked at, with a tolerance; where a formula is simple, the result is also computed here anew.
//!
//! A result that is too far away leaves expected, actual and difference side by side and says where.
//! `UPDATE_GOLDEN=1` writes what is made as what is expected: look at the changed files before they are committed.
#![allow(clippy::unwrap_used)]

mod cases;
mod check;
mod families;
mod formula;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("every_golden_picture_belongs_to_a_case", || Ok(check::nothing_is_left_over()?)),
        Trial::test("orientation", || Ok(check::orientation()?)),
    ];
    for case in cases::cases() {
        for family in families::ALL {
            let case = case.clone();
            trials.push(Trial::test(check::name(&case, family), move || Ok(check::case(&case, family)?)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
