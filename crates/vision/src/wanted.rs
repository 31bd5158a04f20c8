use lightmill_recipe::{Findings, FoundKind};

use crate::Error;

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Human faces.
    Faces,
    /// What draws the eye.
    Salient,
    /// Lines of text.
    Text,
    /// Things with a name.
    Objects,
    /// What a page may not want to show. Belongs to the whole picture.
    Moderation,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Faces, Self::Salient, Self::Text, Self::Objects, Self::Moderation];

    /// The word in logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Faces => "faces",
            Self::Salient => "salient",
            Self::Text => "text",
            Self::Objects => "objects",
            Self::Moderation => "moderation",
        }
    }

    const fn of(what: &FoundKind) -> Self {
        match what {
            FoundKind::Face => Self::Faces,
            FoundKind::Salient => Self::Salient,
            FoundKind::Text => Self::Text,
            FoundKind::Object(_) => Self::Objects,
        }
    }
}

/// How sure an analyser has to be, in hundredths of a percent, so that it can be a part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Confidence(u16);

impl Confidence {
    /// Whatever the analyser takes for found.
    pub const ANY: Self = Self(0);

    /// `None` below 0, above 100 and for what is no number.
    pub fn percent(percent: f64) -> Option<Self> {
        (0.0..=100.0).contains(&percent).then(|| Self((percent * 100.0).round() as u16))
    }

    /// 0 to 100.
    pub fn as_percent(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// Whether `confidence`, 0 to 1, is enough.
    pub fn is_met_by(self, confidence: f32) -> bool {
        // Services count in percent with two to five decimals, and 1 in 32 bits has seven.
        f64::from(confidence) * 100.0 + 1e-5 >= self.as_percent()
    }
}

/// Which kinds are looked for, and how sure the analyser has to be of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Wanted([Option<Confidence>; Kind::ALL.len()]);

impl Wanted {
    /// One kind.
    pub fn only(kind: Kind, at_least: Confidence) -> Self {
        Self::default().and(kind, at_least)
    }

    /// `kind` too.
    #[must_use]
    pub fn and(mut self, kind: Kind, at_least: Confidence) -> Self {
        self.0[kind as usize] = Some(at_least);
        self
    }

    /// How sure to be of `kind`; `None` where it is not wanted.
    pub fn at_least(&self, kind: Kind) -> Option<Confidence> {
        self.0[kind as usize]
    }

    /// The kinds that are wanted.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(|kind| self.at_least(*kind).is_some())
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.kinds().next().is_none()
    }

    /// What of it is among `kinds`.
    #[must_use]
    pub fn among(&self, kinds: &[Kind]) -> Self {
        let mut among = *self;
        Kind::ALL.into_iter().filter(|kind| !kinds.contains(kind)).for_each(|kind| among.0[kind as usize] = None);
        among
    }

    /// # Errors
    /// [`Error::CannotFind`] if something is wanted that is not among `kinds`.
    pub(crate) fn must_be_among(&self, kinds: &[Kind], analyser: &str) -> Result<(), Error> {
        match self.kinds().find(|kind| !kinds.contains(kind)) {
            Some(kind) => Err(Error::CannotFind { analyser: analyser.to_owned(), kind }),
            None => Ok(()),
        }
    }

    /// What of `findings` was wanted.
    pub(crate) fn of(&self, mut findings: Findings) -> Findings {
        let wants = |kind, confidence| self.at_least(kind).is_some_and(|least| least.is_met_by(confidence));
        findings.regions.retain(|found| wants(Kind::of(&found.what), found.confidence));
        findings.moderation.retain(|label| wants(Kind::Moderation, label.confidence));
        findings
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::ModerationLabel;

    use super::*;
    use crate::testing::found;

    #[test]
    fn confidence_is_0_to_100_percent() {
        assert_eq!([-0.1, 100.1, f64::NAN].map(Confidence::percent), [None; 3]);
        let confidence = Confidence::percent(99.05).unwrap();
        assert!((confidence.as_percent() - 99.05).abs() < 1e-9);
        assert!(confidence.is_met_by(0.9905) && !confidence.is_met_by(0.9904));
        assert!(Confidence::percent(100.0).unwrap().is_met_by(1.0));
    }

    #[test]
    fn only_what_is_wanted_and_sure_enough_remains() {
        let label = |confidence| ModerationLabel { name: "a".into(), parent: String::new(), confidence };
        let findings = Findings {
            regions: vec![
                found(FoundKind::Face, 0.4),
                found(FoundKind::Face, 0.6),
                found(FoundKind::Text, 1.0),
                found(FoundKind::Object("cat".into()), 0.1),
            ],
            moderation: vec![label(0.7), label(0.8)],
        };
        let half = Confidence::percent(50.0).unwrap();
        let wanted = Wanted::only(Kind::Faces, half).and(Kind::Objects, Confidence::ANY);
        let kept = wanted.of(findings.clone());
        let kinds: Vec<_> = kept.regions.iter().map(|found| found.what.clone()).collect();
        assert_eq!(kinds, [FoundKind::Face, FoundKind::Object("cat".into())]);
        assert!(kept.moderation.is_empty());
        let wanted = Wanted::only(Kind::Moderation, Confidence::percent(75.0).unwrap());
        assert_eq!(wanted.of(findings).moderation, [label(0.8)]);
    }

    #[test]
    fn what_is_not_known_is_named() {
        let wanted = Wanted::only(Kind::Faces, Confidence::ANY).and(Kind::Text, Confidence::ANY);
        assert!(wanted.must_be_among(&Kind::ALL, "all").is_ok());
        let Err(Error::CannotFind { analyser, kind }) = wanted.must_be_among(&[Kind::Faces], "faces") else { panic!() };
        assert_eq!((analyser.as_str(), kind), ("faces", Kind::Text));
        assert_eq!(wanted.among(&[Kind::Faces]).kinds().collect::<Vec<_>>(), [Kind::Faces]);
        assert!(wanted.among(&[Kind::Objects]).is_empty());
    }
}
