//! A video that tests change.

use std::time::Duration;

use lightmill_recipe::Size;

use crate::Facts;
use crate::facts::{AudioStream, Matrix, Rotation, Transfer, VideoStream};

/// 10 s of 1080p25 in H.264 with stereo AAC.
pub fn facts() -> Facts {
    Facts {
        container: "mov,mp4,m4a,3gp,3g2,mj2".to_owned(),
        duration: Some(Duration::from_secs(10)),
        bit_rate: Some(4_000_000),
        bytes: Some(5_000_000),
        video: vec![VideoStream {
            index: 0,
            codec: "h264".to_owned(),
            coded: Size::new(1920, 1080),
            display: Size::new(1920, 1080),
            rotation: Rotation::None,
            frame_rate: Some(25.0),
            variable_frame_rate: false,
            interlaced: false,
            frames: Some(250),
            bit_rate: Some(3_800_000),
            pixel_format: Some("yuv420p".to_owned()),
            bits: 8,
            transfer: Transfer::Sdr,
            matrix: Matrix::Stated,
        }],
        audio: vec![AudioStream {
            index: 1,
            codec: "aac".to_owned(),
            channels: Some(2),
            sample_rate: Some(48_000),
            bit_rate: Some(128_000),
        }],
    }
}

/// The arguments behind the input, as one line.
pub fn behind_input(arguments: &super::Arguments) -> String {
    let line = arguments.command_line(&[], "IN").join(" ");
    line.split_once("-i IN ").unwrap().1.to_owned()
}

/// The arguments before the input, as one line.
pub fn before_input(arguments: &super::Arguments) -> String {
    let line = arguments.command_line(&[], "IN").join(" ");
    line.split_once(" -i IN").unwrap().0.trim_start_matches("-hide_banner -nostdin -y").trim().to_owned()
}
