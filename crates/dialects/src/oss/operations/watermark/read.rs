use lightmill_recipe::{Alignment, Colour, Gravity, Mark, MarkOrder, Operation, Overlay, Shadow, Text, Tiling};

use super::{picture, typeface};
use crate::Error;
use crate::base64url;
use crate::oss::arguments::{Arguments, Value};
use crate::oss::draft::Draft;

pub(super) fn read(arguments: &Arguments<'_>, draft: &mut Draft<'_>) -> Result<(), Error> {
    let margin = arguments.flavour.watermark_margin();
    let mut content = String::new();
    let mut image = String::new();
    let mut face = typeface::DEFAULT;
    let (mut size, mut colour, mut halo, mut shadow) = (40, Colour::BLACK, Colour::BLACK, 0);
    let (mut opacity, mut gravity, mut x, mut y) = (100, Gravity::SouthEast, margin, margin);
    let (mut vertical_offset, mut degrees, mut shrink_to_fit) = (0, 0, false);
    let (mut fill, mut gap_x, mut gap_y) = (false, 0, 0);
    let (mut order, mut alignment, mut interval) = (MarkOrder::ImageFirst, Alignment::Top, 0);
    for value in arguments.values() {
        let value = value?;
        match value.name() {
            "text" => content = decoded(&value)?,
            "image" => image = decoded(&value)?,
            "type" => {
                let found = base64url::decode(value.text()).and_then(|name| typeface::find(&name, arguments.flavour));
                face = found.ok_or_else(|| value.refused_because(&typeface::allowed()))?;
            }
            "size" => size = value.integer()?,
            "color" => colour = value.colour()?,
            "halo" => halo = value.colour()?,
            "shadow" => shadow = value.integer()?,
            "t" => opacity = value.integer()?,
            "g" => gravity = named(value.choice()?),
            "x" => x = value.integer()?,
            "y" => y = value.integer()?,
            "voffset" => vertical_offset = value.integer()?,
            "rotate" => degrees = value.integer::<u16>()? % 360,
            "fill" => fill = value.flag()?,
            "padx" => gap_x = value.integer()?,
            "pady" => gap_y = value.integer()?,
            "auto" => shrink_to_fit = value.flag()?,
            "order" => order = if value.flag()? { MarkOrder::TextFirst } else { MarkOrder::ImageFirst },
            "align" => {
                alignment = match value.choice()? {
                    "1" => Alignment::Middle,
                    "2" => Alignment::Bottom,
                    _ => Alignment::Top,
                }
            }
            _ => interval = value.integer()?,
        }
    }
    Error::limit("characters of watermark text", content.chars().count(), draft.options.max_text_characters)?;
    let shadow = (shadow > 0).then_some(Shadow { colour: halo, opacity: shadow });
    let text = Text { content, typeface: face.to_owned(), size, colour, shadow };
    let mark = match (image.is_empty(), text.content.is_empty()) {
        (true, true) => return Err(arguments.usage()),
        (true, false) => Mark::Text(text),
        (false, true) => Mark::Image(picture::read(&image, draft)?),
        (false, false) => Mark::ImageAndText { image: picture::read(&image, draft)?, text, order, alignment, interval },
    };
    let tiling = fill.then_some(Tiling { gap_x, gap_y });
    draft.step(Operation::Overlay(Overlay {
        mark,
        gravity,
        x,
        y,
        vertical_offset,
        opacity,
        degrees,
        tiling,
        shrink_to_fit,
    }));
    Ok(())
}

/// The text of a base64 value.
fn decoded(value: &Value<'_>) -> Result<String, Error> {
    base64url::decode(value.text())
        .filter(|text| !text.contains(char::is_control))
        .ok_or_else(|| value.refused_because("base64url of UTF-8 text without control characters"))
}

