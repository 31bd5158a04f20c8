use lightmill_recipe::{Input, Operation};
use proptest::prelude::*;

use super::*;
use crate::oss::Flavour::{Aliyun, Wchaws};
use crate::thumbor::Flavour::{Imagor, Thumbor};

fn to_oss(flavour: oss::Flavour) -> Target {
    Target::Oss(oss::Options::of(flavour))
}

fn to_thumbor(flavour: thumbor::Flavour) -> Target {
    Target::Thumbor(thumbor::Options::of(flavour))
}

/// What a path and a query of this dialect ask for.
fn read(text: &str, from: &Target) -> Request {
    let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
    match from {
        Target::Oss(options) => oss::parse(path, query, None, options),
        Target::Thumbor(options) => thumbor::parse(path, query, None, options),
    }
    .unwrap()
}

fn converted(text: &str, from: &Target, to: &Target) -> (String, Vec<Note>) {
    let Converted { text, notes } = convert(&read(text, from), to).unwrap();
    (text, notes)
}

fn refused(text: &str, from: &Target, to: &Target) -> Vec<String> {
    convert(&read(text, from), to).unwrap_err().what.iter().map(|problem| problem.what.clone()).collect()
}

#[test]
fn urls_of_oss_in_thumbors_words() {
    let oss = |actions: &str| format!("/a/b.jpg?x-oss-process=image/{actions}/format,jpg");
    for (actions, path) in [
        ("resize,w_300,h_200", "/unsafe/fit-in/300x200/filters:FORMAT/a/b.jpg"),
        ("resize,m_fill,w_300,h_200,limit_0", "/unsafe/300x200/filters:FORMAT/a/b.jpg"),
        ("resize,m_pad,w_300,h_200,color_FF0000", "/unsafe/fit-in/300x200/filters:fill(ff0000):FORMAT/a/b.jpg"),
        ("resize,l_300", "/unsafe/fit-in/300x300/filters:FORMAT/a/b.jpg"),
        ("resize,s_300", "/unsafe/full-fit-in/300x300/filters:no_upscale():FORMAT/a/b.jpg"),
        ("crop,x_10,y_20,w_30,h_40/resize,p_50", "/unsafe/10x20:40x60/filters:proportion(0.5):FORMAT/a/b.jpg"),
        ("rotate,90", "/unsafe/filters:rotate(270):FORMAT/a/b.jpg"),
        ("bright,51", "/unsafe/filters:brightness(20):FORMAT/a/b.jpg"),
        ("grey,1/quality,Q_70", "/unsafe/filters:grayscale():quality(70):FORMAT/a/b.jpg"),
    ] {
        let expected = path.replace("FORMAT", "format(jpeg):strip_icc()");
        assert_eq!(converted(&oss(actions), &to_oss(Aliyun), &to_thumbor(Thumbor)).0, expected, "{actions}");
    }
    let (path, notes) = converted(&oss("rotate,90/resize,w_300"), &to_oss(Aliyun), &to_thumbor(Imagor));
    assert_eq!(
        path,
        "/unsafe/stretch/300x0/filters:no_upscale():orient(270):quality(80):format(jpeg):strip_icc()/a/b.jpg"
    );
    assert_eq!(notes, [Note::Progressive]);
}

#[test]
fn urls_of_thumbor_in_the_words_of_oss() {
    for (path, actions) in [
        ("/unsafe/fit-in/300x200/a.jpg", "resize,w_300,h_200/auto-orient,0/interlace,1"),
        (
            "/unsafe/300x200/filters:format(webp)/a.jpg",
            "resize,m_fill,w_300,h_200,limit_0/auto-orient,0/format,webp/interlace,1",
        ),
        (
            "/unsafe/fit-in/300x200/filters:upscale():fill(red)/a.jpg",
            "resize,m_pad,w_300,h_200,limit_0,color_FF0000/auto-orient,0/interlace,1",
        ),
        ("/unsafe/10x20:40x60/a.jpg", "crop,w_30,h_40,x_10,y_20/auto-orient,0/interlace,1"),
        ("/unsafe/adaptive-fit-in/200x300/a.jpg", "resize,l_300,s_200/auto-orient,0/interlace,1"),
    ] {
        let (text, _) = converted(path, &to_thumbor(Thumbor), &to_oss(Wchaws));
        assert_eq!(text, format!("/a.jpg?x-oss-process=image/{actions}"), "{path}");
    }
}

