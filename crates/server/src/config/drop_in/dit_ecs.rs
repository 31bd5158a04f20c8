use std::net::{IpAddr, SocketAddr};

use toml::{Table, Value};

use super::Server;
use super::draft::Draft;
use super::values::number;

/// The ECS engine of AWS's Dynamic Image Transformation.
pub const SERVER: Server = Server {
    name: "Dynamic Image Transformation, ECS engine",
    marks: &["DDB_TABLE_NAME"],
    variables: &[
        ("DDB_TABLE_NAME", "`dit_ecs.table`"),
        ("AWS_REGION", "`dit_ecs.region`, and that of `[aws]`"),
        ("CUSTOM_ORIGIN_HEADER", "`dit_ecs.origin_header`"),
        ("MAX_TRANSFORMATIONS", "`dit_ecs.max_transformations`"),
        ("LIMIT_INPUT_PIXELS", "`limits.source_pixels`"),
        ("CORS_ORIGIN", "`cors`"),
        ("HOST, PORT", "`server.listen`; every address and 3000 without"),
    ],
    without_effect: &[
        ("SHOW_CACHE_CONTENTS", "`/health` never shows what a configuration holds"),
        ("SKIP_INITIALIZATION", "requests are answered when the table is read"),
        ("COGNITO_USER_POOL_ID", "there is no interface for administrators to guard"),
        ("REKOGNITION_CACHE_TABLE", "[analysers] say how long findings are remembered"),
        ("REKOGNITION_CACHE_TTL", "[analysers] say how long findings are remembered"),
    ],
    fill,
};

fn fill(draft: &mut Draft<'_>) {
    draft.mount.insert("dialect".to_owned(), "dit-ecs".into());
    let mut section = Table::new();
    // Its edge function sets those headers, and nobody else reaches it.
    section.insert("trusted_edge".to_owned(), true.into());
    draft.note(
        "the headers dit-host, dit-accept, dit-dpr and dit-viewport-width are believed: only its CDN may reach it",
    );
    for (name, key) in
        [("DDB_TABLE_NAME", "table"), ("AWS_REGION", "region"), ("CUSTOM_ORIGIN_HEADER", "origin_header")]
    {
        if let Some(value) = draft.get(name) {
            section.insert(key.to_owned(), value.into());
        }
    }
    if let Some(most) = draft.parsed("MAX_TRANSFORMATIONS", number, "a number of transformations, 1 or more") {
        section.insert("max_transformations".to_owned(), most.into());
    }
    draft.mount("dit_ecs", section, "DDB_TABLE_NAME");
    if let Some(pixels) = draft.parsed("LIMIT_INPUT_PIXELS", number, "a number of pixels, 1 or more") {
        draft.set("limits", "source_pixels", pixels, "LIMIT_INPUT_PIXELS");
    }
    if let Some(origin) = draft.get("CORS_ORIGIN") {
        draft.mount("cors", vec![Value::from(origin)], "CORS_ORIGIN");
    }
    let host = draft.parsed("HOST", |text| text.parse::<IpAddr>().ok(), "an IP address");
    let port = draft.parsed("PORT", |text| text.parse::<u16>().ok(), "a port, 0 to 65535");
    let address = SocketAddr::new(host.unwrap_or(IpAddr::from([0, 0, 0, 0])), port.unwrap_or(3000));
    draft.listen(address.to_string(), "PORT");
    draft.open();
}
