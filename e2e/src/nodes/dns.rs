//! The names of Services: CoreDNS, as pods, on clusters with real nodes.

use crate::images::Image;

/// The address that every pod asks.
pub(crate) const SERVICE_ADDRESS: &str = "10.0.0.10";

/// What runs it, with no more rights than its own documentation asks for.
pub(crate) fn manifests() -> String {
    let image = Image::CoreDns.reference();
    format!(
        r#"apiVersion: v1
kind: ServiceAccount
metadata: {{name: coredns, namespace: kube-system}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: coredns}}
rules:
  - {{apiGroups: [""], resources: [services, namespaces], verbs: [list, watch]}}
  - {{apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: coredns}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: coredns}}
subjects: [{{kind: ServiceAccount, name: coredns, namespace: kube-system}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: coredns, namespace: kube-system}}
data:
  Corefile: |
    .:1053 {{
      errors
      ready
      kubernetes cluster.local in-addr.arpa
      cache 5
    }}
---
apiVersion: v1
kind: Service
metadata: {{name: kube-dns, namespace: kube-system}}
spec:
  clusterIP: {SERVICE_ADDRESS}
  selector: {{k8s-app: kube-dns}}
  ports:
    - {{name: dns, protocol: UDP, port: 53, targetPort: 1053}}
    - {{name: dns-tcp, protocol: TCP, port: 53, targetPort: 1053}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: coredns, namespace: kube-system}}
spec:
  selector: {{matchLabels: {{k8s-app: kube-dns}}}}
  template:
    metadata: {{labels: {{k8s-app: kube-dns}}}}
    spec:
      serviceAccountName: coredns
      terminationGracePeriodSeconds: 0
      securityContext: {{runAsNonRoot: true, runAsUser: 65532, seccompProfile: {{type: RuntimeDefault}}}}
      containers:
        - name: coredns
          image: {image}
          imagePullPolicy: Never
          args: [-conf, /etc/coredns/Corefile]
          ports: [{{name: dns, protocol: UDP, containerPort: 1053}}, {{name: dns-tcp, protocol: TCP, containerPort: 1053}}]
          readinessProbe: {{httpGet: {{port: 8181, path: /ready}}, periodSeconds: 1}}
          securityContext: {{allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {{drop: [ALL]}}}}
          volumeMounts: [{{name: config, mountPath: /etc/coredns, readOnly: true}}]
      volumes: [{{name: config, configMap: {{name: coredns}}}}]
"#
    )
}
