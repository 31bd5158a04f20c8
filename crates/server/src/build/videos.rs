use lightmill_mill::{VideoTools, Videos};

use crate::config::Video;

/// Who works on videos, if anyone does. The tools are looked for when they are first needed, or asked for.
pub(super) fn videos(config: &Video) -> Option<Videos> {
    if config.enabled == Some(false) {
        return None;
    }
    let tools = VideoTools { places: config.places.clone(), sandbox: config.sandbox, run_as: config.run_as };
    Some(Videos::new(tools, &config.settings))
}
