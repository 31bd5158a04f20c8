//! Which arguments make these tables.

use lightmill_recipe::{ChannelTables, Table};

use super::shortest;
use crate::thumbor::{spline, tables};

/// Thumbor's whole percent whose shift is this table.
pub(in crate::thumbor) fn percents_of(table: &Table) -> Option<i32> {
    (-100..=100).find(|percent| tables::shifted(*percent) == *table)
}

/// imagor's percent whose shift is this table.
pub(in crate::thumbor) fn parts_of(table: &Table) -> Option<f64> {
    // Lighter ones show the shift at 0, darker ones at 255.
    let shift = i32::from(table.get(0)) - (255 - i32::from(table.get(255)));
    shortest(f64::from(shift) / 2.55, |percent| {
        (-100.0..=100.0).contains(&percent) && tables::shifted_by_part(percent) == *table
    })
}

/// imagor's percent of contrast that is this table.
pub(in crate::thumbor) fn contrast_of(table: &Table) -> Option<f64> {
    // The distance of all values from the middle grey grows with the percent: equal sums are equal tables.
    let spread =
        |table: &Table| -> i64 { (0..=255_u8).map(|c| i64::from(table.get(c)) * if c < 128 { -1 } else { 1 }).sum() };
    let wanted = spread(table);
    let (mut low, mut high) = (-100.0, 100.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let found = spread(&tables::contrast_by_part(middle));
        if found == wanted {
            low = middle;
            break;
        }
        if found < wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    shortest(low, |percent| (-100.0..=100.0).contains(&percent) && tables::contrast_by_part(percent) == *table)
}

/// Percent for each channel and the one colour whose mixture these tables are (Thumbor's `colorize`).
pub(in crate::thumbor) fn mix_of(tables: &ChannelTables) -> Option<([i32; 3], [u8; 3])> {
    let of = |table: &Table| {
        let (black, white) = (i64::from(table.get(0)), i64::from(table.get(255)));
        (0..=100_i32).find_map(|percent| {
            let share = i64::from(percent);
            // The ends of the table tell the colour; most pairs are passed over without making a table.
            let fits = |colour: &u8| {
                let colour_share = i64::from(*colour) * share;
                colour_share / 100 == black && (255 * (100 - share) + colour_share) / 100 == white
            };
            let colour = (0..=255_u8).filter(fits).find(|colour| tables::mixed(percent, *colour) == *table)?;
            Some((percent, colour))
        })
    };
    let [red, green, blue] = [of(&tables.red)?, of(&tables.green)?, of(&tables.blue)?];
    Some(([red.0, green.0, blue.0], [red.1, green.1, blue.1]))
}

/// A few points whose spline is this table. Every table has some: a spline passes through all of its points.
pub(in crate::thumbor) fn curve_of(table: &Table) -> Vec<(i32, i32)> {
    let point = |c: u8| (i32::from(c), i32::from(table.get(c)));
    let mut points = vec![point(0), point(255)];
    loop {
        let drawn = spline::table(&points);
        let error = |c: &u8| drawn.get(*c).abs_diff(table.get(*c));
        match (0..=255_u8).filter(|c| error(c) > 0).max_by_key(error) {
            Some(worst) => points.push(point(worst)),
            None => break,
        }
        points.sort_unstable();
    }
    points
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shifts_of_both_servers() {
        for percent in -100..=100 {
            let table = tables::shifted(percent);
            assert_eq!(percents_of(&table).map(tables::shifted), Some(table));
        }
        assert_eq!(parts_of(&tables::shifted_by_part(40.0)), Some(40.0));
        assert_eq!(percents_of(&tables::inverted()), None);
        assert_eq!(parts_of(&tables::inverted()), None);
    }

    #[test]
    fn straight_lines_are_two_points() {
        assert_eq!(curve_of(&tables::inverted()), [(0, 255), (255, 0)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn parts_of_any_percent(percent in -100.0..100.0_f64) {
            let table = tables::shifted_by_part(percent);
            prop_assert_eq!(parts_of(&table).map(tables::shifted_by_part), Some(table));
            let table = tables::contrast_by_part(percent);
            prop_assert_eq!(contrast_of(&table).map(tables::contrast_by_part), Some(table));
        }

        #[test]
        fn mixtures(percents in proptest::array::uniform3(0..=100_i32), colours in any::<[u8; 3]>()) {
            let table = |n: usize| tables::mixed(percents[n], colours[n]);
            let wanted = ChannelTables { red: table(0), green: table(1), blue: table(2) };
            let (percents, colours) = mix_of(&wanted).unwrap();
            let table = |n: usize| tables::mixed(percents[n], colours[n]);
            prop_assert_eq!(ChannelTables { red: table(0), green: table(1), blue: table(2) }, wanted);
        }

        #[test]
        fn any_table_is_a_curve(values in proptest::collection::vec(any::<u8>(), 256)) {
            let table = Table::from_fn(|c| i64::from(values[c as usize]));
            prop_assert_eq!(spline::table(&curve_of(&table)), table);
        }
    }
}
