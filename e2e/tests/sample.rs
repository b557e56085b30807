//! The sample district of `districts/yangpu` (杨浦区, 按2017年文件): it says what the documents say, and holds together.

use anyhow::{Context, Result, bail, ensure};
use crds::{
    Basis, Budget, DataCenter, Department, Disposition, District, Grant, IsolationProfile, ProtectionLevel,
    System, WorkCalendar, Workspace, WorkspaceSet, Zone,
};
use kube::ResourceExt;
use plan::measured::Measured;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_yaml::{Deserializer, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::{fs, path::Path};

/// The ten rooms in the order of 表1-1.
const TABLE_1_1: [&str; 10] = [
    "区政府公务网机房",
    "凯城机房",
    "区政府政务外网机房",
    "五角场机房",
    "区科委机房",
    "四平机房",
    "CDC机房",
    "税务局机房",
    "公安分局机房",
    "城建机房",
];

/// What §四(四)3 names for the cloud.
const NAMED_FOR_THE_CLOUD: [&str; 6] =
    ["实有人口库", "法人库", "空间地理库", "网上政务大厅", "事中事后综合监管平台", "办公协同平台"];

/// Everything in the files, in their order.
#[derive(Default)]
struct Sample {
    districts: Vec<District>,
    departments: Vec<Department>,
    data_centers: Vec<DataCenter>,
    profiles: Vec<IsolationProfile>,
    systems: Vec<System>,
    workspaces: Vec<Workspace>,
    budgets: Vec<Budget>,
    grants: Vec<Grant>,
    sets: Vec<WorkspaceSet>,
    calendars: Vec<WorkCalendar>,
    /// Kind, namespace and name of every object.
    identities: Vec<(String, String, String)>,
}

impl Sample {
    fn load() -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("districts/yangpu");
        let entries: Vec<_> = fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
        let paths: BTreeSet<_> = entries.iter().map(fs::DirEntry::path).collect();
        let mut sample = Self::default();
        for path in paths {
            let text = fs::read_to_string(&path)?;
            for document in Deserializer::from_str(&text) {
                let document = Value::deserialize(document).with_context(|| path.display().to_string())?;
                sample.add(&document).with_context(|| format!("{}: {document:?}", path.display()))?;
            }
        }
        Ok(sample)
    }

    fn add(&mut self, document: &Value) -> Result<()> {
        match document["kind"].as_str().unwrap_or_default() {
            "District" => self.districts.push(exactly(document)?),
            "Department" => self.departments.push(exactly(document)?),
            "DataCenter" => self.data_centers.push(exactly(document)?),
            "IsolationProfile" => self.profiles.push(exactly(document)?),
            "System" => self.systems.push(exactly(document)?),
            "Workspace" => self.workspaces.push(exactly(document)?),
            "Budget" => self.budgets.push(exactly(document)?),
            "Grant" => self.grants.push(exactly(document)?),
            "WorkspaceSet" => self.sets.push(exactly(document)?),
            "WorkCalendar" => self.calendars.push(exactly(document)?),
            other => bail!("{other:?} is not a kind of the sample"),
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let metadata = &document["metadata"];
        self.identities.push((
            text(&document["kind"]),
            text(&metadata["namespace"]),
            text(&metadata["name"]),
        ));
        Ok(())
    }

    /// Every basis with the name of what rests on it.
    fn bases(&self) -> Vec<(String, Option<&Basis>)> {
        let mut found = Vec::new();
        found.extend(self.districts.iter().map(|object| (object.name_any(), object.spec.basis.as_ref())));
        found.extend(self.departments.iter().map(|object| (object.name_any(), object.spec.basis.as_ref())));
        found.extend(self.data_centers.iter().map(|object| (object.name_any(), object.spec.basis.as_ref())));
        found.extend(self.systems.iter().map(|object| (object.name_any(), object.spec.basis.as_ref())));
        found.extend(self.sets.iter().map(|object| (object.name_any(), Some(&object.spec.basis))));
        let made = self.sets.iter().map(|set| (set.name_any(), set.spec.template.system.basis.as_ref()));
        found.extend(made);
        found
    }

    /// Every reference to something that is not in the files: who, to what kind, what name.
    fn dangling(&self) -> Vec<(String, &'static str, String)> {
        let mut references = Vec::new();
        let mut refer = |from: &str, kind, name: String| references.push((from.to_owned(), kind, name));
        for district in &self.districts {
            refer("District", "DataCenter", district.spec.egress.data_center.clone());
            if let Some(profile) = &district.spec.default_profile {
                refer("District", "IsolationProfile", profile.clone());
            }
        }
        for department in &self.departments {
            let (from, spec) = (department.name_any(), &department.spec);
            spec.parent.iter().for_each(|parent| refer(&from, "Department", parent.clone()));
            spec.isolation_profile
                .iter()
                .for_each(|profile| refer(&from, "IsolationProfile", profile.clone()));
            spec.allowed_sites.iter().for_each(|site| refer(&from, "DataCenter", site.clone()));
        }
        for grant in &self.grants {
            let sites = grant.spec.sites.iter();
            sites.for_each(|at| refer(&grant.name_any(), "DataCenter", at.site.clone()));
        }
        for data_center in &self.data_centers {
            refer(&data_center.name_any(), "Department", data_center.spec.owner.clone());
        }
        for system in &self.systems {
            refer(&system.name_any(), "Department", owner(system.namespace()));
        }
        for workspace in &self.workspaces {
            let (from, spec) = (workspace.name_any(), &workspace.spec);
            refer(&from, "Department", owner(workspace.namespace()));
            refer(&from, "System", format!("{}/{}", owner(workspace.namespace()), spec.system));
            spec.profile.iter().for_each(|profile| refer(&from, "IsolationProfile", profile.clone()));
            spec.sites.iter().for_each(|site| refer(&from, "DataCenter", site.site.clone()));
        }
        for set in &self.sets {
            let (from, spec) = (set.name_any(), &set.spec);
            refer(&from, "Workspace", format!("{}/{}", spec.lead.department, spec.lead.workspace));
            spec.members.iter().for_each(|member| refer(&from, "Department", member.clone()));
            spec.template.sites.iter().for_each(|site| refer(&from, "DataCenter", site.site.clone()));
        }
        let mut existing = BTreeSet::new();
        existing.extend(self.departments.iter().map(|object| ("Department", object.name_any())));
        existing.extend(self.data_centers.iter().map(|object| ("DataCenter", object.name_any())));
        existing.extend(self.profiles.iter().map(|object| ("IsolationProfile", object.name_any())));
        for system in &self.systems {
            existing.insert(("System", format!("{}/{}", owner(system.namespace()), system.name_any())));
        }
        for workspace in &self.workspaces {
            existing
                .insert(("Workspace", format!("{}/{}", owner(workspace.namespace()), workspace.name_any())));
        }
        references.retain(|(_, kind, name)| !existing.contains(&(*kind, name.clone())));
        references
    }
}

/// The department whose namespace this is.
fn owner(namespace: Option<String>) -> String {
    let namespace = namespace.unwrap_or_default();
    namespace.strip_prefix("dept-").unwrap_or_default().to_owned()
}

/// The object that a document says, when the type keeps every word of it: a field that is misspelt would be lost without a sound.
fn exactly<K: Serialize + DeserializeOwned>(document: &Value) -> Result<K> {
    let object: K = serde_yaml::from_value(document.clone())?;
    let lost = lost(document, &serde_yaml::to_value(&object)?, "");
    ensure!(lost.is_empty(), "unknown or changed: {lost:?}");
    Ok(object)
}

/// Where `kept` does not say what `written` says.
fn lost(written: &Value, kept: &Value, path: &str) -> Vec<String> {
    match (written, kept) {
        (Value::Mapping(written), Value::Mapping(kept)) => written
            .iter()
            .flat_map(|(key, value)| {
                let path = format!("{path}.{}", key.as_str().unwrap_or("?"));
                lost(value, kept.get(key).unwrap_or(&Value::Null), &path)
            })
            .collect(),
        (Value::Sequence(written), Value::Sequence(kept)) if written.len() == kept.len() => written
            .iter()
            .zip(kept)
            .flat_map(|(written, kept)| lost(written, kept, &format!("{path}[]")))
            .collect(),
        _ if written == kept => Vec::new(),
        _ => vec![path.to_owned()],
    }
}

/// The values that stand more than once.
fn repeated<T: Ord + Clone>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    values.into_iter().filter(|value| !seen.insert(value.clone())).collect()
}

