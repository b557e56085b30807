//! Which kinds are installed where, and their definitions as YAML.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;

use crate::{
    AccessGrant, Allotment, AppliedBundle, Approval, ApprovalPolicy, Budget, DataCenter, Department,
    District, EscrowLedger, Grant, IsolationProfile, Record, Removal, ResourceRequest, Ruling, SiteBundle,
    SiteReport, System, WorkCalendar, Workspace, WorkspaceSet,
};

/// Where a kind is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the hub.
    Hub,
    /// On every site.
    Site,
}

impl Place {
    /// The folder of the chart `zhengyun-crds` that holds the definitions, and its value `place`.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::Site => "site",
        }
    }
}

/// Helm leaves alone what carries this when a release is uninstalled: with a definition all objects of its kind would go.
const KEPT: (&str, &str) = ("helm.sh/resource-policy", "keep");

/// Every definition with its place, in the order in which a reader meets the kinds.
#[must_use]
pub fn definitions() -> Vec<(Place, CustomResourceDefinition)> {
    let mut all = kinds();
    for (_, definition) in &mut all {
        let (key, value) = KEPT;
        definition.metadata.annotations.get_or_insert_default().insert(key.to_owned(), value.to_owned());
    }
    all
}

fn kinds() -> Vec<(Place, CustomResourceDefinition)> {
    vec![
        (Place::Hub, District::crd()),
        (Place::Hub, DataCenter::crd()),
        (Place::Hub, Department::crd()),
        (Place::Hub, IsolationProfile::crd()),
        (Place::Hub, Budget::crd()),
        (Place::Hub, ApprovalPolicy::crd()),
        (Place::Hub, WorkCalendar::crd()),
        (Place::Hub, ResourceRequest::crd()),
        (Place::Hub, Approval::crd()),
        (Place::Hub, Grant::crd()),
        (Place::Hub, AccessGrant::crd()),
        (Place::Hub, System::crd()),
        (Place::Hub, Workspace::crd()),
        (Place::Hub, WorkspaceSet::crd()),
        (Place::Hub, Removal::crd()),
        (Place::Hub, Ruling::crd()),
        (Place::Hub, Record::crd()),
        (Place::Hub, EscrowLedger::crd()),
        (Place::Hub, Allotment::crd()),
        (Place::Hub, SiteBundle::crd()),
        (Place::Hub, SiteReport::crd()),
        (Place::Site, AppliedBundle::crd()),
    ]
}
