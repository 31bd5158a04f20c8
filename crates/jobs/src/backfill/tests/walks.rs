use std::collections::BTreeSet;

use futures::TryStreamExt;
use lightmill_store::Version;
use proptest::prelude::*;

use super::*;
use crate::variants::{Id, Name, Standing};

/// A variant of an object, as it may be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kept {
    variant: &'static str,
    version: u64,
    extension: &'static str,
}

fn kept() -> impl Strategy<Value = Kept> {
    let variant = prop_oneof![4 => Just("small"), 4 => Just("webp"), 1 => Just("of-before")];
    (variant, 1..3_u64, prop_oneof![Just("jpg"), Just("webp")]).prop_map(|(variant, version, extension)| Kept {
        variant,
        version,
        extension,
    })
}

/// An object of version 1, or none, and what is kept of its key.
type Case = (String, bool, BTreeSet<Kept>);

fn cases() -> impl Strategy<Value = Vec<Case>> {
    // Around the order of `.`, `/`, `_` and what is between them; stems that begin others; names like those of variants.
    let segment = prop_oneof![
        3 => "[ab_]{1,2}",
        2 => "[a!.0B`~-]{1,3}",
        1 => "photo [12]{1,3}",
        1 => Just("a_small_0123456789abcdef".to_owned()),
        1 => "[\u{e9}\u{ff01}\u{1f600}]{1,2}",
    ];
    let key = (
        proptest::collection::vec(segment, 1..3),
        prop_oneof![
            4 => Just(".jpg"), 1 => Just(".PNG"), 1 => Just(""), 1 => Just(".unheard-of"), 1 => Just("."),
        ],
    );
    let key = key.prop_map(|(segments, extension)| format!("{}{extension}", segments.join("/")));
    let case = (key, proptest::bool::weighted(0.7), proptest::collection::btree_set(kept(), 0..5));
    proptest::collection::vec(case, 1..25)
}