#[test]
fn every_file_says_only_what_the_types_know() {
    let sample = Sample::load().unwrap();
    assert_eq!(sample.districts.len(), 1);
    assert_eq!(sample.profiles.len(), 2);
    assert_eq!(sample.workspaces.len(), 4);
    assert_eq!(sample.sets.len(), 1);
}

#[test]
fn a_misspelt_field_is_found() {
    let text = "{apiVersion: zhengyun.io/v1alpha1, kind: IsolationProfile, metadata: {name: a, lables: {}}, \
                spec: {displayName: 甲, network: {withinWorkspaces: false}}}";
    let error = Sample::default().add(&serde_yaml::from_str(text).unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"unknown or changed: [".metadata.lables", ".spec.network.withinWorkspaces"]"#
    );
}

#[test]
fn the_ten_rooms_stand_in_the_order_of_the_document_and_the_recovery_centre_behind_them() {
    let sample = Sample::load().unwrap();
    let names: Vec<_> = sample.data_centers.iter().map(|room| room.spec.display_name.as_str()).collect();
    assert_eq!(names[..10], TABLE_1_1);
    assert_eq!(names[10..], ["政务数据灾备中心"]);
    assert_eq!(sample.data_centers[10].spec.disposition, Disposition::PlannedRecovery);
}

