use lightmill_recipe::Format;

/// The media type that the extension of `key` stands for, for the `Content-Type` of originals.
///
/// HTML and scripts are left out on purpose: the folder is for media, and a page served from its host could act in
/// that host's name.
pub(super) fn of_key(key: &str) -> &'static str {
    let extension =
        key.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, extension)| extension);
    if let Some(format) = Format::from_name(extension) {
        return format.media_type();
    }
    match extension.to_ascii_lowercase().as_str() {
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "pdf" => "application/pdf",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_extension_counts() {
        for (key, expected) in [
            ("a/b.JPG", "image/jpeg"),
            ("a.png.webp", "image/webp"),
            ("a.svg", "image/svg+xml"),
            ("a.mp4", "video/mp4"),
            ("a.jpg/b", "application/octet-stream"),
            ("a", "application/octet-stream"),
            ("a.html", "application/octet-stream"),
        ] {
            assert_eq!(of_key(key), expected, "{key}");
        }
    }
}
