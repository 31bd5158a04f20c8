use lightmill_recipe::{Format, Locator};
use percent_encoding::percent_decode_str;

use super::request::lay;
use super::transformations::find;
use super::{Config, Error, Headers, Hints, ImageRequest, Options, Origin, Policy, Transformation};
use crate::key;
use crate::negotiation::accepted;
use crate::sharp::{Json, Reader, Value};

/// A request with everything that configuration and client add to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The id of the origin.
    pub origin: String,
    /// The id of the policy that holds.
    pub policy: Option<String>,
    /// The picture, in the origin's source.
    pub locator: Locator,
    /// What is done, at most [`Options::max_transformations`].
    pub transformations: Vec<Transformation>,
    /// What `format=auto` chooses among, best first.
    pub accepted: Vec<Format>,
    /// Names of the request headers that took part, in lower case, for the header `Vary`.
    pub vary: Vec<String>,
    /// What was left out, as it is over the limit.
    pub ignored: Vec<String>,
}

/// Finds the origin and the policy of a request, and adds what policy and client say.
pub fn resolve(
    request: &ImageRequest,
    headers: &Headers<'_>,
    config: &Config,
    options: &Options,
) -> Result<Resolved, Error> {
    let hints = Hints::read(headers, options);
    let mut vary: Vec<String> = options.origin_header.iter().map(|name| name.to_ascii_lowercase()).collect();
    if options.trusts_edge && config.maps_hosts() {
        vary.push("dit-host".to_owned());
    }
    if let Some(host) = headers.get("host") {
        checked_host(host)?;
    }
    let (origin, path, policy_id) = match named_origin(headers, config, options)? {
        Some((origin, prefix)) => (origin, format!("{prefix}{}", request.path), None),
        None => mapped_origin(request, hints.host, config, options)?,
    };
    let policy = request.policy_id.as_deref().or(policy_id).or(config.default_policy());
    let policy = policy.map(|id| config.policy(id).ok_or(Error::PolicyNotFound)).transpose()?;
    let mut resolved = Resolved {
        origin: origin.id.clone(),
        policy: policy.map(|policy| policy.id.clone()),
        locator: located(origin, &path)?,
        transformations: Vec::new(),
        accepted: Vec::new(),
        vary,
        ignored: Vec::new(),
    };
    if let Some(policy) = policy {
        resolved.add_entries(policy, headers, options);
        resolved.add_outputs(policy, request, &hints, options);
    }
    resolved.add_request(request);
    resolved.limit(request, options);
    resolved.choose_format(policy, hints.accept, options);
    Ok(resolved)
}

impl Resolved {
    /// The policy's transformations whose conditions hold.
    fn add_entries(&mut self, policy: &Policy, headers: &Headers<'_>, options: &Options) {
        for entry in &policy.transformations {
            if let Some(condition) = &entry.condition {
                if condition.is_of_a_header() {
                    self.varies_by([condition.field.to_ascii_lowercase()]);
                }
                if !condition.holds(headers.get(&condition.field), options.compat) {
                    continue;
                }
            }
            self.add(&entry.transformation, &entry.value, options);
        }
    }

    /// What the client decides, where the URL does not say it.
    fn add_outputs(&mut self, policy: &Policy, request: &ImageRequest, hints: &Hints<'_>, options: &Options) {
        let outputs = &policy.outputs;
        let says = |name: &str| request.transformations.iter().any(|one| one.definition.name == name);
        if let Some(format) = outputs.format.as_ref().filter(|_| !says("format")) {
            self.add("format", &Json::text(&format.format), options);
        }
        if let Some(quality) = outputs.quality.as_ref().filter(|_| !says("quality")) {
            self.varies_by(Hints::names("dpr", options));
            self.add("quality", &Json::Number(f64::from(quality.quality(hints.pixel_ratio))), options);
        }
        let Some(autosize) = outputs.autosize.as_ref().filter(|_| !says("resize")) else { return };
        self.varies_by(Hints::names("viewport-width", options));
        let viewport = hints.viewport_width.or(autosize.fallback_viewport_width).map(f64::from);
        let ratio = if options.compat { 1.0 } else { hints.pixel_ratio.unwrap_or(1.0) };
        if !options.compat {
            self.varies_by(Hints::names("dpr", options));
        }
        let wanted = hints.width.map(f64::from).or(viewport.map(|viewport| viewport * ratio));
        if let Some(width) = wanted.and_then(|wanted| autosize.width(wanted, options.compat)) {
            let members = [("width", Json::Number(f64::from(width))), ("withoutEnlargement", Json::Flag(true))];
            self.add("resize", &Json::object(members), options);
        }
    }

    /// The URL's transformations, each in the place of the policy's.
    fn add_request(&mut self, request: &ImageRequest) {
        for one in &request.transformations {
            let mut one = one.clone();
            let same = |other: &&Transformation| other.definition.name == one.definition.name;
            if one.definition.name == "contentModeration"
                && let Some(of_policy) = self.transformations.iter().find(same)
            {
                one.value = super::transformations::tighten(&of_policy.value, &one.value);
            }
            lay(&mut self.transformations, one);
        }
    }

