use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

use crate::Error;

/// What the failure of a request means for its caller.
pub(super) fn of<E>(bucket: &str, error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let Some(response) = error.raw_response() else {
        return match error {
            SdkError::TimeoutError(_) => Error::TimedOut,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Error::TimedOut,
            // The whole chain: it tells an unknown host from credentials that cannot be had.
            _ => Error::unavailable(format_args!("bucket {bucket}: {}", DisplayErrorContext(error))),
        };
    };
    let status = response.status().as_u16();
    match (error.code().unwrap_or_default(), status) {
        ("NoSuchKey" | "NotFound", _) | ("", 404) => Error::NotFound,
        ("AccessDenied" | "AllAccessDisabled" | "Forbidden", _) | ("", 403) => Error::Forbidden,
        ("KeyTooLongError", _) => Error::InvalidKey("has more than 1024 bytes"),
        ("RequestTimeout", _) | (_, 504) => Error::TimedOut,
        (code, _) => Error::unavailable(detail(bucket, code, response, error.message())),
    }
}

/// Whether the condition of a write did not hold (412), or somebody else was just writing or removing the object (409, which
/// buckets also say for other reasons).
pub(super) fn is_unmet<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(
        (status(error), error.code()),
        (Some(412), _) | (_, Some("PreconditionFailed" | "ConditionalRequestConflict"))
    )
}

/// The status of an answer, if there was one.
pub(super) fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

fn detail(bucket: &str, code: &str, response: &HttpResponse, message: Option<&str>) -> String {
    let (status, headers) = (response.status().as_u16(), response.headers());
    let document = response.body().bytes().unwrap_or_default();
    let region = headers.get("x-amz-bucket-region").or_else(|| element(document, "Region"));
    // The region also comes with errors that have nothing to do with it.
    let region = region.filter(|_| matches!(status, 301 | 307 | 400));
    let place = match (region, element(document, "Endpoint")) {
        (Some(region), _) => format!("; the bucket is in the region {region}"),
        (None, Some(endpoint)) => format!("; the bucket is at {endpoint}"),
        (None, None) => String::new(),
    };
    let message = message.map(|message| format!(": {message}")).unwrap_or_default();
    let id = headers.get("x-amz-request-id").map(|id| format!(" (request {id})")).unwrap_or_default();
    format!("bucket {bucket}: {status} {code}{message}{place}{id}")
}

/// The text of the first element of that name in an error document, which nests none of its elements.
fn element<'a>(document: &'a [u8], name: &str) -> Option<&'a str> {
    let document = std::str::from_utf8(document).ok()?;
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    rest.split_once("</").map(|(text, _)| text)
}
