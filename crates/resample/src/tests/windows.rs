use super::*;
use crate::resample;

#[test]
fn a_window_is_cut_from_the_whole() {
    let (width, height) = (67, 41);
    for channels in [1, 3, 4] {
        let mut data = noise(67 * 41 * channels, 5);
        if channels == 4 {
            data.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha = 255);
        }
        let source = samples(&data, (width, height), channels, 1);
        for (columns, rows) in [(30, 20), (67, 9), (100, 90), (7, 3)] {
            let across = kernel((width, 0.25..66.5, columns, false));
            let down = kernel(whole(height, rows));
            let whole = resample(source, &across, &down, &|| false).unwrap();
            for (x, y) in [(0, 0), (columns / 3, rows / 3), (columns - 1, rows - 1)] {
                let (right, bottom) = ((x + 9).min(columns), (y + 5).min(rows));
                let (across, used_columns) = across.window(x..right).unwrap();
                let (down, used_rows) = down.window(y..bottom).unwrap();
                let cut: Vec<u8> = used_rows
                    .flat_map(|y| {
                        let row = source.row(y as usize, 1);
                        &row[used_columns.start as usize * channels..used_columns.end as usize * channels]
                    })
                    .copied()
                    .collect();
                let part = samples(&cut, (across.source(), down.source()), channels, 1);
                let made = resample(part, &across, &down, &|| false).unwrap();
                let expected: Vec<u8> = (y..bottom)
                    .flat_map(|y| {
                        let start = (y * columns + x) as usize * channels;
                        &whole[start..start + (right - x) as usize * channels]
                    })
                    .copied()
                    .collect();
                assert_eq!(made, expected, "{columns}x{rows} from {x}, {y}");
            }
        }
    }
    let kernel = kernel(whole(9, 4));
    assert!(kernel.window(2..2).is_err() && kernel.window(3..5).is_err());
}

#[test]
fn a_change_reaches_what_is_made_of_it() {
    for (source, result) in [(40u32, 13u32), (13, 40), (20, 20), (9, 1)] {
        let kernel = kernel(whole(source, result));
        assert!(kernel.reached(4..4).is_empty());
        for first in 0..source {
            let changed = first..(first + 2).min(source);
            let reached = kernel.reached(changed.clone());
            for index in 0..result {
                let start = kernel.start(index as usize) as u32;
                let mut used = (start..).zip(kernel.real(index as usize)).filter(|(_, weight)| **weight != 0.0);
                let touched = used.any(|(sample, _)| changed.contains(&sample));
                assert!(!touched || reached.contains(&index), "{changed:?} {index} {reached:?}");
            }
        }
    }
}
