//! The people of the embedded district. They sign in by tokens of its issuer, as in the real one.

/// What the API servers put before the names of users and groups that sign in.
pub const PREFIX: &str = "oidc:";

/// Somebody who uses a hub or a site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    name: String,
    groups: Vec<String>,
}

impl Person {
    /// Somebody in groups; both names without the prefix of OIDC, which is added.
    #[must_use]
    pub fn new(name: &str, groups: &[&str]) -> Self {
        let prefixed = |text: &str| format!("{PREFIX}{text}");
        Self { name: prefixed(name), groups: groups.iter().copied().map(prefixed).collect() }
    }

    /// A platform engineer of the service centre (区电子政务服务中心).
    #[must_use]
    pub fn platform_engineer(name: &str) -> Self {
        Self::new(name, &["zhengyun-platform-engineers"])
    }

    /// A security officer (安全管理员).
    #[must_use]
    pub fn security_officer(name: &str) -> Self {
        Self::new(name, &["zhengyun-security-officers"])
    }

    /// An audit officer (审计管理员).
    #[must_use]
    pub fn audit_officer(name: &str) -> Self {
        Self::new(name, &["zhengyun-audit-officers"])
    }

    /// Somebody of the provider (云服务商).
    #[must_use]
    pub fn of_provider(name: &str) -> Self {
        Self::new(name, &["zhengyun-providers"])
    }

    /// The head of a department (主要领导).
    #[must_use]
    pub fn head_of_department(name: &str, department: &str) -> Self {
        Self::new(name, &[&format!("{department}-head")])
    }

    /// The administrator of a department (委办局, 街道).
    #[must_use]
    pub fn of_department(name: &str, department: &str) -> Self {
        Self::new(name, &[&format!("{department}-admin")])
    }

    /// The user name as the API server sees it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The groups as the API server sees them.
    #[must_use]
    pub fn groups(&self) -> Vec<&str> {
        self.groups.iter().map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_groups_carry_the_prefix_of_sign_in() {
        let wang = Person::of_department("wang", "edu");
        assert_eq!(wang.name(), "oidc:wang");
        assert_eq!(wang.groups(), ["oidc:edu-admin"]);
    }
}
