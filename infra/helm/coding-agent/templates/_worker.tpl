{{- /* A worker's pod, for the Deployment and for the ScaledJob; the context is (dict "root" $ "once" false). */}}
{{- define "coding-agent.workerPod" -}}
{{- $values := .root.Values }}
metadata:
  labels:
    {{- include "coding-agent.podLabels" "worker" | nindent 4 }}
  annotations:
    {{- /* A node is not given up for being little used while a task is in hand. */}}
    cluster-autoscaler.kubernetes.io/safe-to-evict: "false"
spec:
  {{- if .once }}
  restartPolicy: Never
  {{- end }}
  {{- include "coding-agent.podHead" (dict "root" .root "account" "worker") | nindent 2 }}
  {{- /* Above GRACE_SECONDS, which is above TASK_DEADLINE_SECONDS: a task in hand is finished. */}}
  terminationGracePeriodSeconds: {{ add (int $values.worker.taskDeadlineSeconds) 120 }}
  securityContext:
    {{- include "coding-agent.podSecurity" . | nindent 4 }}
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
  {{- if not .once }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "coding-agent.selector" "worker" | nindent 10 }}
  {{- end }}
  containers:
    - name: worker
      image: {{ include "coding-agent.image" .root }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: [worker{{ if .once }}, --once{{ end }}]
      ports:
        - name: http
          containerPort: 8081
      envFrom:
        {{- include "coding-agent.settings" . | nindent 8 }}
      env:
        {{- include "coding-agent.brokerUrl" "worker-url" | nindent 8 }}
        {{- include "coding-agent.forgeCredentials" . | indent 8 }}
        {{- include "coding-agent.modelCredentials" . | indent 8 }}
      resources:
        {{- toYaml $values.worker.resources | nindent 8 }}
      startupProbe:
        httpGet:
          path: /health
          port: http
        periodSeconds: 1
        timeoutSeconds: 2
        failureThreshold: 120
      {{- /* Patient: to restart a worker is to begin its task again. */}}
      livenessProbe:
        httpGet:
          path: /health
          port: http
        periodSeconds: 20
        timeoutSeconds: 5
        failureThreshold: 6
      {{- if not .once }}
      {{- /* Answers within 2 s, also when the broker does not. */}}
      readinessProbe:
        httpGet:
          path: /ready
          port: http
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      {{- end }}
      securityContext:
        {{- include "coding-agent.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- if $values.searchCache.enabled }}
        - name: search-cache
          mountPath: /var/cache/coding-agent
        {{- end }}
  volumes:
    {{- /* Temporary clones: one at a time, of at most GIT_MAX_MEGABYTES. */}}
    - name: tmp
      emptyDir:
        sizeLimit: {{ $values.worker.temporarySpace }}
    {{- if $values.searchCache.enabled }}
    - name: search-cache
      persistentVolumeClaim:
        claimName: search-cache
    {{- end }}
{{- end }}

{{- define "coding-agent.triggers" -}}
{{- /* Tasks that the broker has delivered too often (.expired): only a worker tells their issues of it. */}}
{{- $queue := .Values.settings.QUEUE_NAME | default "agent-tasks" }}
{{- range list (list "tasks" $queue) (list "given-up" (printf "%s.expired" $queue)) }}
- type: rabbitmq
  name: {{ first . }}
  metadata:
    protocol: http
    queueName: {{ last . }}
    mode: QueueLength
    value: "1"
  authenticationRef:
    name: rabbitmq
{{- end }}
{{- end }}
