use std::borrow::Cow;
use std::sync::Arc;

use lightmill_dialects::Directives;
use lightmill_recipe::video::Container;
use lightmill_recipe::{Fingerprint, Locator, Output, PictureOutput, Prepared, Recipe, Source, Wanted};
use lightmill_store::Style;
use serde::{Deserialize, Serialize};

use crate::results::Labels;
use crate::validators::Last;
use crate::video;
use crate::{Error, Rules};

/// A request of which every name has become a value, and that passed the mount's policy.
#[derive(Debug, Clone)]
pub struct Job {
    pub(crate) rules: Arc<Rules>,
    pub(crate) task: Task,
    pub(crate) directives: Directives,
    pub(crate) ignored: Vec<String>,
    /// Whether it was looked up where an input lies.
    pub(crate) was_looked_up: bool,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub(crate) enum Task {
    /// The stored bytes.
    Original(Place),
    /// Something made of them.
    Transform(Arc<Transform>),
}

#[derive(Debug)]
pub(crate) struct Transform {
    /// Its locators name their source.
    pub(crate) recipe: Recipe,
    /// The same, ready to name results.
    pub(crate) prepared: Prepared,
    /// Where each stored input lies, in the order of the recipe.
    pub(crate) places: Vec<Place>,
    /// What is to be known of each input of the recipe before it is planned.
    pub(crate) wanted: Vec<Wanted>,
    /// Of the analysers that take part in the result.
    pub(crate) analysers: Vec<String>,
    /// The style that became the recipe, if there is one.
    pub(crate) style: Option<Style>,
    /// By which results can be found to be forgotten: the mount's, and `style:NAME`.
    pub(crate) tags: Vec<String>,
    /// Stands for the limits: a result that one mount may make is not given to another that may not.
    pub(crate) scope: Fingerprint,
    pub(crate) last: Last,
}

impl Transform {
    /// What is done with pictures: a frame that is wanted of a video is one of the inputs.
    pub(crate) fn of_pictures(&self) -> Cow<'_, Recipe> {
        if !self.recipe.reads_video() {
            return Cow::Borrowed(&self.recipe);
        }
        let mut recipe = self.recipe.clone();
        if let [Output::Sprite(sheet)] = recipe.outputs[..] {
            let format = Some(sheet.format.format());
            recipe.outputs = vec![Output::Picture(PictureOutput { format, ..PictureOutput::default() })];
        }
        for input in &mut recipe.inputs {
            input.video_frame = None;
        }
        Cow::Owned(recipe)
    }

    /// What is wrong with the input at `index` of [`Self::places`]: of a mark the error names it.
    pub(crate) fn blamed(&self, index: usize, error: Error) -> Error {
        let is_main = index == 0 && self.recipe.main().is_some_and(|main| main.locator().is_some());
        match (error, self.places.get(index)) {
            (Error::Store(error), Some(place)) if !is_main => Error::Mark { key: place.key.clone(), error },
            (error, _) => error,
        }
    }

    /// By what the result can be found to be forgotten.
    pub(crate) fn labels(&self) -> Labels {
        Labels { places: self.places.clone(), tags: self.tags.clone() }
    }
}

/// An object in a source of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The source's name.
    pub source: String,
    /// The object's key.
    pub key: String,
}

impl Job {
    /// Whether the object is wanted as it is stored ([`crate::Mill::original`]), not made ([`crate::Mill::make`]).
    pub fn is_original(&self) -> bool {
        matches!(self.task, Task::Original(_))
    }

    /// The media type of the video that is wanted, which is sent while it is made ([`crate::Mill::film`]); `None` if
    /// another thing is.
    pub fn film_type(&self) -> Option<&'static str> {
        self.recipe().and_then(video::clip_of).map(|clip| clip.container().media_type())
    }

    /// Whether a video of many files is wanted, which [`crate::Mill::hls`] gives.
    pub fn is_hls(&self) -> bool {
        let clip = self.recipe().and_then(video::clip_of);
        clip.is_some_and(|clip| matches!(clip.container(), Container::Hls { .. }))
    }

    /// Whether the same request asks for the same again whatever happens meanwhile: not so if a style took part, or what
    /// is uploaded at the moment.
    pub fn is_fixed(&self) -> bool {
        match &self.task {
            _ if self.was_looked_up => false,
            Task::Original(_) => true,
            Task::Transform(transform) => transform.style.is_none(),
        }
    }

    /// The recipe, unless the object is wanted as it is stored.
    pub fn recipe(&self) -> Option<&Recipe> {
        match &self.task {
            Task::Original(_) => None,
            Task::Transform(transform) => Some(&transform.recipe),
        }
    }

    /// Where the stored inputs lie, in the order of the recipe.
    pub fn places(&self) -> &[Place] {
        match &self.task {
            Task::Original(place) => std::slice::from_ref(place),
            Task::Transform(transform) => &transform.places,
        }
    }

    /// What is wrong with the input at `index` of [`Self::places`].
    pub(crate) fn blamed(&self, index: usize, error: Error) -> Error {
        match &self.task {
            Task::Original(_) => error,
            Task::Transform(transform) => transform.blamed(index, error),
        }
    }

    /// The same with another main input, which need not lie in a source of the mount's.
    #[must_use]
    pub fn instead(&self, main: Place) -> Self {
        let task = match &self.task {
            Task::Original(_) => Task::Original(main),
            Task::Transform(transform) => {
                let mut recipe = transform.recipe.clone();
                let mut skipped = 0;
                if let Some(input) = recipe.inputs.first_mut() {
                    skipped = usize::from(input.locator().is_some());
                    let locator = Locator { source: Some(main.source.clone()), key: main.key.clone() };
                    input.source = Source::Object(locator);
                }
                let places = std::iter::once(main).chain(transform.places.iter().skip(skipped).cloned()).collect();
                let (tags, scope) = (transform.tags.clone(), transform.scope.clone());
                let (wanted, analysers) = (transform.wanted.clone(), transform.analysers.clone());
                let style = transform.style.clone();
                Task::Transform(Arc::new(Transform {
                    prepared: recipe.prepared(),
                    recipe,
                    places,
                    wanted,
                    analysers,
                    style,
                    tags,
                    scope,
                    last: Last::default(),
                }))
            }
        };
        Self { task, ..self.clone() }
    }

    /// The rules of the mount.
    pub fn rules(&self) -> &Arc<Rules> {
        &self.rules
    }

    /// What the URL says about the answer itself.
    pub fn directives(&self) -> &Directives {
        &self.directives
    }

    /// Names of parameters that have no meaning and were ignored.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }
}
