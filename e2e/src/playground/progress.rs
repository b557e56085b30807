//! Lines about what goes on, each with the seconds since the beginning.

use std::fmt::Display;
use std::time::Instant;

use crds::Lang;

/// Tells a person at a terminal what goes on; on standard error, so that the report alone can be kept.
pub(crate) struct Progress {
    lang: Lang,
    since: Instant,
}

impl Progress {
    pub(crate) fn new(lang: Lang) -> Self {
        Self { lang, since: Instant::now() }
    }

    /// Says something. A reader of Chinese gets the English too: who sets no language at all also gets Chinese.
    pub(crate) fn say(&self, zh: impl Display, en: impl Display) {
        eprintln!(
            "{}",
            line(self.since.elapsed().as_secs_f64(), self.lang, &zh.to_string(), &en.to_string())
        );
    }
}

/// One of two texts.
pub(super) fn pick<T>(lang: Lang, zh: T, en: T) -> T {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

fn line(seconds: f64, lang: Lang, zh: &str, en: &str) -> String {
    match lang {
        Lang::Zh => format!("[{seconds:6.1} s] {zh} ({en})"),
        Lang::En => format!("[{seconds:6.1} s] {en}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_comes_first_and_english_stands_alone() {
        assert_eq!(
            line(3.21, Lang::Zh, "编译 zhengyun", "building zhengyun"),
            "[   3.2 s] 编译 zhengyun (building zhengyun)"
        );
        assert_eq!(
            line(103.0, Lang::En, "编译 zhengyun", "building zhengyun"),
            "[ 103.0 s] building zhengyun"
        );
    }
}
