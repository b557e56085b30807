//! What the admission webhook answers, by resource. Everything is read from the caches: an answer waits for nothing.

use crds::Message;
use crds::message::join;
use json_patch::jsonptr::PointerBuf;
use json_patch::{AddOperation, Patch, PatchOperation, RemoveOperation};
use kube::core::DynamicObject;
use kube::core::admission::{AdmissionRequest, AdmissionResponse};
use plan::Findings;
use serde_json::Value;
use tracing::info;

use super::context::Context;

mod requests;

/// The answer to one question of the API server: yes, yes with a patch, or no with one sentence of the catalogue.
pub(crate) fn review(context: &Context, request: &AdmissionRequest<DynamicObject>) -> AdmissionResponse {
    let answer = AdmissionResponse::from(request);
    match decide(context, request) {
        Ok(None) => answer,
        Ok(Some(patch)) => match answer.clone().with_patch(patch) {
            Ok(patched) => patched,
            Err(error) => denied(answer, request, &Message::ReviewMalformed { error: error.to_string() }),
        },
        Err(said) => {
            let Some(first) = said.first() else { return answer };
            let refused = denied(answer, request, first);
            if said.len() > 1 { refused.deny(join(&said)) } else { refused }
        }
    }
}

fn denied(
    answer: AdmissionResponse,
    request: &AdmissionRequest<DynamicObject>,
    said: &Message,
) -> AdmissionResponse {
    info!(
        outcome = "refused",
        slice = "admission",
        resource = request.resource.resource,
        namespace = request.namespace,
        name = request.name,
        user = request.user_info.username,
        code = crate::runtime::log::code_of(said),
        cause = %said,
        "denied"
    );
    answer.deny(said)
}

fn decide(context: &Context, request: &AdmissionRequest<DynamicObject>) -> Result<Option<Patch>, Findings> {
    if request.resource.group != "zhengyun.io" || request.sub_resource.is_some() {
        return Err(vec![not_reviewed(request)]);
    }
    // Without keys nothing could be sealed, and what is not sealed counts for nothing later.
    let keys = context.admission.keys().ok_or_else(|| vec![Message::NoSealKeys {}])?;
    let stamp = match request.resource.resource.as_str() {
        "resourcerequests" => requests::submitted(context, &keys, request)?,
        "approvals" => requests::decided(context, &keys, request).map_err(|why| vec![why])?,
        _ => return Err(vec![not_reviewed(request)]),
    };
    Ok(match stamp {
        Some(stamp) => Some(with_stamp(stamp)),
        None => own_stamp_only(request),
    })
}

fn not_reviewed(request: &AdmissionRequest<DynamicObject>) -> Message {
    let resource = &request.resource;
    let resource = [resource.resource.as_str(), resource.group.as_str()].join(".");
    Message::NotReviewed { resource }
}

/// Nobody but this webhook writes a stamp: whatever comes along is what was there before, or nothing.
fn own_stamp_only(request: &AdmissionRequest<DynamicObject>) -> Option<Patch> {
    let stamp = |object: Option<&DynamicObject>| object.and_then(|o| o.data.pointer("/spec/stamp").cloned());
    match (stamp(request.old_object.as_ref()), stamp(request.object.as_ref())) {
        (before, now) if before == now => None,
        (Some(before), _) => Some(with_stamp(before)),
        (None, _) => {
            let path = PointerBuf::from_tokens(["spec", "stamp"]);
            Some(Patch(vec![PatchOperation::Remove(RemoveOperation { path })]))
        }
    }
}

/// Puts a stamp on an object, in the place of any other.
fn with_stamp(value: Value) -> Patch {
    let path = PointerBuf::from_tokens(["spec", "stamp"]);
    Patch(vec![PatchOperation::Add(AddOperation { path, value })])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(object: Value, old: Value) -> AdmissionRequest<DynamicObject> {
        let spec = |spec: Value| match spec {
            Value::Null => Value::Null,
            spec => {
                json!({"apiVersion": "zhengyun.io/v1alpha1", "kind": "Approval", "metadata": {"name": "a"}, "spec": spec})
            }
        };
        let named = |name: &str| json!({"group": "zhengyun.io", "version": "v1alpha1", name: "approvals"});
        serde_json::from_value(json!({
            "uid": "1", "kind": named("kind"), "resource": named("resource"), "operation": "UPDATE",
            "userInfo": {"username": "li"}, "object": spec(object), "oldObject": spec(old),
        }))
        .unwrap()
    }

    #[test]
    fn a_stamp_that_a_client_brings_along_is_taken_off_and_one_that_stands_is_put_back() {
        let patch = |object: Value, old: Value| {
            own_stamp_only(&asked(object, old)).map(|patch| serde_json::to_value(patch).unwrap())
        };
        let (forged, ours) = (json!({"stamp": {"by": "wang"}}), json!({"stamp": {"by": "li"}}));
        let remove = json!([{"op": "remove", "path": "/spec/stamp"}]);
        let back = json!([{"op": "add", "path": "/spec/stamp", "value": {"by": "li"}}]);
        assert_eq!(patch(forged.clone(), Value::Null), Some(remove.clone()));
        assert_eq!(patch(forged.clone(), json!({})), Some(remove));
        assert_eq!(patch(forged, ours.clone()), Some(back.clone()));
        assert_eq!(patch(json!({}), ours.clone()), Some(back));
        assert_eq!((patch(ours.clone(), ours), patch(json!({}), Value::Null)), (None, None));
    }
}
