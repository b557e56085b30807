//! In which form a verb answers.

/// Form of an answer.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    #[value(help = "供人阅读 (for people)")]
    Text,
    /// For programs.
    #[value(help = "供程序读取 (for programs)")]
    Json,
}