fn name(prefix: &str, key: &str, kept: Kept) -> String {
    let id = Id::of(key, &Version::new(kept.version.to_string()));
    format!("{prefix}{}", Name { variant: kept.variant.to_owned(), id }.below(key, kept.extension))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn windows_see_what_is_seen_one_by_one(
        cases in cases(),
        inside in any::<bool>(),
        below in prop_oneof![Just(""), Just("made/"), Just("a")],
        prefix in prop_oneof![3 => Just(""), 1 => Just("a"), 1 => Just("b_"), 1 => Just("photo 1/")],
        (page, names) in (1..5_usize, 1..9_usize),
        (own_order, keeps_versions) in (any::<bool>(), any::<bool>()),
        failures in proptest::collection::vec(0..6_usize, 0..2),
    ) {
        let source = Memory { keeps_versions, own_order, ..Memory::default() };
        let target = if inside { source.clone() } else { Memory { own_order, ..Memory::default() } };
        let mut walk = walk(&source, &target, below, inside);
        (walk.page, walk.names) = (page, names);
        walk.backoff = crate::Backoff { first: Duration::ZERO, most: Duration::ZERO };
        // A key that stands twice in the cases is there if the last one says so.
        let keys: std::collections::BTreeMap<&str, bool> = cases.iter().map(|(key, there, _)| (&**key, *there)).collect();
        for (key, there) in &keys {
            if *there {
                source.put(key, 1);
            }
        }
        let mut orphans = BTreeSet::new();
        for (key, _, kept) in &cases {
            for kept in kept {
                let name = name(below, key, *kept);
                target.put(&name, 1);
                let stem = Name::beginning(key).strip_suffix('_').unwrap().to_owned();
                if !keys[&**key] && kept.variant != "of-before" && stem.starts_with(prefix) {
                    orphans.insert(name);
                }
            }
        }
        // What is called as a variant of nothing is one, whoever called it so.
        for key in source.keys().into_iter().filter(|key| inside && walk.variants.is_own(key)) {
            let object = key.strip_prefix(below).unwrap();
            let name = Name::read(object).unwrap();
            let stem = name.stem(object).unwrap().to_owned();
            let is_stem = !stem.is_empty() && !stem.ends_with('/') && stem.starts_with(prefix);
            if name.id.as_str() == "0123456789abcdef" && is_stem {
                orphans.insert(key);
            }
        }
        *source.failures.lock().unwrap() = failures;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let looked: Vec<Looked> = walk.objects(prefix, None).try_collect().await.unwrap();
            let mut expected = Vec::new();
            for (key, version) in source.in_order() {
                if key.starts_with(prefix) && walk.is_object(&key) {
                    let standing = walk.variants.look(&key, &Version::new(version.to_string())).await.unwrap();
                    let seen = looked.get(expected.len()).map(|looked| looked.standing);
                    let unseen = own_order && standing == Standing::Cluttered && seen == Some(Standing::Whole);
                    let standing = if unseen { Standing::Whole } else { standing };
                    expected.push(Looked { key, size: Some(7), standing });
                }
            }
            prop_assert_eq!(&looked, &expected);
            if let Some(middle) = looked.get(looked.len() / 2) {
                let rest: Vec<Looked> = walk.objects(prefix, Some(middle.key.clone())).try_collect().await.unwrap();
                let keys = |looked: &[Looked]| looked.iter().map(|looked| looked.key.clone()).collect::<Vec<_>>();
                prop_assert_eq!(keys(&rest), keys(&expected[looked.len() / 2 + 1..]));
            }

            let any = source.keys().iter().any(|key| walk.is_object(key));
            let pages: Vec<Orphans> = walk.orphans(prefix, None).try_collect().await.unwrap();
            let doubtful: u64 = pages.iter().map(|page| page.doubtful).sum();
            let gone = pages.into_iter().flat_map(|page| page.gone);
            let found: BTreeSet<String> = gone.flat_map(|orphan| orphan.variants).collect();
            if any {
                prop_assert_eq!((&found, doubtful), (&orphans, 0));
            } else {
                prop_assert!(found.is_empty() && doubtful >= orphans.len() as u64);
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn neither_place_is_read_more_than_once_and_a_bit() {
    let (source, target) = (Memory::default(), Memory::default());
    for i in 0..20_000 {
        let key = format!("2026/photo {i}.jpg");
        source.put(&key, 1);
        for variant in ["small", "webp"] {
            target.put(&name("", &key, Kept { variant, version: 1, extension: "jpg" }), 1);
        }
    }
    let walk = walk(&source, &target, "", false);
    let looked: Vec<Looked> = walk.objects("", None).try_collect().await.unwrap();
    assert_eq!(looked.len(), 20_000);
    assert!(looked.iter().all(|looked| looked.standing == Standing::Whole));
    assert_eq!(*source.listed.lock().unwrap(), 20_000);
    let listed = *target.listed.lock().unwrap();
    assert!(listed < 2 * 40_000, "{listed}");
    let pages: Vec<Orphans> = walk.orphans("", None).try_collect().await.unwrap();
    assert!(pages.iter().all(|page| page.gone.is_empty() && page.doubtful == 0));
    let listed = *source.listed.lock().unwrap();
    assert!(listed < 20_000 + 2 * 20_000, "{listed}");
}

#[tokio::test]
async fn what_comes_back_while_it_is_removed_is_told() {
    let (source, target) = (Memory::default(), Memory::default());
    source.put("other.jpg", 1);
    target.put(&name("", "a.jpg", Kept { variant: "small", version: 1, extension: "jpg" }), 1);
    let walk = walk(&source, &target, "", false);
    let pages: Vec<Orphans> = walk.orphans("", None).try_collect().await.unwrap();
    let orphan = pages[0].gone[0].clone();
    assert_eq!(orphan.key.as_deref(), Some("a.jpg"));
    source.put("a.jpg", 2);
    assert_eq!(walk.remove(orphan).await.unwrap(), (1, Some("a.jpg".to_owned())));
    assert!(target.keys().is_empty());
}
