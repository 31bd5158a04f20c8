use lightmill_recipe::Operation;

use super::Writer;
use crate::Unsayable;
use crate::thumbor::Argument;

/// The arguments of one filter, as many as it needs.
pub(in crate::thumbor) type Said = Vec<Argument>;

/// How a filter is written.
#[derive(Debug, Clone, Copy)]
pub(in crate::thumbor) enum Say {
    /// Never: parts of the URL or other filters say the same, or it has no effect.
    Otherwise,
    /// It is one step: asked for each operation behind the resize until one filter knows it.
    Step(fn(&Operation) -> Option<Said>),
    /// The same with other pictures.
    Mark(fn(&Operation, &Writer<'_>) -> Option<Result<Said, Unsayable>>),
    /// It holds wherever it stands: asked once for each picture, for each time that it stands there.
    Setting(fn(&Writer<'_>) -> Vec<Said>),
}

/// A filter without arguments, if `on`.
pub(in crate::thumbor) fn once(on: bool) -> Vec<Said> {
    if on { vec![Vec::new()] } else { Vec::new() }
}
