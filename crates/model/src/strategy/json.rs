//! JSON of any kind, with a liking for what readers of JSON get wrong.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Number, Value};

/// Any JSON value, up to four levels deep.
pub fn any_json() -> BoxedStrategy<Value> {
    leaf()
        .prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Value::Array),
                vec((text(0..=8), inner), 0..4).prop_map(|members| Value::Object(Map::from_iter(members))),
            ]
        })
        .boxed()
}

fn leaf() -> BoxedStrategy<Value> {
    prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        4 => number().prop_map(Value::Number),
        3 => text(0..=12).prop_map(Value::String),
    ]
    .boxed()
}

/// Numbers about the ends of the types that hold numbers, with and without a fraction.
pub(super) fn number() -> BoxedStrategy<Number> {
    let edges = prop::sample::select(vec![
        0_i128,
        1,
        1 << 31,
        1 << 32,
        1 << 53,
        1 << 63,
        (1 << 64) - 1,
        79_001_234_567,
        999_999_999_999_999,
    ]);
    let near_an_edge = (edges, -2_i128..=2, any::<bool>())
        .prop_filter_map("fits", |(edge, step, negative)| {
            Number::from_i128(if negative { -(edge + step) } else { edge + step })
        });
    let whole_floats = (-1e15_f64..1e15).prop_map(f64::trunc);
    let floats = prop_oneof![
        whole_floats,
        -1e3_f64..1e3,
        prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL,
        Just(1e300),
        Just(-0.0),
    ];
    prop_oneof![
        3 => near_an_edge,
        1 => any::<u64>().prop_map(Number::from),
        1 => any::<i64>().prop_map(Number::from),
        3 => floats.prop_filter_map("finite", Number::from_f64),
    ]
    .boxed()
}

/// Texts of so many characters (Unicode code points), in many scripts.
pub(super) fn text(length: std::ops::RangeInclusive<usize>) -> BoxedStrategy<String> {
    vec(character(), length).prop_map(String::from_iter).boxed()
}

fn character() -> BoxedStrategy<char> {
    prop_oneof![
        8 => prop::char::range(' ', '~'),
        2 => prop::char::range('а', 'я'),
        1 => prop::sample::select(vec![
            '\0', '\n', '\r', '\t', '\u{7f}', '"', '\\', '/', '\u{2028}', '\u{feff}', '\u{200f}', '\u{301}', 'é', 'ß',
            '中', 'ש', 'ع', '👩', '\u{200d}', '🏽', '\u{d7ff}', '\u{e000}', '\u{fffd}', '\u{ffff}', '\u{10ffff}',
        ]),
        1 => any::<char>(),
    ]
    .boxed()
}
