use lightmill_recipe::Operation;

use super::*;
use crate::dit_ecs::{ConfigEntries, lower};
use crate::sharp::Lowered;

const CONFIG: &str = r#"{
    "origins": [{"id":"o","domain":"o.example"}, {"id":"p","domain":"p.example","path":"/base"}],
    "mappings": [
        {"path":"/","origin":"o"}, {"path":"/mobile/*","origin":"p","policy":"small","strip_prefix":true},
        {"path":"/kept/*","origin":"p"}, {"host":"*.img.example","origin":"p"}
    ],
    "policies": [
        {"id":"small","transformations":[
            {"transformation":"resize","value":{"width":100}},
            {"transformation":"blur","value":3,"condition":{"field":"X-Device","value":["mobile","tablet"]}},
            {"transformation":"contentModeration","value":true}
        ]},
        {"id":"auto","is_default":true,"outputs":{
            "quality":{"default":70,"ranges":[{"min":1,"max":2,"quality":90},{"min":2,"max":3,"quality":85}]},
            "format":{"format":"auto"}, "autosize":{"widths":[320,480,768,1920]}
        }}
    ]
}"#;

fn resolved(target: &str, headers: &[(&str, &str)], options: &Options) -> Result<(Resolved, Lowered), Error> {
    let entries: ConfigEntries = serde_json::from_str(CONFIG).unwrap();
    let config = Config::new(entries).unwrap();
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let request = ImageRequest::read(path, query, options)?.request;
    let resolved = resolve(&request, &Headers(headers), &config, options)?;
    let lowered = lower(&resolved, &config, options)?;
    Ok((resolved, lowered))
}

fn said(target: &str, headers: &[(&str, &str)], options: &Options) -> String {
    let (resolved, _) = resolved(target, headers, options).unwrap();
    let said = resolved.transformations.iter().map(|one| format!("{}={}", one.definition.name, one.value.json()));
    said.collect::<Vec<_>>().join(" ")
}

#[test]
fn origins_by_path_and_host() {
    let options = Options::default();
    let place = |target: &str, headers: &[(&str, &str)], options: &Options| {
        let (resolved, _) = resolved(target, headers, options).unwrap();
        assert_eq!(resolved.locator.source.as_ref(), Some(&resolved.origin));
        format!("{}:{}", resolved.origin, resolved.locator.key)
    };
    assert_eq!(place("/a%20b/%C3%A9.jpg", &[], &options), "o:a b/é.jpg");
    assert_eq!(place("/mobile/a/b.jpg", &[], &options), "p:base/a/b.jpg");
    assert_eq!(place("/kept/a.jpg", &[], &options), "p:base/kept/a.jpg");
    assert_eq!(place("/kept/a.jpg", &[], &Options { compat: true, ..Options::default() }), "p:kept/base/a.jpg");
    assert_eq!(place("/a.jpg", &[("host", "x.img.example:8080")], &options), "p:base/a.jpg");
    let named = Options { origin_header: Some("x-origin".to_owned()), ..Options::default() };
    assert_eq!(place("/a.jpg", &[("X-Origin", "https://p.example/c/")], &named), "p:c/a.jpg");
}

#[test]
fn what_leads_nowhere_is_refused() {
    let refused = |target: &str, headers: &[(&str, &str)]| {
        let options = Options { origin_header: Some("x-origin".to_owned()), ..Options::default() };
        resolved(target, headers, &options).unwrap_err().row()
    };
    assert_eq!(refused("/a.jpg?policyId=x", &[]), (404, "POLICY_NOT_FOUND"));
    assert_eq!(refused("/a.jpg", &[("x-origin", "https://evil.example/")]), (404, "ORIGIN_NOT_FOUND"));
    assert_eq!(refused("/a.jpg", &[("x-origin", "invalid-url")]), (400, "VALIDATION_ERROR"));
    assert_eq!(refused("/a.jpg", &[("host", "a b")]), (400, "VALIDATION_ERROR"));
    assert_eq!(refused("/a/../b.jpg", &[]), (400, "VALIDATION_ERROR"));
    assert_eq!(refused("/", &[]), (400, "VALIDATION_ERROR"));
    let watermark = "/a.jpg?watermark=https://evil.example/l.png,[1,2,0,0.5,]";
    assert_eq!(refused(watermark, &[]), (403, "ACCESS_DENIED"));
}

