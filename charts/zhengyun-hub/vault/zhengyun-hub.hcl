# 中心在密钥库中的权限:只管各单位的存储、策略与登录,不读密钥,不动其他内容,远小于 root。
# What the hub may do in the secret store: the departments' stores, policies and logins, and nothing else. It reads no secrets.
#   vault policy write zhengyun-hub zhengyun-hub.hcl

path "sys/mounts/zhengyun/*" {
  capabilities = ["create", "read", "update"]
}

path "sys/policies/acl/dept-*" {
  capabilities = ["create", "read", "update"]
}

# 开启登录须有 sudo (enabling a login needs sudo)
path "sys/auth/zhengyun/*" {
  capabilities = ["create", "read", "update", "sudo"]
}

path "auth/zhengyun/+/+/config" {
  capabilities = ["create", "read", "update"]
}

path "auth/zhengyun/+/+/role/workload" {
  capabilities = ["create", "read", "update", "delete"]
}

# 停用单位、更换公钥时收回已发放的登录 (to take back logins when a department is suspended or a site's keys change)
path "sys/leases/revoke-prefix/auth/zhengyun/*" {
  capabilities = ["create", "update", "sudo"]
}