fn named(gravity: &str) -> Gravity {
    match gravity {
        "nw" | "northwest" => Gravity::NorthWest,
        "north" => Gravity::North,
        "ne" | "northeast" => Gravity::NorthEast,
        "west" => Gravity::West,
        "center" | "centre" => Gravity::Centre,
        "east" => Gravity::East,
        "sw" | "southwest" => Gravity::SouthWest,
        "south" => Gravity::South,
        _ => Gravity::SouthEast,
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::{Enlarge, Fit, Frames, InputIndex, Light, Locator, Orientation, Resize, Rotate, Target};

    use super::*;
    use crate::oss::Flavour::{self, Aliyun, Keithyt06, Wchaws};
    use crate::oss::operations::testing::{recipe, refusal, steps};

    fn overlay(flavour: Flavour, text: &str) -> Overlay {
        match steps(flavour, text).swap_remove(0) {
            Operation::Overlay(overlay) => overlay,
            other => panic!("{other:?}"),
        }
    }

    fn text(overlay: Overlay) -> Text {
        match overlay.mark {
            Mark::Text(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn defaults_of_each_flavour() {
        for (flavour, margin) in [(Aliyun, 10), (Wchaws, 5), (Keithyt06, 5)] {
            let expected = Overlay {
                mark: Mark::Text(Text {
                    content: "hello 世界 !".to_owned(),
                    typeface: "wqy-zenhei".to_owned(),
                    size: 40,
                    colour: Colour::BLACK,
                    shadow: None,
                }),
                gravity: Gravity::SouthEast,
                x: margin,
                y: margin,
                vertical_offset: 0,
                opacity: 100,
                degrees: 0,
                tiling: None,
                shrink_to_fit: false,
            };
            assert_eq!(overlay(flavour, "watermark,text_aGVsbG8g5LiW55WMICE"), expected);
        }
    }

    #[test]
    fn every_parameter() {
        let all = overlay(
            Aliyun,
            "watermark,text_SGk,image_YXdzX2xvZ28ucG5n,type_d3F5LW1pY3JvaGVp,size_30,color_FF0000,shadow_50,halo_00ff00,\
             t_60,g_west,x_1,y_2,voffset_-3,rotate_360,fill_1,padx_20,pady_30,auto_1,order_1,align_2,interval_7",
        );
        let expected = Overlay {
            mark: Mark::ImageAndText {
                image: InputIndex(1),
                text: Text {
                    content: "Hi".to_owned(),
                    typeface: "wqy-microhei".to_owned(),
                    size: 30,
                    colour: Colour::opaque(255, 0, 0),
                    shadow: Some(Shadow { colour: Colour::opaque(0, 255, 0), opacity: 50 }),
                },
                order: MarkOrder::TextFirst,
                alignment: Alignment::Bottom,
                interval: 7,
            },
            gravity: Gravity::West,
            x: 1,
            y: 2,
            vertical_offset: -3,
            opacity: 60,
            degrees: 0,
            tiling: Some(Tiling { gap_x: 20, gap_y: 30 }),
            shrink_to_fit: true,
        };
        assert_eq!(all, expected);
    }

    #[test]
    fn pictures_are_prepared_first() {
        let nested = base64url::encode("dir/logo.png?x-oss-process=image/resize,P_30/rotate,90/auto-orient,0");
        let read = recipe(Aliyun, &format!("watermark,image_{nested}/watermark,image_YS5wbmc")).unwrap();
        assert_eq!(read.inputs.len(), 3);
        assert_eq!(read.inputs[1].locator().unwrap(), &Locator::key("dir/logo.png"));
        assert_eq!((read.inputs[1].frames, read.inputs[1].orientation), (Frames::First, Orientation::Ignore));
        let target = Target::PercentOfParent(30);
        let resize = Resize { target, fit: Fit::Inside, enlarge: Enlarge::Allowed, light: Light::default() };
        assert_eq!(read.inputs[1].operations, [Operation::Resize(resize), Operation::Rotate(Rotate { degrees: 90 })]);
        assert_eq!(read.inputs[2].locator().unwrap(), &Locator::key("a.png"));
    }

    #[test]
    fn spellings() {
        for g in ["ne", "northeast"] {
            assert_eq!(overlay(Wchaws, &format!("watermark,text_SGk,g_{g}")).gravity, Gravity::NorthEast);
        }
        assert_eq!(overlay(Wchaws, "watermark,text_SGk,g_centre").gravity, Gravity::Centre);
        let face = base64url::encode("FZHei-B01");
        assert_eq!(text(overlay(Wchaws, &format!("watermark,text_SGk,type_{face}"))).typeface, "wqy-zenhei");
        assert!(refusal(Aliyun, &format!("watermark,text_SGk,type_{face}")).contains("wqy-zenhei, wqy-microhei"));
        assert_eq!(text(overlay(Aliyun, "watermark,text_SGk=")).content, "Hi");
    }

    #[test]
    fn refusals() {
        let neither = "Watermark param 'text' and 'image' should not be empty at the same time";
        for text in ["watermark", "watermark,text_", "watermark,size_3,image_"] {
            assert_eq!(refusal(Wchaws, text), neither);
        }
        assert_eq!(
            refusal(Wchaws, "watermark,text_SGk,g_xx"),
            "Watermark param 'g' must be in 'north', 'west', 'east', 'south', 'center', 'centre', 'southeast', \
             'southwest', 'northwest'"
        );
        assert_eq!(refusal(Wchaws, "watermark,x_4097"), "Watermark param 'x' must be between 0 and 4096");
        assert_eq!(refusal(Wchaws, "watermark,foo_1"), "Unkown param: \"foo\"");
        assert_eq!(refusal(Aliyun, "watermark,color_red"), "watermark color must be a colour of 6 hexadecimal digits");
        assert_eq!(refusal(Aliyun, "watermark,halo_fff"), "watermark halo must be a colour of 6 hexadecimal digits");
        assert_eq!(refusal(Aliyun, "watermark,t_101"), "watermark t must be a whole number from 0 to 100");
        let base64 = "watermark text must be base64url of UTF-8 text without control characters";
        assert_eq!(refusal(Aliyun, "watermark,text_a*b"), base64);
        assert_eq!(refusal(Aliyun, &format!("watermark,text_{}", base64url::encode("a\nb"))), base64);
        let long = base64url::encode(&"世".repeat(257));
        assert_eq!(
            refusal(Aliyun, &format!("watermark,text_{long}")),
            "characters of watermark text: 257 is over the limit of 256"
        );
    }

    #[test]
    fn pictures_that_are_refused() {
        let refused = |picture: &str| refusal(Aliyun, &format!("watermark,image_{}", base64url::encode(picture)));
        assert_eq!(refused("../a.png"), "the object's key contains the segment . or ..");
        assert_eq!(refused("?x-oss-process=image/resize,P_3"), "the object's key of watermark image is empty");
        assert_eq!(refused("a?x-oss-process=style/b"), "Can Not find processor");
        assert_eq!(refused("a?x-oss-process=image/resize,P_101"), "resize P must be a whole number from 1 to 100");
        for action in ["watermark,text_SGk", "format,png", "quality,q_1", "info", "cgif,s_1", "sharpen,100"] {
            let (name, _) = action.split_once(',').unwrap_or((action, ""));
            assert_eq!(
                refused(&format!("a?x-oss-process=image/{action}")),
                format!("a picture of watermark cannot be combined with {name}")
            );
        }
    }

    #[test]
    fn actions_and_pictures_are_counted() {
        let marks = ["watermark,image_YS5wbmc"; 8].join("/");
        assert_eq!(refusal(Aliyun, &marks), "pictures: 9 is over the limit of 8");
        let nested = base64url::encode(&format!("a?x-oss-process=image/{}", ["rotate,1"; 40].join("/")));
        let twice = format!("watermark,image_{nested}/watermark,image_{nested}");
        assert_eq!(refusal(Aliyun, &twice), "actions: 65 is over the limit of 64");
    }
}
