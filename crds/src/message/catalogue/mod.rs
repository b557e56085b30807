//! Every sentence of Zhengyun, by its code: 1xxx registers and orders, 2xxx sites, 3xxx the command line. Sentences of admission
//! policies (4xxx) stand in the charts.

use super::{Lang, in_english};

// Each part hands what was written before it, and its own sentences, to the next: together they are one enum.
#[macro_use]
mod general;
#[macro_use]
mod sites;
#[macro_use]
mod tenancy;
#[macro_use]
mod access;
#[macro_use]
mod requests;
#[macro_use]
mod agent;
#[macro_use]
mod cli;
#[macro_use]
mod forms;

macro_rules! catalogue {
    ($( $(#[doc = $doc:literal])+ $name:ident { $($field:ident),* } = $code:literal, $zh:literal, $en:literal; )*) => {
        /// One thing that Zhengyun says, with its values filled in.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Message {
            $( $(#[doc = $doc])+ #[allow(missing_docs, reason = "the fields are the values that the text names")]
               $name { $($field: String),* }, )*
        }

        impl Message {
            /// The stable number; `ZY-` is written before it.
            #[must_use]
            pub fn code(&self) -> u16 {
                match self { $( Self::$name { .. } => $code, )* }
            }

            /// The reason of a condition: the name of the message.
            #[must_use]
            pub fn reason(&self) -> &'static str {
                match self { $( Self::$name { .. } => stringify!($name), )* }
            }

            /// The text in one language, without the code.
            #[must_use]
            pub fn text(&self, lang: Lang) -> String {
                match (self, lang) {
                    $( (Self::$name { $($field),* }, Lang::Zh) => format!($zh),
                       (Self::$name { $($field),* }, Lang::En) => {
                           $( let $field = in_english($field); )*
                           format!($en)
                       } )*
                }
            }

            /// Every entry of the catalogue as (code, name, Chinese template, English template).
            #[allow(clippy::large_stack_arrays, reason = "a constant reference is to a static, on no stack")]
            pub const CATALOGUE: &'static [(u16, &'static str, &'static str, &'static str)] =
                &[ $( ($code, stringify!($name), $zh, $en), )* ];
        }
    };
}

macro_rules! done {
    ([] $($all:tt)*) => { catalogue! { $($all)* } };
}

general! { [sites tenancy access requests agent cli forms done] }
