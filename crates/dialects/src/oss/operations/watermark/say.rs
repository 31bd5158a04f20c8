use lightmill_recipe::{Alignment, Colour, Gravity, InputIndex, Mark, MarkOrder, Operation, Overlay, Text};

use super::{DEFINITION, picture, typeface};
use crate::base64url;
use crate::oss::format::{CannotSay, Writer};

pub(super) fn say(operation: &Operation, writer: &Writer<'_>) -> Option<Result<String, CannotSay>> {
    let Operation::Overlay(overlay) = operation else { return None };
    Some(say_overlay(overlay, writer).map(|parts| parts.join(",")))
}

fn say_overlay(overlay: &Overlay, writer: &Writer<'_>) -> Result<Vec<String>, CannotSay> {
    let mut parts = vec![DEFINITION.name.to_owned()];
    match &overlay.mark {
        Mark::Image(index) => parts.push(image(*index, writer)?),
        Mark::Text(text) => say_text(text, writer, &mut parts)?,
        Mark::ImageAndText { image: index, text, order, alignment, interval } => {
            parts.push(image(*index, writer)?);
            say_text(text, writer, &mut parts)?;
            if *order == MarkOrder::TextFirst {
                parts.push("order_1".to_owned());
            }
            match alignment {
                Alignment::Top => {}
                Alignment::Middle => parts.push("align_1".to_owned()),
                Alignment::Bottom => parts.push("align_2".to_owned()),
            }
            if *interval > 0 {
                parts.push(number("interval", *interval)?);
            }
        }
    }
    if overlay.opacity != 100 {
        parts.push(number("t", overlay.opacity)?);
    }
    if overlay.gravity != Gravity::SouthEast {
        parts.push(format!("g_{}", name(overlay.gravity)));
    }
    let margin = writer.options.flavour.watermark_margin();
    for (key, distance) in [("x", overlay.x), ("y", overlay.y)] {
        if distance != margin {
            parts.push(number(key, distance)?);
        }
    }
    if overlay.vertical_offset != 0 {
        parts.push(number("voffset", overlay.vertical_offset)?);
    }
    let degrees = overlay.degrees % 360;
    if degrees > 0 {
        parts.push(DEFINITION.say_number("rotate", degrees)?);
    }
    if let Some(tiling) = overlay.tiling {
        parts.push("fill_1".to_owned());
        for (key, gap) in [("padx", tiling.gap_x), ("pady", tiling.gap_y)] {
            if gap > 0 {
                parts.push(number(key, gap)?);
            }
        }
    }
    if overlay.shrink_to_fit {
        parts.push("auto_1".to_owned());
    }
    Ok(parts)
}

fn image(index: InputIndex, writer: &Writer<'_>) -> Result<String, CannotSay> {
    let input = writer.recipe.inputs.get(index.0).filter(|_| index.0 > 0);
    let input = input.ok_or_else(|| CannotSay::new("a mark that is the main picture"))?;
    Ok(format!("image_{}", base64url::encode(&picture::say(input, writer)?)))
}

fn say_text(text: &Text, writer: &Writer<'_>, parts: &mut Vec<String>) -> Result<(), CannotSay> {
    if text.content.is_empty() || text.content.contains(char::is_control) {
        return Err(CannotSay::new("empty text or control characters"));
    }
    parts.push(format!("text_{}", base64url::encode(&text.content)));
    if text.typeface != typeface::DEFAULT {
        let known = typeface::find(&text.typeface, writer.options.flavour);
        let known = known.ok_or_else(|| CannotSay::new(format!("the typeface {}", text.typeface)))?;
        parts.push(format!("type_{}", base64url::encode(known)));
    }
    if text.size != 40 {
        parts.push(number("size", text.size)?);
    }
    if text.colour != Colour::BLACK {
        parts.push(colour("color", text.colour)?);
    }
    if let Some(shadow) = text.shadow {
        parts.push(number("shadow", shadow.opacity)?);
        if shadow.colour != Colour::BLACK {
            parts.push(colour("halo", shadow.colour)?);
        }
    }
    Ok(())
}

fn number(name: &str, value: impl Into<i64>) -> Result<String, CannotSay> {
    DEFINITION.say_number(name, value)
}

fn colour(key: &str, colour: Colour) -> Result<String, CannotSay> {
    if colour.alpha < 255 {
        return Err(CannotSay::new("text of a colour that is not opaque"));
    }
    Ok(format!("{key}_{}", colour.to_hex()))
}

fn name(gravity: Gravity) -> &'static str {
    match gravity {
        Gravity::NorthWest => "nw",
        Gravity::North => "north",
        Gravity::NorthEast => "ne",
        Gravity::West => "west",
        Gravity::Centre => "center",
        Gravity::East => "east",
        Gravity::SouthWest => "sw",
        Gravity::South => "south",
        Gravity::SouthEast => "se",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oss::Flavour::{self, Aliyun, Wchaws};
    use crate::oss::operations::testing::{recipe, said, written};

    #[test]
    fn canonical_forms() {
        assert_eq!(
            written(Aliyun, "watermark,y_10,x_5,g_southeast,size_40,text_SGk=,rotate_360,halo_FFFFFF"),
            "watermark,text_SGk,x_5"
        );
        let all = "watermark,image_YXdzX2xvZ28ucG5n,text_SGk,type_d3F5LW1pY3JvaGVp,size_30,color_FF0000,shadow_50,\
                   halo_00FF00,order_1,align_2,interval_7,t_60,g_west,x_1,y_2,voffset_-3,rotate_9,fill_1,padx_20,\
                   pady_30,auto_1";
        for flavour in Flavour::ALL {
            assert_eq!(written(flavour, all), all);
        }
        let nested = base64url::encode("logo.png?x-oss-process=image/resize,P_30/crop,w_9/auto-orient,0");
        let text = format!("resize,w_9/watermark,image_{nested}");
        assert_eq!(written(Wchaws, &text), text);
    }

    #[test]
    fn what_has_no_words() {
        let read = recipe(Aliyun, "watermark,image_YXdzX2xvZ28ucG5n,text_SGk").unwrap();
        let mut elsewhere = read.clone();
        elsewhere.inputs[1].locator_mut().unwrap().source = Some("other".to_owned());
        assert!(said(Aliyun, &elsewhere).is_err());
        let mut nested = read.clone();
        nested.inputs[1].operations = nested.inputs[0].operations.clone();
        assert!(said(Aliyun, &nested).is_err());
        let mut itself = read;
        if let Operation::Overlay(overlay) = &mut itself.inputs[0].operations[0] {
            overlay.mark = Mark::Image(InputIndex(0));
        }
        assert!(said(Aliyun, &itself).is_err());
    }
}