#[test]
fn marks_keep_their_place() {
    // logo.png?x-oss-process=image/resize,P_30
    let oss = "/a.jpg?x-oss-process=image/watermark,t_60,g_sw,x_7,y_9,image_bG9nby5wbmc_eC1vc3MtcHJvY2Vzcz1pbWFnZS9yZXNpemUsUF8zMA";
    let (path, notes) = converted(oss, &to_oss(Aliyun), &to_thumbor(Imagor));
    assert!(path.contains("watermark(logo.png,7,right-9,40,30,30)"), "{path}");
    assert!(!notes.contains(&Note::MarkOrientation) && !notes.contains(&Note::MarkTransparency));
    let (path, notes) = converted(oss, &to_oss(Aliyun), &to_thumbor(Thumbor));
    assert!(path.contains("watermark(logo.png,7,-9,40,30,30)"), "{path}");
    assert!(notes.contains(&Note::MarkOrientation) && notes.contains(&Note::MarkTransparency));
    // logo.png?x-oss-process=image/resize,P_30/auto-orient,0
    let mark = "bG9nby5wbmc_eC1vc3MtcHJvY2Vzcz1pbWFnZS9yZXNpemUsUF8zMC9hdXRvLW9yaWVudCww";
    let (back, _) = converted(&path, &to_thumbor(Thumbor), &to_oss(Aliyun));
    assert!(back.contains(&format!("watermark,image_{mark},t_60,g_sw,x_7,y_9")), "{back}");
    let text = "/a.jpg?x-oss-process=image/watermark,text_SGk,size_30";
    assert!(converted(text, &to_oss(Aliyun), &to_thumbor(Imagor)).0.contains("label(Hi,right-10,right-10,30,"));
    assert_eq!(refused(text, &to_oss(Aliyun), &to_thumbor(Thumbor)), ["overlay"]);
}

#[test]
fn everything_that_cannot_be_said_is_named() {
    let (aliyun, thumbor, imagor) = (to_oss(Aliyun), to_thumbor(Thumbor), to_thumbor(Imagor));
    let oss = |actions: &str| format!("/a.jpg?x-oss-process=image/{actions}");
    for (actions, what) in [
        ("circle,r_9/indexcrop,x_9/rotate,45", &["circle", "tile", "rotate"][..]),
        ("rotate,90/resize,w_9", &["resize"]),
        ("crop,w_9,h_9,g_center", &["crop"]),
        ("threshold,9/resize,w_9", &["threshold"]),
        ("quality,q_80", &["quality"]),
        ("info", &["outputs"]),
    ] {
        assert_eq!(refused(&oss(actions), &aliyun, &thumbor), what, "{actions}");
    }
    for (path, what) in [
        ("/unsafe/-9x9/smart/a.jpg", &["reframe", "flip"][..]),
        ("/unsafe/trim/filters:equalize():noise(9):max_bytes(9)/a.jpg", &["max_bytes", "cut", "equalize", "noise"]),
        ("/unsafe/filters:quality(100)/a.jpg", &["lossless"]),
    ] {
        assert_eq!(refused(path, &thumbor, &aliyun), what, "{path}");
    }
    assert_eq!(refused("/unsafe/filters:expire(9):attachment()/a.jpg", &imagor, &aliyun), ["expire", "attachment"]);
    assert_eq!(refused("/a.jpg!thumb", &aliyun, &thumbor), ["style"]);
    assert_eq!(refused("/params/unsafe/a.jpg", &imagor, &thumbor), ["text"]);
}

#[test]
fn stored_bytes() {
    let (aliyun, thumbor, imagor) = (to_oss(Aliyun), to_thumbor(Thumbor), to_thumbor(Imagor));
    assert_eq!(converted("/a%20b/c%21d.jpg", &aliyun, &imagor).0, "/unsafe/filters:raw()/a%20b/c!d.jpg");
    assert_eq!(converted("/unsafe/filters:raw()/a%20b/c!d.jpg", &imagor, &aliyun).0, "/a%20b/c%21d.jpg");
    assert_eq!(refused("/a.jpg", &aliyun, &thumbor), ["the stored bytes"]);
}

