use ::gif::DisposalMethod;
use lightmill_recipe::Size;

/// The logical screen, onto which frames are drawn one over the other.
pub(super) struct Canvas {
    size: Size,
    rgba: Vec<u8>,
    /// What is to be done before the next frame is drawn.
    pending: Option<Pending>,
}

struct Pending {
    window: Window,
    disposal: DisposalMethod,
    /// What was there before the frame, for [`DisposalMethod::Previous`].
    saved: Option<Vec<u8>>,
}

/// The part of a frame that lies on the screen.
#[derive(Clone, Copy)]
struct Window {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Canvas {
    /// A transparent screen.
    pub fn new(size: Size) -> Self {
        Self { size, rgba: vec![0; size.pixels().0 as usize * 4], pending: None }
    }

    /// Draws a frame whose palette indices are `indices`, row by row. Indices beyond `palette` are not drawn.
    pub fn draw(&mut self, frame: &::gif::Frame<'_>, indices: &[u8], palette: &[u8]) {
        self.dispose();
        let window = self.window(frame);
        let saved = (frame.dispose == DisposalMethod::Previous).then(|| self.rgba.clone());
        let mut colours: [Option<[u8; 4]>; 256] = [None; 256];
        for (colour, rgb) in colours.iter_mut().zip(palette.chunks_exact(3)) {
            *colour = Some([rgb[0], rgb[1], rgb[2], 255]);
        }
        if let Some(index) = frame.transparent {
            colours[usize::from(index)] = None;
        }
        let stride = self.size.width as usize * 4;
        let rows = indices.chunks_exact(usize::from(frame.width).max(1)).take(window.height);
        for (y, row) in rows.enumerate() {
            let start = (window.top + y) * stride + window.left * 4;
            let pixels = self.rgba[start..start + window.width * 4].chunks_exact_mut(4);
            for (pixel, index) in pixels.zip(row) {
                if let Some(colour) = colours[usize::from(*index)] {
                    pixel.copy_from_slice(&colour);
                }
            }
        }
        self.pending = Some(Pending { window, disposal: frame.dispose, saved });
    }

    /// Red, green, blue and alpha, 0 or 255.
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    fn dispose(&mut self) {
        let Some(Pending { window, disposal, saved }) = self.pending.take() else { return };
        match (disposal, saved) {
            (DisposalMethod::Background, _) => {
                // As browsers do: to transparency, not to the background colour.
                let stride = self.size.width as usize * 4;
                for y in window.top..window.top + window.height {
                    let start = y * stride + window.left * 4;
                    self.rgba[start..start + window.width * 4].fill(0);
                }
            }
            (DisposalMethod::Previous, Some(saved)) => self.rgba = saved,
            _ => {}
        }
    }

    fn window(&self, frame: &::gif::Frame<'_>) -> Window {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let (left, top) = (usize::from(frame.left).min(width), usize::from(frame.top).min(height));
        Window {
            left,
            top,
            width: usize::from(frame.width).min(width - left),
            height: usize::from(frame.height).min(height - top),
        }
    }
}
