use serde::{Serialize, Serializer};

use super::number::real;
use super::raw::Fields;

/// How a picture is turned before it is shown, clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rotation {
    /// As it is stored.
    #[default]
    None,
    /// A quarter turn.
    Quarter,
    /// Upside down.
    Half,
    /// A quarter turn the other way.
    ThreeQuarters,
}

impl Rotation {
    /// Degrees, clockwise.
    pub const fn degrees(self) -> u16 {
        match self {
            Self::None => 0,
            Self::Quarter => 90,
            Self::Half => 180,
            Self::ThreeQuarters => 270,
        }
    }

    /// Whether width and height change places.
    pub const fn is_sideways(self) -> bool {
        matches!(self, Self::Quarter | Self::ThreeQuarters)
    }

    /// The nearest quarter turn. The display matrix, whose angle ffprobe counts counter-clockwise, holds before the older tag
    /// `rotate`.
    pub(super) fn of(stream: &Fields) -> Self {
        let matrix = real(stream.side_data("Display Matrix", "rotation")).map(|degrees| -degrees);
        let Some(degrees) = matrix.or_else(|| real(stream.tag("rotate"))) else { return Self::None };
        match (degrees / 90.0).round().rem_euclid(4.0) as u8 {
            1 => Self::Quarter,
            2 => Self::Half,
            3 => Self::ThreeQuarters,
            _ => Self::None,
        }
    }
}

impl Serialize for Rotation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.degrees())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn turns_are_clockwise() {
        let of = |stream| Rotation::of(&serde_json::from_value(stream).unwrap()).degrees();
        let matrix = |degrees| json!({"side_data_list": [{"side_data_type": "Display Matrix", "rotation": degrees}]});
        assert_eq!(
            [-90, 90, 180, -180, 0, 270, 89].map(|degrees| of(matrix(degrees))),
            [90, 270, 180, 180, 0, 90, 270]
        );
        assert_eq!(of(json!({"tags": {"rotate": "90"}})), 90);
        assert_eq!(of(json!({"tags": {"ROTATE": "x"}})), 0);
        let mut both = matrix(-90);
        both["tags"] = json!({"rotate": "180"});
        assert_eq!(of(both), 90);
        assert_eq!(of(json!({"side_data_list": 3})), 0);
    }
}
