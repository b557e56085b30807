//! Who signs the tokens of a site's ServiceAccounts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who signs the tokens of a site's ServiceAccounts (服务账号令牌的签发者), and with which keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenIssuer {
    /// The name that stands in the tokens.
    #[schemars(length(max = 256))]
    pub issuer: String,
    /// Its public keys (公钥) as PEM, sorted.
    #[schemars(length(max = 8), inner(length(max = 1024)))]
    pub keys: Vec<String>,
}
