//! Whatever is read is written and read again; nothing panics.

use lightmill_recipe::{Format, Locator};
use proptest::prelude::*;

use super::{Definition, Flavour, Options, Values, format, parse, parse_actions, parse_style, reference};
use crate::Wish;

/// Names in the key and text of a mark.
fn encoded(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

/// A value of the parameter `name` of `action`.
fn value(action: &'static str, name: &'static str, values: Values) -> BoxedStrategy<String> {
    match (values, action, name) {
        (Values::Integer(min, max), ..) => {
            prop_oneof![(min..=max), Just(min), Just(max)].prop_map(|n| n.to_string()).boxed()
        }
        (Values::Word(words), ..) => proptest::sample::select(words).prop_map(str::to_owned).boxed(),
        (Values::Colour, ..) => "[0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8}".boxed(),
        (Values::OpaqueColour, ..) => "[0-9a-fA-F]{6}".boxed(),
        (Values::Base64(_), _, "type") => {
            proptest::sample::select(&["wqy-zenhei", "wqy-microhei", "fangzhengkaiti"][..]).prop_map(encoded).boxed()
        }
        (Values::Base64(_), _, "image") => ("/?[a-z世?&]{1,9}", proptest::collection::vec(any_action(true), 0..3))
            .prop_map(|(key, actions)| {
                let process = if actions.is_empty() { "" } else { "?x-oss-process=image/" };
                encoded(&format!("{key}{process}{}", actions.join("/")))
            })
            .boxed(),
        (Values::VideoSizes(_) | Values::Integers(..), ..) => Just(String::new()).boxed(),
        (Values::Base64(_), ..) => "[^\\p{Cc}]{1,20}".prop_map(|text| encoded(&text)).boxed(),
    }
}

/// A right action of this definition, or one that misses or repeats a parameter.
fn action(definition: &'static Definition, for_mark: bool) -> BoxedStrategy<String> {
    if definition.parameters.is_empty() {
        return Just(definition.name.to_owned()).boxed();
    }
    let values: Vec<_> = definition
        .parameters
        .iter()
        .filter(|parameter| for_mark || (definition.name, parameter.name) != ("resize", "P"))
        .map(|parameter| {
            let separator = if parameter.name.is_empty() { "" } else { "_" };
            value(definition.name, parameter.name, parameter.values)
                .prop_map(move |value| format!("{}{separator}{value}", parameter.name))
        })
        .collect();
    let count = values.len();
    (values, proptest::sample::subsequence((0..count).collect::<Vec<_>>(), 1..=count))
        .prop_map(move |(values, chosen)| {
            let chosen: Vec<&str> = chosen.into_iter().map(|index| values[index].as_str()).collect();
            format!("{},{}", definition.name, chosen.join(","))
        })
        .boxed()
}

fn any_action(for_mark: bool) -> BoxedStrategy<String> {
    let definitions = reference().iter().filter(|definition| definition.for_marks || !for_mark);
    proptest::strategy::Union::new(definitions.map(|definition| action(definition, for_mark))).boxed()
}

fn flavours() -> impl Strategy<Value = Flavour> {
    proptest::sample::select(&Flavour::ALL[..])
}

/// Reading, writing and reading gives the same, if it can be read at all.
fn assert_identity(actions: &str, options: &Options) -> Result<bool, TestCaseError> {
    let locator = Locator::key("a.jpg");
    let Ok(request) = parse_actions(actions, &locator, None, options) else { return Ok(false) };
    let Wish::Transform(recipe) = &request.wish else { return Ok(false) };
    let text = format(recipe, options).map_err(|error| TestCaseError::fail(format!("{actions}: {error}")))?;
    let again = parse_actions(&text, &locator, None, options);
    prop_assert_eq!(again.as_ref(), Ok(&request), "{} became {}", actions, text);
    prop_assert_eq!(format(recipe, options), Ok(text));
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn reading_and_writing_are_inverse(flavour in flavours(), actions in proptest::collection::vec(any_action(false), 1..5)) {
        assert_identity(&format!("image/{}", actions.join("/")), &Options::of(flavour))?;
    }

    #[test]
    fn one_action_of_one_parameter_each_can_be_read(flavour in flavours(), which in 0..reference().len(), seed in any::<u8>()) {
        let definition = reference()[which];
        let options = Options::of(flavour);
        // At least the example can be read, with anything that is a setting behind it.
        let text = format!("image/{}/threshold,{}", definition.example, u32::from(seed) + 1);
        let alone = matches!(definition.name, "info" | "average-hue");
        prop_assert!(assert_identity(&text, &options)? || alone, "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(path in "\\PC*", query in "\\PC*", accept in "\\PC*", flavour in flavours()) {
        let mut options = Options::of(flavour);
        let _ = parse(&path, Some(&query), Some(&accept), &options);
        options.negotiate = vec![Format::Avif, Format::Jpeg];
        let _ = parse(&format!("/a{path}"), Some(&format!("x-oss-process={query}")), Some(&accept), &options);
        let _ = parse_style(&path, &query, &Locator::key("a"), Some(&accept), &options);
        let _ = parse("/a.jpg", Some(&format!("im=Resize,{query}")), None, &options);
    }

    #[test]
    fn any_values_are_read_or_refused(
        flavour in flavours(), which in 0..reference().len(), values in "([a-zA-Z]{1,7}_)?[-+0-9a-zA-Z_,. =é]{0,30}",
    ) {
        let name = reference()[which].name;
        assert_identity(&format!("image/{name},{values}/resize,w_1"), &Options::of(flavour))?;
    }
}

/// The strategy above makes mostly lists that can be read; else the identity would say nothing.
#[test]
fn most_made_up_actions_can_be_read() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = any_action(false);
    let readable = (0..500)
        .filter(|_| {
            let text = strategy.new_tree(&mut runner).unwrap().current();
            assert_identity(&format!("image/{text}"), &Options::default()).unwrap()
        })
        .count();
    assert!(readable > 350, "{readable}");
}
