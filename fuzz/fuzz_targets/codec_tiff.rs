//! Any bytes, taken for TIFF: pictures or an error that is the file's fault.
#![no_main]

lightmill_fuzz::decoder!(Tiff);