#[test]
fn the_rooms_hold_124_servers_and_25_core_switches() {
    let sample = Sample::load().unwrap();
    let inventories: Vec<_> =
        sample.data_centers.iter().map(|room| room.spec.inventory.clone().unwrap()).collect();
    assert_eq!(inventories.iter().map(|inventory| inventory.servers).sum::<u32>(), 124);
    assert_eq!(inventories.iter().map(|inventory| inventory.core_switches).sum::<u32>(), 25);
}

#[test]
fn three_rooms_are_in_use_and_the_intranet_is_not_among_them() {
    let sample = Sample::load().unwrap();
    let live: Vec<_> = sample.data_centers.iter().filter(|room| room.spec.accepted).collect();
    assert_eq!(
        live.iter().map(|room| room.name_any()).collect::<Vec<_>>(),
        ["kaicheng", "zhengwu-waiwang", "wujiaochang"]
    );
    for room in live {
        assert_eq!(room.spec.disposition, Disposition::Cloud);
        assert_eq!(room.spec.level, Some(ProtectionLevel { information: 3, service: 3 }));
        assert!(!room.spec.zones.contains(&Zone::Intranet));
    }
}

#[test]
fn the_one_exit_is_300_megabits_at_a_room_in_use_that_the_internet_reaches() {
    let sample = Sample::load().unwrap();
    let egress = &sample.districts[0].spec.egress;
    let room = sample.data_centers.iter().find(|room| room.name_any() == egress.data_center).unwrap();
    assert_eq!(egress.bandwidth_mbps, 300);
    assert!(room.spec.accepted && room.spec.zones.contains(&Zone::Internet));
}

#[test]
fn there_are_twelve_streets_and_towns_and_one_of_them_is_a_town() {
    use crds::tenancy::department::DepartmentKind::{Street, Town};
    let sample = Sample::load().unwrap();
    let count = |kind| sample.departments.iter().filter(|department| department.spec.kind == kind).count();
    assert_eq!((count(Street), count(Town)), (11, 1));
}

