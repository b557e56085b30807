//! The README as a test reads it: its fenced blocks, and the lines of those that are commands.
//!
//! | fence | what it holds |
//! |---|---|
//! | `sh try` | commands for the playground, in their order |
//! | `sh install` | commands for an empty hub, at the root of this repository |
//! | `yaml file=NAME` | a file that the commands name |
//! | `sh` | other commands: at least their words are right |

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands behind the fence.
    pub info: String,
    /// What stands in it.
    pub text: String,
}

/// A command, and whether it is to fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Without its comment.
    pub line: String,
    /// Whether its comment says that it is refused, or that it ends with another exit code than 0.
    pub fails: bool,
}

/// The blocks of a Markdown text, in their order.
#[must_use]
pub fn blocks(text: &str) -> Vec<Block> {
    let (mut blocks, mut open): (Vec<Block>, Option<Block>) = (Vec::new(), None);
    for line in text.lines() {
        match (line.strip_prefix("```"), open.as_mut()) {
            (Some(info), None) => open = Some(Block { info: info.trim().to_owned(), text: String::new() }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => {
                block.text += line;
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

impl Block {
    /// Its commands; a line that is only a comment is none.
    #[must_use]
    pub fn commands(&self) -> Vec<Command> {
        let commands = self.text.lines().map(|line| {
            // A comment begins the line or stands behind blanks, as a shell has it.
            let at = if line.starts_with('#') { Some(0) } else { line.find(" #") };
            let (line, comment) = line.split_at(at.unwrap_or(line.len()));
            let fails = comment.contains("拒绝") || comment.contains("退出码");
            Command { line: line.trim().to_owned(), fails }
        });
        commands.filter(|command| !command.line.is_empty()).collect()
    }

    /// The name of the file that it is.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.info.split(' ').find_map(|word| word.strip_prefix("file="))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_with_their_kind_and_commands_without_comments() {
        let text = "a\n```sh try\n# only a comment\nls -l  # 列出\nrm x   # 拒绝\n\n```\nb\n```yaml file=a.yaml\nx: y # z\n```\n";
        let found = blocks(text);
        assert_eq!((found[0].info.as_str(), found[1].file()), ("sh try", Some("a.yaml")));
        let commands = found[0].commands();
        let shown: Vec<_> = commands.iter().map(|one| (one.line.as_str(), one.fails)).collect();
        assert_eq!(shown, [("ls -l", false), ("rm x", true)]);
        assert_eq!(found[1].text, "x: y # z\n");
    }
}
