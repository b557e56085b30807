//! Sign-in: whoever the issuer vouches for gets what its groups have, and nobody else gets anything.

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::control_plane::{ControlPlane, Options};
use e2e::issuer::Issuer;
use e2e::users::Person;
use e2e::workdir::WorkDir;
use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::{ListParams, PostParams};
use serde_json::{Value, json};

const ROLES: &str = "apiVersion: v1
kind: Namespace
metadata: {name: jiaoyu}
---
apiVersion: v1
kind: Namespace
metadata: {name: weisheng}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: edit, namespace: jiaoyu}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'oidc:jiaoyu-admin'}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: edit, namespace: weisheng}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'oidc:weisheng-admin'}]
";

#[tokio::test]
async fn people_sign_in_by_short_tokens_and_forged_ones_get_nothing() -> Result<()> {
    let dir = WorkDir::create()?;
    let plane = ControlPlane::start("bare", &dir.folder("bare")?, Options::default()).await?;
    plane.apply(ROLES).await?;
    let li = Person::of_department("li", "jiaoyu");
    li_is_who_the_issuer_says(&plane, &li).await?;
    li_gets_no_other_department(&plane, &li).await?;

    // A token as good as the others, so that what is refused below is refused for what was changed in it.
    let issuer = plane.issuer();
    let good = issuer.claims(&li)?;
    assert_eq!(answer(&plane, &issuer.sign(&good)?).await?, "200");
    for (what, token) in forged(issuer, &good)? {
        assert_eq!(answer(&plane, &token).await?, "401", "{what}");
    }
    let other = Issuer::start(&dir.folder("other-issuer")?)?;
    let claims_to_be_ours = with(&other.claims(&li)?, "iss", json!(issuer.url()));
    assert_eq!(answer(&plane, &other.sign(&other.claims(&li)?)?).await?, "401", "another issuer");
    assert_eq!(answer(&plane, &other.sign(&claims_to_be_ours)?).await?, "401", "another issuer's key");

    plane.kill_api()?;
    plane.start_api().await?;
    assert_eq!(answer(&plane, &issuer.sign(&good)?).await?, "200", "after a restart");
    Ok(())
}

async fn li_is_who_the_issuer_says(plane: &ControlPlane, li: &Person) -> Result<()> {
    let reviews: Api<SelfSubjectReview> = Api::all(plane.client_of(li)?);
    let review = reviews.create(&PostParams::default(), &SelfSubjectReview::default()).await?;
    let user = review.status.and_then(|status| status.user_info).context("a review without a user")?;
    assert_eq!(user.username.as_deref(), Some("oidc:li"));
    assert_eq!(user.groups, Some(vec!["oidc:jiaoyu-admin".to_owned(), "system:authenticated".to_owned()]));

    let kubeconfig = std::fs::read_to_string(plane.kubeconfig_of(li)?)?;
    assert!(!kubeconfig.contains("client-certificate"), "{kubeconfig}");
    assert!(!kubeconfig.contains("\"token\""), "{kubeconfig}");
    let whoami =
        plane.kubectl_of(li, ["auth", "whoami", "--output=jsonpath={.status.userInfo.username}"]).await?;
    assert_eq!(whoami, "oidc:li");
    Ok(())
}

async fn li_gets_no_other_department(plane: &ControlPlane, li: &Person) -> Result<()> {
    plane.kubectl_of(li, ["get", "configmaps", "--namespace=jiaoyu"]).await?;
    let other = ["get", "configmaps", "--namespace=weisheng"];
    for more in [&[][..], &["--as=oidc:li", "--as-group=oidc:weisheng-admin"], &["--as=system:admin"]] {
        let Err(refused) = plane.kubectl_of(li, other.iter().chain(more)).await else {
            bail!("li reads another department with {more:?}");
        };
        assert!(refused.to_string().contains("Forbidden"), "{refused}");
    }
    Ok(())
}

/// Tokens that are good but for one thing.
fn forged(issuer: &Issuer, good: &Value) -> Result<Vec<(&'static str, String)>> {
    let changed = |key: &str, value: Value| issuer.sign(&with(good, key, value));
    let now = good["iat"].as_u64().context("a token without a time")?;
    let signed = issuer.sign(good)?;
    let mut tokens = vec![
        ("a group of Kubernetes", changed("groups", json!(["jiaoyu-admin", "system:masters"]))?),
        ("a group of the platform itself", changed("groups", json!(["zhengyun:hub"]))?),
        ("a group with the prefix", changed("groups", json!(["oidc:weisheng-admin"]))?),
        ("groups that are no list", changed("groups", json!("system:masters"))?),
        ("a user of Kubernetes", changed("sub", json!("system:admin"))?),
        ("a user of the platform itself", changed("sub", json!("zhengyun:hub"))?),
        (
            "two officers in one",
            changed("groups", json!(["zhengyun-security-officers", "zhengyun-audit-officers"]))?,
        ),
        (
            "an officer and who applies",
            changed("groups", json!(["zhengyun-platform-engineers", "zhengyun-security-officers"]))?,
        ),
        ("the provider in a department", changed("groups", json!(["zhengyun-providers", "jiaoyu-admin"]))?),
        ("for somebody else", changed("aud", json!("another-service"))?),
        ("good for a day", changed("exp", json!(now + 24 * 3600))?),
        ("not begun", changed("nbf", json!(now + 3600))?),
        ("without a time of issue", without(good, "iat", issuer)?),
        ("without an end", without(good, "exp", issuer)?),
        ("without a user", without(good, "sub", issuer)?),
        ("unsigned", unsigned(good)),
        ("unsigned, an administrator", unsigned(&with(good, "groups", json!(["system:masters"])))),
        (
            "another's claims under this signature",
            resigned(&signed, &with(good, "groups", json!(["weisheng-admin"])))?,
        ),
    ];
    let past = with(&with(good, "iat", json!(now - 1200)), "exp", json!(now - 600));
    tokens.push(("expired", issuer.sign(&past)?));
    Ok(tokens)
}

fn with(claims: &Value, key: &str, value: Value) -> Value {
    let mut changed = claims.clone();
    changed[key] = value;
    changed
}

fn without(claims: &Value, key: &str, issuer: &Issuer) -> Result<String> {
    let mut fewer = claims.clone();
    fewer.as_object_mut().context("claims")?.remove(key);
    issuer.sign(&fewer)
}

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

fn unsigned(claims: &Value) -> String {
    format!("{}.{}.", encoded(&json!({"alg": "none", "typ": "JWT"})), encoded(claims))
}

fn resigned(token: &str, claims: &Value) -> Result<String> {
    let [header, _, signature] = token.split('.').collect::<Vec<_>>()[..] else { bail!("not a token") };
    Ok(format!("{header}.{}.{signature}", encoded(claims)))
}

/// What the API server answers to a token that asks for something of 区教育局.
async fn answer(plane: &ControlPlane, token: &str) -> Result<String> {
    let maps: Api<ConfigMap> = Api::namespaced(plane.client_with_token(token)?, "jiaoyu");
    Ok(match maps.list(&ListParams::default()).await {
        Ok(_) => "200".to_owned(),
        Err(kube::Error::Api(status)) => status.code.to_string(),
        Err(other) => return Err(other).context("ask the API server"),
    })
}
