use std::fmt::{self, Display};
use std::time::Duration;

use super::filter::{Graph, Ladder};
use super::hls::StreamMap;

/// What ffmpeg is told. Every part is a word of this crate, a number, or a filter made of these.
#[derive(Debug, Clone, PartialEq)]
pub struct Arguments {
    /// What stands before the input.
    input: Vec<Argument>,
    /// What stands behind it.
    output: Vec<Argument>,
    target: Target,
}

/// Where ffmpeg writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// To its standard output.
    Stdout,
    /// Into a file of this name in its working folder, or several beside it.
    File(&'static str),
}

/// One option and its value.
#[derive(Debug, Clone, PartialEq)]
struct Argument {
    name: &'static str,
    stream: Specifier,
    value: Option<Value>,
}

/// The output stream that an option is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Specifier {
    All,
    /// This one of the output's streams of pictures.
    Video(usize),
}

/// A value. Nothing in it comes from a client or a file but numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Word(&'static str),
    Number(u64),
    Seconds(Duration),
    /// A stream of the input by its number.
    Stream(u32),
    /// An output of a [`Ladder`].
    Step(usize),
    Filters(Graph),
    Ladder(Ladder),
    /// A key frame every so many seconds.
    KeyFramesEvery(Duration),
    Streams(StreamMap),
    /// `name=number`, for parameters of an encoder's own.
    Setting(&'static str, u64),
}

impl From<&'static str> for Value {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Number(number) => write!(f, "{number}"),
            Self::Seconds(duration) => write!(f, "{}.{:06}", duration.as_secs(), duration.subsec_micros()),
            Self::Stream(index) => write!(f, "0:{index}"),
            Self::Step(index) => write!(f, "[v{index}]"),
            Self::Filters(graph) => graph.fmt(f),
            Self::Ladder(ladder) => ladder.fmt(f),
            Self::KeyFramesEvery(duration) => write!(f, "expr:gte(t,n_forced*{})", duration.as_secs_f64()),
            Self::Streams(map) => map.fmt(f),
            Self::Setting(name, number) => write!(f, "{name}={number}"),
        }
    }
}

impl Arguments {
    pub(super) fn new(target: Target) -> Self {
        Self { input: Vec::new(), output: Vec::new(), target }
    }

    /// Where ffmpeg writes.
    pub const fn target(&self) -> Target {
        self.target
    }

    /// An option of the input.
    pub(super) fn before(&mut self, name: &'static str, value: impl Into<Value>) -> &mut Self {
        self.input.push(Argument { name, stream: Specifier::All, value: Some(value.into()) });
        self
    }

    /// An option of the input without a value.
    pub(super) fn before_flag(&mut self, name: &'static str) -> &mut Self {
        self.input.push(Argument { name, stream: Specifier::All, value: None });
        self
    }

    /// An option of the output.
    pub(super) fn set(&mut self, name: &'static str, value: impl Into<Value>) -> &mut Self {
        self.output.push(Argument { name, stream: Specifier::All, value: Some(value.into()) });
        self
    }

    /// An option of one of the output's streams of pictures.
    pub(super) fn set_for(&mut self, name: &'static str, picture: usize, value: impl Into<Value>) -> &mut Self {
        self.output.push(Argument { name, stream: Specifier::Video(picture), value: Some(value.into()) });
        self
    }

    /// An option of the output without a value.
    pub(super) fn flag(&mut self, name: &'static str) -> &mut Self {
        self.output.push(Argument { name, stream: Specifier::All, value: None });
        self
    }

    /// Everything behind the program's name: `input_options` (protocols and formats that may be read) right before
    /// `input`, which is the address that the caller gives to the program. `-nostdin` and `-y` are not for ffmpeg to ask about.
    pub fn command_line(&self, input_options: &[&str], input: &str) -> Vec<String> {
        let mut line: Vec<String> = ["-hide_banner", "-nostdin", "-y"].map(str::to_owned).to_vec();
        write(&self.input, &mut line);
        line.extend(input_options.iter().map(|option| (*option).to_owned()));
        line.extend(["-i".to_owned(), input.to_owned()]);
        write(&self.output, &mut line);
        line.push(match self.target {
            Target::Stdout => "pipe:1".to_owned(),
            Target::File(name) => name.to_owned(),
        });
        line
    }
}

fn write(arguments: &[Argument], line: &mut Vec<String>) {
    for Argument { name, stream, value } in arguments {
        line.push(match stream {
            Specifier::All => format!("-{name}"),
            Specifier::Video(index) => format!("-{name}:v:{index}"),
        });
        line.extend(value.as_ref().map(Value::to_string));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seek_stands_before_the_input_and_its_options() {
        let mut arguments = Arguments::new(Target::Stdout);
        arguments.before("ss", Value::Seconds(Duration::from_millis(1500))).flag("sn");
        arguments.set_for("maxrate", 1, 9).set("f", "mp4");
        let line = arguments.command_line(&["-protocol_whitelist", "http,tcp"], "http://127.0.0.1:1/x").join(" ");
        assert_eq!(
            line,
            "-hide_banner -nostdin -y -ss 1.500000 -protocol_whitelist http,tcp -i http://127.0.0.1:1/x -sn -maxrate:v:1 9 -f \
             mp4 pipe:1"
        );
    }
}
