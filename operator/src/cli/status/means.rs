//! What a department may use and uses, over all data centres.

use std::collections::BTreeMap;

use crds::{AllotmentStatus, Amounts, Budget};
use kube::ResourceExt;
use plan::budget::{Facts, day, judge};
use plan::measured::Measured;
use plan::names::{DepartmentName, department_namespace};

use super::super::seen::Seen;
use super::report::Means;

/// What a department may use, and how much of it is asked for, lent and charged.
pub(super) fn means(seen: &Seen, department: &DepartmentName) -> Means {
    let namespace = department_namespace(department);
    let lent = |part: fn(&AllotmentStatus) -> Option<&Amounts>| {
        let own =
            seen.allotments.as_deref()?.iter().filter(|object| object.name_any() == department.as_str());
        Some(sum(own.filter_map(|object| part(object.status.as_ref()?))))
    };
    Means {
        total: seen.budgets.as_deref().map(|all| total(own(all, &namespace), seen)),
        granted: seen.grants.as_deref().map(|all| {
            let statuses = own(all, &namespace).filter_map(|object| object.status.as_ref());
            sum(statuses.flat_map(|status| &status.in_force).map(|given| &given.amounts))
        }),
        asked: seen.workspaces.as_deref().map(|all| {
            let places = own(all, &namespace).flat_map(|object| &object.spec.sites);
            let shares: Vec<Measured> =
                places.map(|place| Measured::of_share(&place.share).unwrap_or_default()).collect();
            Measured::sum(&shares).amounts()
        }),
        told: lent(|status| status.told.as_ref()),
        counted: lent(|status| status.counted.as_ref()),
    }
}

fn own<'a, K: ResourceExt>(all: &'a [K], namespace: &str) -> impl Iterator<Item = &'a K> {
    all.iter().filter(move |object| object.namespace().as_deref() == Some(namespace))
}

/// The budgets that count today.
fn total<'a>(budgets: impl Iterator<Item = &'a Budget>, seen: &Seen) -> Amounts {
    let budgets: BTreeMap<String, &Budget> = budgets.map(|object| (object.name_any(), object)).collect();
    let (grants, today) = (BTreeMap::new(), day(seen.at));
    let facts = Facts { budgets: &budgets, grants: &grants, rests_on: &[], data_centers: &[], today };
    judge(facts).total.amounts()
}

fn sum<'a>(amounts: impl Iterator<Item = &'a Amounts>) -> Amounts {
    let measured: Vec<Measured> = amounts.map(|one| Measured::parse(one).unwrap_or_default()).collect();
    Measured::sum(&measured).amounts()
}
