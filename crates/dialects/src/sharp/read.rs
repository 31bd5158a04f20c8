use super::colour::channels;
use super::{Json, Parameter, Presence, Takes, Value, colour};
use crate::Error;

/// Reads values as their definitions say, and notes what has no meaning.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// Names of the members around the value, with dots between them.
    path: String,
    /// Members that no definition knows, each once, at most 16 of at most 64 visible letters.
    pub ignored: Vec<String>,
}

impl Reader {
    /// The value of `name`.
    ///
    /// # Errors
    /// What the value must be, with its name.
    pub fn read(&mut self, name: &str, takes: Takes, json: &Json) -> Result<Value, String> {
        let outer = self.path.len();
        if outer > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        let value = self.value(takes, json);
        let value = value.map_err(|mistake| mistake.unwrap_or_else(|| format!("{} must be {takes}", self.path)));
        self.path.truncate(outer);
        value
    }

    /// Notes something that has no meaning.
    pub fn ignore(&mut self, name: &str) {
        let dot = if self.path.is_empty() { "" } else { "." };
        let visible = |c: char| if c.is_ascii_graphic() && c != ',' { c } else { '?' };
        let name: String = self.path.chars().chain(dot.chars()).chain(name.chars()).take(64).map(visible).collect();
        if self.ignored.len() < 16 && !self.ignored.contains(&name) {
            self.ignored.push(name);
        }
    }

    /// The value, or what is wrong inside of it; `None` is the value itself.
    fn value(&mut self, takes: Takes, json: &Json) -> Result<Value, Option<String>> {
        match (takes, json) {
            (Takes::Any(any), _) => return self.any(any, json),
            (Takes::Object(parameters), Json::Object(members)) => {
                return self.object(parameters, members).map_err(Some);
            }
            _ => {}
        }
        scalar(takes, json).ok_or(None)
    }

    fn any(&mut self, any: &[Takes], json: &Json) -> Result<Value, Option<String>> {
        for takes in any {
            match self.value(*takes, json) {
                Err(None) => {}
                found => return found,
            }
        }
        Err(None)
    }

