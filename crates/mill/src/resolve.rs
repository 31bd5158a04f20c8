use std::sync::Arc;

use lightmill_dialects::client_hints::ClientHints;
use lightmill_dialects::{self as dialects, Request, Wish, oss};
use lightmill_recipe::{Fingerprint, Recipe};
use lightmill_store::Style;

use crate::job::{Task, Transform};
use crate::validators::Last;
use crate::{Error, Job, Originals, Rules, Stores, bucket, policy, video};

/// What the client said beside the URL.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The `Accept` header.
    pub accept: Option<&'a str>,
    /// What is known of its screen, where the mount heeds that.
    pub hints: ClientHints,
    /// The source that takes the default's place (`x-bucket`); it must be one that the mount lists.
    pub source: Option<&'a str>,
}

/// Names become values: the style's text a recipe, each locator a place.
pub(crate) async fn resolve(
    stores: &Stores,
    rules: &Arc<Rules>,
    mut request: Request,
    asked: Asked<'_>,
) -> Result<Job, Error> {
    bucket::choose(&mut request, rules)?;
    // The other inputs lie where the main one does, unless they say otherwise or that is an upload.
    let is_upload = rules.uploads.as_ref().is_some_and(|uploads| uploads.has(&request.locator));
    let chosen = request.locator.source.clone().filter(|_| !is_upload);
    let asked = Asked { source: chosen.as_deref().or(asked.source), ..asked };
    let Request { locator, wish, directives, mut ignored } = request;
    let mut tags = rules.tags.clone();
    let (wish, style) = match wish {
        Wish::Style { name } => {
            let style = match &stores.styles {
                Some(styles) => styles.style(&name).await?,
                None => None,
            };
            let style = style.ok_or(Error::StyleNotFound)?;
            let request = oss::parse_style(&name, &style.text, &locator, asked.accept, &rules.oss)?;
            ignored.extend(request.ignored);
            tags.push(format!("style:{name}"));
            (request.wish, Some(style))
        }
        wish => (wish, None),
    };
    let task = match wish {
        Wish::Original if rules.originals == Originals::Forbid => return Err(Error::OriginalsForbidden),
        Wish::Original => Task::Original(policy::place(&locator, asked.source, rules)?),
        Wish::Transform(recipe) => Task::Transform(Arc::new(transform(recipe, style, tags, (stores, rules), asked)?)),
        Wish::Text { .. } => return Err(Error::internal("a text needs no mill")),
        // A style that names a style could name itself.
        Wish::Style { .. } => return Err(dialects::Error::InvalidStyle.into()),
    };
    Ok(Job { rules: Arc::clone(rules), task, directives, ignored, was_looked_up: false })
}