#[test]
fn a_url_takes_the_place_of_its_policy() {
    let options = Options::default();
    let resize = r#"resize={"width":100}"#;
    assert_eq!(said("/mobile/a.jpg", &[], &options), format!("{resize} contentModeration=true"));
    let headers = [("x-device", "tablet")];
    assert_eq!(said("/mobile/a.jpg", &headers, &options), format!("{resize} blur=3 contentModeration=true"));
    assert_eq!(
        said("/mobile/a.jpg?resize.width=50&flip&contentModeration=false", &[], &options),
        r#"resize={"width":50} contentModeration=true flip=true"#
    );
    let (resolved, _) = resolved("/mobile/a.jpg", &[], &options).unwrap();
    assert_eq!((resolved.policy.as_deref(), resolved.vary), (Some("small"), vec!["x-device".to_owned()]));
}

#[test]
fn whatever_takes_part_is_in_vary() {
    let vary = |target: &str, options: &Options| resolved(target, &[], options).unwrap().0.vary;
    let edge = Options { trusts_edge: true, origin_header: Some("X-Origin".to_owned()), ..Options::default() };
    assert_eq!(vary("/mobile/a.jpg", &edge), ["x-origin", "dit-host", "x-device"]);
    let by_the_client = ["x-origin", "dit-host", "dit-dpr", "dit-viewport-width", "dit-accept"];
    assert_eq!(vary("/a.jpg", &edge), by_the_client);
    let entries: ConfigEntries = serde_json::from_str(CONFIG).unwrap();
    let config = Config::new(entries).unwrap();
    for options in [edge, Options::default()] {
        let all = config.headers(&options);
        for name in ["/mobile/a.jpg", "/a.jpg"].iter().flat_map(|target| vary(target, &options)) {
            assert!(all.contains(&name), "{name} decides, and is in no key");
        }
    }
}

#[test]
fn a_policy_that_cannot_be_read_is_not_nothing() {
    let mut entries: ConfigEntries = serde_json::from_str(CONFIG).unwrap();
    entries.policies.retain(|policy| policy.id != "auto");
    entries.default_policy = Some("auto".to_owned());
    let (config, errors) = Config::of(entries);
    assert_eq!(errors, []);
    let request = ImageRequest::read("/a.jpg", None, &Options::default()).unwrap().request;
    let refused = resolve(&request, &Headers::default(), &config, &Options::default());
    assert_eq!(refused, Err(Error::PolicyNotFound));
}

#[test]
fn wrong_transformations_of_a_table_are_left_out_and_told() {
    let wrong = r#"{"origins":[{"id":"o","source":"photos"}],"mappings":[{"path":"/","origin":"o"}],"policies":[
        {"id":"p","is_default":true,"transformations":[{"transformation":"blur","value":[]},{"transformation":"x é","value":1},
         {"transformation":"flip","value":true}]}]}"#;
    let (config, errors) = Config::of(serde_json::from_str(wrong).unwrap());
    assert_eq!(errors.len(), 2);
    let request = ImageRequest::read("/a.jpg", None, &Options::default()).unwrap().request;
    let resolved = resolve(&request, &Headers::default(), &config, &Options::default()).unwrap();
    assert_eq!((resolved.transformations.len(), resolved.locator.source.as_deref()), (1, Some("photos")));
    assert_eq!(resolved.ignored, ["blur", "x"]);
}

