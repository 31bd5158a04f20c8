//! Any bytes, taken for JPEG XL: pictures or an error that is the file's fault.
#![no_main]

lightmill_fuzz::decoder!(JpegXl);
