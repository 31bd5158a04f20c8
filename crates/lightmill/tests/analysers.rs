//! What is in pictures decides what is made of them: found here, by Amazon, or by nobody.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::{BINARY, SAMPLES};
use lightmill_testkit::servers::raw::{Raw, text};
use lightmill_testkit::{Client, Picture, Response, Scratch, Server, ServerOptions, command};

/// Where the face lies in the photo of 512 × 512 pixels: columns and rows.
const FACE: [std::ops::Range<u32>; 2] = [173..272, 68..167];

/// The photo in a band that cannot hold all of it.
const BAND: &str = "/unsafe/200x80/smart/astronaut.png";

/// A configuration with a mount of the samples, and of `folder` below `/own`.
fn configuration(tables: &str, mount: &str, folder: &Scratch) -> String {
    let own = folder.path().display();
    format!(
        "{tables}\n[sources.photos]\nurl = \"{SAMPLES}\"\n[sources.own]\nurl = \"{own}\"\n\
         [[mounts]]\ndialect = \"thumbor\"\nsources = [\"photos\"]\n{mount}\n\
         [[mounts]]\npath = \"/own\"\ndialect = \"thumbor\"\nsources = [\"own\"]\n{mount}\n"
    )
}

fn serving(tables: &str, mount: &str) -> (Server, Client) {
    with_folder(tables, mount, &Scratch::new().unwrap())
}

fn with_folder(tables: &str, mount: &str, folder: &Scratch) -> (Server, Client) {
    let config = configuration(tables, mount, folder);
    let server = Server::start(BINARY, &ServerOptions { config, environment: Vec::new() }).unwrap();
    let client = server.client();
    (server, client)
}

fn get(client: &Client, target: &str) -> Response {
    let response = client.get(target);
    assert_eq!(response.status, 200, "{target}: {}", response.text());
    response
}

fn picture(client: &Client, target: &str) -> Picture {
    Picture::decode(&get(client, target).body).unwrap()
}

/// Rows of the photo, which is square, that a band over its whole width shows: where the band fits best into the whole.
fn rows(client: &Client, band: &Response) -> std::ops::Range<u32> {
    let (band, whole) = (Picture::decode(&band.body).unwrap(), picture(client, "/unsafe/200x200/astronaut.png"));
    assert_eq!((band.width(), band.height()), (200, 80));
    let distance = |top: u32| -> u64 {
        let pixels = (0..80).flat_map(|y| (0..200).map(move |x| (x, y)));
        let apart = |(x, y)| {
            let (one, other) = (band.pixel(x, y).unwrap(), whole.pixel(x, y + top).unwrap());
            one.iter().zip(other).map(|(one, other)| u64::from(one.abs_diff(other))).sum::<u64>()
        };
        pixels.map(apart).sum()
    };
    let top = (0..=120).min_by_key(|top| distance(*top)).unwrap();
    top * 512 / 200..(top + 80) * 512 / 200
}

/// Whether pixels of the photo inside and outside of the face, with some room around it, differ.
fn differences(one: &Picture, other: &Picture) -> (usize, usize) {
    assert_eq!((one.width(), one.height()), (other.width(), other.height()));
    let room = [FACE[0].start - 10..FACE[0].end + 10, FACE[1].start - 10..FACE[1].end + 10];
    let all = (0..one.height()).flat_map(|y| (0..one.width()).map(move |x| (x, y)));
    let different = all.filter(|(x, y)| one.pixel(*x, *y) != other.pixel(*x, *y));
    let (inside, outside): (Vec<_>, Vec<_>) = different.partition(|(x, y)| room[0].contains(x) && room[1].contains(y));
    (inside.len(), outside.len())
}

