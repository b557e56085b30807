//! What is printed, as text made from what was read.

use std::fmt::Write as _;

use crds::message::localize;
use crds::{DataCenter, Disposition, Lang, Message, Workspace};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::ResourceExt as _;
use plan::conditions::READY;
use plan::data_center::is_live;

use super::facts::{Field, Inside, Register};
use super::kit::{Access, Kit};
use super::progress::pick;
use super::table::render;
use super::tries;
use super::truth::Untrue;

/// What stands where.
pub(super) fn district(register: &Register, field: &Field, lang: Lang) -> String {
    let sections = [
        summary(register, lang),
        pick(lang, "机房 (节点:就绪/全部)\n", "Data centres (nodes: ready/all)\n").to_owned(),
        data_centers(register, field, lang),
        pick(lang, "\n业务空间 (中心所登记)\n", "\nWorkspaces (as registered on the hub)\n").to_owned(),
        workspaces(register, lang),
        pick(
            lang,
            "\n机房现场 (读自各机房自己的 API server;配额为 已用/上限)\n",
            "\nOn the sites (read from each site's own API server; quotas: used/hard)\n",
        )
        .to_owned(),
        places(register, field, lang),
    ];
    sections.concat()
}

fn summary(register: &Register, lang: Lang) -> String {
    let mut text = String::new();
    for one in &register.districts {
        let (name, code) = (&one.spec.display_name, &one.spec.division_code);
        let (room, mbps) = (register.room(&one.spec.egress.data_center), one.spec.egress.bandwidth_mbps);
        let zh = format!("{name} ({code}),互联网集中出口 {mbps} Mbit/s,在{room}");
        let en = format!("{name} ({code}), central Internet exit {mbps} Mbit/s at {room}");
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{}", pick(lang, zh, en));
    }
    let rooms = register.data_centers.len();
    let live = register.data_centers.iter().filter(|room| is_live(&room.spec)).count();
    let (departments, systems) = (register.departments.len(), register.systems.len());
    let (profiles, spaces) = (register.profiles.len(), register.workspaces.len());
    let zh = format!(
        "机房 {rooms} 个 (投入使用 {live} 个),单位 {departments} 个,信息系统 {systems} 个,隔离方案 {profiles} 个,业务空间 {spaces} 个"
    );
    let en = format!(
        "{rooms} data centres ({live} in use), {departments} departments, {systems} systems, {profiles} isolation profiles, {spaces} workspaces"
    );
    let _ = writeln!(text, "{}\n", pick(lang, zh, en));
    text
}

fn data_centers(register: &Register, field: &Field, lang: Lang) -> String {
    let mut rooms: Vec<&DataCenter> = register.data_centers.iter().collect();
    rooms.sort_by_key(|room| !is_live(&room.spec));
    let registered_only = localize(&Message::InventoryOnly {}.to_string(), lang);
    let rows: Vec<_> = rooms
        .into_iter()
        .map(|room| {
            let name = room.name_any();
            let on_site = field.0.get(&name);
            let nodes = on_site.map(|site| format!("{}/{}", site.ready_nodes, site.nodes));
            let (word, message) = ready(room.status.as_ref().map(|status| &status.conditions), lang);
            // As `zhengyun status` does: nothing is expected of a room that is registered only.
            let word =
                if on_site.is_none() && message.starts_with(&registered_only) { "-".into() } else { word };
            let disposition = pick(lang, room.spec.disposition.zh().to_owned(), id(room.spec.disposition));
            [room.spec.display_name.clone(), name, disposition, word, shown(nodes), message]
        })
        .collect();
    let heading = pick(
        lang,
        ["机房", "短码", "处置", "就绪", "节点", "说明"],
        ["DATA CENTRE", "ID", "DISPOSITION", "READY", "NODES", "MESSAGE"],
    );
    render(heading, &rows)
}

fn workspaces(register: &Register, lang: Lang) -> String {
    let row = |workspace: &Workspace| {
        let status = workspace.status.as_ref();
        let (ready, message) = ready(status.map(|status| &status.conditions), lang);
        [
            workspace.spec.display_name.clone(),
            register.department_of(&workspace.namespace().unwrap_or_default()),
            register.system_of(workspace).to_owned(),
            shown(status.and_then(|status| status.namespace.clone())),
            ready,
            message,
        ]
    };
    let rows: Vec<_> = register.workspaces.iter().map(row).collect();
    let heading = pick(
        lang,
        ["业务空间", "单位", "信息系统", "命名空间", "就绪", "说明"],
        ["WORKSPACE", "DEPARTMENT", "SYSTEM", "NAMESPACE", "READY", "MESSAGE"],
    );
    render(heading, &rows)
}

