//! What stands below the help of every verb.

/// The numbers by which a process ends, as every verb's help states them: [`super::failure::Exit`].
macro_rules! exit_codes {
    () => {
        "\
退出码 (exit codes):
  0  一切正常 (all is well)
  1  有需要处理的问题 (something is not well)
  2  用法错误,或没有所指的对象 (wrong use, or nothing of that name)
  3  无法连接集群,或无权限 (the cluster cannot be reached, or does not permit it)"
    };
}

/// What stands below the help of a verb: lines to copy, and how it ends.
macro_rules! below {
    ($($example:literal),+) => {
        concat!("示例 (examples):\n", $("  kubectl zhengyun ", $example, "\n",)+ "\n", exit_codes!())
    };
}
