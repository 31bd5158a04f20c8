use crate::Size;

/// `size` enlarged to `frame`, keeping its aspect ratio, if both sides are smaller; the side that follows is cut to
/// whole pixels (Thumbor's filter `upscale`).
pub fn grow(size: Size, frame: Size) -> Size {
    if size.width >= frame.width || size.height >= frame.height {
        return size;
    }
    let follows = |other: u32, of: u32, by: u32| (u64::from(other) * u64::from(of) / u64::from(by).max(1)) as u32;
    let height = follows(frame.width, size.height, size.width);
    if height <= frame.height {
        Size::new(frame.width, height.max(1))
    } else {
        Size::new(follows(frame.height, size.width, size.height).max(1), frame.height)
    }
}

/// `size` times `factor`, cut to whole pixels, at least 1.
pub fn proportion(size: Size, factor: f32) -> Size {
    let scaled = |length: u32| ((f64::from(length) * f64::from(factor)) as u32).max(1);
    Size::new(scaled(size.width), scaled(size.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_cut_to_whole_pixels() {
        assert_eq!(grow(Size::new(451, 300), Size::new(900, 900)), Size::new(900, 598));
        assert_eq!(grow(Size::new(300, 451), Size::new(900, 900)), Size::new(598, 900));
        assert_eq!(grow(Size::new(900, 1), Size::new(900, 900)), Size::new(900, 1));
    }

    #[test]
    fn proportions_are_cut_to_whole_pixels() {
        assert_eq!(proportion(Size::new(451, 300), 0.5), Size::new(225, 150));
        assert_eq!(proportion(Size::new(3, 1), 0.1), Size::new(1, 1));
    }
}