#[test]
fn the_same_dialect_has_no_notes() {
    let path = "/unsafe/trim/5x6:70x80/300x0/smart/filters:grayscale():upscale():watermark(a.png,repeat,10p,30)/a.jpg";
    let same = path.to_owned();
    assert_eq!(converted(path, &to_thumbor(Thumbor), &to_thumbor(Thumbor)), (same, Vec::new()));
}

/// Actions that Thumbor or imagor can say too, in the order that they have.
fn actions() -> impl Strategy<Value = String> {
    let maybe = |text: &'static str, of: std::ops::Range<u32>| {
        proptest::option::of(of.prop_map(move |n| text.replace("{}", &n.to_string())))
    };
    let size = ("m_(lfit|mfit|fill|pad|fixed),", 1..3000_u32, 1..3000_u32, 0..4_u32, 0..2_u32).prop_map(
        |(mode, w, h, sides, limit)| {
            let sides = match sides {
                0 => format!("w_{w}"),
                1 => format!("h_{h}"),
                2 => format!("l_{}", w.max(h)),
                _ => format!("w_{w},h_{h}"),
            };
            format!("resize,{mode}{sides},limit_{limit}")
        },
    );
    (
        maybe("crop,w_9{},h_70,x_{}", 0..500),
        proptest::option::of(size),
        maybe("bright,{}", 0..101),
        maybe("rotate,180/contrast,{}", 0..101),
        maybe("blur,r_2,s_{}", 9..51),
        maybe("rounded-corners,r_{}", 1..4000),
        maybe("quality,Q_{}", 1..100),
        proptest::option::of("format,(jpg|png|webp|avif)"),
    )
        .prop_map(|(crop, size, bright, turn, blur, corners, quality, format)| {
            let all: Vec<String> =
                [crop, size, bright, turn, blur, corners, quality, format].into_iter().flatten().collect();
            if all.is_empty() { "grey,1".to_owned() } else { all.join("/") }
        })
}

/// What a picture of this recipe is, without what the way back cannot know: which servers bound a size, and that JPEG is
/// progressive there.
fn essence(request: &Request) -> (Vec<Operation>, Vec<Input>) {
    let Wish::Transform(recipe) = &request.wish else { panic!("{request:?}") };
    (recipe.inputs[0].operations.clone(), recipe.inputs[1..].to_vec())
}

