use crate::ErrorKind;
use crate::sharp::Json;

/// The reference server's table of errors: status, code and message. A mistake of the client is a 4xx here where that
/// server answers 500. What the text of a request does not decide (from [`Error::Instantiation`] on) is answered by whoever
/// finds it out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The path is of no form.
    #[error(
        "The type of request you are making could not be processed. Please ensure that your original image is of a \
         supported file type (jpg/jpeg, png, tiff/tif, webp, svg, gif, avif) and that your image request is provided in \
         the correct syntax. Refer to the documentation for additional guidance on forming image requests."
    )]
    RequestType,
    /// The JSON is no request.
    #[error("The image request you provided could not be decoded: {0}.")]
    CannotDecode(String),
    /// The path is not percent-encoded UTF-8, or names no object.
    #[error("The URL path you provided could not be read: {0}.")]
    CannotReadPath(String),
    /// No bucket is configured.
    #[error("The SOURCE_BUCKETS variable could not be read. It must name at least one bucket.")]
    NoSourceBuckets,
    /// The bucket is not on the list.
    #[error(
        "The bucket you specified could not be accessed. Please check that the bucket is specified in your SOURCE_BUCKETS."
    )]
    Bucket,
    /// The bucket of an overlay is not on the list.
    #[error(
        "The overlay image bucket you specified could not be accessed. Please check that the bucket is specified in your \
         SOURCE_BUCKETS."
    )]
    OverlayBucket,
    /// There is no such object.
    #[error("The image {0} does not exist or the request may not be base64 encoded properly.")]
    NoSuchKey(String),
    /// The mount demands a signature.
    #[error("Query-string requires the signature parameter.")]
    SignatureMissing,
    /// The signature belongs to another URL or another key.
    #[error("Signature does not match.")]
    SignatureWrong,
    /// The moment of expiry has passed.
    #[error("Request has expired.")]
    Expired,
    /// The moment of expiry cannot be read.
    #[error(
        "Request has invalid expires value. The expires query param should map to a real date and follow the following \
         format: YYYYMMDDTHHmmssZ (Ex: Jan 2nd, 1970 at 12:03:04PM UTC becomes 19700102T120304Z)."
    )]
    Expiry,
    /// A query parameter has a wrong value.
    #[error("{0}")]
    Query(String),
    /// An edit has a wrong value.
    #[error("{0}")]
    Edit(String),
    /// A side of a size is 0 or negative.
    #[error("The image size is invalid.")]
    Resize,
    /// A window has no pixel, or lies outside.
    #[error(
        "The cropping area you provided exceeds the boundaries of the original image. Please try choosing a correct \
         cropping value."
    )]
    CropArea,
    /// An overlay is wrong.
    #[error("{0}")]
    Overlay(String),
    /// No picture can be written in this format.
    #[error("The output format {0} is not supported.")]
    OutputFormat(String),
    /// The object is no picture, or one of too many pixels.
    #[error("Input image could not be instantiated. Please choose a valid image.")]
    Instantiation,
    /// Padding leaves nothing of a face.
    #[error("The padding value you provided exceeds the boundaries of the original image.")]
    PaddingOutOfBounds,
    /// There are fewer faces.
    #[error("The face index you provided exceeds the number of faces that were detected.")]
    FaceIndex,
    /// An overlay is larger than the picture.
    #[error("Image to overlay must have same dimensions or smaller")]
    OverlayTooLarge,
    /// Neither the stored type nor the first bytes tell the format.
    #[error(
        "The file does not have an extension and the file type could not be inferred. Please ensure that your original \
         image is of a supported file type (jpg/jpeg, png, tiff, webp, gif, avif). Inferring the image type from hex \
         headers is not available for SVG images. Refer to the documentation for additional guidance on forming image \
         requests."
    )]
    Untyped,
    /// The result has too many bytes.
    #[error("The converted image is too large to return.")]
    TooLarge,
    /// The secret cannot be had.
    #[error("Signature validation failed.")]
    SignatureUnavailable,
    /// The analyser fails at faces.
    #[error("Smart Crop could not be applied. Please contact the system administrator.")]
    SmartCrop,
    /// The analyser fails at moderation.
    #[error("Content moderation could not be applied. Please contact the system administrator.")]
    Moderation,
    /// A picture cannot be made.
    #[error("Image processing failed.")]
    Processing,
    /// Anything else.
    #[error("Internal error. Please contact the system administrator.")]
    Internal,
}

impl Error {
    /// The HTTP status and the code of the body.
    pub const fn row(&self) -> (u16, &'static str) {
        match self {
            Self::RequestType => (400, "RequestTypeError"),
            Self::CannotDecode(_) => (400, "DecodeRequest::CannotDecodeRequest"),
            Self::CannotReadPath(_) => (400, "DecodeRequest::CannotReadPath"),
            Self::NoSourceBuckets => (400, "GetAllowedSourceBuckets::NoSourceBuckets"),
            Self::Bucket | Self::OverlayBucket => (403, "ImageBucket::CannotAccessBucket"),
            Self::NoSuchKey(_) => (404, "NoSuchKey"),
            Self::SignatureMissing => (400, "AuthorizationQueryParametersError"),
            Self::SignatureWrong => (403, "SignatureDoesNotMatch"),
            Self::Expired => (400, "ImageRequestExpired"),
            Self::Expiry => (400, "ImageRequestExpiryFormat"),
            Self::Query(_) => (400, "QueryParameterParsingError"),
            Self::Edit(_) => (400, "ProcessingFailure"),
            Self::Resize => (400, "InvalidResizeException"),
            Self::CropArea => (400, "Crop::AreaOutOfBounds"),
            Self::Overlay(_) => (400, "OverlayImageException"),
            Self::OutputFormat(_) => (400, "UnsupportedOutputImageFormatException"),
            Self::Instantiation => (400, "InstantiationError"),
            Self::PaddingOutOfBounds => (400, "SmartCrop::PaddingOutOfBounds"),
            Self::FaceIndex => (400, "SmartCrop::FaceIndexOutOfRange"),
            Self::OverlayTooLarge => (400, "BadRequest"),
            Self::Untyped => (500, "RequestTypeError"),
            Self::TooLarge => (413, "TooLargeImageException"),
            Self::SignatureUnavailable => (500, "SignatureValidationFailure"),
            Self::SmartCrop => (500, "SmartCrop::Error"),
            Self::Moderation => (500, "Rekognition::DetectModerationLabelsError"),
            Self::Processing => (500, "ProcessingFailure"),
            Self::Internal => (500, "InternalError"),
        }
    }

    /// The kind of answer, for errors that the text of a request decides.
    pub const fn kind(&self) -> ErrorKind {
        match self.row().0 {
            403 => ErrorKind::Forbidden,
            404 => ErrorKind::NotFound,
            _ => ErrorKind::BadRequest,
        }
    }

    /// The body of the answer: JSON of `status`, `code` and `message`.
    pub fn body(&self) -> String {
        let (status, code) = self.row();
        let status = Json::Number(f64::from(status));
        let message = Json::Text(self.to_string());
        Json::object([("status", status), ("code", Json::text(code)), ("message", message)]).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_those_of_the_reference_server() {
        assert_eq!(
            Error::Resize.body(),
            r#"{"status":400,"code":"InvalidResizeException","message":"The image size is invalid."}"#
        );
        assert_eq!(Error::Bucket.kind(), ErrorKind::Forbidden);
        assert_eq!(Error::NoSuchKey(String::new()).kind(), ErrorKind::NotFound);
    }
}
