//! What objects say of each other: 1000 to 1099.

macro_rules! general {
    ([$next:ident $($then:ident)*] $($before:tt)*) => { $next! { [$($then)*] $($before)*

    /// An object is as it should be.
    Settled {} = 1000, "正常", "all is well";
    /// An object waits for something named.
    WaitingFor { what } = 1001, "等待{what}", "waiting for {what}";
    /// A field names an object that does not exist.
    UnknownReference { field, value, kind, allowed } = 1002, "{field} 引用的{kind}“{value}”不存在;可用:{allowed}", "{field} names {kind} \"{value}\", which does not exist; choose from: {allowed}";
    /// Two objects carry a value that must be unique.
    Duplicate { field, value, other } = 1003, "{field} 的值“{value}”已被 {other} 使用,必须唯一", "{field} has the value \"{value}\", which {other} already has; it must be unique";
    /// A namespace that is not ours stands where ours should be.
    ForeignNamespace { namespace, place } = 1004, "{place}上已有不属于本平台的命名空间“{namespace}”,不予接管;请改名或另行纳管", "{place} already has a namespace \"{namespace}\" that is not ours; it is not touched: choose another name, or have it adopted";
    /// A stored object of our kinds cannot be read.
    Malformed { kind, name, error } = 1005, "{kind} {name} 的内容无法识别,已跳过:{error}", "{kind} {name} cannot be read and is skipped: {error}";
    /// The object an object depends on is not well itself.
    NotReadyReference { field, value, kind } = 1006, "{field} 引用的{kind}“{value}”自身未就绪,请先处理", "{field} names {kind} \"{value}\", which is not ready itself; see to that first";
    /// More than one object of a kind of which there is one.
    OnlyOne { kind, first } = 1007, "{kind} 只能有一个,已有“{first}”", "there can be only one {kind}, and \"{first}\" is it";

    } };
}