    fn object(&mut self, parameters: &'static [Parameter], members: &[(String, Json)]) -> Result<Value, String> {
        let find = |name: &str| parameters.iter().find(|p| p.name == name || (!p.alias.is_empty() && p.alias == name));
        let mut values: Vec<(&'static str, Value)> = Vec::new();
        for (name, json) in members {
            let Some(parameter) = find(name) else {
                self.ignore(name);
                continue;
            };
            // Clients that build objects in ECMAScript write null for what is absent.
            if *json == Json::Null && parameter.presence != Presence::Required {
                continue;
            }
            let value = self.read(name, parameter.takes, json)?;
            values.retain(|(other, _)| *other != parameter.name);
            values.push((parameter.name, value));
        }
        let missing = |parameter: &&Parameter| {
            parameter.presence == Presence::Required && !values.iter().any(|(name, _)| *name == parameter.name)
        };
        match parameters.iter().find(missing) {
            Some(parameter) => {
                let dot = if self.path.is_empty() { "" } else { "." };
                Err(format!("{}{dot}{} is missing: {}", self.path, parameter.name, parameter.takes))
            }
            None => Ok(Value::Object(values)),
        }
    }
}

/// A value without a name inside.
fn scalar(takes: Takes, json: &Json) -> Option<Value> {
    Some(match (takes, json) {
        (Takes::Null, Json::Null) => Value::Null,
        (Takes::Flag, Json::Flag(flag)) => Value::Flag(*flag),
        (Takes::Flag, Json::Text(text)) => Value::Flag(text.parse().ok()?),
        (Takes::True, Json::Flag(true)) => Value::Flag(true),
        (Takes::True, Json::Text(text)) if text == "true" => Value::Flag(true),
        (Takes::Number(min, max), _) => Value::Number(bounded(number(json)?, min, max)?),
        (Takes::Integer(min, max), _) => {
            let whole = number(json).filter(|number| number.fract() == 0.0)?;
            Value::Number(bounded(whole, min as f64, max as f64)?)
        }
        // Adding 0 makes a positive zero of a negative one.
        (Takes::Rounded(min, max), _) => Value::Number(bounded(number(json)?.round() + 0.0, min as f64, max as f64)?),
        (Takes::Word(words), Json::Text(text)) => Value::Word(words.iter().copied().find(|word| word == text)?),
        (Takes::Text(most), Json::Text(text)) => Value::Text(plain(text, most)?),
        (Takes::Colour, Json::Text(text)) => Value::Colour(colour(text)?),
        (Takes::Colour, Json::Object(_)) => {
            let channel = |name| json.member(name).and_then(number);
            let alpha = json.member("alpha").map_or(Some(1.0), number);
            let [red, green, blue] = ["r", "g", "b"].map(|name| channel(name).unwrap_or(0.0));
            Value::Colour(channels(red, green, blue, alpha?)?)
        }
        (Takes::Colour, Json::List(items)) => {
            let numbers: Vec<f64> = items.iter().map(number).collect::<Option<_>>()?;
            let colour = match numbers[..] {
                [red, green, blue] => channels(red, green, blue, 1.0),
                [red, green, blue, alpha] => channels(red, green, blue, alpha),
                _ => None,
            };
            Value::Colour(colour?)
        }
        (Takes::Numbers(least, most), Json::List(items)) => {
            let numbers: Vec<f64> = items.iter().map(number).collect::<Option<_>>()?;
            Value::Numbers((least..=most).contains(&numbers.len()).then_some(numbers)?)
        }
        (Takes::Square(sides), Json::List(rows)) if sides.contains(&rows.len()) => {
            let row = |row: &Json| match scalar(Takes::Numbers(rows.len(), rows.len()), row)? {
                Value::Numbers(numbers) => Some(numbers),
                _ => None,
            };
            Value::Rows(rows.iter().map(row).collect::<Option<_>>()?)
        }
        (Takes::Texts(most), Json::List(items)) if items.len() <= most => {
            let text = |item: &Json| if let Json::Text(text) = item { plain(text, 256) } else { None };
            Value::Texts(items.iter().map(text).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// A number, as text too.
fn number(json: &Json) -> Option<f64> {
    match json {
        Json::Number(number) => Some(*number),
        Json::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

fn bounded(number: f64, min: f64, max: f64) -> Option<f64> {
    (min..=max).contains(&number).then_some(number)
}

/// Text that is not too long and has no control characters.
fn plain(text: &str, most: usize) -> Option<String> {
    (text.chars().count() <= most && !text.contains(char::is_control)).then(|| text.to_owned())
}

impl Error {
    /// What is wrong with a value, at most 300 characters of it.
    pub(crate) fn mistake(text: &str) -> String {
        text.chars().take(300).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{optional, required};
    use super::*;

    const BOX: Takes = Takes::Any(&[
        Takes::True,
        Takes::Object(&[
            required("width", Takes::Rounded(1, 100), "Columns"),
            optional("colour", Takes::Colour, "black", "A colour").or("color"),
        ]),
    ]);

    fn read(takes: Takes, text: &str) -> Result<String, String> {
        let mut reader = Reader::default();
        reader.read("edit", takes, &serde_json::from_str(text).unwrap()).map(|value| value.json().to_string())
    }

    #[test]
    fn values_are_read_in_every_spelling() {
        for (takes, text, expected) in [
            (BOX, "true", "true"),
            (BOX, r#"{"width":"7.5","color":"red"}"#, r##"{"width":8,"colour":"#FF0000"}"##),
            (BOX, r#"{"width":8,"colour":null}"#, r#"{"width":8}"#),
            (Takes::Flag, r#""false""#, "false"),
            (Takes::Colour, r#"{"r":1,"g":2,"b":3,"alpha":0}"#, r##""#01020300""##),
            (Takes::Square(&[2]), "[[1,2],[3,4]]", "[[1,2],[3,4]]"),
            (Takes::Texts(2), r#"["a"]"#, r#"["a"]"#),
        ] {
            assert_eq!(read(takes, text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn mistakes_name_the_value_and_what_is_right() {
        for (takes, text, expected) in [
            (BOX, r#"{"width":0}"#, "edit.width must be a number from 1 to 100"),
            (BOX, "{}", "edit.width is missing: a number from 1 to 100"),
            (BOX, "false", "edit must be `true`, or an object of width, colour"),
            (Takes::Integer(0, 9), "1.5", "edit must be a whole number from 0 to 9"),
            (Takes::Number(0.3, 1000.0), r#""x""#, "edit must be a number from 0.3 to 1000"),
            (Takes::Square(&[2, 3]), "[[1,2],[3]]", "edit must be a matrix of 2×2 or 3×3 numbers"),
            (Takes::Word(&["a", "b"]), r#""c""#, "edit must be one of a, b"),
            (Takes::Text(2), r#""abc""#, "edit must be text of at most 2 characters"),
        ] {
            assert_eq!(read(takes, text), Err(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn unknown_members_are_noted() {
        let mut reader = Reader::default();
        let json = serde_json::from_str(r#"{"width":1,"foo\n,é":1}"#).unwrap();
        reader.read("edit", BOX, &json).unwrap();
        assert_eq!(reader.ignored, ["edit.foo???"]);
    }
}
