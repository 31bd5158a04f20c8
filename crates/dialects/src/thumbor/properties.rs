//! Whatever is read is written and read again; nothing panics; time grows with the length alone.

use proptest::prelude::*;

use super::{Flavour, MAX_LENGTH, Options, Url, Values, lower, parse, reference, say};
use crate::bounded::assert_bounded;

fn value(values: Values) -> BoxedStrategy<String> {
    let words: &'static [&'static str] = match values {
        Values::Integer(min, max) => {
            return prop_oneof![(min..=max), Just(min), (-9..99)].prop_map(|n: i32| n.to_string()).boxed();
        }
        Values::Decimal(..) => return "-?[0-9]{0,3}\\.?[0-9]{0,5}".boxed(),
        Values::Text => return "[^\\p{Cc}]{1,9}|[a-z/:'%+ ]{1,9}|/[0-9f]x[0-9f]/[a-z]{3}".boxed(),
        Values::Word(words) => words,
        Values::Flag => &["true", "False", "1", "0", "yes"],
        Values::Colour | Values::Hexadecimal => &["red", "ff0000", "#0f0", "F00f", "12345678"],
        Values::Backdrop(_) => &["auto", "blur", "transparent", "none", "red", "ff000080"],
        Values::Position => &[
            "1", "-1", "0", "-0", "10p", "-10p", "0p", "100p", "center", "repeat", "0.5", "-0.001", "right-4", "t-3",
            "l", "0.0",
        ],
        Values::Region => &["0x0:20x20", "0.1x0.2:0.3x0.4", "0.5,0.5", "10,20", "0x0", "1x1:1x1", "0.9999x0"],
        Values::Radii => &["20", "40|20", "0", "|"],
        Values::Percent => &["none", "50", "0"],
        Values::Numbers => &["1;2;1", "-1.5;.5;3;4;5;6;7;8;9", ";"],
        Values::Curves => &["[(0,0),(255,255)],[(0,-5)],[(1,2),(1,3)],[(0,0)]", "[],[],[],[]", "[(0,0)]"],
        Values::Moment => &["0", "1893456000000", "-1"],
        Values::Length => &["1", "50p", "0.5", "f", "full-20", "f-", "0"],
    };
    proptest::sample::select(words).prop_map(str::to_owned).boxed()
}

/// A filter with arguments that mostly fit, one too few or one too many now and then.
fn filter() -> BoxedStrategy<String> {
    let forms =
        reference().iter().flat_map(|definition| definition.forms.iter().map(move |form| (definition.name, form)));
    let strategies = forms.map(|(name, form)| {
        let values: Vec<_> = form.parameters.iter().map(|parameter| value(parameter.values)).collect();
        let count = values.len();
        (values, 0..=count + 1, any::<bool>()).prop_map(move |(mut values, given, all)| {
            values.truncate(if all { count } else { given });
            format!("{name}({})", values.join(","))
        })
    });
    proptest::strategy::Union::new(strategies).boxed()
}

fn part() -> impl Strategy<Value = String> {
    proptest::sample::select(
        &[
            "debug",
            "meta",
            "params",
            "trim",
            "trim:10",
            "trim:bottom-right:3",
            "1x2:30x40",
            "0.1x.2:1x1",
            "0x0:0x0",
            "fit-in",
            "adaptive-full-fit-in",
            "stretch",
            "300x200",
            "-x-",
            "origx0",
            "fxf-2",
            "99999999x99999999",
            "5x6:7x8",
            "1x2",
            "left",
            "center",
            "middle",
            "bottom",
            "smart",
            "b64:SGk",
            "color:red",
            "",
            "%2F",
            "unsafe",
        ][..],
    )
    .prop_map(str::to_owned)
}

fn flavours() -> impl Strategy<Value = Flavour> {
    proptest::sample::select(&Flavour::ALL[..])
}

fn options(flavour: Flavour) -> Options {
    Options { opt_in: vec!["autojpg".to_owned(), "red_eye".to_owned()], ..Options::of(flavour) }
}

/// Reading, writing and reading gives the same, if it can be read at all.
fn assert_identity(path: &str, flavour: Flavour) -> Result<bool, TestCaseError> {
    let options = options(flavour);
    for read in [Url::parse, Url::parse_nested] {
        let Ok(url) = read(path, &options) else { return Ok(false) };
        let written = url.to_path(flavour);
        if written.len() <= MAX_LENGTH {
            let again = read(&written, &options);
            prop_assert_eq!(again.as_ref(), Ok(&url), "{} became {}", path, written);
            prop_assert_eq!(url.to_path(flavour), written);
        }
        let _ = lower(&url, None, &options).map(|lowered| lowered.recipe.canonical());
    }
    Ok(true)
}