#[test]
fn the_client_decides_by_steps() {
    let options = Options::default();
    let headers = [("sec-ch-dpr", "2.0"), ("sec-ch-viewport-width", "375"), ("accept", "image/avif,image/webp,*/*")];
    let (found, lowered) = resolved("/a.jpg", &headers, &options).unwrap();
    assert_eq!(
        said("/a.jpg", &headers, &options),
        r#"format="auto" quality=85 resize={"width":1920,"withoutEnlargement":true}"#
    );
    assert_eq!(lowered.picture().unwrap().preferred, [Format::Avif, Format::WebP]);
    assert_eq!(found.vary.len(), 4);
    assert_eq!(
        said("/a.jpg?format=png&quality=50&resize.width=9", &[], &options),
        r#"format="png" quality=50 resize={"width":9}"#
    );
    let (found, _) = resolved("/a.jpg?format=png&quality=50&resize.width=9", &headers, &options).unwrap();
    assert_eq!(found.vary, Vec::<String>::new());
    let edge = Options { trusts_edge: true, compat: true, ..Options::default() };
    let headers = [("dit-viewport-width", "480"), ("dit-dpr", "2"), ("dit-accept", "image/webp")];
    assert_eq!(
        said("/a.jpg", &headers, &edge),
        r#"format="auto" quality=85 resize={"width":768,"withoutEnlargement":true}"#
    );
}

#[test]
fn steps_stand_in_the_order_of_the_pipeline() {
    let names = |query: &str| {
        let (_, lowered) = resolved(&format!("/a.jpg?policyId=small&{query}"), &[], &Options::default()).unwrap();
        lowered.recipe.inputs[0].operations.iter().map(Operation::name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("rotate=90"), "resize rotate content_moderation");
    assert_eq!(names("rotate=90&extract=0,0,9,9&grayscale"), "extract greyscale resize rotate content_moderation");
    let watermark = "watermark=https://o.example/l.png,[10,20,0,0.5,]&blur=0.3";
    assert_eq!(names(watermark), "resize blur content_moderation composite");
}

#[test]
fn watermarks_are_relative_to_the_result() {
    use lightmill_recipe::Operation;
    use lightmill_recipe::sharp::Offset;
    let target = "/a.jpg?watermark=https://o.example/l%20o.png,[10,-25p,0.2,0.5,0.25]";
    let composite = |options: &Options| {
        let (_, lowered) = resolved(target, &[], options).unwrap();
        assert_eq!(
            (lowered.recipe.inputs[1].locator().unwrap().key.as_str(), lowered.recipe.inputs.len()),
            ("l o.png", 2)
        );
        match lowered.recipe.inputs[0].operations.last() {
            Some(Operation::Composite(composite)) => composite.clone(),
            other => panic!("{other:?}"),
        }
    };
    let ours = composite(&Options::default());
    assert_eq!((ours.left, ours.top), (Some(Offset::FromStart(10)), Some(Offset::PercentFromEnd(25))));
    assert_eq!((ours.mark.width_percent, ours.mark.stretched), (Some(50.0), true));
    assert!((ours.mark.transparency_percent - 20.0).abs() < 1e-9);
    let theirs = composite(&Options { compat: true, ..Options::default() });
    assert_eq!((theirs.top, theirs.left), (ours.left, ours.top));
}

#[test]
fn a_policy_pushes_nothing_out_and_its_moderation_stays() {
    let query = "policyId=small&blur=1&flip&flop&tint=red";
    let with = |compat| Options { compat, max_transformations: 4, ..Options::default() };
    let target = format!("/a.jpg?{}", query.replace("flip&flop", "flip=true&flop=true"));
    let (resolved_ours, _) = resolved(&target, &[], &with(false)).unwrap();
    assert_eq!(resolved_ours.ignored, ["resize", "tint"]);
    let (resolved_theirs, _) = resolved(&target, &[], &with(true)).unwrap();
    assert_eq!(resolved_theirs.ignored, ["tint", "flop"]);
}

#[test]
fn without_a_wish_the_stored_bytes_are_the_answer() {
    let entries: ConfigEntries =
        serde_json::from_str(r#"{"origins":[{"id":"o","domain":"o.example"}],"mappings":[{"path":"/","origin":"o"}]}"#)
            .unwrap();
    let config = Config::new(entries).unwrap();
    let parse = |query: &str| {
        super::super::parse("/a.jpg", Some(query), &Headers::default(), &config, &Options::default()).unwrap().wish
    };
    assert_eq!(parse("foo=1"), crate::Wish::Original);
    assert_eq!(parse("format=auto"), crate::Wish::Original);
    assert!(matches!(parse("format=webp"), crate::Wish::Transform(_)));
}
