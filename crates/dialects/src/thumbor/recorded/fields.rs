use serde_json::{Map, Value, json};

/// The row's fields, with numbers as ours are; `unsafe` is not a field of what is generated.
pub fn with_defaults(row: &Value, generated: bool) -> Map<String, Value> {
    let mut expected = row.as_object().unwrap().clone();
    if generated {
        expected.insert("unsafe".to_owned(), json!(true));
        for (flip, side) in [("h_flip", "width"), ("v_flip", "height")] {
            let length = expected[side].as_i64().unwrap();
            if length < 0 {
                expected.insert(side.to_owned(), json!(-length));
                expected.insert(flip.to_owned(), json!(true));
            }
        }
    }
    for (name, value) in &mut expected {
        if name.starts_with("crop_") {
            *value = json!(value.as_f64().unwrap());
        }
    }
    expected
}
