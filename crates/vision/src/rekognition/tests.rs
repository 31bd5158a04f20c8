//! Against a server that answers as Rekognition does, and keeps what it is sent.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lightmill_image::{Layout, Picture, probe};
use lightmill_recipe::{Findings, Format, FoundKind, Size};
use lightmill_store::Secret;
use lightmill_store::aws::{Credentials, Settings};
use serde_json::{Value, json};

use super::Rekognition;
use crate::testing::{of, photo, png, server::Server, subject, workers};
use crate::{Analyser, Confidence, Error, ErrorKind, Kind, Subject, Wanted};

fn rekognition(server: &Server) -> Rekognition {
    let settings = Settings {
        region: Some("eu-central-1".to_owned()),
        endpoint: Some(server.endpoint.clone()),
        credentials: Credentials::Key { id: "AKIDEXAMPLE".to_owned(), secret: Secret::new("not a secret") },
        role: None,
    };
    Rekognition::new(settings, Duration::from_millis(1500), workers())
}

fn any(kind: Kind) -> Wanted {
    Wanted::only(kind, Confidence::ANY)
}

async fn told(kind: Kind, status: u16, answer: &Value) -> (Result<Findings, Error>, usize) {
    let answer = answer.to_string();
    let server = Server::start(move |_| (status, answer.clone())).await;
    let result = rekognition(&server).analyse(&subject("rocket.jpg"), &any(kind)).await;
    (result, server.requests().len())
}

fn place(left: f64) -> Value {
    json!({"Width": 0.2, "Height": 0.25, "Left": left, "Top": 0.125})
}

/// The picture in a request.
fn sent(body: &str) -> Vec<u8> {
    let body: Value = serde_json::from_str(body).unwrap();
    STANDARD.decode(body["Image"]["Bytes"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_signed_question_carries_a_jpeg_and_nothing_else_of_the_file() {
    let server = Server::start(|_| (200, json!({"FaceDetails": []}).to_string())).await;
    let found = rekognition(&server).analyse(&subject("astronaut.png"), &any(Kind::Faces)).await.unwrap();
    assert_eq!(found, Findings::default());
    let [request] = server.requests().try_into().unwrap();
    assert_eq!(request.line, "POST / HTTP/1.1");
    assert_eq!(request.header("x-amz-target"), "RekognitionService.DetectFaces");
    assert_eq!(request.header("content-type"), "application/x-amz-json-1.1");
    let authorization = request.header("authorization");
    assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{authorization}");
    assert!(authorization.contains("/eu-central-1/rekognition/aws4_request"), "{authorization}");
    assert!(authorization.contains("x-amz-target") && authorization.contains("Signature="), "{authorization}");
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["Image"]);
    let jpeg = probe(&sent(&request.body)).unwrap();
    assert_eq!((jpeg.format, jpeg.size, jpeg.exif.is_some()), (Format::Jpeg, Size::new(512, 512), false));
}

#[tokio::test]
async fn large_pictures_are_shrunk_below_what_the_service_takes() {
    let server = Server::start(|_| (200, json!({"FaceDetails": []}).to_string())).await;
    // Noise is the worst that a JPEG can be made of.
    let size = Size::new(2600, 2500);
    let mut random = 1_u32;
    let noise = (0..size.pixels().0 * 3).map(|_| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 24) as u8
    });
    let noise = Picture::interleaved(size, Layout::Rgb, noise.collect()).unwrap();
    rekognition(&server).analyse(&of(png(&noise)), &any(Kind::Faces)).await.unwrap();
    let jpeg = sent(&server.requests()[0].body);
    assert!(jpeg.len() <= 5_000_000 && jpeg.len() > 500_000, "{}", jpeg.len());
    assert_eq!(probe(&jpeg).unwrap().size, Size::new(1920, 1846));
}

