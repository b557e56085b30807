//! Whether an entry of the register of systems is right.

use crds::migration::system::SystemKind;
use crds::{Message, Officers, System, Zone};

use crate::names::department_of;
use crate::{Findings, Readiness};

/// What a system points to.
#[derive(Debug)]
pub struct Facts {
    /// Whether the department whose namespace it stands in is well; nothing when there is none.
    pub department: Option<Readiness>,
}

/// What a register entry says besides being right: things a person should see to.
pub type Hints = Vec<Message>;

/// Checks a system against what it points to.
///
/// # Errors
/// Every sentence that must be heard before it can be used.
pub fn validate(system: &System, facts: &Facts) -> Result<Hints, Findings> {
    let mut findings = Findings::new();
    let namespace = system.metadata.namespace.as_deref().unwrap_or_default();
    let spec = &system.spec;
    match (department_of(namespace), facts.department) {
        (Some(_), Some(Readiness::Ready | Readiness::NotJudged)) => {}
        (Some(department), Some(Readiness::Refused)) => findings.push(Message::NotReadyReference {
            field: "metadata.namespace".into(),
            value: department.to_string(),
            kind: "单位 Department".into(),
        }),
        _ => findings.push(Message::NotInDepartment { namespace: namespace.to_owned() }),
    }
    if spec.zones.contains(&Zone::Intranet) {
        findings.push(Message::IntranetSystem {});
    }
    if spec.zones.contains(&Zone::Vertical) && spec.guidance.is_none() && spec.kind != SystemKind::Linked {
        findings.push(Message::VerticalWithoutGuidance {});
    }
    findings.extend(spec.officers.iter().flat_map(check_officers));
    if !findings.is_empty() {
        return Err(findings);
    }
    let unfiled = spec.level.overall() >= 2 && spec.filing.is_none();
    Ok(if unfiled { vec![Message::FilingMissing {}] } else { Vec::new() })
}

/// Nobody has two of the three roles, and each is had by somebody or entrusted.
fn check_officers(officers: &Officers) -> Findings {
    let roles = officers.roles();
    let mut findings = Findings::new();
    for (at, (role, names)) in roles.iter().enumerate() {
        for (other, theirs) in &roles[at + 1..] {
            let both = names.iter().filter(|name| theirs.contains(name));
            findings.extend(both.map(|name| Message::OfficerTwice {
                who: name.clone(),
                one: (*role).to_owned(),
                other: (*other).to_owned(),
            }));
        }
        if names.is_empty() && officers.entrusted.is_none() {
            findings.push(Message::OfficerMissing { role: (*role).to_owned() });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn system(namespace: &str, zones: &[&str], kind: &str) -> System {
        let spec = json!({
            "displayName": "x", "kind": kind, "zones": zones, "level": {"information": 3, "service": 2}
        });
        let mut system = System::new("x", serde_json::from_value(spec).unwrap());
        system.metadata.namespace = Some(namespace.into());
        system
    }

    #[test]
    fn a_system_stands_in_its_departments_namespace() {
        let facts = |department| Facts { department };
        let right = system("dept-jiaoyu", &["extranet"], "new");
        assert_eq!(validate(&right, &facts(Some(Readiness::Ready))), Ok(vec![Message::FilingMissing {}]));
        assert!(matches!(
            validate(&right, &facts(Some(Readiness::Refused))).unwrap_err()[..],
            [Message::NotReadyReference { .. }]
        ));
        let stray = system("default", &["extranet"], "new");
        assert_eq!(
            validate(&stray, &facts(None)),
            Err(vec![Message::NotInDepartment { namespace: "default".into() }])
        );
    }

    #[test]
    fn a_vertical_line_needs_guidance_unless_it_is_only_linked() {
        let facts = Facts { department: Some(Readiness::Ready) };
        assert_eq!(
            validate(&system("dept-gongan", &["vertical"], "existing"), &facts),
            Err(vec![Message::VerticalWithoutGuidance {}])
        );
        assert!(validate(&system("dept-gongan", &["vertical"], "linked"), &facts).is_ok());
    }

    #[test]
    fn nobody_is_two_of_the_three_officers_and_each_is_named_or_entrusted() {
        let names = |names: &[&str]| names.iter().map(|name| format!("oidc:{name}")).collect::<Vec<_>>();
        let said = |system: &[&str], security: &[&str], audit: &[&str], entrusted: Option<&str>| {
            let officers = Officers {
                system: names(system),
                security: names(security),
                audit: names(audit),
                entrusted: entrusted.map(str::to_owned),
            };
            check_officers(&officers)
        };
        assert_eq!(said(&["li"], &["wang"], &["zhao"], None), []);
        assert_eq!(said(&["li"], &[], &[], Some("委托书〔2026〕1 号")), []);
        assert_eq!(
            said(&["li", "wang"], &["zhao"], &["wang"], Some("委托书〔2026〕1 号")),
            [Message::OfficerTwice { who: "oidc:wang".into(), one: "system".into(), other: "audit".into() }]
        );
        assert_eq!(said(&["li"], &["wang"], &[], None), [Message::OfficerMissing { role: "audit".into() }]);
    }

    #[test]
    fn nothing_of_the_intranet_is_registered() {
        let facts = Facts { department: Some(Readiness::Ready) };
        let said = validate(&system("dept-jiaoyu", &["intranet"], "new"), &facts).unwrap_err();
        assert_eq!(said, [Message::IntranetSystem {}]);
    }
}
