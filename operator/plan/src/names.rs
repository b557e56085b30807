//! Names, derived in one place: newtypes whose longest value is proven to fit at compile time, and of which two never become one.

use std::fmt;

/// Longest name of a namespace (RFC 1123 label).
pub const NAMESPACE_MAX: usize = 63;

/// Why a text is not a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a valid name here")]
pub struct BadName(String);

macro_rules! name {
    ($(#[doc = $doc:literal])+ $type:ident, max $max:expr, dashes $dashes:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// Longest value, in bytes.
            pub const MAX: usize = $max;

            /// Takes a text that has the form of this name.
            ///
            /// # Errors
            /// [`BadName`] when it has another form.
            pub fn parse(text: &str) -> Result<Self, BadName> {
                let bytes = text.as_bytes();
                let good = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || ($dashes && *b == b'-');
                let fits = !bytes.is_empty()
                    && bytes.len() <= Self::MAX
                    && bytes[0].is_ascii_lowercase()
                    && bytes[bytes.len() - 1] != b'-'
                    && bytes.iter().all(good);
                if fits { Ok(Self(text.to_owned())) } else { Err(BadName(text.to_owned())) }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// Name of a `Department`: a short code without dashes, so that what is derived from it can be split in one way only.
    DepartmentName, max 16, dashes false
}
name! {
    /// Name of a `DataCenter`.
    SiteName, max 40, dashes true
}
name! {
    /// Name of a `Workspace`.
    WorkspaceName, max 40, dashes true
}

/// Prefix of a department's namespace on the hub.
const DEPARTMENT_PREFIX: &str = "dept-";
/// Prefix of a site's namespace on the hub.
const SITE_PREFIX: &str = "site-";
/// Room for a counter behind a namespace that is taken: `-99`.
const COUNTER: usize = 3;

const _: () = assert!(DEPARTMENT_PREFIX.len() + DepartmentName::MAX <= NAMESPACE_MAX);
const _: () = assert!(SITE_PREFIX.len() + SiteName::MAX <= NAMESPACE_MAX);
const _: () = assert!(DepartmentName::MAX + 1 + WorkspaceName::MAX + COUNTER <= NAMESPACE_MAX);

/// Department names that would touch somebody else's namespaces (`<department>-<workspace>` would read `kube-system`) or are sets
/// of orders of their own.
pub const RESERVED_DEPARTMENTS: [&str; 9] =
    ["kube", "default", "dept", "site", "system", "zhengyun", "openshift", "platform", "term"];

/// The department's namespace on the hub.
#[must_use]
pub fn department_namespace(department: &DepartmentName) -> String {
    format!("{DEPARTMENT_PREFIX}{department}")
}

/// The department whose hub namespace this is.
#[must_use]
pub fn department_of(namespace: &str) -> Option<DepartmentName> {
    DepartmentName::parse(namespace.strip_prefix(DEPARTMENT_PREFIX)?).ok()
}

/// The site's namespace on the hub.
#[must_use]
pub fn site_namespace(site: &SiteName) -> String {
    format!("{SITE_PREFIX}{site}")
}

/// The site whose hub namespace this is.
#[must_use]
pub fn site_of(namespace: &str) -> Option<SiteName> {
    SiteName::parse(namespace.strip_prefix(SITE_PREFIX)?).ok()
}

/// The first free name for a workspace's namespace on the sites: `<department>-<workspace>`, or with a number behind it.
#[must_use]
pub fn workspace_namespace(
    department: &DepartmentName,
    workspace: &WorkspaceName,
    taken: impl Fn(&str) -> bool,
) -> Option<String> {
    let plain = format!("{department}-{workspace}");
    let numbered = (2..100).map(|n| format!("{department}-{workspace}-{n}"));
    std::iter::once(plain).chain(numbered).find(|name| !taken(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_department_is_a_short_code() {
        assert!(DepartmentName::parse("jiaoyu").is_ok());
        for wrong in ["", "Jiaoyu", "jiao-yu", "1a", "abcdefghijklmnopq", "教育"] {
            assert!(DepartmentName::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_taken_namespace_gets_a_number() {
        let (department, workspace) = (DepartmentName("a".into()), WorkspaceName("b".into()));
        assert_eq!(workspace_namespace(&department, &workspace, |_| false).as_deref(), Some("a-b"));
        assert_eq!(workspace_namespace(&department, &workspace, |n| n == "a-b").as_deref(), Some("a-b-2"));
        assert_eq!(workspace_namespace(&department, &workspace, |_| true), None);
    }

    proptest! {
        #[test]
        fn two_workspaces_never_derive_one_namespace(
            a in "[a-z][a-z0-9]{1,15}", b in "[a-z][a-z0-9]{1,15}",
            x in "[a-z]([a-z0-9-]{0,6}[a-z0-9])?", y in "[a-z]([a-z0-9-]{0,6}[a-z0-9])?",
        ) {
            prop_assume!((&a, &x) != (&b, &y));
            let derive = |d: &str, w: &str| {
                workspace_namespace(&DepartmentName::parse(d).unwrap(), &WorkspaceName::parse(w).unwrap(), |_| false)
            };
            prop_assert_ne!(derive(&a, &x), derive(&b, &y));
        }

        #[test]
        fn no_derived_name_is_too_long(d in "[a-z][a-z0-9]{15}", w in "[a-z][a-z0-9]{39}") {
            let (d, w) = (DepartmentName::parse(&d).unwrap(), WorkspaceName::parse(&w).unwrap());
            let first = workspace_namespace(&d, &w, |_| false).unwrap();
            prop_assert!(workspace_namespace(&d, &w, |n| n == first).unwrap().len() <= NAMESPACE_MAX);
        }
    }
}