#[tokio::test]
async fn faces_are_found_in_the_order_of_the_service() {
    let face = |left, confidence| json!({"BoundingBox": place(left), "Confidence": confidence, "Pose": {"Roll": 1.5}, "Landmarks": []});
    let answer = json!({"FaceDetails": [face(0.5, 90.0), face(0.0, 99.9), face(-0.5, 80.0)], "OrientationCorrection": "ROTATE_0"});
    let found = told(Kind::Faces, 200, &answer).await.0.unwrap();
    assert_eq!(found.regions.iter().map(|found| found.left).collect::<Vec<_>>(), [0.5, 0.0, 0.0]);
    let first = &found.regions[0];
    assert_eq!((&first.what, first.top, first.width, first.height), (&FoundKind::Face, 0.125, 0.2, 0.25));
    assert!((first.confidence - 0.9).abs() < 1e-6);
}

#[tokio::test]
async fn labels_have_places_and_lines_of_text_too() {
    let answer = json!({"LabelModelVersion": "3.0", "Labels": [
        {"Name": "Cat", "Confidence": 99.0, "Parents": [{"Name": "Animal"}],
         "Instances": [{"BoundingBox": place(0.25), "Confidence": 88.0}, {"BoundingBox": place(0.5), "Confidence": 77.0}]},
        {"Name": "Indoors", "Confidence": 98.0, "Instances": []},
    ]});
    let found = told(Kind::Objects, 200, &answer).await.0.unwrap();
    let names: Vec<_> = found.regions.iter().map(|found| (found.what.clone(), found.left)).collect();
    let cat = || FoundKind::Object("Cat".to_owned());
    assert_eq!(names, [(cat(), 0.25), (cat(), 0.5)]);

    let text = |kind, left| json!({"DetectedText": "a b", "Type": kind, "Id": 0, "Confidence": 97.0, "Geometry": {"BoundingBox": place(left), "Polygon": []}});
    let answer = json!({"TextDetections": [text("LINE", 0.25), text("WORD", 0.25), text("WORD", 0.5)], "TextModelVersion": "3.0"});
    let found = told(Kind::Text, 200, &answer).await.0.unwrap();
    assert_eq!(
        found.regions.iter().map(|found| (&found.what, found.left)).collect::<Vec<_>>(),
        [(&FoundKind::Text, 0.25)]
    );
}

#[tokio::test]
async fn moderation_has_labels_and_what_they_belong_to() {
    let answer = json!({"ModerationModelVersion": "7.0", "ContentTypes": [], "ModerationLabels": [
        {"Name": "Weapons", "ParentName": "Violence", "Confidence": 91.5, "TaxonomyLevel": 2},
        {"Name": "Violence", "ParentName": "", "Confidence": 91.5, "TaxonomyLevel": 1},
    ]});
    let found = told(Kind::Moderation, 200, &answer).await.0.unwrap();
    let labels: Vec<_> = found.moderation.iter().map(|label| (label.name.as_str(), label.parent.as_str())).collect();
    assert_eq!(labels, [("Weapons", "Violence"), ("Violence", "")]);
    assert!((found.moderation[0].confidence - 0.915).abs() < 1e-6);
}

#[tokio::test]
async fn each_kind_is_one_question_with_what_it_takes() {
    let answer = json!({"FaceDetails": [{"BoundingBox": place(0.1), "Confidence": 79.0}], "Labels": [], "TextDetections": [], "ModerationLabels": []});
    let server = Server::start(move |_| (200, answer.to_string())).await;
    let percent = |percent| Confidence::percent(percent).unwrap();
    let wanted = any(Kind::Text)
        .and(Kind::Faces, percent(80.0))
        .and(Kind::Objects, percent(70.5))
        .and(Kind::Moderation, percent(60.0));
    let found = rekognition(&server).analyse(&subject("rocket.jpg"), &wanted).await.unwrap();
    assert_eq!(found, Findings::default(), "a face of 79 percent is not sure enough");
    let mut asked: Vec<_> = server
        .requests()
        .iter()
        .map(|request| {
            let body: Value = serde_json::from_str(&request.body).unwrap();
            let target = request.header("x-amz-target").replace("RekognitionService.", "");
            (target, body["MinConfidence"].as_f64(), body["MaxLabels"].as_u64())
        })
        .collect();
    asked.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        ("DetectFaces", None, None),
        ("DetectLabels", Some(70.5), Some(100)),
        ("DetectModerationLabels", Some(60.0), None),
        ("DetectText", None, None),
    ];
    assert_eq!(asked, expected.map(|(target, least, most)| (target.to_owned(), least, most)));
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let denied = json!({"__type": "AccessDeniedException", "Message": "User is not authorized"});
    let (result, asked) = told(Kind::Faces, 400, &denied).await;
    let Err(Error::Refused { detail }) = &result else { panic!("{result:?}") };
    assert!(detail.contains("DetectFaces") && detail.contains("AccessDeniedException"), "{detail}");
    assert_eq!((result.unwrap_err().kind(), asked), (ErrorKind::Unavailable, 1));

    for (status, code) in [(400, "ThrottlingException"), (400, "ProvisionedThroughputExceededException"), (429, "")] {
        let (result, asked) = told(Kind::Faces, status, &json!({"__type": code})).await;
        assert!(matches!(result, Err(Error::Throttled { .. })), "{code}: {result:?}");
        assert_eq!(asked, 3, "{code}");
    }
    let (result, asked) = told(Kind::Faces, 500, &json!({"__type": "InternalServerError"})).await;
    assert!(matches!(result, Err(Error::Unavailable { .. })) && asked == 3);
}

