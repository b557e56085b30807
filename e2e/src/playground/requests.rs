//! Three requests for somebody who looks around: one that was granted by itself, one that waits for the reader, and one that waits for
//! the minutes of a meeting. Each filed and decided by people who are signed in.

use anyhow::{Context as _, Result};
use crds::{ApprovalPolicy, ResourceRequest};
use kube::Api;
use serde_json::json;

use super::progress::Progress;
use crate::desk::{self, Desk, shipped_policy};
use crate::district::District;
use crate::users::Person;

/// Who reads the technical review's desk in the script.
pub(super) const REVIEWER: &str = "gu";

/// Somebody of 区教育局 (the sample's) and of 区政府办公室, who ask, and their heads.
const JIAOYU: &str = "jiaoyu";
const ZHENGFUBAN: &str = "zhengfuban";

/// Files the three, and lets those agree who are not the reader.
pub(super) async fn file(district: &District, progress: &Progress) -> Result<()> {
    progress.say("提交三份资源申请 …", "filing three requests for resources …");
    district.hub().plane().apply(&shipped_policy()?).await?;
    let policies: Api<ApprovalPolicy> = Api::all(district.hub().client()?);
    district.said(policies, desk::POLICY, "True").await?;
    less(district).await?;
    waiting(district).await?;
    for_the_meeting(district).await
}

/// 区政府办公室 gives a part of its grant back: nobody need agree.
async fn less(district: &District) -> Result<()> {
    let desk = Desk::at(district, &Person::of_department("chen", ZHENGFUBAN), ZHENGFUBAN)?;
    let until = desk.grants().get("wangshang-dating").await?.spec.until;
    desk.ask(
        "tuihuan",
        json!({
            "change": "less", "grant": "wangshang-dating", "system": "wangshang-dating", "until": until,
            "funding": "application", "reason": "网上政务大厅完成优化,退还部分资源", "submitted": true,
            "sites": [{"site": "zhengwu-waiwang", "amounts": {
                "cpu": "10", "memory": "20Gi", "storage": "200Gi", "pods": 100, "volumes": 40, "services": 40, "namespaces": 4
            }}]
        }),
    )
    .await?;
    let requests: Api<ResourceRequest> = Api::namespaced(district.hub().client()?, "dept-zhengfuban");
    district.said(requests, "tuihuan", "True").await?;
    Ok(())
}

/// 区教育局 asks for more, its head agreed, and the technical review is the reader.
async fn waiting(district: &District) -> Result<()> {
    let desk = Desk::at(district, &Person::of_department("wang", JIAOYU), JIAOYU)?;
    desk.ask("xuanke", small("开学选课高峰")).await?;
    district.decided_at(JIAOYU, "xuanke", "head", &Person::head_of_department("ju", JIAOYU)).await?;
    district.waits_in(JIAOYU, "xuanke", "technical-review").await?;
    Ok(())
}

/// A new project of 区教育局: all before the conference agreed, which decides in a meeting.
async fn for_the_meeting(district: &District) -> Result<()> {
    let desk = Desk::at(district, &Person::of_department("wang", JIAOYU), JIAOYU)?;
    let mut spec = small("智慧校园试点");
    spec["project"] = json!({"name": "智慧校园(示例)", "new": true});
    desk.ask("zhihui", spec).await?;
    let people = [
        ("head", Person::head_of_department("ju", JIAOYU)),
        ("technical-review", Person::new(REVIEWER, &["zhengyun-technical-review"])),
        ("egov-section", desk::qian()),
    ];
    for (step, person) in &people {
        district.decided_at(JIAOYU, "zhihui", step, person).await?;
    }
    district.waits_in(JIAOYU, "zhihui", "joint-conference").await.context("the conference is asked")?;
    Ok(())
}

fn small(reason: &str) -> serde_json::Value {
    json!({
        "change": "new", "system": "jiaoyu", "until": "2027-12-31", "funding": "application", "reason": reason,
        "sharing": {"supported": true}, "securityTest": "测评计划(示例)", "submitted": true,
        "sites": [{"site": "kaicheng", "amounts": {
            "cpu": "1", "memory": "2Gi", "storage": "20Gi", "pods": 10, "volumes": 4, "services": 4, "namespaces": 1
        }}]
    })
}
