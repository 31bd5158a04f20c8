/// Where variables are looked up: the process, or what a test says.
#[derive(Clone, Copy)]
pub(crate) struct Environment<'a>(pub(crate) &'a dyn Fn(&str) -> Option<String>);

impl Environment<'_> {
    /// That of the process.
    pub(crate) const PROCESS: Environment<'static> = Environment(&|name| std::env::var(name).ok());

    /// A variable that is set and not empty.
    pub(crate) fn get(self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }
}
