//! Whatever ffprobe says about a file, what is made of it is plausible, and what ffmpeg is told holds nothing of the
//! file's own text. The first line is the list of actions, the rest is what ffprobe says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lightmill_dialects::Wish;
use lightmill_dialects::oss::{Flavour, Options, parse_actions};
use lightmill_recipe::{Locator, Output, Recipe};
use lightmill_video::Facts;
use lightmill_video::arguments::{Abilities, Delivery, Job, Limits, clip, frame, preview, sprite, tiles};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (actions, said) = text.split_once('\n').unwrap_or_default();
    let Ok(facts) = Facts::of_ffprobe(said.as_bytes()) else { return };
    for stream in &facts.video {
        assert!(stream.coded.shorter() > 0 && stream.display.shorter() > 0, "{stream:?}");
    }
    let options = Options::of(Flavour::Aliyun);
    let Ok(request) = parse_actions(actions, &Locator::key("a.mp4"), None, &options) else { return };
    let Wish::Transform(recipe) = &request.wish else { return };
    let jobs = jobs(recipe, &facts);
    // Nothing is told that is not told of a file of the same numbers without any text.
    assert_eq!(jobs, self::jobs(recipe, &without_text(&facts)));
    for job in jobs {
        for word in job.arguments.command_line(&[], "in") {
            assert!(word.is_ascii() && !word.contains("NaN") && !word.contains("inf"), "{word}");
        }
    }
});

/// Everything that can be asked for in the place of what `recipe` asks for, as far as it can be made.
fn jobs(recipe: &Recipe, facts: &Facts) -> Vec<Job> {
    let (limits, abilities) = (Limits::default(), Abilities::all());
    let still = recipe.inputs.first().and_then(|input| input.video_frame);
    let still = still.and_then(|wish| frame(&wish, facts, &limits, &abilities).ok());
    let made = match &recipe.outputs[..] {
        [Output::Clip(wish)] => [Delivery::Stream, Delivery::File]
            .into_iter()
            .filter_map(|delivery| clip(wish, facts, delivery, &limits, &abilities).ok())
            .collect(),
        [Output::Sprite(wish)] => {
            for tile in tiles(wish, facts, &limits).unwrap_or_default() {
                assert!(tile.from < tile.to, "{tile:?}");
            }
            sprite(wish, facts, &limits, &abilities).into_iter().collect()
        }
        [Output::Preview(wish)] => preview(wish, facts, &limits, &abilities).into_iter().collect(),
        _ => Vec::new(),
    };
    still.into_iter().chain(made).collect()
}

/// The same numbers, without names that this project does not know.
fn without_text(facts: &Facts) -> Facts {
    let mut facts = facts.clone();
    facts.container.clear();
    for stream in &mut facts.video {
        stream.pixel_format = None;
        if stream.known_codec().is_none() {
            stream.codec.clear();
        }
    }
    for stream in &mut facts.audio {
        if stream.known_codec().is_none() {
            stream.codec.clear();
        }
    }
    facts
}
