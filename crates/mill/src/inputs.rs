use lightmill_recipe::Limits;
use lightmill_store::Stat;

use crate::fetch::Fetched;
use crate::job::Transform;
use crate::mill::Shared;
use crate::video::{Still, Video};
use crate::{Error, version};

impl Shared {
    /// The bytes of every stored input, of which `stats` are known. That of a video is the picture that is wanted of it.
    pub(crate) async fn inputs(
        &self,
        transform: &Transform,
        stats: &[Stat],
        limits: &Limits,
    ) -> Result<Fetched, Error> {
        let places = &transform.places;
        let Some(wish) = Still::of(&transform.recipe) else {
            let fetched = self.fetcher.fetch(places, stats, limits).await;
            return fetched.map_err(|(index, error)| transform.blamed(index, error));
        };
        let (Some((place, places)), Some((stat, stats))) = (places.split_first(), stats.split_first()) else {
            return Err(Error::internal("a video without a place"));
        };
        let video = Video { source: version::source(&self.stores.sources, place)?, place, stat };
        let still = self.stores.videos.as_ref().ok_or(Error::VideoNotServed)?.still(&video, &wish).await?;
        let fetched = self.fetcher.fetch(places, stats, limits).await;
        let mut fetched = fetched.map_err(|(index, error)| transform.blamed(index + 1, error))?;
        fetched.inputs.insert(0, still);
        fetched.stats.insert(0, stat.clone());
        Ok(fetched)
    }
}
