use std::sync::Arc;

use lightmill_store::Stat;
use lightmill_video::Facts;

use super::Video;
use crate::{Error, Mill, Place, version};

impl Mill {
    /// What is known about the video at `place` in the state `stat`, which need not lie in a source of a mount's. Whoever
    /// made something of that state before has looked at it already: nothing is read again then.
    ///
    /// # Errors
    /// [`Error::VideoNotServed`] where nobody works on videos; what is wrong with the video.
    pub async fn video_facts(&self, place: &Place, stat: &Stat) -> Result<Arc<Facts>, Error> {
        let stores = &self.shared.stores;
        let video = Video { source: version::source(&stores.sources, place)?, place, stat };
        stores.videos.as_ref().ok_or(Error::VideoNotServed)?.about(&video).await
    }
}