/// Whether OSS has no other words for the size: with one side every fit is the same, and so are a square and a longer side.
fn has_one_spelling(actions: &str) -> bool {
    let resize = actions.split('/').find(|action| action.starts_with("resize")).unwrap_or_default();
    let both = resize.contains(",w_") && resize.contains(",h_");
    both || resize.is_empty() || ((resize.contains("m_lfit") || resize.contains("m_fixed")) && !resize.contains(",l_"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn there_and_back_is_the_same_wish(actions in actions(), imagor in any::<bool>()) {
        let (aliyun, there) = (to_oss(Wchaws), to_thumbor(if imagor { Imagor } else { Thumbor }));
        let wish = read(&format!("/a.jpg?x-oss-process=image/{actions}"), &aliyun);
        let Ok(over) = convert(&wish, &there) else { return Ok(()) };
        let back = convert(&read(&over.text, &there), &aliyun);
        let Ok(back) = back else { return Err(TestCaseError::fail(format!("{actions}: {}: {back:?}", over.text))) };
        let again = convert(&read(&back.text, &aliyun), &there).unwrap();
        prop_assert_eq!(&again.text, &over.text, "{} became {}", actions, back.text);
        if over.notes.iter().all(|note| *note == Note::Progressive) && has_one_spelling(&actions) {
            prop_assert_eq!(essence(&read(&back.text, &aliyun)), essence(&wish), "{}", over.text);
        }
    }

    #[test]
    fn urls_of_thumbor_settle_in_the_words_of_oss(path in path(), imagor in any::<bool>(), wchaws in any::<bool>()) {
        let here = to_thumbor(if imagor { Imagor } else { Thumbor });
        let there = to_oss(if wchaws { Wchaws } else { Aliyun });
        let Ok(over) = convert(&read(&path, &here), &there) else { return Ok(()) };
        // What was said in OSS can be said in Thumbor's language, and from then on nothing changes.
        let back = convert(&read(&over.text, &there), &here);
        let Ok(back) = back else { return Err(TestCaseError::fail(format!("{path}: {}: {back:?}", over.text))) };
        let again = convert(&read(&back.text, &here), &there).unwrap();
        prop_assert_eq!(again.text, over.text, "{} became {}", path, back.text);
    }
}

/// A square lies the same either way: it has one spelling.
#[test]
fn an_adaptive_square_settles_at_once() {
    for (flavour, oss) in [(Thumbor, Aliyun), (Imagor, Wchaws)] {
        let (here, there) = (to_thumbor(flavour), to_oss(oss));
        let path = "/unsafe/adaptive-fit-in/1128x1128/filters:rotate(90):format(jpeg)/a.jpg";
        let over = convert(&read(path, &here), &there).unwrap();
        assert!(over.text.contains("resize,w_1128,h_1128"), "{}", over.text);
        let back = convert(&read(&over.text, &there), &here).unwrap();
        assert_eq!(convert(&read(&back.text, &here), &there).unwrap().text, over.text);
    }
}

/// URLs of both servers that mostly have words in OSS.
fn path() -> impl Strategy<Value = String> {
    let part = |texts: &'static [&'static str]| proptest::sample::select(texts);
    let size = (0..3000_u32, 0..3000_u32).prop_map(|(width, height)| format!("{width}x{height}/"));
    (
        part(&["", "", "10x20:500x600/"]),
        part(&["", "fit-in/", "full-fit-in/", "adaptive-fit-in/", "adaptive-full-fit-in/"]),
        size,
        part(&["", "no_upscale():", "upscale():", "stretch():", "upscale():fill(red):", "fill(red):"]),
        part(&["", "brightness(20):", "contrast(10):", "rotate(90):", "round_corner(20):"]),
        part(&[
            "",
            "quality(70):",
            "max_age(9):",
            "watermark(a.png,10,-10,0):",
            "watermark(a.png,center,10,50,20,20):",
        ]),
        part(&["format(jpeg)", "format(webp)", "strip_icc()", "autojpg()"]),
    )
        .prop_map(|(crop, fit, size, growth, tone, more, format)| {
            format!("/unsafe/{crop}{fit}{size}filters:{growth}{tone}{more}{format}/a.jpg")
        })
}

/// The strategies above make mostly wishes with words in both dialects; else the identities would say little.
#[test]
fn most_made_up_wishes_have_words_in_both() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut from_oss, mut from_thumbor) = (0, 0);
    for _ in 0..100 {
        let actions = actions().new_tree(&mut runner).unwrap().current();
        let wish = read(&format!("/a.jpg?x-oss-process=image/{actions}"), &to_oss(Wchaws));
        from_oss += usize::from(convert(&wish, &to_thumbor(Thumbor)).is_ok());
        let path = path().new_tree(&mut runner).unwrap().current();
        from_thumbor += usize::from(convert(&read(&path, &to_thumbor(Imagor)), &to_oss(Aliyun)).is_ok());
    }
    assert!(from_oss > 50 && from_thumbor > 40, "{from_oss} and {from_thumbor}");
}

#[test]
fn of_videos_only_frames_have_words_outside_of_oss() {
    for flavour in [Thumbor, Imagor] {
        for (action, what) in [
            ("snapshot,t_1000,f_jpg,w_320", "video_frame"),
            ("compress", "clip"),
            ("info", "video_info"),
            ("sprite", "sprite"),
            ("preview", "preview"),
        ] {
            let url = format!("/a.mp4?x-oss-process=video/{action}");
            let problems = refused(&url, &to_oss(Aliyun), &to_thumbor(flavour));
            assert!(problems.iter().any(|problem| problem == what), "{action}: {problems:?}");
            assert_eq!(converted(&url, &to_oss(Aliyun), &to_oss(Aliyun)).0, url);
        }
    }
    let url = "/a.mp4?x-oss-process=video/snapshot,t_1500,f_jpg";
    let there = converted(url, &to_oss(Aliyun), &to_thumbor(Imagor)).0;
    assert!(there.contains("frame(1500ms)"), "{there}");
    assert_eq!(refused(url, &to_oss(Aliyun), &to_thumbor(Thumbor)), ["video_frame"]);
}