    /// A transformation of a policy. A wrong one, which somebody else's table can hold, is left out and told.
    fn add(&mut self, name: &str, value: &Json, options: &Options) {
        match Transformation::read(name, value, &mut Reader::default(), options) {
            Ok(Some(transformation)) => lay(&mut self.transformations, transformation),
            Ok(None) | Err(_) => self.ignored.push(told(name)),
        }
    }

    /// Leaves out what is over the limit: the policy's before the URL's, and moderation never, or ten harmless wishes would
    /// take it back.
    fn limit(&mut self, request: &ImageRequest, options: &Options) {
        let is_asked_for = |one: &Transformation| {
            !options.compat && request.transformations.iter().any(|other| other.definition.name == one.definition.name)
        };
        let may_go = |one: &Transformation| options.compat || one.definition.name != "contentModeration";
        while self.transformations.len() > options.max_transformations.max(1) {
            let unasked = self.transformations.iter().rposition(|one| may_go(one) && !is_asked_for(one));
            let last = || self.transformations.iter().rposition(may_go);
            let Some(place) = unasked.or_else(last) else { return };
            self.ignored.push(self.transformations.remove(place).definition.name.to_owned());
        }
    }

    /// What `format=auto` chooses among; if nothing is accepted, the policy's fallback takes its place.
    fn choose_format(&mut self, policy: Option<&Policy>, accept: Option<&str>, options: &Options) {
        let auto = |one: &&mut Transformation| one.definition.name == "format" && one.value.text() == Some("auto");
        let Some(format) = self.transformations.iter_mut().find(auto) else { return };
        self.accepted = accepted(accept, &options.negotiate);
        let fallback = policy.and_then(|policy| policy.outputs.format.as_ref()?.fallback.as_deref());
        if let Some(value) = fallback.filter(|_| self.accepted.is_empty()).and_then(format_value) {
            format.value = value;
        }
        self.varies_by(Hints::names("accept", options));
    }

    fn varies_by(&mut self, names: impl IntoIterator<Item = String>) {
        for name in names {
            if !self.vary.contains(&name) {
                self.vary.push(name);
            }
        }
    }
}

/// A name that fits into a header.
fn told(name: &str) -> String {
    name.chars().filter(char::is_ascii_graphic).take(64).collect()
}

/// The value of the transformation `format` by a format's name.
pub(super) fn format_value(name: &str) -> Option<Value> {
    let definition = find("format")?;
    Reader::default().read(definition.name, definition.takes, &Json::text(name)).ok()
}

type Place<'c, 'p> = (&'c Origin, String, Option<&'p str>);

/// The origin of the request's mapping, the path there, and the mapping's policy.
fn mapped_origin<'c>(
    request: &ImageRequest,
    host: Option<&str>,
    config: &'c Config,
    options: &Options,
) -> Result<Place<'c, 'c>, Error> {
    let (pattern, mapping) = config.mapping(host, &request.path, options.compat).ok_or(Error::OriginNotFound)?;
    let origin = config.origin(&mapping.origin).ok_or(Error::OriginNotFound)?;
    let path = if mapping.strip_prefix { pattern.stripped(&request.path) } else { &request.path };
    Ok((origin, origin.path_of(path, options.compat), mapping.policy.as_deref()))
}

/// The origin that a request header names by its URL, and the path in that URL. Only origins of the configuration count:
/// any other host would let clients send this server anywhere.
fn named_origin<'c>(
    headers: &Headers<'_>,
    config: &'c Config,
    options: &Options,
) -> Result<Option<(&'c Origin, String)>, Error> {
    let Some(url) = options.origin_header.as_deref().and_then(|name| headers.get(name)) else { return Ok(None) };
    let rest =
        url.strip_prefix("https://").ok_or_else(|| Error::Validation("the origin must be an https URL".into()))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let origin = config.origin_of_host(host).ok_or(Error::OriginNotFound)?;
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    Ok(Some((origin, if path.is_empty() { String::new() } else { format!("/{path}") })))
}

/// The picture at the origin: its path, decoded.
fn located(origin: &Origin, path: &str) -> Result<Locator, Error> {
    let wrong = |error: crate::Error| Error::Validation(error.to_string());
    let path = path.strip_prefix('/').unwrap_or(path);
    let key = percent_decode_str(path).decode_utf8();
    let key = key.map_err(|_| wrong(crate::Error::Encoding("the path")))?;
    Ok(origin.locator(key::checked(&key).map_err(wrong)?.key))
}

/// A host name with labels of at most 63 letters, and possibly a port.
fn checked_host(host: &str) -> Result<(), Error> {
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let is_port = |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|digit| digit.is_ascii_digit());
    let is_label =
        |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if host.len() <= 253 && name.split('.').all(is_label) && port.is_none_or(is_port) {
        return Ok(());
    }
    Err(Error::Validation("the host is malformed".to_owned()))
}

#[cfg(test)]
mod tests;