fn transform(
    mut recipe: Recipe,
    style: Option<Style>,
    tags: Vec<String>,
    (stores, rules): (&Stores, &Rules),
    asked: Asked<'_>,
) -> Result<Transform, Error> {
    policy::check_counts(&recipe, &rules.limits)?;
    rules.allow.check(&recipe)?;
    asked.hints.apply(&mut recipe, rules.limits.result_side);
    if recipe.reads_video() && (stores.videos.is_none() || !video::is_made(&recipe)) {
        return Err(Error::VideoNotServed);
    }
    let mut places = Vec::with_capacity(recipe.inputs.len());
    for input in &mut recipe.inputs {
        let Some(locator) = input.locator_mut() else { continue };
        let place = policy::place(locator, asked.source, rules)?;
        // The recipe is the first part of the key: the default source of two mounts may differ.
        locator.source = Some(place.source.clone());
        places.push(place);
    }
    rules.output.apply(&mut recipe);
    let wanted = recipe.analysis();
    stores.analysers.check(&wanted)?;
    let analysers = stores.analysers.versions(&wanted);
    let scope = Fingerprint::of([serde_json::to_vec(&rules.limits).map_err(Error::internal)?]);
    let (prepared, last) = (recipe.prepared(), Last::default());
    Ok(Transform { recipe, prepared, places, wanted, analysers, style, tags, scope, last })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::SystemTime;

    use lightmill_recipe::{Locator, Metadata, Operation, Output, OutputDefaults, PictureOutput, QualityRule};

    use lightmill_store::Styles;

    use super::*;
    use crate::tests::rules;

    /// Texts by name.
    #[derive(Debug)]
    struct Fixed(HashMap<&'static str, &'static str>);

    #[lightmill_store::async_trait]
    impl Styles for Fixed {
        async fn style(&self, name: &str) -> Result<Option<Style>, lightmill_store::Error> {
            Ok(self.0.get(name).map(|text| Style {
                text: (*text).to_owned(),
                version: (*text).to_owned(),
                modified: Some(SystemTime::UNIX_EPOCH),
            }))
        }
    }

    fn request(wish: Wish) -> Request {
        Request::new(Locator::key("a.jpg"), wish).ignoring(vec!["x".into()])
    }

    async fn style(name: &str, stores: &Stores) -> Result<Job, Error> {
        let wish = Wish::Style { name: name.to_owned() };
        resolve(stores, &Arc::new(rules()), request(wish), Asked::default()).await
    }

    fn with(texts: &[(&'static str, &'static str)]) -> Stores {
        let styles = Fixed(texts.iter().copied().collect());
        Stores { styles: Some(Arc::new(styles)), ..Stores::default() }
    }

    #[tokio::test]
    async fn styles_become_recipes() {
        let stores = with(&[
            ("grey", "image/bright,50"),
            ("self", "style/self"),
            ("broken", "image/nothing"),
            ("empty", ""),
            ("frame", "video/snapshot,t_1000,f_jpg/image/resize,w_20"),
        ]);
        assert!(matches!(style("frame", &stores).await, Err(Error::VideoNotServed)));
        let job = style("grey", &stores).await.unwrap();
        let recipe = job.recipe().unwrap();
        assert!(matches!(recipe.inputs[0].operations[..], [Operation::Linear(_)]));
        assert_eq!(recipe.inputs[0].locator().and_then(|locator| locator.source.as_deref()), Some("photos"));
        assert_eq!(job.ignored(), ["x"]);
        let Task::Transform(transform) = &job.task else { panic!("{job:?}") };
        assert_eq!(transform.style.as_ref().unwrap().modified, Some(SystemTime::UNIX_EPOCH));
        assert!(matches!(style("none", &stores).await, Err(Error::StyleNotFound)));
        assert!(matches!(style("grey", &Stores::default()).await, Err(Error::StyleNotFound)));
        for name in ["self", "broken", "empty"] {
            assert!(matches!(style(name, &stores).await, Err(Error::Dialect(_))), "{name}");
        }
    }

    #[tokio::test]
    async fn without_the_time_of_a_style_there_is_no_last_modified() {
        let dated = with(&[("grey", "image/bright,50")]);
        let mut job = style("grey", &dated).await.unwrap();
        let stat = lightmill_store::Stat {
            size: 1,
            version: lightmill_store::Version::new("1"),
            modified: Some(SystemTime::now()),
            content_type: None,
            cache_control: None,
        };
        assert_eq!(job.validators(vec![stat.clone()]).last_modified, stat.modified);
        let Task::Transform(transform) = &mut job.task else { panic!() };
        let transform = Arc::get_mut(transform).unwrap();
        transform.style.as_mut().unwrap().modified = None;
        transform.last = Last::default();
        assert_eq!(job.validators(vec![stat]).last_modified, None);
    }

    #[tokio::test]
    async fn originals_can_be_forbidden() {
        let open = Arc::new(rules());
        let job = resolve(&Stores::default(), &open, request(Wish::Original), Asked::default()).await.unwrap();
        assert!(job.is_original());
        assert_eq!((job.places()[0].source.as_str(), job.places()[0].key.as_str()), ("photos", "a.jpg"));
        let closed = Arc::new(Rules { originals: Originals::Forbid, ..rules() });
        let refused = resolve(&Stores::default(), &closed, request(Wish::Original), Asked::default()).await;
        assert!(matches!(refused, Err(Error::OriginalsForbidden)));
    }

    #[tokio::test]
    async fn rules_that_change_bytes_change_the_recipe() {
        let wish = || Wish::Transform(Recipe::new(Locator::key("a.jpg")));
        let output = OutputDefaults {
            metadata: Metadata::Copyright,
            quality: QualityRule::Absolute(70),
            ..OutputDefaults::default()
        };
        let keeps = Arc::new(Rules { output, ..rules() });
        let job = resolve(&Stores::default(), &keeps, request(wish()), Asked::default()).await.unwrap();
        let Output::Picture(PictureOutput { metadata, quality, .. }) = &job.recipe().unwrap().outputs[0] else {
            panic!()
        };
        assert_eq!((*metadata, quality.rule), (Some(Metadata::Copyright), QualityRule::Absolute(70)));
    }
}