/// What is read, meant, and said from that alone is meant as the same.
fn assert_said(path: &str, flavour: Flavour) -> Result<(), TestCaseError> {
    let options = options(flavour);
    let meant = |path: &str| Url::parse(path, &options).and_then(|url| lower(&url, None, &options));
    let Ok(wanted) = meant(path) else { return Ok(()) };
    match say(&wanted.recipe, &wanted.directives, &options) {
        Ok(url) => {
            let written = url.to_path(flavour);
            let again = meant(&written).map_err(|error| TestCaseError::fail(format!("{written}: {error}")))?;
            prop_assert_eq!(&again.recipe, &wanted.recipe, "{} became {}", path, written);
            prop_assert_eq!(&again.directives, &wanted.directives);
        }
        Err(problems) => {
            prop_assert!(problems.iter().all(|problem| problem.what == "the picture"), "{}: {:?}", path, problems);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn reading_and_writing_are_inverse(
        flavour in flavours(), security in "unsafe|[a-zA-Z0-9_=-]{20}|%3D", parts in proptest::collection::vec(part(), 0..6),
        filters in proptest::collection::vec(filter(), 0..4), image in "[a-z/]{1,6}|[^\\p{Cc}]{1,9}|[a-z%0-9:()/+',]{1,12}",
    ) {
        let filters = if filters.is_empty() { String::new() } else { format!("filters:{}/", filters.join(":")) };
        let parts = parts.into_iter().fold(String::new(), |path, part| path + &part + "/");
        assert_identity(&format!("/{security}/{parts}{filters}{image}"), flavour)?;
        assert_identity(&format!("{parts}{filters}{image}"), flavour)?;
    }

    #[test]
    fn what_is_meant_can_be_said(
        flavour in flavours(), parts in proptest::collection::vec(part(), 0..6),
        filters in proptest::collection::vec(filter(), 0..4), image in "[a-z]{1,6}|[^\\p{Cc}]{1,9}|[a-z%0-9:()/+',]{1,12}",
    ) {
        let filters = if filters.is_empty() { String::new() } else { format!("filters:{}/", filters.join(":")) };
        let parts = parts.into_iter().fold(String::new(), |path, part| path + &part + "/");
        assert_said(&format!("/unsafe/{parts}{filters}{image}"), flavour)?;
    }

    #[test]
    fn any_text_is_read_or_refused(path in "\\PC*", other in "[a-z0-9/:()%x,'.f-]{0,60}", query in "\\PC*", flavour in flavours()) {
        for path in [path.clone(), format!("/unsafe/filters:{path})/a"), format!("/unsafe/{other}"), other.clone(), format!("unsafe/filters:{other})/{path}")] {
            assert_identity(&path, flavour)?;
            let _ = parse(&path, Some(&query), Some(&query), &options(flavour));
        }
    }
}

/// Texts that would take a careless reader quadratic or exponential time.
#[test]
fn time_per_byte_is_bounded() {
    let fillings = [
        "a",
        "/",
        "(",
        ")",
        "):",
        ")/",
        "'a,",
        "' ",
        "%27,",
        ",",
        ":",
        "a(",
        "a()",
        "a():",
        "1x1/",
        "filters:a()/",
        "image(/filters:",
        "watermark(",
        "%28",
        "%",
        "\u{2028}",
        "x:",
        "trim:",
        "blur(1):",
        "[(1,1),",
        "convolution(",
        "1;",
        "' ,",
        "unsafe/",
        "é",
    ];
    let prefixes = [
        "",
        "/unsafe/",
        "/unsafe/filters:",
        "/unsafe/filters:watermark(",
        "/unsafe/filters:curve(",
        "/unsafe/filters:image(",
    ];
    for flavour in Flavour::ALL {
        let options = options(flavour);
        for prefix in prefixes {
            for filling in fillings {
                for end in ["", ")/a.jpg", "))))/a.jpg"] {
                    let count = (MAX_LENGTH - prefix.len() - end.len()) / filling.len();
                    let path = format!("{prefix}{}{end}", filling.repeat(count));
                    assert_bounded(&format!("{prefix}{filling}…{end}"), path.len(), || {
                        let read = Url::parse(&path, &options);
                        let _ = read.map(|url| lower(&url, None, &options).map(|lowered| lowered.recipe.canonical()));
                    });
                }
            }
        }
    }
}

/// The strategy above makes mostly filters that fit; else the identity would say little.
#[test]
fn most_made_up_filters_fit() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = filter();
    let mut known = 0;
    for _ in 0..500 {
        let text = strategy.new_tree(&mut runner).unwrap().current();
        let read = Flavour::ALL.map(|flavour| Url::parse(&format!("/unsafe/filters:{text}/a"), &options(flavour)));
        let fits = |url: &Url| matches!(url.filters.as_slice(), [super::Filter::Known(_)]);
        known += usize::from(read.iter().flatten().any(fits));
    }
    assert!(known > 300, "{known}");
}
