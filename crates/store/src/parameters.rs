use percent_encoding::percent_decode_str;

/// Name, prefix and parameters of `SCHEME://NAME/PREFIX?PARAMETERS`; `noun` is what the name is of. A prefix is a folder: `/`
/// is added at its end.
pub(crate) fn split(url: &str, scheme: &str, noun: &str) -> Result<(String, String, Parameters), String> {
    let rest = url.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://"));
    let rest = rest.ok_or_else(|| format!("does not begin with {scheme}://"))?;
    if rest.contains('#') {
        return Err("has a fragment (#); in a prefix, # is written %23".to_owned());
    }
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (name, prefix) = place.split_once('/').unwrap_or((place, ""));
    if name.is_empty() {
        return Err(format!("names no {noun}: {scheme}://{}", noun.to_uppercase()));
    }
    let (name, mut prefix) = (decode(name)?, decode(prefix)?);
    if !prefix.is_empty() && !prefix.ends_with('/') {
        prefix.push('/');
    }
    Ok((name, prefix, Parameters::read(query)?))
}

/// What is left of the query of a store's URL: values are percent-encoded UTF-8, `+` stands for itself. Mistakes are words
/// that complete a sentence about the URL.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn read(query: &str) -> Result<Self, String> {
        let mut all: Vec<(String, String)> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) =
                pair.split_once('=').ok_or_else(|| format!("has a parameter {pair} without a value"))?;
            let (name, value) = (decode(name)?, decode(value)?);
            if value.is_empty() {
                return Err(format!("has an empty {name}"));
            }
            if all.iter().any(|(other, _)| *other == name) {
                return Err(format!("has {name} twice"));
            }
            all.push((name, value));
        }
        Ok(Self(all))
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let place = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.swap_remove(place).1)
    }

    pub(crate) fn take_switch(&mut self, name: &str) -> Result<Option<bool>, String> {
        let Some(value) = self.take(name) else { return Ok(None) };
        value.parse().map(Some).map_err(|_| format!("has {name}={value}, which is neither true nor false"))
    }

    pub(crate) fn take_url(&mut self, name: &str) -> Result<Option<String>, String> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let host = value.strip_prefix("http://").or_else(|| value.strip_prefix("https://"));
        if host.is_none_or(|host| host.is_empty() || host.starts_with('/') || host.contains(['?', '#', '@'])) {
            return Err(format!("has {name}={value}, which is not of the form https://HOST[:PORT]"));
        }
        Ok(Some(value))
    }

    pub(crate) fn finish(self) -> Result<(), String> {
        self.0.first().map_or(Ok(()), |(name, _)| Err(format!("has an unknown parameter {name}")))
    }
}

fn decode(text: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| format!("has {text}, which is not UTF-8"))?;
    Ok(decoded.into_owned())
}
