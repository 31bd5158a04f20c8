//! Files whose coefficients are known: pictures of random coefficients, an encoder for them in every shape that the
//! decoder knows, and what the planes have to be.

mod huffman;
mod picture;
mod progressive;
mod random;
mod reference;
mod sequential;
mod writer;

pub use huffman::Table;
pub use picture::{Picture, SAMPLINGS};
pub use random::Random;
pub use reference::{check, same_samples};

/// A file of `picture`, and the picture that it stands for: scripts of progressive files may leave bits away.
pub fn file(random: &mut Random, picture: &Picture, progressive: bool) -> (Vec<u8>, Picture) {
    if progressive { progressive::file(random, picture) } else { (sequential::file(random, picture), picture.clone()) }
}
