use rstest::rstest;

use super::*;

const COLOURS: &[Word] = &[
    Word::new("红", "red"),
    Word { also: &["绿色"], ..Word::new("绿", "green") },
    Word { offered: false, ..Word::new("黑", "black") },
];

fn read(shape: Shape, text: &str) -> Result<Value, String> {
    let said = shape.value("列", text, &Names::unseen());
    said.map(Option::unwrap_or_default).map_err(|said| said.text(crds::Lang::Zh))
}

#[rstest]
#[case(Shape::Number(1, 4), "3.0", json!(3))]
#[case(Shape::Number(1, 4), " ３ ", json!(3))]
#[case(Shape::Code(18), "９１３５０１００ｍ000100Y43", json!("91350100M000100Y43"))]
#[case(Shape::Flag, "是", json!(true))]
#[case(Shape::Flag, "FALSE", Value::Null)]
#[case(Shape::OneOf(COLOURS), " 绿 色 ", json!("green"))]
#[case(Shape::OneOf(COLOURS), "RED", json!("red"))]
#[case(Shape::OneOfOr(COLOURS, "green"), "", json!("green"))]
#[case(Shape::AnyOf(COLOURS), "红，黑", json!(["red", "black"]))]
#[case(Shape::Texts(2, 4), "人口;法人", json!(["人口", "法人"]))]
#[case(Shape::Posts, "专职人员、安全员：审计", json!([{"title": "专职人员"}, {"title": "安全员", "duty": "审计"}]))]
#[case(Shape::Groups("admin"), "oidc:a", json!([{"group": "oidc:a", "role": "admin"}]))]
#[case(Shape::Text(9), "", Value::Null)]
fn a_cell_is_read_as_people_fill_it_in(#[case] shape: Shape, #[case] text: &str, #[case] value: Value) {
    assert_eq!(read(shape, text), Ok(value));
}

#[rstest]
#[case("2026-03-01")]
#[case("2026/3/1")]
#[case("2026.3.1")]
#[case("2026年3月1日")]
#[case("２０２６0301")]
#[case("2026-03-01 00:00:00")]
fn a_day_is_read_in_any_of_the_usual_ways(#[case] text: &str) {
    assert_eq!(read(Shape::Day, text), Ok(json!("2026-03-01")));
}

#[rstest]
#[case(Shape::Number(1, 4), "5", "“5”须为 1 至 4 的整数")]
#[case(Shape::Number(1, 4), "3.5", "“3.5”须为 1 至 4 的整数")]
#[case(Shape::Number(1, 4), "三", "“三”须为 1 至 4 的整数")]
#[case(Shape::Day, "2026-02-30", "“2026-02-30”不是日期;应如 2026-03-01")]
#[case(Shape::Day, "46082", "“46082”不是日期;应如 2026-03-01")]
#[case(Shape::OneOf(COLOURS), "蓝", "“蓝”不是可填的词;可填:红、绿")]
#[case(Shape::Text(3), "一二三四", "共 4 个字符,最多 3 个")]
#[case(Shape::Texts(2, 4), "a、b、c", "共 3 项,最多 2 项")]
#[case(Shape::Texts(3, 4), "a、b、a", "“a”出现了两次")]
#[case(Shape::Name(63), "Jiaoyu", "“Jiaoyu”不是短码:须由小写字母、数字和连字符组成,以字母或数字开头和结尾")]
#[case(Shape::Text(9), "#REF!", "“#REF!”是公式错误,请改为文字")]
#[case(Shape::Posts, ":职责", "必填,不能为空")]
fn a_wrong_cell_is_told_what_is_wrong(#[case] shape: Shape, #[case] text: &str, #[case] said: &str) {
    assert_eq!(read(shape, text), Err(said.to_owned()));
}

#[test]
fn a_value_is_written_as_it_is_read() {
    let shown = |shape: Shape, value: Value| shape.shown(&value, &Names::unseen());
    assert_eq!(shown(Shape::AnyOf(COLOURS), json!(["green", "mauve"])), "绿、mauve");
    assert_eq!(shown(Shape::OneOfOr(COLOURS, "red"), Value::Null), "红");
    assert_eq!(shown(Shape::Flag, Value::Null), "否");
    assert_eq!(shown(Shape::Posts, json!([{"title": "a", "duty": "b"}, {"title": "c"}])), "a:b、c");
    let groups = json!([{"group": "oidc:a", "role": "admin"}, {"group": "oidc:b", "role": "member"}]);
    assert_eq!(shown(Shape::Groups("member"), groups), "oidc:b");
}

#[test]
fn a_set_has_no_order_and_posts_have_one() {
    let (one, other) = (json!(["a", "b"]), json!(["b", "a"]));
    assert!(Shape::Texts(9, 9).same(Some(&one), Some(&other)));
    assert!(!Shape::Posts.same(Some(&one), Some(&other)));
    assert!(Shape::Texts(9, 9).same(Some(&json!([])), None));
}
