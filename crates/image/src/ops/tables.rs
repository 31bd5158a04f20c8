use lightmill_recipe::{ChannelTables, Linear, Table};

use super::{convert, linear, narrow, stays_within};
use crate::{Error, Layout, Picture};

/// Another value for each of red, green and blue; alpha stays.
///
/// RGB and RGBA keep their layout, grey does where the tables are the same for all channels, and else becomes RGB; 16
/// bits become 8. `YCbCr` stays if the tables are a straight line that no colour leaves ([`line`]), to one step;
/// otherwise it becomes RGB.
pub fn tables(picture: Picture, tables: &ChannelTables) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let mut picture = match picture.layout() {
        Layout::YCbCr(_) => match line(tables).filter(|line| stays_within(*line)) {
            Some(line) => return linear(picture, line),
            None => convert(picture, Layout::Rgb)?,
        },
        Layout::Grey if !tables.are_same() => convert(picture, Layout::Rgb)?,
        _ => picture,
    };
    let [red, green, blue] = [&tables.red, &tables.green, &tables.blue].map(values);
    let channels = picture.layout().channels();
    for y in 0..picture.size().height {
        let row = picture.row_mut(y);
        if channels == 1 {
            for sample in row {
                *sample = red[usize::from(*sample)];
            }
            continue;
        }
        for pixel in row.chunks_exact_mut(channels) {
            if let [r, g, b, ..] = pixel {
                (*r, *g, *b) = (red[usize::from(*r)], green[usize::from(*g)], blue[usize::from(*b)]);
            }
        }
    }
    Ok(picture)
}

fn values(table: &Table) -> [u8; 256] {
    std::array::from_fn(|value| table.get(value as u8))
}

/// The straight line that gives the values of one table for all channels, to one step; `None` if there is none.
pub fn line(tables: &ChannelTables) -> Option<Linear> {
    if !tables.are_same() {
        return None;
    }
    let values = values(&tables.red).map(f32::from);
    let inside = |value: &f32| *value > 0.0 && *value < 255.0;
    let (first, last) = (values.iter().position(inside)?, values.iter().rposition(inside)?);
    if first == last {
        return None;
    }
    let gain = (values[last] - values[first]) / (last - first) as f32;
    let offset = values[first] - gain * first as f32;
    let on_line = |value: usize| (gain * value as f32 + offset).clamp(0.0, 255.0).round();
    let near = values.iter().enumerate().all(|(value, made)| (on_line(value) - made).abs() <= 1.0);
    near.then_some(Linear { gain, offset })
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;
    use crate::Subsampling;

    #[test]
    fn each_channel_has_its_table_and_alpha_stays() {
        let tables = ChannelTables {
            red: Table::from_fn(|v| 255 - v),
            green: Table::from_fn(|v| v),
            blue: Table::from_fn(|_| 7),
        };
        let made = super::tables(Picture::solid(Size::new(2, 1), [10, 20, 30, 40]), &tables).unwrap();
        assert_eq!(made.row(0), [245, 20, 7, 40, 245, 20, 7, 40]);
        let grey = Picture::interleaved(Size::new(2, 1), Layout::Grey, vec![1, 2]).unwrap();
        assert_eq!(super::tables(grey.clone(), &tables).unwrap().row(0), [254, 1, 7, 253, 2, 7]);
        let same = ChannelTables::same(Table::from_fn(|v| 255 - v));
        assert_eq!(super::tables(grey, &same).unwrap().row(0), [254, 253]);
    }

    #[test]
    fn lines_are_found() {
        let softer = ChannelTables::same(Table::from_fn(|v| (v - 128) * 36 / 100 + 128));
        let found = line(&softer).unwrap();
        assert!((found.gain - 0.36).abs() < 0.01 && (found.offset - 82.0).abs() < 1.0 && stays_within(found));
        let lighter = line(&ChannelTables::same(Table::from_fn(|v| v + 102))).unwrap();
        assert!(!stays_within(lighter));
        assert_eq!(line(&ChannelTables::same(Table::from_fn(|v| v * v / 255))), None);
        assert_eq!(line(&ChannelTables::same(Table::from_fn(|_| 0))), None);
        let planes = Picture::blank(Size::new(4, 4), Layout::YCbCr(Subsampling::S420));
        assert_eq!(tables(planes, &softer).unwrap().layout(), Layout::YCbCr(Subsampling::S420));
    }
}
