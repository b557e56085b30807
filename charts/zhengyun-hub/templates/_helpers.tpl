{{- /* 权限与准入规则写定了命名空间 (rights and admission policies name the namespace) */}}
{{- define "zhengyun.namespace" -}}
{{- if ne .Release.Namespace "zhengyun-system" -}}
{{- fail (printf "须装在命名空间 zhengyun-system,不能是 %s:请加 -n zhengyun-system --create-namespace (install it in the namespace zhengyun-system, not in %s)" .Release.Namespace .Release.Namespace) -}}
{{- end -}}
{{- .Release.Namespace -}}
{{- end -}}

{{- define "zhengyun.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/part-of: zhengyun
{{- end -}}

{{- define "zhengyun.metadata" -}}
name: {{ .Chart.Name }}
namespace: {{ include "zhengyun.namespace" . }}
labels:
  {{- include "zhengyun.selector" . | nindent 2 }}
  app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end -}}

{{- define "zhengyun.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end -}}
