use lightmill_recipe::video::{AudioTrack, Container};

use super::argument::{Arguments, Value};
use super::{Abilities, Error};
use crate::Facts;

/// What becomes of the sound; its bits per second, or `None` if there is none.
pub(super) fn put(
    arguments: &mut Arguments,
    track: AudioTrack,
    container: Container,
    facts: &Facts,
    abilities: &Abilities,
) -> Result<Option<u64>, Error> {
    let Some(sound) = facts.sound().filter(|_| track != AudioTrack::Drop) else {
        arguments.flag("an");
        return Ok(None);
    };
    arguments.set("map", Value::Stream(sound.index));
    let AudioTrack::Encode(encoding) = track else {
        let held = match sound.known_codec() {
            Some(codec) => container.takes_audio(codec),
            None => matches!(container, Container::Mkv),
        };
        if !held {
            return Err(Error::CannotCopy { container: container.name(), codec: sound.codec.clone() });
        }
        arguments.set("c:a", "copy");
        return Ok(Some(sound.bit_rate.unwrap_or(128_000)));
    };
    arguments.set("c:a", abilities.audio(encoding.codec)?.name());
    arguments.set("b:a", u64::from(encoding.rate.get()));
    // Surround sound becomes stereo: not every encoder here has a layout for it, nor has every browser.
    arguments.set("ac", u64::from(sound.channels.unwrap_or(2).min(2)));
    // 48 kHz is in every codec; Flash knows only parts of 44.1 kHz.
    let rate = match (container, sound.sample_rate) {
        (Container::Flv, _) | (_, Some(44_100)) => 44_100,
        _ => 48_000,
    };
    arguments.set("ar", if encoding.codec == lightmill_recipe::video::AudioCodec::Opus { 48_000 } else { rate });
    arguments.set("flags:a", "+bitexact");
    Ok(Some(encoding.rate.get().into()))
}
