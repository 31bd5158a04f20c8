//! Any bytes, taken for JPEG: pictures or an error that is the file's fault.
#![no_main]

lightmill_fuzz::decoder!(Jpeg);