#[test]
fn there_are_twenty_eight_systems_and_the_named_six_come_first() {
    let sample = Sample::load().unwrap();
    let mut distinct = BTreeMap::<String, usize>::new();
    sample.systems.iter().for_each(|system| *distinct.entry(system.name_any()).or_default() += 1);
    assert_eq!(distinct.len(), 28);
    distinct.retain(|_, count| *count > 1);
    assert_eq!(distinct, BTreeMap::from([("shequ-shouli".into(), 12)]));
    let first: Vec<_> =
        sample.systems.iter().take(6).map(|system| system.spec.display_name.as_str()).collect();
    assert_eq!(first, NAMED_FOR_THE_CLOUD);
}

#[test]
fn the_grid_is_one_and_twelve_and_the_twelve_are_the_streets_and_the_town() {
    use crds::tenancy::department::DepartmentKind::{Street, Town};
    let sample = Sample::load().unwrap();
    let streets =
        sample.departments.iter().filter(|department| matches!(department.spec.kind, Street | Town));
    let grid = &sample.sets[0].spec;
    assert_eq!(
        grid.members.iter().cloned().collect::<BTreeSet<_>>(),
        streets.map(ResourceExt::name_any).collect()
    );
    let lead = sample.departments.iter().find(|department| department.name_any() == grid.lead.department);
    assert_eq!(lead.unwrap().spec.display_name, "区城市综合管理中心");
}

#[test]
fn every_street_and_town_receives_its_residents_in_a_system_of_its_own() {
    use crds::tenancy::department::DepartmentKind::{Street, Town};
    let sample = Sample::load().unwrap();
    let streets =
        sample.departments.iter().filter(|department| matches!(department.spec.kind, Street | Town));
    let desks = sample.systems.iter().filter(|system| system.name_any() == "shequ-shouli");
    assert_eq!(
        desks.map(|system| owner(system.namespace())).collect::<BTreeSet<_>>(),
        streets.map(ResourceExt::name_any).collect(),
    );
}

#[test]
fn every_reference_leads_to_something_in_the_files() {
    assert_eq!(Sample::load().unwrap().dangling(), []);
}

#[test]
fn a_reference_to_nothing_is_found() {
    let mut sample = Sample::load().unwrap();
    sample.departments.retain(|department| department.name_any() != "jiaoyu");
    sample.systems.retain(|system| system.name_any() != "bangong-xietong");
    let jiaoyu = ("jiaoyu".to_owned(), "Department", "jiaoyu".to_owned());
    let bangong = ("bangong-xietong".to_owned(), "System", "dianzheng/bangong-xietong".to_owned());
    assert_eq!(sample.dangling(), [jiaoyu.clone(), bangong, jiaoyu]);
}

#[test]
fn every_department_that_has_workspaces_has_a_budget_and_they_fit_into_its_grants() {
    let sample = Sample::load().unwrap();
    let own = sample.workspaces.iter().map(|workspace| (workspace.namespace(), &workspace.spec.sites));
    let made = sample.sets.iter().flat_map(|set| {
        let of = |member: &String| (Some(format!("dept-{member}")), &set.spec.template.sites);
        set.spec.members.iter().map(of)
    });
    for (whose, places) in own.chain(made) {
        let at = |namespace: Option<String>| namespace == whose;
        assert!(sample.budgets.iter().any(|budget| at(budget.namespace())), "{whose:?}");
        for place in places {
            let grants = sample.grants.iter().filter(|grant| at(grant.namespace()));
            let here =
                grants.flat_map(|grant| &grant.spec.sites).filter(|granted| granted.site == place.site);
            let granted: Vec<Measured> = here.map(|here| Measured::parse(&here.amounts).unwrap()).collect();
            let share = Measured::of_share(&place.share).unwrap();
            assert!(share.fits(&Measured::sum(&granted)), "{whose:?} at {}", place.site);
        }
    }
}

