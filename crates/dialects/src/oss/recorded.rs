//! What the open-source servers answered to real requests, as far as it is decided by the text of the request.

use std::time::Duration;

use lightmill_recipe::video::{FrameChoice, Position, VideoFrame};
use lightmill_recipe::{Format, Locator, Output};

use super::{Flavour, Options, format, parse, parse_style};
use crate::{Error, ErrorKind, Wish};

use Flavour::{Aliyun, Keithyt06, Wchaws};

fn read(flavour: Flavour, target: &str, accept: Option<&str>) -> Result<Wish, Error> {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    parse(path, query, accept, &Options::of(flavour)).map(|request| request.wish)
}

#[test]
fn refusals_have_the_same_words() {
    for (target, message) in [
        ("image/crop,w_0", "Crop param w must be greater than  0"),
        ("image/indexcrop,x_10,y_10", "Param error:  Cannot enter x and y at the same time"),
        ("image/rotate,361", "Rotate must be between 0 and 360"),
        ("image/bright,101", "Bright must be between -100 and 100"),
        ("image/format,PNG", "Format must be one of jpg,jpeg,png,webp,gif"),
        (
            "image/watermark,text_aGVsbG8g5LiW55WMICE,g_xx",
            "Watermark param 'g' must be in 'north', 'west', 'east', 'south', 'center', 'centre', 'southeast', \
             'southwest', 'northwest'",
        ),
        ("image/info,1", "Info param error"),
        ("image/cgif,s_0", "Unkown param: \"s\""),
        ("style/box100/x", "Invalid style!"),
        ("foo/bar", "Can Not find processor"),
        ("image/foo,w_1", "Unkown action: \"foo\""),
    ] {
        let error = read(Wchaws, &format!("/example.jpg?x-oss-process={target}"), None).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.kind()), (message, ErrorKind::BadRequest), "{target}");
    }
    let error = read(Wchaws, "/example.jpg@!", None).unwrap_err();
    assert_eq!((error.to_string().as_str(), error.kind()), ("Empty style name", ErrorKind::BadRequest));
    let error = read(Keithyt06, "/example.jpg?im=Resize,width=200", None).unwrap_err();
    assert_eq!(error.to_string(), "Resize操作需要同时指定width和height参数");
}

/// The reference servers' answer to these is a mistake of theirs: a 500, or a 400 for what is officially right.
#[test]
fn mistakes_of_the_reference_servers_are_not_repeated() {
    let error = read(Wchaws, "/example.jpg?x-oss-process=image/blur,r_3", None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadRequest);
    for target in [
        "/example.jpg?x-oss-process=image/format,avif",
        "/example.jpg?x-oss-process=image/format,bmp",
        "/example.jpg?x-oss-process=image/watermark,text_aGVsbG8g5LiW55WMICE,fill_1,padx_20,pady_20",
        "/example.jpg?x-oss-process=image/quality,Q_30/format,webp",
    ] {
        assert!(matches!(read(Wchaws, target, None), Ok(Wish::Transform(_))), "{target}");
    }
    let svg = read(Keithyt06, "/example.jpg?x-oss-process=image/resize,w_200", Some("image/svg+xml")).unwrap();
    assert_eq!(svg, read(Keithyt06, "/example.jpg?x-oss-process=image/resize,w_200", None).unwrap());
}

#[test]
fn originals() {
    for flavour in Flavour::ALL {
        for target in [
            "/example.jpg",
            "/example.jpg?",
            "/example.jpg?v=2",
            "/example.jpg?x-oss-process=",
            "/example.jpg?x-oss-process=image",
            "/example.jpg?x-oss-process=//image/",
        ] {
            assert_eq!(read(flavour, target, None), Ok(Wish::Original), "{target}");
        }
    }
    assert_eq!(read(Wchaws, "/", None), Err(Error::NoKey));
}

#[test]
fn styles() {
    let style = |name: &str| Ok(Wish::Style { name: name.to_owned() });
    for flavour in Flavour::ALL {
        assert_eq!(read(flavour, "/example.jpg?x-oss-process=style/box100", None), style("box100"));
        assert_eq!(read(flavour, "/example.jpg@!box100", None), style("box100"));
        assert_eq!(read(flavour, "/example.jpg!thumb.v1", None), style("thumb.v1"));
        assert_eq!(read(flavour, "/example.jpg@!%20box100?x-oss-process=image/foo", None), style("box100"));
        assert_eq!(read(flavour, "/example.jpg@!%20%20", None), Err(Error::EmptyStyleName));
        assert_eq!(read(flavour, "/a.jpg?x-oss-process=style/%20%23", None), Err(Error::InvalidStyleName));
        assert_eq!(read(flavour, "/a.jpg?x-oss-process=style", None), Err(Error::InvalidStyle));
    }
}