#[tokio::test]
async fn an_answer_that_is_none_is_a_failure() {
    for garbage in [json!("text"), json!({}), json!({"FaceDetails": [{}]}), json!({"Labels": []})] {
        let (result, _) = told(Kind::Faces, 200, &garbage).await;
        assert!(matches!(result, Err(Error::Unavailable { .. })), "{garbage}: {result:?}");
    }
    let server = Server::start(|_| (200, format!("{{\"FaceDetails\": [{}]}}", " ".repeat(3 << 20)))).await;
    let result = rekognition(&server).analyse(&subject("rocket.jpg"), &any(Kind::Faces)).await;
    assert!(matches!(result, Err(Error::Unavailable { .. } | Error::TimedOut)), "{result:?}");
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_not_waited_for() {
    let server = Server::silent().await;
    let subject = subject("rocket.jpg");
    let start = Instant::now();
    let result = rekognition(&server).analyse(&subject, &any(Kind::Faces)).await;
    assert!(matches!(result, Err(Error::TimedOut)), "{result:?}");
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn who_gets_no_place_in_time_is_told_so() {
    let server = Server::silent().await;
    let rekognition = rekognition(&server).with_places(1);
    let subject = subject("rocket.jpg");
    let faces = any(Kind::Faces);
    let (first, second) = tokio::join!(rekognition.analyse(&subject, &faces), async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        // The first one has its place for as long as the copy takes, and then the service.
        tokio::time::timeout(Duration::from_millis(300), rekognition.analyse(&subject, &faces)).await
    });
    assert!(matches!(first, Err(Error::TimedOut)), "{first:?}");
    assert!(second.is_err(), "it waits");
    assert_eq!(server.requests().len(), 1);
    let place = rekognition.places.acquire().await.unwrap();
    let refused = rekognition.analyse(&subject, &faces).await;
    assert!(matches!(refused, Err(Error::Throttled { .. })), "{refused:?}");
    drop(place);
}

#[tokio::test]
async fn nothing_is_sent_of_what_cannot_be_read_or_asked() {
    let server = Server::start(|_| (200, "{}".to_owned())).await;
    let rekognition: Arc<dyn Analyser> = Arc::new(rekognition(&server));
    let salient = rekognition.analyse(&subject("rocket.jpg"), &any(Kind::Salient)).await;
    assert!(matches!(salient, Err(Error::CannotFind { kind: Kind::Salient, .. })));
    let text = rekognition.analyse(&of("no picture".into()), &any(Kind::Faces)).await;
    assert!(matches!(text, Err(Error::Picture(_))));
    let cancelled: Subject = of(photo("rocket.jpg"));
    cancelled.cancel().cancel();
    assert!(rekognition.analyse(&cancelled, &any(Kind::Faces)).await.is_err());
    assert!(rekognition.analyse(&subject("rocket.jpg"), &Wanted::default()).await.is_ok());
    assert!(server.requests().is_empty());
}