fn places(register: &Register, field: &Field, lang: Lang) -> String {
    let mut rows: Vec<_> = register
        .places()
        .map(|(_, namespace, site)| {
            let inside = field.inside(site, namespace);
            let quota = |resource| shown(inside.and_then(|inside| usage(inside, resource)));
            let count = |of: fn(&Inside) -> usize| shown(inside.map(|inside| of(inside).to_string()));
            [
                register.room(site).to_owned(),
                namespace.to_owned(),
                quota("requests.cpu"),
                quota("requests.memory"),
                quota("requests.storage"),
                quota("pods"),
                count(|inside| inside.role_bindings),
                count(|inside| inside.network_policies),
            ]
        })
        .collect();
    rows.sort();
    let heading = pick(
        lang,
        ["机房", "命名空间", "CPU", "内存", "存储", "容器组", "角色绑定", "网络策略"],
        ["DATA CENTRE", "NAMESPACE", "CPU", "MEMORY", "STORAGE", "PODS", "ROLE BINDINGS", "NETWORK POLICIES"],
    );
    render(heading, &rows)
}

fn usage(inside: &Inside, resource: &str) -> Option<String> {
    inside.usage(resource).map(|(used, hard)| format!("{used}/{hard}"))
}

/// Whether conditions say `Ready`, as a word, and their sentence.
fn ready(conditions: Option<&Vec<Condition>>, lang: Lang) -> (String, String) {
    let ready = conditions.and_then(|all| all.iter().find(|condition| condition.type_ == READY));
    let word = match ready.map(|ready| ready.status.as_str()) {
        Some("True") => pick(lang, "是", "yes"),
        Some("False") => pick(lang, "否", "no"),
        _ => pick(lang, "未知", "unknown"),
    };
    let message = ready.map(|ready| localize(&ready.message, lang).replace('\n', "; "));
    (word.to_owned(), message.unwrap_or_default())
}

/// The word that stands in YAML.
fn id(disposition: Disposition) -> String {
    serde_json::to_value(disposition).ok().and_then(|id| id.as_str().map(str::to_owned)).unwrap_or_default()
}

fn shown(cell: Option<String>) -> String {
    cell.unwrap_or_else(|| "-".into())
}

/// Kubeconfigs and commands.
pub(super) fn how_to_look(kit: &Kit, lang: Lang) -> String {
    let mut text = pick(lang, "先在另一个终端执行\n\n", "First, in another terminal\n\n").to_owned();
    let _ = writeln!(text, "  source {}\n", kit.script().display());
    let row = |access: &Access| {
        let path = access.path.strip_prefix(&kit.dir).unwrap_or(&access.path);
        let who = pick(lang, &access.zh, &access.en).clone();
        [who, access.command(), format!("${}", access.variable), format!("$ZY/{}", path.display())]
    };
    let rows: Vec<_> = kit.people.iter().map(row).collect();
    let heading = pick(
        lang,
        ["身份", "以此身份的 kubectl", "变量", "kubeconfig"],
        ["WHO", "KUBECTL AS THAT PERSON", "VARIABLE", "KUBECONFIG"],
    );
    text += &render(heading, &rows);
    let admins: Vec<_> = kit.admins.iter().map(Access::command).collect();
    let admins = admins.join(" ");
    text += &pick(
        lang,
        format!("\n  kubectl、zhengyun 默认为第一个身份。不受任何限制:{admins}\n\n然后试试\n"),
        format!("\n  kubectl and zhengyun alone act as the first. Denied nothing: {admins}\n\nThen try\n"),
    );
    for (at, one) in tries::commands().iter().enumerate() {
        let _ = writeln!(text, "\n  {}. {}\n     {}", at + 1, pick(lang, one.zh, one.en), one.command);
    }
    text
}

/// The last word: all is true, or what is not.
pub(super) fn verdict(untrue: &[Untrue], lang: Lang) -> String {
    if untrue.is_empty() {
        return pick(lang, "全部就绪\n", "All is as declared\n").to_owned();
    }
    let count = untrue.len();
    let mut text = pick(lang, format!("未就绪 {count} 个\n"), format!("{count} not as declared\n"));
    for Untrue { kind, name, why } in untrue {
        let _ = writeln!(text, "  {kind} {name}: {}", why.replace('\n', "; "));
    }
    text
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