/// Answers as Rekognition does with one face at the lower edge, as long as `well`.
fn rekognition(well: Arc<AtomicBool>) -> Raw {
    Raw::start(move |_, head| {
        let is_faces = head.to_ascii_lowercase().contains("x-amz-target: rekognitionservice.detectfaces");
        let (status, body) = match (well.load(Ordering::SeqCst), is_faces) {
            (false, _) => ("500 Internal Server Error", r#"{"__type": "InternalServerError"}"#),
            (true, false) => ("400 Bad Request", r#"{"__type": "UnknownOperationException"}"#),
            (true, true) => (
                "200 OK",
                r#"{"FaceDetails": [{"BoundingBox": {"Left": 0.4, "Top": 0.85, "Width": 0.1, "Height": 0.1},
                    "Confidence": 99.0}]}"#,
            ),
        };
        let length = body.len();
        vec![text(format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"))]
    })
}

/// Tables that lead there; errors are forgotten at once.
fn amazon(stub: &Raw, more: &str) -> String {
    format!(
        "[aws]\nregion = \"eu-central-1\"\nendpoint = \"{}\"\naccess_key_id = \"AKIDEXAMPLE\"\n\
         secret_access_key = \"not a secret\"\n\
         [analysers]\nfaces = \"rekognition\"\nsaliency = \"off\"\nerror_time = 0\n{more}",
        stub.base
    )
}

#[test]
fn the_face_stays_in_the_picture() {
    let (server, client) = serving("", "");
    let smart = get(&client, BAND);
    let shown = rows(&client, &smart);
    assert!(shown.start <= FACE[1].start && shown.end >= FACE[1].end, "{shown:?}");
    let middle = get(&client, "/unsafe/200x80/astronaut.png");
    let shown = rows(&client, &middle);
    assert!(shown.start > FACE[1].start, "the middle cuts the face: {shown:?}");
    assert_ne!(smart.header("etag"), middle.header("etag"));
    assert_eq!((smart.header("x-lightmill-degraded"), smart.header("x-lightmill-cache")), (None, Some("miss")));
    assert_eq!(get(&client, BAND).header("x-lightmill-cache"), Some("hit"));
    get(&client, "/unsafe/100x40/smart/astronaut.png");
    assert!((server.metric("lightmill_analyses_total", &["faces", "ok"]) - 1.0).abs() < 0.5, "looked at once");
    assert!((server.metric("lightmill_analyses_total", &["faces", "known"]) - 1.0).abs() < 0.5);
}

#[test]
fn one_thread_looks_and_makes_in_turn() {
    let (server, client) = serving("[permits]\nthreads = 1", "");
    let widths: Vec<u32> = (0..8).map(|i| 100 + 10 * i).collect();
    std::thread::scope(|scope| {
        for width in &widths {
            let client = &client;
            scope.spawn(move || get(client, &format!("/unsafe/{width}x40/smart/astronaut.png")));
        }
    });
    assert!((server.metric("lightmill_analyses_total", &["faces", "ok"]) - 1.0).abs() < 0.5);
    let others = server.metric("lightmill_analyses_total", &["faces", "joined"])
        + server.metric("lightmill_analyses_total", &["faces", "known"]);
    assert!((others - 7.0).abs() < 0.5, "{others}");
}

#[test]
fn what_draws_the_eye_counts_where_there_are_no_faces() {
    let target = "/unsafe/100x400/smart/rocket.jpg";
    let all = [("", true), ("[analysers]\nfaces = \"off\"", true), ("[analysers]\nsaliency = \"off\"", false)];
    for (tables, differs) in all {
        let (_server, client) = serving(tables, "");
        let (smart, middle) = (get(&client, target), get(&client, "/unsafe/100x400/rocket.jpg"));
        assert_eq!(smart.body != middle.body, differs, "{tables}");
    }
}

#[test]
fn off_is_the_middle_and_hides_nothing_in_secret() {
    let off = "[analysers]\nfaces = \"off\"\nsaliency = \"off\"";
    let (server, client) = serving(off, "flavour = \"imagor\"");
    let (smart, middle) = (get(&client, BAND), get(&client, "/unsafe/200x80/astronaut.png"));
    assert_eq!(smart.body, middle.body);
    assert_eq!(smart.header("x-lightmill-degraded"), None);
    let refused = client.get("/unsafe/filters:redact(black)/astronaut.png");
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("faces are not looked for here"), "{}", refused.text());
    assert!(server.metric("lightmill_analyses_total", &[]) < 0.5);
}

