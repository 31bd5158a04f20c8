use crate::testing::*;
use crate::*;

const FRAME: &str = "-map 0:v:0 -frames:v 1 -threads 1 -f image2pipe -c:v mjpeg pipe:1";

#[tokio::test]
async fn a_frame_is_taken() {
    let running = run(&tools().await, mp4(), job("-ss 1", FRAME, Destination::Stream)).await.unwrap();
    assert!(is_jpeg(&running.collect().await.unwrap()));
}
