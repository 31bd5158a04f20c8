//! Other servers' environments, as their task definitions set them.
#![allow(clippy::unwrap_used)]

mod common;

use common::amazon::Amazon;
use common::{BINARY, SAMPLES};
use lightmill_testkit::{Picture, Server, ServerOptions};

/// A server that is configured by nothing but `variables`, beside those of Amazon's services.
fn serving(amazon: &Amazon, variables: &[(&str, &str)]) -> Server {
    let mut environment = amazon.environment();
    environment.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Server::start(BINARY, &ServerOptions { config: String::new(), environment }).unwrap()
}

fn rocket() -> Vec<u8> {
    std::fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap()
}

#[test]
fn an_oss_task_definition_runs_as_it_is() {
    let amazon = Amazon::start();
    amazon.put_object("photos", "rocket.jpg", &rocket());
    amazon.put_object("more", "rocket.jpg", &rocket());
    amazon.create_table("styles");
    amazon.put_style("styles", "box", "image/resize,w_100");
    amazon.put_secret("save-as", r#"{"X-Client-Authorization": "a-long-secret-token"}"#, true);
    let server = serving(
        &amazon,
        &[
            ("NODE_ENV", "production"),
            ("SRC_BUCKET", "photos"),
            ("SRC_BUCKETS", "photos,more"),
            ("STYLE_TABLE_NAME", "styles"),
            ("SECRET_NAME", "save-as"),
        ],
    );
    let client = server.client();
    assert_eq!(client.get("/ping").status, 200);
    for headers in [&[][..], &[("x-bucket", "more")]] {
        let styled = client.send("GET", b"/rocket.jpg?x-oss-process=style/box", headers, b"").unwrap();
        assert_eq!(styled.status, 200, "{}", styled.text());
        assert_eq!(Picture::decode(&styled.body).unwrap().width(), 100);
    }
    // The CDN fetches originals from the bucket.
    assert_eq!(client.get("/rocket.jpg").status, 403);
    assert_eq!(client.send("GET", b"/rocket.jpg", &[("x-bucket", "other")], b"").unwrap().status, 403);
    let wish = r#"{"params": "image/resize,w_50", "sourceBucket": "photos", "sourceObject": "rocket.jpg",
        "targetBucket": "more", "targetObject": "small.jpg"}"#;
    let token = [("x-client-authorization", "a-long-secret-token")];
    let saved = client.send("POST", b"/images", &token, wish.as_bytes()).unwrap();
    assert_eq!(saved.status, 200, "{}", saved.text());
    let small = client.send("GET", b"/small.jpg?x-oss-process=image/info", &[("x-bucket", "more")], b"").unwrap();
    assert!(small.text().contains("\"50\""), "{}", small.text());
    assert!(server.logged("unsigned requests are allowed on every address"), "{}", server.logs());
}

#[test]
fn a_serverless_image_handler_runs_as_it_is() {
    let amazon = Amazon::start();
    amazon.put_object("photos", "rocket.jpg", &rocket());
    amazon.put_object("spare", "none.jpg", &rocket());
    amazon.put_secret("handler", r#"{"key": "a key that signs"}"#, true);
    let signed = serving(
        &amazon,
        &[
            ("SOURCE_BUCKETS", "photos"),
            ("ENABLE_SIGNATURE", "Yes"),
            ("SECRETS_MANAGER", "handler"),
            ("SECRET_KEY", "key"),
        ],
    );
    let refused = signed.client().get("/fit-in/60x60/rocket.jpg");
    assert_eq!((refused.status, refused.text().contains("AuthorizationQueryParametersError")), (400, true));

    let open = serving(
        &amazon,
        &[
            ("SOURCE_BUCKETS", "photos"),
            ("CORS_ENABLED", "Yes"),
            ("ENABLE_DEFAULT_FALLBACK_IMAGE", "Yes"),
            ("DEFAULT_FALLBACK_IMAGE_BUCKET", "spare"),
            ("DEFAULT_FALLBACK_IMAGE_KEY", "none.jpg"),
        ],
    );
    let made = open.client().get("/fit-in/60x60/rocket.jpg");
    assert_eq!((made.status, made.header("access-control-allow-origin")), (200, Some("*")), "{}", made.text());
    assert_eq!(Picture::decode(&made.body).unwrap().width(), 60);
    let fallback = open.client().get("/fit-in/60x60/missing.jpg");
    assert_eq!((fallback.status, fallback.header("content-type")), (404, Some("image/jpeg")), "{}", fallback.text());
}

#[test]
fn thumbor_and_imagor_run_as_they_are() {
    let amazon = Amazon::start();
    amazon.put_object("photos", "rocket.jpg", &rocket());
    let thumbor = serving(&amazon, &[("SECURITY_KEY", "MY_SECURE_KEY"), ("TC_AWS_LOADER_BUCKET", "photos")]);
    let made = thumbor.client().get("/unsafe/60x40/rocket.jpg");
    assert_eq!(made.status, 200, "{}", made.text());
    assert_eq!(Picture::decode(&made.body).unwrap().width(), 60);
    assert_eq!(thumbor.client().get("/healthcheck").text(), "WORKING");

    let imagor = serving(&amazon, &[("IMAGOR_SECRET", "mysecret"), ("S3_LOADER_BUCKET", "photos")]);
    let refused = imagor.client().get("/unsafe/60x40/rocket.jpg");
    assert_eq!(refused.status, 403, "{}", refused.text());
}
