use super::boosted::{Boosted, WINDOW};
use super::gradients::{PATCH_VALUES, Patch, patches};
use super::network::{Layer, Network};

/// The file, little-endian.
const FILE: &[u8] = include_bytes!("../../model/seeta_fd_frontal_v1.0.bin");

/// What the file calls a [`Boosted`] classifier and a [`Judge`].
const BOOSTED: u32 = 0;
const JUDGE: u32 = 1;

/// Numbers that no part of a model of this kind reaches: a bound on what a damaged file makes us read.
const MOST: usize = 1 << 16;

/// What faces look like.
#[derive(Debug)]
pub(super) struct Model {
    /// Classifiers that every window of a picture meets, each for another pose; one that takes it is enough.
    pub(super) boosted: Vec<Boosted>,
    /// Judges of what is left. All windows of the one before go through the next.
    pub(super) judges: Vec<Judge>,
}

/// Looks at some patches of a window, and tells whether it is a face and how the window has to be moved to fit it.
#[derive(Debug)]
pub(super) struct Judge {
    pub(super) patches: Vec<Patch>,
    pub(super) network: Network,
    /// The least answer, 0 to 1, that is a face.
    pub(super) bound: f32,
    /// The last of a group; after all others, windows that overlap are thinned out.
    pub(super) ends_group: bool,
}

impl Model {
    /// The one that this crate has.
    ///
    /// # Errors
    /// Where the file is not what this code reads, with what it lacks.
    pub(super) fn embedded() -> Result<Self, &'static str> {
        Self::read(FILE)
    }

    fn read(file: &[u8]) -> Result<Self, &'static str> {
        let mut reader = Reader { rest: file };
        let (mut boosted, mut judges) = (Vec::new(), Vec::new());
        let levels = reader.count()?;
        for level in 0..levels {
            let members = reader.count()?;
            for _ in 0..members {
                let stages = reader.count()?;
                for stage in 0..stages {
                    match (level, reader.u32()?) {
                        (0, BOOSTED) => boosted.push(reader.boosted()?),
                        (1.., JUDGE) => judges.push(reader.judge(stage + 1 == stages)?),
                        _ => return Err("classifiers of another kind"),
                    }
                }
                let sources = reader.sources()?;
                let sources = (0..sources).map(|_| reader.count()).collect::<Result<Vec<_>, _>>()?;
                // Poses come together after the first level and stay so.
                let expected = match level {
                    0 => Vec::new(),
                    1 => (0..boosted.len()).collect(),
                    _ => vec![0],
                };
                if sources != expected || (level == 0 && stages != 1) || (level > 0 && members != 1) {
                    return Err("a funnel of another shape");
                }
            }
        }
        match reader.rest {
            [] if !boosted.is_empty() && !judges.is_empty() => Ok(Self { boosted, judges }),
            [] => Err("no classifiers"),
            _ => Err("more than a model"),
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn word(&mut self) -> Result<[u8; 4], &'static str> {
        let (word, rest) = self.rest.split_first_chunk().ok_or("its end")?;
        self.rest = rest;
        Ok(*word)
    }

    fn u32(&mut self) -> Result<u32, &'static str> {
        self.word().map(u32::from_le_bytes)
    }

    fn count(&mut self) -> Result<usize, &'static str> {
        Some(self.u32()? as usize).filter(|count| *count <= MOST).ok_or("a sensible number")
    }

    /// How many lists of windows a classifier gets; the first level's get all windows, which is written as -1.
    fn sources(&mut self) -> Result<usize, &'static str> {
        let stated = i32::from_le_bytes(self.word()?);
        usize::try_from(stated.max(0)).ok().filter(|count| *count <= MOST).ok_or("a sensible number")
    }

    fn number(&mut self) -> Result<f32, &'static str> {
        Some(f32::from_le_bytes(self.word()?)).filter(|number| number.is_finite()).ok_or("a finite number")
    }

    fn numbers(&mut self, count: usize) -> Result<Vec<f32>, &'static str> {
        (0..count).map(|_| self.number()).collect()
    }

    fn boosted(&mut self) -> Result<Boosted, &'static str> {
        let (count, highest) = (self.count()?, self.count()?);
        if highest != 255 {
            return Err("codes of a byte");
        }
        let mut places = Vec::with_capacity(count);
        for _ in 0..count {
            places.push((self.count()?, self.count()?));
        }
        // A code describes nine by nine pixels.
        if places.iter().any(|(x, y)| *x.max(y) > WINDOW - 9) {
            return Err("codes within the window");
        }
        let bounds = self.numbers(count)?;
        let mut weights = Vec::with_capacity(count);
        for _ in 0..count {
            let mut of_code = [0.0; 256];
            for weight in &mut of_code {
                *weight = self.number()?;
            }
            weights.push(of_code);
        }
        Ok(Boosted::new(places, weights, &bounds))
    }

    fn judge(&mut self, ends_group: bool) -> Result<Judge, &'static str> {
        let all = patches();
        let (layers, count) = (self.count()?, self.count()?);
        let mut chosen = Vec::with_capacity(count);
        for _ in 0..count {
            // They are counted from 1.
            let number = self.count()?.checked_sub(1).ok_or("a patch")?;
            chosen.push(*all.get(number).ok_or("a patch")?);
        }
        let bound = self.number()?;
        let mut inputs = self.count()?;
        if inputs != count * PATCH_VALUES {
            return Err("an input for each value of its patches");
        }
        let mut network = Network { layers: Vec::new() };
        for _ in 1..layers {
            let outputs = self.count()?;
            let weights = self.numbers(inputs * outputs)?;
            network.layers.push(Layer { weights, biases: self.numbers(outputs)? });
            inputs = outputs;
        }
        if inputs != 4 {
            return Err("four answers");
        }
        Ok(Judge { patches: chosen, network, bound, ends_group })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_model_is_read_to_its_end() {
        let model = Model::embedded().unwrap();
        assert_eq!(model.boosted.iter().map(|boosted| boosted.places.len()).collect::<Vec<_>>(), [150; 3]);
        let judges: Vec<_> = model.judges.iter().map(|judge| (judge.patches.len(), judge.ends_group)).collect();
        assert_eq!(judges, [(4, false), (8, true), (16, true)]);
    }

    #[test]
    fn a_damaged_model_is_refused() {
        for length in [0, 3, 4, 1000, FILE.len() - 1] {
            assert!(Model::read(&FILE[..length]).is_err(), "{length}");
        }
        assert_eq!(Model::read(&[FILE, &[0]].concat()).unwrap_err(), "more than a model");
        let mut damaged = FILE.to_vec();
        damaged[20..24].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Model::read(&damaged).is_err());
    }
}
