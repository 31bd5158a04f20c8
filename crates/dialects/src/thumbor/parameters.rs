//! A URL in the words of imagor's `/params`: the parsed parameters, without those that are zero.

use lightmill_recipe::{Corner, Edge, Edges, Side};
use serde_json::{Map, Value, json};

use super::{Flavour, Image, Security, Url, filters};

/// The fields as imagor names them. `path` is the one that `url` was read from.
pub fn fields(url: &Url, path: &str) -> Map<String, Value> {
    let mut all = Map::new();
    let mut set = |name: &str, value: Value| {
        let empty = |list: &Vec<Value>| list.is_empty();
        let zero = matches!(&value, Value::Bool(false) | Value::Null)
            || value.as_f64() == Some(0.0)
            || value == ""
            || value.as_array().is_some_and(empty);
        if !zero {
            all.insert(name.to_owned(), value);
        }
    };
    set("unsafe", json!(url.security == Security::Unsafe));
    if let Security::Signature(signature) = &url.security {
        set("hash", json!(signature));
    }
    set("meta", json!(url.meta));
    if let Some(trim) = url.trim {
        set("trim", json!(true));
        set("trim_by", json!(if trim.reference == Corner::TopLeft { "top-left" } else { "bottom-right" }));
        set("trim_tolerance", json!(trim.tolerance));
    }
    let edges = match url.crop {
        Some(Edges::Pixels { left, top, right, bottom }) => [left, top, right, bottom].map(f64::from),
        Some(Edges::Parts { left, top, right, bottom }) => [left, top, right, bottom],
        _ => [0.0; 4],
    };
    for (name, edge) in ["crop_left", "crop_top", "crop_right", "crop_bottom"].into_iter().zip(edges) {
        set(name, json!(edge));
    }
    if let Some(fit) = url.fit_in {
        set("fit_in", json!(true));
        set("adaptive_fit_in", json!(fit.adaptive));
        set("full_fit_in", json!(fit.full));
    }
    set("stretch", json!(url.stretch));
    if let Some(size) = url.size {
        let side = |side| if let Side::Pixels(pixels) = side { pixels.get() } else { 0 };
        set("width", json!(side(size.width)));
        set("height", json!(side(size.height)));
        set("h_flip", json!(size.flip_horizontal));
        set("v_flip", json!(size.flip_vertical));
    }
    let padding = url.padding.unwrap_or_default();
    set("padding_left", json!(padding.left));
    set("padding_top", json!(padding.top));
    set("padding_right", json!(padding.right));
    set("padding_bottom", json!(padding.bottom));
    set("h_align", json!(url.column.map(|edge| if edge == Edge::Start { "left" } else { "right" })));
    set("v_align", json!(url.row.map(|edge| if edge == Edge::Start { "top" } else { "bottom" })));
    set("smart", json!(url.smart));
    if let Image::Object { key, base64 } = &url.image {
        set("image", json!(key));
        set("base64_image", json!(base64));
    }
    if let Some((_, block)) = path.split_once("filters:") {
        let written = filters::split(block, Flavour::Imagor).ok().flatten().map(|(written, _)| written);
        let filters =
            written.unwrap_or_default().into_iter().map(|filters::Written { name, arguments }| {
                match arguments.as_deref() {
                    None | Some("") => json!({ "name": name }),
                    Some(arguments) => json!({ "name": name, "args": arguments }),
                }
            });
        set("filters", filters.collect());
    }
    all
}
