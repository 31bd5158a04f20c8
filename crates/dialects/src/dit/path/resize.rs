use crate::sharp::Json;

/// What segments and filters of a path say so far.
#[derive(Debug, Default)]
pub(super) struct PathDraft {
    /// Width and height; 0 follows from the other.
    pub size: Option<(u32, u32)>,
    /// Whether the path says `fit-in`.
    pub fit_in: bool,
    /// The fit that filters ask for.
    pub fit: Option<&'static str>,
    /// The colour around the picture.
    pub background: Option<Json>,
    /// A factor on the size, or on the picture's own.
    pub proportion: Option<f64>,
    pub without_enlargement: bool,
    /// What is kept where something is cut.
    pub position: Option<String>,
    /// Other edits, in their order; before and after the resize.
    pub before: Vec<(String, Json)>,
    pub after: Vec<(String, Json)>,
    /// Names of what has no meaning.
    pub ignored: Vec<String>,
}

impl PathDraft {
    /// An edit after the resize.
    pub fn edit(&mut self, name: &str, value: Json) {
        self.after.push((name.to_owned(), value));
    }

    /// Every edit, in order.
    pub fn edits(mut self) -> Vec<(String, Json)> {
        let mut edits = std::mem::take(&mut self.before);
        if let Some(resize) = self.resize() {
            edits.push(("resize".to_owned(), resize));
        }
        edits.append(&mut self.after);
        edits
    }

    fn resize(&self) -> Option<Json> {
        let mut members: Vec<(String, Json)> = Vec::new();
        let mut member = |name: &str, value: Json| members.push((name.to_owned(), value));
        let (width, height) = self.size.unwrap_or_default();
        let factor = self.proportion.unwrap_or(1.0);
        for (name, side) in [("width", width), ("height", height)] {
            if side > 0 {
                member(name, Json::Number((f64::from(side) * factor).round().max(1.0)));
            }
        }
        let free = width == 0 && height == 0;
        if let (true, Some(ratio)) = (free, self.proportion) {
            member("ratio", Json::Number(ratio));
        }
        // A size with a free side is one to fit into.
        let one_side = self.size.is_some() && (width == 0 || height == 0);
        let inside = (self.fit_in || one_side).then_some("inside");
        let fit = match self.fit {
            Some("fill") if self.fit_in => inside,
            Some(fit) => Some(fit),
            None => inside,
        };
        if let Some(fit) = fit {
            member("fit", Json::text(fit));
        }
        if let Some(position) = &self.position {
            member("position", Json::text(position));
        }
        if let Some(background) = &self.background {
            member("background", background.clone());
        }
        if self.without_enlargement {
            member("withoutEnlargement", Json::Flag(true));
        }
        (!free || self.proportion.is_some()).then_some(Json::Object(members))
    }
}
