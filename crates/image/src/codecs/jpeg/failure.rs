#![allow(unsafe_code)]

use std::os::raw::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use lightmill_recipe::{Format, LimitError};
use mozjpeg_sys::{
    JERR_ARITH_NOTIMPL, JERR_IMAGE_TOO_BIG, JERR_NO_BACKING_STORE, JERR_OUT_OF_MEMORY, jpeg_common_struct,
    jpeg_error_mgr, jpeg_std_error,
};

use crate::Error;
use crate::codecs::boundary::words;

/// What unwinds through the C library when it, or a callback of ours, gives up.
struct Failure(Error);

/// Leaves the C library with `error`; to be called only inside of [`catching`].
pub(super) fn fail(error: Error) -> ! {
    // Without a panic's message: this is an ordinary way out.
    resume_unwind(Box::new(Failure(error)))
}

/// Runs `work`, which calls the C library, and returns the error that it gave up with.
pub(super) fn catching<T>(work: impl FnOnce() -> T) -> Result<T, Error> {
    // Unwind safety: after an error the library's state is only destroyed.
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| match payload.downcast::<Failure>() {
        Ok(failure) => failure.0,
        Err(panic) => Error::internal(words(&*panic)),
    })
}

/// Makes `errors` unwind on fatal errors and keep silent on warnings.
pub(super) fn set_up(errors: &mut jpeg_error_mgr) {
    // SAFETY: `errors` is a valid, writable structure, and the library only fills it in.
    let errors = unsafe { jpeg_std_error(errors) };
    errors.error_exit = Some(on_error);
    errors.emit_message = Some(on_message);
}

extern "C-unwind" fn on_error(common: &mut jpeg_common_struct) {
    // SAFETY: the library sets the message's code in the manager that `common` points to before it calls this.
    let code = unsafe { (*common.err).msg_code };
    fail(match code {
        JERR_ARITH_NOTIMPL => Error::unsupported("JPEG with arithmetic coding"),
        JERR_NO_BACKING_STORE | JERR_OUT_OF_MEMORY => {
            // SAFETY: the memory manager exists from creation to destruction of the structure.
            let allowed = unsafe { (*common.mem).max_memory_to_use } as u64;
            LimitError { limit: "memory_bytes", actual: allowed.saturating_add(1), allowed }.into()
        }
        JERR_IMAGE_TOO_BIG => Error::Unsuitable("a JPEG picture has at most 65500 pixels a side".to_owned()),
        _ => Error::corrupt(Format::Jpeg, format_args!("libjpeg error {code}")),
    })
}

extern "C-unwind" fn on_message(_: &mut jpeg_common_struct, _: c_int) {}
