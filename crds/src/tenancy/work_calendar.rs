//! `WorkCalendar`: which days of a year are worked.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::common::{Basis, conditions, rule};

/// A work calendar (工作日历): the holidays and the worked weekends of a year, as they were published. A published one stays as it is;
/// what changes in mid-year is another with a higher version.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "zhengyun.io",
    version = "v1alpha1",
    kind = "WorkCalendar",
    shortname = "wcal",
    category = "zhengyun",
    status = "WorkCalendarStatus",
    derive = "PartialEq",
    doc = "WorkCalendar (工作日历): the holidays and the worked weekends of a year, as they were published.",
    printcolumn(name = "Year", type_ = "integer", json_path = ".spec.year"),
    printcolumn(name = "Layer", type_ = "string", json_path = ".spec.layer"),
    printcolumn(name = "Version", type_ = "integer", json_path = ".spec.version"),
    printcolumn(name = "Published", type_ = "boolean", json_path = ".spec.published"),
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].status"
    ),
    printcolumn(
        name = "Message",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].message"
    )
)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = rule("!oldSelf.published || self == oldSelf", crate::Message::CalendarFrozen {}))]
pub struct WorkCalendarSpec {
    /// The year (年度).
    #[schemars(range(min = 2020, max = 2199))]
    pub year: i16,
    /// Whose calendar it is (层级).
    pub layer: CalendarLayer,
    /// Which version of it (版次): the highest that is published counts.
    #[schemars(range(min = 1, max = 1000))]
    pub version: u16,
    /// The notice that it was published with (发布依据).
    pub issued_by: Basis,
    /// Holidays (放假).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub holidays: Vec<Holiday>,
    /// Days of a weekend that are worked (调休上班), as "2026-02-14".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), inner(length(min = 10, max = 10)), extend("x-kubernetes-list-type" = "set"))]
    pub workdays: Vec<String>,
    /// Whether it is published (已发布): from then on it stays as it is.
    pub published: bool,
}

/// Whose calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum CalendarLayer {
    /// 国家: of the State Council.
    National,
    /// 市级: of the city, over the national one on the days that it names.
    City,
}

impl CalendarLayer {
    /// The Chinese name.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::National => "国家",
            Self::City => "市级",
        }
    }
}

/// Days off in a row (放假).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Holiday {
    /// What is celebrated (节日), for example 春节.
    #[schemars(length(min = 1, max = 32))]
    pub name: String,
    /// The first day off (首日), as "2026-02-15".
    #[schemars(length(min = 10, max = 10))]
    pub from: String,
    /// The last day off (末日).
    #[schemars(length(min = 10, max = 10))]
    pub to: String,
}

/// Whether it counts.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkCalendarStatus {
    /// Conditions (状态条件): whether it counts, and if not why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "conditions")]
    pub conditions: Vec<Condition>,
}
