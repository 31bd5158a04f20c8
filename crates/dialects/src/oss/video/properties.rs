//! Whatever is read about videos is written and read again; nothing panics.

use lightmill_recipe::Locator;
use proptest::prelude::*;

use super::reference;
use crate::Wish;
use crate::oss::{Definition, Flavour, Options, Values, format, parse_actions};

fn value(values: Values) -> BoxedStrategy<String> {
    let size = || {
        let side = || 16..=8192_u32;
        prop_oneof![
            proptest::sample::select(super::sizes::WORDS).prop_map(str::to_owned),
            (side(), side()).prop_map(|(width, height)| format!("{width}x{height}")),
        ]
    };
    let joined = |parts: Vec<String>| parts.join("-");
    match values {
        Values::Integer(min, max) => prop_oneof![min..=max, Just(min), Just(max)].prop_map(|n| n.to_string()).boxed(),
        Values::Integers(min, max) => {
            let number = (min..=max).prop_map(|n| n.to_string());
            prop_oneof![number.clone(), proptest::collection::vec(number, 1..4).prop_map(joined)].boxed()
        }
        Values::VideoSizes(_) => {
            prop_oneof![size().boxed(), proptest::collection::vec(size(), 1..4).prop_map(joined).boxed()].boxed()
        }
        Values::Word(words) => proptest::sample::select(words).prop_map(str::to_owned).boxed(),
        Values::Colour | Values::OpaqueColour | Values::Base64(_) => Just(String::new()).boxed(),
    }
}

fn action(definition: &'static Definition) -> BoxedStrategy<String> {
    let parameters = definition.parameters;
    let values: Vec<_> = parameters
        .iter()
        .map(|parameter| value(parameter.values).prop_map(|value| format!(",{}_{value}", parameter.name)))
        .collect();
    let count = values.len();
    let chosen = proptest::sample::subsequence((0..count).collect::<Vec<_>>(), 0..=count.min(5));
    (values, chosen)
        .prop_map(|(values, chosen)| {
            let chosen: String = chosen.into_iter().map(|index| values[index].as_str()).collect();
            format!("{}{chosen}", definition.name)
        })
        .boxed()
}

fn any_action() -> impl Strategy<Value = String> {
    proptest::strategy::Union::new(reference().iter().map(|definition| action(definition)))
}

fn flavours() -> impl Strategy<Value = Flavour> {
    proptest::sample::select(&Flavour::ALL[..])
}

/// Reading, writing and reading gives the same, if it can be read at all.
fn assert_identity(actions: &str, options: &Options) -> Result<bool, TestCaseError> {
    let locator = Locator::key("a.mp4");
    let Ok(request) = parse_actions(actions, &locator, None, options) else { return Ok(false) };
    let Wish::Transform(recipe) = &request.wish else { return Ok(false) };
    prop_assert!(recipe.reads_video());
    let text = format(recipe, options).map_err(|error| TestCaseError::fail(format!("{actions}: {error}")))?;
    let again = parse_actions(&text, &locator, None, options);
    prop_assert_eq!(again.as_ref(), Ok(&request), "{} became {}", actions, text);
    prop_assert_eq!(format(recipe, options), Ok(text));
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn reading_and_writing_are_inverse(
        flavour in flavours(),
        action in any_action(),
        picture in proptest::sample::select(&["", "/image/resize,w_320", "/image/format,gif", "/image/grey,1/average-hue"][..]),
    ) {
        assert_identity(&format!("video/{action}{picture}"), &Options::of(flavour))?;
    }

    #[test]
    fn any_values_are_read_or_refused(
        flavour in flavours(), which in 0..reference().len(), values in "([a-zA-Z]{1,7}_)?[-+0-9a-zA-Z_,. =é]{0,30}",
    ) {
        let name = reference()[which].name;
        assert_identity(&format!("video/{name},{values}"), &Options::of(flavour))?;
    }
}

/// The strategy above makes many lists that can be read; else the identity would say nothing.
#[test]
fn many_made_up_actions_can_be_read() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = any_action();
    let options = Options::of(Flavour::Keithyt06);
    let readable = (0..500)
        .filter(|_| {
            let text = strategy.new_tree(&mut runner).unwrap().current();
            assert_identity(&format!("video/{text}"), &options).unwrap()
        })
        .count();
    assert!(readable > 250, "{readable}");
}