#[test]
fn actions_in_every_wrapping() {
    let expected = read(Wchaws, "/example.jpg?x-oss-process=image/resize,w_100", None).unwrap();
    assert!(matches!(expected, Wish::Transform(_)));
    for target in [
        "/example.jpg?x-oss-process=image%2Fresize%2Cw_100",
        "/example.jpg?x-oss-process=//image/resize,w_100//",
        "/ex%61mple.jpg?v=1&x%2Doss-process=image/resize,,w_100,",
    ] {
        assert_eq!(read(Wchaws, target, None).unwrap(), expected, "{target}");
    }
    assert_eq!(
        read(Wchaws, "/a.jpg?x-oss-process=image/resize,w_1&x-oss-process=image", None),
        Err(Error::Repeated("x-oss-process"))
    );
    assert_eq!(read(Aliyun, "/a.mp4?x-oss-process=audio/convert", None), Err(Error::UnknownProcessor));
}

/// `video_jpg`, `video_past_end`, `video_bad_f`, `video_nan` and `A_video`, and the style `vid`.
#[test]
fn frames_of_videos() {
    let frame = |flavour, target: &str| match read(flavour, &format!("/example.mp4?x-oss-process={target}"), None)? {
        Wish::Transform(recipe) => Ok::<_, Error>(recipe),
        other => panic!("{other:?}"),
    };
    for (flavour, milliseconds) in [(Wchaws, 500), (Wchaws, 99_999), (Keithyt06, 500)] {
        let recipe = frame(flavour, &format!("video/snapshot,t_{milliseconds},f_jpg,m_fast")).unwrap();
        let position = Position::Time(Duration::from_millis(milliseconds));
        let choice = match flavour {
            Keithyt06 => FrameChoice::KeyFrame(position),
            _ => FrameChoice::Exact(position),
        };
        assert_eq!(recipe.inputs[0].video_frame, Some(VideoFrame::new(choice)));
        let [Output::Picture(picture)] = recipe.outputs.as_slice() else { panic!() };
        assert_eq!(picture.format, Some(Format::Jpeg));
    }
    let error = frame(Wchaws, "video/snapshot,t_500,f_bmp,m_fast").unwrap_err();
    assert_eq!(error.to_string(), "Unkown video snapshot format param: \"bmp\", must be jpg/png");
    let error = frame(Wchaws, "video/snapshot,t_abc,f_jpg,m_fast").unwrap_err();
    assert_eq!(error.to_string(), "snapshot t must be a whole number from 0 to 86400000");
    let locator = Locator::key("example.mp4");
    let style = parse_style("vid", "video/snapshot,t_0,f_png,m_fast", &locator, None, &Options::of(Wchaws)).unwrap();
    assert_eq!(style.wish, Wish::Transform(frame(Wchaws, "video/snapshot,t_0,f_png,m_fast").unwrap()));
}

#[test]
fn recorded_requests_in_canonical_form() {
    for (target, canonical) in [
        ("resize,m_mfit,w_200,h_100", "resize,m_mfit,w_200,h_100"),
        ("resize,w_800,limit_0", "resize,w_800,limit_0"),
        ("crop,x_10,y_20,w_50,h_60,g_se", "crop,w_50,h_60,x_10,y_20,g_se"),
        ("resize,w_100/rounded-corners,r_20", "resize,w_100/rounded-corners,r_20"),
        ("quality,q_50", "quality,q_50"),
        ("interlace,1/quality,Q_80", "quality,Q_80/interlace,1"),
        (
            "resize,s_300/quality,q_80/auto-orient,0/interlace,1/format,jpg",
            "resize,s_300/auto-orient,0/format,jpg/quality,q_80/interlace,1",
        ),
        (
            "watermark,text_aGVsbG8g5LiW55WMICE,size_30,g_nw,shadow_50,color_FFFFFF",
            "watermark,text_aGVsbG8g5LiW55WMICE,size_30,color_FFFFFF,shadow_50,g_nw",
        ),
        ("resize,w_200/bright,50/contrast,-50", "resize,w_200/bright,50/contrast,-50"),
        ("strip-metadata", "strip-metadata"),
        ("info", "info"),
    ] {
        let Wish::Transform(recipe) = read(Wchaws, &format!("/a.jpg?x-oss-process=image/{target}"), None).unwrap()
        else {
            panic!("{target}");
        };
        assert_eq!(format(&recipe, &Options::of(Wchaws)).unwrap(), format!("image/{canonical}"));
    }
}

