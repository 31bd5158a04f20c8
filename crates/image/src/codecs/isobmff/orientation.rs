use super::property::Property;
use crate::ExifOrientation;

/// Quarter turns and mirrorings, put together in the order in which they are applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Transform {
    /// Left and right are exchanged first.
    mirrored: bool,
    /// Clockwise, 0 to 3.
    turns: u8,
}

impl Transform {
    /// This transform with `irot` or `imir` after it; other properties change nothing.
    pub fn then(self, property: Property<'_>) -> Self {
        // Mirroring after a turn is the opposite turn after a mirroring; to exchange top and bottom is to exchange left
        // and right and to turn by two quarters.
        match property {
            Property::Rotation(anticlockwise) => Self { turns: (self.turns + 4 - anticlockwise) & 3, ..self },
            Property::Mirror(axis) => {
                let half = if axis == 0 { 2 } else { 0 };
                Self { mirrored: !self.mirrored, turns: (4 - self.turns + half) & 3 }
            }
            _ => self,
        }
    }

    /// The same as the EXIF orientation whose correction it is (EXIF 2.32, tag 274).
    pub fn orientation(self) -> ExifOrientation {
        ExifOrientation::new(match (self.mirrored, self.turns) {
            (false, 0) => 1,
            (true, 0) => 2,
            (false, 2) => 3,
            (true, 2) => 4,
            (false, 1) => 6,
            (true, 1) => 7,
            // Three turns: there are no more than that.
            (true, _) => 5,
            (false, _) => 8,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orientation(properties: &[Property<'_>]) -> u8 {
        properties.iter().fold(Transform::default(), |t, p| t.then(*p)).orientation().value()
    }

    #[test]
    fn all_of_exif() {
        use Property::{Mirror, Rotation};
        assert_eq!(orientation(&[]), 1);
        assert_eq!(orientation(&[Mirror(1)]), 2);
        assert_eq!(orientation(&[Rotation(2)]), 3);
        assert_eq!(orientation(&[Mirror(0)]), 4);
        assert_eq!(orientation(&[Rotation(1), Mirror(0)]), 5);
        assert_eq!(orientation(&[Rotation(3)]), 6);
        assert_eq!(orientation(&[Rotation(3), Mirror(0)]), 7);
        assert_eq!(orientation(&[Rotation(1)]), 8);
        assert_eq!(orientation(&[Mirror(0), Rotation(3)]), 5, "the order counts");
        assert_eq!(orientation(&[Mirror(1), Mirror(1), Rotation(0)]), 1);
    }
}
