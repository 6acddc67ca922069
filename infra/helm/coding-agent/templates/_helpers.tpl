{{/* Labels of an object; the context is (dict "root" $ "component" "gateway"), the component may be empty. */}}
{{- define "coding-agent.labels" -}}
app.kubernetes.io/name: coding-agent
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
app.kubernetes.io/part-of: coding-agent
{{ include "coding-agent.chartLabels" .root }}
{{- end }}

{{/* The two that Helm's tools look for, and that no pod carries: they change with each release of the chart. */}}
{{- define "coding-agent.chartLabels" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Labels by which pods are selected; the context is the component. */}}
{{- define "coding-agent.selector" -}}
app.kubernetes.io/name: coding-agent
app.kubernetes.io/component: {{ . }}
{{- end }}

{{- define "coding-agent.podLabels" -}}
{{ include "coding-agent.selector" . }}
app.kubernetes.io/part-of: coding-agent
{{- end }}

{{- define "coding-agent.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What every pod of the agent begins with; the context is (dict "root" $ "account" "gateway"). */}}
{{- define "coding-agent.podHead" -}}
serviceAccountName: {{ .account }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* What Pod Security "restricted" asks of a pod, and of a container. */}}
{{- define "coding-agent.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "coding-agent.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "coding-agent.settings" -}}
- configMapRef:
    name: coding-agent-config
{{- end }}

{{/* The broker's address for one of its users; the context is the key in the Secret. */}}
{{- define "coding-agent.brokerUrl" -}}
- name: RABBITMQ_URL
  valueFrom:
    secretKeyRef:
      name: rabbitmq-credentials
      key: {{ . }}
{{- end }}

{{/* Variables from a Secret that need not be there: the context is its name, then (list VARIABLE KEY) for each. */}}
{{- define "coding-agent.optionalSecrets" -}}
{{- $secret := first . }}
{{- range rest . }}
- name: {{ first . }}
  valueFrom:
    secretKeyRef:
      name: {{ $secret }}
      key: {{ last . }}
      optional: true
{{- end }}
{{- end }}

{{/* A token, or an App's id and key; one of the two. */}}
{{- define "coding-agent.forgeCredentials" -}}
{{- include "coding-agent.optionalSecrets" (list "github-token" (list "GITHUB_TOKEN" "token") (list "GITHUB_APP_ID" "app-id") (list "GITHUB_APP_PRIVATE_KEY" "private-key")) }}
{{- end }}

{{- define "coding-agent.modelCredentials" -}}
{{- include "coding-agent.optionalSecrets" (list "llm-api-key" (list "ANTHROPIC_API_KEY" "anthropic") (list "OPENAI_API_KEY" "openai")) }}
{{- end }}

{{/* Everything public on 443, and nothing inside the cluster or the company: a policy knows addresses, not names. */}}
{{- define "coding-agent.internet" -}}
- to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except:
          - 10.0.0.0/8
          - 100.64.0.0/10
          - 127.0.0.0/8
          - 169.254.0.0/16
          - 172.16.0.0/12
          - 192.168.0.0/16
    - ipBlock:
        cidr: ::/0
        except:
          - fc00::/7
          - fe80::/10
  ports:
    - protocol: TCP
      port: 443
{{- end }}

{{/* One pod at a time is taken away by a drain: a budget that allows none would block it. */}}
{{- define "coding-agent.budget" }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .component }}
  labels:
    {{- include "coding-agent.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "coding-agent.selector" .component | nindent 6 }}
{{- end }}

{{- define "coding-agent.brokerSelector" -}}
app.kubernetes.io/name: rabbitmq
app.kubernetes.io/component: broker
{{- end }}

{{- define "coding-agent.brokerLabels" -}}
{{ include "coding-agent.brokerSelector" . }}
app.kubernetes.io/part-of: coding-agent
{{- end }}
