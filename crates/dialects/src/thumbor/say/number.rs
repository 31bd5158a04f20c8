use crate::thumbor::Argument;

/// The number of the fewest decimals close to `near` that `fits`.
pub(in crate::thumbor) fn shortest(near: f64, fits: impl Fn(f64) -> bool) -> Option<f64> {
    let rounded = (0..=12).map(|decimals| {
        let unit = 10_f64.powi(decimals);
        (near * unit).round() / unit
    });
    let exact = [near, near.next_up(), near.next_down()];
    // -0 and 0 are one number, and the shorter one is written.
    rounded.chain(exact).map(|number| number + 0.0).find(|number| number.is_finite() && fits(*number))
}

/// The shortest number that is read as `value`.
pub(in crate::thumbor) fn decimal(value: f32) -> Option<Argument> {
    shortest(f64::from(value), |number| (number as f32).to_bits() == (value + 0.0).to_bits()).map(Argument::Decimal)
}

/// A whole number, if an argument can hold it.
pub(in crate::thumbor) fn integer(value: u32) -> Option<Argument> {
    i32::try_from(value).ok().map(Argument::Integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        assert_eq!(decimal(1.8), Some(Argument::Decimal(1.8)));
        assert_eq!(decimal(-0.0), Some(Argument::Decimal(0.0)));
        assert_eq!(decimal(f32::NAN), None);
        assert_eq!(shortest(19.999_999_999, |number| number > 19.5), Some(20.0));
        assert_eq!(integer(u32::MAX), None);
    }

    #[test]
    fn every_single_is_read_back() {
        for value in [0.1_f32, 1.0 / 3.0, 1e-20, 3.4e38, 2.828_427] {
            let Some(Argument::Decimal(number)) = decimal(value) else { panic!("{value}") };
            let read = number.to_string().parse::<f64>().unwrap() as f32;
            assert_eq!(read.to_bits(), value.to_bits());
        }
    }
}
