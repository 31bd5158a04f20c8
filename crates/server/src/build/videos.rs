use lightmill_mill::{VideoTools, Videos};
use lightmill_video::{Error, Level, Tools};

use crate::config::{Mistake, Mistakes, Video};

/// Who works on videos, if anyone does. The tools are looked for when they are first needed, or asked for.
pub(super) fn videos(config: &Video) -> Option<Videos> {
    if config.enabled == Some(false) {
        return None;
    }
    let tools = VideoTools { places: config.places.clone(), sandbox: config.sandbox, run_as: config.run_as };
    Some(Videos::new(tools, &config.settings))
}

/// Looks for the tools, and tells what was found.
pub(super) async fn find(videos: Option<&Videos>, config: &Video) -> Result<(), Mistakes> {
    let Some(videos) = videos else { return Ok(()) };
    match videos.tools().await {
        Ok(tools) => {
            tell(tools, config);
            Ok(())
        }
        Err(error) if config.enabled.is_some() => {
            let key = if matches!(error, Error::Sandbox { .. }) { "video.sandbox" } else { "video" };
            let detail = match &error {
                Error::NoTool { detail, .. } | Error::Sandbox { detail } => format!("{error}: {detail}"),
                _ => error.to_string(),
            };
            Err(Mistakes(vec![Mistake { key: key.to_owned(), value: None, problem: detail }]))
        }
        Err(error) => {
            tracing::info!("videos are not served: {error}");
            Ok(())
        }
    }
}

fn tell(tools: &Tools, config: &Video) {
    let box_of_it = tools.sandbox().protection();
    tracing::info!(
        ffmpeg = tools.ffmpeg_version(),
        landlock = box_of_it.landlock,
        seccomp = box_of_it.seccomp,
        "videos are served"
    );
    if config.sandbox != Level::Off && !(box_of_it.tcp() && box_of_it.seccomp) {
        tracing::warn!(
            landlock = box_of_it.landlock,
            seccomp = box_of_it.seccomp,
            "this system boxes ffmpeg in only in part: Landlock 4 (Linux 6.7) and seccomp make it whole"
        );
    }
}
