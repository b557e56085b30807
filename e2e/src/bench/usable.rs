//! From a department that is filed to a namespace on a site in which its people may act.

use std::time::Instant;

use anyhow::Result;
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::{Api, ResourceExt as _};

use super::figure::{Figure, Samples, Unit, Words};
use super::ground::{Ground, SITE};
use super::load::{Tenant, load};
use super::roll_out;
use super::watched::Watched;
use super::{Name, Sizes};

pub(super) async fn measure(ground: &mut Ground, sizes: &Sizes) -> Result<Figure> {
    let mut bindings: Watched<RoleBinding> = Watched::all(Api::all(ground.site()?.client()?)).await?;
    let (mut usable, mut well) = (Samples::default(), Samples::default());
    for number in 1..=sizes.usable {
        let tenant = tenant(number);
        let (namespace, group) = (format!("{}-w1", tenant.name), format!("oidc:{}-admin", tenant.name));
        let begin = Instant::now();
        well.push(load(ground.hub(), std::slice::from_ref(&tenant)).await?);
        // The last that comes into force: before it nobody of the department may do anything there.
        let opens = |binding: &RoleBinding| {
            let mut subjects = binding.subjects.iter().flatten();
            binding.namespace().as_ref() == Some(&namespace) && subjects.any(|subject| subject.name == group)
        };
        usable.push(bindings.until("the department may act", opens).await?.0 - begin);
    }
    ground.settle(sizes.quiet()).await?;
    let floor = roll_out::one_by_one(ground, &tenant(1), sizes.usable).await?;

    let mut figure = Figure::new(
        Name::Usable,
        format!("单位登记后至其用户可在机房使用命名空间,逐个 {} 次", sizes.usable),
        format!(
            "a department filed, until its people may act on the site, {} times one by one",
            sizes.usable
        ),
    );
    for (id, zh, en, samples) in [
        ("usable", "至可用", "to usable", &usable),
        ("ready", "至中心显示就绪", "to Ready on the hub", &well),
    ] {
        for (which, of_zh, value, floor) in [
            ("median", "中位数", samples.median(), floor.median()),
            ("worst", "最长", samples.worst(), floor.worst()),
        ] {
            let words = Words::new(format!("{zh},{of_zh}"), format!("{en}, {which}"));
            figure.row(format!("{id}-{which}"), words, Unit::Milliseconds, value).floor(floor);
        }
    }
    figure.note(
        "含人员提交单位、系统、额度、批复、业务空间;下限为停用产品后八个客户端应用同样的对象",
        "people's filing of department, system, budget, grant and workspace is in it; the floor is eight clients that apply the same objects with the product stopped",
    );
    Ok(figure)
}

fn tenant(number: usize) -> Tenant {
    Tenant { name: format!("usable{number:04}"), workspaces: 1, sites: vec![SITE.to_owned()] }
}
