use http::StatusCode;
use lightmill_dialects::{self as dialects, dit};
use lightmill_mill::{Error, ErrorKind};
use serde::Serialize;
use serde_json::json;

use super::table::Kind;
use super::{Problem, dit_ecs};

/// How the servers of a dialect tell what went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// JSON: `status`, `name` and `message`.
    #[default]
    Oss,
    /// A page, as Tornado makes it. What is wrong with a picture is a 400, whatever it is.
    Thumbor,
    /// JSON: `message` and `status`. What is wrong with a picture is a 406, a source that is too large a 400.
    Imagor,
    /// JSON: `status`, `code` and `message` (Dynamic Image Transformation, Lambda engine).
    Dit,
    /// JSON: `error`, `message` and `requestId` (Dynamic Image Transformation, ECS engine).
    DitEcs,
}

impl Shape {
    /// The status of this problem.
    pub(super) fn status(self, problem: &Problem) -> StatusCode {
        match (self, problem.kind()) {
            (Self::DitEcs, _) => dit_ecs::row(problem).0,
            (Self::Dit, kind) => match dit(problem) {
                Some(error) => StatusCode::from_u16(error.row().0).unwrap_or(kind.answer().0),
                None => kind.answer().0,
            },
            // The reference server has no other word for a mark that it cannot load.
            (Self::Thumbor, Kind::Mill(ErrorKind::NotFound)) if is_of_mark(problem) => StatusCode::BAD_REQUEST,
            (Self::Thumbor, Kind::Mill(ErrorKind::SourceTooLarge | ErrorKind::Unsupported | ErrorKind::Corrupt))
            | (Self::Imagor, Kind::Mill(ErrorKind::SourceTooLarge)) => StatusCode::BAD_REQUEST,
            (Self::Imagor, Kind::Mill(ErrorKind::Unsupported | ErrorKind::Corrupt)) => StatusCode::NOT_ACCEPTABLE,
            (_, kind) => kind.answer().0,
        }
    }

    /// Media type and body. `request_id`: under which logs have the request.
    pub(super) fn body(self, problem: &Problem, request_id: &str) -> (&'static str, String) {
        let kind = problem.kind();
        let (status, (_, name), message) = (self.status(problem), kind.answer(), problem.public_text());
        match self {
            Self::Oss => {
                let body = OssBody { status: status.as_u16(), name, message: &message };
                // Two strings and a number, which serde_json cannot refuse.
                (JSON, serde_json::to_string(&body).unwrap_or_default())
            }
            Self::Dit => match dit(problem) {
                Some(error) => (JSON, error.body()),
                None => (JSON, json!({ "status": status.as_u16(), "code": name, "message": message }).to_string()),
            },
            Self::DitEcs => (JSON, dit_ecs::body(problem, request_id)),
            Self::Imagor => (JSON, json!({ "message": message, "status": status.as_u16() }).to_string()),
            Self::Thumbor => {
                let title = escaped(&status.to_string().replacen(' ', ": ", 1));
                let message = escaped(&message);
                (HTML, format!("<html><title>{title}</title><body>{title}: {message}</body></html>"))
            }
        }
    }
}

/// The row of the reference server's table, for what it knows.
fn dit(problem: &Problem) -> Option<dit::Error> {
    let error = match problem {
        Problem::NoSuchKey(key) => return Some(dit::Error::NoSuchKey(key.clone())),
        Problem::Mill(error) => error,
        _ => return None,
    };
    Some(match (error, error.kind()) {
        (Error::Dialect(dialects::Error::Dit(error)), _) => error.clone(),
        (Error::Mark { .. }, ErrorKind::NotFound | ErrorKind::Forbidden | ErrorKind::BadRequest) => {
            dit::Error::Overlay(problem.public_text())
        }
        (Error::UnknownSource { .. }, _) => dit::Error::Bucket,
        (Error::Image(_), ErrorKind::Unsupported | ErrorKind::Corrupt) => dit::Error::Instantiation,
        (Error::Image(_) | Error::Limit(_) | Error::NotLookedFor { .. }, ErrorKind::BadRequest) => {
            dit::Error::Edit(problem.public_text())
        }
        _ => return None,
    })
}

fn is_of_mark(problem: &Problem) -> bool {
    matches!(problem, Problem::Mill(Error::Mark { .. }))
}

#[derive(Debug, Serialize)]
struct OssBody<'a> {
    status: u16,
    name: &'a str,
    message: &'a str,
}

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html; charset=UTF-8";

/// Text that is no markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(shape: Shape, problem: &Problem) -> (u16, String) {
        (shape.status(problem).as_u16(), shape.body(problem, "").1)
    }

    #[test]
    fn each_dialect_has_its_own_words() {
        let wrong = Problem::BadBody("<b>".to_owned());
        assert_eq!(
            told(Shape::Oss, &wrong).1,
            r#"{"status":400,"name":"BadRequestError","message":"Invalid post body. <b>"}"#
        );
        assert_eq!(told(Shape::Imagor, &wrong).1, r#"{"message":"Invalid post body. <b>","status":400}"#);
        let page =
            "<html><title>400: Bad Request</title><body>400: Bad Request: Invalid post body. &lt;b&gt;</body></html>";
        assert_eq!(told(Shape::Thumbor, &wrong), (400, page.to_owned()));
    }

    #[test]
    fn a_missing_mark_names_itself() {
        let error = lightmill_store::Error::NotFound;
        let missing = Problem::Mill(Error::Mark { key: "logo.png".to_owned(), error });
        let answers = [Shape::Oss, Shape::Thumbor, Shape::Imagor, Shape::Dit].map(|shape| told(shape, &missing));
        assert_eq!(answers.each_ref().map(|(status, _)| *status), [404, 400, 404, 400]);
        assert!(
            answers.iter().all(|(_, body)| body.contains("the mark logo.png: the object does not exist")),
            "{answers:?}"
        );
        assert!(answers[3].1.contains(r#""code":"OverlayImageException""#), "{answers:?}");
        assert!(!missing.is_of_the_picture(), "another main picture lacks the mark, too");
    }

    #[test]
    fn what_is_wrong_with_a_picture_has_the_status_of_the_dialect() {
        let damaged = Problem::Mill(lightmill_image::Error::UnknownFormat.into());
        let statuses = [Shape::Oss, Shape::Thumbor, Shape::Imagor].map(|shape| told(shape, &damaged).0);
        assert_eq!(statuses, [415, 400, 406]);
    }
}