#[test]
fn only_the_face_is_redacted() {
    let (_server, client) = serving("", "flavour = \"imagor\"");
    let original = picture(&client, "/unsafe/filters:format(png)/astronaut.png");
    for filter in ["redact(black)", "redact_oval(pixelate,12)", "redact(blur,9)"] {
        let redacted = picture(&client, &format!("/unsafe/filters:{filter}:format(png)/astronaut.png"));
        let (inside, outside) = differences(&original, &redacted);
        assert!(inside > 3000 && outside == 0, "{filter}: {inside} inside, {outside} outside");
    }
}

#[test]
fn only_eyes_lose_their_red() {
    let photo = Picture::decode(&std::fs::read(format!("{SAMPLES}/astronaut.png")).unwrap()).unwrap();
    let mut painted = photo.first().clone();
    let eyes = [(205, 104), (236, 104)];
    // Two pupils, and a red spot that is none.
    for (left, top) in eyes.into_iter().chain([(400, 400)]) {
        for (x, y) in (0..16).map(|i| (left + i % 4, top + i / 4)) {
            painted.get_pixel_mut(x, y).0 = [220, 30, 40, 255];
        }
    }
    let folder = Scratch::new().unwrap();
    folder.write("red.png", Picture::still(painted).to_png().unwrap()).unwrap();
    let (_server, client) = with_folder("", "extra_filters = [\"red_eye\"]", &folder);
    let red = picture(&client, "/own/unsafe/red.png");
    let cured = picture(&client, "/own/unsafe/filters:red_eye()/red.png");
    let (inside, outside) = differences(&red, &cured);
    assert!(inside >= 32 && outside == 0, "{inside} inside, {outside} outside");
    for (x, y) in eyes {
        assert_eq!(cured.pixel(x + 1, y + 1), Some([35, 30, 40, 255]));
    }
    assert_eq!(cured.pixel(401, 401), Some([220, 30, 40, 255]));
}