#[test]
fn every_workspace_fits_its_system_and_its_sites() {
    let sample = Sample::load().unwrap();
    for workspace in &sample.workspaces {
        let (name, spec) = (workspace.name_any(), &workspace.spec);
        let same = |system: &&System| {
            system.name_any() == spec.system && system.namespace() == workspace.namespace()
        };
        let system = sample.systems.iter().find(same).unwrap();
        assert!(system.spec.zones.contains(&spec.zone), "{name}: {} lacks zone {}", spec.system, spec.zone);
        for place in &spec.sites {
            let room = sample.data_centers.iter().find(|room| room.name_any() == place.site).unwrap();
            assert!(room.spec.accepted, "{name}: {} is not in use", place.site);
            assert!(room.spec.zones.contains(&spec.zone), "{name}: {} lacks zone {}", place.site, spec.zone);
            assert!(
                room.spec.level.unwrap().carries(system.spec.level),
                "{name}: level too high for {}",
                place.site
            );
        }
    }
}

#[test]
fn no_system_is_of_the_intranet_and_those_on_vertical_lines_name_their_guidance() {
    for system in Sample::load().unwrap().systems {
        let (name, spec) = (system.name_any(), system.spec);
        assert!(!spec.zones.contains(&Zone::Intranet), "{name}");
        assert_eq!(spec.zones.contains(&Zone::Vertical), spec.guidance.is_some(), "{name}");
    }
}

#[test]
fn no_name_and_no_group_stands_twice() {
    let sample = Sample::load().unwrap();
    let groups = sample.departments.iter().flat_map(|department| &department.spec.groups);
    assert_eq!(repeated(groups.map(|group| &group.group)), Vec::<&String>::new());
    assert_eq!(repeated(sample.departments.iter().map(|o| &o.spec.display_name)), Vec::<&String>::new());
    assert_eq!(repeated(sample.systems.iter().map(|o| &o.spec.display_name)), Vec::<&String>::new());
    assert_eq!(repeated(sample.identities), []);
}

#[test]
fn every_department_has_an_administrator_and_the_post_that_the_document_asks_for() {
    use crds::tenancy::department::DepartmentRole::Admin;
    for department in Sample::load().unwrap().departments {
        let (name, spec) = (department.name_any(), department.spec);
        assert!(spec.groups.iter().any(|group| group.role == Admin), "{name}");
        assert!(spec.posts.iter().any(|post| post.title == "电子政务专职人员"), "{name}");
    }
}

#[test]
fn the_invented_unified_codes_have_right_check_characters() {
    let sample = Sample::load().unwrap();
    let codes: Vec<_> =
        sample.departments.iter().filter_map(|department| department.spec.unified_code.as_deref()).collect();
    assert_eq!(codes.len(), 2);
    for code in codes {
        assert_eq!(plan::unified_code::check(code), Ok(()));
    }
}

#[test]
fn everything_says_which_document_it_rests_on_and_what_was_added() {
    for (name, basis) in Sample::load().unwrap().bases() {
        let basis = basis.unwrap_or_else(|| panic!("{name} has no basis"));
        assert!(basis.document.ends_with("杨府办发〔2017〕12号"), "{name}: {}", basis.document);
        assert!(
            basis.note.as_deref().is_some_and(|note| note.starts_with("按2017年文件")),
            "{name}: {:?}",
            basis.note
        );
    }
}

#[test]
fn deadlines_of_this_year_are_counted_by_a_national_and_a_city_calendar() {
    let sample = Sample::load().unwrap();
    let years: BTreeSet<i16> = sample.calendars.iter().map(|calendar| calendar.spec.year).collect();
    assert_eq!((sample.calendars.len(), years), (2, BTreeSet::from([2026])));
    assert!(sample.calendars.iter().all(|calendar| calendar.spec.published));
}
