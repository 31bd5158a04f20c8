use crate::{Error, Kernel, Samples};

/// The kernels of both axes.
#[derive(Clone, Copy)]
pub struct Kernels<'a> {
    pub across: &'a Kernel,
    pub down: &'a Kernel,
}

impl Kernels<'_> {
    /// The end of the source rows that row `y` of the result is made of.
    pub fn end(self, y: usize) -> usize {
        (self.down.start(y) + self.down.taps()).min(self.down.source() as usize)
    }
}

/// Mixes source rows to rows of the result, both in order, always with the same kernels.
pub trait Mixer {
    /// Rows of the result that are made at a time; the last may be alone.
    fn group(&self) -> usize;

    /// Source row `y`. None from the first that the next rows of the result need is left out.
    fn take(&mut self, kernels: Kernels<'_>, y: usize, row: &[u8]);

    /// Row `y` of the result and the others of its group, as soon as all source rows that they need were taken.
    fn give(&mut self, kernels: Kernels<'_>, y: usize, to: &mut [u8]);
}

/// A mixer that may be carried to another thread.
pub type BoxedMixer<'a> = Box<dyn Mixer + Send + 'a>;

/// The whole picture by `mixer`.
pub fn whole(
    mixer: BoxedMixer<'_>,
    source: Samples<'_>,
    bytes_of_sample: usize,
    kernels: Kernels<'_>,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    let mut flow = Flow::new(mixer, source.channels * bytes_of_sample, kernels);
    for y in 0..source.height as usize {
        flow.push(kernels, source.row(y, bytes_of_sample), stop)?;
    }
    Ok(flow.result)
}

/// A picture on its way through a mixer.
pub struct Flow<'a> {
    mixer: BoxedMixer<'a>,
    /// Source rows that were pushed.
    read: usize,
    /// Rows of the result that are made.
    made: usize,
    /// Bytes of a row of the result.
    length: usize,
    result: Vec<u8>,
}

impl<'a> Flow<'a> {
    pub fn new(mixer: BoxedMixer<'a>, bytes_of_pixel: usize, kernels: Kernels<'_>) -> Self {
        let length = kernels.across.result() as usize * bytes_of_pixel;
        Self { mixer, read: 0, made: 0, length, result: vec![0; length * kernels.down.result() as usize] }
    }

    /// The next source row, after which all rows of the result that can be made are. `stop` is asked for each of them.
    pub fn push(&mut self, kernels: Kernels<'_>, row: &[u8], stop: &dyn Fn() -> bool) -> Result<(), Error> {
        let height = kernels.down.result() as usize;
        if self.made < height && self.read >= kernels.down.start(self.made) {
            if stop() {
                return Err(Error::Stopped);
            }
            self.mixer.take(kernels, self.read, row);
        }
        self.read += 1;
        while self.made < height {
            let end = (self.made + self.mixer.group()).min(height);
            if kernels.end(end - 1) > self.read {
                break;
            }
            if stop() {
                return Err(Error::Stopped);
            }
            self.mixer.give(kernels, self.made, &mut self.result[self.made * self.length..end * self.length]);
            self.made = end;
        }
        Ok(())
    }

    /// Source rows that were pushed.
    pub fn read(&self) -> usize {
        self.read
    }

    /// The result, if all of it is made.
    pub fn finish(self) -> Option<Vec<u8>> {
        (self.made * self.length == self.result.len()).then_some(self.result)
    }
}