#[test]
fn another_configuration_keeps_findings_or_looks_again() {
    let folder = Scratch::new().unwrap();
    let (server, client) = with_folder("", "", &folder);
    let looked = |result| server.metric("lightmill_analyses_total", &["faces", result]).round() as u32;
    let mut reloads = 0.0;
    let mut reload = |tables: &str| {
        server.reconfigure(&configuration(tables, "", &folder)).unwrap();
        server.ask_to_reload().unwrap();
        reloads += 1.0;
        let start = Instant::now();
        while server.metric("lightmill_reloads_total", &["ok"]) < reloads {
            assert!(start.elapsed() < Duration::from_secs(10), "{}", server.logs());
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    get(&client, BAND);
    reload("[log]\nlevel = \"debug\"");
    assert_eq!(get(&client, BAND).header("x-lightmill-cache"), Some("hit"));
    get(&client, "/unsafe/100x40/smart/astronaut.png");
    assert_eq!((looked("ok"), looked("known")), (1, 1));
    reload("[analysers]\nmin_confidence = 99.9");
    let unsure = get(&client, BAND);
    assert_eq!((unsure.header("x-lightmill-cache"), looked("ok")), (Some("miss"), 2));
}

#[test]
fn rekognition_is_asked_where_that_is_configured() {
    let stub = rekognition(Arc::new(AtomicBool::new(true)));
    let (_server, client) = serving(&amazon(&stub, ""), "");
    let shown = rows(&client, &get(&client, BAND));
    assert!(shown.end >= 500, "the face is at the lower edge: {shown:?}");
    get(&client, "/unsafe/100x40/smart/astronaut.png");
    get(&client, "/unsafe/100x40/astronaut.png");
    assert_eq!(stub.requests(), 1);
}

#[test]
fn a_crop_without_its_analyser_says_so_and_is_not_kept() {
    let well = Arc::new(AtomicBool::new(false));
    let stub = rekognition(Arc::clone(&well));
    let folder = Scratch::new().unwrap();
    let disk = format!("[cache]\ndisk = \"{}/cache\"\n", folder.path().display());
    let (server, client) = serving(&amazon(&stub, &disk), "");
    let middle = get(&client, "/unsafe/200x80/astronaut.png");
    let mut last = 0;
    for _ in 0..2 {
        let degraded = client.get_with(BAND, &[("range", "bytes=0-9")]);
        assert_eq!((degraded.status, degraded.header("x-lightmill-degraded")), (200, Some("smart")));
        assert_eq!((degraded.header("cache-control"), degraded.header("etag")), (Some("no-store"), None));
        assert_eq!((degraded.header("last-modified"), degraded.header("expires")), (None, None));
        assert_eq!((degraded.header("x-lightmill-cache"), &degraded.body), (Some("miss"), &middle.body));
        assert!(stub.requests() > last, "it is asked each time");
        last = stub.requests();
    }
    assert!(server.metric("lightmill_degraded_total", &["smart"]) > 1.5);
    well.store(true, Ordering::SeqCst);
    for cache in ["miss", "hit"] {
        let smart = get(&client, BAND);
        assert_eq!((smart.header("x-lightmill-degraded"), smart.header("x-lightmill-cache")), (None, Some(cache)));
        assert!(smart.header("etag").is_some() && smart.body != middle.body);
    }
}

#[test]
fn a_fallback_picture_is_degraded_as_every_other() {
    let well = Arc::new(AtomicBool::new(false));
    let stub = rekognition(Arc::clone(&well));
    let (_server, client) =
        serving(&amazon(&stub, ""), "fallback = { source = \"photos\", key = \"astronaut.png\", time = 60 }");
    for (lacks, cache) in [(Some("smart"), "no-store"), (None, "public, max-age=60")] {
        let shown = client.get("/unsafe/200x80/smart/none.jpg");
        assert_eq!((shown.status, shown.header("x-lightmill-degraded")), (404, lacks));
        assert_eq!((shown.header("cache-control"), shown.header("etag")), (Some(cache), None));
        well.store(true, Ordering::SeqCst);
    }
}

#[test]
fn what_a_client_has_is_not_looked_at_again() {
    let (server, client) = serving("[cache]\nmemory_bytes = 0", "");
    let first = get(&client, BAND);
    let etag = first.header("etag").unwrap();
    let again = client.get_with(BAND, &[("if-none-match", etag)]);
    assert_eq!((again.status, again.header("etag")), (304, Some(etag)));
    assert!((server.metric("lightmill_analyses_total", &["faces"]) - 1.0).abs() < 0.5);
    let head = client.head(BAND);
    assert_eq!((head.status, head.header("etag"), head.body.len()), (200, Some(etag), 0));
}

#[test]
fn failures_are_answers_where_that_is_configured_or_a_face_is_to_be_hidden() {
    let stub = rekognition(Arc::new(AtomicBool::new(false)));
    let (_server, client) = serving(&amazon(&stub, "on_failure = \"fail\""), "");
    let refused = client.get(BAND);
    assert_eq!((refused.status, refused.header("cache-control")), (502, Some("no-store")));
    let (_server, client) = serving(&amazon(&stub, ""), "flavour = \"imagor\"");
    assert_eq!(client.get("/unsafe/filters:redact(black)/astronaut.png").status, 502);
    assert_eq!(get(&client, BAND).header("x-lightmill-degraded"), Some("smart"));
}

#[test]
fn the_command_line_finds_faces_too() {
    let process = |recipe: &str| {
        let photo = format!("{SAMPLES}/astronaut.png");
        let arguments = ["process", photo.as_str(), "-", "--dialect", "imagor", "--recipe", recipe];
        let done = command(BINARY).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Picture::decode(&done.stdout).unwrap()
    };
    let (plain, redacted) = (process("filters:rotate(0)"), process("filters:redact(black)"));
    let (inside, outside) = differences(&plain, &redacted);
    assert!(inside > 3000 && outside == 0, "{inside} inside, {outside} outside");
}

#[test]
fn explanations_name_the_face() {
    let folder = Scratch::new().unwrap();
    let config = folder.write("lightmill.toml", configuration("", "", &folder)).unwrap();
    let done = command(BINARY).args(["explain", BAND, "--config"]).arg(config).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let explained: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let [face] = explained["inputs"][0]["findings"]["regions"].as_array().unwrap().as_slice() else {
        panic!("{explained}")
    };
    assert_eq!(face["what"], "face");
    let middle = face["top"].as_f64().unwrap() + face["height"].as_f64().unwrap() / 2.0;
    assert!((0.17..0.29).contains(&middle), "{face}");
}