#[test]
fn formats_by_accept() {
    let preferred = |flavour, target: &str, accept| match read(flavour, target, accept).unwrap() {
        Wish::Transform(mut recipe) => match recipe.outputs.swap_remove(0) {
            Output::Picture(picture) => (picture.format, picture.preferred),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let resize = "/example.jpg?x-oss-process=image/resize,w_200";
    let (avif, webp) = (Format::Avif, Format::WebP);
    assert_eq!(preferred(Keithyt06, resize, Some("image/webp,*/*")), (None, vec![webp]));
    assert_eq!(preferred(Keithyt06, resize, Some("image/avif;q=0.2,image/webp")), (None, vec![webp, avif]));
    assert_eq!(preferred(Keithyt06, resize, None), (None, vec![]));
    assert_eq!(preferred(Wchaws, resize, Some("image/avif,image/webp,*/*")), (None, vec![]));
    let explicit = "/example.jpg?x-oss-process=image/resize,w_100/format,avif";
    assert_eq!(preferred(Keithyt06, explicit, Some("image/webp")), (Some(avif), vec![]));
    let kept = "/example.gif?x-oss-process=image/resize,w_100/format,gif";
    assert_eq!(preferred(Keithyt06, kept, Some("image/webp")), (None, vec![]));
    let im = "/example.jpg?im=Resize,width=200,height=100,format=webp,quality=60";
    assert_eq!(preferred(Keithyt06, im, Some("image/avif")), (Some(webp), vec![]));
}

#[test]
fn originals_by_accept() {
    let accept = Some("image/avif,image/webp,*/*");
    for target in ["/example.jpg", "/example", "/a.b/example.PNG?x-oss-process=image"] {
        assert!(matches!(read(Keithyt06, target, accept), Ok(Wish::Transform(_))), "{target}");
        assert_eq!(read(Keithyt06, target, Some("*/*")), Ok(Wish::Original), "{target}");
        assert_eq!(read(Wchaws, target, accept), Ok(Wish::Original), "{target}");
    }
    for target in ["/example.pdf", "/example.mp4", "/logo.svg"] {
        assert_eq!(read(Keithyt06, target, accept), Ok(Wish::Original), "{target}");
    }
}

#[test]
fn what_is_ignored_is_told() {
    let ignored = |query| parse("/a.jpg", Some(query), None, &Options::default()).unwrap().ignored;
    assert_eq!(ignored("v=1&x-oss-process=image/resize,w_1&lm-signature=0&lm-expires=1"), ["v"]);
    assert_eq!(ignored("im=Resize,width=1&x-oss-process=image/resize,w_1"), ["im"]);
    assert_eq!(ignored("im=Resize,width=1&x-oss-process="), Vec::<String>::new());
    let style = parse("/a.jpg!s", Some("x-oss-process=image/resize,w_1"), None, &Options::default()).unwrap();
    assert_eq!(style.ignored, ["x-oss-process"]);
}

#[test]
fn long_requests_are_refused() {
    for filling in ["rotate,1/", "watermark,text_SGk/", "/format,jpg", "sharpen,100//"] {
        let query = format!("x-oss-process=image/{}", filling.repeat(8192 / filling.len()));
        let error = parse("/a.jpg", Some(&query), None, &Options::default()).unwrap_err();
        assert_eq!(error.to_string(), "actions: 65 is over the limit of 64");
    }
    let commas = format!("x-oss-process=image/resize{},w_1", ",".repeat(8192));
    assert!(parse("/a.jpg", Some(&commas), None, &Options::default()).is_ok());
    let unknown = format!("x-oss-process=image/{}", "a".repeat(8192));
    assert!(parse("/a.jpg", Some(&unknown), None, &Options::default()).unwrap_err().to_string().len() < 100);
}

#[test]
fn an_exclamation_mark_of_a_key_is_encoded() {
    let request = parse("/wow%21.jpg!s", None, None, &Options::default()).unwrap();
    assert_eq!((request.locator.key.as_str(), request.wish), ("wow!.jpg", Wish::Style { name: "s".to_owned() }));
}

#[test]
fn stored_styles() {
    let locator = Locator::key("a.jpg");
    let read = |text: &str| parse_style("box100", text, &locator, None, &Options::of(Wchaws)).map(|read| read.wish);
    let expected = self::read(Wchaws, "/a.jpg?x-oss-process=image/resize,w_100,h_100,m_fixed,limit_0", None);
    assert_eq!(read("image/resize,w_100,h_100,m_fixed,limit_0/"), expected);
    assert_eq!(read("image"), Ok(Wish::Original));
    assert_eq!(read("style/other"), Err(Error::UnknownProcessor));
    assert_eq!(read(" "), Err(Error::UnknownProcessor));
    assert_eq!(read("/"), Err(Error::StyleNotFound));
    assert_eq!(parse_style("a b", "image", &locator, None, &Options::default()), Err(Error::InvalidStyleName));
}
