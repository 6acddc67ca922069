{{/* What the objects around RabbitMQ's Cluster Operator share. */}}
{{- define "coding-agent.clusterSelector" -}}
app.kubernetes.io/name: rabbitmq
app.kubernetes.io/component: rabbitmq
{{- end }}

{{- define "coding-agent.betweenNodes" -}}
- protocol: TCP
  port: 4369
- protocol: TCP
  port: 6000
  endPort: 6500
- protocol: TCP
  port: 25672
- protocol: TCP
  port: 35672
  endPort: 35682
{{- end }}
