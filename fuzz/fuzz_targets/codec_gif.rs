//! Any bytes, taken for GIF: pictures or an error that is the file's fault.
#![no_main]

lightmill_fuzz::decoder!(Gif);
